//! The part of the step PROBE that reaches nothing: what programs said of themselves is read and judged.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::named::named;
use super::probing::{Judged, unless_stopped};
use super::secret_provider::Resolution;
use super::state::RunState;
use crate::inventory::WatchedMonitor;
use crate::kinds::{Beats, Evidence, find_beat};
use crate::monitor::{Monitor, MonitorId};
use crate::observation::{Observation, Peer, Phases};
use crate::report::chain;
use crate::store::{StoreError, Unreadable};
use crate::verdict::{Judgement, Verdict, judge};

/// Characters of what a program said that are made fit to be shown.
const QUOTED: usize = 300;

/// The beats of monitors, as far as they could be read.
#[derive(Debug)]
pub struct BeatReading {
    found: BTreeMap<MonitorId, Result<Beats, Unreadable>>,
    asked: Timestamp,
    /// Of those that were not read: skipped, or unknown.
    otherwise: Verdict,
    problems: Vec<String>,
}

/// Those that beat, and those that are probed.
pub fn parted(due: &[Arc<WatchedMonitor>]) -> (Vec<Arc<WatchedMonitor>>, Vec<Arc<WatchedMonitor>>) {
    due.iter().cloned().partition(|watched| watched.monitor.ask.beat_rule().is_some())
}

impl RunState<'_> {
    /// Reads the beats of `watched`, and stores of which monitors they are awaited from now on.
    pub async fn read_beats(&self, watched: &[Arc<WatchedMonitor>]) -> BeatReading {
        let nothing = |otherwise, problems| BeatReading {
            found: BTreeMap::new(),
            asked: self.deps.store.now(),
            otherwise,
            problems,
        };
        if watched.is_empty() {
            return nothing(Verdict::Skipped, Vec::new());
        }
        let ids: Vec<_> = watched.iter().map(|watched| &watched.monitor.id).collect();
        let reader = self.deps.store.state_reader(&self.options.shard);
        let found = match unless_stopped(&self.deps.stop, reader.beats(&ids)).await {
            None => return nothing(Verdict::Skipped, Vec::new()),
            Some(Err(error)) => {
                let names = named(ids.iter().map(|id| id.as_str()).collect::<Vec<_>>());
                let problem = format!("could not read the beats of {names}: {}", chain(&error));
                return nothing(Verdict::Unknown, vec![problem]);
            }
            Some(Ok(found)) => found,
        };
        let mut reading = BeatReading { found, ..nothing(Verdict::Unknown, Vec::new()) };
        let unreadable = reading.found.values().filter_map(|found| found.as_ref().err());
        reading.problems.extend(unreadable.map(ToString::to_string).collect::<Vec<_>>());
        if let Err(error) = self.await_new(&mut reading).await {
            let problem = "could not store which beats are awaited; the next run tries again";
            reading.problems.push(format!("{problem}: {}", chain(&error)));
        }
        reading
    }

    /// Of a monitor that is seen for the first time, the time begins now.
    async fn await_new(&self, reading: &mut BeatReading) -> Result<(), StoreError> {
        let asked = reading.asked;
        let mut stored = Ok(());
        for (id, beats) in &mut reading.found {
            let Ok(beats) = beats else { continue };
            if beats.first_seen.is_none() {
                beats.first_seen = Some(asked);
                stored = stored.and(self.lease.await_beats(id, asked).await);
            }
        }
        stored
    }
}

impl BeatReading {
    /// Judges each of `watched`. Without the secrets of the run nothing that a program said is quoted.
    pub fn judged(
        self,
        watched: Vec<Arc<WatchedMonitor>>,
        resolution: Option<&Resolution>,
    ) -> (Vec<Judged>, Vec<String>) {
        let Self { mut found, asked, otherwise, problems } = self;
        let judged = watched.into_iter().map(|watched| {
            let beats = found.remove(&watched.monitor.id).and_then(Result::ok);
            let judgement = match beats {
                None => Judgement::without_evidence(otherwise, asked),
                Some(beats) => {
                    let quote = |text: &str| match resolution {
                        Some(resolution) => resolution.secrets.quoter(&watched.monitor).quote(text, QUOTED),
                        None => String::new(),
                    };
                    judge_beats(&watched.monitor, beats, asked, &quote)
                }
            };
            Judged { watched, judgement }
        });
        (judged.collect(), problems)
    }
}

/// The verdict on the beats of a monitor. Before the first one is due there is none.
fn judge_beats(
    monitor: &Monitor,
    beats: Beats,
    asked: Timestamp,
    quote: &dyn Fn(&str) -> String,
) -> Judgement {
    let nothing = Judgement::without_evidence(Verdict::Unknown, asked);
    let Some(rule) = monitor.ask.beat_rule() else { return nothing };
    let beats = beats.watched_since(monitor.origin.synced_at);
    if !find_beat(rule, &beats, asked).is_evidence() {
        return nothing;
    }
    let observation = Observation {
        at: asked,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::ZERO,
        certificate: None,
        peer: Peer::default(),
        result: Ok(Evidence::of_beats(beats, asked)),
    };
    // Nothing was asked, so nothing took time to answer.
    Judgement { latency: None, ..judge(monitor, &observation, quote) }
}
