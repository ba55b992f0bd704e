//! Alertmanager receives, groups and resolves.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::alertmanager::{self, Alertmanager};
use crate::receivers::{AlertGroups, AlertsApi, Receiver};

const PATIENCE: Duration = Duration::from_secs(30);

fn alert(monitor: &str, team: &str, ends: Timestamp) -> Value {
    let starts = Timestamp::now() - SignedDuration::from_mins(1);
    json!({
        "labels": {"alertname": "DOWN", "monitor": monitor, "team": team},
        "annotations": {"summary": "HTTP 503"},
        "startsAt": starts.to_string(),
        "endsAt": ends.to_string(),
    })
}

#[test]
fn alerts_are_grouped_and_resolved() {
    let groups = Receiver::start(AlertGroups::default());
    let alertmanager = Alertmanager::start(&groups.url(), &["team"]);
    let later = Timestamp::now() + SignedDuration::from_mins(10);
    let both = json!([alert("cart", "shop", later), alert("checkout", "shop", later)]);
    assert_eq!(alertmanager.post(&both), (200, String::new()));
    assert_eq!(alertmanager.alerts().len(), 2);
    assert!(groups.wait_for(PATIENCE, |accepted| accepted.len() >= 2));
    assert_eq!(groups.texts_about("cart")[0], "firing: DOWN cart");
    assert_eq!(groups.service().groups()[0]["groupLabels"], json!({"team": "shop"}));
    assert_eq!(groups.service().groups()[0]["externalURL"], alertmanager.url());

    let ended = alert("cart", "shop", Timestamp::now());
    assert_eq!(alertmanager.post(&json!([ended])).0, 200);
    let resolved = |text: &str| text == "resolved: DOWN cart";
    assert!(groups.wait_for(PATIENCE, |accepted| accepted.iter().any(|message| resolved(&message.text))));
    let firing = alertmanager.alerts();
    assert_eq!(firing.len(), 1, "{firing:?}");
    assert_eq!(firing[0]["labels"]["monitor"], "checkout");
}

/// The stub that tests of failures use judges as the real one does, word for word.
#[test]
fn the_stub_answers_what_alertmanager_answers() {
    let groups = Receiver::start(AlertGroups::default());
    let stub = Receiver::start(AlertsApi::default());
    let alertmanager = Alertmanager::start(&groups.url(), &["team"]);
    let same = |alerts: &Value| {
        let (status, body) = alertmanager.post(alerts);
        let (stub_status, stub_body) = alertmanager::post(&stub.base(), alerts).expect("an answer");
        // Why JSON cannot be parsed, each parser says in words of its own.
        let known = |body: &str| body.split("because").next().map(|body| body.trim().to_owned());
        assert_eq!((stub_status, known(&stub_body)), (status, known(&body)), "{alerts}");
        status
    };
    let later = Timestamp::now() + SignedDuration::from_mins(10);
    let with = |name: &str, value: Value| {
        let mut alert = alert("cart", "shop", later);
        alert[name] = value;
        json!([alert])
    };
    assert_eq!(same(&json!([])), 200);
    assert_eq!(same(&with("status", json!("unknown fields are ignored"))), 200);
    assert_eq!(same(&with("generatorURL", json!(""))), 200);
    assert_eq!(same(&with("generatorURL", json!("/path"))), 200);
    assert_eq!(same(&with("endsAt", json!("2020-11-28T21:00:00+01:00"))), 400);
    assert_eq!(same(&with("labels", json!({}))), 400);
    assert_eq!(same(&with("labels", json!({"team": ""}))), 400);
    assert_eq!(same(&with("labels", json!({"my-team": "x"}))), 400);
    assert_eq!(same(&with("labels", json!({"team": 7}))), 400);
    assert_eq!(same(&with("labels", json!("x"))), 400);
    assert_eq!(same(&with("labels", Value::Null)), 422);
    assert_eq!(same(&with("annotations", json!({"what happened": "x"}))), 400);
    assert_eq!(same(&with("annotations", json!("x"))), 400);
    assert_eq!(same(&with("startsAt", json!("now"))), 400);
    assert_eq!(same(&with("endsAt", json!(7))), 400);
    assert_eq!(same(&with("generatorURL", json!("not a link"))), 422);
    assert_eq!(same(&json!({"labels": {}})), 400);
    assert_eq!(same(&json!([alert("good", "shop", later), {"labels": {}}])), 400);
    assert_eq!(alertmanager.alerts().len(), stub.service().firing(Timestamp::now()).len());
}
