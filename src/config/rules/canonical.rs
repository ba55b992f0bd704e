//! One spelling for each monitor, so that equal monitors have equal specs.
//!
//! A field that was never written is not added, and one that was written with its default stays.

use serde_json::{Map, Value};

use crate::config::rules::resolver;
use crate::config::rules::web;
use crate::config::schema::applies::kind_of;
use crate::kinds::{KindName, Manner, manner};
use crate::monitor::Spec;
use crate::written::{canonical_duration, rewritten, spelled_set};

/// The spec of a valid document whose defaults are merged.
pub fn spec(mut fields: Map<String, Value>, group: &str) -> Spec {
    fields.shift_remove("id");
    // What it was called is no part of what it is.
    fields.shift_remove("moved_from");
    if !group.is_empty() {
        fields.insert("group".to_owned(), group.into());
    }
    Spec::new(canonical_fields(fields))
}

/// A stored spec in the spelling of this version.
pub fn respelled(spec: &Spec) -> Spec {
    Spec::new(canonical_fields(spec.fields().clone()))
}

/// Maps that are empty say nothing and go; a value that is taken whole may be an empty map and mean it.
fn canonical_fields(fields: Map<String, Value>) -> Map<String, Value> {
    let kind = kind_of(&fields);
    let canonical = fields.into_iter().map(|(key, value)| {
        let value = canonical_field(kind, &key, value);
        (key, value)
    });
    canonical
        .filter(|(key, value)| {
            manner(&[], key) == Manner::Whole || !value.as_object().is_some_and(Map::is_empty)
        })
        .collect()
}

fn canonical_field(kind: KindName, key: &str, value: Value) -> Value {
    match (key, value) {
        ("url", Value::String(text)) => web::canonical(&text).into(),
        ("resolver", Value::String(text)) => resolver::canonical(&text).into(),
        ("interval" | "timeout", value) => canonical_duration(value),
        ("retry", Value::Object(retry)) => Value::Object(rewritten(retry, |key, value| match key {
            "wait" => canonical_duration(value),
            "on" => spelled_set(value),
            _ => value,
        })),
        ("expect" | "warn", Value::Object(expect)) => Value::Object(expectations(kind, expect)),
        ("alert", Value::Object(alert)) => Value::Object(rewritten(alert, |key, value| match key {
            "remind" => canonical_duration(value),
            "to" => spelled_set(value),
            _ => value,
        })),
        ("tags" | "depends_on", value) => spelled_set(value),
        ("maintenance", value) => spelled_set(windows(value)),
        (_, value) => own(kind, key, value),
    }
}

fn expectations(kind: KindName, expect: Map<String, Value>) -> Map<String, Value> {
    rewritten(expect, |key, value| match (key, value) {
        ("latency" | "certificate", Value::Object(bounds)) => {
            Value::Object(rewritten(bounds, |_, value| canonical_duration(value)))
        }
        (_, value) => own(kind, &format!("expect.{key}"), value),
    })
}

/// The value of a field that the kind has of its own.
fn own(kind: KindName, name: &str, value: Value) -> Value {
    match kind.field(name) {
        Some(field) => (field.canonical)(value),
        None => value,
    }
}

fn windows(value: Value) -> Value {
    let Value::Array(windows) = value else { return value };
    let window = |window| match window {
        Value::Object(fields) => Value::Object(rewritten(fields, |key, value| match (key, value) {
            ("for", value) => canonical_duration(value),
            // Of 2026-12-01T02:00:00, the seconds say nothing.
            ("starts", Value::String(text)) if text.len() == 19 => {
                text.strip_suffix(":00").unwrap_or(&text).to_owned().into()
            }
            (_, value) => value,
        })),
        value => value,
    };
    Value::Array(windows.into_iter().map(window).collect())
}
