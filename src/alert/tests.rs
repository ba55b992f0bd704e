//! Messages as people and programs get them.

mod documented;

use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use super::testing::{
    arn, at, confirmed, delivered, down, failing, judged, mail, message, messages, monitor, now, pending, up,
};
use super::{Alert, AlertKind, MessageContext, compose};
use crate::assert::{Assertion, Comparison, Subject};
use crate::channels::plain_text;
use crate::kinds::Evidence;
use crate::kinds::http::{self, Answer};
use crate::message::{RecordSize, record, record_schema};
use crate::monitor::{AlertPolicy, ChannelId, Expectations, Monitor, Origin, Severity, is_hidden};
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

#[test]
fn every_kind_of_mail() {
    for (title, alerts) in mails() {
        insta::assert_snapshot!(title.to_lowercase().replace([' ', ','], "_"), mail(alerts));
    }
}

#[test]
fn what_can_be_clicked_is_whole() {
    let mut alert = down("payments-api");
    let url = format!("https://wiki.example.com/{}", "x".repeat(1_000));
    alert.monitor.runbook = Some(url.clone());
    assert!(mail(vec![alert]).contains(&format!("\nRunbook: {url}\n")));
}

#[test]
fn a_description_stands_on_a_line_behind_the_name_and_is_cut() {
    let about = |description: &str| {
        let monitor = Monitor { description: Some(description.to_owned()), ..monitor("m") };
        mail(vec![pending(&monitor, &confirmed(Health::Down, 3), &delivered(2, Health::Up), None, "")])
    };
    let text = about("Takes payments.\nNo one can check out without it.");
    let line = "\nName: Payments API\nAbout: Takes payments. No one can check out without it.\n";
    assert!(text.contains(line), "{text}");
    assert!(about(&"d".repeat(2_000)).contains(&format!("\nAbout: {}…\n", "d".repeat(500))));
}

#[test]
fn what_was_only_degraded_is_not_called_down() {
    let healthy = Confirmed { incident: None, ..confirmed(Health::Up, 4) };
    let late = pending(&monitor("m"), &healthy, &delivered(2, Health::Up), None, "");
    assert!(mail(vec![late]).starts_with("WAS DEGRADED m (prod), recovered\n"));
    let up = pending(&monitor("m"), &healthy, &delivered(3, Health::Degraded), None, "");
    assert!(mail(vec![up]).starts_with("UP m (prod): recovered\n"));
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
    assert!(mail.starts_with("WAS DOWN m (prod) 2026-11-21 23:50-00:10 UTC (20m), is up again\n"), "{mail}");
    assert!(mail.contains("Was down: 20m, 2026-11-21 23:50:00 to 2026-11-22 00:10:00 UTC\n"), "{mail}");
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
        alert.route.channel = ChannelId::parse(topic).expect("a channel");
        alert.monitor.group = group.into();
        alert
    };
    let alerts = vec![other("x", "a"), other("x", "b"), other("oncall", "a")];
    let context =
        MessageContext { environment: None, machine: None, now: now(), period: Duration::from_mins(2) };
    assert_eq!(compose(alerts, context).len(), 3);
}

#[test]
fn programs_get_every_field() {
    let record = record(&message(mails().remove(7).1), RecordSize::LARGEST);
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
            let record = record(&message.message, RecordSize::LARGEST);
            let errors: Vec<_> = validator.iter_errors(&record).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{title}: {errors:?}");
        }
    }
    assert!(!validator.is_valid(&serde_json::json!({"format_version": 1})));
}

proptest! {
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
                result: Ok(Evidence::Http(Answer { status: 503, body, ..Answer::default() })),
            };
            let judgement = judge(&monitor, &seen, &str::to_owned);
            let mut down = confirmed(Health::Down, 3);
            down.incident = down.incident.map(|incident| Incident { cause: text.clone(), ..incident });
            let seen_now = n.is_multiple_of(2).then_some(&judgement);
            pending(&monitor, &down, &delivered(2, Health::Up), seen_now, &text)
        };
        for message in messages((0..number).map(alert).collect(), &arn("x")) {
            let body = plain_text(&message.message);
            prop_assert!(!body.contains(|c| c != '\n' && is_hidden(c)), "{body:?}");
            prop_assert!(!body.lines().any(|line| line.starts_with(FORGED)), "{body}");
            let record = record(&message.message, RecordSize::LARGEST).to_string();
            prop_assert!(!record.contains(is_hidden), "{record:?}");
        }
    }
}

/// What would mislead a reader, were it a line of its own.
const FORGED: &str = "Runbook: https://evil.example";

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
