//! A report for spreadsheets: a line a monitor, and no totals, which a spreadsheet adds up itself.

use super::json::budget_seconds;
use crate::report::csv::{CsvCell, csv as table};
use crate::report::figures_json::{ends, whole_seconds};
use crate::view::{Proportion, ReportLine, ReportView, mean_time_between_failures, mean_time_to_recovery};

const HEAD: [&str; 19] = [
    "from",
    "to",
    "monitor",
    "name",
    "group",
    "team",
    "availability_percent",
    "observed_percent",
    "window_s",
    "observed_s",
    "maintenance_s",
    "down_s",
    "confirmed_down_s",
    "outages",
    "mttr_s",
    "mtbf_s",
    "probes",
    "probes_passed",
    "error_budget_s",
];

pub fn csv(view: &ReportView) -> String {
    let [from, to] = ends(view.window);
    let rows = view.lines.iter().map(|line| {
        let ReportLine { id, name, group, team, tags: _, figures, incidents } = line;
        let budget = view.slo.map(|slo| budget_seconds(figures.error_budget_millis(slo)));
        [
            CsvCell::text(&*from),
            CsvCell::text(&*to),
            CsvCell::text(id.as_str()),
            CsvCell::maybe_text(name.as_deref()),
            CsvCell::text(group.as_str()),
            CsvCell::maybe_text(team.as_deref()),
            CsvCell::maybe_decimal(figures.availability().map(Proportion::per_cent)),
            CsvCell::maybe_decimal(figures.observed_share().map(Proportion::per_cent)),
            CsvCell::count(figures.window),
            CsvCell::count(figures.observed()),
            CsvCell::count(figures.maintenance()),
            CsvCell::count(figures.down()),
            CsvCell::count(figures.confirmed_down),
            CsvCell::count(u64::try_from(incidents.len()).unwrap_or(u64::MAX)),
            CsvCell::maybe_count(mean_time_to_recovery(incidents).map(whole_seconds)),
            CsvCell::maybe_count(mean_time_between_failures(incidents).map(whole_seconds)),
            CsvCell::count(figures.probes()),
            CsvCell::count(figures.passed()),
            budget.map_or(CsvCell::Empty, CsvCell::Whole),
        ]
    });
    table(HEAD, rows)
}
