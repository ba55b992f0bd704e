//! When the runs of a loop start, and how long each may take. Pure.

use std::time::Duration;

use jiff::Timestamp;

/// The shortest time that a run may take: enough for an attempt that hangs, and for a message.
const SHORTEST_RUN: Duration = Duration::from_secs(8);

/// The runs of a loop: one at once, then one at each multiple of the period since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// In whole seconds, at least one.
    pub period: Duration,
}

impl Schedule {
    /// What a run may take: the rest of the period is for committing and notifying.
    pub fn deadline(self) -> Duration {
        (self.period * 4 / 5).max(SHORTEST_RUN)
    }

    /// From `now` to the next scheduled run; never zero, never longer than the period.
    pub fn until_next(self, now: Timestamp) -> Duration {
        let period = i128::try_from(self.period.as_nanos()).unwrap_or(i128::MAX).max(1);
        let left = period - now.as_nanosecond().rem_euclid(period);
        Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
    }

    /// Scheduled runs that came and went while one was at work from `began` to `now`. `took` is the same by a clock that
    /// never steps: a run that was short has missed nothing, whatever the time of the servers did.
    pub fn skipped(self, began: Timestamp, now: Timestamp, took: Duration) -> u64 {
        if took < self.period {
            return 0;
        }
        self.slot(now).saturating_sub(self.slot(began))
    }

    fn slot(self, at: Timestamp) -> u64 {
        u64::try_from(at.as_second()).unwrap_or(0) / self.period.as_secs().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-20T{text}Z").parse().expect("a time")
    }

    #[test]
    fn runs_start_at_round_times_and_a_long_one_skips_those_that_it_covers() {
        let schedule = Schedule { period: Duration::from_secs(10) };
        for (began, now, took, wait, skipped) in [
            ("10:00:00", "10:00:01", 1_000, 9_000, 0),
            ("10:00:00.2", "10:00:09.999", 9_799, 1, 0),
            ("10:00:00", "10:00:10", 10_000, 10_000, 1),
            ("10:00:00", "10:00:10.5", 10_500, 9_500, 1),
            ("10:00:00", "10:00:25", 25_000, 5_000, 2),
            // The first run starts at once, and may cross a boundary.
            ("10:00:09", "10:00:12", 3_000, 8_000, 0),
            ("10:00:09", "10:00:20", 11_000, 10_000, 2),
            // The time of the servers became known, or the machine slept.
            ("10:00:00", "11:00:00", 500, 10_000, 0),
            ("10:00:00", "09:00:03", 500, 7_000, 0),
        ] {
            let (began, now, took) = (at(began), at(now), Duration::from_millis(took));
            let found = (schedule.until_next(now), schedule.skipped(began, now, took));
            assert_eq!(found, (Duration::from_millis(wait), skipped), "{began} {now}");
        }
    }

    #[test]
    fn a_run_may_take_most_of_its_period() {
        for (period, deadline) in [(10, 8), (15, 12), (30, 24), (120, 96), (3600, 2880)] {
            let schedule = Schedule { period: Duration::from_secs(period) };
            assert_eq!(schedule.deadline(), Duration::from_secs(deadline));
        }
    }

    proptest! {
        #[test]
        fn the_next_run_is_on_a_boundary(millis in 0..4_000_000_000_000_i64, period in 1..3_700_u64) {
            let schedule = Schedule { period: Duration::from_secs(period) };
            let now = Timestamp::from_millisecond(millis).expect("in range");
            let wait = schedule.until_next(now);
            prop_assert!(wait > Duration::ZERO && wait <= schedule.period);
            let next = now + wait;
            prop_assert_eq!(next.as_second() % i64::try_from(period).expect("small"), 0);
            prop_assert_eq!(schedule.slot(next), schedule.slot(now) + 1);
        }
    }
}
