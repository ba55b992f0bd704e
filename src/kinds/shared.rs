//! The fields that all kinds of checks share, each once. Their rules are in `config`. Pure.

use serde_json::Value;

use super::field::FieldTexts::{Plain, Url};
use super::{Field, KindName};
use crate::written::{canonical_duration, canonical_resolver, host_name, rewritten, spelled_set};

/// In no order that means anything.
pub const SHARED: &[Field] = &[
    Field::new("id").texts(Plain),
    Field::new("name").cosmetic().texts(Plain),
    Field::new("description").cosmetic().texts(Plain),
    Field::new("url").texts(Url).references(&[""]).canonical(url),
    Field::new("ip").texts(Plain),
    Field::new("resolver").texts(Plain).canonical(canonical_resolver),
    Field::new("interval").cosmetic().canonical(canonical_duration),
    Field::new("timeout").canonical(canonical_duration),
    Field::new("retry").canonical(retry),
    Field::new("tls").references(&[".ca", ".client_certificate", ".client_key"]).canonical(tls),
    // What is expected is known to the clients of an endpoint.
    Field::new("expect").texts(Plain),
    Field::new("alert").canonical(alert),
    Field::new("depends_on").cosmetic().texts(Plain).canonical(spelled_set).set(),
    Field::new("maintenance").cosmetic().texts(Plain).canonical(maintenance).set(),
    Field::new("team").cosmetic().texts(Plain),
    Field::new("tags").cosmetic().texts(Plain).canonical(spelled_set).set(),
    Field::new("runbook").cosmetic().texts(Url),
    Field::new("protect").cosmetic(),
    Field::new("moved_from"),
    Field::new("enabled"),
    Field::new("group"),
    Field::new("expect.latency").canonical(durations),
    Field::new("expect.certificate").canonical(durations),
];

/// One of no kind alone; `None` for any other field.
pub fn shared_field(name: &str) -> Option<&'static Field> {
    SHARED.iter().find(|field| field.name == name)
}

/// One with secrets, or none at all, stays as it is.
fn url(value: Value) -> Value {
    let Some(text) = value.as_str().filter(|text| !text.contains("${")) else { return value };
    (KindName::of_url(text).url_form().canonical)(text).map_or(value, Value::String)
}

fn tls(value: Value) -> Value {
    within(value, |key, value| match key {
        "server_name" => value.as_str().and_then(host_name).map_or(value, Value::String),
        _ => value,
    })
}

fn retry(value: Value) -> Value {
    within(value, |key, value| match key {
        "wait" => canonical_duration(value),
        "on" => spelled_set(value),
        _ => value,
    })
}

fn alert(value: Value) -> Value {
    within(value, |key, value| match key {
        "remind" => canonical_duration(value),
        "to" => spelled_set(value),
        _ => value,
    })
}

fn durations(value: Value) -> Value {
    within(value, |_, value| canonical_duration(value))
}

fn maintenance(value: Value) -> Value {
    let Value::Array(windows) = value else { return value };
    let window = |window| {
        within(window, |key, value| match (key, value) {
            ("for", value) => canonical_duration(value),
            // Of 2026-12-01T02:00:00, the seconds say nothing.
            ("starts", Value::String(text)) if text.len() == 19 => {
                text.strip_suffix(":00").unwrap_or(&text).to_owned().into()
            }
            (_, value) => value,
        })
    };
    spelled_set(windows.into_iter().map(window).collect())
}

fn within(value: Value, canonical: impl FnMut(&str, Value) -> Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(rewritten(fields, canonical)),
        value => value,
    }
}
