//! How everything is shown.

use std::time::Duration;

use serde_json::Value;

use super::*;
use crate::history::InMaintenance;
use crate::monitor::ChannelId;
use crate::state::ChannelRecord;

mod narrow;
mod order;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn monitor(id: &str, health: Health, verdicts: &[(Verdict, u64)]) -> MonitorStatus {
    let samples = (0..).zip(verdicts).map(|(i, (verdict, ms))| {
        let sample = Sample {
            verdict: *verdict,
            reason: None,
            maintenance: InMaintenance::No,
            code: Some(200),
            latency: Some(Duration::from_millis(*ms)),
        };
        (at(i * 120), sample)
    });
    MonitorStatus {
        id: MonitorId::parse(id).expect("valid"),
        name: None,
        group: String::new(),
        team: None,
        severity: SeverityWord::Critical,
        tags: BTreeSet::new(),
        enabled: true,
        health: Some(health),
        since: Some(at(0)),
        why: String::new(),
        incident: None,
        pending: false,
        suppressed: None,
        beats: None,
        samples: Some(samples.collect()),
        stale: false,
    }
}

fn report() -> StatusReport {
    let last_run = LastOk {
        period: Duration::from_mins(2),
        in_a_row: 1,
        slot: 3,
        at: at(361),
        run: "01J00000000000000000000000".into(),
        host: "prober-1".into(),
        range: None,
        probed: 3,
        up: 1,
        degraded: 1,
        down: 1,
        unknown: 0,
        skipped: 0,
        took: Duration::from_millis(210),
        recorded: None,
        rolled_up: None,
    };
    let mut report = StatusReport {
        environment: Some("prod".into()),
        now: at(400),
        last_run: Some(last_run),
        stale: false,
        prober: None,
        channels: vec![],
        left_out: HealthCounts::default(),
        order: StatusOrder::Health,
        monitors: vec![
            monitor("cart", Health::Up, &[(Verdict::Pass, 10), (Verdict::Pass, 80), (Verdict::Degraded, 40)]),
            MonitorStatus {
                why: "HTTP 503, expected 200".into(),
                pending: true,
                ..monitor(
                    "payments-api",
                    Health::Down,
                    &[(Verdict::Pass, 20), (Verdict::Fail, 20), (Verdict::Fail, 5)],
                )
            },
            MonitorStatus {
                since: None,
                samples: Some(vec![]),
                stale: true,
                ..monitor("new-one", Health::New, &[])
            },
            MonitorStatus {
                pending: true,
                suppressed: Some(SuppressionReason::Silence {
                    id: "01SILENCE".into(),
                    by: "x@host".into(),
                    reason: "deploying".into(),
                    until: at(1800),
                }),
                ..monitor("silenced", Health::Down, &[(Verdict::Fail, 20)])
            },
            MonitorStatus { enabled: false, ..monitor("switched-off", Health::Up, &[]) },
        ],
        problems: vec![],
    };
    report.sort();
    report
}

#[test]
fn a_file_has_the_worst_first_with_a_line_of_results() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&report().text(Surface::Plain)).to_string());
}

/// The channel `chat`, which refuses everything, and one that nothing was sent to.
fn channels() -> Vec<ChannelStatus> {
    let channel = |text| ChannelId::parse(text).expect("a channel");
    let mut row = crate::store::testing::rows(1, "run", 1).remove(0);
    row.why = "refuses notifications: HTTP 404: no_service".to_owned();
    row.confirmed.health = Health::Down;
    row.confirmed.since = at(60);
    for delivered in row.delivered.values_mut() {
        delivered.seq = row.confirmed.seq;
    }
    let unproven = ChannelStatus {
        channel: channel("shop#sms"),
        row: None,
        record: ChannelRecord::default(),
        waiting: 0,
    };
    let record = ChannelRecord { proven_at: Some(at(0)), ..ChannelRecord::default() };
    vec![ChannelStatus { channel: channel("shop#chat"), row: Some(row), record, waiting: 14 }, unproven]
}

#[test]
fn a_channel_that_takes_no_notifications_has_a_line() {
    let report = StatusReport { channels: channels(), ..report() };
    let text = anstream::adapter::strip_str(&report.text(Surface::Plain)).to_string();
    let line = "channel: chat refuses notifications since 00:01 UTC: HTTP 404: no_service; 14 are waiting\n";
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("sms"), "{text}");
}

#[test]
fn what_cannot_be_read_is_unknown_and_neither_new_nor_stale() {
    let unread = MonitorStatus { health: None, samples: None, ..monitor("a", Health::New, &[]) };
    let report = StatusReport { monitors: vec![unread], ..report() };
    assert!(!report.all_up());
    let text = anstream::adapter::strip_str(&report.text(Surface::Plain)).to_string();
    let line = text.lines().find(|line| line.contains("6m40s")).expect("a line");
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["?", "a", "6m40s", "?"]);
    let json = &report.json()["monitors"][0];
    assert_eq!((&json["health"], &json["results"]), (&"unknown".into(), &Value::Null));
}

