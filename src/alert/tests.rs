//! Messages as people and programs get them.

mod documented;

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::publication::Attribute;
use super::testing::{
    arn, at, confirmed, delivered, down, failing, judged, messages, monitor, now, pending, up,
};
use super::{Alert, AlertKind, Notification, Publication, Topic, compose, record, record_schema};
use crate::assert::{Assertion, Comparison, Subject};
use crate::kinds::Evidence;
use crate::kinds::http::{self, Answer};
use crate::monitor::{AlertPolicy, Expectations, Monitor, Origin, Severity, is_hidden};
use crate::observation::{Fault, Observation, Peer, Phases, Transport};
use crate::state::Delivered;
use crate::transition::{Confirmed, Health, Incident, RecentChanges, Unwatched};
use crate::verdict::{Verdict, judge};

/// The mails of the documentation, by the title that each has there.
fn mails() -> Vec<(&'static str, Vec<Alert>)> {
    let payments = || monitor("payments-api");
    let never = pending(
        &payments(),
        &confirmed(Health::Down, 1),
        &delivered(0, Health::New),
        None,
        "HTTP 404, expected 2xx",
    );
    let slow = judged(
        Verdict::Degraded,
        vec![
            Fault::new(Subject::LATENCY, "latency 164ms", "at most 100ms"),
            Fault::new(http::JSON, "$.queue is 1200", "less than 1000"),
        ],
    );
    let slow_since = Confirmed { incident: None, ..confirmed(Health::Degraded, 3) };
    let degraded = pending(&payments(), &slow_since, &delivered(2, Health::Up), Some(&slow), "");
    let better =
        pending(&payments(), &confirmed(Health::Degraded, 4), &delivered(3, Health::Down), Some(&slow), "");
    let late = pending(&payments(), &confirmed(Health::Up, 4), &delivered(2, Health::Up), None, "");
    let minute = |n: u64| at("2026-11-22T13:00:00Z") + Duration::from_mins(n);
    // A change every 4 minutes, the last one at `end`.
    let changes = |end: u64| {
        (1..=8).fold(RecentChanges::default(), |u, seq| u.changed(seq, minute(end - 4 * (8 - seq))))
    };
    let flapping_changes =
        Confirmed { since: minute(68), recent_changes: changes(68), ..confirmed(Health::Down, 8) };
    let flaps = pending(&payments(), &flapping_changes, &delivered(5, Health::Down), Some(&failing()), "");
    let incident = confirmed(Health::Up, 8).incident;
    let incident =
        incident.map(|incident| Incident { opened_at: minute(36), closed_at: Some(minute(40)), ..incident });
    let calmed =
        Confirmed { since: minute(40), incident, recent_changes: changes(40), ..confirmed(Health::Up, 8) };
    let last_delivered = Delivered { flapping: Some(6), ..delivered(6, Health::Down) };
    let stable = pending(&payments(), &calmed, &last_delivered, None, "");
    let removed = confirmed(Health::Down, 3).unwatched(Unwatched::Removed, at("2026-11-22T14:09:30Z"));
    let gone = pending(&payments(), &removed.expect("it was down"), &delivered(3, Health::Down), None, "");
    let rerouted = Alert {
        kind: AlertKind::Rerouted,
        id: "payments-api.a1b2c3d4.3.x".to_owned(),
        ..down("payments-api")
    };
    let quiet = |id: &str| Monitor {
        alert: AlertPolicy { severity: Severity::Info, ..AlertPolicy::default() },
        runbook: None,
        ..monitor(id)
    };
    let third = Alert { monitor: quiet("cart-api"), ..up("cart-api") };
    let many = (1..=6).map(|n| down(&format!("api-{n}"))).chain([up("cart-api")]).collect();
    let refused = |n: usize| {
        let alert = down(&format!("shop-{n:02}"));
        let fault = Fault::new(Transport::Connect, "connection refused by 192.0.2.7:443", "a connection");
        let monitor = Monitor { group: "shop".into(), ..alert.monitor };
        Alert { monitor, evidence: Some(judged(Verdict::Fail, vec![fault])), ..alert }
    };
    let storm =
        (1..=48).map(refused).chain((1..=6).map(|n| down(&format!("api-{n}")))).chain([up("cart-api")]);
    let storm = storm.collect();
    let patient = Monitor {
        alert: AlertPolicy { remind: Some(Duration::from_hours(4)), ..AlertPolicy::default() },
        ..payments()
    };
    let long_delivered =
        Delivered { at: at("2026-11-22T06:02:15Z"), reminders: 1, ..delivered(3, Health::Down) };
    let mut long_down = confirmed(Health::Down, 3);
    long_down.since = at("2026-11-22T02:02:11Z");
    let still = pending(&patient, &long_down, &long_delivered, Some(&failing()), "");
    vec![
        ("DOWN", vec![down("payments-api")]),
        ("Still DOWN", vec![still]),
        ("UP", vec![up("payments-api")]),
        ("DEGRADED", vec![degraded]),
        ("No longer down, but degraded", vec![better]),
        ("Never up", vec![never]),
        ("Late", vec![late]),
        ("A few at once", vec![third, down("payments-api"), down("auth-api")]),
        ("Flapping", vec![flaps]),
        ("Stable again", vec![stable]),
        ("Not watched any more", vec![gone]),
        ("Rerouted", vec![rerouted]),
        ("Many at once", many),
        ("A storm", storm),
    ]
}

