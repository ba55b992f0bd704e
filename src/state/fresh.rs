//! Whether what is stored still speaks of now. A monitor that silently stopped must not look fine (trap 20).

use std::time::Duration;

use jiff::Timestamp;

/// Whether a run is overdue: none came to its end for two periods. One period is normal, and a run may take
/// most of another.
pub fn run_is_stale(last_end: Option<Timestamp>, period: Duration, now: Timestamp) -> bool {
    is_older(last_end, period * 2, now)
}

/// Whether a monitor's last result is older than two of its intervals and a period.
pub fn monitor_is_stale(
    last_probe: Option<Timestamp>,
    interval: Duration,
    period: Duration,
    now: Timestamp,
) -> bool {
    is_older(last_probe, interval.max(period) * 2 + period, now)
}

fn is_older(at: Option<Timestamp>, limit: Duration, now: Timestamp) -> bool {
    at.is_none_or(|at| Duration::try_from(now.duration_since(at)).is_ok_and(|age| age > limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Trap 20
    #[test]
    fn a_run_is_stale_after_two_periods_and_a_clock_that_stepped_back_is_not() {
        let period = Duration::from_mins(2);
        let at = |second| Timestamp::from_second(second).expect("in range");
        for (last, now, stale) in
            [(None, 0, true), (Some(at(0)), 240, false), (Some(at(0)), 241, true), (Some(at(500)), 0, false)]
        {
            assert_eq!(run_is_stale(last, period, at(now)), stale, "{last:?} {now}");
        }
        assert!(!monitor_is_stale(Some(at(0)), period * 5, period, at(1320)));
        assert!(monitor_is_stale(Some(at(0)), period * 5, period, at(1321)));
    }
}
