//! A made-up past, as people and programs see it.

use std::collections::BTreeMap;
use std::time::Duration;

use anstream::adapter::strip_str;
use jiff::Timestamp;

use super::*;
use crate::history::{
    ChangedIncident, HOUR, HealthChange, HealthTimeline, Latencies, StoredReason, Stretch, Sum, Totals, cut,
    second,
};
use crate::monitor::MonitorId;
use crate::observation::{FaultKind, Transport};
use crate::report::Surface;
use crate::transition::Health;
use Health::{Degraded, Down, Up};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn change(seq: u64, begun: &str, from: Health, to: Health, why: &str) -> HealthChange {
    HealthChange {
        monitor: MonitorId::parse("payments-api").expect("an id"),
        seq,
        at: at(begun),
        from,
        to,
        incident: None,
        why: why.to_owned(),
        reason: None,
        unwatched: None,
    }
}

fn of_incident(change: HealthChange, opened: &str, closed: Option<&str>) -> HealthChange {
    let cause = "timeout after 10s, expected an answer from the service behind the load balancer".to_owned();
    let incident = ChangedIncident { n: 1, opened: at(opened), closed: closed.map(at), cause };
    let reason = Some(StoredReason::of(FaultKind::Transport(Transport::Timeout)));
    HealthChange { incident: Some(incident), reason: reason.filter(|_| closed.is_none()), ..change }
}

fn changes() -> Vec<HealthChange> {
    let why = "timeout after 10s, expected an answer from the service behind the load balancer";
    let (opened, closed) = ("2026-11-27T14:02:11Z", "2026-11-27T14:24:30Z");
    vec![
        of_incident(change(1, opened, Up, Down, why), opened, None),
        of_incident(change(2, closed, Down, Up, ""), opened, Some(closed)),
        change(3, "2026-11-28T09:40:00Z", Up, Degraded, "latency 900 ms, expected at most 500 ms"),
    ]
}

/// From 06:30 on the first day to 12:00 on the third, with a gap of two hours.
fn history(each: RollupUnit) -> MonitorHistory {
    let window = Stretch { from: second(at("2026-11-27T06:30:00Z")), to: second(at("2026-11-29T12:00:00Z")) };
    let changes = changes();
    let turns: Vec<_> = changes.iter().map(HealthChange::turn).collect();
    let timeline = HealthTimeline::new(&turns, None);
    let summed = |part: Stretch| {
        let probes = part.seconds() / 120;
        let mut latencies = Latencies::default();
        let hour = u64::try_from(part.from.rem_euclid(24 * HOUR) / HOUR).expect("an hour");
        (0..probes).for_each(|_| latencies.add(Some(Duration::from_millis(40 + 20 * hour))));
        let down = timeline.seconds_down(part);
        let failed = down / 120;
        let totals = match hour {
            3 | 4 if each == RollupUnit::Hour => Totals::default(),
            _ => Totals {
                passed: probes - failed,
                failed,
                observed: part.seconds(),
                down,
                ..Totals::default()
            },
        };
        (part, Sum::new(totals, latencies))
    };
    let parts: BTreeMap<_, _> = cut(window, each.seconds()).into_iter().map(summed).collect();
    let monitor = MonitorId::parse("payments-api").expect("an id");
    let mut of_monitor = MonitorPast::new(monitor, None, window, parts, changes, timeline);
    of_monitor.health = Some((Degraded, at("2026-11-28T09:40:00Z")));
    MonitorHistory {
        past: of_monitor,
        name: Some("Payments".to_owned()),
        group: "shop".to_owned(),
        each,
        now: at("2026-11-29T12:00:00Z"),
    }
}

fn plain(text: &str) -> String {
    strip_str(text).to_string()
}

#[test]
fn the_past_of_a_monitor_has_outages_changes_and_a_row_a_day() {
    let history = history(RollupUnit::Hour);
    let wide = plain(&history.text(Surface::Terminal(120)));
    let narrow = plain(&history.text(Surface::Terminal(80)));
    for (text, columns) in [(&wide, 120), (&narrow, 80)] {
        assert!(text.lines().all(|line| line.chars().count() <= columns), "{text}");
    }
    insta::assert_snapshot!("history_text", format!("{wide}\n{}\n{narrow}", "=".repeat(80)));
}

#[test]
fn a_long_past_has_a_row_a_month() {
    insta::assert_snapshot!("history_by_day", plain(&history(RollupUnit::Day).text(Surface::Terminal(80))));
}

#[test]
fn programs_get_every_part_of_the_window() {
    let history = history(RollupUnit::Hour);
    let json = history.json();
    assert_eq!(json["results"].as_array().map(Vec::len), Some(54));
    assert_eq!(json["outages"][0]["lasted_s"], 1_339);
    assert_eq!(json["outages"][0]["reason"], "timeout");
    assert_eq!(json["figures"]["down_s"], json["figures"]["confirmed_down_s"]);
    let csv = history.csv();
    assert_eq!(csv.lines().count(), 55);
    let begin = "from,to,availability_percent,observed_s,maintenance_s,down_s,";
    assert!(csv.starts_with(begin) && csv.ends_with("\r\n"), "{csv}");
}

#[test]
fn a_monitor_without_results_says_so() {
    let MonitorHistory { past, .. } = history(RollupUnit::Hour);
    let (monitor, window) = (past.monitor.clone(), past.window);
    let past =
        MonitorPast::new(monitor, None, window, BTreeMap::new(), Vec::new(), HealthTimeline::default());
    let text = plain(&MonitorHistory { past, ..history(RollupUnit::Hour) }.text(Surface::Plain));
    assert_eq!(
        text,
        "payments-api (Payments)  never checked\n2026-11-27 06:30:00 to 2026-11-29 12:00:00 UTC\n\nNo results in this time.\n"
    );
}

#[test]
fn the_journal_has_the_changes_of_all_monitors_by_day() {
    let window = history(RollupUnit::Hour).past.window;
    let mut changes = changes();
    let id = "search-in-a-region-that-has-a-long-name-eu-west-1";
    changes[2].monitor = MonitorId::parse(id).expect("an id");
    let journal = JournalReport { window, changes };
    let narrow = plain(&journal.text(Surface::Terminal(80)));
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    let shown = format!("{narrow}\n{}\n{}", plain(&journal.text(Surface::Plain)), journal.csv());
    insta::assert_snapshot!("journal", shown.replace('\r', ""));
    let none = JournalReport { window, changes: Vec::new() };
    assert_eq!(none.text(Surface::Plain), "No change of health since 2026-11-27 06:30 UTC.\n");
}

#[test]
fn one_line_has_the_availability_with_what_stands_behind_it() {
    let mut past = history(RollupUnit::Hour).past;
    assert_eq!(availability_line(&past), "99.24 % available, down 22m19s; 1 outage");
    past =
        MonitorPast::new(past.monitor, None, past.window, BTreeMap::new(), vec![], HealthTimeline::default());
    assert_eq!(availability_line(&past), "", "nothing is known, so nothing is said");
}
