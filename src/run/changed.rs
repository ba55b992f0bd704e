//! What committed writes and runs that died leave to be recorded. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::history::{HealthChange, StoredReason};
use crate::monitor::{IdSubject, MonitorId};
use crate::state::{Row, Rows, Write};
use crate::store::Committed;
use crate::transition::{Health, Incident};

/// Incidents that committed writes opened or closed, whatever else they changed; and those of rows that were written
/// after `recorded`, because the run that wrote them died before it could keep them, or failed to.
pub fn incidents(
    before: &Rows,
    writes: &[Write],
    committed: &Committed,
    recorded: Option<u64>,
) -> Vec<(MonitorId, Incident)> {
    let written: HashSet<_> = committed.written.iter().collect();
    let known = |id| before.get(id).and_then(|row| row.confirmed.incident.as_ref());
    let changed = writes
        .iter()
        .map(Write::row)
        .filter(|row| written.contains(&row.monitor))
        .filter(|row| row.confirmed.incident.as_ref() != known(&row.monitor));
    let left = before.values().filter(|row| recorded.is_some_and(|recorded| row.epoch > recorded));
    // Of one incident the newer word comes last; the history is put in batches, which take each key once.
    let mut incidents = BTreeMap::new();
    for row in left.chain(changed) {
        if let Some(incident) = &row.confirmed.incident {
            incidents.insert((row.monitor.clone(), incident.opened_at), incident.clone());
        }
    }
    incidents.into_iter().map(|((monitor, _), incident)| (monitor, incident)).collect()
}

/// Changes of health that committed writes made, and those of rows that were written after `recorded`, as [`incidents`].
/// `reasons` are the kinds of fault that this run saw.
pub fn changes(
    before: &Rows,
    writes: &[Write],
    committed: &Committed,
    recorded: Option<u64>,
    reasons: &HashMap<&MonitorId, StoredReason>,
) -> Vec<HealthChange> {
    let written: HashSet<_> = committed.written.iter().collect();
    let left = before.values().filter(|row| recorded.is_some_and(|recorded| row.epoch > recorded));
    let left = left.filter_map(|row| HealthChange::of(row, None, None));
    let own = writes.iter().map(Write::row).filter(|row| written.contains(&row.monitor));
    let own = own.filter_map(|row| {
        let known: Option<&Row> = before.get(&row.monitor);
        let is_change = known.map_or(0, |known| known.confirmed.seq) < row.confirmed.seq;
        let from = known.map_or(Health::New, |known| known.confirmed.health);
        is_change.then(|| HealthChange::of(row, Some(from), reasons.get(&row.monitor).copied())).flatten()
    });
    // The history is put in batches, which take each key once; of one moment the newer word comes last.
    let mut changes = BTreeMap::new();
    for change in left.chain(own).filter(|change| change.monitor.subject() == IdSubject::Monitor) {
        changes.insert((change.monitor.clone(), change.at), change);
    }
    changes.into_values().collect()
}
