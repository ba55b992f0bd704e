//! Which monitors a run probes. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use super::flow::Rows;
use super::options::RunOptions;
use super::outcome::RunError;
use super::subject::{Subject, Subjects};
use crate::monitor::{Selector, Traits};
use crate::state::{Backlog, is_due, order};

/// The monitors to probe, in the order in which they start. One without a row is due at once: nobody wants to
/// wait a day to see whether a new monitor works. `alone` are those whose row cannot be read: they are left alone.
pub fn select(
    options: &RunOptions,
    subjects: &Subjects,
    rows: &Rows,
    alone: &HashSet<&str>,
    slot: u64,
    backlog: &Backlog,
) -> Result<Vec<Arc<Subject>>, RunError> {
    if let Some(only) = &options.only {
        refuse(only, subjects)?;
    }
    let wanted = |subject: &Subject| match &options.only {
        None => {
            options.all
                || !rows.contains_key(&subject.monitor.id)
                || is_due(&subject.monitor, options.period, slot, backlog)
        }
        Some(_) => options.deps(&subject.monitor),
    };
    let due = subjects
        .enabled()
        .filter(|subject| !alone.contains(subject.monitor.id.as_str()))
        .filter(|subject| wanted(subject))
        .cloned()
        .collect();
    Ok(order(due, backlog, |subject: &Arc<Subject>| &subject.monitor.id))
}

/// Refuses a selector that matches nothing, or nothing that is switched on, or names what is switched off.
fn refuse(only: &Selector, subjects: &Subjects) -> Result<(), RunError> {
    let traits: Vec<_> = subjects.all.iter().map(|subject| Traits::of_monitor(&subject.monitor)).collect();
    if let Some(idle) = only.idle(&traits) {
        return Err(RunError::NothingMatches(idle));
    }
    let meant = || {
        let known = subjects.all.iter().zip(&traits);
        known.filter(|(_, traits)| only.takes(traits)).map(|(subject, _)| &subject.monitor)
    };
    let named = meant().find(|monitor| !monitor.enabled && only.names(&monitor.id));
    let all_off = || if meant().any(|monitor| monitor.enabled) { None } else { meant().next() };
    match named.or_else(all_off) {
        Some(monitor) => Err(RunError::Disabled { id: monitor.id.clone() }),
        None => Ok(()),
    }
}
