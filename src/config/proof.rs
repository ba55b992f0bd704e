//! Whether an expectation can hold, and whether it can fail: one that cannot fail misses every outage.
//!
//! What excludes itself is an error. What is only not found to hold or to fail, though it was looked for, is warned of.

use super::absence;
use super::clash::{Kind, clash, key, other_path};
use super::diagnostic::Code;
use super::path::Path;
use super::tried::{Trial, trial};
use super::violation::Violation;
use crate::assertion::misses;
use crate::json::{Document, JsonPath, Remark, Segment, Selector, remarks};
use crate::monitor::{Budget, Comparison, Expectations, HeaderAssertion, JsonAssertion, Pattern};

/// Texts of which a pattern that means something misses one.
const TEXTS: [&str; 8] = ["", " ", "\n", "0", "x", "Ü", "{\"a\":[1]}", "<html>\r\n</html>"];

/// Steps that holding the assertions of one document against each other may take; each pair is one.
const PAIRS: usize = 1_000_000;

/// Complains of what cannot hold or cannot fail, and says what is worth trying. The JSON assertions stand in the order
/// of the file.
pub fn check(expect: &Expectations, violations: &mut Vec<Violation>) -> Vec<Trial<Violation>> {
    let (mut trials, mut budget) = (Vec::new(), Budget::of(PAIRS));
    for assertion in &expect.headers {
        header(assertion, violations);
    }
    let body = Path::from("expect.body");
    among(&body, &expect.body, Kind::Text, violations);
    never_match(&body, &expect.body, violations);
    for comparison in &expect.body {
        if let Comparison::Matches(pattern) = comparison
            && matches_everything(pattern)
        {
            violations.push(never_fails(body.key("matches"), "this pattern matches every body"));
        }
    }
    let parsed: Vec<_> = expect.json.iter().map(|assertion| JsonPath::parse(&assertion.path).ok()).collect();
    let shows_list =
        parsed.iter().zip(&expect.json).any(|(path, assertion)| shows_list(path.as_ref(), assertion));
    for (index, (assertion, path)) in expect.json.iter().zip(&parsed).enumerate() {
        let place = Path::from("expect.json").index(index);
        among(&place, &assertion.comparisons, Kind::Json, violations);
        never_match(&place, &assertion.comparisons, violations);
        let Some(path) = path else { continue };
        violations.extend(absence::of_body(&place, path, assertion));
        violations.extend(assertion.comparisons.iter().filter_map(|one| with_itself(&place, path, one)));
        violations
            .extend(remarks(path).into_iter().filter_map(|remark| remarked(&place, &remark, shows_list)));
        trials.extend(trial(&place, path, assertion));
        for (earlier, (other, other_path)) in expect.json.iter().zip(&parsed).enumerate().take(index) {
            if let Some(other_path) = other_path
                && budget.spend(1).is_ok()
            {
                let earlier = Path::from("expect.json").index(earlier);
                let (one, two) = ((&earlier, other, other_path), (&place, assertion, path));
                violations.extend(between(one, two, &mut budget));
            }
        }
        violations.extend(of_body(&expect.body, &place, assertion));
    }
    trials
}

/// Two comparisons of one value that exclude each other. `rules` has complained of bounds and of what is absent.
fn among(path: &Path, comparisons: &[Comparison], kind: Kind, violations: &mut Vec<Violation>) {
    for (index, later) in comparisons.iter().enumerate() {
        let is_delivered = |earlier: &Comparison| {
            let is_bound =
                |one: &Comparison| matches!(one, Comparison::LessThan(_) | Comparison::GreaterThan(_));
            let is_absent = |one: &Comparison| matches!(one, Comparison::Exists(false));
            (is_bound(earlier) && is_bound(later)) || is_absent(earlier) || is_absent(later)
        };
        let mut earlier = comparisons.iter().take(index);
        if let Some(earlier) = earlier.find(|earlier| !is_delivered(earlier) && clash(earlier, later, kind)) {
            violations.push(exclude(path.key(key(later)), later, path.key(key(earlier)), earlier));
        }
    }
}

