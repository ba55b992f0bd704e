//! What holds for every input: nothing panics, a spec is the monitor, and order means nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::config::Code;
use crate::config::SourceFile;
use crate::config::load::Loaded;
use crate::config::monitor_from_spec;
use crate::config::rules::canonical;
use crate::config::settings;
use crate::monitor::{ChannelName, Monitor, MonitorId, Origin, Spec};

fn file(path: &str, folder: &str, text: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile { path: path.to_owned(), group: folder.to_owned(), bytes: text.into() }
}

/// Without channels that monitors could name.
fn load(files: &[SourceFile]) -> Loaded {
    crate::config::load(files, Some(&BTreeMap::new()))
}

fn monitor(text: &str) -> (Monitor, Spec) {
    let loaded = load(&[file("m.yaml", "", text)]);
    assert_eq!(loaded.diagnostics, [], "{text}");
    let one = loaded.monitors.into_iter().next().expect("a monitor");
    (one.monitor, one.spec)
}

const FULL: &str = r#"
id: payments-api
name: Payments API
url: HTTPS_URL
method: POST
headers: { Accept: application/json, authorization: "Bearer ${ssm:/prod/token}" }
json: { b: 1, a: [null, {}] }
interval: 120s
timeout: 10000ms
redirects: 0
retry: { attempts: 2, wait: 1s, on: [timeout, dns] }
expect:
  status: [3xx, 204, 200, 301]
  latency: { degraded: 800ms, down: 5s }
  headers: { Content-Type: { contains: json }, x: y, z: { equals: w } }
  body: { contains: ok, matches: '^\{' }
  json: [ { path: $.b, equals: null }, { path: $.a, greater_than: 3 } ]
alert: { failures: 2, successes: 1, remind: 240m, severity: critical, to: [default] }
team: payments
tags: [b, a]
runbook: https://wiki.example.com/payments
enabled: true
"#;

fn full() -> String {
    FULL.replace("HTTPS_URL", "https://Payments.example.com:443/health")
}

#[test]
fn a_channel_has_a_name_that_the_settings_know() {
    let channels = [("oncall".to_owned(), Map::new())].into();
    let check = |channel: &str, known, expected: Option<&str>| {
        let text = format!("id: a\nurl: https://a.example\nalert: {{to: ['{channel}']}}");
        let found = crate::config::load(&[file("a.yaml", "", text)], known).diagnostics;
        let helps: Vec<_> = found.iter().map(|d| (d.code, d.span.line, d.help.as_deref())).collect();
        let expected = expected.map(|help| (Code::UnknownChannel, 3, Some(help)));
        assert_eq!(helps, expected.into_iter().collect::<Vec<_>>(), "{channel}");
    };
    check("oncall", Some(&channels), None);
    check("default", Some(&channels), None);
    check("on-call", Some(&channels), Some("did you mean `oncall`?"));
    check("shop", Some(&channels), Some("define it under `channels:` in monitorctl.yaml"));
    // Nothing is said about names while the settings are faulty.
    check("shop", None, None);
}

// A fault in the defaults of a folder is reported once, where it stands.
#[test]
fn an_unknown_channel_of_a_folder_is_reported_once() {
    let files = [
        file("defaults.yaml", "", "alert: {to: [nowhere]}"),
        file("a.yaml", "", "id: a\nurl: https://a.example"),
        file("b.yaml", "", "id: b\nurl: https://b.example"),
    ];
    let found = load(&files).diagnostics;
    assert_eq!(
        found.iter().map(|d| (d.code, d.file.as_str())).collect::<Vec<_>>(),
        [(Code::UnknownChannel, "defaults.yaml")]
    );
}

// Trap 23: defaults that the other side fills in are a difference in each plan. What is implied is not stored.
#[test]
fn the_canonical_spec_is_what_was_written_in_one_spelling() {
    let (_, spec) = monitor(&full());
    assert_eq!(
        Value::Object(spec.fields().clone()),
        json!({
            "alert": {"failures": 2, "remind": "4h", "severity": "critical", "successes": 1, "to": ["default"]},
            "enabled": true,
            "expect": {
                "body": {"contains": "ok", "matches": "^\\{"},
                "headers": {"content-type": {"contains": "json"}, "x": "y", "z": "w"},
                "json": [{"greater_than": 3, "path": "$.a"}, {"equals": null, "path": "$.b"}],
                "latency": {"degraded": "800ms", "down": "5s"},
                "status": [200, 204, "3xx"]
            },
            "headers": {"accept": "application/json", "authorization": "Bearer ${ssm:/prod/token}"},
            "interval": "2m",
            "json": {"a": [null, {}], "b": 1},
            "method": "POST",
            "name": "Payments API",
            "redirects": 0,
            "retry": {"attempts": 2, "on": ["dns", "timeout"], "wait": "1s"},
            "runbook": "https://wiki.example.com/payments",
            "tags": ["a", "b"],
            "team": "payments",
            "timeout": "10s",
            "url": "https://payments.example.com/health"
        })
    );
}

