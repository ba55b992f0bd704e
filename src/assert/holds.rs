//! One comparison on one value.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

use super::Comparison;
use crate::json::{JsonDocument, JsonPath, JsonValue, NodeId, equal_nodes, equals, order_nodes, select};
use crate::value::{Budget, Decimal, Unjudged};

/// What is compared.
#[derive(Debug, Clone, Copy)]
pub enum Actual<'a> {
    /// Meets `exists: false` and nothing else.
    Missing,
    /// The code of an answer.
    Code(u16),
    /// A header, or a body as text. It counts as a number for an order if it is written like one in JSON.
    Text(&'a str),
    /// A value of a body as JSON. Only a number is one there.
    Node(&'a JsonDocument<'a>, NodeId),
}

/// Whether `actual` meets `comparison`.
pub fn holds(comparison: &Comparison, actual: Actual<'_>, budget: &mut Budget) -> Result<bool, Unjudged> {
    if matches!(actual, Actual::Missing) {
        return Ok(matches!(comparison, Comparison::Exists(false)));
    }
    Ok(match comparison {
        Comparison::Exists(wanted) => *wanted,
        Comparison::OneOf(codes) => matches!(actual, Actual::Code(code) if codes.contains(code)),
        Comparison::Equals(expected) => actual.equals(expected, budget)?,
        Comparison::NotEquals(expected) => !actual.equals(expected, budget)?,
        Comparison::Contains(part) => actual.contains(part, budget)? == Some(true),
        Comparison::NotContains(part) => actual.contains(part, budget)? == Some(false),
        Comparison::Matches(pattern) => match actual.text(budget)? {
            Some(text) => pattern.is_match(&text, budget)?,
            None => false,
        },
        // What is no text is no proof of anything.
        Comparison::NotMatches(pattern) => match actual.text(budget)? {
            Some(text) => !pattern.is_match(&text, budget)?,
            None => false,
        },
        Comparison::LessThan(bound) => actual.number(budget)?.is_some_and(|number| number < *bound),
        Comparison::Length(length) => actual.length(budget)? == Some(*length as usize),
        Comparison::ShorterThan(length) => actual.length(budget)?.is_some_and(|own| own < *length as usize),
        Comparison::LongerThan(length) => actual.length(budget)?.is_some_and(|own| own > *length as usize),
        Comparison::EqualsPath(path) => actual.equals_path(path, budget)? == Some(true),
        Comparison::NotEqualsPath(path) => actual.equals_path(path, budget)? == Some(false),
        Comparison::LessThanPath(path) => actual.order(path, budget)? == Some(Ordering::Less),
        Comparison::GreaterThanPath(path) => actual.order(path, budget)? == Some(Ordering::Greater),
        Comparison::GreaterThan(bound) => actual.number(budget)?.is_some_and(|number| number > *bound),
    })
}

impl<'a> Actual<'a> {
    fn equals(self, expected: &Json, budget: &mut Budget) -> Result<bool, Unjudged> {
        match self {
            Self::Missing => Ok(false),
            Self::Code(code) => Ok(expected.as_u64() == Some(code.into())),
            Self::Text(text) => {
                budget.spend_text(text.len())?;
                Ok(expected.as_str() == Some(text))
            }
            Self::Node(document, id) => equals(document, id, expected, budget),
        }
    }

    /// Whether a text has the part, or a list has it as an element; `None` for what can contain nothing.
    fn contains(self, part: &str, budget: &mut Budget) -> Result<Option<bool>, Unjudged> {
        if let Self::Node(document, id) = self
            && document.value(id) == JsonValue::List
        {
            budget.spend(document.width(id))?;
            for child in document.children(id) {
                let own = Actual::Node(document, child).text(budget)?;
                if own.is_some_and(|own| own == part) {
                    return Ok(Some(true));
                }
            }
            return Ok(Some(false));
        }
        Ok(self.text(budget)?.map(|text| text.contains(part)))
    }