fn exclude(path: Path, later: &Comparison, other: Path, earlier: &Comparison) -> Violation {
    let message = format!("`{}` and `{}` can never both pass", key(earlier), key(later));
    Violation::new(Code::NeverPasses, path, message).label("never passes").also(other, "conflicts with this")
}

/// Two assertions on one path, or on a path and one that leads on from it.
fn between(
    (earlier, one, one_path): (&Path, &JsonAssertion, &JsonPath),
    (later, two, two_path): (&Path, &JsonAssertion, &JsonPath),
    budget: &mut Budget,
) -> Option<Violation> {
    if one_path == two_path {
        let pairs = two.comparisons.iter().flat_map(|two| one.comparisons.iter().map(move |one| (one, two)));
        let (one, two) = { pairs }.find(|(one, two)| clash(one, two, Kind::Json))?;
        return Some(exclude(later.key(key(two)), two, earlier.key(key(one)), one));
    }
    let (first, second) = ((earlier, one, one_path), (later, two, two_path));
    leads_on(first, second, budget)
        .or_else(|| leads_on(second, first, budget))
        .or_else(|| absence::compares(first, second))
        .or_else(|| absence::compares(second, first))
}

/// A value beside itself is equal, and neither more nor less.
fn with_itself(place: &Path, path: &JsonPath, comparison: &Comparison) -> Option<Violation> {
    let other = other_path(comparison)?;
    if JsonPath::parse(other).as_ref() != Ok(path) {
        return None;
    }
    let (path, message) = (place.key(key(comparison)), "this is the excluded value itself");
    Some(if matches!(comparison, Comparison::EqualsPath(_)) {
        never_fails(path, message)
    } else {
        Violation::new(Code::NeverPasses, path, message).label("never passes")
    })
}

/// What is absent, or equal to a value, has nothing else in it.
fn leads_on(
    (short, outer, outer_path): (&Path, &JsonAssertion, &JsonPath),
    (long, inner, inner_path): (&Path, &JsonAssertion, &JsonPath),
    budget: &mut Budget,
) -> Option<Violation> {
    let rest = inner_path.segments().strip_prefix(outer_path.segments())?;
    if !outer_path.is_single() || inner.comparisons.iter().all(|one| matches!(one, Comparison::Exists(false)))
    {
        return None;
    }
    let rest = JsonAssertion { path: inner_path.ending(rest.len()), ..inner.clone() };
    let is_of_value = inner_path.is_single() && inner.comparisons.iter().all(|one| other_path(one).is_none());
    let mut misses_in = |value: &serde_json::Value| {
        let text = value.to_string();
        let document = Document::read(text.as_bytes());
        budget.spend_text(text.len()).is_ok()
            && document
                .is_ok_and(|document| misses(&rest, &document, budget).is_ok_and(|misses| !misses.is_empty()))
    };
    let excludes = outer.comparisons.iter().find(|comparison| {
        matches!(comparison, Comparison::Exists(false))
            || matches!(comparison, Comparison::Equals(value) if is_of_value && misses_in(value))
    })?;
    let message =
        format!("`{}` of `{}` leaves nothing that `{}` could match", key(excludes), outer.path, inner.path);
    Some(
        Violation::new(Code::NeverPasses, long.key("path"), message)
            .label("never passes")
            .also(short.key(key(excludes)), "conflicts with this"),
    )
}

/// A body that has to be one text is one document.
fn of_body(body: &[Comparison], place: &Path, assertion: &JsonAssertion) -> Option<Violation> {
    let text = body.iter().find_map(|comparison| {
        let Comparison::Equals(value) = comparison else { return None };
        value.as_str()
    })?;
    let holds = Document::read(text.as_bytes()).is_ok_and(|document| {
        misses(assertion, &document, &mut Budget::default()).is_ok_and(|misses| misses.is_empty())
    });
    (!holds).then(|| {
        let message = format!("`{}` matches nothing suitable in the required body", assertion.path);
        Violation::new(Code::NeverPasses, place.key("path"), message)
            .label("never passes")
            .also("expect.body.equals", "conflicts with this")
    })
}

