//! The availability of each monitor in the metrics: over which windows, and when the history is read for it. Pure.

use std::collections::BTreeMap;

use super::families::AVAILABILITY;
use super::sample::MetricSample;
use super::{FormerMetrics, MonitorMetrics, RunMetrics, sample};
use crate::history::{HOUR, second, start_of};
use crate::monitor::MonitorId;
use crate::verdict::Verdict;

/// A window of time that ends now. The shorter ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AvailabilityWindow {
    Day,
    Week,
    Month,
}

/// Where the availability of the monitors comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum AvailabilityMetrics {
    /// This run read the history. A monitor that was not observed in a window has no value for it.
    Measured(BTreeMap<MonitorId, BTreeMap<AvailabilityWindow, f64>>),
    /// The run takes the values of the file before.
    Carried,
}

impl AvailabilityWindow {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
        }
    }

    /// The value of the label `window`.
    fn label(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }
}

impl RunMetrics<'_> {
    /// Whether the history is read again. It is if an hour ended since the file was written, or if the file lacks a
    /// monitor that was observed now. The time in the file decides, and not what this run rolled up: machines that share
    /// a table have a file each, and only one of them rolls an hour up.
    pub fn availability_is_outdated(&self, former: &FormerMetrics) -> bool {
        let Some(written) = former.run_at() else { return true };
        start_of(second(self.at), HOUR) > written
            || self
                .monitors
                .iter()
                .any(|monitor| monitor.was_observed() && monitor.lacks_availability(former))
    }
}

impl MonitorMetrics<'_> {
    pub(super) fn availability(
        &self,
        former: &FormerMetrics,
        source: &AvailabilityMetrics,
    ) -> Vec<MetricSample> {
        match source {
            AvailabilityMetrics::Measured(ratios) => {
                let ratios = ratios.get(&self.monitor.id).into_iter().flatten();
                let measured = ratios.map(|(window, ratio)| {
                    sample(AVAILABILITY, self.labels_with("window", window.label()), ratio)
                });
                measured.collect()
            }
            // The past belongs to the monitor, whatever its target is.
            AvailabilityMetrics::Carried => {
                let former = former.of_monitor(self.monitor.id.as_str()).iter();
                former
                    .filter(|sample| sample.name == AVAILABILITY)
                    .map(|sample| self.renewed(sample))
                    .collect()
            }
        }
    }

    /// Whether the probe of this run counts. The history of any other monitor may have nothing for it, and would be read in
    /// vain by each run.
    fn was_observed(&self) -> bool {
        let Some(judgement) = self.judgement else { return false };
        match judgement.verdict {
            Verdict::Pass | Verdict::Degraded | Verdict::Fail => {
                !self.monitor.is_in_maintenance(judgement.at)
            }
            Verdict::Unknown | Verdict::Skipped => false,
        }
    }

    fn lacks_availability(&self, former: &FormerMetrics) -> bool {
        let known = former.of_monitor(self.monitor.id.as_str());
        AvailabilityWindow::ALL.iter().any(|window| {
            let is_it = |sample: &MetricSample| {
                sample.name == AVAILABILITY && sample.label("window") == Some(window.label())
            };
            !known.iter().any(is_it)
        })
    }
}
