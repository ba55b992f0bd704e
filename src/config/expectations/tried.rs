//! Tries JSON assertions on small bodies that are made after their paths. Pure.
//!
//! What a path asks may be anything, so that making and judging the bodies is counted, for a document and for a catalog.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::assert::{Actual, Assertion, Comparison, holds, missed};
use crate::config::diagnostic::Code;
use crate::config::violation::{PlacedViolation, rests_on_fault};
use crate::config::yaml::tree::Node;
use crate::json::{JsonDocument, JsonPath, PathSelector, Segment, around, documents, select};
use crate::monitor::{Budget, Unjudged};
use crate::written::{Path, Violation};

/// What came of all bodies.
#[derive(Debug, Clone, Copy, Default)]
struct Tried {
    /// The path found something in one of them.
    finds: bool,
    /// One of them met the assertion.
    meets: bool,
}

/// Steps of trying that the assertions of one document may take, with the compiling of their patterns.
pub const DOCUMENT_STEPS: usize = 4_000_000;

/// Steps of trying that all documents of a catalog may take together: about a second.
pub const CATALOG_STEPS: usize = 40_000_000;

/// An assertion that is worth trying, and what there is to warn of if nothing is found.
pub struct PathCheck<W> {
    path: JsonPath,
    assertion: Assertion,
    /// If the path finds nothing in any body.
    finds_nothing: Option<W>,
    /// If it finds values, and none of them meets the comparisons.
    chooses_others: Option<W>,
}

/// A path of names, indexes and `*` finds whatever it names, so that only others are worth trying.
pub fn path_check(place: &Path, path: &JsonPath, assertion: &Assertion) -> Option<PathCheck<Violation>> {
    if !path.segments().iter().any(chooses) {
        return None;
    }
    let is_absent = assertion.must.iter().all(|one| matches!(one, Comparison::Exists(false)));
    let at = place.key("path");
    let message = "this path matches nothing in any sample body";
    let finds_nothing = if is_absent {
        Violation::never_fails(place.key("exists"), message).also(at.clone(), "matches nothing")
    } else {
        Violation::new(Code::FindsNothing, at.clone(), message).label("matches nothing")
    };
    let message = "the values of this path fail its comparisons in every sample body";
    let chooses_others =
        (!is_absent).then(|| Violation::new(Code::FindsNothing, at, message).label("matches other values"));
    let (path, assertion) = (path.clone(), assertion.clone());
    Some(PathCheck { path, assertion, finds_nothing: Some(finds_nothing), chooses_others })
}

impl PathCheck<Violation> {
    /// The same with places in the document; without a warning that rests on a fault of it.
    pub fn locate(self, document: &Node) -> PathCheck<PlacedViolation> {
        let locate = |violation: Option<Violation>| {
            let sound = violation.filter(|violation| !rests_on_fault(violation, document));
            sound.map(|violation| PlacedViolation::at(violation, document))
        };
        let Self { path, assertion, finds_nothing, chooses_others } = self;
        PathCheck {
            path,
            assertion,
            finds_nothing: locate(finds_nothing),
            chooses_others: locate(chooses_others),
        }
    }
}

/// Tries the assertions of documents, one document after the other, as long as there are steps left: of what is beyond
/// them nothing is known, and nothing is said. The result does not depend on the number of cores.
pub fn warnings(
    documents: impl IntoIterator<Item = Vec<PathCheck<PlacedViolation>>>,
) -> Vec<PlacedViolation> {
    within(documents, DOCUMENT_STEPS, CATALOG_STEPS).0
}

/// The warnings, and the steps that are left of those for the catalog.
fn within(
    documents: impl IntoIterator<Item = Vec<PathCheck<PlacedViolation>>>,
    of_document: usize,
    of_catalog: usize,
) -> (Vec<PlacedViolation>, usize) {
    let mut left = of_catalog;
    let mut warnings = Vec::new();
    // What many monitors inherit is tried once.
    let mut tried = HashSet::new();
    for path_checks in documents {
        let most = of_document.min(left);
        let mut budget = Budget::of(most);
        for path_check in path_checks {
            let place = path_check
                .finds_nothing
                .as_ref()
                .or(path_check.chooses_others.as_ref())
                .map(|fault| fault.place);
            if place.is_some_and(|place| tried.insert((place.file, place.start))) {
                warnings.extend(path_check.run(&mut budget));
            }
        }
        left -= most - budget.left();
    }
    (warnings, left)
}

