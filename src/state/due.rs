//! Which monitors a run probes, and in which order. Nothing is stored per monitor for it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::monitor::{Monitor, MonitorId};

/// What the runs before this one left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The slot of the last run that came to its end; `None` before the first.
    pub last_slot: Option<u64>,
    /// [`MonitorId::spread`](crate::monitor::MonitorId::spread) of the monitors it did not reach.
    pub behind: BTreeSet<u64>,
}

/// Whether one of the monitor's own slots lies after the last completed slot and not after this one.
///
/// Its slots are every `interval / period`, shifted by a hash of its id: missed slots are made up, the load
/// is spread, and all machines agree. An interval that is no multiple of the period is rounded down, so a
/// monitor is never probed less often than it asks.
pub fn is_due(monitor: &Monitor, period: Duration, slot: u64, backlog: &Backlog) -> bool {
    let Some(last) = backlog.last_slot else { return true };
    let every = monitor.runs_apart(period);
    let phase = leader(monitor).spread() % every;
    (slot + phase) / every > (last + phase) / every || backlog.behind.contains(&monitor.id.spread())
}

/// Whose slots a monitor has: those of the first that it depends on, so that both are seen in one run wherever their
/// intervals allow it, and what the one explains of the other is known in time.
fn leader(monitor: &Monitor) -> &MonitorId {
    monitor.depends_on.first().unwrap_or(&monitor.id)
}

/// The first slot from `from` on in which the monitor is due. `from` lies after what the backlog says is done.
pub fn next_due(monitor: &Monitor, period: Duration, from: u64, backlog: &Backlog) -> u64 {
    let last = from.saturating_add(monitor.runs_apart(period));
    (from..last).find(|slot| is_due(monitor, period, *slot, backlog)).unwrap_or(last)
}

/// A slot that is the monitor's own, for whoever plays with time.
pub fn own_slot(monitor: &Monitor, period: Duration) -> u64 {
    let every = monitor.runs_apart(period);
    every - leader(monitor).spread() % every
}

/// Sorts what is due: what was not reached last time comes first, the rest in the order of a hash, so
/// that the monitors of one host do not stand in a row.
pub fn order<T>(mut due: Vec<T>, backlog: &Backlog, id: impl Fn(&T) -> &MonitorId) -> Vec<T> {
    due.sort_by_cached_key(|item| {
        let spread = id(item).spread();
        (!backlog.behind.contains(&spread), spread)
    });
    due
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    const PERIOD: Duration = Duration::from_mins(2);

    fn every(id: &str, periods: u32) -> Monitor {
        Monitor { interval: PERIOD * periods, ..Monitor::sample(id, "http://m.example/") }
    }

    fn after(last_slot: u64) -> Backlog {
        Backlog { last_slot: Some(last_slot), behind: BTreeSet::new() }
    }

    #[test]
    fn everything_is_due_in_the_first_run() {
        assert!(is_due(&every("m", 30), PERIOD, 7, &Backlog::default()));
    }

    #[test]
    fn an_interval_between_two_periods_is_rounded_down() {
        let monitor = Monitor { interval: Duration::from_mins(3), ..every("m", 1) };
        assert!((0..10).all(|slot| is_due(&monitor, PERIOD, slot + 1, &after(slot))));
    }

    #[test]
    fn what_was_not_reached_is_due_and_comes_first() {
        let (late, other) = (every("late", 30), every("other", 30));
        let slot =
            (1..99).find(|slot| !is_due(&late, PERIOD, slot + 1, &after(*slot))).expect("one in thirty");
        let backlog = Backlog { last_slot: Some(slot), behind: BTreeSet::from([late.id.spread()]) };
        assert!(is_due(&late, PERIOD, slot + 1, &backlog));
        let first = order(vec![other, late], &backlog, |monitor| &monitor.id);
        assert_eq!(first[0].id.as_str(), "late");
    }

    #[test]
    fn a_monitor_is_due_with_the_one_that_it_depends_on() {
        for (rarely, often) in [(5, 5), (10, 5), (6, 3)] {
            let parent = every("auth", rarely);
            let child = Monitor { depends_on: BTreeSet::from([parent.id.clone()]), ..every("shop", often) };
            let due = |monitor: &Monitor| -> BTreeSet<u64> {
                (1..200).filter(|slot| is_due(monitor, PERIOD, slot + 1, &after(*slot))).collect()
            };
            assert!(due(&parent).is_subset(&due(&child)), "{rarely} {often}");
        }
    }

    proptest! {
        // I10: one probe per monitor and slot, however many slots are missed.
        #[test]
        fn a_monitor_is_due_once_in_each_of_its_intervals(id in "[a-z]{1,8}", periods in 1u32..40, start in 0u64..1000) {
            let monitor = every(&id, periods);
            let due = (start..start + u64::from(periods))
                .filter(|slot| is_due(&monitor, PERIOD, slot + 1, &after(*slot)))
                .count();
            prop_assert_eq!(due, 1);
            prop_assert!(is_due(&monitor, PERIOD, start + u64::from(periods), &after(start)), "missed slots are made up");
            prop_assert!(!is_due(&monitor, PERIOD, start, &after(start)));
            let next = next_due(&monitor, PERIOD, start + 1, &after(start));
            prop_assert!(is_due(&monitor, PERIOD, next, &after(start)));
            prop_assert!((start + 1..next).all(|slot| !is_due(&monitor, PERIOD, slot, &after(start))));
            let own = own_slot(&monitor, PERIOD);
            prop_assert!(is_due(&monitor, PERIOD, own, &after(own - 1)));
        }
    }
}
