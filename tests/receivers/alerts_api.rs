//! The API of Alertmanager. The same requests go to Alertmanager itself in the program `channels`.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::post;
use crate::receivers::{AlertsApi, Receiver};

fn alert(labels: &Value) -> Value {
    json!({"labels": labels, "startsAt": Timestamp::now().to_string()})
}

fn refused(alert: &Value, status: u16, reason: &str) {
    let api = Receiver::start(AlertsApi::default());
    let reply = post(&api.url(), &json!([alert]));
    assert_eq!(reply.status, status, "{alert}: {}", reply.body);
    assert!(reply.body.contains(reason), "{}", reply.body);
    assert!(api.accepted().is_empty());
}

#[test]
fn an_alert_fires_until_its_end() {
    let api = Receiver::start(AlertsApi::default());
    let now = Timestamp::now();
    let soon = now + SignedDuration::from_mins(10);
    let labels = json!({"alertname": "DOWN", "monitor": "shop"});
    let mut firing = alert(&labels);
    firing["endsAt"] = json!(soon.to_string());
    firing["annotations"] = json!({"summary": "HTTP 503"});
    firing["generatorURL"] = json!("https://example.com/status");
    assert_eq!(post(&api.url(), &json!([firing])).status, 200);
    assert_eq!(api.service().firing(now).len(), 1);
    assert!(api.service().firing(soon).is_empty());
    let mut resolved = alert(&labels);
    resolved["endsAt"] = resolved["startsAt"].clone();
    assert_eq!(post(&api.url(), &json!([resolved])).status, 200);
    assert!(api.service().firing(Timestamp::now()).is_empty());
    let expected = ["firing: alertname=DOWN monitor=shop", "resolved: alertname=DOWN monitor=shop"];
    assert_eq!(api.texts(), expected);
}

#[test]
fn an_alert_has_labels_and_times_that_make_sense() {
    let with = |name: &str, value: Value| {
        let mut alert = alert(&json!({"alertname": "DOWN"}));
        alert[name] = value;
        alert
    };
    refused(&with("endsAt", json!("2020-01-01T00:00:00Z")), 400, "start time must be before end time");
    refused(&alert(&json!({})), 400, "at least one label pair required");
    refused(&alert(&json!({"team": ""})), 400, "at least one label pair required");
    refused(&alert(&json!({"my-team": "x"})), 400, "invalid label set");
    refused(&with("annotations", json!({"what happened": "x"})), 400, "invalid annotations");
    refused(&with("startsAt", json!("now")), 400, "parsing alerts body");
    refused(&with("labels", Value::Null), 422, "0.labels in body is required");
    refused(&with("generatorURL", json!("not a link")), 422, "0.generatorURL in body must be of type uri");
}

#[test]
fn the_good_alerts_of_a_bad_request_are_taken() {
    let api = Receiver::start(AlertsApi::default());
    let reply = post(&api.url(), &json!([alert(&json!({"alertname": "DOWN"})), alert(&json!({}))]));
    assert_eq!(reply.status, 400);
    assert_eq!(api.texts(), ["firing: alertname=DOWN"]);
    assert_eq!(post(&api.url(), &json!({"labels": {}})).status, 400, "no list");
}