impl<W> PathCheck<W> {
    /// What to warn of; nothing where a body cannot be judged, because then nothing is known of the others either.
    fn run(self, budget: &mut Budget) -> Option<W> {
        let Self { path, assertion, finds_nothing, chooses_others } = self;
        let leaves = leaves(&assertion.must, budget).ok()?;
        let bodies = documents(&path, &leaves, budget).ok()?;
        // Where no body could be made, nothing is known.
        if bodies.is_empty() {
            return None;
        }
        let mut tried = Tried::default();
        for body in &bodies {
            tried = try_on(body, &path, &assertion, tried, budget).ok()?;
        }
        match tried {
            Tried { finds: false, .. } => finds_nothing,
            Tried { meets: false, .. } => {
                chooses_others.filter(|_| some_leaf_fits(&leaves, &assertion.must, budget) == Ok(true))
            }
            Tried { .. } => None,
        }
    }
}

fn try_on(
    body: &Value,
    path: &JsonPath,
    assertion: &Assertion,
    tried: Tried,
    budget: &mut Budget,
) -> Result<Tried, Unjudged> {
    let text = written(body, budget)?;
    let Ok(document) = JsonDocument::read(text.as_bytes()) else { return Ok(tried) };
    let found = select(path, &document, budget)?;
    let misses = missed(&assertion.must, &document, &found, budget)?;
    Ok(Tried { finds: tried.finds || !found.is_empty(), meets: tried.meets || misses.is_empty() })
}

/// A body as an endpoint would send it. Writing and reading it takes about a step for four bytes.
fn written(body: &Value, budget: &mut Budget) -> Result<String, Unjudged> {
    let text = body.to_string();
    budget.spend(text.len() / 4)?;
    Ok(text)
}

/// Whether a step leaves something out.
fn chooses(segment: &Segment) -> bool {
    let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
    selectors.iter().any(|selector| match selector {
        PathSelector::Filter(_) | PathSelector::Slice { .. } => true,
        PathSelector::Name(_) | PathSelector::Wildcard | PathSelector::Index(_) => false,
    })
}

/// Values that may meet the comparisons.
fn leaves(comparisons: &[Comparison], budget: &mut Budget) -> Result<Vec<Value>, Unjudged> {
    let mut leaves = Vec::new();
    for comparison in comparisons {
        match comparison {
            Comparison::Equals(value) => leaves.push(value.clone()),
            Comparison::Contains(text) => leaves.extend([json!(text), json!([text])]),
            Comparison::Matches(pattern) => {
                pattern.matcher(budget)?;
                leaves.extend(pattern.example().map(Value::from));
            }
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
            Comparison::OneOf(_)
            | Comparison::NotEquals(_)
            | Comparison::NotContains(_)
            | Comparison::NotMatches(_)
            | Comparison::EqualsPath(_)
            | Comparison::NotEqualsPath(_)
            | Comparison::LessThanPath(_)
            | Comparison::GreaterThanPath(_)
            | Comparison::Exists(_) => {}
        }
    }
    leaves.extend([json!({}), json!(0), json!("x"), json!(true), Value::Null, json!([])]);
    Ok(leaves)
}

