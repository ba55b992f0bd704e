//! Which monitors a run probes. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use super::options::RunOptions;
use super::outcome::RunError;
use crate::inventory::{Inventory, WatchedMonitor, Watchlist};
use crate::monitor::{Selector, Traits};
use crate::state::{Backlog, is_due, order};

/// The monitors to probe, in the order in which they start. One without a row is due at once: it should not
/// wait a day to see whether a new monitor works. `alone` are those whose row cannot be read: they are left alone.
pub fn select(
    options: &RunOptions,
    inventory: &Inventory,
    alone: &HashSet<&str>,
    slot: u64,
    backlog: &Backlog,
) -> Result<Vec<Arc<WatchedMonitor>>, RunError> {
    let watchlist = &inventory.watchlist;
    if let Some(only) = &options.only {
        refuse(only, watchlist)?;
    }
    let wanted = |watched: &WatchedMonitor| match &options.only {
        None => {
            options.all
                || !inventory.rows.contains_key(&watched.monitor.id)
                || is_due(&watched.monitor, options.period, slot, backlog)
        }
        Some(_) => options.covers(&watched.monitor),
    };
    let due = watchlist
        .enabled()
        .filter(|watched| !alone.contains(watched.monitor.id.as_str()))
        .filter(|watched| wanted(watched))
        .cloned()
        .collect();
    Ok(order(due, backlog, |watched: &Arc<WatchedMonitor>| &watched.monitor.id))
}

/// Refuses a selector that matches nothing, or nothing that is switched on, or names what is switched off.
fn refuse(only: &Selector, watchlist: &Watchlist) -> Result<(), RunError> {
    let traits: Vec<_> = watchlist.all.iter().map(|watched| Traits::of_monitor(&watched.monitor)).collect();
    if let Some(idle) = only.idle(&traits) {
        return Err(RunError::NothingMatches(idle));
    }
    let meant = || {
        let known = watchlist.all.iter().zip(&traits);
        known.filter(|(_, traits)| only.takes(traits)).map(|(watched, _)| &watched.monitor)
    };
    let named = meant().find(|monitor| !monitor.enabled && only.names(&monitor.id));
    let all_off = || if meant().any(|monitor| monitor.enabled) { None } else { meant().next() };
    match named.or_else(all_off) {
        Some(monitor) => Err(RunError::Disabled { id: monitor.id.clone() }),
        None => Ok(()),
    }
}