#[test]
fn a_canonical_spec_is_its_own_canonical_spec() {
    let (_, spec) = monitor(&full());
    assert_eq!(canonical::spec(spec.fields().clone(), ""), spec);
}

#[test]
fn the_spec_of_a_document_is_the_same_monitor() {
    let (monitor, spec) = monitor(&full());
    assert_eq!(monitor_from_spec(monitor.id.clone(), &spec, monitor.origin.clone()), Ok(monitor));
}

// Trap 23: an order that means nothing makes a difference that is none.
#[test]
fn the_order_of_keys_and_of_sets_does_not_matter() {
    let reversed = full()
        .replace("[3xx, 204, 200, 301]", "[200, 301, 204, 3xx]")
        .replace("[b, a]", "[a, b]")
        .replace("[timeout, dns]", "[dns, timeout]")
        .replace(
            "[ { path: $.b, equals: null }, { path: $.a, greater_than: 3 } ]",
            "[ { greater_than: 3, path: $.a }, { path: $.b, equals: null } ]",
        )
        .replace("name: Payments API\n", "")
        + "name: Payments API\n";
    assert_eq!(monitor(&full()).1.fingerprint(), monitor(&reversed).1.fingerprint());
}

/// An item put in by hand with just a URL is a monitor.
#[test]
fn a_stored_item_with_only_a_url_is_a_monitor_with_every_default() {
    let fields = Map::from_iter([("url".to_owned(), json!("https://example.com/"))]);
    let id = MonitorId::parse("by-hand").expect("an id");
    let monitor = monitor_from_spec(id, &Spec::new(fields), Origin::default()).expect("a monitor");
    let schema = &crate::config::schema::compiled(crate::config::FileKind::Monitor).schema["properties"];
    let implied = |pointer: &str| schema.pointer(&format!("{pointer}/default")).cloned().expect(pointer);
    let duration = |duration| json!(crate::monitor::format_duration(duration));
    assert_eq!(implied("/method"), json!(monitor.ask.method()));
    assert_eq!(implied("/interval"), duration(monitor.interval));
    assert_eq!(implied("/timeout"), duration(monitor.timeout));
    assert_eq!(implied("/redirects"), json!(crate::kinds::http::DEFAULT_REDIRECTS));
    assert_eq!(implied("/retry/properties/attempts"), json!(monitor.retry.attempts));
    assert_eq!(implied("/retry/properties/wait"), duration(monitor.retry.wait));
    assert_eq!(implied("/retry/properties/on"), json!(["dns", "connect", "tls", "timeout"]));
    assert_eq!(monitor.retry, crate::monitor::Retry::default());
    let codes = monitor.expect.assertions.iter().flat_map(crate::assert::Assertion::codes);
    assert_eq!(
        implied("/expect/properties/status"),
        json!(codes.map(ToString::to_string).collect::<String>())
    );
    assert_eq!(implied("/alert/properties/failures"), json!(monitor.alert.failures));
    assert_eq!(implied("/alert/properties/successes"), json!(monitor.alert.successes));
    assert_eq!(implied("/alert/properties/severity"), json!(monitor.alert.severity.to_string()));
    assert_eq!(
        implied("/alert/properties/to"),
        json!(monitor.alert.to.iter().map(ChannelName::as_str).collect::<Vec<_>>())
    );
    assert_eq!(implied("/enabled"), json!(monitor.enabled));
}

#[test]
fn a_stored_item_from_a_newer_version_is_refused_with_the_name_of_the_field() {
    let fields = Map::from_iter([("url".to_owned(), json!("https://a")), ("quantum".to_owned(), json!(1))]);
    let id = MonitorId::parse("a").expect("an id");
    let messages = monitor_from_spec(id, &Spec::new(fields), Origin::default()).expect_err("unknown field");
    assert!(messages.iter().any(|message| message.contains("quantum")), "{messages:?}");
}

