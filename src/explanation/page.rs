//! If a monitor stopped answering now, when would it alert?

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::ExplanationFacts;
use crate::simulation::{Notice, Outcome, Stage};
use crate::state::{Backlog, Delivered, Row, is_due};
use crate::suppress::SuppressionReason;
use crate::transition::Health;

/// Runs that are looked at: more than a month of one every two minutes, the longest window.
const RUNS: u32 = 25_000;

/// When an alert would be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum NextAlert {
    /// They were, and know no better since.
    Known(Timestamp),
    At {
        at: Timestamp,
        notice: Notice,
    },
    /// None would be, for as long as this holds.
    Suppressed(SuppressionReason),
    /// Not up to this moment; later runs were not played.
    NotBefore(Timestamp),
}

/// Plays runs in which the monitor fails from the next one on, while all others stay as they are.
pub fn page(facts: &ExplanationFacts<'_>, row: Option<&Row>, mut stage: Stage<'_>) -> NextAlert {
    let monitor = facts.monitor();
    let down = row.filter(|row| row.confirmed.health == Health::Down);
    let known = |row: &Row| {
        let is_known =
            |delivered: &&Delivered| delivered.seq == row.confirmed.seq && delivered.flapping.is_none();
        row.delivered.values().filter(is_known).map(|delivered| delivered.at).min()
    };
    if let Some(at) = down.and_then(known) {
        return NextAlert::Known(at);
    }
    let mut slot = facts.next_slot();
    let mut backlog = facts.backlog.clone();
    for _ in 0..RUNS {
        let at = facts.time_of(slot);
        let mut judgements = BTreeMap::new();
        if stage.row(&monitor.id).is_none() || is_due(monitor, facts.period, slot, &backlog) {
            judgements.insert(monitor.id.clone(), Outcome::Fail.judgement(monitor, at));
        }
        let run = stage.run(&judgements, at);
        let own = run.alerts.iter().filter(|alert| alert.monitor.id == monitor.id && alert.kind.is_bad());
        if let Some(notice) = Notice::all(own, facts.environment, at).into_iter().next() {
            return NextAlert::At { at, notice };
        }
        backlog = Backlog { last_slot: Some(slot), ..Backlog::default() };
        slot += 1;
        let suppressed =
            run.suppressed.into_iter().find(|(id, _)| *id == monitor.id).map(|(_, reason)| reason);
        match suppressed {
            // The parent is not played, so it stays DOWN.
            Some(reason @ SuppressionReason::ParentDown(_)) => return NextAlert::Suppressed(reason),
            // Up to its end nothing else can come of what fails.
            Some(SuppressionReason::Silence { until, .. } | SuppressionReason::Maintenance { until, .. }) => {
                let end = u64::try_from(until.as_second()).unwrap_or(0) / facts.period.as_secs().max(1);
                if end > slot {
                    slot = end;
                    backlog.last_slot = Some(slot - 1);
                }
            }
            Some(
                SuppressionReason::Ended(_)
                | SuppressionReason::ParentFails(_)
                | SuppressionReason::ParentReturned(_),
            )
            | None => {}
        }
    }
    NextAlert::NotBefore(facts.time_of(slot))
}
