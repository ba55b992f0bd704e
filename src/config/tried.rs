//! Tries a JSON assertion on small bodies that are made after its path.

use serde_json::{Value, json};

use super::clash::other_path;
use super::diagnostic::Code;
use super::path::Path;
use super::violation::Violation;
use crate::assertion::{Actual, holds, misses};
use crate::json::{Document, JsonPath, Segment, Selector, around, documents, select};
use crate::monitor::{Budget, Comparison, JsonAssertion};

/// What came of all bodies.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    /// The path found something in one of them.
    finds: bool,
    /// One of them met the assertion.
    meets: bool,
}

/// Warns of a path that finds nothing, or nothing that fits. A path of names, indexes and `*` finds whatever it names.
pub fn violation(place: &Path, path: &JsonPath, assertion: &JsonAssertion) -> Option<Violation> {
    if !path.segments().iter().any(chooses) {
        return None;
    }
    let leaves = leaves(&assertion.comparisons);
    let bodies = documents(path, &leaves);
    let tried =
        bodies.iter().try_fold(Tried::default(), |tried, body| try_on(body, path, assertion, tried))?;
    // Where no body could be made, nothing is known.
    if bodies.is_empty() {
        return None;
    }
    let path = place.key("path");
    let is_absent = assertion.comparisons.iter().all(|one| matches!(one, Comparison::Exists(false)));
    match tried {
        Tried { finds: false, .. } if is_absent => Some(
            Violation::new(
                Code::NeverFails,
                place.key("exists"),
                "this path finds nothing in any body that was tried",
            )
            .label("always holds")
            .also(path, "finds nothing"),
        ),
        Tried { finds: false, .. } => Some(
            Violation::new(Code::FindsNothing, path, "this path finds nothing in any body that was tried")
                .label("finds nothing"),
        ),
        Tried { meets: false, .. } if !is_absent && some_leaf_fits(&leaves, &assertion.comparisons) => Some(
            Violation::new(
                Code::FindsNothing,
                path,
                "what this path chooses does not meet its comparisons in any body that was tried",
            )
            .label("chooses other values"),
        ),
        Tried { .. } => None,
    }
}

/// `None` if a body cannot be judged: then nothing is known of the others either.
fn try_on(body: &Value, path: &JsonPath, assertion: &JsonAssertion, tried: Tried) -> Option<Tried> {
    let text = body.to_string();
    let document = Document::read(text.as_bytes()).ok()?;
    let found = select(path, &document, &mut Budget::default()).ok()?;
    let misses = misses(assertion, &document, &mut Budget::default()).ok()?;
    Some(Tried { finds: tried.finds || !found.is_empty(), meets: tried.meets || misses.is_empty() })
}

/// Whether a step leaves something out.
fn chooses(segment: &Segment) -> bool {
    let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
    selectors.iter().any(|selector| match selector {
        Selector::Filter(_) | Selector::Slice { .. } => true,
        Selector::Name(_) | Selector::Wildcard | Selector::Index(_) => false,
    })
}

/// Values that may meet the comparisons.
fn leaves(comparisons: &[Comparison]) -> Vec<Value> {
    let mut leaves = Vec::new();
    for comparison in comparisons {
        match comparison {
            Comparison::Equals(value) => leaves.push(value.clone()),
            Comparison::Contains(text) => leaves.extend([json!(text), json!([text])]),
            Comparison::Matches(pattern) => leaves.extend(pattern.example().map(Value::from)),
            Comparison::LessThan(bound) | Comparison::GreaterThan(bound) => leaves.extend(around(bound)),
            Comparison::Length(length) | Comparison::ShorterThan(length) | Comparison::LongerThan(length) => {
                let lengths = [length.saturating_sub(1), *length, length.saturating_add(1)];
                let short = lengths.into_iter().filter_map(|length| usize::try_from(length).ok());
                leaves.extend(
                    short.filter(|length| *length <= 64).flat_map(|length| {
                        [json!("x".repeat(length)), Value::Array(vec![Value::Null; length])]
                    }),
                );
            }
            Comparison::NotEquals(_)
            | Comparison::NotContains(_)
            | Comparison::EqualsPath(_)
            | Comparison::NotEqualsPath(_)
            | Comparison::LessThanPath(_)
            | Comparison::GreaterThanPath(_)
            | Comparison::Exists(_) => {}
        }
    }
    leaves.extend([json!({}), json!(0), json!("x"), json!(true), Value::Null, json!([])]);
    leaves
}

fn some_leaf_fits(leaves: &[Value], comparisons: &[Comparison]) -> bool {
    comparisons.iter().all(|one| other_path(one).is_none())
        && leaves.iter().any(|leaf| {
            let text = leaf.to_string();
            Document::read(text.as_bytes()).is_ok_and(|document| {
                let actual = Actual::Node(&document, Document::ROOT);
                comparisons.iter().all(|one| holds(one, actual, &mut Budget::default()) == Ok(true))
            })
        })
}
