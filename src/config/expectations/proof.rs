//! Whether an expectation can hold, and whether it can fail: one that cannot fail misses every outage.
//!
//! What excludes itself is an error. What is only not found to hold or to fail, though it was looked for, is warned of.

use crate::assert::{Assertion, Comparison, Consequence, Subject, SubjectShape, misses};
use crate::config::diagnostic::Code;
use crate::config::expectations::absence;
use crate::config::expectations::clash::{ComparedAs, clash};
use crate::config::expectations::tried::{PathCheck, path_check};
use crate::json::{JsonDocument, JsonPath, PathRemark, PathSelector, Segment, remarks};
use crate::monitor::{Budget, Pattern};
use crate::written::{Path, Violation};

/// Texts of which a pattern that means something misses one.
const TEXTS: [&str; 8] = ["", " ", "\n", "0", "x", "Ü", "{\"a\":[1]}", "<html>\r\n</html>"];

/// Steps that holding the assertions of one document against each other may take; each pair is one.
const PAIRS: usize = 1_000_000;

/// Complains of what cannot hold or cannot fail, and says what is worth trying. Assertions on paths stand in the order of
/// the file.
pub fn check(assertions: &[Assertion], violations: &mut Vec<Violation>) -> Vec<PathCheck<Violation>> {
    let mut budget = Budget::of(PAIRS);
    let mut path_checks = Vec::new();
    for consequence in [Consequence::Down, Consequence::Degraded] {
        let top = Path::from(consequence.key());
        let mut lists: Vec<(Subject, Vec<&Assertion>)> = Vec::new();
        for assertion in assertions.iter().filter(|one| one.consequence == consequence) {
            let subject = assertion.subject;
            let field = top.key(subject.field());
            match subject.shape() {
                SubjectShape::Code => {}
                SubjectShape::One => {
                    of_text(&field, &assertion.must, violations);
                    matches_all(&field, assertion, violations);
                }
                SubjectShape::Keyed => of_text(&field.key(&assertion.part), &assertion.must, violations),
                SubjectShape::Paths => match lists.iter_mut().find(|(known, _)| *known == subject) {
                    Some((_, list)) => list.push(assertion),
                    None => lists.push((subject, vec![assertion])),
                },
            }
        }
        for (subject, list) in lists {
            path_checks.extend(of_paths(&top.key(subject.field()), &list, &mut budget, violations));
        }
    }
    path_checks
}

fn of_text(path: &Path, comparisons: &[Comparison], violations: &mut Vec<Violation>) {
    among(path, comparisons, ComparedAs::Text, violations);
    never_match(path, comparisons, violations);
}

/// A value that every answer has is all that such a pattern asks for.
fn matches_all(path: &Path, assertion: &Assertion, violations: &mut Vec<Violation>) {
    let message = format!("this pattern matches every {}", assertion.subject.word());
    for comparison in &assertion.must {
        let path = path.key(comparison.key());
        if let Comparison::Matches(pattern) = comparison
            && matches_everything(pattern)
        {
            violations.push(never_fails(path, &message));
        } else if let Comparison::NotMatches(pattern) = comparison
            && matches_everything(pattern)
        {
            violations.push(Violation::never_passes(path, message.as_str()));
        }
    }
}

/// Assertions on values in one document of JSON, at the elements of `list`.
fn of_paths(
    list: &Path,
    assertions: &[&Assertion],
    budget: &mut Budget,
    violations: &mut Vec<Violation>,
) -> Vec<PathCheck<Violation>> {
    let mut path_checks = Vec::new();
    let parsed: Vec<_> = assertions.iter().map(|assertion| JsonPath::parse(&assertion.part).ok()).collect();
    let shows_list =
        parsed.iter().zip(assertions).any(|(path, assertion)| shows_list(path.as_ref(), assertion));
    for (index, (assertion, path)) in assertions.iter().zip(&parsed).enumerate() {
        let place = list.index(index);
        among(&place, &assertion.must, ComparedAs::Json, violations);
        never_match(&place, &assertion.must, violations);
        let Some(path) = path else { continue };
        violations.extend(assertion.must.iter().filter_map(|one| with_itself(&place, path, one)));
        violations
            .extend(remarks(path).into_iter().filter_map(|remark| remarked(&place, &remark, shows_list)));
        path_checks.extend(path_check(&place, path, assertion));
        for (earlier, (other, other_path)) in assertions.iter().zip(&parsed).enumerate().take(index) {
            if let Some(other_path) = other_path
                && budget.spend(1).is_ok()
            {
                let earlier = list.index(earlier);
                let (one, two) = ((&earlier, *other, other_path), (&place, *assertion, path));
                violations.extend(between(one, two, budget));
            }
        }
    }
    path_checks
}

/// Two comparisons of one value that exclude each other. `rules` has complained of bounds and of what is absent.
fn among(path: &Path, comparisons: &[Comparison], kind: ComparedAs, violations: &mut Vec<Violation>) {
    for (index, later) in comparisons.iter().enumerate() {
        let is_delivered = |earlier: &Comparison| {
            let is_bound =
                |one: &Comparison| matches!(one, Comparison::LessThan(_) | Comparison::GreaterThan(_));
            let is_absent = |one: &Comparison| matches!(one, Comparison::Exists(false));
            (is_bound(earlier) && is_bound(later)) || is_absent(earlier) || is_absent(later)
        };
        let mut earlier = comparisons.iter().take(index);
        if let Some(earlier) = earlier.find(|earlier| !is_delivered(earlier) && clash(earlier, later, kind)) {
            violations.push(exclude(path.key(later.key()), later, path.key(earlier.key()), earlier));
        }
    }
}

