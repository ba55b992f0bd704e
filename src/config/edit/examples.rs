//! Edits as people see them: a file, what is stored, the file afterwards.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::{DefinedVariables, Definitions, SourceFile, load};
use super::amend::Unfaithful;
use super::change::{Merged, meant};
use super::{Placeholder, Redactor, amend, document, inherited};
use crate::monitor::{MonitorId, Place, Spec};

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
}

fn spec(value: Value) -> Spec {
    let Value::Object(fields) = value else { unreachable!("the tests give objects") };
    Spec::new(fields)
}

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

fn amended(defaults: &str, text: &str, live: Value) -> Result<String, Unfaithful> {
    let files = [file("defaults.yaml", defaults), file("a.yaml", text)];
    let loaded = load(&files, Some(&BTreeMap::new()));
    assert_eq!(loaded.diagnostics, [], "{text}");
    let one = loaded.monitors.iter().find(|one| one.monitor.id.as_str() == "a").expect("a monitor");
    amend(
        &files,
        Definitions { channels: Some(&BTreeMap::new()), variables: Some(&DefinedVariables::default()) },
        &id("a"),
        &one.place,
        &spec(live),
    )
    .map(|amended| amended.text)
}

/// `text` without the margin that it has here.
fn check(defaults: &str, before: &str, live: Value, after: &str) {
    assert_eq!(amended(defaults, before, live).as_deref(), Ok(after));
}

#[test]
fn a_value_changes_and_everything_around_it_stays() {
    check(
        "",
        "# top\nid: a\n\nurl:   'https://a.example/'   # where\ntimeout: \"5s\" # why\ntags: [x]\n",
        json!({"url": "https://b.example/", "timeout": "10s", "tags": ["x"]}),
        "# top\nid: a\n\nurl:   'https://b.example/'   # where\ntimeout: \"10s\" # why\ntags: [x]\n",
    );
}

#[test]
fn only_the_document_of_the_monitor_changes() {
    check(
        "",
        "id: b\nurl: https://b.example/\ntimeout: 5s\n--- # second\nid: a\nurl: https://a.example/\ntimeout: 5s\n...\n---\nid: c\nurl: https://c.example/\n",
        json!({"url": "https://a.example/", "timeout": "6s"}),
        "id: b\nurl: https://b.example/\ntimeout: 5s\n--- # second\nid: a\nurl: https://a.example/\ntimeout: 6s\n...\n---\nid: c\nurl: https://c.example/\n",
    );
}

#[test]
fn a_new_field_stands_where_people_look_for_it() {
    check(
        "",
        "id: a\nurl: https://a.example/\nalert: { failures: 2 } # two\nteam: x\n",
        json!({"url": "https://a.example/", "team": "x", "alert": {"failures": 2, "severity": "info"}, "timeout": "5s", "expect": {"latency": {"down": "3s"}}}),
        "id: a\nurl: https://a.example/\ntimeout: 5s\nexpect:\n  latency:\n    down: 3s\nalert: { failures: 2, severity: info } # two\nteam: x\n",
    );
}

#[test]
fn what_the_defaults_say_is_overridden_in_the_monitor_alone() {
    check(
        "timeout: 5s\nheaders: { accept: a, x-one: b }\nteam: x\n",
        "id: a\nurl: https://a.example/\n",
        json!({"url": "https://a.example/", "timeout": "6s", "headers": {"accept": "a"}}),
        "id: a\nurl: https://a.example/\nheaders:\n  x-one: null\ntimeout: 6s\nteam: null\n",
    );
}

#[test]
fn a_field_that_goes_takes_its_lines_and_leaves_its_comments() {
    check(
        "",
        "id: a\nurl: https://a.example/\n# how long\ntimeout: 5s # measured\nexpect:\n  # deep\n  latency:\n    down: 3s\nteam: x",
        json!({"url": "https://a.example/", "team": "x"}),
        "id: a\nurl: https://a.example/\n# how long\n# measured\n# deep\nteam: x",
    );
}

#[test]
fn a_set_keeps_the_lines_of_what_stays_in_it() {
    check(
        "",
        "id: a\nurl: https://a.example/\ntags:\n  - old # gone soon\n  - web   # the site\n  - eu\n",
        json!({"url": "https://a.example/", "tags": ["eu", "shop", "web"]}),
        "id: a\nurl: https://a.example/\ntags:\n  # gone soon\n  - web   # the site\n  - eu\n  - shop\n",
    );
}

