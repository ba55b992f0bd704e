//! Holds what was measured against an assertion, and says what is not met. The same for every kind of check.

use std::borrow::Cow;

use super::{Actual, Assertion, Comparison, holds, misses};
use crate::json::{JsonDocument, JsonValue};
use crate::value::{Budget, Unjudged, excerpt};

/// Replaces the values of secrets in a text.
pub type Redact<'a> = &'a dyn Fn(&str) -> String;

/// Characters of an actual value that a message shows.
const SHOWN: usize = 120;

/// Characters of what a file says that a message shows: a body may be expected that no message has room for.
const WRITTEN: usize = 200;

/// Characters that are looked at for it: enough that no secret near the cut is cut in two, unseen.
const LOOKED_AT: usize = 4_096;

/// What a kind found where an assertion looks.
#[derive(Debug)]
pub enum Measured<'a> {
    /// Nothing; that is met by `exists: false` alone.
    Missing,
    /// A code, and the words that show it: `HTTP 503`.
    Code(u16, String),
    Text(Cow<'a, str>),
    /// A document, in which the path of the assertion finds the values.
    Json(&'a JsonDocument<'a>),
    /// Something that cannot be read as what it has to be, with what it is and should have been.
    Unreadable {
        actual: String,
        expected: String,
    },
}

/// What is not as an assertion wants it, ready for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    pub actual: String,
    pub expected: String,
}

/// Everything that is not met, a line a comparison. What is missing never passes, and neither does what cannot be read
/// or judged. `redact` replaces the values of secrets in whatever is quoted.
pub fn judge(
    assertion: &Assertion,
    measured: &Measured<'_>,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Unmet> {
    let label = assertion.label();
    let actual = match measured {
        Measured::Missing => Actual::Missing,
        Measured::Code(code, _) => Actual::Code(*code),
        Measured::Text(text) => Actual::Text(text),
        Measured::Json(document) => return in_document(assertion, document, budget, redact),
        Measured::Unreadable { actual, expected } => {
            return vec![Unmet { actual: actual.clone(), expected: expected.clone() }];
        }
    };
    let unmet = |comparison: &Comparison| match holds(comparison, actual, budget) {
        Ok(true) => None,
        Ok(false) => Some(match measured {
            Measured::Code(_, words) => {
                Unmet { actual: words.clone(), expected: written(&comparison.expectation()) }
            }
            Measured::Missing | Measured::Text(_) | Measured::Json(_) | Measured::Unreadable { .. } => {
                unmet(label, comparison, actual, redact)
            }
        }),
        Err(why) => Some(unjudged(&why, label)),
    };
    assertion.must.iter().filter_map(unmet).collect()
}

fn in_document(
    assertion: &Assertion,
    document: &JsonDocument<'_>,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Unmet> {
    let label = assertion.label();
    match misses(&assertion.part, &assertion.must, document, budget) {
        Ok(misses) => misses
            .into_iter()
            .map(|miss| {
                let actual = miss.node.map_or(Actual::Missing, |node| Actual::Node(document, node));
                unmet(label, miss.comparison, actual, redact)
            })
            .collect(),
        Err(why) => vec![unjudged(&why, label)],
    }
}

fn unmet(label: &str, comparison: &Comparison, actual: Actual<'_>, redact: Redact<'_>) -> Unmet {
    let text = |text: &str| format!("is {}", quote(text, redact));
    let actual = match actual {
        Actual::Missing => "is missing".to_owned(),
        Actual::Code(code) => format!("is {code}"),
        Actual::Text(actual) => text(actual),
        Actual::Node(document, node) => match document.value(node) {
            JsonValue::Text(actual) => text(&actual),
            JsonValue::Null
            | JsonValue::Bool(_)
            | JsonValue::Number(_)
            | JsonValue::List
            | JsonValue::Map
            | JsonValue::NoNumber => {
                format!("is {}", shown(document.raw(node), redact))
            }
        },
    };
    Unmet { actual: format!("{} {actual}", written(label)), expected: written(&comparison.expectation()) }
}

/// An assertion that could not be judged: what cannot be judged never passes.
fn unjudged(why: &Unjudged, label: &str) -> Unmet {
    let expected = match why {
        Unjudged::TooManySteps => "an assertion that needs fewer steps for this answer",
        Unjudged::Pattern(_) => "a regular expression within the limits",
        Unjudged::Path(_) => "an RFC 9535 path",
    };
    let actual = format!("{} {}", written(label), written(&why.to_string()));
    Unmet { actual, expected: expected.to_owned() }
}

/// The start of what a file says.
fn written(text: &str) -> String {
    excerpt(text, WRITTEN)
}

/// The start of a text from an answer, in quotes.
pub fn quote(text: &str, redact: Redact<'_>) -> String {
    format!("{:?}", shown(text, redact))
}

/// The start of a text from an answer, fit to be shown.
pub fn shown(text: &str, redact: Redact<'_>) -> String {
    let start: String = text.chars().take(LOOKED_AT).collect();
    excerpt(&redact(&start), SHOWN)
}
