//! The standard's own cases, bodies as servers send them, and the worst that a path can ask for.

mod bodies;
mod compliance;
mod worst;

use super::{JsonDocument, JsonPath, NodeId, select};
use crate::value::{Budget, Unjudged};

fn path(text: &str) -> JsonPath {
    JsonPath::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn read(body: &str) -> JsonDocument<'_> {
    JsonDocument::read(body.as_bytes()).unwrap_or_else(|broken| panic!("{body}: {broken:?}"))
}

/// What a path finds, as it is written, and the steps that it takes.
fn found(text: &str, body: &str) -> (Result<Vec<String>, Unjudged>, usize) {
    let (document, mut budget) = (read(body), Budget::default());
    let nodes = select(&path(text), &document, &mut budget);
    let raw = |nodes: Vec<NodeId>| nodes.into_iter().map(|node| document.raw(node).to_owned()).collect();
    (nodes.map(raw), budget.spent())
}