fn some_leaf_fits(
    leaves: &[Value],
    comparisons: &[Comparison],
    budget: &mut Budget,
) -> Result<bool, Unjudged> {
    if comparisons.iter().any(|one| one.other_path().is_some()) {
        return Ok(false);
    }
    for leaf in leaves {
        let text = written(leaf, budget)?;
        let Ok(document) = JsonDocument::read(text.as_bytes()) else { continue };
        let actual = Actual::Node(&document, JsonDocument::ROOT);
        let mut fits = true;
        for comparison in comparisons {
            fits = fits && holds(comparison, actual, budget)?;
        }
        if fits {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::yaml::tree::TextPlace;
    use crate::kinds::http::JSON;

    const PLENTY: usize = 1 << 40;

    fn path_check(path: &str, start: usize) -> PathCheck<PlacedViolation> {
        let place = TextPlace { file: 0, start, end: start };
        let fault = |message| Some(PlacedViolation::new(Code::FindsNothing, place, message));
        PathCheck {
            path: JsonPath::parse(path).expect("a path"),
            assertion: Assertion::new(JSON, path, vec![Comparison::Exists(true)]),
            finds_nothing: fault("nothing"),
            chooses_others: fault("others"),
        }
    }

    /// Warnings, and steps taken, of documents that have these paths each.
    fn run(documents: &[&[&str]], of_document: usize, of_catalog: usize) -> (usize, usize) {
        let mut start = 0;
        let mut place = || {
            start += 1;
            start
        };
        let documents: Vec<Vec<_>> = documents
            .iter()
            .map(|paths| paths.iter().map(|path| path_check(path, place())).collect())
            .collect();
        let (warnings, left) = within(documents, of_document, of_catalog);
        (warnings.len(), of_catalog - left)
    }

    #[test]
    fn an_assertion_is_warned_of_with_its_last_step_and_not_without_it() {
        let never = "$.items[?@.a == 1 && @.a == 2]";
        let (warnings, steps) = run(&[&[never]], PLENTY, PLENTY);
        assert_eq!(warnings, 1);
        assert!(steps > 1_000, "{steps}");
        for (documents, of_document, of_catalog, expected) in [
            (&[&[never][..]][..], steps, PLENTY, (1, steps)),
            (&[&[never]], steps - 1, PLENTY, (0, steps - 1)),
            (&[&[never]], steps + 1, PLENTY, (1, steps)),
            (&[&[never]], PLENTY, steps, (1, steps)),
            (&[&[never]], PLENTY, steps - 1, (0, steps - 1)),
            // One budget for all assertions of a document, a new one for the next, and one for all of them.
            (&[&[never, never]], 2 * steps, PLENTY, (2, 2 * steps)),
            (&[&[never, never]], 2 * steps - 1, PLENTY, (1, 2 * steps - 1)),
            (&[&[never], &[never]], steps, PLENTY, (2, 2 * steps)),
            (&[&[never], &[never]], PLENTY, 2 * steps, (2, 2 * steps)),
            (&[&[never], &[never]], PLENTY, 2 * steps - 1, (1, 2 * steps - 1)),
        ] {
            assert_eq!(run(documents, of_document, of_catalog), expected, "{of_document} {of_catalog}");
        }
    }

    #[test]
    fn what_is_inherited_is_tried_once() {
        let documents = || (0..3).map(|_| vec![path_check("$.items[?1 == 2]", 7)]);
        let (warnings, left) = within(documents().take(1), PLENTY, PLENTY);
        assert_eq!(warnings.len(), 1);
        assert_eq!(within(documents(), PLENTY, PLENTY).1, left);
    }

    /// Making the bodies is counted as well as judging them, and so is what compiling the patterns takes.
    #[test]
    fn the_dearest_paths_end_at_the_steps_of_their_document() {
        let most = 100_000;
        let filters = format!("$.a[?{}]", vec!["@.b[?@.c==1]"; 30].join("||"));
        let nested = format!("$.a{}", "[?@.b==1||@.c==2||@.d==3]".repeat(24));
        let counts = format!("$.a[?{}]", vec!["count(@.b[?@.c==64])==64"; 30].join("&&"));
        let searches: Vec<_> = (0..9).map(|i| format!("search(@.b,'[a-z]{{0,9{i}}}x')")).collect();
        let searches = format!("$.a[?{}]", searches.join("||"));
        let large = r"$.a[?match(@.b, '\\p{L}{1,60}')]".to_owned();
        for path in [filters, nested, counts, searches, large] {
            let ordinary = "$.items[?@.a == 1 && @.a == 2]";
            let dear = vec![&*path; 100];
            let (warnings, steps) = run(&[&dear, &[ordinary]], most, PLENTY);
            assert!(steps > most && steps < most + 100_000, "{steps} {path}");
            let (of_dear, _) = run(&[&dear], most, PLENTY);
            assert_eq!(warnings, of_dear + 1, "the next document is tried: {path}");
        }
    }
}
