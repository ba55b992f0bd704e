//! What samples and changes of health add up to over a stretch of time. Pure.

use std::ops::AddAssign;
use std::time::Duration;

use jiff::Timestamp;

use super::latencies::Latencies;
use super::ledger::{InMaintenance, Sample};
use super::stretch::{Stretch, second, seconds_of};
use super::timeline::HealthTimeline;
use crate::verdict::Verdict;

/// Counts of probes, and seconds. Those of stretches that follow each other add up to that of the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    pub passed: u64,
    pub degraded: u64,
    pub failed: u64,
    pub unknown: u64,
    /// Each sample with a known verdict holds until the next one, at most 1.5 times the time between two probes.
    pub observed: u64,
    /// Of these, those inside maintenance windows.
    pub maintenance: u64,
    /// Confirmed DOWN, observed, and outside of maintenance.
    pub down: u64,
    /// Confirmed DOWN and observed inside of maintenance windows.
    pub down_in_maintenance: u64,
}

/// How long a sample holds, if none follows it: 1.5 times the time between two probes.
pub fn hold(apart: Duration) -> i64 {
    seconds_of(apart.saturating_mul(3) / 2)
}

/// `samples` in the order of time; they reach back from the beginning of `within` for `hold` seconds at least.
pub fn total(
    samples: &[(Timestamp, Sample)],
    hold: i64,
    timeline: &HealthTimeline,
    within: Stretch,
) -> (Totals, Latencies) {
    let (mut totals, mut latencies) = (Totals::default(), Latencies::default());
    for (n, (at, sample)) in samples.iter().enumerate() {
        let from = second(*at);
        if within.has(from) {
            totals.count(sample.verdict);
            latencies.add(sample.latency);
        }
        let next = samples.get(n + 1).map_or(i64::MAX, |(next, _)| second(*next));
        let lasting = Stretch { from, to: from.saturating_add(hold).min(next) };
        if let Some(observed) = lasting.overlap(within) {
            totals.observe(sample, observed, timeline);
        }
    }
    (totals, latencies)
}

impl Totals {
    /// All probes that said something.
    pub fn probes(&self) -> u64 {
        self.passed + self.degraded + self.failed
    }

    fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Degraded => self.degraded += 1,
            Verdict::Fail => self.failed += 1,
            Verdict::Unknown => self.unknown += 1,
            // It leaves no sample.
            Verdict::Skipped => {}
        }
    }

    fn observe(&mut self, sample: &Sample, held: Stretch, timeline: &HealthTimeline) {
        match sample.verdict {
            Verdict::Unknown | Verdict::Skipped => return,
            Verdict::Pass | Verdict::Degraded | Verdict::Fail => {}
        }
        self.observed += held.seconds();
        let down = timeline.seconds_down(held);
        match sample.maintenance {
            InMaintenance::Yes => {
                self.maintenance += held.seconds();
                self.down_in_maintenance += down;
            }
            InMaintenance::No => self.down += down,
        }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        let Self { passed, degraded, failed, unknown, observed, maintenance, down, down_in_maintenance } =
            other;
        self.passed += passed;
        self.degraded += degraded;
        self.failed += failed;
        self.unknown += unknown;
        self.observed += observed;
        self.maintenance += maintenance;
        self.down += down;
        self.down_in_maintenance += down_in_maintenance;
    }
}
