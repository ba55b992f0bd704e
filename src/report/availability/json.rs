//! A report for programs.

use serde_json::{Value, json};

use super::definitions::definitions;
use crate::monitor::MonitorId;
use crate::page::SloPercent;
use crate::report::figures_json::{ends, figures_json, incident_json, whole_seconds};
use crate::view::{ReportLine, ReportTotals, ReportView, mean_time_between_failures, mean_time_to_recovery};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Times are in seconds. Of a stored month, every byte is the same each time.
pub fn json(view: &ReportView) -> Value {
    let [from, to] = ends(view.window);
    let definitions: Vec<_> = definitions(view)
        .into_iter()
        .map(|(term, meaning)| json!({"term": term, "meaning": meaning}))
        .collect();
    json!({
        "format_version": FORMAT_VERSION,
        "period": view.period.to_string(),
        "from": from,
        "to": to,
        "stored_at": view.stored_at.map(|at| at.to_string()),
        "slo_percent": view.slo.map(per_cent),
        "totals": totals(view, &view.totals()),
        "groups": view.groups().map(|(group, lines)| json!({
            "group": (!group.is_empty()).then_some(group),
            "totals": totals(view, &ReportTotals::of(lines)),
            "monitors": lines.iter().map(|line| monitor(view, line)).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "without_results": view.without_results.iter().map(MonitorId::as_str).collect::<Vec<_>>(),
        "definitions": definitions,
    })
}

fn totals(view: &ReportView, totals: &ReportTotals) -> Value {
    let ReportTotals { monitors, figures, outages, recovery, between } = totals;
    json!({
        "monitors": monitors,
        "figures": figures_json(figures),
        "outages": outages,
        "mttr_s": recovery.map(whole_seconds),
        "mtbf_s": between.map(whole_seconds),
        "error_budget_s": view.slo.map(|slo| budget_seconds(figures.error_budget_millis(slo))),
    })
}

fn monitor(view: &ReportView, line: &ReportLine) -> Value {
    let ReportLine { id, name, group: _, team, tags, figures, incidents } = line;
    json!({
        "id": id.as_str(),
        "name": name,
        "team": team,
        "tags": tags,
        "figures": figures_json(figures),
        "mttr_s": mean_time_to_recovery(incidents).map(whole_seconds),
        "mtbf_s": mean_time_between_failures(incidents).map(whole_seconds),
        "error_budget_s": view.slo.map(|slo| budget_seconds(figures.error_budget_millis(slo))),
        "outages": incidents.iter().map(|incident| incident_json(incident, view.until())).collect::<Vec<_>>(),
    })
}

fn per_cent(slo: SloPercent) -> f64 {
    f64::from(slo.thousandths()) / 1_000.0
}

/// Rounded down: no budget is shown larger than it is.
pub fn budget_seconds(millis: i64) -> i64 {
    millis.div_euclid(1_000)
}
