//! The expectations on headers and bodies.

use super::compare::{Redact, Unmet, fault, quote, unjudged};
use crate::assertion::{Actual, misses};
use crate::json::{Broken, Document};
use crate::monitor::{Budget, Comparison, HeaderAssertion, JsonAssertion};
use crate::observation::{Answer, Fault, Subject};

pub fn header(
    assertion: &HeaderAssertion,
    answer: &Answer,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Fault> {
    let name = &assertion.name;
    let values: Vec<_> = answer
        .headers
        .iter()
        .filter(|(header, _)| header == name)
        .map(|(_, value)| String::from_utf8_lossy(value))
        .collect();
    let text = (!values.is_empty()).then(|| values.join(", "));
    of_text(&assertion.comparisons, text.as_deref(), (Subject::HEADER, name), budget, redact)
}

pub fn body(
    comparisons: &[Comparison],
    answer: &Answer,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Fault> {
    let text = answer.body.as_deref().map(String::from_utf8_lossy);
    of_text(comparisons, text.as_deref(), (Subject::BODY, "body"), budget, redact)
}

fn of_text(
    comparisons: &[Comparison],
    text: Option<&str>,
    about: (Subject, &str),
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Fault> {
    let actual = text.map_or(Actual::Missing, Actual::Text);
    comparisons.iter().filter_map(|comparison| fault(comparison, actual, about, budget, redact)).collect()
}

pub fn json(
    assertions: &[JsonAssertion],
    answer: &Answer,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Fault> {
    if assertions.is_empty() {
        return Vec::new();
    }
    let body = answer.body.as_deref().unwrap_or_default();
    match Document::read(body) {
        Ok(document) => {
            assertions.iter().flat_map(|assertion| json_path(assertion, &document, budget, redact)).collect()
        }
        Err(broken) => vec![not_json(body, &broken, redact)],
    }
}

/// Says where the body stops being JSON, and what was to come there.
fn not_json(body: &[u8], broken: &Broken, redact: Redact<'_>) -> Fault {
    let Broken { line, column, found, expected } = broken;
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = body {
        return Fault::new(Subject::JSON, "a body in UTF-16", "a JSON body in UTF-8");
    }
    let start = String::from_utf8_lossy(body);
    if start.trim_start_matches('\u{feff}').is_empty() {
        return Fault::new(Subject::JSON, "an empty body", "a JSON body");
    }
    let found = match found {
        Some(found) => format!("{found:?}"),
        None => "its end".to_owned(),
    };
    let actual = format!("body {} is not JSON: {found} at {line}:{column}", quote(&start, redact));
    Fault::new(Subject::JSON, actual, format!("{expected} there"))
}

fn json_path(
    assertion: &JsonAssertion,
    document: &Document<'_>,
    budget: &mut Budget,
    redact: Redact<'_>,
) -> Vec<Fault> {
    let path = &assertion.path;
    match misses(assertion, document, budget) {
        Ok(misses) => misses
            .into_iter()
            .map(|miss| {
                let actual = miss.node.map_or(Actual::Missing, |node| Actual::Node(document, node));
                Unmet::new(miss.comparison, actual, redact).fault(Subject::JSON, path)
            })
            .collect(),
        Err(why) => vec![unjudged(&why, Subject::JSON, path)],
    }
}
