//! Whether comparisons ask less of a value than before.

use crate::monitor::{Budget, Comparison, Pattern};

/// Whether even an empty text is matched.
fn fits_nothing(pattern: &Pattern) -> bool {
    pattern.is_match("", &mut Budget::default()).unwrap_or_default()
}

/// Whether `new` is only a part of `old`.
fn is_less(new: &str, old: &str) -> bool {
    new.len() < old.len() && old.contains(new)
}

/// Whether a comparison was dropped, its bound moved outwards, or its text made to fit more. Another text is neither.
pub fn asks_less(before: &[Comparison], after: &[Comparison]) -> bool {
    let kind = std::mem::discriminant::<Comparison>;
    before.iter().any(|comparison| {
        let mut same = after.iter().filter(|other| kind(comparison) == kind(other));
        match comparison {
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
            // `exists: true` says the least: any other comparison of the thing asks for more.
            Comparison::Exists(true) => after.is_empty(),
            Comparison::Exists(false)
            | Comparison::Equals(_)
            | Comparison::NotEquals(_)
            | Comparison::Length(_)
            | Comparison::EqualsPath(_)
            | Comparison::NotEqualsPath(_)
            | Comparison::LessThanPath(_)
            | Comparison::GreaterThanPath(_) => {
                let were = before.iter().filter(|other| kind(comparison) == kind(other)).count();
                same.count() < were
            }
        }
    })
}
