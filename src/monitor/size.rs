//! What a value takes in a table. Pure.

use serde_json::Value;

/// Containers that DynamoDB takes inside each other, the attribute itself counted.
const MOST_LEVELS: usize = 31;

/// Levels of a monitor's fields. The record of a sync, which holds what a monitor was before, adds four around them: its
/// items, the item, what was before, and the monitor.
pub const MOST_NESTED: usize = MOST_LEVELS - 4;

/// Bytes that a monitor may take. DynamoDB takes 409,600 for an item; beside a monitor, the record of a sync holds
/// settings twice, and words of its own.
pub const MOST_BYTES: usize = 320_000;

/// Bytes of a value as DynamoDB counts them for the size of an item; never less. Numbers are counted by their digits,
/// where DynamoDB packs two into a byte.
pub fn stored_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 1,
        Value::Number(number) => number.as_str().len() + 1,
        Value::String(text) => text.len(),
        Value::Array(items) => 3 + items.iter().map(|item| 1 + stored_bytes(item)).sum::<usize>(),
        Value::Object(fields) => {
            3 + fields.iter().map(|(key, value)| 1 + key.len() + stored_bytes(value)).sum::<usize>()
        }
    }
}

/// Lists and maps inside each other: 0 for a scalar, 1 for a list of scalars.
pub fn levels(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        Value::Array(items) => 1 + items.iter().map(levels).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(levels).max().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_takes_its_texts_and_a_little_around_them() {
        for (value, bytes, depth) in [
            (json!(null), 1, 0),
            (json!("é"), 2, 0),
            (json!(1234), 5, 0),
            (json!([]), 3, 1),
            (json!([[], []]), 11, 2),
            (json!({"ab": {"c": "d"}}), 12, 2),
        ] {
            assert_eq!((stored_bytes(&value), levels(&value)), (bytes, depth), "{value}");
        }
    }
}
