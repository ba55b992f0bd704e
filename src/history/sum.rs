//! What a stretch of time adds up to. Pure.

use super::latencies::{Latencies, PercentileCodes, Percentiles};
use super::rollup::Rollup;
use super::totals::Totals;

/// What the samples of one monitor add up to over a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    pub totals: Totals,
    /// Empty where only the percentiles were asked for.
    pub latencies: Latencies,
    /// As they were kept, where the latencies were not asked for.
    kept: Option<PercentileCodes>,
}

impl Sum {
    pub fn new(totals: Totals, latencies: Latencies) -> Self {
        Self { totals, latencies, kept: None }
    }

    /// A kept hour or day. Without its latencies it knows its percentiles.
    pub fn of_rollup(rollup: Rollup, latencies: Option<Latencies>) -> Self {
        let kept = latencies.is_none().then_some(rollup.percentiles);
        Self { totals: rollup.totals, latencies: latencies.unwrap_or_default(), kept }
    }

    pub fn percentiles(&self) -> Percentiles {
        self.codes().percentiles()
    }

    fn codes(&self) -> PercentileCodes {
        self.kept.unwrap_or_else(|| self.latencies.percentile_codes())
    }

    /// Adds another stretch of the same monitor. Of percentiles that are kept, the slower is taken.
    pub fn add(&mut self, other: &Self) {
        let is_kept = self.kept.is_some() || other.kept.is_some();
        let kept = is_kept.then(|| self.codes().slower(other.codes()));
        self.totals += other.totals;
        self.latencies.merge(&other.latencies);
        self.kept = kept;
    }
}
