//! PagerDuty.

use serde_json::{Value, json};

use crate::client::{post, send};
use crate::receivers::{Failure, PagerDuty, Receiver};

/// The example of the schema.
fn trigger() -> Value {
    json!({
        "payload": {
            "summary": "DISK at 99% on machine prod-datapipe03.example.com",
            "timestamp": "2015-07-17T08:42:58.315+0000",
            "severity": "critical",
            "source": "prod-datapipe03.example.com",
            "component": "mysql",
            "group": "prod-datapipe",
            "class": "disk",
            "custom_details": {"free space": "1%", "ping time": "1500ms", "load avg": 0.75},
        },
        "routing_key": PagerDuty::KEY,
        "dedup_key": "srv01/mysql",
        "event_action": "trigger",
        "client": "Sample Monitoring Service",
        "client_url": "https://monitoring.service.com",
        "links": [{"href": "http://pagerduty.example.com", "text": "An example link."}],
        "images": [{"src": "https://chart.googleapis.com/chart?chs=600x400", "alt": "An example link with an image"}],
    })
}

fn resolve(key: &str) -> Value {
    json!({"routing_key": PagerDuty::KEY, "dedup_key": key, "event_action": "resolve"})
}

fn with(path: &str, value: Value) -> Value {
    let mut event = trigger();
    *event.pointer_mut(path).expect("it is there") = value;
    event
}

fn without(path: &str, name: &str) -> Value {
    let mut event = trigger();
    event.pointer_mut(path).and_then(Value::as_object_mut).expect("an object").remove(name);
    event
}

fn refused(event: &Value, error: &str) {
    let pager = Receiver::start(PagerDuty::default());
    let reply = post(&pager.url(), event);
    assert_eq!(reply.status, 400, "{event}");
    let body = reply.json();
    assert_eq!(body["status"], "invalid event");
    assert_eq!(body["message"], "Event object is invalid");
    let errors = body["errors"].as_array().expect("errors");
    assert!(errors.iter().any(|found| found.as_str().is_some_and(|found| found.contains(error))), "{body}");
    assert!(pager.accepted().is_empty());
    assert!(pager.service().open().is_empty());
}

#[test]
fn a_trigger_opens_an_incident_and_its_resolve_ends_it() {
    let pager = Receiver::start(PagerDuty::default());
    let reply = post(&pager.url(), &trigger());
    assert_eq!(reply.status, 202);
    let expected = json!({"status": "success", "message": "Event processed", "dedup_key": "srv01/mysql"});
    assert_eq!(reply.json(), expected);
    assert_eq!(pager.service().open().keys().collect::<Vec<_>>(), ["srv01/mysql"]);
    assert_eq!(post(&pager.url(), &resolve("srv01/mysql")).status, 202);
    assert!(pager.service().open().is_empty());
    let ids: Vec<_> = pager.accepted().into_iter().filter_map(|message| message.id).collect();
    assert_eq!(ids, ["trigger srv01/mysql", "resolve srv01/mysql"]);
}

#[test]
fn a_second_trigger_is_the_same_incident() {
    let pager = Receiver::start(PagerDuty::default());
    post(&pager.url(), &trigger());
    post(&pager.url(), &with("/payload/summary", json!("still full")));
    assert_eq!(pager.service().open()["srv01/mysql"], "DISK at 99% on machine prod-datapipe03.example.com");
    assert_eq!(pager.duplicates()["trigger srv01/mysql"], 2);
}

#[test]
fn a_resolve_that_fits_no_trigger_is_taken_and_dropped() {
    let pager = Receiver::start(PagerDuty::default());
    let other = "f00dcc04764012d7bfb002500d5d1a60";
    pager.service().add_key(other);
    post(&pager.url(), &trigger());
    assert_eq!(post(&pager.url(), &resolve("srv01/postgres")).status, 202);
    let mut elsewhere = resolve("srv01/mysql");
    elsewhere["routing_key"] = json!(other);
    assert_eq!(post(&pager.url(), &elsewhere).status, 202);
    assert_eq!(pager.service().dropped(), ["srv01/postgres", "srv01/mysql"]);
    assert_eq!(pager.service().open().len(), 1);
    assert_eq!(pager.refused().len(), 2, "no one sees what came of them");
}

#[test]
fn a_trigger_without_a_key_gets_one() {
    let pager = Receiver::start(PagerDuty::default());
    let reply = post(&pager.url(), &without("", "dedup_key")).json();
    let key = reply["dedup_key"].as_str().expect("a key");
    assert_eq!(post(&pager.url(), &resolve(key)).status, 202);
    assert!(pager.service().open().is_empty() && pager.service().dropped().is_empty());
}

#[test]
fn every_field_has_its_rule() {
    refused(&without("", "routing_key"), "'routing_key' is missing or blank");
    refused(&with("/routing_key", json!("short")), "should be 32 characters");
    refused(&with("/routing_key", json!("e93facc04764012d7bfb002500d5d1a-")), "non-alphanumeric");
    refused(&with("/event_action", json!("open")), "event_action");
    refused(&with("/dedup_key", json!("k".repeat(256))), "dedup_key");
    refused(&json!({"routing_key": PagerDuty::KEY, "event_action": "resolve"}), "dedup_key");
    refused(&without("", "payload"), "'payload'");
    for field in ["summary", "source", "severity"] {
        refused(&without("/payload", field), field);
    }
    refused(&with("/payload/summary", json!("s".repeat(1_025))), "1024");
    refused(&with("/payload/severity", json!("fatal")), "severity");
    refused(&with("/payload/timestamp", json!("yesterday")), "timestamp");
    refused(&with("/payload/component", json!(["mysql"])), "component");
    refused(&with("/payload/custom_details", json!("text")), "custom_details");
    refused(&with("/links", json!([{"text": "no address"}])), "links");
    refused(&with("/images/0/src", json!("http://example.com/a.png")), "HTTPS");
}

#[test]
fn the_longest_texts_are_accepted() {
    let pager = Receiver::start(PagerDuty::default());
    assert_eq!(post(&pager.url(), &with("/payload/summary", json!("s".repeat(1_024)))).status, 202);
    assert_eq!(post(&pager.url(), &with("/dedup_key", json!("k".repeat(255)))).status, 202);
    assert_eq!(post(&pager.url(), &with("/payload/timestamp", json!("2015-07-17T08:42:58Z"))).status, 202);
    let large = with("/payload/custom_details", json!({"log": "l".repeat(512 * 1024)}));
    assert_eq!(post(&pager.url(), &large).status, 413);
}

#[test]
fn what_is_no_event_is_refused() {
    let pager = Receiver::start(PagerDuty::default());
    let reply = send("POST", &pager.url(), &[("content-type", "application/json")], b"{").expect("an answer");
    assert_eq!((reply.status, reply.json()["status"].as_str()), (400, Some("Unrecognized object")));
    let unknown = with("/routing_key", json!("0".repeat(32)));
    assert_eq!(post(&pager.url(), &unknown).json()["errors"], json!(["Invalid routing key"]));
}

#[test]
fn a_limit_of_the_rate_does_not_say_when_to_come_again() {
    let pager = Receiver::start(PagerDuty::default());
    pager.fail_times(1, Failure::Busy(60));
    let reply = post(&pager.url(), &trigger());
    assert_eq!((reply.status, reply.header("retry-after")), (429, None));
    assert!(pager.accepted().is_empty());
}
