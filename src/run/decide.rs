//! The step DECIDE: what the run stores, and whom it notifies of it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::probing::Judged;
use super::state::RunState;
use crate::alert::{Alert, AlertKind, RunPhase};
use crate::inventory::{WatchStatus, WatchStatuses};
use crate::monitor::{Monitor, Severity};
use crate::state::{Decider, OwnedMonitor, Rows, Write, decide, let_go};
use crate::suppress::Sorted;

impl RunState<'_> {
    /// Gives the changes in the order in which they are stored, and the alerts on the rows as they will be then.
    pub fn decide(&self) -> (Vec<Write>, Sorted) {
        let changes = self.changes();
        let after = after(&self.inventory.rows, &changes);
        let pending = self.pending(&after, RunPhase::AfterProbes);
        (gravest_first(changes, &pending.alerts), pending)
    }

    fn changes(&self) -> Vec<Write> {
        let now = self.deps.store.now();
        let by = Decider { holder: self.lease.holder(), epoch: self.lease.epoch(), now };
        let rows = &self.inventory.rows;
        let judged = self.judged.iter().filter_map(|Judged { watched, judgement }| {
            let row = rows.get(&watched.monitor.id);
            let id = &watched.monitor.id;
            let routed = || self.routes(WatchStatus::Watched(watched), row).in_row_of(id);
            let owned = OwnedMonitor { monitor: &watched.monitor, owner: watched.owner.as_deref() };
            decide(by, row, owned, judgement, || watched.judged.clone(), routed)
        });
        let watch_statuses = WatchStatuses::new(&self.inventory.watchlist, rows);
        let left = rows.values().filter_map(|row| match watch_statuses.of(&row.monitor) {
            WatchStatus::Unwatched(why, _) if !self.options.is_partial() => let_go(by, row, why),
            WatchStatus::Unwatched(..)
            | WatchStatus::Watched(_)
            | WatchStatus::Unclear
            | WatchStatus::Prober
            | WatchStatus::Channel => None,
        });
        let prober = Monitor::prober(&self.options.host);
        let stored = self.inventory.prober();
        let routed = || self.routes(WatchStatus::Prober, stored).in_row_of(&prober.id);
        let prober_health = self.self_check.decide(by, stored, &prober, routed);
        judged.chain(left).chain(prober_health).collect()
    }
}

/// The rows as they are once everything is stored.
fn after<'a>(rows: &'a Rows, changes: &[Write]) -> Cow<'a, Rows> {
    let mut after = Cow::Borrowed(rows);
    for row in changes.iter().map(Write::row) {
        after.to_mut().insert(row.monitor.clone(), row.clone());
    }
    after
}

/// Sorts what is to be stored by what it means to people: first what calls them, and of that what is critical; last what
/// no alert is sent of.
fn gravest_first(mut changes: Vec<Write>, alerts: &[Alert]) -> Vec<Write> {
    let graveness = |alert: &Alert| (!alert.kind.is_bad(), Reverse(alert.severity()), alert.kind);
    let by_monitor: BTreeMap<_, _> =
        alerts.iter().map(|alert| (&alert.monitor.id, graveness(alert))).collect();
    let no_alert = (true, Reverse(Severity::Info), AlertKind::Unwatched);
    changes.sort_by_cached_key(|write| {
        let found = by_monitor.get(&write.row().monitor).copied();
        (found.is_none(), found.unwrap_or(no_alert))
    });
    changes
}
