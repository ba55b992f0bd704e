//! How many messages many alerts make, how large those are, and that each names every alert.

use std::collections::BTreeSet;

use super::Alert;
use super::testing::{arn, confirmed, delivered, down, judged, message, messages, monitor, pending, up};
use crate::channels::plain_text;
use crate::kinds::http;
use crate::message::{RecordSize, record};
use crate::monitor::{Monitor, MonitorId, Origin, Template};
use crate::observation::{Fault, Transport};
use crate::transition::{Health, Incident};
use crate::verdict::Verdict;

/// Everything about an alert as large as it can be, and more than that.
fn largest(id: &str, text: &str) -> Alert {
    let long = || text.repeat(300_000);
    let monitor = Monitor {
        name: Some(long()),
        team: Some(long()),
        tags: (0..60).map(|n| format!("{n}{}", long())).collect(),
        runbook: Some(long()),
        url: Template::parse(&format!("https://x/?{}&y={}", "${env:KEY}".repeat(20_000), long()))
            .expect("a URL"),
        origin: Origin { source: Some(long()), commit: Some(long()), synced_at: None },
        ..monitor(id)
    };
    let faults = vec![Fault::new(http::BODY, text.repeat(201), text.repeat(201)); 200];
    let failing = judged(Verdict::Fail, faults);
    let mut down = confirmed(Health::Down, 3);
    down.incident = down.incident.map(|incident| Incident { cause: long(), ..incident });
    pending(&monitor, &down, &delivered(2, Health::Up), Some(&failing), &long())
}

/// Every alert is in exactly one message; people and programs find each by name, or by its number.
fn check(alerts: Vec<Alert>, most: usize) {
    let mut ids: Vec<_> = alerts.iter().map(|alert| alert.id.clone()).collect();
    let all = messages(alerts, &arn("x"));
    assert!(all.len() <= most, "{} messages", all.len());
    let mut delivered: Vec<_> =
        all.iter().flat_map(|message| &message.alerts).map(|alert| alert.id.clone()).collect();
    let mut recorded = Vec::new();
    for one in &all {
        let record = record(&one.message, RecordSize::LARGEST);
        assert_eq!(record["count"], one.alerts.len());
        let alerts = record["alerts"].as_array().expect("alerts");
        recorded.extend(alerts.iter().map(|alert| alert["id"].as_str().expect("an id").to_owned()));
        for others in record["others"].as_array().expect("others") {
            let others = others["alerts"].as_object().expect("an object");
            recorded.extend(others.iter().map(|(id, rest)| format!("{id}.{}", rest.as_str().expect("text"))));
        }
    }
    for list in [&mut ids, &mut delivered, &mut recorded] {
        list.sort();
    }
    assert!(ids == delivered && ids == recorded, "an alert is missing, or delivered twice");
    let names: BTreeSet<_> = all.iter().map(|one| &one.message.id).collect();
    assert_eq!(names.len(), all.len(), "a message has an id of its own");
}

/// `number` monitors in so many groups, whose ids have `length` characters and whose reasons are all their own.
fn broken(number: usize, groups: usize, length: usize) -> Vec<Alert> {
    let alert = |n: usize| {
        let mut alert = down(&format!("{n:0length$}"));
        alert.monitor.group = format!("team-{:04}/services", n % groups);
        alert.monitor.team = Some(format!("team-{:04}", n % groups));
        let fault = Fault::new(http::BODY, format!("{n} {}", "<\"🦀".repeat(50)), "x".repeat(200));
        alert.evidence = Some(judged(Verdict::Fail, vec![fault; 10]));
        alert
    };
    (0..number).map(alert).collect()
}

#[test]
fn a_message_says_how_many_faults_it_leaves_out() {
    for text in ["\"", "ä", "🦀", "x"] {
        assert!(plain_text(&message(vec![largest("m", text)])).contains("More: 190 more faults"));
    }
}

// What a message does not name counts as delivered with it, and says where to look.
#[test]
fn a_storm_is_one_message_whatever_broke() {
    for (number, groups, length) in [(1_000, 1, 6), (1_000, 50, 40), (1_000, 1_000, 128), (10_000, 1_000, 40)]
    {
        check(broken(number, groups, length), 1);
    }
}