#[test]
fn defaults_merge_from_the_root_down_and_null_unsets() {
    let files = [
        file("m/defaults.yaml", "", "headers: {Accept: a, x: y}\ntags: [one]\nrunbook: https://r\nteam: t\n"),
        file("m/eu/defaults.yaml", "eu", "headers: {accept: b}\nteam: null\n"),
        file("m/eu/w/a.yaml", "eu/w", "id: a\nurl: https://a\nheaders: {X: null}\ntags: [two]\nrunbook:\n"),
    ];
    let loaded = load(&files);
    assert_eq!(loaded.diagnostics, []);
    assert_eq!(
        Value::Object(loaded.monitors[0].spec.fields().clone()),
        json!({"group": "eu/w", "headers": {"accept": "b"}, "tags": ["two"], "url": "https://a/"})
    );
    assert_eq!(loaded.monitors[0].place.to_string(), "m/eu/w/a.yaml:1");
}

#[test]
fn the_json_of_a_request_is_replaced_as_a_whole() {
    let files = [
        file("defaults.yaml", "", "method: POST\njson: {a: 1, b: null}\n"),
        file("a.yaml", "", "id: a\nurl: https://a\njson: {c: null}\n---\nid: b\nurl: https://b\n"),
    ];
    let loaded = load(&files);
    let json = |i: usize| loaded.monitors[i].spec.fields()["json"].clone();
    assert_eq!((json(0), json(1)), (json!({"c": null}), json!({"a": 1, "b": null})));
}

#[test]
fn a_fault_in_an_inherited_value_points_into_defaults_and_is_reported_once() {
    let files = [
        file("defaults.yaml", "", "expect:\n  body: { matches: '(' }\n"),
        file("a.yaml", "", "id: a\nurl: https://a\n---\nid: b\nurl: https://b\n"),
    ];
    let loaded = load(&files);
    let found: Vec<_> =
        loaded.diagnostics.iter().map(|d| (d.code, d.file.as_str(), d.span.line, d.span.column)).collect();
    assert_eq!(found, [(Code::InvalidPattern, "defaults.yaml", 2, 20)]);
    assert_eq!(loaded.monitors, []);
}

#[test]
fn no_monitor_is_made_of_a_literal_credential() {
    let files = [
        file("defaults.yaml", "", "headers: {x-api-key: abc}\n"),
        file("a.yaml", "", "id: a\nurl: https://a\n---\nid: b\nurl: https://b\nheaders: {X-Api-Key: null}\n"),
    ];
    let loaded = load(&files);
    let ids: Vec<_> = loaded.monitors.iter().map(|m| m.monitor.id.as_str()).collect();
    assert_eq!((ids.as_slice(), loaded.diagnostics.len()), (["b"].as_slice(), 1));
}

#[test]
fn places_are_exact_with_a_byte_order_mark_and_wide_characters() {
    let text = "\u{feff}id: a\nurl: https://a\nname: 'é€'\nbogus: 1\n";
    let loaded = load(&[file("a.yaml", "", text)]);
    let span = loaded.diagnostics[0].span;
    assert_eq!((span.line, span.column, span.end_line, span.end_column), (4, 1, 4, 6));
    assert_eq!(&text[span.offset..span.offset + span.length], "bogus");

    let text = "\u{feff}Id: a\nurl: https://a\nid: { é€: 1, x: 2 }\n";
    let loaded = load(&[file("a.yaml", "", text)]);
    let spans: Vec<_> = loaded.diagnostics.iter().map(|d| (d.span.line, d.span.column)).collect();
    assert_eq!(spans, [(1, 1), (3, 5)]);
}

#[test]
fn aliases_and_merge_keys_are_followed() {
    let text = "id: a\nurl: https://a\nheaders: &h { x: y }\nexpect:\n  headers: { <<: *h, z: w }\n";
    let (_, spec) = monitor(text);
    assert_eq!(spec.fields()["expect"], json!({"headers": {"x": "y", "z": "w"}}));
}

#[test]
fn an_alias_bomb_is_a_diagnostic() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let list = vec![format!("*a{}", i - 1); 10].join(", ");
        text = format!("{text}a{i}: &a{i} [{list}]\n");
    }
    let loaded = load(&[file("a.yaml", "", text)]);
    assert!(loaded.diagnostics.iter().any(|d| d.code == Code::TooLarge));
}