fn exclude(path: Path, later: &Comparison, other: Path, earlier: &Comparison) -> Violation {
    let message = format!("`{}` and `{}` can never both pass", earlier.key(), later.key());
    Violation::never_passes(path, message).also(other, "conflicts with this")
}

/// Two assertions on one path, or on a path and one that leads on from it.
fn between(
    (earlier, one, one_path): (&Path, &Assertion, &JsonPath),
    (later, two, two_path): (&Path, &Assertion, &JsonPath),
    budget: &mut Budget,
) -> Option<Violation> {
    if one_path == two_path {
        let pairs = two.must.iter().flat_map(|two| one.must.iter().map(move |one| (one, two)));
        let (one, two) = { pairs }.find(|(one, two)| clash(one, two, ComparedAs::Json))?;
        return Some(exclude(later.key(two.key()), two, earlier.key(one.key()), one));
    }
    let (first, second) = ((earlier, one, one_path), (later, two, two_path));
    leads_on(first, second, budget)
        .or_else(|| leads_on(second, first, budget))
        .or_else(|| absence::compares(first, second))
        .or_else(|| absence::compares(second, first))
}

/// A value beside itself is equal, and neither more nor less.
fn with_itself(place: &Path, path: &JsonPath, comparison: &Comparison) -> Option<Violation> {
    let other = comparison.other_path()?;
    if JsonPath::parse(other).as_ref() != Ok(path) {
        return None;
    }
    let (path, message) = (place.key(comparison.key()), "this is the excluded value itself");
    Some(if matches!(comparison, Comparison::EqualsPath(_)) {
        never_fails(path, message)
    } else {
        Violation::never_passes(path, message)
    })
}

/// What is absent, or equal to a value, has nothing else in it.
fn leads_on(
    (short, outer, outer_path): (&Path, &Assertion, &JsonPath),
    (long, inner, inner_path): (&Path, &Assertion, &JsonPath),
    budget: &mut Budget,
) -> Option<Violation> {
    let rest = inner_path.segments().strip_prefix(outer_path.segments())?;
    if !outer_path.is_single() || inner.must.iter().all(|one| matches!(one, Comparison::Exists(false))) {
        return None;
    }
    let rest = inner_path.ending(rest.len());
    let is_of_value = inner_path.is_single() && inner.must.iter().all(|one| one.other_path().is_none());
    let mut misses_in = |value: &serde_json::Value| {
        let text = value.to_string();
        let document = JsonDocument::read(text.as_bytes());
        budget.spend_text(text.len()).is_ok()
            && document.is_ok_and(|document| {
                misses(&rest, &inner.must, &document, budget).is_ok_and(|misses| !misses.is_empty())
            })
    };
    let excludes = outer.must.iter().find(|comparison| {
        matches!(comparison, Comparison::Exists(false))
            || matches!(comparison, Comparison::Equals(value) if is_of_value && misses_in(value))
    })?;
    let message =
        format!("`{}` of `{}` leaves nothing that `{}` could match", excludes.key(), outer.part, inner.part);
    let violation = Violation::never_passes(long.key("path"), message);
    Some(violation.also(short.key(excludes.key()), "conflicts with this"))
}

fn never_fails(path: Path, message: &str) -> Violation {
    Violation::never_fails(path, message).help("remove it, or make it stricter")
}

/// Patterns such as `$a`, which ask for something behind the end.
fn never_match(path: &Path, comparisons: &[Comparison], violations: &mut Vec<Violation>) {
    for comparison in comparisons {
        let (path, message) = (path.key(comparison.key()), "no string matches this pattern");
        if let Comparison::Matches(pattern) = comparison
            && !pattern.may_match()
        {
            violations.push(Violation::never_passes(path, message));
        } else if let Comparison::NotMatches(pattern) = comparison
            && !pattern.may_match()
        {
            violations.push(never_fails(path, message));
        }
    }
}

fn matches_everything(pattern: &Pattern) -> bool {
    TEXTS.iter().all(|text| pattern.is_match(text, &mut Budget::default()) == Ok(true))
}

/// Whether an assertion fails on a body that is no list.
fn shows_list(path: Option<&JsonPath>, assertion: &Assertion) -> bool {
    let first = path.and_then(|path| path.segments().first());
    let is_absent = assertion.must.iter().any(|one| matches!(one, Comparison::Exists(false)));
    !is_absent
        && matches!(first, Some(Segment::Child(selectors))
            if matches!(selectors.as_slice(), [PathSelector::Index(_) | PathSelector::Slice { .. }]))
}

fn remarked(place: &Path, remark: &PathRemark, shows_list: bool) -> Option<Violation> {
    let path = place.key("path");
    match remark {
        PathRemark::BelowTheTop if shows_list => None,
        PathRemark::BelowTheTop => Some(
            Violation::new(
                Code::BelowTheTop,
                path,
                "this filter tests the fields of the body, not the body itself",
            )
            .label("matches nothing in {\"a\": 1}")
            .help(
                "for a map, write `path: $.a`, with `equals_path: $.b` to compare two fields; for a list, add \
                 `{ path: '$[0]', exists: true }`",
            ),
        ),
        PathRemark::MissingEqualsMissing => Some(
            Violation::new(
                Code::MissingEqualsMissing,
                path,
                "this filter passes if both sides are missing, even for numbers and strings",
            )
            .label("missing equals missing")
            .help("require one of them, as in `[?@.a && @.a == @.b]`, or write `equals_path`"),
        ),
    }
}

#[cfg(test)]
mod tests;
