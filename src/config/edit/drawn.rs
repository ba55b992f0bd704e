//! Monitors and values as drawn, for the laws.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn one_of(values: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values).boxed()
}

/// Texts that try to be something else.
fn hostile() -> BoxedStrategy<Value> {
    let words = [
        "",
        " ",
        "~",
        "null",
        "yes",
        "0x1f",
        "1e3",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#c",
        "&a",
        "*a",
        "!!str x",
        "{a: 1}",
        "[",
        "'",
        "\"",
        "it's",
        "\\",
        "|",
        ">",
        "%YAML",
        "---",
        "...",
        "a\nb",
        "a\n",
        "\na",
        "a\n\nb\n\n",
        " a\n b",
        "a\n---\nid: x",
        "a\tb",
        "\t",
        "\r\n",
        "\u{1b}[2J",
        "\u{85}",
        "\u{2028}",
        "\u{202e}x",
        "\u{feff}x",
        "\u{0}",
        "\u{7f}",
        "é€😀",
        "\u{ffff}",
        "<<",
        "a # b\nc: d",
        "x\n  \ny",
        "x:",
        "? a",
        "@a",
        "`a`",
        "${",
        "=",
        "2026-12-01",
        "1:30",
        "_1",
    ];
    let words = prop::sample::select(words.to_vec()).prop_map(Value::from);
    prop_oneof![3 => words, 1 => any::<String>().prop_map(Value::from)].boxed()
}

/// One that may be sent, or looked for.
fn wanted() -> BoxedStrategy<Value> {
    let fits = |text: &Value| text.as_str().is_some_and(|text| !text.is_empty() && !text.contains("${"));
    hostile().prop_filter("a text that may be looked for", fits).boxed()
}

pub fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        hostile(),
        any::<i64>().prop_map(Value::from),
        Just(json!(null)),
        Just(json!(1.5)),
        Just(json!(true))
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = hostile().prop_map(|key| key.as_str().unwrap_or_default().to_owned());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
    .boxed()
}

fn map(fields: Vec<(&'static str, BoxedStrategy<Value>)>) -> BoxedStrategy<Value> {
    let fields: Vec<_> =
        fields.into_iter().map(|(key, value)| (Just(key), prop::option::weighted(0.4, value))).collect();
    let object = |fields: Vec<(&str, Option<Value>)>| {
        let fields = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(fields.filter(|(_, value)| *value != json!({}) && *value != json!([])).collect())
    };
    fields.prop_map(object).boxed()
}

fn subset(values: &[&'static str]) -> BoxedStrategy<Value> {
    prop::sample::subsequence(values.to_vec(), 0..=values.len()).prop_shuffle().prop_map(Value::from).boxed()
}

/// Fields of a monitor; some contradict each other.
pub fn fields() -> BoxedStrategy<Map<String, Value>> {
    let header = || {
        one_of(vec![
            json!("a"),
            json!("a: b # c"),
            json!("it's"),
            json!("[x]"),
            json!("\"q\""),
            json!("yes"),
            json!("${env:X}"),
        ])
    };
    let compared = || {
        prop_oneof![
            header(),
            Just(json!({"contains": "x"})),
            Just(json!({"exists": true, "not_contains": "y"}))
        ]
        .boxed()
    };
    let number = |from: i64, to: i64| (from..=to).prop_map(Value::from).boxed();
    let assertion = (prop::sample::select(vec!["$.a", "$.b", "$['c d']"]), anything())
        .prop_map(|(path, value)| json!({"path": path, "equals": value}))
        .boxed();
    let assertions = prop::collection::vec(assertion, 0..3).prop_map(Value::from).boxed();
    let statuses = one_of(vec![
        json!(200),
        json!("2xx"),
        json!([200, 204]),
        json!([200, "3xx"]),
        json!([204, 404, "3xx"]),
    ]);
    map(vec![
        ("name", one_of(vec![json!("A b"), json!("yes"), json!("x: y"), json!("1"), json!("é # x")])),
        (
            "url",
            one_of(vec![
                json!("https://a.example/"),
                json!("https://b.example/?a=b&c=%20#d"),
                json!("https://${env:HOST}/x"),
            ]),
        ),
        ("method", one_of(vec![json!("POST"), json!("PUT")])),
        (
            "headers",
            map(vec![
                ("accept", header()),
                ("x-one", header()),
                ("x-two", header()),
                ("authorization", Just(json!("Bearer ${env:T}")).boxed()),
            ]),
        ),
        ("body", wanted()),
        ("json", anything()),
        ("interval", one_of(vec![json!("1m"), json!("2m"), json!("1h")])),
        ("timeout", one_of(vec![json!("5s"), json!("10s")])),
        ("redirects", number(0, 3)),
        (
            "retry",
            map(vec![
                ("attempts", number(0, 2)),
                ("wait", one_of(vec![json!("1s"), json!("2s")])),
                (
                    "on",
                    subset(&["connect", "dns", "timeout", "tls"])
                        .prop_filter("one at least", |on| *on != json!([]))
                        .boxed(),
                ),
            ]),
        ),
        (
            "expect",
            map(vec![
                ("status", statuses),
                (
                    "latency",
                    map(vec![
                        ("degraded", one_of(vec![json!("1s"), json!("2s")])),
                        ("down", one_of(vec![json!("3s"), json!("4s")])),
                    ]),
                ),
                ("headers", map(vec![("content-type", compared()), ("x-one", header())])),
                (
                    "body",
                    map(vec![("contains", wanted()), ("not_contains", wanted()), ("equals", hostile())]),
                ),
                ("json", assertions),
            ]),
        ),
        (
            "alert",
            map(vec![
                ("failures", number(1, 3)),
                ("severity", one_of(vec![json!("info"), json!("warning")])),
            ]),
        ),
        ("depends_on", subset(&["auth", "db", "eu/cache"])),
        (
            "maintenance",
            one_of(vec![
                json!([{"for": "2h", "starts": "2026-12-01T02:00"}]),
                json!([
                    {"for": "1h", "reason": "patching: all", "repeats": "FREQ=DAILY", "starts": "2026-12-01T02:00"},
                    {"for": "30m", "starts": "2026-12-02T02:00", "timezone": "Europe/Berlin"},
                ]),
            ]),
        ),
        ("description", one_of(vec![json!("Takes payments. No one can pay without it."), json!("a: b\nc # d\n")])),
        ("ip", one_of(vec![json!("any"), json!(6), json!("both")])),
        ("resolver", one_of(vec![json!("10.0.0.2"), json!("[2001:db8::53]:5353")])),
        ("team", one_of(vec![json!("pay"), json!("shop")])),
        ("tags", subset(&["a", "b", "c d", "e"])),
        ("enabled", one_of(vec![json!(true), json!(false)])),
    ])
    .prop_map(|fields| fields.as_object().cloned().unwrap_or_default())
    .boxed()
}
