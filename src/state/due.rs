//! Which monitors a run probes, and in which order. Nothing is stored per monitor for it.

use std::time::Duration;

use crate::monitor::{Monitor, MonitorId};

/// What the runs before this one left to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The slot of the last run that came to its end; `None` before the first.
    pub last_slot: Option<u64>,
    /// The monitors that it skipped, or whose change it could not store.
    pub skipped: Option<SkippedRange>,
}

/// A part of the ring on which each monitor has a place by the hash of its id
/// ([`MonitorId::spread`](crate::monitor::MonitorId::spread)), however many monitors lie in it. Runs probe in the order of
/// the ring, so what they skip lies together; and the next run begins where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedRange {
    /// The place of the first one.
    pub from: u64,
    /// The place of the last one. It is less than `from` where the range goes over the end of the ring.
    pub to: u64,
    /// The monitors of the range count as probed in this slot, and in none after it; `None`: they were never probed.
    pub since: Option<u64>,
}

impl SkippedRange {
    /// The range from the first of `monitors` to the last one, in the order of a ring that begins at `start`; `None` if
    /// there are none. All of them will be due: for each, the range reaches back before its last own slot.
    pub fn over<'a>(
        monitors: impl IntoIterator<Item = &'a Monitor>,
        start: u64,
        slot: u64,
        period: Duration,
    ) -> Option<Self> {
        let mut range: Option<(u64, u64, Option<u64>)> = None;
        for monitor in monitors {
            let place = monitor.id.spread().wrapping_sub(start);
            let before = before_own_slot(monitor, period, slot);
            // `None` is before every slot, and less than every number.
            range = Some(match range {
                None => (place, place, before),
                Some((from, to, since)) => (from.min(place), to.max(place), since.min(before)),
            });
        }
        range.map(|(from, to, since)| Self {
            from: from.wrapping_add(start),
            to: to.wrapping_add(start),
            since,
        })
    }

    fn contains(&self, place: u64) -> bool {
        if self.from <= self.to {
            (self.from..=self.to).contains(&place)
        } else {
            place >= self.from || place <= self.to
        }
    }
}

impl Backlog {
    /// Where the order of the probes begins on the ring.
    pub fn start(&self) -> u64 {
        self.skipped.map_or(0, |range| range.from)
    }

    /// The last slot in which the monitor counts as probed, if it was due then.
    fn last_slot_of(&self, monitor: &Monitor) -> Option<u64> {
        match self.skipped.filter(|range| range.contains(monitor.id.spread())) {
            Some(range) => range.since.min(self.last_slot),
            None => self.last_slot,
        }
    }
}

/// Whether one of the monitor's own slots lies after the last completed slot and not after this one.
///
/// Its slots are every `interval / period`, shifted by a hash of its id: missed slots are made up, the load
/// is spread, and all machines agree. An interval that is no multiple of the period is rounded down, so a
/// monitor is never probed less often than it asks.
pub fn is_due(monitor: &Monitor, period: Duration, slot: u64, backlog: &Backlog) -> bool {
    let Some(last) = backlog.last_slot_of(monitor) else { return true };
    let (every, phase) = rhythm(monitor, period);
    (slot + phase) / every > (last + phase) / every
}

/// How many slots lie between two of the monitor's own, and by how many they are shifted.
fn rhythm(monitor: &Monitor, period: Duration) -> (u64, u64) {
    let every = monitor.runs_apart(period);
    (every, leader(monitor).spread() % every)
}

