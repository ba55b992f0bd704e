//! What each kind of channel makes of each shape of a message.

mod answers;
mod definitions;
mod judged;
mod limits;
mod pairs;
mod shapes;
mod sns;

use std::collections::BTreeMap;
use std::convert::Infallible;

use serde_json::{Value, json};

use super::{ChannelDefinition, ChannelKind, ChannelRequest, Mail, ReadyChannel};
use crate::written::Path;

/// Requests of one message that a snapshot shows.
const SHOWN: usize = 3;

/// The secrets of the samples: `${env:NAME}` is `value-of-NAME`, unless it stands here.
fn secrets() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("SLACK", "https://hooks.slack.example/services/T0/B0/secret"),
        ("DISCORD", "https://discord.example/api/webhooks/1/secret"),
        ("TEAMS", "https://teams.example/workflows/secret"),
        ("WHSEC", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ])
}

/// A channel of each kind, as a file has it.
fn samples() -> Vec<Value> {
    vec![
        json!({"kind": "file"}),
        json!({"kind": "sns", "topic": "arn:aws:sns:eu-west-1:123456789012:oncall", "chat": true}),
        json!({"kind": "slack", "url": "${env:SLACK}"}),
        json!({"kind": "discord", "url": "${env:DISCORD}"}),
        json!({"kind": "telegram", "token": "${env:TELEGRAM}", "chat_id": -1_001_234}),
        json!({"kind": "teams", "url": "${env:TEAMS}"}),
        json!({"kind": "pagerduty", "key": "${env:PAGERDUTY}", "region": "eu"}),
        json!({"kind": "webhook", "url": "https://hooks.example.com/x", "secret": "${env:WHSEC}", "old_secret": "${env:OLD}"}),
        json!({
            "kind": "email", "server": "smtps://mail.example.com", "user": "m", "password": "${env:SMTP}",
            "from": "m@example.com", "to": ["ops@example.com"],
        }),
        json!({"kind": "alertmanager", "url": "http://10.0.0.5:9093", "labels": {"cluster": "eu"}}),
    ]
}

fn definition(sample: &Value) -> ChannelDefinition {
    let mut violations = Vec::new();
    let fields = sample.as_object().expect("a map");
    let definition = ChannelDefinition::read(fields, &Path::from("channels.x"), &mut violations);
    assert!(violations.is_empty(), "{sample}: {violations:?}");
    definition.expect("a channel without violations")
}

fn ready(sample: &Value) -> ReadyChannel {
    let value = |secret: &crate::value::SecretRef| {
        let name = secret.to_string().replace("${env:", "").replace('}', "");
        Ok::<_, Infallible>(
            secrets().get(name.as_str()).map_or_else(|| format!("value-of-{name}"), |v| (*v).to_owned()),
        )
    };
    definition(sample).ready(value).expect("every secret has a value")
}

/// A request as a reader of a snapshot wants it.
fn shown(request: &ChannelRequest) -> String {
    let pretty = |text: &str| match serde_json::from_str::<Value>(text) {
        Ok(value) => format!("{value:#}"),
        Err(_) => text.to_owned(),
    };
    let text = match request {
        ChannelRequest::Http(request) => {
            let headers = request.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.reveal()));
            let headers = headers.collect::<String>();
            format!("POST {}\n{headers}\n{}", request.url.reveal(), pretty(request.body.reveal()))
        }
        ChannelRequest::Line(line) => pretty(line),
        ChannelRequest::Mail(mail) => {
            let Mail { subject, text, html, message_id, references, from, to, .. } = mail;
            let head =
                format!("From: {from}\nTo: {to:?}\nMessage-ID: {message_id}\nReferences: {references}");
            format!("{head}\nSubject: {subject}\n\n{text}\n--- html\n{html}")
        }
        ChannelRequest::Sns(publication) => {
            let texts: Value = serde_json::from_str(&publication.message).expect("a text for each protocol");
            let texts = texts.as_object().expect("a map").iter();
            let texts =
                texts.map(|(name, text)| format!("--- {name}\n{}\n", pretty(text.as_str().expect("a text"))));
            let attributes = publication.attributes.iter();
            let attributes = attributes
                .map(|one| format!("{} {} {}\n", one.name, one.value.data_type(), one.value.text()));
            format!(
                "Subject: {}\n{}{}",
                publication.subject,
                attributes.collect::<String>(),
                texts.collect::<String>()
            )
        }
    };
    match text.char_indices().nth(6_000) {
        Some((end, _)) => format!("{}\n… {} more bytes", &text[..end], text.len() - end),
        None => text,
    }
}

#[test]
fn every_kind_has_a_sample() {
    let sampled: Vec<_> = samples().iter().map(|sample| definition(sample).kind().as_str()).collect();
    assert_eq!(sampled, ChannelKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
}

#[test]
fn every_kind_lays_out_every_shape_of_a_message() {
    for sample in samples() {
        let (kind, channel) = (definition(&sample).kind().as_str(), ready(&sample));
        for (shape, message) in shapes::shapes() {
            let requests = channel.render(&message);
            assert!(!requests.is_empty(), "{kind} {shape}");
            let more = requests.get(SHOWN..).filter(|more| !more.is_empty());
            let more = more.map(|more| format!("… {} more requests", more.len()));
            let requests: Vec<_> = requests.iter().take(SHOWN).map(shown).chain(more).collect();
            insta::assert_snapshot!(format!("{kind}__{shape}"), requests.join("\n=====\n"));
        }
    }
}
