//! One comparison of an expected with an actual value.

use serde_json::Value;

use crate::monitor::{Comparison, Decimal};
use crate::observation::{Fault, FaultKind, excerpt};

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
    /// The fault that says it of `subject`.
    pub fn fault(self, kind: FaultKind, subject: &str) -> Fault {
        let subject = excerpt(subject, WRITTEN);
        Fault::new(kind, format!("{subject} {}", self.actual), excerpt(&self.expected, WRITTEN))
    }
}

/// Holds `actual` against one comparison. `None` is a thing that is not there. Numbers are compared digit by digit, and
/// only a JSON number is one: in a document `"5"` is not less than 10.
pub fn compare(comparison: &Comparison, actual: Option<&Value>, redact: Redact<'_>) -> Result<(), Unmet> {
    let met = match (comparison, actual) {
        (Comparison::Exists(wanted), actual) => actual.is_some() == *wanted,
        (_, None) => false,
        (Comparison::Equals(expected), Some(actual)) => equal(expected, actual),
        (Comparison::NotEquals(expected), Some(actual)) => !equal(expected, actual),
        (Comparison::Contains(part), Some(actual)) => contains(actual, part) == Some(true),
        (Comparison::NotContains(part), Some(actual)) => contains(actual, part) == Some(false),
        (Comparison::Matches(pattern), Some(actual)) => {
            actual.as_str().and_then(|text| pattern.is_match(text)) == Some(true)
        }
        (Comparison::LessThan(bound), Some(actual)) => Decimal::of(actual).is_some_and(|n| n < *bound),
        (Comparison::GreaterThan(bound), Some(actual)) => Decimal::of(actual).is_some_and(|n| n > *bound),
    };
    if met {
        return Ok(());
    }
    let actual = match actual {
        None => "is missing".to_owned(),
        Some(Value::String(text)) => format!("is {}", quote(text, redact)),
        Some(other) => format!("is {}", shown(&other.to_string(), redact)),
    };
    Err(Unmet { actual, expected: expectation(comparison) })
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
        Comparison::Exists(true) => "to exist".to_owned(),
        Comparison::Exists(false) => "not to exist".to_owned(),
    }
}

/// Equality of JSON values in which 1 and 1.0 are the same number.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            x == y || Decimal::of_number(x).is_some_and(|x| Decimal::of_number(y).is_some_and(|y| x == y))
        }
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(a, b)| equal(a, b)),
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, a)| y.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// Whether a text has the part, or a list has it as an element; `None` for what can contain nothing.
fn contains(value: &Value, part: &str) -> Option<bool> {
    match value {
        Value::String(text) => Some(text.contains(part)),
        Value::Array(items) => Some(items.iter().any(|item| item.as_str() == Some(part))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Pattern;
    use serde_json::json;

    // As floating point, the two numbers of each line are one.
    #[test]
    fn numbers_are_compared_by_every_digit() {
        use Comparison::{Equals, GreaterThan, LessThan, NotEquals};
        let value = |text: &str| serde_json::from_str::<Value>(text).expect(text);
        for (expected, actual, is_below) in [
            ("101767182266078306730", "101767182266078310000", false),
            ("9007199254740993", "9007199254740992.0", true),
            ("0.1", "0.10000000000000000555", false),
            ("1e400", "1e401", false),
            ("-1e400", "-1e401", true),
        ] {
            let holds = |comparison| compare(&comparison, Some(&value(actual)), &str::to_owned).is_ok();
            let bound = || Decimal::parse(expected).expect(expected);
            assert!(!holds(Equals(value(expected))), "{expected} {actual}");
            assert!(holds(NotEquals(value(expected))), "{expected} {actual}");
            assert_eq!(holds(LessThan(bound())), is_below, "{expected} {actual}");
            assert_eq!(holds(GreaterThan(bound())), !is_below, "{expected} {actual}");
        }
        for (expected, actual) in
            [("1e22", "10000000000000000000000"), ("1", "1.00"), ("0", "-0.0"), ("[1e2]", "[100]")]
        {
            let comparison = Equals(value(expected));
            assert!(
                compare(&comparison, Some(&value(actual)), &str::to_owned).is_ok(),
                "{expected} {actual}"
            );
        }
    }

    #[test]
    fn comparisons_hold_as_their_words_say() {
        use Comparison::{Contains, Equals, GreaterThan, LessThan, Matches, NotContains, NotEquals};
        let pattern = |text| Matches(Pattern::parse(text).expect("valid"));
        for (comparison, actual, met) in [
            (Equals(json!(1)), json!(1.0), true),
            (Equals(json!({"a": [1]})), json!({"a": [1.0]}), true),
            (Equals(json!("1")), json!(1), false),
            (Equals(json!(9_007_199_254_740_993_u64)), json!(9_007_199_254_740_992_u64), false),
            (Equals(json!(null)), json!(null), true),
            (NotEquals(json!("error")), json!("ok"), true),
            (NotEquals(json!("error")), json!("error"), false),
            (Contains("b".into()), json!("abc"), true),
            (Contains("b".into()), json!(["a", "b"]), true),
            (Contains("b".into()), json!(["abc"]), false),
            (Contains("1".into()), json!(1), false),
            (NotContains("x".into()), json!("abc"), true),
            // A number contains nothing, and that is no proof of anything.
            (NotContains("x".into()), json!(5), false),
            (pattern("^v[0-9]+$"), json!("v12"), true),
            (pattern("^v[0-9]+$"), json!("w"), false),
            (LessThan(100.into()), json!(99.9), true),
            (LessThan(100.into()), json!(100), false),
            (LessThan(100.into()), json!("5"), false),
            (GreaterThan(0.into()), json!(1), true),
            (GreaterThan(0.into()), json!(null), false),
        ] {
            assert_eq!(
                compare(&comparison, Some(&actual), &str::to_owned).is_ok(),
                met,
                "{comparison} with {actual}"
            );
        }
    }
}
