//! How a channel is written, and what is wrong with it.

use std::time::Duration;

use serde_json::{Value, json};

use super::definition;
use crate::channels::{ChannelDefinition, channel_schema};
use crate::monitor::ChannelPolicy;
use crate::monitor::Severity;
use crate::value::SecretRef;
use crate::written::Path;

fn violations(written: &Value) -> Vec<String> {
    let mut violations = Vec::new();
    let fields = written.as_object().expect("a map");
    let read = ChannelDefinition::read(fields, &Path::from("channels.x"), &mut violations);
    assert_eq!(read.is_some(), violations.is_empty());
    violations.iter().map(|one| format!("{} {}: {}", one.code, one.path, one.message)).collect()
}

#[test]
fn what_is_wrong_with_a_channel_is_said_at_its_place() {
    let check = |written: Value, expected: &[&str]| assert_eq!(violations(&written), expected, "{written}");
    check(json!({"url": "x"}), &["missing_key channels.x: `channels.x` has no `kind`"]);
    check(json!({"kind": "pigeon"}), &["unknown_value channels.x.kind: unknown kind of channel \"pigeon\""]);
    check(
        json!({"kind": "slack", "topic": "x"}),
        &[
            "unknown_key channels.x.topic: `topic` is no field of a channel of kind slack",
            "missing_key channels.x: a channel of kind slack needs `url`",
        ],
    );
    check(
        json!({"kind": "slack", "url": "https://hooks.slack.com/services/x"}),
        &["literal_credential channels.x.url: `channels.x.url` holds a literal credential"],
    );
    check(
        json!({"kind": "slack", "url": "${env:A"}),
        &["invalid_secret channels.x.url: `channels.x.url`: `${` is never closed by `}`"],
    );
    check(
        json!({"kind": "sns", "topic": "${env:TOPIC}"}),
        &[
            "misplaced_reference channels.x.topic: `channels.x.topic` takes no references to secrets",
            "bad_format channels.x.topic: `channels.x.topic`: \"${env:TOPIC}\" is not the ARN of an SNS topic",
        ],
    );
    check(
        json!({"kind": "sns", "topic": "oncall"}),
        &["bad_format channels.x.topic: `channels.x.topic`: \"oncall\" is not the ARN of an SNS topic"],
    );
    check(
        json!({"kind": "file", "severities": [], "after": "soon"}),
        &[
            "empty channels.x.severities: `severities` names no severity",
            "bad_format channels.x.after: `channels.x.after`: write a duration like 800ms, 30s, 2m, 1h30m or 21d",
        ],
    );
}

#[test]
fn a_label_is_a_short_name_that_is_not_one_of_ours() {
    let with =
        |labels: Value| json!({"kind": "alertmanager", "url": "http://10.0.0.5:9093", "labels": labels});
    assert_eq!(violations(&with(json!({"cluster": "eu", "_x1": "y"}))), [""; 0]);
    let long = "x".repeat(101);
    let wrong = json!({"severity": "page", "my-team": "x", "1st": "x", "long": long, "ref": "${env:A}"});
    let mut found = violations(&with(wrong));
    found.sort();
    let expected = [
        "bad_format channels.x.labels.1st: `channels.x.labels.1st`: a label has letters, digits and '_', and begins with no digit",
        "bad_format channels.x.labels.my-team: `channels.x.labels.my-team`: a label has letters, digits and '_', and begins with no digit",
        "contradiction channels.x.labels.severity: `channels.x.labels.severity`: monitorctl sets this label itself",
        "misplaced_reference channels.x.labels: `channels.x.labels` takes no references to secrets",
        "out_of_bounds channels.x.labels.long: `channels.x.labels.long`: the name and the value have at most 100 bytes each",
    ];
    assert_eq!(found, expected);
    let many: serde_json::Map<_, _> = (0..11).map(|n| (format!("l{n}"), "x".into())).collect();
    assert_eq!(
        violations(&with(many.into())),
        ["out_of_bounds channels.x.labels: `channels.x.labels` has at most 10 labels, found 11"]
    );
    let half = json!({"kind": "alertmanager", "url": "http://10.0.0.5:9093", "user": "m"});
    assert_eq!(
        violations(&half),
        ["contradiction channels.x: `channels.x` needs `user` and `password`, or neither"]
    );
}

#[test]
fn a_channel_gets_all_alerts_or_those_that_it_asks_for() {
    let policy = definition(&json!({"kind": "file"})).policy;
    assert_eq!((policy.severities.len(), policy.after, policy.reminders), (3, None, true));
    let written = json!({"kind": "file", "severities": ["critical"], "after": "30m", "reminders": false});
    let expected = ChannelPolicy {
        severities: [Severity::Critical].into(),
        after: Some(Duration::from_mins(30)),
        reminders: false,
    };
    assert_eq!(definition(&written).policy, expected);
}

#[test]
fn the_secrets_of_a_channel_are_known_and_never_printed() {
    let channel = definition(&json!({"kind": "slack", "url": "${ssm:/prod/slack}"}));
    assert_eq!(channel.references(), [SecretRef::Ssm("/prod/slack".to_owned())].into());
    let ready = channel.ready(|_| Ok::<_, ()>("https://secret.example".to_owned())).expect("a value");
    let requests = ready.render(&crate::alert::testing::message(vec![crate::alert::testing::down("m")]));
    assert!(!format!("{ready:?} {requests:?}").contains("secret.example"), "{ready:?} {requests:?}");
    assert_eq!(channel.ready(|_| Err(())).err(), Some(()));
}

#[test]
fn the_schema_has_the_fields_of_every_kind() {
    let schema = channel_schema(&mut schemars::SchemaGenerator::default());
    let text = schema.to_string();
    assert!(jsonschema::validator_for(&schema).is_ok(), "{text}");
    for field in ["kind", "url", "topic", "chat", "severities", "after", "reminders"] {
        assert!(schema["properties"][field]["description"].is_string(), "{field}: {text}");
    }
}
