//! One spelling for each monitor, so that equal monitors have equal specs.
//!
//! A field that was never written is not added, and one that was written with its default stays.

use serde_json::{Map, Value};

use super::text_forms::status_class;
use super::web;
use crate::assert::StatusClass;
use crate::monitor::{Spec, format_duration, parse_duration};

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

fn canonical_fields(fields: Map<String, Value>) -> Map<String, Value> {
    rewritten(fields, |key, value| match (key, value) {
        ("url", Value::String(text)) => web::canonical(&text).into(),
        ("method", Value::String(text)) => text.to_ascii_uppercase().into(),
        ("headers", Value::Object(headers)) => lower_case_keys(headers),
        ("interval" | "timeout", value) => duration(value),
        ("retry", Value::Object(retry)) => Value::Object(rewritten(retry, |key, value| match key {
            "wait" => duration(value),
            "on" => set(value),
            _ => value,
        })),
        ("expect" | "warn", Value::Object(expect)) => expectations(expect),
        ("alert", Value::Object(alert)) => Value::Object(rewritten(alert, |key, value| match key {
            "remind" => duration(value),
            _ => value,
        })),
        ("dialog", Value::Array(steps)) => steps.into_iter().map(step).collect(),
        ("tags" | "depends_on", value) => set(value),
        ("maintenance", value) => set(windows(value)),
        (_, value) => value,
    })
}

fn expectations(expect: Map<String, Value>) -> Value {
    Value::Object(rewritten(expect, |key, value| match (key, value) {
        ("status", value) => status(value),
        ("latency" | "certificate", Value::Object(bounds)) => {
            Value::Object(rewritten(bounds, |_, value| duration(value)))
        }
        ("headers", Value::Object(headers)) => {
            let headers = rewritten(headers, |_, value| match compared(value) {
                // `x: text` is short for `x: {equals: text}`; the short form is the canonical one.
                Value::Object(mut comparisons) if comparisons.len() == 1 => comparisons
                    .shift_remove("equals")
                    .filter(Value::is_string)
                    .unwrap_or(Value::Object(comparisons)),
                value => value,
            });
            lower_case_keys(headers)
        }
        ("body", value) => compared(value),
        ("json", Value::Array(assertions)) => {
            sorted(assertions.into_iter().map(compared).collect(), |assertion| {
                let path = assertion.get("path").and_then(Value::as_str).unwrap_or_default();
                (path.to_owned(), sorted_text(assertion))
            })
        }
        (_, value) => value,
    }))
}

/// Hexadecimal digits are the same in any case.
fn step(value: Value) -> Value {
    let Value::Object(mut fields) = value else { return value };
    for key in ["expect_bytes", "send_bytes"] {
        if let Some(Value::String(text)) = fields.get_mut(key) {
            text.make_ascii_lowercase();
        }
    }
    Value::Object(fields)
}

/// Comparisons: of several texts that must all be met the order means nothing, and one alone is no list.
fn compared(value: Value) -> Value {
    let Value::Object(mut comparisons) = value else { return value };
    for key in ["contains", "not_contains", "matches", "not_matches"] {
        let Some(texts) = comparisons.get_mut(key) else { continue };
        *texts = match set(texts.take()) {
            Value::Array(mut texts) if texts.len() == 1 => texts.remove(0),
            texts => texts,
        };
    }
    Value::Object(comparisons)
}

/// Every value rewritten; maps that are empty afterwards say nothing and go. The JSON of a request may be
/// an empty map and mean it.
fn rewritten(
    fields: Map<String, Value>,
    mut rewrite: impl FnMut(&str, Value) -> Value,
) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(key, value)| {
            let value = rewrite(&key, value);
            (key, value)
        })
        .filter(|(key, value)| key == "json" || !value.as_object().is_some_and(Map::is_empty))
        .collect()
}

fn windows(value: Value) -> Value {
    let Value::Array(windows) = value else { return value };
    let window = |window| match window {
        Value::Object(fields) => Value::Object(rewritten(fields, |key, value| match (key, value) {
            ("for", value) => duration(value),
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

fn duration(value: Value) -> Value {
    match value.as_str().map(parse_duration) {
        Some(Ok(duration)) => format_duration(duration).into(),
        Some(Err(_)) | None => value,
    }
}

/// Sorted, without repeats and without codes that a hundred in it holds already; one alone is no list. A code between
/// quotes is the number.
fn status(value: Value) -> Value {
    let items = match value {
        Value::Array(items) => items,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    };
    if items.iter().any(|item| status_class(item).is_err()) {
        return if items.len() == 1 { items.into_iter().next().unwrap_or_default() } else { items.into() };
    }
    let mut classes: Vec<StatusClass> = items.iter().filter_map(|item| status_class(item).ok()).collect();
    let hundreds = classes.clone();
    classes.retain(|class| match class {
        StatusClass::Code(code) => !hundreds
            .iter()
            .any(|other| matches!(other, StatusClass::Hundred(h) if u16::from(*h) == code / 100)),
        StatusClass::Hundred(_) => true,
    });
    classes.sort_by_key(|class| match class {
        StatusClass::Code(code) => *code,
        StatusClass::Hundred(hundred) => u16::from(*hundred) * 100,
    });
    classes.dedup();
    let mut values = classes.into_iter().map(|class| match class {
        StatusClass::Code(code) => Value::from(code),
        StatusClass::Hundred(hundred) => Value::from(format!("{hundred}xx")),
    });
    match (values.next(), values.next()) {
        (Some(one), None) => one,
        (first, second) => Value::Array(first.into_iter().chain(second).chain(values).collect()),
    }
}

fn set(value: Value) -> Value {
    sorted(value, sorted_text)
}

/// A list whose order means nothing: sorted, without repeats.
fn sorted<K: Ord>(value: Value, key: impl Fn(&Value) -> K) -> Value {
    let Value::Array(mut items) = value else { return value };
    items.sort_by_cached_key(key);
    items.dedup();
    Value::Array(items)
}

/// The text of a value as a key to sort by: the same whatever the order of its own keys.
fn sorted_text(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let mut parts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key}:{}", sorted_text(value))).collect();
            parts.sort();
            parts.join(",")
        }
        scalar => scalar.to_string(),
    }
}

fn lower_case_keys(fields: Map<String, Value>) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), value)).collect()
}
