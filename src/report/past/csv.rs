//! The results of a monitor for spreadsheets, a line an hour or a day.

use super::{MonitorHistory, RULE};
use crate::history::Percentiles;
use crate::report::csv::{CsvCell, csv};
use crate::report::figures_json::{ends, whole_millis};
use crate::view::Proportion;

const HEAD: [&str; 16] = [
    "from",
    "to",
    "availability_percent",
    "observed_s",
    "maintenance_s",
    "down_s",
    "confirmed_down_s",
    "confirmed_degraded_s",
    "probes",
    "probes_passed",
    "probes_degraded",
    "probes_failed",
    "probes_unknown",
    "p50_ms",
    "p95_ms",
    "max_ms",
];

impl MonitorHistory {
    pub fn csv(&self) -> String {
        let rows = self.past.parts.keys().map(|part| {
            let figures = self.past.figures_of(*part, RULE);
            let [from, to] = ends(*part);
            let Percentiles { p50, p95, p99: _, max } = figures.percentiles;
            [
                CsvCell::Text(from),
                CsvCell::Text(to),
                CsvCell::maybe_decimal(figures.availability().map(Proportion::per_cent)),
                CsvCell::count(figures.observed()),
                CsvCell::count(figures.maintenance()),
                CsvCell::count(figures.down()),
                CsvCell::count(figures.confirmed_down),
                CsvCell::count(figures.confirmed_degraded),
                CsvCell::count(figures.probes()),
                CsvCell::count(figures.passed()),
                CsvCell::count(figures.degraded_probes()),
                CsvCell::count(figures.failed_probes()),
                CsvCell::count(figures.unknown_probes()),
                CsvCell::maybe_count(p50.map(whole_millis)),
                CsvCell::maybe_count(p95.map(whole_millis)),
                CsvCell::maybe_count(max.map(whole_millis)),
            ]
        });
        csv(HEAD, rows)
    }
}
