//! Whether assertions ask less of an answer than before.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use super::{Assertion, Comparison, Consequence, Subject};
use crate::value::{Budget, Pattern};

/// The fields in which `after` asks less than `before`, such as `expect.body`. A new assertion asks more.
pub fn weaker(before: &[Assertion], after: &[Assertion]) -> BTreeSet<String> {
    let after = gathered(after);
    let is_weaker = |(about, (_, comparisons)): &(&About<'_>, &(String, Vec<Comparison>))| {
        let left = after.get(*about).map(|(_, left)| left.as_slice()).unwrap_or_default();
        asks_less(comparisons, left)
    };
    gathered(before).iter().filter(is_weaker).map(|(_, (field, _))| field.clone()).collect()
}

/// What an assertion is about, and what follows if it does not hold.
type About<'a> = (Subject, &'a str, Consequence);

/// The comparisons of each thing, however many assertions they are spread over, with the field that they stand in.
fn gathered(assertions: &[Assertion]) -> BTreeMap<About<'_>, (String, Vec<Comparison>)> {
    let mut all: BTreeMap<About<'_>, (String, Vec<Comparison>)> = BTreeMap::new();
    for assertion in assertions {
        let Assertion { subject, part, must, consequence } = assertion;
        let (_, comparisons) = all
            .entry((*subject, part.as_str(), *consequence))
            .or_insert_with(|| (assertion.field(), Vec::new()));
        comparisons.extend(must.iter().cloned());
    }
    all
}

/// Whether even an empty text is matched.
fn fits_nothing(pattern: &Pattern) -> bool {
    pattern.is_match("", &mut Budget::default()).unwrap_or_default()
}

/// Whether `new` is only a part of `old`.
fn is_less(new: &str, old: &str) -> bool {
    new.len() < old.len() && old.contains(new)
}

/// Whether a comparison was dropped, its bound moved outwards, or its text made to fit more. Another text is neither.
fn asks_less(before: &[Comparison], after: &[Comparison]) -> bool {
    before.iter().any(|comparison| {
        let is_alike = |other: &&Comparison| discriminant(comparison) == discriminant(*other);
        if after.contains(comparison) {
            return false;
        }
        // What stays as it was stands for nothing else.
        let mut same = after.iter().filter(is_alike).filter(|other| !before.contains(other));
        let were = before.iter().filter(is_alike).filter(|other| !after.contains(other)).count();
        if same.clone().count() < were {
            // `exists: true` says the least: any other comparison of the thing asks for more.
            return !matches!(comparison, Comparison::Exists(true)) || after.is_empty();
        }
        match comparison {
            Comparison::OneOf(codes) => {
                !same.any(|other| matches!(other, Comparison::OneOf(new) if codes.holds_all(new)))
            }
            Comparison::LessThan(bound) => {
                !same.any(|other| matches!(other, Comparison::LessThan(new) if new <= bound))
            }
            Comparison::GreaterThan(bound) => {
                !same.any(|other| matches!(other, Comparison::GreaterThan(new) if new >= bound))
            }
            // What has a text in it has every part of that text, and what lacks a text lacks what is longer.
            Comparison::Contains(text) => {
                !same.any(|other| matches!(other, Comparison::Contains(new) if !is_less(new, text)))
            }
            Comparison::NotContains(text) => {
                !same.any(|other| matches!(other, Comparison::NotContains(new) if !is_less(text, new)))
            }
            // One that an empty text matches is met by everything, unless it is anchored at both ends.
            Comparison::Matches(pattern) => !same.any(|other| {
                matches!(other, Comparison::Matches(new) if fits_nothing(pattern) || !fits_nothing(new))
            }),
            Comparison::ShorterThan(bound) => {
                !same.any(|other| matches!(other, Comparison::ShorterThan(new) if new <= bound))
            }
            Comparison::LongerThan(bound) => {
                !same.any(|other| matches!(other, Comparison::LongerThan(new) if new >= bound))
            }
            // A pattern that an empty text misses may miss everything.
            Comparison::NotMatches(pattern) => !same.any(|other| {
                matches!(other, Comparison::NotMatches(new) if !fits_nothing(pattern) || fits_nothing(new))
            }),
            // As many as before: another value is neither more nor less.
            Comparison::Exists(_)
            | Comparison::Equals(_)
            | Comparison::NotEquals(_)
            | Comparison::Length(_)
            | Comparison::EqualsPath(_)
            | Comparison::NotEqualsPath(_)
            | Comparison::LessThanPath(_)
            | Comparison::GreaterThanPath(_) => false,
        }
    })
}
