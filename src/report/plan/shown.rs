//! Values and texts of files, as they may be shown.

use serde_json::Value;

use crate::monitor::{clip, safe};

/// The first characters of a text, or so much of its start and its end that its difference from `other` is seen: two
/// ARNs often differ at their ends alone.
pub fn clipped_beside(text: &str, other: Option<&str>, most: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    let same = other.map_or(0, |other| {
        chars.iter().zip(other.chars()).take_while(|(one, other)| **one == *other).count()
    });
    // What differs at once is seen at the start.
    if chars.len() <= most || same < most / 2 {
        return clip(text, most);
    }
    let head = most / 3;
    let room = most - head - 1;
    let from = chars.len().saturating_sub(room).min(same).max(head);
    let (head, tail): (String, String) = (chars[..head].iter().collect(), chars[from..].iter().collect());
    format!("{head}…{}", clip(&tail, room))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_seen_wherever_it_stands() {
        let (one, two) =
            ("arn:aws:sns:eu-west-1:123456789012:oncall-eu", "arn:aws:sns:eu-west-1:123456789012:oncall-us");
        let long = format!("{one}{}", "x".repeat(99));
        for (text, other, expected) in [
            (one, Some(two), "arn:aws:sns:e…t-1:123456789012:oncall-eu"),
            (two, Some(one), "arn:aws:sns:e…t-1:123456789012:oncall-us"),
            (one, None, "arn:aws:sns:eu-west-1:123456789012:oncal…"),
            (one, Some("b"), "arn:aws:sns:eu-west-1:123456789012:oncal…"),
            (&long, Some(one), "arn:aws:sns:e…xxxxxxxxxxxxxxxxxxxxxxxxxx…"),
            ("short", Some("shore"), "short"),
        ] {
            let shown = clipped_beside(text, other, 40);
            assert_eq!(shown.trim_end_matches('x'), expected.trim_end_matches('x'), "{text}");
            assert!(shown.chars().count() <= 41, "{shown}");
        }
    }
}
