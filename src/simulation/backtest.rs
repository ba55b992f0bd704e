//! The policy of a monitor before and after a change, on the same stored results.

use std::time::Duration;

use jiff::Timestamp;

use super::replay::{AlertCounts, QuietRuns, Replay, Replayed, ReplayedOutage, Rhythm};
use super::unreplayed::{Unreplayed, unreplayed};
use crate::history::Sample;
use crate::monitor::Monitor;

/// A change of one monitor, on its results.
#[derive(Debug)]
pub struct Backtest<'a> {
    before: Option<Replay<'a>>,
    after: Replay<'a>,
    unreplayed: Vec<Unreplayed>,
    span: Option<ResultSpan>,
}

/// The first and the last result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultSpan {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What the change makes of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backtested {
    /// `None` if there is no result.
    pub span: Option<ResultSpan>,
    /// Results that were replayed.
    pub probes: usize,
    /// `None` for a monitor that was not watched, or whose definition does not read.
    pub before: Option<AlertCounts>,
    pub after: AlertCounts,
    /// Those that at least one of the two alerts about, in the order of time.
    pub outages: Vec<ComparedOutage>,
    pub unreplayed: Vec<Unreplayed>,
}

/// An outage as both policies see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComparedOutage {
    pub from: Timestamp,
    /// `None` where it lasts to the last result.
    pub to: Option<Timestamp>,
    /// From its beginning to the first alert; `None` if there is none.
    pub before: Option<Duration>,
    pub after: Option<Duration>,
}

/// What the change does to the alert about an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutageEffect {
    Same,
    Later,
    Earlier,
    /// It causes no alert any more.
    Missed,
    /// It caused none.
    New,
}

impl<'a> Backtest<'a> {
    /// `before` is the stored definition, which judged the results. A run comes in every `period`.
    pub fn new(before: Option<&'a Monitor>, after: &'a Monitor, period: Duration) -> Self {
        Self {
            before: before.map(|before| Replay::new(Some(before), before, Rhythm::EachResult)),
            after: Replay::new(before, after, Rhythm::between(before, after, period)),
            unreplayed: unreplayed(before, after, period),
            span: None,
        }
    }

    /// Takes the result of the run that began at `at`; a later one each time.
    pub fn see(&mut self, at: Timestamp, sample: &Sample) {
        self.span = Some(ResultSpan { from: self.span.map_or(at, |span| span.from), to: at });
        for replay in self.before.iter_mut().chain([&mut self.after]) {
            replay.see(at, sample, QuietRuns::LeftOut);
        }
    }

    pub fn finish(self) -> Backtested {
        let Self { before, after, mut unreplayed, span } = self;
        let before = before.map(Replay::finish);
        let Replayed { probes, alerts, outages, other_faults } = after.finish();
        if other_faults > 0 {
            unreplayed.push(Unreplayed::OtherFaults(other_faults));
        }
        let old = before.as_ref().map_or(&[][..], |before| &before.outages);
        Backtested {
            span,
            probes,
            outages: compared(old, &outages),
            before: before.map(|before| before.alerts),
            after: alerts,
            unreplayed,
        }
    }
}

/// The outages of both. What one policy takes for two outages, the other may take for one.
fn compared(before: &[ReplayedOutage], after: &[ReplayedOutage]) -> Vec<ComparedOutage> {
    let mut compared: Vec<_> = before
        .iter()
        .map(|old| {
            let ReplayedOutage { from, to, alerted } = *old;
            let before = alerted.and_then(|at| old.since(at));
            let alerted = after.iter().find(|new| new.overlaps(old)).and_then(|new| new.alerted);
            // An alert that was out before is about another outage, which has not ended yet for this policy.
            let after = alerted.map(|alerted| old.since(alerted).or(before).unwrap_or_default());
            ComparedOutage { from, to, before, after }
        })
        .collect();
    let others = after.iter().filter(|new| !before.iter().any(|old| new.overlaps(old)));
    compared.extend(others.map(|new| {
        let ReplayedOutage { from, to, alerted } = *new;
        ComparedOutage { from, to, before: None, after: alerted.and_then(|at| new.since(at)) }
    }));
    compared.retain(|outage| outage.before.is_some() || outage.after.is_some());
    compared.sort_by_key(|outage| outage.from);
    compared
}

impl ReplayedOutage {
    /// From its beginning on; `None` for what came before that.
    fn since(&self, at: Timestamp) -> Option<Duration> {
        Duration::try_from(at.duration_since(self.from)).ok()
    }

    fn overlaps(&self, other: &Self) -> bool {
        let begins_before_the_end = |one: &Self, other: &Self| other.to.is_none_or(|to| one.from < to);
        begins_before_the_end(self, other) && begins_before_the_end(other, self)
    }
}

impl ComparedOutage {
    pub fn effect(&self) -> OutageEffect {
        match (self.before, self.after) {
            (Some(before), Some(after)) if after > before => OutageEffect::Later,
            (Some(before), Some(after)) if after < before => OutageEffect::Earlier,
            (Some(_), Some(_)) | (None, None) => OutageEffect::Same,
            (Some(_), None) => OutageEffect::Missed,
            (None, Some(_)) => OutageEffect::New,
        }
    }

    /// How long it lasted, as far as the results reach.
    pub fn lasted(&self, end: Timestamp) -> Duration {
        Duration::try_from(self.to.unwrap_or(end).duration_since(self.from)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
