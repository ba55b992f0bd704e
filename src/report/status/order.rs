//! The order of the monitors. Pure.

use std::cmp::Reverse;
use std::time::Duration;

use super::surface::Surface;
use super::{MonitorStatus, StatusReport};

/// What the monitors are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StatusOrder {
    /// Worst first, then by id.
    #[default]
    Health,
    /// Slowest first, then by id; those without a latency come last.
    Latency,
    Id,
}

impl StatusReport {
    pub fn sort(&mut self) {
        match self.order {
            StatusOrder::Health => self.monitors.sort_by(|a, b| (a.shown(), &a.id).cmp(&(b.shown(), &b.id))),
            StatusOrder::Latency => self
                .monitors
                .sort_by(|a, b| (Reverse(a.last_latency()), &a.id).cmp(&(Reverse(b.last_latency()), &b.id))),
            StatusOrder::Id => self.monitors.sort_by(|a, b| a.id.cmp(&b.id)),
        }
    }

    /// The monitors as people read them there: what comes first in a file comes last on a terminal, which scrolls.
    /// Ids are looked up from the top in both.
    pub(super) fn rows(&self, surface: Surface) -> Vec<&MonitorStatus> {
        let mut rows: Vec<&MonitorStatus> = self.monitors.iter().collect();
        match (surface, self.order) {
            (Surface::Plain, _) | (Surface::Terminal(_), StatusOrder::Id) => {}
            // Stable: ids of one health or of one latency stay in their order.
            (Surface::Terminal(_), StatusOrder::Health) => {
                rows.sort_by_key(|monitor| Reverse(monitor.shown()));
            }
            (Surface::Terminal(_), StatusOrder::Latency) => {
                rows.sort_by_key(|monitor| monitor.last_latency());
            }
        }
        rows
    }
}

impl MonitorStatus {
    /// How long its last result took.
    pub(super) fn last_latency(&self) -> Option<Duration> {
        self.last().and_then(|(_, sample)| sample.latency)
    }
}
