//! Two comparisons that no value meets both.

use crate::assert::{Actual, Comparison, holds};
use crate::json::JsonDocument;
use crate::monitor::Budget;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComparedAs {
    /// A header, or a body as text.
    Text,
    Json,
}

const NULL: u8 = 1;
const BOOL: u8 = 2;
const NUMBER: u8 = 4;
const TEXT: u8 = 8;
const LIST: u8 = 16;
const MAP: u8 = 32;
const ANY: u8 = NULL | BOOL | NUMBER | TEXT | LIST | MAP;

/// Whether no value meets both. What is not certain is none.
pub fn clash(one: &Comparison, other: &Comparison, kind: ComparedAs) -> bool {
    excludes(one, other, kind) || excludes(other, one, kind)
}

fn excludes(one: &Comparison, other: &Comparison, kind: ComparedAs) -> bool {
    match (one, other) {
        (Comparison::Exists(false), other) => !matches!(other, Comparison::Exists(false)),
        (one, other) if one.other_path().is_some() && one.other_path() == other.other_path() => {
            differ(one, other)
        }
        (_, other) if other.other_path().is_some() => {
            kind == ComparedAs::Json && types(one) & types(other) == 0
        }
        (Comparison::Equals(value), other) => {
            let text = value.to_string();
            let document = JsonDocument::read(text.as_bytes());
            let actual = match (kind, value.as_str(), &document) {
                (ComparedAs::Text, Some(text), _) => Actual::Text(text),
                (ComparedAs::Json, _, Ok(document)) => Actual::Node(document, JsonDocument::ROOT),
                _ => return false,
            };
            holds(other, actual, &mut Budget::default()) == Ok(false)
        }
        (Comparison::LessThan(most), Comparison::GreaterThan(least)) => least >= most,
        (Comparison::Contains(part), Comparison::NotContains(whole)) => match kind {
            ComparedAs::Text => part.contains(whole.as_str()),
            // Of a list, whole elements are asked.
            ComparedAs::Json => part == whole,
        },
        (Comparison::Length(one), Comparison::Length(other)) => one != other,
        (Comparison::Length(length), Comparison::ShorterThan(most)) => length >= most,
        (Comparison::Length(length), Comparison::LongerThan(least)) => length <= least,
        (Comparison::ShorterThan(most), Comparison::LongerThan(least)) => least.saturating_add(1) >= *most,
        _ => kind == ComparedAs::Json && types(one) & types(other) == 0,
    }
}

/// Whether two relations to one value never hold together.
fn differ(one: &Comparison, other: &Comparison) -> bool {
    let is_less_or_more =
        |one: &Comparison| matches!(one, Comparison::LessThanPath(_) | Comparison::GreaterThanPath(_));
    let is_not = |one: &Comparison| matches!(one, Comparison::NotEqualsPath(_));
    one.key() != other.key()
        && !(is_not(one) && is_less_or_more(other) || is_not(other) && is_less_or_more(one))
}

/// The types of JSON that may meet a comparison.
fn types(comparison: &Comparison) -> u8 {
    match comparison {
        Comparison::Equals(_)
        | Comparison::NotEquals(_)
        | Comparison::EqualsPath(_)
        | Comparison::NotEqualsPath(_)
        | Comparison::Exists(_)
        | Comparison::OneOf(_) => ANY,
        Comparison::Contains(_) | Comparison::NotContains(_) => TEXT | LIST,
        Comparison::Matches(_) | Comparison::NotMatches(_) => TEXT,
        Comparison::LessThan(_) | Comparison::GreaterThan(_) => NUMBER,
        Comparison::LessThanPath(_) | Comparison::GreaterThanPath(_) => NUMBER | TEXT,
        Comparison::Length(_) | Comparison::ShorterThan(_) | Comparison::LongerThan(_) => TEXT | LIST | MAP,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::monitor::Pattern;

    #[test]
    fn what_no_value_meets_both_of_clashes_and_nothing_else() {
        use Comparison::{
            Contains, Equals, EqualsPath, Exists, GreaterThan, GreaterThanPath, Length, LessThan,
            LessThanPath, LongerThan, Matches, NotContains, NotEquals, NotEqualsPath, ShorterThan,
        };
        let pattern = |text| Matches(Pattern::parse(text).expect("valid"));
        let text = |text: &str| text.to_owned();
        for (one, other, in_text, in_json) in [
            (Equals(json!("up")), pattern("^down"), true, true),
            (Equals(json!("up")), pattern("^up"), false, false),
            (Equals(json!("up")), Equals(json!("down")), true, true),
            (Equals(json!("up")), NotEquals(json!("up")), true, true),
            (Equals(json!("12")), LessThan(20.into()), false, true),
            (Equals(json!("up")), LessThan(20.into()), true, true),
            (Equals(json!("up")), Length(3), true, true),
            (Contains(text("ab")), NotContains(text("a")), true, false),
            (Contains(text("a")), NotContains(text("a")), true, true),
            (Contains(text("a")), NotContains(text("ab")), false, false),
            (Contains(text("1")), LessThan(20.into()), false, true),
            (LessThan(1.into()), GreaterThan(1.into()), true, true),
            (LessThan(2.into()), GreaterThan(1.into()), false, false),
            (LessThan(2.into()), Length(1), false, true),
            (pattern("a"), LessThan(2.into()), false, true),
            (Exists(false), Exists(true), true, true),
            (Exists(false), NotEquals(json!(1)), true, true),
            (Exists(false), Exists(false), false, false),
            (Length(3), ShorterThan(3), true, true),
            (Length(3), LongerThan(3), true, true),
            (Length(3), Length(4), true, true),
            (ShorterThan(4), LongerThan(3), true, true),
            (ShorterThan(5), LongerThan(3), false, false),
            (LessThanPath(text("$.b")), Length(3), false, false),
            (LessThanPath(text("$.b")), LessThan(3.into()), false, false),
            (Equals(json!(1)), LessThanPath(text("$.b")), false, false),
            (EqualsPath(text("$.b")), NotEqualsPath(text("$.b")), true, true),
            (EqualsPath(text("$.b")), LessThanPath(text("$.b")), true, true),
            (LessThanPath(text("$.b")), GreaterThanPath(text("$.b")), true, true),
            (NotEqualsPath(text("$.b")), LessThanPath(text("$.b")), false, false),
            (EqualsPath(text("$.b")), NotEqualsPath(text("$.c")), false, false),
            (EqualsPath(text("$.b")), EqualsPath(text("$.b")), false, false),
        ] {
            assert_eq!(clash(&one, &other, ComparedAs::Text), in_text, "{one} / {other}");
            assert_eq!(clash(&other, &one, ComparedAs::Json), in_json, "{one} / {other}");
        }
    }
}
