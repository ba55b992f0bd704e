//! The next run that probes a monitor, for each verdict that it may give.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ExplanationFacts;
use crate::simulation::{Notice, Outcome, Stage};
use crate::state::{Row, next_due};
use crate::suppress::{DiscardReason, SuppressionReason};
use crate::transition::{Health, StreakProgress, Thresholds, progress};
use crate::verdict::Verdict;

/// The next run that probes it.
#[derive(Debug, Clone, PartialEq)]
pub struct NextRun {
    pub slot: u64,
    /// When it is; now, if it is due by now.
    pub at: Timestamp,
    /// The best verdict first.
    pub prospects: Vec<Prospect>,
}

/// What one verdict would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    pub verdict: Verdict,
    pub health: Health,
    /// Whether that health is a change.
    pub is_change: bool,
    pub progress: Option<StreakProgress>,
    /// What would be notified in this run.
    pub alerts: Vec<Notice>,
    /// Why a pending alert would not be sent.
    pub suppressed: Option<SuppressionReason>,
    pub discarded: Option<DiscardReason>,
}

pub fn next_run(facts: &ExplanationFacts<'_>, row: Option<&Row>, stage: &Stage<'_>) -> NextRun {
    let from = facts.next_slot();
    let slot = match row {
        // One that was never probed is due at once.
        None => from,
        Some(_) => next_due(facts.monitor(), facts.period, from, &facts.backlog),
    };
    let at = facts.time_of(slot);
    let outcomes = [Outcome::Pass, Outcome::Degraded, Outcome::Fail, Outcome::Unknown];
    let prospects = outcomes.map(|outcome| prospect(facts, row, stage.clone(), (outcome, at)));
    NextRun { slot, at, prospects: prospects.into() }
}

fn prospect(
    facts: &ExplanationFacts<'_>,
    before: Option<&Row>,
    mut stage: Stage<'_>,
    (outcome, at): (Outcome, Timestamp),
) -> Prospect {
    let monitor = facts.monitor();
    let judgement = outcome.judgement(monitor, at);
    let verdict = judgement.verdict;
    let run = stage.run(&BTreeMap::from([(monitor.id.clone(), judgement)]), at);
    let after = stage.row(&monitor.id).map(|row| &row.confirmed);
    let health = |row: Option<Health>| row.unwrap_or(Health::New);
    Prospect {
        verdict,
        health: health(after.map(|after| after.health)),
        is_change: health(after.map(|after| after.health)) != health(before.map(|row| row.confirmed.health)),
        progress: after.and_then(|after| progress(Thresholds::of(&monitor.alert), after)),
        alerts: Notice::all(
            run.alerts.iter().filter(|alert| alert.monitor.id == monitor.id),
            facts.environment,
            at,
        ),
        suppressed: run.suppressed.into_iter().find(|(id, _)| *id == monitor.id).map(|(_, reason)| reason),
        discarded: run
            .discarded
            .into_iter()
            .find(|one| one.accepted.monitor == monitor.id)
            .map(|one| one.why),
    }
}