fn mail(alerts: Vec<Alert>) -> String {
    let mut text = String::new();
    for Notification { subject, body, .. } in messages(alerts, &Topic::Name("default".to_owned())) {
        let _ = write!(text, "Subject: {subject}\n\n{body}");
    }
    text
}

#[test]
fn every_kind_of_mail() {
    for (title, alerts) in mails() {
        insta::assert_snapshot!(title.to_lowercase().replace([' ', ','], "_"), mail(alerts));
    }
}

#[test]
fn lines_are_short_and_what_can_be_clicked_is_whole() {
    for (_, alerts) in mails() {
        for line in mail(alerts).lines().filter(|line| !line.starts_with("Subject:")) {
            assert!(line.chars().count() <= 80 && !line.ends_with(' '), "{line:?}");
        }
    }
    let mut alert = down("payments-api");
    let url = format!("https://wiki.example.com/{}", "x".repeat(100));
    alert.monitor.runbook = Some(url.clone());
    assert!(mail(vec![alert]).contains(&format!("runbook   {url}\n")));
}

#[test]
fn what_was_only_degraded_is_not_called_down() {
    let healthy = Confirmed { incident: None, ..confirmed(Health::Up, 4) };
    let late = pending(&monitor("m"), &healthy, &delivered(2, Health::Up), None, "");
    assert!(mail(vec![late]).starts_with("Subject: [prod] WAS DEGRADED m, recovered\n"));
    let up = pending(&monitor("m"), &healthy, &delivered(3, Health::Degraded), None, "");
    assert!(mail(vec![up]).starts_with("Subject: [prod] UP m: recovered\n"));
}

#[test]
fn a_late_message_names_the_day_where_it_is_another_one() {
    let mut long_ago = confirmed(Health::Up, 4);
    if let Some(incident) = &mut long_ago.incident {
        incident.opened_at = at("2026-11-21T23:50:00Z");
        incident.closed_at = Some(at("2026-11-22T00:10:00Z"));
    }
    let late = pending(&monitor("m"), &long_ago, &delivered(2, Health::Up), None, "");
    let mail = mail(vec![late]);
    assert!(
        mail.starts_with("Subject: [prod] WAS DOWN m 2026-11-21 23:50-00:10 UTC (20m), is up again\n"),
        "{mail}"
    );
    assert!(mail.contains("was down  20m, 2026-11-21 23:50:00 to 2026-11-22 00:10:00 UTC\n"), "{mail}");
}