#[test]
fn deep_nesting_is_a_diagnostic() {
    for text in ["[".repeat(100_000), "a: ".repeat(50_000), "- ".repeat(50_000), "{a: ".repeat(10_000)] {
        assert!(load(&[file("a.yaml", "", text)]).is_invalid());
    }
}

#[test]
fn a_broken_document_hides_neither_its_neighbours_nor_other_files() {
    let files = [
        file("a.yaml", "", "id: a\nurl: https://a\n---\nname: [\n---\nid: c\nurl: https://c\n"),
        file("b.yaml", "", "id: b\nurl: https://b\n"),
    ];
    let loaded = load(&files);
    let ids: Vec<_> = loaded.monitors.iter().map(|m| m.monitor.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn a_tab_is_pointed_at_where_it_indents() {
    for (text, place) in [
        ("id: a\nurl: https://a\n\tx: 1\n", (3, 1)),
        ("id: a\nexpect:\n\tstatus: 200\nurl: https://a\n", (3, 1)),
        ("id: a\n\turl: https://a\n", (2, 1)),
    ] {
        let diagnostics = load(&[file("a.yaml", "", text)]).diagnostics;
        let tab = diagnostics.iter().find(|d| d.code == Code::YamlSyntax).expect(text);
        assert_eq!((tab.span.line, tab.span.column), place, "{text:?}");
        assert!(tab.help.as_ref().is_some_and(|help| help.contains("never with tabs")), "{text:?}");
    }
}

#[test]
fn an_id_used_twice_shows_both_places_across_files() {
    let files =
        [file("a.yaml", "", "id: a\nurl: https://a\n"), file("b.yaml", "", "url: https://b\nid: a\n")];
    let diagnostics = load(&files).diagnostics;
    let [one] = diagnostics.as_slice() else { panic!("{diagnostics:#?}") };
    assert_eq!((one.code, one.file.as_str(), one.span.line), (Code::DuplicateId, "b.yaml", 2));
    assert_eq!((one.related[0].file.as_str(), one.related[0].span.column), ("a.yaml", 5));
}

/// Words and punctuation of monitor files in any order: most of it nonsense that still parses.
fn yaml_ish() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "id: a",
        "id: [",
        "url: https://a",
        "url: ${env:X}",
        "expect:",
        "  status: 200",
        "  json:",
        "    - path: $.a",
        "      equals: null",
        "---",
        "...",
        "&x",
        "*x",
        "<<: *x",
        "? a",
        ": b",
        "- ",
        "{",
        "}",
        "[",
        "]",
        "!!int x",
        "!foo",
        "|",
        ">",
        "\t",
        "#",
        "'",
        "\"",
        "headers: {a: b, A: c}",
        "retry: {on: [dns, dns]}",
        "alert: null",
        "%YAML 1.2",
        "é",
        "interval: 5",
        "timeout: 99s",
        "body: x",
        "json: {a: 1}",
        "tags: [a, 1, null]",
        ".inf",
        "0x",
        "\u{feff}",
        "\r",
    ]);
    let glue = prop::sample::select(vec!["\n", " ", "\n  ", "", ": ", ", "]);
    prop::collection::vec((words, glue), 0..24)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, glue)| [word, glue]).collect())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let loaded = load(&[file("a.yaml", "", bytes.clone()), file("defaults.yaml", "", bytes.clone())]);
        settings(&file("monitorctl.yaml", "", bytes));
        for diagnostic in loaded.diagnostics {
            prop_assert!(diagnostic.span.line >= 1 && diagnostic.span.column >= 1);
        }
    }

    #[test]
    fn yaml_like_text_never_panics_and_spans_lie_in_it(text in yaml_ish(), defaults in yaml_ish()) {
        let loaded = load(&[file("a.yaml", "", text.clone()), file("defaults.yaml", "", defaults.clone())]);
        for diagnostic in &loaded.diagnostics {
            let text = if diagnostic.file == "a.yaml" { &text } else { &defaults };
            let span = diagnostic.span;
            prop_assert!(text.get(span.offset..span.offset + span.length).is_some(), "{diagnostic:?}");
        }
        for loaded in loaded.monitors {
            let again = canonical::spec(loaded.spec.fields().clone(), "");
            prop_assert_eq!(&again, &loaded.spec);
            prop_assert_eq!(monitor_from_spec(loaded.monitor.id.clone(), &again, loaded.monitor.origin.clone()), Ok(loaded.monitor));
        }
    }
}
