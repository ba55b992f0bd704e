//! What came back: the status, the headers and the body of an answer.

use std::cell::OnceCell;

use super::expect::{BODY, HEADER, HTTP_VERSION, JSON};
use crate::assert::{Assertion, Measured, Redact, quote};
use crate::json::{Broken, JsonDocument};
use crate::kinds::HttpVersion;
use crate::kinds::excerpt;
use crate::kinds::status::{self, STATUS};

/// A complete HTTP answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    pub version: HttpVersion,
    pub status: u16,
    /// Lower-case names in the order received; values as bytes because HTTP does not promise UTF-8.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Decoded body, read only if the monitor has a rule for it.
    pub body: Option<Vec<u8>>,
    /// Of an error whose body no rule reads: what has come of it with the head, for people. Empty otherwise.
    pub glimpse: Vec<u8>,
}

/// An answer as assertions look at it.
pub struct AnswerReader<'a> {
    answer: &'a Answer,
    /// The body as JSON, once it is asked for.
    document: OnceCell<Result<JsonDocument<'a>, Broken>>,
}

impl<'a> AnswerReader<'a> {
    pub fn new(answer: &'a Answer) -> Self {
        Self { answer, document: OnceCell::new() }
    }

    /// What there is where `assertion` looks.
    pub fn measure(&self, assertion: &Assertion, redact: Redact<'_>) -> Measured<'_> {
        let answer = self.answer;
        match assertion.subject {
            STATUS => status::measured(answer.status),
            HTTP_VERSION => Measured::Text(answer.version.as_str().into()),
            HEADER => answer.header(&assertion.part).map_or(Measured::Missing, text),
            BODY => answer
                .body
                .as_deref()
                .map_or(Measured::Missing, |body| Measured::Text(String::from_utf8_lossy(body))),
            JSON => self.json(redact),
            // No rule of HTTP speaks of anything else, and what is not there never passes.
            _ => Measured::Missing,
        }
    }

    fn json(&self, redact: Redact<'_>) -> Measured<'_> {
        let body = self.answer.body.as_deref().unwrap_or_default();
        match self.document.get_or_init(|| JsonDocument::read(body)) {
            Ok(document) => Measured::Json(document),
            Err(broken) => not_json(body, broken, redact),
        }
    }
}

impl Answer {
    /// The text at the beginning of the body; `None` if it has none.
    pub fn excerpt(&self) -> Option<String> {
        let Self { version: _, status: _, headers, body, glimpse } = self;
        match body {
            Some(body) => excerpt::excerpt(body),
            // A compressed text of which the rest is missing.
            None if headers.iter().any(|(name, _)| name == "content-encoding") => None,
            None => excerpt::excerpt(glimpse),
        }
    }

    /// The lines called `name` as one list; `None` if there is none.
    fn header(&self, name: &str) -> Option<String> {
        let lines = self.headers.iter().filter(|(header, _)| header == name);
        let values: Vec<_> = lines.map(|(_, value)| String::from_utf8_lossy(value)).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

fn text(text: String) -> Measured<'static> {
    Measured::Text(text.into())
}

/// Says where the body stops being JSON, and what was to come there.
fn not_json(body: &[u8], broken: &Broken, redact: Redact<'_>) -> Measured<'static> {
    let Broken { line, column, found, expected } = broken;
    let unreadable = |actual: String, expected: String| Measured::Unreadable { actual, expected };
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = body {
        return unreadable("a body in UTF-16".to_owned(), "a JSON body in UTF-8".to_owned());
    }
    let start = String::from_utf8_lossy(body);
    if start.trim_start_matches('\u{feff}').is_empty() {
        return unreadable("an empty body".to_owned(), "a JSON body".to_owned());
    }
    let found = match found {
        Some(found) => format!("{found:?}"),
        None => "its end".to_owned(),
    };
    let actual = format!("body {} is not JSON: {found} at {line}:{column}", quote(&start, redact));
    unreadable(actual, format!("{expected} there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_a_rule_reads_counts_before_the_glimpse() {
        let answer = Answer {
            status: 200,
            headers: vec![("content-encoding".to_owned(), b"gzip".to_vec())],
            body: Some(b"degraded".to_vec()),
            ..Answer::default()
        };
        assert_eq!(answer.excerpt().as_deref(), Some("degraded"));
    }

    #[test]
    fn the_beginning_of_a_compressed_body_is_no_text() {
        let answer = Answer {
            status: 503,
            headers: vec![("content-encoding".to_owned(), b"gzip".to_vec())],
            glimpse: b"degraded".to_vec(),
            ..Answer::default()
        };
        assert_eq!(answer.excerpt(), None);
    }
}