#[test]
fn what_all_depend_on_is_named_before_a_reason_that_they_share() {
    let child = |n: usize, parents: &[&str]| {
        let mut alert = down(&format!("child-{n}"));
        alert.monitor.depends_on = parents.iter().map(|id| MonitorId::parse(id).expect("an id")).collect();
        alert
    };
    let cause = |alerts: Vec<Alert>| {
        let body = plain_text(&message(alerts));
        body.lines().nth(2).expect("a line").to_owned()
    };
    let both: Vec<_> = (0..14).map(|n| child(n, &["auth", "payments-db"])).collect();
    let all = (0..14).map(|n| child(n, if n < 9 { &["payments-db"] } else { &["payments-db", "a"] }));
    assert_eq!(cause(all.collect()), "14 DOWN, all depend on payments-db");
    assert_eq!(cause(both), "14 DOWN, all depend on auth and payments-db");
    let most = (0..14).map(|n| child(n, if n < 9 { &["payments-db"] } else { &[] }));
    assert!(cause(most.collect()).starts_with("14 DOWN, all for one reason: HTTP 503"));
}

#[test]
fn a_parent_notifies_the_first_who_wait_for_it_and_how_many_there_are() {
    let waiting = |number: usize| {
        let ids = (0..number).map(|n| MonitorId::parse(&format!("api-{n:02}")).expect("an id"));
        let message = message(vec![Alert { waiting: ids.collect(), ..down("db") }]);
        let record = record(&message, RecordSize::LARGEST);
        let (first, more) = (&record["alerts"][0]["waiting"], &record["alerts"][0]["more_waiting"]);
        (plain_text(&message), first.as_array().map(Vec::len), more.as_u64())
    };
    let (body, first, more) = waiting(23);
    assert!(body.contains("With it: 23 dependent monitors without alerts of their own: api-00, "), "{body}");
    assert!(body.contains(" api-19 and 3 more\n"), "{body}");
    assert_eq!((first, more), (Some(20), Some(3)));
    assert!(waiting(1).0.contains("1 dependent monitor without an alert of its own"), "{}", waiting(1).0);
    assert!(!waiting(0).0.contains("With it"));
}

#[test]
fn a_few_groups_have_messages_of_their_own_and_many_share_one() {
    let alerts = |groups: usize| broken(groups * 2, groups, 4);
    assert_eq!(messages(alerts(5), &arn("x")).len(), 5);
    let one = messages(alerts(6), &arn("x"));
    assert_eq!(one.len(), 1);
    let headline = one[0].message.headline(99);
    assert!(headline.starts_with("CRITICAL 12 DOWN in 6 groups (prod): "), "{headline}");
}

#[test]
fn what_most_of_them_share_stands_first() {
    let because = |ids: &[&str], url: &str, actual: &str| {
        let alert = |id: &&str| {
            let fault = Fault::new(Transport::Connect, actual, "a connection");
            let mut alert = down(id);
            alert.evidence = Some(judged(Verdict::Fail, vec![fault]));
            alert.monitor.url = Template::parse(url).expect("a URL");
            alert
        };
        ids.iter().map(alert).collect::<Vec<_>>()
    };
    let cause = |alerts| plain_text(&message(alerts)).lines().nth(2).unwrap_or_default().to_owned();
    let refused = || because(&["a", "b", "c"], "https://db.example:5432/x", "connection refused");
    let other = because(&["d"], "https://x.example", "a timeout");
    assert_eq!(
        cause([refused(), other.clone(), vec![up("e")]].concat()),
        "4 DOWN, 3 of them: connection refused, expected a connection (db.example:5432)"
    );
    assert!(cause(refused()).starts_with("3 DOWN, all for one reason: connection refused"));
    // Two are no pattern, and what a minority shares is none of all.
    assert!(cause(refused()[..2].to_vec()).starts_with("DOWN "));
    let many: Vec<_> = ["f", "g", "h"].iter().flat_map(|id| because(&[id], "https://x", id)).collect();
    assert!(cause([refused(), other, many].concat()).starts_with("DOWN "));
}
