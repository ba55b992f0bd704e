//! Expectations that no answer of HTTP meets, or that each of them meets. Pure.

use serde_json::Value;

use super::expect::{BODY, HEADER, JSON};
use crate::assert::{Assertion, Comparison, Consequence, misses};
use crate::json::{JsonDocument, JsonPath};
use crate::value::Budget;
use crate::written::{Path, Violation};

/// Complains of what cannot hold or cannot fail. The JSON assertions stand in the order of the file.
pub fn check(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    for consequence in [Consequence::Down, Consequence::Degraded] {
        let of = |subject| {
            assertions.iter().filter(move |one| (one.consequence, one.subject) == (consequence, subject))
        };
        let top = Path::from(consequence.key());
        for assertion in of(HEADER) {
            header(&top.key(HEADER.field()).key(&assertion.part), assertion, violations);
        }
        let place = |index| top.key(JSON.field()).index(index);
        for (index, assertion) in of(JSON).enumerate() {
            violations.extend(absent_top(&place(index), assertion));
        }
        let required = of(BODY).flat_map(|body| &body.must).find_map(|comparison| {
            let Comparison::Equals(value) = comparison else { return None };
            value.as_str()
        });
        let Some(text) = required else { continue };
        for (index, assertion) in of(JSON).enumerate() {
            violations.extend(in_body(&top.key(BODY.field()), text, &place(index), assertion));
        }
    }
}

/// A body that is JSON has a value at its top.
fn absent_top(place: &Path, assertion: &Assertion) -> Option<Violation> {
    let is_top = JsonPath::parse(&assertion.part).is_ok_and(|path| path.segments().is_empty());
    let is_absent = assertion.must.iter().any(|one| matches!(one, Comparison::Exists(false)));
    (is_top && is_absent).then(|| {
        Violation::never_passes(place.key("exists"), "a JSON body always has a value at its top")
            .help("for an empty body, write `expect: { body: { equals: '' } }`")
    })
}

/// A body that has to be one text is one document.
fn in_body(body: &Path, text: &str, place: &Path, assertion: &Assertion) -> Option<Violation> {
    let holds = JsonDocument::read(text.as_bytes()).is_ok_and(|document| {
        misses(&assertion.part, &assertion.must, &document, &mut Budget::default())
            .is_ok_and(|misses| misses.is_empty())
    });
    (!holds).then(|| {
        let message = format!("`{}` matches nothing suitable in the required body", assertion.part);
        Violation::never_passes(place.key("path"), message).also(body.key("equals"), "conflicts with this")
    })
}

/// What a connection hands over as the value of a header has no blanks at its ends, and no line breaks.
fn header(path: &Path, assertion: &Assertion, violations: &mut Vec<Violation>) {
    let is_control = |c: char| c.is_control() && c != '\t';
    let is_sent_so = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.trim() == text && !text.contains(is_control)
    };
    let message = "a header has no blanks at its ends and no line breaks";
    for comparison in &assertion.must {
        let path = path.key(comparison.key());
        let cannot_hold = matches!(comparison, Comparison::Equals(value) if !is_sent_so(value))
            || matches!(comparison, Comparison::Contains(text) if text.contains(is_control));
        let cannot_fail = matches!(comparison, Comparison::NotEquals(value) if !is_sent_so(value))
            || matches!(comparison, Comparison::NotContains(text) if text.contains(is_control));
        if cannot_hold {
            violations.push(Violation::never_passes(path, message));
        } else if cannot_fail {
            let violation = Violation::never_fails(path, message);
            violations.push(violation.help("remove it, or make it stricter"));
        }
    }
}