/// The row of the prober, which was blind from the first minute on, and until `closed`.
fn prober(closed: Option<i64>) -> Row {
    let mut row = crate::store::testing::rows(1, "run", 1).remove(0);
    let opened_at = at(60);
    row.monitor = MonitorId::prober();
    row.why = "none of 2 canaries answers, nor do 2 of 2 monitors".to_owned();
    row.confirmed.health = if closed.is_some() { Health::Up } else { Health::Down };
    row.confirmed.since = closed.map_or(opened_at, at);
    row.confirmed.incident = Some(Incident {
        n: 1,
        opened_at,
        closed_at: closed.map(at),
        cause: row.why.clone(),
        unwatched: None,
    });
    for delivered in row.delivered.values_mut() {
        delivered.seq = row.confirmed.seq;
    }
    row
}

// Trap 20: blind time is unknown, and never shown as UP.
#[test]
fn what_no_one_could_see_is_unknown_and_what_is_known_to_be_down_stays_so() {
    let seen = [(Verdict::Pass, 20), (Verdict::Unknown, 0)];
    let blind = StatusReport {
        prober: Some(prober(None)),
        monitors: vec![
            monitor("down", Health::Down, &[(Verdict::Fail, 20), (Verdict::Unknown, 0)]),
            monitor("new", Health::New, &[(Verdict::Unknown, 0)]),
            monitor("up", Health::Up, &seen),
        ],
        ..report()
    };
    insta::assert_snapshot!(anstream::adapter::strip_str(&blind.text(Surface::Plain)).to_string());
    assert!(!blind.all_up());
    let json = blind.json();
    let healths: Vec<_> =
        (0..3).map(|n| (&json["monitors"][n]["health"], &json["monitors"][n]["last_known"])).collect();
    assert_eq!(
        healths,
        [
            (&"down".into(), &"down".into()),
            (&"unknown".into(), &"new".into()),
            (&"unknown".into(), &"up".into())
        ]
    );
    assert_eq!(json["prober"]["blind"], true);
    assert_eq!(json["monitors"][2]["last_probed"], at(0).to_string(), "probed in vain is not probed");
}

// One that was not seen is enough, and so is a machine that cannot see.
#[test]
fn not_everything_is_up_while_something_is_unknown() {
    let only = |verdicts: &[(Verdict, u64)], prober| {
        let monitors = vec![monitor("up", Health::Up, verdicts)];
        StatusReport { prober, monitors, ..report() }.all_up()
    };
    let seen = [(Verdict::Pass, 20), (Verdict::Unknown, 0)];
    assert!(only(&seen[..1], None));
    assert!(!only(&seen, None));
    assert!(!only(&seen[..1], Some(prober(None))));
    assert!(only(&seen[..1], Some(prober(Some(300)))));
}

#[test]
fn a_time_without_a_network_is_shown_for_a_day_after_its_end() {
    let after =
        |now| StatusReport { now: at(now), prober: Some(prober(Some(300))), ..report() }.text(Surface::Plain);
    let line = "was blind 00:01:00 to 00:05:00 UTC (4m): probes without an answer counted as unknown";
    assert!(anstream::adapter::strip_str(&after(400)).to_string().contains(line));
    assert!(!after(400 + 86_400).contains("was blind"));
}

// Trap 20
#[test]
fn a_run_that_is_overdue_is_marked() {
    let stale = StatusReport { stale: true, ..report() };
    assert!(stale.text(Surface::Plain).contains("is cron or `monitorctl run` still running?"));
    assert!(
        StatusReport { last_run: None, ..report() }
            .text(Surface::Plain)
            .contains("No check has completed yet.")
    );
}

#[test]
fn programs_read_every_field() {
    let mut report = report();
    report.monitors.truncate(1);
    report.channels = channels();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report.json()).expect("JSON"));
}

#[test]
fn what_is_left_out_is_counted_and_what_is_bad_is_never_left_out() {
    let mut report = report();
    let bad: Vec<_> = report
        .monitors
        .iter()
        .filter(|m| m.enabled && matches!(m.health, Some(Health::Down | Health::Degraded)))
        .map(|m| m.id.clone())
        .collect();
    let all = report.monitors.len();
    report.keep_bad();
    assert!(!bad.is_empty() && bad.len() < all, "{bad:?}");
    assert_eq!(report.monitors.iter().map(|m| m.id.clone()).collect::<Vec<_>>(), bad);
    let left_out = all - bad.len();
    let text = report.text(Surface::Plain);
    assert!(text.contains(&format!("not shown: {left_out} monitors (neither DOWN nor DEGRADED)")), "{text}");
}

