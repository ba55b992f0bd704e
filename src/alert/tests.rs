//! Messages as people get them.

use std::time::Duration;

use jiff::Timestamp;

use super::{Alert, News, Told, compose};
use crate::monitor::{AlertPolicy, Monitor, Origin, Severity};
use crate::observation::{Fault, FaultKind, Phases};
use crate::transition::{Confirmed, Health, Incident};
use crate::verdict::{Judgement, Verdict};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn monitor(id: &str) -> Monitor {
    Monitor {
        name: Some("Payments API".into()),
        group: "payments".into(),
        team: Some("payments".into()),
        runbook: Some("https://wiki.example.com/payments".into()),
        origin: Origin {
            source: Some("monitors/payments.yaml:14".into()),
            commit: Some("1f3c9aa".into()),
            synced_at: Some(at("2026-11-22T13:57:40Z")),
        },
        ..Monitor::sample(id, "https://payments.example.com/health?key=${env:KEY}")
    }
}

fn confirmed(health: Health, k: u64) -> Confirmed {
    let closed_at = (health == Health::Up).then(|| at("2026-11-22T14:09:30Z"));
    let opened_at = at("2026-11-22T14:02:11Z");
    let cause = "HTTP 503, expected 200".to_owned();
    Confirmed {
        health,
        since: closed_at.unwrap_or(opened_at),
        k,
        incident: Some(Incident { n: 1, opened_at, closed_at, cause }),
        streak: None,
    }
}

fn told(k: u64, health: Health) -> Told {
    Told { k, health, at: at("2026-11-20T08:00:00Z"), reminders: 0 }
}

fn failing() -> Judgement {
    let faults = vec![Fault::new(FaultKind::Status, "HTTP 503", "200")];
    let ms = |n| Some(Duration::from_millis(n));
    let phases = Phases { dns: ms(2), connect: ms(11), tls: ms(20), wait: ms(130), read: ms(1) };
    Judgement { faults, phases, ..Judgement::without_evidence(Verdict::Fail, at("2026-11-22T14:04:11Z")) }
}

fn down(id: &str) -> Alert {
    Alert::new(
        &monitor(id),
        "a1b2c3d4",
        &confirmed(Health::Down, 3),
        &told(2, Health::Up),
        News::Down,
        Some(&failing()),
        "",
    )
}

fn up(id: &str) -> Alert {
    Alert::new(
        &monitor(id),
        "a1b2c3d4",
        &confirmed(Health::Up, 4),
        &told(3, Health::Down),
        News::Up,
        None,
        "",
    )
}

/// The messages as one text, at 14:10 in `prod`.
fn mail(alerts: Vec<Alert>) -> String {
    let messages = compose(alerts, Some("prod"), at("2026-11-22T14:10:00Z"));
    let texts: Vec<_> = messages
        .iter()
        .map(|m| {
            format!("Topic: {}\nSeverity: {}\nSubject: {}\n\n{}", m.topic, m.severity, m.subject, m.body)
        })
        .collect();
    texts.join("\n=====\n")
}

#[test]
fn a_down_message_says_what_why_since_when_and_what_next() {
    insta::assert_snapshot!(mail(vec![down("payments-api")]));
}

#[test]
fn an_up_message_gives_the_downtime() {
    insta::assert_snapshot!(mail(vec![up("payments-api")]));
}

#[test]
fn a_late_message_tells_of_an_incident_that_is_over() {
    let late = Alert::new(
        &monitor("payments-api"),
        "a1b2c3d4",
        &confirmed(Health::Up, 4),
        &told(2, Health::Up),
        News::Over,
        None,
        "",
    );
    insta::assert_snapshot!(mail(vec![late]));
}

#[test]
fn a_monitor_that_never_came_up_names_its_place() {
    let never = Alert::new(
        &monitor("payments-api"),
        "a1b2c3d4",
        &confirmed(Health::Down, 1),
        &told(0, Health::New),
        News::NeverUp,
        None,
        "HTTP 404, expected 2xx",
    );
    insta::assert_snapshot!(mail(vec![never]));
}

// Trap 8: a roll-up hides the second outage inside the first.
#[test]
fn a_message_of_many_lists_every_monitor_the_gravest_first() {
    let quiet = |id: &str| Monitor {
        alert: AlertPolicy { severity: Severity::Info, ..AlertPolicy::default() },
        runbook: None,
        ..monitor(id)
    };
    let third = Alert { monitor: quiet("cart-api"), ..up("cart-api") };
    insta::assert_snapshot!(mail(vec![third, down("payments-api"), down("auth-api")]));
}

#[test]
fn a_storm_is_a_line_each_and_nothing_is_left_out() {
    let ids: Vec<_> = (1..=6).map(|n| format!("api-{n}")).collect();
    insta::assert_snapshot!(mail(ids.iter().map(|id| down(id)).collect()));
}

#[test]
fn topics_and_groups_get_messages_of_their_own() {
    let other = |topic: &str, group: &str| {
        let mut alert = down("payments-api");
        alert.monitor.alert.topic = topic.into();
        alert.monitor.group = group.into();
        alert
    };
    let alerts = vec![other("default", "a"), other("default", "b"), other("oncall", "a")];
    assert_eq!(compose(alerts, None, at("2026-11-22T14:10:00Z")).len(), 3);
}

// Trap 17: what comes from a target or a file cannot break the subject.
#[test]
fn a_subject_is_one_short_line_of_ascii() {
    let mut alert = down("payments-api");
    alert.reasons = vec![format!("HTTP 503 \r\nBcc: all@example.com\u{202e} {}", "ä".repeat(300))];
    let messages = compose(vec![alert], Some("prod"), at("2026-11-22T14:10:00Z"));
    let subject = &messages[0].subject;
    assert!(subject.len() <= 100 && subject.bytes().all(|b| (b' '..=b'~').contains(&b)), "{subject:?}");
}

#[test]
fn an_incident_that_was_told_before_is_not_told_again() {
    let told = Told { at: at("2026-11-22T15:00:00Z"), ..told(4, Health::Degraded) };
    let alert = Alert::new(&monitor("m"), "g", &confirmed(Health::Up, 5), &told, News::Up, None, "");
    assert_eq!(alert.incident, None);
}
