//! What people and programs are shown.

use serde_json::{Value, json};

use super::{Heading, Review, json as as_json, text};
use crate::config::{monitor_from_spec, respelled};
use crate::monitor::{MonitorId, Origin, Place, Spec, TopicArn};
use crate::plan::{
    CatalogSettings, Desired, Live, Overrides, Plan, Reading, Scope, Stored, Succession, Unread, plan,
    refusals,
};

fn spec(value: Value) -> Spec {
    let Value::Object(fields) = value else { unreachable!("the tests give objects") };
    Spec::new(fields)
}

fn stored(id: &str, owner: Option<&str>, value: Value) -> Stored {
    let spec = spec(value);
    Stored {
        id: MonitorId::parse(id).expect("valid"),
        fingerprint: Some(spec.fingerprint()),
        spec,
        owner: owner.map(str::to_owned),
        source: Some("monitors/auth.yaml:40".into()),
        commit: None,
        generation: None,
        synced_at: None,
        formerly: Vec::new(),
        retired_at: None,
    }
}

fn desired(id: &str, value: Value) -> Desired {
    let place = Place { file: "monitors/payments.yaml".into(), line: 14 };
    let (id, spec) = (MonitorId::parse(id).expect("valid"), spec(value));
    let monitor = monitor_from_spec(id.clone(), &spec, Origin::default()).expect("a monitor");
    Desired { id, spec, monitor, place, moved_from: None, inherited: std::collections::BTreeMap::new() }
}

fn planned(settings: &CatalogSettings, wanted: &[Desired], items: &[Stored], unread: &[Unread]) -> Plan {
    let meaning = |id: &MonitorId, spec: &Spec| monitor_from_spec(id.clone(), spec, Origin::default()).ok();
    let reading = Reading { meaning, spelling: respelled };
    plan("acme", settings, wanted, Live { items, head: None, unread, reading }, &Scope::default())
}

/// A plan in one of the forms, with every reason not to apply it.
fn shown<T>(plan: &Plan, form: impl FnOnce(&Review<'_>) -> T) -> T {
    let refusals = refusals(plan, &Overrides::default(), &Succession::Onwards);
    let heading = Heading {
        environment: Some("prod".into()),
        base: Some("main@1f3c9aa".into()),
        head: Some("8e02b71".into()),
    };
    form(&Review { plan, refusals: &refusals, heading: &heading, notes: &[], forecast: None, trials: None })
}

fn sample() -> Plan {
    let live = [
        stored("legacy-login", Some("acme"), json!({"url": "https://login.example.com"})),
        stored(
            "payments-api",
            Some("acme"),
            json!({
                "url": "https://pay.example.com", "interval": "1m", "expect": {"status": 200}, "team": "pay",
                "headers": {"authorization": "${env:OLD}"}, "body": "line one\nline two\n",
            }),
        ),
        stored("search", Some("other"), json!({"url": "https://s.example.com"})),
        stored("by-hand", None, json!({"url": "https://h.example.com"})),
    ];
    let wanted = [
        desired(
            "payments-api",
            json!({
                "url": "https://pay.example.com", "interval": "5m", "expect": {"status": "2xx"}, "tags": ["a\u{1b}[31m"],
                "headers": {"authorization": "${env:NEW}"}, "body": "line one\nline 2\n",
            }),
        ),
        desired(
            "checkout-eu",
            json!({"url": "https://c.example.com/health", "expect": {"latency": {"down": "5s"}}}),
        ),
        desired("search", json!({"url": "https://mine.example.com"})),
    ];
    let broken = Unread {
        key: "broken".into(),
        head_of: None,
        why: "item `broken` is malformed: `spec` is missing".into(),
        help: "put it right in the table",
    };
    let arn = TopicArn::parse("arn:aws:sns:eu-west-1:123456789012:oncall").expect("an ARN");
    let settings = CatalogSettings { topics: [("oncall".to_owned(), arn)].into() };
    planned(&settings, &wanted, &live, &[broken])
}

#[test]
fn people_see_what_goes_changes_and_comes() {
    let plan = sample();
    insta::assert_snapshot!(anstream::adapter::strip_str(&shown(&plan, text)).to_string());
}

#[test]
fn a_plan_that_is_refused_is_not_said_to_change_nothing() {
    let live = [stored("a", Some("other"), json!({"url": "https://a.example.com"}))];
    let wanted = [desired("a", json!({"url": "https://a.example.com"}))];
    let settings = CatalogSettings::default();
    let plan = planned(&settings, &wanted, &live, &[]);
    let text = shown(&plan, text);
    assert!(text.contains("refused:") && !text.contains("No changes"), "{text}");
}

#[test]
fn programs_get_before_and_after_with_the_place() {
    let plan = sample();
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown(&plan, as_json)).expect("JSON"));
}
