//! The stored results of a monitor as a time line: each run that has one, and what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::rejudging::{OtherFaults, Rejudged, Rejudging};
use super::replay::Rhythm;
use super::timeline::{Recorder, RunTime};
use super::unreplayed::{Unreplayed, unreplayed};
use super::{Play, Stage, Timeline};
use crate::history::Sample;
use crate::monitor::Monitor;

/// A time line that stored results make, and what they cannot show.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedTimeline {
    pub timeline: Timeline,
    pub unreplayed: Vec<Unreplayed>,
}

/// Plays the results through the policy of the lead, in the order of time; the outcomes of the play are not used. `before`
/// is the definition that judged the results, if it is known. `None` if there is no result.
pub fn replay_results(
    play: &Play<'_>,
    before: Option<&Monitor>,
    results: &[(Timestamp, Sample)],
) -> Option<RecordedTimeline> {
    let monitor = play.lead.monitor;
    let (from, _) = results.first()?;
    let rejudging = Rejudging::new(before, monitor);
    let mut rhythm = Rhythm::between(before, monitor, play.period);
    let mut stage = Stage::new([play.lead.actor()], [], &[]);
    let mut recorder = Recorder::new(play);
    let (mut moments, mut other_faults) = (Vec::new(), 0);
    for (at, sample) in results {
        let rejudged = rhythm.has(monitor, *at).then(|| rejudging.judge(*at, sample));
        other_faults += usize::from(rejudged.as_ref().is_some_and(hides_faults));
        let seen: BTreeMap<_, _> =
            rejudged.iter().map(|one| (monitor.id.clone(), one.judgement.clone())).collect();
        let run = stage.run(&seen, *at);
        let probe = rejudged.map(|one| (one.outcome, one.judgement));
        let clock = RunTime { at: *at, after: whole_seconds(*from, *at) };
        moments.extend(recorder.moment(&stage, run, clock, probe));
    }
    let mut unreplayed = unreplayed(before, monitor, play.period);
    unreplayed.extend((other_faults > 0).then_some(Unreplayed::OtherFaults(other_faults)));
    let apart = monitor.apart(play.period);
    Some(RecordedTimeline {
        timeline: Timeline { monitor: monitor.id.clone(), from: *from, apart, moments },
        unreplayed,
    })
}

fn hides_faults(rejudged: &Rejudged) -> bool {
    rejudged.other_faults == OtherFaults::Possible
}

/// Runs begin at any millisecond, which no one wants to read.
fn whole_seconds(from: Timestamp, at: Timestamp) -> Duration {
    let seconds = at.as_second().saturating_sub(from.as_second());
    Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
}