#[test]
fn evidence_that_says_otherwise_is_not_shown() {
    let passing = judged(Verdict::Pass, Vec::new());
    let alert = pending(
        &monitor("m"),
        &confirmed(Health::Down, 3),
        &delivered(2, Health::Up),
        Some(&passing),
        "HTTP 503, expected 200",
    );
    assert_eq!((alert.evidence.as_ref(), alert.reason().as_deref()), (None, Some("HTTP 503, expected 200")));
}

#[test]
fn an_incident_that_was_notified_before_is_not_notified_again() {
    let delivered = Delivered { at: at("2026-11-22T15:00:00Z"), ..delivered(4, Health::Degraded) };
    assert_eq!(pending(&monitor("m"), &confirmed(Health::Up, 5), &delivered, None, "").incident, None);
}

#[test]
fn topics_and_groups_get_messages_of_their_own() {
    let other = |topic: &str, group: &str| {
        let mut alert = down("payments-api");
        alert.topic = arn(topic);
        alert.monitor.group = group.into();
        alert
    };
    let alerts = vec![other("x", "a"), other("x", "b"), other("oncall", "a")];
    assert_eq!(compose(alerts, None, now()).len(), 3);
}

// Trap 6: FIRING and RESOLVED share a deduplication id elsewhere, and the end of an outage is dropped.
#[test]
fn a_fifo_topic_gets_a_message_for_each_change_in_its_monitors_order() {
    let long = "m".repeat(128);
    let all = messages(vec![down("a"), down(&long), up(&long)], &arn("x.fifo"));
    let orders: Vec<_> = all
        .iter()
        .map(|message| Publication::of(message, now()).order.expect("a FIFO topic"))
        .map(|order| (order.group, order.deduplication))
        .collect();
    assert_eq!(orders.len(), 3);
    assert!(orders.contains(&("a".to_owned(), "a.a1b2c3d4.3".to_owned())), "{orders:?}");
    let mut ids: Vec<_> = orders.iter().map(|(_, id)| id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(orders.iter().all(|(group, id)| group.len() <= 128 && id.len() <= 128));
    assert_eq!(Publication::of(&messages(vec![down("a")], &arn("x"))[0], now()).order, None);
}

#[test]
fn attributes_are_what_filter_policies_choose_by() {
    let attributes = |alerts| {
        let message = messages(alerts, &arn("x")).remove(0);
        let shown =
            |Attribute { name, value }: Attribute| format!("{name} {} {}", value.data_type(), value.text());
        Publication::of(&message, now()).attributes.into_iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(
        attributes(vec![down("a")]),
        [
            "environment String prod",
            "severity String critical",
            "team String payments",
            "group String payments",
            "health String down",
            "alert_id String a.a1b2c3d4.3",
        ]
    );
    // A subscriber who waits for warnings gets the one that travels beside an outage.
    let mut other = up("b");
    other.monitor.alert.severity = Severity::Warning;
    other.monitor.team = Some("checkout".to_owned());
    let many = attributes(vec![down("a"), other]);
    assert_eq!(
        many[1..5],
        [
            r#"severity String.Array ["critical","warning"]"#,
            r#"team String.Array ["checkout","payments"]"#,
            "group String payments",
            r#"health String.Array ["down","up"]"#,
        ]
    );
    // SNS takes no empty value.
    let mut bare = down("a");
    (bare.monitor.team, bare.monitor.group) = (None, String::new());
    assert_eq!(attributes(vec![bare]).len(), 4);
}

#[test]
fn programs_get_every_field() {
    let message = messages(mails().remove(7).1, &arn("x")).remove(0);
    let mut record = record(&message, now());
    record["body"] = "the mail".into();
    insta::assert_snapshot!("record", serde_json::to_string_pretty(&record).expect("JSON"));
}

#[test]
fn every_record_is_what_the_committed_schema_says() {
    let committed = include_str!("../../schema/alert.schema.json");
    assert!(committed == record_schema(), "stale: monitorctl schema --write");
    let schema: Value = serde_json::from_str(committed).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (title, alerts) in mails() {
        for message in messages(alerts, &arn("x")) {
            let record = record(&message, now());
            let errors: Vec<_> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{title}: {errors:?}");
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"format_version": 1})));
}

