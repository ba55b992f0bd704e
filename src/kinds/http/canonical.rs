//! One spelling for each value of the fields of HTTP.

use serde_json::Value;

use super::forms::status_class;
use crate::assert::CodeClass;
use crate::written::{canonical_comparisons, lower_case_keys, rewritten, sorted, sorted_text};

pub fn upper_case(value: Value) -> Value {
    value.as_str().map(|text| text.to_ascii_uppercase().into()).unwrap_or(value)
}

pub fn expected_headers(value: Value) -> Value {
    let Value::Object(headers) = value else { return value };
    let headers = rewritten(headers, |_, value| match canonical_comparisons(value) {
        // `x: text` is short for `x: {equals: text}`; the short form is the canonical one.
        Value::Object(mut comparisons) if comparisons.len() == 1 => {
            comparisons.shift_remove("equals").filter(Value::is_string).unwrap_or(Value::Object(comparisons))
        }
        value => value,
    });
    lower_case_keys(headers)
}

pub fn json_assertions(value: Value) -> Value {
    let Value::Array(assertions) = value else { return value };
    sorted(assertions.into_iter().map(canonical_comparisons).collect(), |assertion| {
        let path = assertion.get("path").and_then(Value::as_str).unwrap_or_default();
        (path.to_owned(), sorted_text(assertion))
    })
}

/// Sorted, without repeats and without codes that a hundred in it holds already; one alone is no list. A code between
/// quotes is the number.
pub fn status(value: Value) -> Value {
    let items = match value {
        Value::Array(items) => items,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    };
    if items.iter().any(|item| status_class(item).is_err()) {
        return if items.len() == 1 { items.into_iter().next().unwrap_or_default() } else { items.into() };
    }
    let mut classes: Vec<CodeClass> = items.iter().filter_map(|item| status_class(item).ok()).collect();
    let hundreds = classes.clone();
    classes.retain(|class| match class {
        CodeClass::Code(code) => !hundreds
            .iter()
            .any(|other| matches!(other, CodeClass::Hundred(h) if u16::from(*h) == code / 100)),
        CodeClass::Hundred(_) => true,
    });
    classes.sort_by_key(|class| match class {
        CodeClass::Code(code) => *code,
        CodeClass::Hundred(hundred) => u16::from(*hundred) * 100,
    });
    classes.dedup();
    let mut values = classes.into_iter().map(|class| match class {
        CodeClass::Code(code) => Value::from(code),
        CodeClass::Hundred(hundred) => Value::from(format!("{hundred}xx")),
    });
    match (values.next(), values.next()) {
        (Some(one), None) => one,
        (first, second) => Value::Array(first.into_iter().chain(second).chain(values).collect()),
    }
}
