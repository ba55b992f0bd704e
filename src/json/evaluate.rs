//! What a path finds in a document, step by step and within a budget.

use std::borrow::Cow;

use super::document::{JsonDocument, JsonValue, NodeId};
use super::path::{JsonPath, PathSelector, Segment};
use crate::value::{Budget, Matcher, Unjudged};

/// The nodes that `path` finds in `document`, in its order; a node that is found twice is there twice.
pub fn select(
    path: &JsonPath,
    document: &JsonDocument<'_>,
    budget: &mut Budget,
) -> Result<Vec<NodeId>, Unjudged> {
    // All of them, also if none is needed: a path with a broken pattern is never judged.
    let matchers = path.patterns.iter().map(|pattern| pattern.matcher(budget)).collect::<Result<_, _>>()?;
    let mut search = PathSearch { document, budget, matchers, last_found: None };
    search.follow(&path.segments, JsonDocument::ROOT)
}

/// A path at work.
pub(super) struct PathSearch<'s, 't> {
    pub document: &'s JsonDocument<'t>,
    pub budget: &'s mut Budget,
    /// Of each pattern of the path.
    pub matchers: Vec<Matcher>,
    /// The last pattern that came from the document.
    pub last_found: Option<(String, Matcher)>,
}

impl PathSearch<'_, '_> {
    /// All nodes that `segments` lead to from `start`.
    pub fn follow(&mut self, segments: &[Segment], start: NodeId) -> Result<Vec<NodeId>, Unjudged> {
        let mut nodes = vec![start];
        for segment in segments {
            let mut next = Vec::new();
            for node in nodes {
                self.step(segment, node, &mut next)?;
            }
            nodes = next;
        }
        Ok(nodes)
    }

    fn step(&mut self, segment: &Segment, node: NodeId, found: &mut Vec<NodeId>) -> Result<(), Unjudged> {
        match segment {
            Segment::Child(selectors) => self.apply(selectors, node, found),
            Segment::Descendant(selectors) => {
                let document = self.document;
                self.budget.spend(document.size(node))?;
                document.descendants(node).try_for_each(|inner| self.apply(selectors, inner, found))
            }
        }
    }

    fn apply(
        &mut self,
        selectors: &[PathSelector],
        node: NodeId,
        found: &mut Vec<NodeId>,
    ) -> Result<(), Unjudged> {
        selectors.iter().try_for_each(|selector| {
            self.budget.spend(1)?;
            self.select(selector, node, found)
        })
    }

    fn select(
        &mut self,
        selector: &PathSelector,
        node: NodeId,
        found: &mut Vec<NodeId>,
    ) -> Result<(), Unjudged> {
        let document = self.document;
        match selector {
            PathSelector::Name(name) => found.extend(self.member(node, name)?),
            PathSelector::Index(index) => found.extend(self.element(node, *index)?),
            PathSelector::Wildcard => {
                self.budget.spend(document.width(node))?;
                found.extend(document.children(node));
            }
            PathSelector::Slice { start, end, step } => {
                if is_list(document, node) {
                    self.budget.spend(document.width(node))?;
                    slice(document, node, (*start, *end, *step), found);
                }
            }
            PathSelector::Filter(test) => {
                self.budget.spend(document.width(node))?;
                for child in document.children(node) {
                    if self.holds(test, child)? {
                        found.push(child);
                    }
                }
            }
        }
        Ok(())
    }

    /// The one node at most that `segments` lead to from `start`, each of which takes one name or index.
    pub fn single(&mut self, segments: &[Segment], start: NodeId) -> Result<Option<NodeId>, Unjudged> {
        let mut node = start;
        for segment in segments {
            self.budget.spend(1)?;
            let (Segment::Child(selectors) | Segment::Descendant(selectors)) = segment;
            let next = match selectors.as_slice() {
                [PathSelector::Name(name)] => self.member(node, name)?,
                [PathSelector::Index(index)] => self.element(node, *index)?,
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    fn member(&mut self, node: NodeId, name: &str) -> Result<Option<NodeId>, Unjudged> {
        member(self.document, node, name, self.budget)
    }

    fn element(&mut self, node: NodeId, index: i64) -> Result<Option<NodeId>, Unjudged> {
        let document = self.document;
        if !is_list(document, node) {
            return Ok(None);
        }
        let length = i64::try_from(document.length(node)).unwrap_or(i64::MAX);
        let place = if index < 0 { length + index } else { index };
        let Some(place) = usize::try_from(place).ok().filter(|place| *place < document.length(node)) else {
            return Ok(None);
        };
        self.budget.spend(place)?;
        Ok(document.children(node).nth(place))
    }
}

/// What a map has under a name.
pub(super) fn member(
    document: &JsonDocument<'_>,
    node: NodeId,
    name: &str,
    budget: &mut Budget,
) -> Result<Option<NodeId>, Unjudged> {
    if !is_map(document, node) {
        return Ok(None);
    }
    budget.spend(document.width(node) - document.length(node))?;
    for child in document.children(node) {
        let own = document.name(child).unwrap_or_default();
        budget.spend_text(own.len())?;
        if own == name {
            return Ok(Some(child));
        }
    }
    Ok(None)
}

fn is_list(document: &JsonDocument<'_>, node: NodeId) -> bool {
    document.raw(node).starts_with('[')
}

fn is_map(document: &JsonDocument<'_>, node: NodeId) -> bool {
    document.raw(node).starts_with('{')
}

/// Elements from `start` to before `end`, every so many, as RFC 9535 (section 2.3.4.2.2) has it.
fn slice(
    document: &JsonDocument<'_>,
    node: NodeId,
    (start, end, step): (Option<i64>, Option<i64>, i64),
    found: &mut Vec<NodeId>,
) {
    let length = i64::try_from(document.length(node)).unwrap_or(i64::MAX);
    let place = |index: i64| if index < 0 { length + index } else { index };
    let every = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
    if step > 0 {
        let lower = place(start.unwrap_or(0)).clamp(0, length);
        let upper = place(end.unwrap_or(length)).clamp(0, length);
        let (lower, number) = (size(lower), size(upper - lower));
        found.extend(document.children(node).skip(lower).take(number).step_by(every));
    } else if step < 0 {
        let upper = start.map_or(length - 1, |start| place(start).clamp(-1, length - 1));
        let lower = end.map_or(-1, |end| place(end).clamp(-1, length - 1));
        let between: Vec<_> =
            document.children(node).skip(size(lower + 1)).take(size(upper - lower)).collect();
        found.extend(between.into_iter().rev().step_by(every));
    }
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

impl JsonDocument<'_> {
    /// The text that a value is.
    pub fn text_of(&self, id: NodeId, budget: &mut Budget) -> Result<Option<Cow<'_, str>>, Unjudged> {
        budget.spend_text(self.own_bytes(id))?;
        Ok(match self.value(id) {
            JsonValue::Text(text) => Some(text),
            JsonValue::Null
            | JsonValue::Bool(_)
            | JsonValue::Number(_)
            | JsonValue::List
            | JsonValue::Map
            | JsonValue::NoNumber => None,
        })
    }

    /// How many characters a text, elements a list, or names a map has; nothing else is long.
    pub fn length_of(&self, id: NodeId, budget: &mut Budget) -> Result<Option<usize>, Unjudged> {
        budget.spend_text(self.own_bytes(id))?;
        Ok(match self.value(id) {
            JsonValue::Text(text) => Some(text.chars().count()),
            JsonValue::List | JsonValue::Map => Some(self.length(id)),
            JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::NoNumber => None,
        })
    }
}
