//! Values and texts of files, as they may be shown.

use serde_json::Value;

use crate::monitor::is_hidden;

/// A value as YAML would have it on one line; strings without quotes unless they would read as something else.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() || serde_json::from_str::<Value>(text).is_ok() => {
            format!("\"{}\"", safe(text))
        }
        Value::String(text) => safe(text),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{}: {}", safe(name), shown(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// No hidden character of a file reaches a terminal or a page (trap 17).
pub fn safe(text: &str) -> String {
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// At most the first `most` characters, with a sign that there were more.
pub fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