/// 200 monitors, some of them bad, and one with a very long id.
fn many() -> StatusReport {
    let number = |i: u64| match i {
        17 | 63 => {
            let why = "HTTP 503, expected 200; the body begins with `upstream connect error or disconnect/reset \
                       before headers`, and the header retry-after is missing";
            let verdicts = [(Verdict::Pass, 90), (Verdict::Fail, 10_000)].repeat(15);
            MonitorStatus { why: why.into(), ..monitor(&format!("api-{i:03}"), Health::Down, &verdicts) }
        }
        40 | 41 => {
            monitor(&format!("api-{i:03}"), Health::Degraded, &[(Verdict::Degraded, 1_200)].repeat(30))
        }
        99 => monitor(
            "payments-settlement-reconciliation-service-eu-west-1",
            Health::Up,
            &[(Verdict::Pass, 300)].repeat(30),
        ),
        _ => monitor(&format!("api-{i:03}"), Health::Up, &[(Verdict::Pass, 20 + i * 3)].repeat(30)),
    };
    let mut report = StatusReport { monitors: (0..200).map(number).collect(), ..report() };
    report.sort();
    report
}

/// The text without colours, and without most of the monitors that are alike.
fn ends(text: &str) -> String {
    let text = anstream::adapter::strip_str(text).to_string();
    let lines: Vec<_> = text.lines().collect();
    let (first, last) = (&lines[..8], &lines[lines.len() - 14..]);
    [first, &["…"], last].concat().join("\n")
}

#[test]
fn of_200_monitors_a_terminal_of_80_columns_shows_the_worst_and_the_summary_last() {
    insta::assert_snapshot!(ends(&many().text(Surface::Terminal(80))));
}

#[test]
fn of_200_monitors_a_terminal_of_120_columns_shows_the_worst_and_the_summary_last() {
    insta::assert_snapshot!(ends(&many().text(Surface::Terminal(120))));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let mut report = many();
    report.monitors[150].stale = true;
    report.channels = channels();
    report.problems =
        vec!["cannot read the history: item `directory#0` is malformed: `ids` is missing".into()];
    report.prober = Some(prober(None));
    for columns in [30, 40, 50, 60, 80, 100, 120, 200] {
        let text = anstream::adapter::strip_str(&report.text(Surface::Terminal(columns))).to_string();
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= columns), "{columns}: {text}");
    }
}

#[test]
fn a_file_has_whole_ids_and_whole_reasons() {
    let text = anstream::adapter::strip_str(&many().text(Surface::Plain)).to_string();
    assert!(text.contains("payments-settlement-reconciliation-service-eu-west-1"), "{text}");
    assert!(text.contains("retry-after is missing\n"), "{text}");
    assert!(text.find("DOWN").expect("one is") < text.find("api-000").expect("it is shown"));
}

// One scale: a bar of one monitor can be compared with that of another.
#[test]
fn the_slowest_answer_of_all_monitors_is_a_full_bar_and_no_timeout_makes_others_flat() {
    let text = anstream::adapter::strip_str(&many().text(Surface::Plain)).to_string();
    assert!(text.contains("LAST 30 (█ = 1.20 s)"), "{text}");
    let bars = |id: &str| {
        let row = text.lines().find(|line| line.contains(id)).expect("a row");
        row.chars().last().expect("a bar")
    };
    assert_eq!((bars("api-040"), bars("api-000"), bars("api-017")), ('█', '▁', '×'));
}

#[test]
fn the_summary_counts_what_is_not_shown_too() {
    let mut report = many();
    report.keep_bad();
    let text = anstream::adapter::strip_str(&report.text(Surface::Plain)).to_string();
    assert!(text.contains("\n196 UP · 2 DEGRADED · 2 DOWN\nlast run"), "{text}");
    assert_eq!(report.json()["summary"]["up"], 196);
}

#[test]
fn programs_read_whose_a_monitor_is() {
    let tags = BTreeSet::from(["checkout".to_owned()]);
    let named = MonitorStatus {
        name: Some("Shop".into()),
        group: "shop".into(),
        team: Some("web".into()),
        tags,
        ..monitor("a", Health::Up, &[])
    };
    let report = StatusReport { monitors: vec![named, monitor("b", Health::Up, &[])], ..report() };
    let json = report.json();
    let facts = |n: usize| {
        ["name", "group", "team", "severity", "tags"].map(|key| json["monitors"][n][key].to_string())
    };
    assert_eq!(facts(0), ["\"Shop\"", "\"shop\"", "\"web\"", "\"critical\"", "[\"checkout\"]"]);
    assert_eq!(facts(1), ["null", "null", "null", "\"critical\"", "[]"]);
}
