//! The figures of a window of time, by the definitions that reports print. Pure; no figure is computed elsewhere.

use std::time::Duration;

use super::{IncidentView, Proportion};
use crate::history::{HealthTimeline, Percentiles, Stretch, Sum, Totals};
use crate::page::{MaintenanceTime, SloPercent};

/// What a window of time adds up to, for one monitor or for several together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Seconds of the window; of several monitors, the sum.
    pub window: u64,
    totals: Totals,
    /// Seconds of confirmed incidents, as people were notified of them.
    pub confirmed_down: u64,
    /// Seconds that were confirmed DEGRADED.
    pub confirmed_degraded: u64,
    /// Those of several monitors are not known: percentiles do not add up.
    pub percentiles: Percentiles,
    rule: MaintenanceTime,
}

impl Figures {
    pub fn new(window: Stretch, sum: &Sum, timeline: &HealthTimeline, rule: MaintenanceTime) -> Self {
        Self {
            window: window.seconds(),
            totals: sum.totals,
            confirmed_down: timeline.seconds_down(window),
            confirmed_degraded: timeline.seconds_degraded(window),
            percentiles: sum.percentiles(),
            rule,
        }
    }

    /// Those of several together: sums, and never an average of averages.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>, rule: MaintenanceTime) -> Self {
        let nothing = Self {
            window: 0,
            totals: Totals::default(),
            confirmed_down: 0,
            confirmed_degraded: 0,
            percentiles: Percentiles::default(),
            rule,
        };
        all.into_iter().fold(nothing, |mut sum, one| {
            sum.window += one.window;
            sum.totals += one.totals;
            sum.confirmed_down += one.confirmed_down;
            sum.confirmed_degraded += one.confirmed_degraded;
            sum
        })
    }

    /// As they were stored.
    pub(super) fn of_totals(
        window: u64,
        totals: Totals,
        (confirmed_down, confirmed_degraded): (u64, u64),
        rule: MaintenanceTime,
    ) -> Self {
        let percentiles = Percentiles::default();
        Self { window, totals, confirmed_down, confirmed_degraded, percentiles, rule }
    }

    pub(super) fn totals(&self) -> Totals {
        self.totals
    }

    /// Seconds in which a result held.
    pub fn observed(&self) -> u64 {
        self.totals.observed
    }

    /// Seconds in which none did.
    pub fn unknown(&self) -> u64 {
        self.window.saturating_sub(self.observed())
    }

    /// Observed seconds inside maintenance windows.
    pub fn maintenance(&self) -> u64 {
        self.totals.maintenance
    }

    /// Observed seconds of confirmed DOWN; without those in maintenance, unless these count.
    pub fn down(&self) -> u64 {
        let outside = self.totals.down;
        match self.rule {
            MaintenanceTime::Excluded => outside,
            MaintenanceTime::Included => outside + self.totals.down_in_maintenance,
        }
    }

    /// Seconds that the availability is a share of.
    pub fn counted(&self) -> u64 {
        match self.rule {
            MaintenanceTime::Excluded => self.observed().saturating_sub(self.maintenance()),
            MaintenanceTime::Included => self.observed(),
        }
    }

    /// `None` if nothing was observed.
    pub fn availability(&self) -> Option<Proportion> {
        Proportion::of(self.counted().saturating_sub(self.down()), self.counted())
    }

    /// The availability from 0 to 1 for programs, rounded down to six decimals: it is 1 only without downtime. `None` if
    /// nothing was observed.
    pub fn availability_ratio(&self) -> Option<f64> {
        let good = self.counted().saturating_sub(self.down());
        let millionths = good.saturating_mul(1_000_000).checked_div(self.counted())?;
        Some(f64::from(u32::try_from(millionths).unwrap_or(1_000_000)) / 1_000_000.0)
    }

    pub fn observed_share(&self) -> Option<Proportion> {
        Proportion::of(self.observed(), self.window)
    }

    /// The observed share, where it is too low to be left unsaid.
    pub fn low_observed_share(&self) -> Option<Proportion> {
        self.observed_share().filter(|share| share.is_below(99))
    }

    /// Probes that passed.
    pub fn passed(&self) -> u64 {
        self.totals.passed
    }

    /// Probes that said something: all but the unknown ones.
    pub fn probes(&self) -> u64 {
        self.totals.probes()
    }

    /// Probes that ended with DEGRADED.
    pub fn degraded_probes(&self) -> u64 {
        self.totals.degraded
    }

    pub fn failed_probes(&self) -> u64 {
        self.totals.failed
    }

    /// Probes that ended with UNKNOWN.
    pub fn unknown_probes(&self) -> u64 {
        self.totals.unknown
    }

    /// Milliseconds that may still be bad; below zero, by how many there were too many.
    pub fn error_budget_millis(&self, slo: SloPercent) -> i64 {
        let millis = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        millis(slo.allowed_millis(self.counted())).saturating_sub(millis(self.down().saturating_mul(1_000)))
    }
}

/// Mean time to recovery over the incidents that are closed, rounded up to a second; `None` if there are none. An incident
/// that ended because its monitor is no longer watched did not recover.
pub fn mean_time_to_recovery(incidents: &[IncidentView]) -> Option<Duration> {
    let recovered = incidents.iter().filter(|incident| incident.unwatched.is_none());
    let lasted: Vec<_> = recovered.filter_map(IncidentView::duration).collect();
    let count = u64::try_from(lasted.len()).ok().filter(|count| *count > 0)?;
    let all: u64 =
        lasted.iter().map(|duration| duration.as_millis().try_into().unwrap_or(u64::MAX / 1_024)).sum();
    Some(Duration::from_secs(all.div_ceil(count).div_ceil(1_000)))
}

/// Mean time between failures: from the beginning of one incident to that of the next, rounded down to a second; `None`
/// below two. `incidents` in the order of time.
pub fn mean_time_between_failures(incidents: &[IncidentView]) -> Option<Duration> {
    mean_time_between_failures_of([incidents])
}

/// The same of several monitors, over the times between two incidents of one monitor.
pub fn mean_time_between_failures_of<'a>(
    monitors: impl IntoIterator<Item = &'a [IncidentView]>,
) -> Option<Duration> {
    let (mut seconds, mut gaps) = (0_u64, 0_u64);
    for incidents in monitors {
        if let (Some(first), Some(last)) = (incidents.first(), incidents.last()) {
            let between = Duration::try_from(last.opened.duration_since(first.opened)).unwrap_or_default();
            seconds += between.as_secs();
            gaps += u64::try_from(incidents.len() - 1).unwrap_or_default();
        }
    }
    seconds.checked_div(gaps).map(Duration::from_secs)
}