#[test]
fn an_assertion_about_the_same_path_is_changed_inside() {
    check(
        "",
        "id: a\nurl: https://a.example/\nexpect:\n  json:\n    # health\n    - path: $.a\n      equals: up # must\n    - { path: $.b, exists: true }\n",
        json!({"url": "https://a.example/", "expect": {"json": [{"path": "$.a", "equals": "ok"}, {"path": "$.b", "exists": false}]}}),
        "id: a\nurl: https://a.example/\nexpect:\n  json:\n    # health\n    - path: $.a\n      equals: ok # must\n    - { path: $.b, exists: false }\n",
    );
}

#[test]
fn an_alias_gives_way_where_it_stands_and_its_anchor_stays() {
    check(
        "",
        "id: a\nurl: https://a.example/\nheaders: &h { x-one: a }\nexpect:\n  headers: *h\n  latency: { degraded: &t 1s, down: 2s }\nretry: { wait: *t }\n",
        json!({"url": "https://a.example/", "headers": {"x-one": "a"}, "expect": {"headers": {"x-one": "b"}, "latency": {"degraded": "1s", "down": "2s"}}, "retry": {"wait": "3s"}}),
        "id: a\nurl: https://a.example/\nheaders: &h { x-one: a }\nexpect:\n  headers: { <<: *h, x-one: b }\n  latency: { degraded: &t 1s, down: 2s }\nretry: { wait: 3s }\n",
    );
    // The anchor itself changes, and what stood for it says what it said.
    check(
        "",
        "id: a\nurl: https://a.example/\nexpect:\n  latency: { degraded: &t 1s, down: 4s }\nretry: { wait: *t }\n",
        json!({"url": "https://a.example/", "expect": {"latency": {"degraded": "2s", "down": "4s"}}, "retry": {"wait": "1s"}}),
        "id: a\nurl: https://a.example/\nexpect:\n  latency: { degraded: &t 2s, down: 4s }\nretry: { wait: 1s }\n",
    );
}

#[test]
fn a_text_of_several_lines_stays_one() {
    check(
        "",
        "id: a\nurl: https://a.example/\nmethod: POST\nbody: | # sent\n  one\n  two\n\nteam: x\n",
        json!({"url": "https://a.example/", "method": "POST", "body": "one\n2\n", "team": "x"}),
        "id: a\nurl: https://a.example/\nmethod: POST\n# sent\nbody: |\n  one\n  2\n\nteam: x\n",
    );
}

#[test]
fn what_cannot_be_written_back_is_refused_with_place_and_reason() {
    let refused =
        |live: Value| amended("", "# x\nid: a\nurl: https://a.example/\n", live).expect_err("refused");
    let place = Place { file: "a.yaml".into(), line: 2 };
    let moved = refused(json!({"url": "https://a.example/", "group": "eu"}));
    assert_eq!(moved.place, place);
    assert!(moved.reason.contains("a group is the folder of the file"), "{}", moved.reason);
    let invalid = refused(json!({"url": "https://a.example/", "timeout": "9m\u{1b}"}));
    assert!(invalid.reason.starts_with("the stored item is invalid"), "{}", invalid.reason);
    assert!(!invalid.reason.contains('\u{1b}'), "{}", invalid.reason);
}

