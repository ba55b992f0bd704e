//! What each kind sends, judged by the stub of its service: every shape of a message, and texts as long and as hostile as
//! they can be.

#[path = "../../../tests/support/receivers/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the test programs use the rest")]
mod receivers;

use std::convert::Infallible;

use serde_json::{Value, json};

use self::receivers::{
    Accepted, AlertsApi, Discord, PagerDuty, Request, Service, Slack, Teams, Telegram, Verdict, Webhook,
};
use super::shapes::{HOSTILE, shapes, with_texts};
use super::{ChannelKind, ChannelRequest, ReadyChannel, definition};
use crate::alert::Alert;
use crate::alert::testing::{down, message, up};
use crate::message::Message;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD_SECRET: &str = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk";

/// Where every service is.
const SERVER: &str = "https://example.com";

/// A channel as a file has it, and a new stub of its service at the time of a message.
type Judged = (Value, fn(&Message) -> Box<dyn Service>);

fn judged() -> Vec<Judged> {
    vec![
        (json!({"kind": "slack", "url": "${env:SLACK}"}), |_| Box::new(Slack::default())),
        (json!({"kind": "discord", "url": "${env:DISCORD}"}), |_| Box::new(Discord::default())),
        (json!({"kind": "teams", "url": "${env:TEAMS}"}), |_| Box::new(Teams::default())),
        (json!({"kind": "pagerduty", "key": "${env:KEY}", "server": SERVER}), |_| {
            Box::new(PagerDuty::default())
        }),
        (
            json!({"kind": "telegram", "token": "${env:TOKEN}", "chat_id": Telegram::CHAT, "server": SERVER}),
            |_| Box::new(Telegram::default()),
        ),
        (
            json!({"kind": "webhook", "url": "${env:HOOK}", "secret": "${env:SECRET}", "old_secret": "${env:OLD}"}),
            |message| Box::new(Webhook::new(&[OLD_SECRET]).at(message.at.as_second())),
        ),
        (json!({"kind": "alertmanager", "url": SERVER}), |_| Box::new(AlertsApi::default())),
    ]
}

fn secret(reference: &str) -> String {
    let url = |service: &dyn Service| format!("{SERVER}{}", service.path());
    match reference {
        "${env:SLACK}" => url(&Slack::default()),
        "${env:DISCORD}" => url(&Discord::default()),
        "${env:TEAMS}" => url(&Teams::default()),
        "${env:HOOK}" => url(&Webhook::new(&[SECRET])),
        "${env:KEY}" => PagerDuty::KEY.to_owned(),
        "${env:TOKEN}" => Telegram::TOKEN.to_owned(),
        "${env:SECRET}" => SECRET.to_owned(),
        "${env:OLD}" => OLD_SECRET.to_owned(),
        other => panic!("no secret {other}"),
    }
}

fn ready(channel: &Value) -> ReadyChannel {
    let value = |reference: &crate::value::SecretRef| Ok::<_, Infallible>(secret(&reference.to_string()));
    definition(channel).ready(value).expect("every secret has a value")
}

/// Sends a message to each service, which must accept every request; what people read of it.
fn check(name: &str, message: &Message) -> Vec<(String, Vec<Accepted>)> {
    let send = |(channel, service): Judged| {
        let (kind, mut service) = (channel["kind"].to_string(), service(message));
        let mut accepted = Vec::new();
        for request in ready(&channel).render(message) {
            let ChannelRequest::Http(request) = request else { panic!("{kind} speaks HTTP") };
            let headers: Vec<_> =
                request.headers.iter().map(|(name, value)| (*name, value.reveal())).collect();
            let body = request.body.reveal();
            match service.judge(&Request::post(request.url.reveal(), &headers, body)) {
                Verdict::Accepted(answer, messages) => {
                    assert!(answer.status < 300, "{kind} {name}: {} {body}", answer.body);
                    accepted.extend(messages);
                }
                Verdict::Refused(answer) => panic!("{kind} {name}: {} {} {body}", answer.status, answer.body),
                // An incident that the stub has not seen begin.
                Verdict::Lost(_, reason) => {
                    assert!(reason.starts_with("resolve of"), "{kind} {name}: {reason}");
                }
            }
        }
        (kind, accepted)
    };
    judged().into_iter().map(send).collect()
}

#[test]
fn every_kind_that_speaks_http_has_a_judge() {
    let judged: Vec<_> = judged().iter().map(|(channel, _)| definition(channel).kind().as_str()).collect();
    let others = ["file", "sns", "email"];
    for kind in ChannelKind::ALL.iter().map(|kind| kind.as_str()) {
        assert!(judged.contains(&kind) != others.contains(&kind), "{kind}");
    }
}

#[test]
fn every_shape_of_a_message_is_accepted() {
    for (shape, message) in shapes() {
        for (kind, accepted) in check(shape, &message) {
            assert!(!accepted.is_empty() || shape == "up", "{kind} {shape}");
        }
    }
}

#[test]
fn hostile_texts_wake_no_one() {
    for text in HOSTILE {
        let message = message(vec![with_texts("payments-api", text)]);
        for (kind, accepted) in check(text, &message) {
            let mentions: Vec<_> = accepted.iter().flat_map(|message| &message.mentions).collect();
            assert!(mentions.is_empty(), "{kind} {text}: {mentions:?}");
        }
    }
}

#[test]
fn the_longest_texts_are_accepted_in_every_number() {
    for text in ["x", "<", "🦀"] {
        for number in [1, 14, 60] {
            let alert = |n: usize| with_texts(&format!("{n:0128}"), &text.repeat(5_000 / number + 250));
            let mut message =
                message((0..number).map(alert).chain([up("cart-api"), down("other")]).collect());
            message.environment = Some("e".repeat(32));
            message.machine = Some("m".repeat(255));
            check(&format!("{number} × {text}"), &message);
        }
    }
}

#[test]
fn the_incident_of_a_storm_ends_when_nothing_of_it_lasts() {
    let channel = ready(&json!({"kind": "pagerduty", "key": "${env:KEY}", "server": SERVER}));
    let mut service = PagerDuty::default();
    let mut send = |alerts: Vec<Alert>, lasting| {
        let message = Message { lasting: Some(lasting), ..message(alerts) };
        for request in channel.render(&message) {
            let ChannelRequest::Http(request) = request else { panic!("it speaks HTTP") };
            service.judge(&Request::post(request.url.reveal(), &[], request.body.reveal()));
        }
        service.open().len()
    };
    let of = |range: std::ops::Range<usize>, alert: fn(&str) -> Alert| {
        range.map(|n| alert(&format!("m-{n}"))).collect::<Vec<_>>()
    };
    assert_eq!(send(of(0..1, down), 1), 1);
    assert_eq!(send(of(1..61, down), 61), 2, "one for all of them");
    assert_eq!(send(of(1..31, up), 31), 2);
    assert_eq!(send(of(0..1, up), 30), 1, "it has an end of its own");
    assert_eq!(send(of(31..61, up), 0), 0);
}
