//! A backtest as people and programs read it.

use super::super::BacktestRecord;
use super::*;
use crate::simulation::{ResultSpan, Unreplayed};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn outage(from: &str, minutes: u64, before: Option<u64>, after: Option<u64>) -> ComparedOutage {
    let (from, length) = (at(from), Duration::from_mins(minutes));
    let after_minutes = |minutes: Option<u64>| minutes.map(Duration::from_mins);
    ComparedOutage {
        from,
        to: Some(from + length),
        before: after_minutes(before),
        after: after_minutes(after),
    }
}

/// On the results of thirty days.
fn backtested(before: &[(&'static str, usize)], after: &[(&'static str, usize)]) -> Backtested {
    let span = ResultSpan { from: at("2026-10-31T00:02:00Z"), to: at("2026-11-30T00:00:00Z") };
    Backtested {
        span: Some(span),
        probes: 21_600,
        before: Some(before.iter().copied().collect()),
        after: after.iter().copied().collect(),
        outages: Vec::new(),
        unreplayed: Vec::new(),
    }
}

fn report(monitors: Vec<(&str, Backtested)>) -> BacktestReport {
    let one = |(id, backtested)| BacktestedMonitor { id: MonitorId::parse(id).expect("an id"), backtested };
    BacktestReport {
        window: Duration::from_hours(720),
        to: at("2026-11-30T00:00:00Z"),
        monitors: monitors.into_iter().map(one).collect(),
    }
}

fn sample() -> BacktestReport {
    let calmer = Backtested {
        outages: vec![
            outage("2026-11-02T03:00:00Z", 2, Some(2), None),
            outage("2026-11-09T04:10:00Z", 4, Some(2), None),
            outage("2026-11-14T10:02:00Z", 200, Some(2), Some(6)),
        ],
        unreplayed: vec![Unreplayed::Field("retry".into()), Unreplayed::Field("expect.body".into())],
        ..backtested(&[("DOWN", 3), ("UP", 3)], &[("DOWN", 1), ("UP", 1)])
    };
    let stricter = Backtested {
        outages: vec![outage("2026-11-20T10:00:00Z", 90, None, Some(4))],
        ..backtested(&[], &[("DOWN", 1), ("DEGRADED", 2), ("UP", 3)])
    };
    let young = Backtested {
        span: Some(ResultSpan { from: at("2026-11-29T23:00:00Z"), to: at("2026-11-30T00:00:00Z") }),
        probes: 31,
        ..backtested(&[], &[])
    };
    let half = Backtested {
        span: Some(ResultSpan { from: at("2026-11-20T08:00:00Z"), to: at("2026-11-30T00:00:00Z") }),
        before: None,
        probes: 7_000,
        ..backtested(&[], &[("DOWN", 1)])
    };
    let none = Backtested { span: None, probes: 0, before: None, ..backtested(&[], &[]) };
    report(vec![
        ("calmer", calmer),
        ("half", half),
        ("new", none),
        ("quiet-a", backtested(&[], &[])),
        ("quiet-b", backtested(&[], &[])),
        ("stricter", stricter),
        ("young", young),
    ])
}

fn plain(report: &BacktestReport) -> String {
    anstream::adapter::strip_str(&backtest_text(report)).to_string()
}

#[test]
fn what_is_missed_comes_first_and_what_is_alike_stands_together() {
    insta::assert_snapshot!("backtest_text", plain(&sample()));
}

#[test]
fn a_change_that_misses_nothing_says_so() {
    let one = backtested(&[("DOWN", 1), ("UP", 1)], &[("DOWN", 1), ("UP", 1)]);
    let summary = backtest_summary(&report(vec![("a", one)]));
    assert_eq!(summary, "alerts 2 → 2; no outage is missed");
    assert_eq!(backtest_summary(&report(vec![])), "no monitor is added or changed in what it alerts about");
    let none = Backtested { span: None, ..backtested(&[], &[]) };
    let summary = backtest_summary(&report(vec![("a", none.clone()), ("b", none)]));
    assert_eq!(summary, "no results yet of 2 added or changed monitors");
}

#[test]
fn of_many_outages_that_are_alerted_later_three_are_named() {
    let later = |day: usize| outage(&format!("2026-11-{day:02}T10:00:00Z"), 30, Some(2), Some(10));
    let many =
        Backtested { outages: (1..=5).map(later).collect(), ..backtested(&[("DOWN", 5)], &[("DOWN", 5)]) };
    let text = plain(&report(vec![("a", many)]));
    assert_eq!(text.matches("is alerted after 10m instead of 2m").count(), 3, "{text}");
    assert!(text.contains("2 more outages are alerted later"), "{text}");
    assert!(text.ends_with("alerts 5 → 5; 5 outages are alerted later, no outage is missed\n"), "{text}");
}

#[test]
fn a_long_list_ends_with_how_many_more_there_are() {
    let differs = |n: usize| backtested(&[("DOWN", n)], &[]);
    let ids: Vec<_> = (1..=30).map(|n| format!("m{n:02}")).collect();
    let monitors = ids.iter().zip(1..).map(|(id, n)| (id.as_str(), differs(n)));
    let text = plain(&report(monitors.collect()));
    assert!(text.contains("and 10 more monitors (--format json lists all)"), "{text}");
}

#[test]
fn programs_get_every_outage_with_both_times() {
    let json = serde_json::to_value(BacktestRecord::new(&sample())).expect("JSON");
    let calmer = &json["monitors"][0];
    assert_eq!((&json["window_s"], &calmer["results"]), (&2_592_000.into(), &21_600.into()));
    assert_eq!((&calmer["alerts_before"]["DOWN"], &calmer["alerts_after"]["DOWN"]), (&3.into(), &1.into()));
    let last = &calmer["outages"][2];
    assert_eq!((&last["effect"], &last["alert_after_s"]), (&"later".into(), &360.into()));
    assert_eq!(calmer["outages"][0]["alert_after_s"], serde_json::Value::Null);
    assert_eq!(calmer["not_replayed"][1], "expect.body");
    assert_eq!(json["monitors"][2]["results_from"], serde_json::Value::Null);
}