#[test]
fn a_new_document_reads_as_one_that_people_wrote() {
    let live = spec(json!({
        "alert": {"severity": "info", "failures": 3}, "url": "https://a.example/health?x=1", "name": "Yes", "tags": ["a", "b"], "method": "POST",
        "expect": {"json": [{"equals": "up", "path": "$.status"}], "status": [200, "3xx"], "body": {"matches": "^\\{"}},
        "headers": {"authorization": "Bearer ${env:T}", "accept": "text/plain"}, "body": "a\nb\n", "timeout": "5s", "group": "eu",
    }));
    let defaults = [file("defaults.yaml", "team: x\nalert: { to: [default] }\n")];
    insta::assert_snapshot!(document(&id("a"), &live, inherited(&defaults, "eu/a.yaml", &DefinedVariables::default()).as_ref()), @r#"
    id: a
    name: "Yes"
    url: https://a.example/health?x=1
    method: POST
    headers:
      accept: text/plain
      authorization: "Bearer ${env:T}"
    body: |
      a
      b
    timeout: 5s
    expect:
      status: [200, 3xx]
      body:
        matches: '^\{'
      json:
        - path: $.status
          equals: up
    alert:
      failures: 3
      severity: info
      to: null
    team: null
    tags: [a, b]
    "#);
}

#[test]
fn what_each_side_edited_is_distinguished_by_what_was_stored() {
    let base = spec(
        json!({"url": "https://a.example/", "timeout": "5s", "team": "x", "expect": {"latency": {"down": "3s"}}}),
    );
    let file = spec(
        json!({"url": "https://a.example/", "timeout": "5s", "team": "y", "expect": {"latency": {"down": "3s"}}}),
    );
    let live = spec(json!({"url": "https://a.example/", "timeout": "9s", "team": "x"}));
    let both = spec(json!({"url": "https://a.example/", "timeout": "9s", "team": "y"}));
    let fingerprint = base.fingerprint();
    assert!(meant(&file, &live, Some(&fingerprint)) == Merged::Both(both));
    assert!(meant(&base, &live, Some(&fingerprint)) == Merged::Live(live.clone()));
    assert!(meant(&file, &live, None) == Merged::Live(live.clone()));
    // The file removed what was edited live: which one is meant is unknown.
    let same_field = spec(json!({"url": "https://a.example/", "timeout": "7s", "team": "x"}));
    assert!(meant(&same_field, &live, Some(&fingerprint)) == Merged::Conflict);
}

// P10: no secret in a file, a log, a plan.
#[test]
fn a_literal_credential_gives_way_to_a_reference() {
    let token = format!("ghp_{}", "x1".repeat(18));
    let live = spec(json!({
        "url": "https://u:hunter22@a.example/?page=2&token=hunter2hunter2#x",
        "headers": {"authorization": "Bearer hunter2", "x-api-key": 12_345_678, "x-other": format!("t {token}"), "accept": "x"},
        "json": {"a": [token]},
        "cookie": "harmless",
    }));
    let (spec, redacted) = Redactor::default().redact(&id("9pay.api"), &live, None);
    let text = serde_json::to_string(spec.fields()).expect("JSON");
    assert!(!text.contains("hunter2") && !text.contains("ghp_") && !text.contains("12345678"), "{text}");
    assert_eq!(
        spec.fields()["url"],
        "https://u:${env:SECRET_9PAY_API_URL_PASSWORD}@a.example/?page=2&token=${env:SECRET_9PAY_API_URL_TOKEN}#x"
    );
    assert_eq!(spec.fields()["headers"]["authorization"], "${env:SECRET_9PAY_API_AUTHORIZATION}");
    assert_eq!(spec.fields()["headers"]["x-other"], "t ${env:SECRET_9PAY_API_X_OTHER_TOKEN}");
    let fields: Vec<_> = redacted.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "headers.x-api-key",
            "headers.authorization",
            "headers.x-other.token",
            "json.a[0].token",
            "url.password",
            "url.token"
        ]
    );
}

#[test]
fn the_reference_of_a_file_stays_where_the_table_holds_the_credential_itself() {
    let file = spec(json!({"url": "https://a.example/", "headers": {"authorization": "Bearer ${env:T}"}}));
    let live = spec(json!({"url": "https://b.example/", "headers": {"authorization": "Bearer hunter2"}}));
    let (kept, redacted) = Redactor::default().redact(&id("a"), &live, Some(&file));
    assert_eq!(kept.fields()["headers"], file.fields()["headers"]);
    assert_eq!(redacted.first().map(|one| &one.placeholder), Some(&Placeholder::File));
}

#[test]
fn a_variable_is_named_once_in_a_run() {
    let live = spec(json!({"url": "https://a.example/", "headers": {"authorization": "x"}}));
    let mut redactor = Redactor::default();
    let names: Vec<_> = ["a-b", "a.b", "akia-is-how-a-key-begins"]
        .iter()
        .map(|text| redactor.redact(&id(text), &live, None).0.fields()["headers"]["authorization"].clone())
        .collect();
    assert_eq!(names[0], "${env:A_B_AUTHORIZATION}");
    assert_eq!(names[1], "${env:A_B_AUTHORIZATION_2}");
}
