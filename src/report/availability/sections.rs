//! The words around the tables of a report, the same in every format for people.

use jiff::Timestamp;

use super::table::{ReportColumn, ReportRow, budget, downtime};
use crate::history::moment;
use crate::monitor::{MonitorId, count, minute, rough_limit};
use crate::page::SloPercent;
use crate::report::spoken::one_line;
use crate::transition::Unwatched;
use crate::view::{IncidentView, ReportLine, ReportPeriod, ReportTotals, ReportView, printed};

/// Outages that are listed.
const WORST: usize = 5;

/// Monitors that are named in a sentence.
const NAMED: usize = 10;

/// One of the worst outages.
pub struct WorstOutage {
    pub monitor: String,
    pub begun: String,
    pub lasted: String,
    pub cause: String,
}

/// `October 2026`, or `Last 30d`.
pub fn title(view: &ReportView) -> String {
    match view.period {
        ReportPeriod::Last(_) => format!("Availability in the last {}", view.period),
        ReportPeriod::Month(month) => format!("Availability in {}", month.in_words()),
    }
}

/// `2026-10-01 00:00 to 2026-11-01 00:00 UTC, 12 monitors, objective 99.9 %`
pub fn subtitle(view: &ReportView) -> String {
    let minute_of = |second| minute(moment(second));
    let from = minute_of(view.window.from);
    let to = minute_of(view.window.to);
    let monitors = count(view.lines.len(), "monitor");
    let slo = view.slo.map(|slo| format!(", objective {slo} %")).unwrap_or_default();
    format!("{} to {to}, {monitors}{slo}", from.trim_end_matches(" UTC"))
}

/// One line with what all monitors add up to.
pub fn summary(view: &ReportView) -> Vec<(&'static str, String)> {
    let totals = view.totals();
    let ReportTotals { monitors: _, figures, outages, recovery: _, between: _ } = &totals;
    let row = ReportRow::of_totals(&totals);
    let observed = figures.low_observed_share().map(|share| ("observed", share.to_string()));
    let left = |slo: SloPercent| ("budget", budget(figures.error_budget_millis(slo)));
    let always = [
        ("available", printed(figures.availability())),
        ("down", downtime(figures)),
        ("outages", outages.to_string()),
        ("passed", row.cell(ReportColumn::Passed)),
    ];
    always.into_iter().chain(observed).chain(view.slo.map(left)).collect()
}

/// The name of a group: the folder of its files.
pub fn group_name(group: &str) -> String {
    if group.is_empty() { "Without a group".to_owned() } else { one_line(group) }
}

/// A monitor as people know it: its name, if it has one, and its id.
pub fn monitor_name(id: &MonitorId, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} ({id})", one_line(name)),
        None => id.to_string(),
    }
}

pub fn worst(view: &ReportView) -> Vec<WorstOutage> {
    let until = view.until();
    let shown = |(line, incident): (&ReportLine, &IncidentView)| WorstOutage {
        monitor: line.id.to_string(),
        begun: minute(incident.opened),
        lasted: lasted(incident, until),
        cause: one_line(&incident.cause),
    };
    view.worst(WORST).into_iter().map(shown).collect()
}

fn lasted(incident: &IncidentView, until: Timestamp) -> String {
    let lasted = rough_limit(incident.age(until));
    match (incident.closed, incident.unwatched) {
        (None, _) => format!("{lasted}, still open"),
        (Some(_), None) => lasted,
        (Some(_), Some(Unwatched::Disabled)) => format!("{lasted}, then disabled"),
        (Some(_), Some(Unwatched::Removed)) => format!("{lasted}, then removed"),
    }
}

/// A sentence about the monitors that have no result; `None` if all have one.
pub fn without_results(view: &ReportView) -> Option<String> {
    let all = &view.without_results;
    if all.is_empty() {
        return None;
    }
    let mut named: Vec<_> = all.iter().take(NAMED).map(MonitorId::to_string).collect();
    if let Some(more @ 1..) = all.len().checked_sub(NAMED) {
        named.push(format!("{more} more"));
    }
    Some(format!("No result in this period: {}.", named.join(", ")))
}
