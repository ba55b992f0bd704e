//! The stored results of a monitor, played through its policy: the alerts that there would have been, and the outages.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::rejudging::{OtherFaults, Rejudging};
use super::{Actor, Stage};
use crate::history::Sample;
use crate::monitor::Monitor;
use crate::state::{Backlog, Row, is_due};
use crate::transition::Health;
use crate::verdict::{Judgement, Verdict};

/// Alerts by the word at their head.
pub type AlertCounts = BTreeMap<&'static str, usize>;

/// One monitor, run after run.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    monitor: &'a Monitor,
    rejudging: Rejudging<'a>,
    rhythm: Rhythm,
    stage: Stage<'a>,
    replayed: Replayed,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    pub probes: usize,
    pub alerts: AlertCounts,
    /// The confirmed ones, in the order of time.
    pub outages: Vec<ReplayedOutage>,
    /// Results of which the history may lack a fault.
    pub other_faults: usize,
}

/// A time in which it was DOWN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayedOutage {
    /// The first failing result.
    pub from: Timestamp,
    /// The first good one; `None` where it lasts to the end.
    pub to: Option<Timestamp>,
    /// When the first alert about it was sent.
    pub alerted: Option<Timestamp>,
}

/// Which of the stored results the monitor would have as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// All of them.
    EachResult,
    /// Those of its own slots, in runs that are a period apart.
    OwnSlots { period: Duration, last: Option<u64> },
}

/// Whether a run that can change nothing is played all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietRuns {
    LeftOut,
    #[cfg(test)]
    Played,
}

impl<'a> Replay<'a> {
    /// `before` judged the results, if that is known.
    pub fn new(before: Option<&Monitor>, monitor: &'a Monitor, rhythm: Rhythm) -> Self {
        Self {
            monitor,
            rejudging: Rejudging::new(before, monitor),
            rhythm,
            stage: Stage::new([Actor::of(monitor)], [], &[]),
            replayed: Replayed::default(),
        }
    }

    /// Takes the result of the run that began at `at`; a later one each time.
    pub fn see(&mut self, at: Timestamp, sample: &Sample, quiet: QuietRuns) {
        let judgement = self.rhythm.has(self.monitor, at).then(|| {
            let rejudged = self.rejudging.judge(at, sample);
            self.replayed.probes += 1;
            self.replayed.other_faults += usize::from(rejudged.other_faults == OtherFaults::Possible);
            rejudged.judgement
        });
        let is_left_out = match quiet {
            QuietRuns::LeftOut => is_quiet(self.stage.row(&self.monitor.id), judgement.as_ref()),
            #[cfg(test)]
            QuietRuns::Played => false,
        };
        if !is_left_out {
            self.play(at, judgement);
        }
    }

    pub fn finish(self) -> Replayed {
        self.replayed
    }

    fn play(&mut self, at: Timestamp, judgement: Option<Judgement>) {
        let id = &self.monitor.id;
        let seen = judgement.into_iter().map(|judgement| (id.clone(), judgement)).collect();
        let run = self.stage.run(&seen, at);
        // An alert goes to several channels under one id.
        let sent: BTreeMap<_, _> = run.alerts.iter().map(|alert| (&alert.id, alert.word())).collect();
        for word in sent.values() {
            *self.replayed.alerts.entry(word).or_default() += 1;
        }
        let Some(row) = self.stage.row(id) else { return };
        let Some(incident) = &row.confirmed.incident else { return };
        let outages = &mut self.replayed.outages;
        if outages.last().is_none_or(|last| last.from != incident.opened_at) {
            outages.push(ReplayedOutage { from: incident.opened_at, to: None, alerted: None });
        }
        let Some(outage) = outages.last_mut() else { return };
        outage.to = incident.closed_at;
        // While it flaps, one alert stands for all that follows.
        let is_known = !sent.is_empty() || row.confirmed.recent_changes.flapping(at).is_some();
        if outage.alerted.is_none() && outage.to.is_none() && is_known {
            outage.alerted = Some(at);
        }
    }
}

/// Whether a run leaves everything as it is: what is up is seen to be up, and nothing is pending.
fn is_quiet(row: Option<&Row>, judgement: Option<&Judgement>) -> bool {
    let Some(row) = row else { return false };
    let says_nothing = judgement.is_none_or(|judgement| match judgement.verdict {
        Verdict::Pass | Verdict::Unknown | Verdict::Skipped => true,
        Verdict::Degraded | Verdict::Fail => false,
    });
    let confirmed = &row.confirmed;
    says_nothing
        && confirmed.health == Health::Up
        && confirmed.streak.is_none()
        && confirmed.recent_changes.flapping.is_none()
        && row.delivered.values().all(|one| one.seq == confirmed.seq && one.flapping.is_none())
}

impl Rhythm {
    /// That of a monitor whose results were made by `before`: an interval that is not longer has no use for fewer of them.
    pub fn between(before: Option<&Monitor>, monitor: &Monitor, period: Duration) -> Self {
        let is_rarer = before.is_none_or(|before| monitor.runs_apart(period) > before.runs_apart(period));
        if is_rarer { Self::OwnSlots { period, last: None } } else { Self::EachResult }
    }

    /// Whether the run at `at` probes the monitor.
    pub fn has(&mut self, monitor: &Monitor, at: Timestamp) -> bool {
        match self {
            Self::EachResult => true,
            Self::OwnSlots { period, last } => {
                let seconds = u64::try_from(at.as_second()).unwrap_or_default();
                let slot = seconds / period.as_secs().max(1);
                let backlog = Backlog { last_slot: *last, skipped: None };
                *last = Some(slot);
                is_due(monitor, *period, slot, &backlog)
            }
        }
    }
}

/// The alerts of all of them together.
pub fn total(alerts: &AlertCounts) -> usize {
    alerts.values().sum()
}
