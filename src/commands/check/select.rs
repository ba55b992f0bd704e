//! Which monitors a run probes. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use super::flow::Rows;
use super::outcome::RunError;
use super::subject::{Subject, Subjects};
use super::wish::Wish;
use crate::monitor::MonitorId;
use crate::state::{Backlog, is_due, order};

/// The monitors to probe, in the order in which they start. One without a row is due at once: nobody wants to
/// wait a day to see whether a new monitor works. `alone` are those whose row cannot be read: they are left alone.
pub fn select(
    wish: &Wish,
    subjects: &Subjects,
    rows: &Rows,
    alone: &HashSet<&str>,
    slot: u64,
    backlog: &Backlog,
) -> Result<Vec<Arc<Subject>>, RunError> {
    if let Some(unknown) = wish.ids.iter().find(|id| subjects.all.iter().all(|s| s.monitor.id != **id)) {
        return Err(RunError::UnknownMonitor { id: unknown.clone() });
    }
    let off = |id: &&MonitorId| subjects.all.iter().any(|s| s.monitor.id == **id && !s.monitor.enabled);
    if let Some(id) = wish.ids.iter().find(off) {
        return Err(RunError::Disabled { id: id.clone() });
    }
    let wanted = |subject: &Subject| match wish.ids.as_slice() {
        [] => {
            wish.all
                || !rows.contains_key(&subject.monitor.id)
                || is_due(&subject.monitor, wish.period, slot, backlog)
        }
        ids => ids.contains(&subject.monitor.id),
    };
    let due = subjects
        .enabled()
        .filter(|subject| !alone.contains(subject.monitor.id.as_str()))
        .filter(|subject| wanted(subject))
        .cloned()
        .collect();
    Ok(order(due, backlog, |subject: &Arc<Subject>| &subject.monitor.id))
}
