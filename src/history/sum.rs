//! What a stretch of time adds up to. Pure.

use super::latencies::{Latencies, Percentiles};
use super::rollup::Rollup;
use super::totals::Totals;

/// What the samples of one monitor add up to over a stretch of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    pub totals: Totals,
    /// Empty where only the percentiles were asked for.
    pub latencies: Latencies,
    /// As they were kept, where the latencies were not asked for.
    kept: Option<Percentiles>,
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
        self.kept.unwrap_or_else(|| self.latencies.percentiles())
    }

    /// Adds another stretch of the same monitor. Percentiles do not add up: of two that are kept, the slower is taken, so
    /// that none reads better than it was.
    pub fn add(&mut self, other: &Self) {
        let kept = (self.kept.is_some() || other.kept.is_some()).then(|| {
            let (one, two) = (self.percentiles(), other.percentiles());
            Percentiles {
                p50: one.p50.max(two.p50),
                p95: one.p95.max(two.p95),
                p99: one.p99.max(two.p99),
                max: one.max.max(two.max),
            }
        });
        self.totals += other.totals;
        self.latencies.merge(&other.latencies);
        self.kept = kept;
    }
}