proptest! {
    // Trap 17: what comes from a target or a file cannot break the subject.
    #[test]
    fn a_subject_is_one_short_line_of_ascii(
        actual in "(?s).{0,300}", group in ".{0,40}", environment in proptest::option::of("[A-Za-z0-9._-]{1,32}"),
        number in 1usize..8,
    ) {
        let alerts = (0..number).map(|n| {
            let mut alert = down(&format!("m{n}"));
            alert.monitor.group.clone_from(&group);
            alert.evidence = Some(judged(Verdict::Fail, vec![Fault::new(http::BODY, actual.as_str(), "ok")]));
            alert
        });
        let message = compose(alerts.collect(), environment.as_deref(), Timestamp::UNIX_EPOCH).remove(0);
        let subject = message.subject;
        prop_assert!(subject.len() < 100 && subject.bytes().all(|b| (b' '..=b'~').contains(&b)), "{:?}", subject);
        prop_assert!(subject.starts_with(|c: char| c.is_ascii_graphic()), "{:?}", subject);
        prop_assert!(!message.body.trim().is_empty());
    }

    // Trap 17: wherever a text comes from, a mail shows it, and it steers no reader.
    #[test]
    fn hostile_texts_of_files_and_endpoints_are_shown_in_a_mail_and_add_no_line_to_it(
        text in hostile(), number in 1usize..8,
    ) {
        let alert = |n: usize| {
            let id = format!("m{n}");
            let monitor = Monitor {
                name: Some(text.clone()),
                group: text.clone(),
                team: Some(text.clone()),
                tags: [text.clone()].into(),
                runbook: None,
                origin: Origin { source: Some(text.clone()), ..Origin::default() },
                expect: Expectations::of(vec![Assertion::new(
                    http::BODY,
                    "",
                    vec![Comparison::Equals("ok".into()), Comparison::Contains(text.clone())],
                )]),
                ..monitor(&id)
            };
            let body = Some(format!("{text}no").into_bytes());
            let seen = Observation {
        peer: Peer::default(),
                at: now(),
                attempts: 1,
                phases: Phases::default(),
                latency: Duration::ZERO,
                certificate: None,
                result: Ok(Evidence::Http(Answer { status: 503, headers: Vec::new(), body })),
            };
            let judgement = judge(&monitor, &seen, &str::to_owned);
            let mut down = confirmed(Health::Down, 3);
            down.incident = down.incident.map(|incident| Incident { cause: text.clone(), ..incident });
            let seen_now = n.is_multiple_of(2).then_some(&judgement);
            pending(&monitor, &down, &delivered(2, Health::Up), seen_now, &text)
        };
        for message in messages((0..number).map(alert).collect(), &arn("x")) {
            let Notification { body, .. } = &message;
            prop_assert!(!body.contains(|c| c != '\n' && is_hidden(c)), "{body:?}");
            prop_assert!(!body.lines().any(|line| line.starts_with(FORGED)), "{body}");
            let record = record(&message, now()).to_string();
            prop_assert!(!record.contains(is_hidden), "{record:?}");
        }
    }
}

/// What would mislead a reader, were it a line of its own.
const FORGED: &str = "runbook   https://evil.example";

fn hostile() -> impl Strategy<Value = String> {
    const NASTY: [&str; 10] = [
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{202e}",
        "\u{200b}",
        "\r\n",
        "\n",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        FORGED,
    ];
    let text = prop_oneof![proptest::sample::select(&NASTY[..]).prop_map(str::to_owned), "\\PC{0,12}"];
    proptest::collection::vec(text, 0..12).prop_map(|texts| texts.concat())
}
