//! Alerts for the tests of this module and of others.

use std::time::Duration;

use jiff::Timestamp;

use super::{Alert, AlertFacts, MessageContext, Notification, Route, RunPhase, compose};
use crate::channels::plain_text;
use crate::kinds::http;
use crate::message::{Grouping, Message};
use crate::monitor::{ChannelId, Monitor, MonitorId, Origin, TopicArn};
use crate::observation::{Fault, Phases};
use crate::state::{Delivered, IncidentKey, Row};
use crate::transition::{Confirmed, Health, Incident, RecentChanges};
use crate::verdict::{Judgement, Verdict};

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

/// When the messages of tests are sent.
pub fn now() -> Timestamp {
    at("2026-11-22T14:10:00Z")
}

pub fn arn(name: &str) -> TopicArn {
    let text = format!("arn:aws:sns:eu-west-1:123456789012:{name}");
    TopicArn::parse(&text).expect("an ARN")
}

pub fn monitor(id: &str) -> Monitor {
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

pub fn confirmed(health: Health, seq: u64) -> Confirmed {
    let closed_at = (health != Health::Down).then(|| at("2026-11-22T14:09:30Z"));
    let opened_at = at("2026-11-22T14:02:11Z");
    let cause = "HTTP 503, expected 200".to_owned();
    Confirmed {
        health,
        since: closed_at.unwrap_or(opened_at),
        seq,
        incident: Some(Incident { n: 1, opened_at, closed_at, cause, unwatched: None }),
        streak: None,
        recent_changes: RecentChanges::default(),
    }
}

pub fn delivered(seq: u64, health: Health) -> Delivered {
    Delivered::new(seq, health, at("2026-11-20T08:00:00Z"))
}

/// A probe with these faults.
pub fn judged(verdict: Verdict, faults: Vec<Fault>) -> Judgement {
    let ms = Duration::from_millis;
    let phases = [("dns", ms(2)), ("connect", ms(11)), ("tls", ms(20)), ("wait", ms(130)), ("read", ms(1))];
    Judgement {
        faults,
        phases: Phases::from_iter(phases),
        code: Some(503),
        latency: Some(ms(164)),
        attempts: 2,
        ..Judgement::without_evidence(verdict, at("2026-11-22T14:04:11Z"))
    }
}

pub fn failing() -> Judgement {
    let excerpt = Some(r#"{"error":"no free connection to the database"}"#.to_owned());
    Judgement { excerpt, ..judged(Verdict::Fail, vec![Fault::new(http::STATUS, "HTTP 503", "200")]) }
}

/// The pending alert of `monitor` after the probes, which exists.
pub fn pending(
    monitor: &Monitor,
    confirmed: &Confirmed,
    delivered: &Delivered,
    judgement: Option<&Judgement>,
    why: &str,
) -> Alert {
    let route = Route::plain(ChannelId::of_machine());
    let row = Row {
        monitor: monitor.id.clone(),
        incarnation: "a1b2c3d4".to_owned(),
        incident_key: IncidentKey::next(Some("acme/shop"), &monitor.id, "a1b2c3d4", None),
        revision: 1,
        confirmed: confirmed.clone(),
        delivered: [(ChannelId::of_machine(), delivered.clone())].into(),
        first_pending: Vec::new(),
        epoch: 1,
        why: why.to_owned(),
        judged: String::new(),
        run: String::new(),
    };
    Alert::pending(AlertFacts { monitor, row: &row, judgement }, &route, RunPhase::AfterProbes, now())
        .expect("an alert is pending")
}

pub fn down(id: &str) -> Alert {
    pending(&monitor(id), &confirmed(Health::Down, 3), &delivered(2, Health::Up), Some(&failing()), "")
}

pub fn up(id: &str) -> Alert {
    pending(&monitor(id), &confirmed(Health::Up, 4), &delivered(3, Health::Down), None, "")
}

/// `alerts` to `topic`, in prod.
pub fn messages(alerts: Vec<Alert>, topic: &TopicArn) -> Vec<Notification> {
    let grouping = if topic.is_fifo() { Grouping::Each { up_to: usize::MAX } } else { Grouping::Together };
    let route = Route { grouping, ..Route::plain(ChannelId::of_machine()) };
    let alerts = alerts.into_iter().map(|alert| Alert { route: route.clone(), ..alert }).collect();
    compose(alerts, context())
}

/// Of a run in prod.
pub fn context() -> MessageContext<'static> {
    let period = Duration::from_mins(2);
    MessageContext { environment: Some("prod"), machine: Some("web-1"), now: now(), period }
}

/// One message with all of `alerts`.
pub fn message(alerts: Vec<Alert>) -> Message {
    messages(alerts, &arn("x")).remove(0).message
}

/// The texts of the messages of `alerts`.
pub fn mail(alerts: Vec<Alert>) -> String {
    let messages = messages(alerts, &arn("x"));
    messages.iter().map(|one| plain_text(&one.message)).collect::<Vec<_>>().join("\n----\n\n")
}

/// The alerts of a prober that is cut off: the beginning, a reminder, the end, and all of it late.
pub fn blind() -> [Alert; 4] {
    let cause = "cannot reach the network: none of 2 canaries answers, nor do 1000 of 1000 monitors, expected an answer";
    let alert = |health, seq, delivered: &Delivered| {
        let before = confirmed(health, seq);
        let incident = before.incident.map(|incident| Incident { cause: cause.to_owned(), ..incident });
        pending(&Monitor::prober("prober-1"), &Confirmed { incident, ..before }, delivered, None, cause)
    };
    let long_delivered = Delivered { at: at("2026-11-22T06:02:15Z"), ..delivered(1, Health::Down) };
    [
        alert(Health::Down, 1, &delivered(0, Health::Up)),
        alert(Health::Down, 1, &long_delivered),
        alert(Health::Up, 2, &delivered(1, Health::Down)),
        alert(Health::Up, 2, &delivered(0, Health::Up)),
    ]
}

/// The alerts about a channel that refuses everything: the beginning, the end, and all of it late.
pub fn refusing() -> [Alert; 3] {
    let cause = "refuses notifications: HTTP 404: no_service";
    let chat = Monitor::channel(&ChannelId::parse("shop#chat").expect("a channel"));
    let alert = |health, seq, delivered: &Delivered| {
        let before = confirmed(health, seq);
        let incident = before.incident.map(|incident| Incident { cause: cause.to_owned(), ..incident });
        pending(&chat, &Confirmed { incident, ..before }, delivered, None, cause)
    };
    let waiting = ["auth-api", "payments-api"].map(|id| MonitorId::parse(id).expect("an id")).into();
    [
        Alert { waiting, ..alert(Health::Down, 1, &delivered(0, Health::Up)) },
        alert(Health::Up, 2, &delivered(1, Health::Down)),
        alert(Health::Up, 2, &delivered(0, Health::Up)),
    ]
}