/// What a connection hands over as the value of a header has no blanks at its ends, and no line breaks.
fn header(assertion: &HeaderAssertion, violations: &mut Vec<Violation>) {
    let path = Path::from("expect.headers").key(&assertion.name);
    among(&path, &assertion.comparisons, Kind::Text, violations);
    never_match(&path, &assertion.comparisons, violations);
    let is_control = |c: char| c.is_control() && c != '\t';
    let is_sent_so = |value: &serde_json::Value| {
        let text = value.as_str().unwrap_or_default();
        text.trim() == text && !text.contains(is_control)
    };
    let message = "a header has no blanks at its ends and no line breaks";
    for comparison in &assertion.comparisons {
        let path = path.key(key(comparison));
        let cannot_hold = matches!(comparison, Comparison::Equals(value) if !is_sent_so(value))
            || matches!(comparison, Comparison::Contains(text) if text.contains(is_control));
        let cannot_fail = matches!(comparison, Comparison::NotEquals(value) if !is_sent_so(value))
            || matches!(comparison, Comparison::NotContains(text) if text.contains(is_control));
        if cannot_hold {
            violations.push(Violation::new(Code::NeverPasses, path, message).label("never passes"));
        } else if cannot_fail {
            violations.push(never_fails(path, message));
        }
    }
}

fn never_fails(path: Path, message: &str) -> Violation {
    Violation::new(Code::NeverFails, path, message)
        .label("always passes")
        .help("remove it, or make it stricter")
}

/// Patterns such as `$a`, which ask for something behind the end.
fn never_match(path: &Path, comparisons: &[Comparison], violations: &mut Vec<Violation>) {
    for comparison in comparisons {
        if let Comparison::Matches(pattern) = comparison
            && !pattern.may_match()
        {
            let message = "no string matches this pattern";
            violations
                .push(Violation::new(Code::NeverPasses, path.key("matches"), message).label("never passes"));
        }
    }
}

fn matches_everything(pattern: &Pattern) -> bool {
    TEXTS.iter().all(|text| pattern.is_match(text, &mut Budget::default()) == Ok(true))
}

/// Whether an assertion fails on a body that is no list.
fn shows_list(path: Option<&JsonPath>, assertion: &JsonAssertion) -> bool {
    let first = path.and_then(|path| path.segments().first());
    let is_absent = assertion.comparisons.iter().any(|one| matches!(one, Comparison::Exists(false)));
    !is_absent
        && matches!(first, Some(Segment::Child(selectors))
            if matches!(selectors.as_slice(), [Selector::Index(_) | Selector::Slice { .. }]))
}

