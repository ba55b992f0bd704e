//! One spelling for each value, so that equal monitors have equal specs.

use serde_json::{Map, Value};

use crate::value::{format_duration, parse_duration};

/// Comparisons: of several texts that must all be met the order means nothing, and one alone is no list.
pub fn canonical_comparisons(value: Value) -> Value {
    let Value::Object(mut comparisons) = value else { return value };
    for key in ["contains", "not_contains", "matches", "not_matches"] {
        let Some(texts) = comparisons.get_mut(key) else { continue };
        *texts = match spelled_set(texts.take()) {
            Value::Array(mut texts) if texts.len() == 1 => texts.remove(0),
            texts => texts,
        };
    }
    Value::Object(comparisons)
}

/// Every value rewritten; maps that are empty afterwards say nothing and go.
pub fn rewritten(
    fields: Map<String, Value>,
    mut rewrite: impl FnMut(&str, Value) -> Value,
) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(key, value)| {
            let value = rewrite(&key, value);
            (key, value)
        })
        .filter(|(_, value)| !value.as_object().is_some_and(Map::is_empty))
        .collect()
}

pub fn canonical_duration(value: Value) -> Value {
    match value.as_str().map(parse_duration) {
        Some(Ok(duration)) => format_duration(duration).into(),
        Some(Err(_)) | None => value,
    }
}

pub fn spelled_set(value: Value) -> Value {
    sorted(value, sorted_text)
}

/// A list whose order means nothing: sorted, without repeats.
pub fn sorted<K: Ord>(value: Value, key: impl Fn(&Value) -> K) -> Value {
    let Value::Array(mut items) = value else { return value };
    items.sort_by_cached_key(key);
    items.dedup();
    Value::Array(items)
}

/// The text of a value as a key to sort by: the same whatever the order of its own keys.
pub fn sorted_text(value: &Value) -> String {
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

pub fn lower_case_keys(fields: Map<String, Value>) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_ascii_lowercase(), value)).collect()
}
