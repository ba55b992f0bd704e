//! A made-up October, as people and programs see it.

use std::collections::BTreeSet;

use anstream::adapter::strip_str;
use jiff::Timestamp;

use super::*;
use crate::history::{HealthTimeline, Latencies, StoredReason, Sum, Totals, Turn, second};
use crate::monitor::MonitorId;
use crate::page::SloPercent;
use crate::transition::Health;
use crate::view::{Figures, IncidentView, REPORT_RULE, ReportLine, ReportPeriod};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn incident(n: u64, opened: &str, closed: Option<&str>, cause: &str) -> IncidentView {
    IncidentView {
        n,
        opened: at(opened),
        closed: closed.map(at),
        cause: cause.to_owned(),
        reason: StoredReason::from_number(10),
        unwatched: None,
    }
}

/// Probed every two minutes. Nothing is known of `unobserved` seconds.
fn line(id: &str, group: &str, unobserved: u64, incidents: Vec<IncidentView>) -> ReportLine {
    let window = ReportPeriod::parse("2026-10").and_then(|month| month.window(at("2026-11-29T12:00:00Z")));
    let window = window.expect("a month");
    let turns = incidents.iter().flat_map(|incident| {
        let down = Turn { at: incident.opened, from: Health::Up, to: Health::Down };
        let up = incident.closed.map(|at| Turn { at, from: Health::Down, to: Health::Up });
        std::iter::once(down).chain(up)
    });
    let timeline = HealthTimeline::new(&turns.collect::<Vec<_>>(), None);
    let observed = window.seconds().saturating_sub(unobserved);
    let down = timeline.seconds_down(window).min(observed);
    let failed = down.div_ceil(120);
    let totals = match observed {
        0 => Totals::default(),
        _ => Totals { passed: observed / 120 - failed, failed, observed, down, ..Totals::default() },
    };
    let sum = Sum::new(totals, Latencies::default());
    ReportLine {
        id: MonitorId::parse(id).expect("an id"),
        name: (id == "payments-api").then(|| "Payments | <b>API</b>".to_owned()),
        group: group.to_owned(),
        team: Some("=team()".to_owned()),
        tags: BTreeSet::new(),
        figures: Figures::new(window, &sum, &timeline, REPORT_RULE),
        incidents,
    }
}

fn report(slo: Option<&str>) -> AvailabilityReport {
    let first = incident(1, "2026-10-03T04:10:00Z", Some("2026-10-03T04:22:19Z"), "HTTP 503, expected 2xx");
    let second_one = incident(2, "2026-10-19T22:00:00Z", Some("2026-10-19T22:00:01Z"), "timeout after 10s");
    let lasting = incident(7, "2026-10-31T23:00:00Z", None, "=cmd|'/c calc'!A1 <script>alert(1)</script>");
    let lines = vec![
        line("search-in-a-region-with-a-long-name-eu-west-1", "search", 400_000, vec![lasting]),
        line("payments-api", "payments", 0, vec![first, second_one]),
        line("payments-web", "payments", 0, Vec::new()),
        line("blog", "", 0, Vec::new()),
        line("new-one", "search", u64::MAX, Vec::new()),
    ];
    let period = ReportPeriod::parse("2026-10").expect("a period");
    let window = period.window(at("2026-11-29T12:00:00Z")).expect("it is over");
    let slo = slo.map(|slo| SloPercent::parse(slo).expect("an objective"));
    assert_eq!(second(at("2026-10-01T00:00:00Z")), window.from);
    AvailabilityReport { view: ReportView::new(period, window, Some(at("2026-11-01T06:00:00Z")), slo, lines) }
}

fn plain(text: &str) -> String {
    strip_str(text).to_string()
}

#[test]
fn a_report_fits_the_terminal_and_loses_columns_before_ids() {
    let report = report(Some("99.9"));
    let shown = [120, 80].map(|columns| {
        let text = plain(&report.text(Surface::Terminal(columns)));
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{columns}:\n{text}");
        text
    });
    insta::assert_snapshot!("text", shown.join(&format!("\n{}\n", "=".repeat(80))));
}

#[test]
fn a_report_is_markdown_in_which_no_text_is_markup() {
    insta::assert_snapshot!("markdown", report(None).markdown());
}

#[test]
fn a_report_is_csv_without_formulas() {
    let csv = report(Some("99.9")).csv();
    assert!(csv.contains(",'=team(),"), "{csv}");
    insta::assert_snapshot!("csv", csv.replace('\r', ""));
}

#[test]
fn a_report_is_json_with_totals_that_are_sums() {
    let json = report(Some("99.9")).json();
    let totals = &json["totals"];
    assert_eq!((&totals["monitors"], &totals["outages"]), (&4.into(), &3.into()));
    let window = 31 * 86_400;
    assert_eq!(totals["figures"]["window_s"], 4 * window);
    assert_eq!(totals["figures"]["observed_s"], 4 * window - 400_000);
    // 12m19s, 1s and the last hour.
    assert_eq!(totals["figures"]["down_s"], 739 + 1 + 3_600);
    // Only the closed ones recovered.
    assert_eq!(totals["mttr_s"], 370);
    assert_eq!(json["without_results"], serde_json::json!(["new-one"]));
    assert_eq!(json["groups"][1]["monitors"][0]["id"], "payments-api");
    assert_eq!(json["groups"][0]["group"], serde_json::Value::Null);
    assert_eq!(json["slo_percent"], 99.9);
    // 0.1 % of the observed time is 2,278.4 s.
    assert_eq!(json["groups"][2]["monitors"][0]["error_budget_s"], -1_322);
    assert_eq!(json["stored_at"], "2026-11-01T06:00:00Z");
}

#[test]
fn a_report_is_one_html_file_that_loads_and_runs_nothing() {
    let html = report(None).html().expect("the template fits");
    let policy = "content=\"default-src 'none'; style-src 'sha256-";
    assert!(html.contains(policy) && !html.contains("<script") && !html.contains("src="), "{html}");
    assert!(html.contains("Payments | &#60;b&#62;API&#60;/b&#62; (payments-api)"), "{html}");
    assert!(html.contains("<h2>Without a group</h2>"), "{html}");
}

#[test]
fn a_report_of_nothing_says_so() {
    let view = ReportView { lines: Vec::new(), without_results: Vec::new(), ..report(None).view };
    let report = AvailabilityReport { view };
    let said = "No monitor has a result in this period.";
    for text in [plain(&report.text(Surface::Plain)), report.markdown(), report.html().expect("it fits")] {
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(report.csv().lines().count(), 1);
}