fn remarked(place: &Path, remark: &Remark, shows_list: bool) -> Option<Violation> {
    let path = place.key("path");
    match remark {
        Remark::BelowTheTop if shows_list => None,
        Remark::BelowTheTop => Some(
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
        Remark::MissingEqualsMissing => Some(
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
mod tests {
    use super::*;
    use crate::config::{SourceFile, load};

    /// Kinds of faults in `expect`, with their lines.
    fn found(expect: &str) -> Vec<(Code, usize)> {
        let text = format!("id: a\nurl: https://a.example\nexpect:\n{expect}\n");
        let file = SourceFile { path: "a.yaml".to_owned(), folder: String::new(), bytes: text.into_bytes() };
        load(&[file], None).diagnostics.into_iter().map(|fault| (fault.code, fault.span.line)).collect()
    }

    fn json(assertion: &str) -> Vec<Code> {
        found(&format!("  json:\n    - {{ {assertion} }}")).into_iter().map(|(code, _)| code).collect()
    }

    // Trap 27: an assertion that can never fail.
    #[test]
    fn a_path_that_finds_nothing_or_not_what_is_meant_is_warned_of() {
        use Code::{BelowTheTop, FindsNothing, MissingEqualsMissing, NeverFails};
        for (assertion, expected) in [
            ("path: '$[?@.a == @.b]', exists: true", &[BelowTheTop, MissingEqualsMissing][..]),
            ("path: '$[?length(@.users) == 3]', exists: true", &[BelowTheTop]),
            ("path: \"$[?@.status == 'down']\", exists: false", &[BelowTheTop]),
            ("path: '$.items[?@.a == @.b]', exists: false", &[MissingEqualsMissing]),
            ("path: '$.items[?@.a == 1 && @.a == 2]', exists: false", &[NeverFails]),
            ("path: '$.items[?@.a == 1 && @.a == 2]', exists: true", &[FindsNothing]),
            ("path: '$.items[?1 == 2]', exists: false", &[NeverFails]),
            ("path: '$.items[?length(@.a) == \"x\"]', exists: false", &[NeverFails]),
            ("path: '$.items[?count(@.*) < 0]', exists: false", &[NeverFails]),
            ("path: '$.items[?length(@) == -1]', exists: true", &[FindsNothing]),
            ("path: '$.items[?@.n > 5 && @.n < 3]', exists: false", &[NeverFails]),
            ("path: '$.items[::0]', exists: false", &[NeverFails]),
            ("path: '$.items[5:2]', exists: true", &[FindsNothing]),
            ("path: \"$.items[?@.state == 'up'].state\", equals: down", &[FindsNothing]),
            ("path: \"$.items[?@.state == 'up'].state\", matches: '^d'", &[FindsNothing]),
            // Their neighbours, which mean something.
            ("path: \"$.items[?@.state == 'up'].state\", equals: up", &[]),
            ("path: \"$.items[?@.state == 'up'].name\", matches: '^d'", &[]),
            ("path: '$.items[?@.a && @.a == @.b]', exists: false", &[]),
            ("path: '$.items[?@.lag > @.limit]', exists: false", &[]),
            ("path: '$.items[?@.n > 5 && @.n < 7]', exists: false", &[]),
            ("path: '$.items[?@.n > 0.1 && @.n < 0.2]', exists: false", &[]),
            ("path: '$.items[?!@.error]', exists: true", &[]),
            ("path: '$.items[?@.n >= 3 || @.m]', exists: true", &[]),
            ("path: '$.items[?length(@.tags) > 2]', exists: false", &[]),
            ("path: '$.items[?count(@.tags[*]) == 3]', exists: true", &[]),
            ("path: \"$.items[?count(@.tags[?@ == 'a']) == 2]\", exists: true", &[]),
            ("path: \"$.items[?value(@..name) == 'x']\", exists: true", &[]),
            ("path: \"$.items[?match(@.name, '[a-z]+-[0-9]{2}')].state\", equals: up", &[]),
            ("path: \"$.items[?search(@.name, '^api') && @.state != 'up']\", exists: false", &[]),
            ("path: '$.items[?@.id == $.leader].state', equals: up", &[]),
            ("path: '$.items[-2:]', exists: true", &[]),
            ("path: '$.items[1:5:2].a', less_than: 3", &[]),
            ("path: '$.items[5::-2]', exists: true", &[]),
            ("path: '$..items[?@.a[?@.b == 1]]', exists: false", &[]),
            ("path: '$.items[?@.used < @.size].used', less_than_path: $.limit", &[]),
            ("path: '$.items[*].state', equals: up", &[]),
            ("path: '$[?@ > 3]', exists: false", &[]),
            ("path: '$..[?@.a == 1]', exists: false", &[]),
        ] {
            assert_eq!(json(assertion), expected, "{assertion}");
        }
        let list = "  json:\n    - { path: \"$[?@.status == 'down']\", exists: false }\n    - { path: '$[0]', exists: true }";
        assert_eq!(found(list), [], "a body that is a list");
    }

    #[test]
    fn what_excludes_itself_never_passes() {
        use Code::{NeverFails, NeverPasses};
        for (expect, expected) in [
            ("  body: { equals: up, matches: '^down' }", &[(NeverPasses, 4)][..]),
            ("  body: { equals: up, contains: p }", &[]),
            ("  body: { contains: errors, not_contains: error }", &[(NeverPasses, 4)]),
            ("  body: { contains: ok, not_contains: error, matches: '^\\{' }", &[]),
            ("  body: { matches: '.*' }", &[(NeverFails, 4)]),
            ("  body: { matches: '(?s)^.*$' }", &[(NeverFails, 4)]),
            ("  body: { matches: 'x*' }", &[(NeverFails, 4)]),
            ("  body: { matches: '(?s).' }", &[]),
            ("  body: { matches: '^$' }", &[]),
            ("  body: { matches: '$a' }", &[(NeverPasses, 4)]),
            ("  body: { matches: \"^ok$\\n\" }", &[(NeverPasses, 4)]),
            ("  headers: { x-a: { matches: 'a^' } }", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, matches: '[^\\s\\S]' }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $, exists: false }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $, exists: true }]", &[]),
            ("  json: [{ path: $.a, less_than_path: $.b, greater_than_path: $.b }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, less_than_path: $.b, not_equals_path: $.b }]", &[]),
            (
                "  json:\n    - { path: $.a, exists: false }\n    - { path: $.b, equals_path: $.a.c }",
                &[(NeverPasses, 6)],
            ),
            (
                "  json:\n    - { path: $.b, not_equals_path: $.a }\n    - { path: $.a, exists: false }",
                &[(NeverPasses, 5)],
            ),
            ("  json:\n    - { path: $.a.c, exists: false }\n    - { path: $.b, equals_path: $.a }", &[]),
            ("  headers: { x-a: { equals: a, not_equals: a } }", &[(NeverPasses, 4)]),
            ("  headers: { x-a: { matches: '.*' } }", &[]),
            ("  headers: { X-A: ' a' }", &[(NeverPasses, 4)]),
            ("  headers: { x-a: { not_equals: 'a ' } }", &[(NeverFails, 4)]),
            ("  headers: { x-a: { not_contains: \"a\\nb\" } }", &[(NeverFails, 4)]),
            ("  json: [{ path: $.a, equals: 5, less_than: 3 }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, equals: up, length: 3 }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, equals: [1], contains: x }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, contains: x, less_than: 3 }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, matches: x, length: 3, not_equals: y }]", &[]),
            ("  json: [{ path: $.a, length: 3, shorter_than: 3 }]", &[(NeverPasses, 4)]),
            ("  json: [{ path: $.a, equals_path: \"$['a']\" }]", &[(NeverFails, 4)]),
            ("  json: [{ path: $.a, less_than_path: $.a }]", &[(NeverPasses, 4)]),
            (
                "  json:\n    - { path: $.a, equals: 1 }\n    - { path: \"$['a']\", equals: 2 }",
                &[(NeverPasses, 6)],
            ),
            (
                "  json:\n    - { path: $.a, less_than: 1 }\n    - { path: $.a, greater_than: 2 }",
                &[(NeverPasses, 6)],
            ),
            (
                "  json:\n    - { path: $.a, exists: false }\n    - { path: $.a.b, equals: 1 }",
                &[(NeverPasses, 6)],
            ),
            (
                "  json:\n    - { path: $.a.b, equals: 1 }\n    - { path: $.a, exists: false }",
                &[(NeverPasses, 5)],
            ),
            (
                "  json:\n    - { path: $.a, equals: {b: 1} }\n    - { path: $.a.b, equals: 2 }",
                &[(NeverPasses, 6)],
            ),
            ("  json:\n    - { path: $.a, equals: {b: 1} }\n    - { path: $.a.b, equals: 1 }", &[]),
            ("  json:\n    - { path: $.a, equals: x }\n    - { path: $.a.b, exists: false }", &[]),
            ("  json:\n    - { path: $.a, exists: false }\n    - { path: $.ab, equals: 1 }", &[]),
            ("  body: { equals: '{\"a\": 1}' }\n  json: [{ path: $.a, equals: 2 }]", &[(NeverPasses, 5)]),
            ("  body: { equals: '{\"a\": 1}' }\n  json: [{ path: $.a, equals: 1 }]", &[]),
        ] {
            assert_eq!(found(expect), expected, "{expect}");
        }
    }
}
