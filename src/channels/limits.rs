//! What a channel takes at most, as data: a message is laid out until it is within them.

use std::time::Duration;

use serde_json::Value;

use super::ChannelRequest;
use crate::message::{Grouping, units};

/// What one request of a kind takes at most.
#[derive(Debug, Clone, Copy)]
pub struct ChannelLimits {
    pub grouping: Grouping,
    /// Bytes of the body.
    pub bytes: usize,
    /// From one request to the next.
    pub pace: Duration,
    pub texts: &'static [TextLimit],
    pub counts: &'static [CountLimit],
}

/// At most so many UTF-16 units in each text of a JSON body at a path, or in all of them together.
#[derive(Debug, Clone, Copy)]
pub struct TextLimit {
    /// Keys divided by `/`, `*` for each element: `blocks/*/text/text`. `**` is every text below.
    pub path: &'static str,
    pub each: usize,
    pub all: usize,
}

/// At most so many elements in the list at a path.
#[derive(Debug, Clone, Copy)]
pub struct CountLimit {
    pub path: &'static str,
    pub most: usize,
}

impl ChannelLimits {
    /// What of the requests is too large, a sentence each.
    pub fn exceeded(&self, requests: &[ChannelRequest]) -> Vec<String> {
        requests.iter().flat_map(|request| self.exceeded_by(request)).collect()
    }

    pub fn allow(&self, requests: &[ChannelRequest]) -> bool {
        self.exceeded(requests).is_empty()
    }

    fn exceeded_by(&self, request: &ChannelRequest) -> Vec<String> {
        let body = match request {
            ChannelRequest::Http(request) => request.body.reveal(),
            ChannelRequest::Line(line) => line,
            ChannelRequest::Sns(publication) => &publication.message,
            ChannelRequest::Mail(mail) => &mail.text,
        };
        let size = match request {
            ChannelRequest::Http(_) | ChannelRequest::Line(_) => body.len(),
            ChannelRequest::Sns(publication) => publication.size(),
            ChannelRequest::Mail(mail) => mail.size(),
        };
        let mut found = Vec::new();
        if size > self.bytes {
            found.push(format!("{size} bytes of {}", self.bytes));
        }
        if self.texts.is_empty() && self.counts.is_empty() {
            return found;
        }
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        for TextLimit { path, each, all } in self.texts {
            let lengths: Vec<_> = texts(at(&body, path)).into_iter().map(units).collect();
            let longest = lengths.iter().max().copied().unwrap_or_default();
            let sum = lengths.iter().sum::<usize>();
            if longest > *each || sum > *all {
                found.push(format!("{path}: {longest} of {each} characters, {sum} of {all} together"));
            }
        }
        for CountLimit { path, most } in self.counts {
            let length = at(&body, path).into_iter().filter_map(Value::as_array).map(Vec::len).max();
            if length.is_some_and(|length| length > *most) {
                found.push(format!("{path}: {} of {most} elements", length.unwrap_or_default()));
            }
        }
        found
    }
}

/// The values at a path.
fn at<'a>(body: &'a Value, path: &str) -> Vec<&'a Value> {
    path.split('/').fold(vec![body], |found, key| {
        let step = |value: &'a Value| -> Vec<&'a Value> {
            match (key, value) {
                ("**", Value::Array(_) | Value::Object(_)) => vec![value],
                ("*", Value::Array(items)) => items.iter().collect(),
                (key, Value::Object(fields)) => fields.get(key).into_iter().collect(),
                _ => Vec::new(),
            }
        };
        found.into_iter().flat_map(step).collect()
    })
}

/// The texts in values, however deep.
fn texts(values: Vec<&Value>) -> Vec<&str> {
    values.into_iter().flat_map(texts_in).collect()
}

fn texts_in(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => texts(items.iter().collect()),
        Value::Object(fields) => texts(fields.values().collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_measured_where_it_applies() {
        let limits = ChannelLimits {
            grouping: Grouping::Together,
            bytes: 100,
            pace: Duration::ZERO,
            texts: &[
                TextLimit { path: "a/*/t", each: 2, all: 3 },
                TextLimit { path: "b/**", each: 3, all: 3 },
            ],
            counts: &[CountLimit { path: "a", most: 2 }],
        };
        let check = |body: &str, expected: &[&str]| {
            assert_eq!(limits.exceeded(&[ChannelRequest::Line(body.to_owned())]), expected, "{body}");
        };
        check(r#"{"a": [{"t": "ab"}, {"t": "c"}], "b": {"x": ["abc"]}}"#, &[]);
        check(r#"{"a": [{"t": "😀x"}]}"#, &["a/*/t: 3 of 2 characters, 3 of 3 together"]);
        check(r#"{"a": [{"t": "ab"}, {"t": "cd"}]}"#, &["a/*/t: 2 of 2 characters, 4 of 3 together"]);
        check(r#"{"b": {"x": ["ab"], "y": "cd"}}"#, &["b/**: 2 of 3 characters, 4 of 3 together"]);
        check(r#"{"a": [1, 2, 3]}"#, &["a: 3 of 2 elements"]);
        check(&format!("\"{}\"", "x".repeat(100)), &["102 bytes of 100"]);
    }
}