    fn text(self, budget: &mut Budget) -> Result<Option<Cow<'a, str>>, Unjudged> {
        match self {
            Self::Missing | Self::Code(_) => Ok(None),
            Self::Text(text) => {
                budget.spend_text(text.len())?;
                Ok(Some(Cow::Borrowed(text)))
            }
            Self::Node(document, id) => document.text_of(id, budget),
        }
    }

    fn length(self, budget: &mut Budget) -> Result<Option<usize>, Unjudged> {
        match self {
            Self::Missing | Self::Code(_) => Ok(None),
            Self::Text(text) => {
                budget.spend_text(text.len())?;
                Ok(Some(text.chars().count()))
            }
            Self::Node(document, id) => document.length_of(id, budget),
        }
    }

    /// The one value that `path` finds in the document that this one is of.
    fn other(
        self,
        path: &str,
        budget: &mut Budget,
    ) -> Result<Option<(&'a JsonDocument<'a>, NodeId, NodeId)>, Unjudged> {
        let Self::Node(document, id) = self else { return Ok(None) };
        let path = JsonPath::parse(path).map_err(|error| Unjudged::Path(error.to_string()))?;
        let other = match select(&path, document, budget)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Ok(other.map(|other| (document, id, other)))
    }

    /// `None` if there is not one other value; such a comparison holds in neither direction.
    fn equals_path(self, path: &str, budget: &mut Budget) -> Result<Option<bool>, Unjudged> {
        match self.other(path, budget)? {
            Some((document, id, other)) => equal_nodes(document, id, other, budget).map(Some),
            None => Ok(None),
        }
    }

    fn order(self, path: &str, budget: &mut Budget) -> Result<Option<Ordering>, Unjudged> {
        match self.other(path, budget)? {
            Some((document, id, other)) => order_nodes(document, id, other, budget),
            None => Ok(None),
        }
    }

    fn number(self, budget: &mut Budget) -> Result<Option<Decimal>, Unjudged> {
        match self {
            Self::Missing => Ok(None),
            Self::Code(code) => Ok(Some(Decimal::from(i64::from(code)))),
            Self::Text(text) => {
                budget.spend_text(text.len())?;
                Ok(serde_json::from_str::<Number>(text.trim()).ok().and_then(|n| Decimal::of_number(&n)))
            }
            Self::Node(document, id) => {
                budget.spend_text(document.own_bytes(id))?;
                Ok(match document.value(id) {
                    JsonValue::Number(digits) => Decimal::parse(digits),
                    JsonValue::Null
                    | JsonValue::Bool(_)
                    | JsonValue::Text(_)
                    | JsonValue::List
                    | JsonValue::Map
                    | JsonValue::NoNumber => None,
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assert::misses;
    use crate::value::Pattern;
    use serde_json::json;

    fn held(comparison: &Comparison, body: &str) -> bool {
        let document = JsonDocument::read(body.as_bytes()).expect(body);
        let actual = Actual::Node(&document, JsonDocument::ROOT);
        holds(comparison, actual, &mut Budget::default()).expect("few steps")
    }

    // As floating point, the two numbers of each line are one.
    #[test]
    fn numbers_are_compared_by_every_digit() {
        use Comparison::{Equals, GreaterThan, LessThan, NotEquals};
        let value = |text: &str| serde_json::from_str::<Json>(text).expect(text);
        for (expected, actual, is_below) in [
            ("101767182266078306730", "101767182266078310000", false),
            ("9007199254740993", "9007199254740992.0", true),
            ("0.1", "0.10000000000000000555", false),
            ("1e400", "1e401", false),
            ("-1e400", "-1e401", true),
        ] {
            let bound = || Decimal::parse(expected).expect(expected);
            assert!(!held(&Equals(value(expected)), actual), "{expected} {actual}");
            assert!(held(&NotEquals(value(expected)), actual), "{expected} {actual}");
            assert_eq!(held(&LessThan(bound()), actual), is_below, "{expected} {actual}");
            assert_eq!(held(&GreaterThan(bound()), actual), !is_below, "{expected} {actual}");
            let (list, map) = (format!("[{{\"a\": {expected}}}]"), format!("[{{\"a\": {actual}}}]"));
            assert!(!held(&Equals(value(&list)), &map), "{expected} {actual}");
        }
        for (expected, actual) in [
            ("1e22", "10000000000000000000000"),
            ("1", "1.00"),
            ("0", "-0.0"),
            ("[1e2]", "[100]"),
            ("{\"a\": [1.0]}", "{\"a\": [1]}"),
        ] {
            assert!(held(&Equals(value(expected)), actual), "{expected} {actual}");
        }
    }

    #[test]
    fn comparisons_hold_as_their_words_say() {
        use Comparison::{
            Contains, Equals, GreaterThan, LessThan, Matches, NotContains, NotEquals, NotMatches,
        };
        let pattern = |text| Matches(Pattern::parse(text).expect("valid"));
        let other = |text| NotMatches(Pattern::parse(text).expect("valid"));
        for (comparison, actual, met) in [
            (Equals(json!(1)), json!(1.0), true),
            (Equals(json!({"a": [1]})), json!({"a": [1.0]}), true),
            (Equals(json!({"a": 1})), json!({"a": 1, "b": 2}), false),
            (Equals(json!({"a": 1, "b": 2})), json!({"b": 2, "a": 1}), true),
            (Equals(json!([1, 2])), json!([2, 1]), false),
            (Equals(json!("1")), json!(1), false),
            (Equals(json!(null)), json!(null), true),
            (Equals(json!(false)), json!(null), false),
            (NotEquals(json!("error")), json!("ok"), true),
            (NotEquals(json!("error")), json!("error"), false),
            (Contains("b".into()), json!("abc"), true),
            (Contains("b".into()), json!(["a", "b"]), true),
            (Contains("b".into()), json!(["abc"]), false),
            (Contains("1".into()), json!(1), false),
            (NotContains("x".into()), json!("abc"), true),
            (NotContains("x".into()), json!(["abc"]), true),
            // A number contains nothing, and that is no proof of anything.
            (NotContains("x".into()), json!(5), false),
            (pattern("^v[0-9]+$"), json!("v12"), true),
            (pattern("^v[0-9]+$"), json!("w"), false),
            (pattern(""), json!(1), false),
            (other("^v[0-9]+$"), json!("w"), true),
            (other("^v[0-9]+$"), json!("v12"), false),
            // As with a part: what is no text is no proof.
            (other("x"), json!(1), false),
            (LessThan(100.into()), json!(99.9), true),
            (LessThan(100.into()), json!(100), false),
            (LessThan(100.into()), json!("5"), false),
            (GreaterThan(0.into()), json!(1), true),
            (GreaterThan(0.into()), json!(null), false),
        ] {
            assert_eq!(held(&comparison, &actual.to_string()), met, "{comparison} with {actual}");
        }
    }

    // Trap 27: what is missing on both sides is not equal.
    #[test]
    fn two_fields_are_compared_by_their_paths_and_what_is_missing_fails() {
        use Comparison::{EqualsPath, GreaterThanPath, LessThanPath, NotEqualsPath};
        let b = || "$.b".to_owned();
        for (body, equal, less, greater) in [
            (r#"{"a": 1, "b": 1.0}"#, Some(true), false, false),
            (r#"{"a": 1, "b": 2}"#, Some(false), true, false),
            (r#"{"a": "y", "b": "x"}"#, Some(false), false, true),
            (r#"{"a": [1, {"c": null}], "b": [1.0, {"c": null}]}"#, Some(true), false, false),
            (r#"{"a": 1, "b": "1"}"#, Some(false), false, false),
            (r#"{"a": null, "b": null}"#, Some(true), false, false),
            (r#"{"a": 1}"#, None, false, false),
            (r#"{"b": 1}"#, None, false, false),
            ("{}", None, false, false),
            ("[1, 1]", None, false, false),
        ] {
            let met = |comparison: Comparison| {
                let document = JsonDocument::read(body.as_bytes()).expect(body);
                misses("$.a", &[comparison], &document, &mut Budget::default()).expect("few steps").is_empty()
            };
            assert_eq!(met(EqualsPath(b())), equal == Some(true), "{body}");
            assert_eq!(met(NotEqualsPath(b())), equal == Some(false), "{body}");
            assert_eq!((met(LessThanPath(b())), met(GreaterThanPath(b()))), (less, greater), "{body}");
        }
    }

    #[test]
    fn texts_lists_and_maps_have_a_length_and_nothing_else() {
        use Comparison::{Length, LongerThan, ShorterThan};
        for (body, length) in [
            ("[1, 2, 3]", Some(3)),
            ("[]", Some(0)),
            (r#"{"a": 1, "b": 2, "a": 3}"#, Some(2)),
            (r#""äöü😀""#, Some(4)),
            ("123", None),
            ("null", None),
        ] {
            for bound in 0..6 {
                assert_eq!(held(&Length(bound), body), length == Some(bound), "{body} {bound}");
                assert_eq!(
                    held(&ShorterThan(bound), body),
                    length.is_some_and(|l| l < bound),
                    "{body} {bound}"
                );
                assert_eq!(
                    held(&LongerThan(bound), body),
                    length.is_some_and(|l| l > bound),
                    "{body} {bound}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_number_of_json_is_there_and_meets_no_comparison_that_asks_for_one() {
        for body in ["NaN", "Infinity", "-Infinity"] {
            assert!(held(&Comparison::Exists(true), body));
            assert!(!held(&Comparison::Equals(json!(0)), body));
            assert!(!held(&Comparison::LessThan(1.into()), body));
            assert!(!held(&Comparison::GreaterThan(1.into()), body));
        }
    }
}
