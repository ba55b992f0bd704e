//! What is said of a comparison that is not met.

use crate::assertion::{Actual, holds};
use crate::json::Value;
use crate::monitor::{Budget, Comparison, Unjudged};
use crate::observation::{Fault, Subject, excerpt};

/// Replaces the values of secrets in a text.
pub type Redact<'a> = &'a dyn Fn(&str) -> String;

/// Characters of an actual value that a fault shows.
const SHOWN: usize = 120;

/// Characters of what a file says that a fault shows: a body may be expected that no message has room for.
const WRITTEN: usize = 200;

/// Characters that are looked at for it: enough that no secret near the cut is cut in two, unseen.
const LOOKED_AT: usize = 4_096;

/// A comparison that is not met: what the value is, and what it should have been.
#[derive(Debug, PartialEq, Eq)]
pub struct Unmet {
    actual: String,
    expected: String,
}

impl Unmet {
    pub fn new(comparison: &Comparison, actual: Actual<'_>, redact: Redact<'_>) -> Self {
        let text = |text: &str| format!("is {}", quote(text, redact));
        let actual = match actual {
            Actual::Missing => "is missing".to_owned(),
            Actual::Text(actual) => text(actual),
            Actual::Node(document, node) => match document.value(node) {
                Value::Text(actual) => text(&actual),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::List
                | Value::Map
                | Value::NoNumber => format!("is {}", shown(document.raw(node), redact)),
            },
        };
        Self { actual, expected: expectation(comparison) }
    }

    /// The fault that says it of `subject`.
    pub fn fault(self, kind: Subject, subject: &str) -> Fault {
        let subject = excerpt(subject, WRITTEN);
        Fault::new(kind, format!("{subject} {}", self.actual), excerpt(&self.expected, WRITTEN))
    }
}

/// The fault of an assertion that could not be judged: what cannot be judged never passes.
pub fn unjudged(why: &Unjudged, kind: Subject, subject: &str) -> Fault {
    let expected = match why {
        Unjudged::TooManySteps => "an assertion that needs fewer steps for this answer",
        Unjudged::Pattern(_) => "a regular expression within the limits",
        Unjudged::Path(_) => "an RFC 9535 path",
    };
    let actual = format!("{} {}", excerpt(subject, WRITTEN), excerpt(&why.to_string(), WRITTEN));
    Fault::new(kind, actual, expected)
}

/// Holds `actual` against one comparison; the fault that follows, if one does.
pub fn fault(
    comparison: &Comparison,
    actual: Actual<'_>,
    (kind, subject): (Subject, &str),
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Option<Fault> {
    match holds(comparison, actual, budget) {
        Ok(true) => None,
        Ok(false) => Some(Unmet::new(comparison, actual, redact).fault(kind, subject)),
        Err(why) => Some(unjudged(&why, kind, subject)),
    }
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

/// The comparison in words that follow "expected".
fn expectation(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Equals(value) => value.to_string(),
        Comparison::NotEquals(value) => format!("anything but {value}"),
        Comparison::Contains(part) => format!("to contain {part:?}"),
        Comparison::NotContains(part) => format!("not to contain {part:?}"),
        Comparison::Matches(pattern) => format!("to match {pattern:?}"),
        Comparison::LessThan(bound) => format!("less than {bound}"),
        Comparison::GreaterThan(bound) => format!("greater than {bound}"),
        Comparison::Length(length) => format!("a length of {length}"),
        Comparison::ShorterThan(length) => format!("to be shorter than {length}"),
        Comparison::LongerThan(length) => format!("to be longer than {length}"),
        Comparison::EqualsPath(path) => format!("the value of {path}"),
        Comparison::NotEqualsPath(path) => format!("anything but the value of {path}"),
        Comparison::LessThanPath(path) => format!("less than the value of {path}"),
        Comparison::GreaterThanPath(path) => format!("more than the value of {path}"),
        Comparison::Exists(true) => "to exist".to_owned(),
        Comparison::Exists(false) => "not to exist".to_owned(),
    }
}