/// The slot before the last of its own that is not after `slot`; `None` if there is none.
fn before_own_slot(monitor: &Monitor, period: Duration, slot: u64) -> Option<u64> {
    let (every, phase) = rhythm(monitor, period);
    ((slot + phase) / every * every).checked_sub(phase)?.checked_sub(1)
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

/// A slot that is the monitor's own, for a caller that plays with time.
pub fn own_slot(monitor: &Monitor, period: Duration) -> u64 {
    let every = monitor.runs_apart(period);
    every - leader(monitor).spread() % every
}

/// Sorts what is due along the ring, from where the last run ended: so what was skipped comes first, what this run skips is
/// a range again, and nothing is skipped for ever. Along a hash, the monitors of one host do not stand in a row.
pub fn order<T>(mut due: Vec<T>, backlog: &Backlog, id: impl Fn(&T) -> &MonitorId) -> Vec<T> {
    due.sort_by_cached_key(|item| id(item).spread().wrapping_sub(backlog.start()));
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
        Backlog { last_slot: Some(last_slot), skipped: None }
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
        let skipped = SkippedRange::over([&late], 0, slot, PERIOD);
        let backlog = Backlog { last_slot: Some(slot), skipped };
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

    #[test]
    fn a_range_may_go_over_the_end_of_the_ring() {
        let range = |from, to| SkippedRange { from, to, since: None };
        for (range, place, inside) in [
            (range(3, 5), 2, false),
            (range(3, 5), 3, true),
            (range(3, 5), 5, true),
            (range(3, 5), 6, false),
            (range(u64::MAX, 1), u64::MAX, true),
            (range(u64::MAX, 1), 0, true),
            (range(u64::MAX, 1), 1, true),
            (range(u64::MAX, 1), 2, false),
        ] {
            assert_eq!(range.contains(place), inside, "{range:?} {place}");
        }
    }

    #[test]
    fn who_was_probed_is_not_due_again_for_lying_between_others_that_were_not() {
        // Both were due in slot 59; one of them was skipped, and others on both sides of the other one.
        let (hourly, often) = (every("hourly", 30), every("often", 1));
        let slot = own_slot(&hourly, PERIOD) + 300;
        let (from, to) = (0, u64::MAX);
        for since in [slot, slot + 5, slot + 28] {
            let skipped = Some(SkippedRange { from, to, since: Some(since) });
            let backlog = Backlog { last_slot: Some(slot + 28), skipped };
            assert!(!is_due(&hourly, PERIOD, slot + 29, &backlog), "its own slot was before {since}");
            assert!(is_due(&often, PERIOD, slot + 29, &backlog));
        }
    }

    /// What a run skips, of what is due in its order: all that the test says, but never the first.
    fn skips(number: usize, pattern: u64, capacity: usize) -> bool {
        number > 0
            && (number >= capacity || pattern.rotate_right(u32::try_from(number % 64).unwrap_or(0)) & 1 == 1)
    }

    proptest! {
        // Trap 39: however much is skipped, all of it is one range, and due in the next run.
        #[test]
        fn whatever_is_skipped_lies_in_the_range_and_is_due_in_the_next_run(
            intervals in prop::collection::vec(1u32..40, 1..60), start: u64, slot in 1u64..10_000, pattern: u64, capacity in 1usize..70,
        ) {
            let monitors: Vec<_> = (0..).zip(&intervals).map(|(n, interval)| every(&format!("m{n}"), *interval)).collect();
            let before = Backlog { last_slot: None, skipped: Some(SkippedRange { from: start, to: start, since: None }) };
            let due = order(monitors.iter().collect(), &before, |monitor| &monitor.id);
            let skipped: Vec<_> =
                (0..).zip(due).filter(|(number, _)| skips(*number, pattern, capacity)).map(|(_, monitor)| monitor).collect();
            let range = SkippedRange::over(skipped.iter().copied(), start, slot, PERIOD);
            prop_assert_eq!(range.is_some(), !skipped.is_empty());
            let after = Backlog { last_slot: Some(slot), skipped: range };
            for monitor in &skipped {
                prop_assert!(is_due(monitor, PERIOD, slot + 1, &after), "{}", monitor.id);
            }
            let first = order(monitors.iter().collect(), &after, |monitor| &monitor.id)[0];
            if let Some(first_skipped) = skipped.first() {
                prop_assert_eq!(&first.id, &first_skipped.id);
            }
        }

        // Trap 39: starvation is impossible. Each run probes one monitor at least, the first in its order, and skips any
        // others; then each is probed after as many runs as there are monitors at the latest.
        #[test]
        fn no_monitor_is_skipped_for_ever(
            intervals in prop::collection::vec(1u32..10, 1..25), patterns in prop::collection::vec(any::<(u64, usize)>(), 1..8),
        ) {
            let monitors: Vec<_> = (0..).zip(&intervals).map(|(n, interval)| every(&format!("m{n}"), *interval)).collect();
            let (mut backlog, mut waits) = (Backlog::default(), vec![0; monitors.len()]);
            for (slot, (pattern, capacity)) in (100u64..400).zip(patterns.iter().cycle()) {
                let due = monitors.iter().enumerate().filter(|(_, monitor)| is_due(monitor, PERIOD, slot, &backlog));
                let mut skipped = Vec::new();
                for (number, (n, monitor)) in (0..).zip(order(due.collect(), &backlog, |(_, monitor)| &monitor.id)) {
                    if skips(number, *pattern, capacity % 4 + 1) {
                        waits[n] += 1;
                        skipped.push(monitor);
                        prop_assert!(waits[n] <= monitors.len(), "{} waits since {} runs", monitor.id, waits[n]);
                    } else {
                        waits[n] = 0;
                    }
                }
                let skipped = SkippedRange::over(skipped, backlog.start(), slot, PERIOD);
                backlog = Backlog { last_slot: Some(slot), skipped };
            }
        }

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
