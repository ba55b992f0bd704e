//! A JSON document as its text and the places of its values.

use std::borrow::Cow;

use super::scan::is_strict;
use super::text::decoded;

/// A document that was read. A value stays the text that it was, so a number keeps its digits.
#[derive(Debug)]
pub struct JsonDocument<'t> {
    text: Cow<'t, str>,
    /// In the order of the text: a value stands before all that is in it.
    nodes: Vec<JsonNode>,
}

/// A value of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

/// Where a value stands; 28 bytes, of which a body of 1 MiB has room for half a million.
#[derive(Debug, Clone, Copy)]
pub(super) struct JsonNode {
    /// Bytes of the text.
    pub start: u32,
    pub end: u32,
    /// The first node that is no longer within this one.
    pub after: u32,
    /// Elements of a list, or different names of a map.
    pub length: u32,
    /// Elements of a list, or names of a map with those that it has twice.
    pub width: u32,
    /// Where its name begins in the text, behind the quote; 0 for what has none.
    pub name: u32,
    /// Whether its map has the same name again later, where the later one counts.
    pub is_repeated: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonValue<'d> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'d str),
    Text(Cow<'d, str>),
    List,
    Map,
    /// `NaN`, `Infinity` and `007`, which some servers write: it is there, and equals nothing.
    NoNumber,
}

impl<'t> JsonDocument<'t> {
    pub(super) fn new(text: Cow<'t, str>, nodes: Vec<JsonNode>) -> Self {
        Self { text, nodes }
    }

    /// The whole document.
    pub const ROOT: NodeId = NodeId(0);

    /// The value as it is written.
    pub fn raw(&self, id: NodeId) -> &str {
        self.node(id).map_or("", |node| self.slice(node.start, node.end))
    }

    pub fn value(&self, id: NodeId) -> JsonValue<'_> {
        let raw = self.raw(id);
        match raw.as_bytes().first() {
            Some(b'{') => JsonValue::Map,
            Some(b'[') => JsonValue::List,
            Some(b'"') => JsonValue::Text(decoded(raw.get(1..raw.len() - 1).unwrap_or_default())),
            Some(b't') => JsonValue::Bool(true),
            Some(b'f') => JsonValue::Bool(false),
            Some(b'n') if raw == "null" => JsonValue::Null,
            Some(b'-' | b'0'..=b'9') if !raw.ends_with('y') && is_strict(raw) => JsonValue::Number(raw),
            Some(_) | None => JsonValue::NoNumber,
        }
    }

    /// Bytes that looking at a value takes: its text, or one for a list or a map whose inner values are not looked at.
    pub fn own_bytes(&self, id: NodeId) -> usize {
        let raw = self.raw(id);
        if raw.starts_with(['[', '{']) { 1 } else { raw.len() }
    }

    /// How many elements or names a list or a map has.
    pub fn length(&self, id: NodeId) -> usize {
        self.node(id).map_or(0, |node| node.length as usize)
    }

    /// Steps that going through what is directly in a list or a map takes.
    pub fn width(&self, id: NodeId) -> usize {
        self.node(id).map_or(0, |node| node.width as usize)
    }

    /// Values in this one, itself included.
    pub fn size(&self, id: NodeId) -> usize {
        self.node(id).map_or(0, |node| (node.after - id.0) as usize)
    }

    /// What is directly in a list or a map.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let (first, after) = match self.node(id) {
            Some(node) => (id.0 + 1, node.after),
            None => (0, 0),
        };
        self.row(first, after)
    }

    /// Nodes beside each other from `next` on.
    fn row(&self, mut next: u32, after: u32) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::from_fn(move || {
            while next < after {
                let id = NodeId(next);
                let node = self.node(id)?;
                next = node.after;
                if !node.is_repeated {
                    return Some(id);
                }
            }
            None
        })
    }

    /// A value and all that is in it, a value before what is in it.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let after = self.node(id).map_or(0, |node| node.after);
        let mut next = id.0;
        std::iter::from_fn(move || {
            while next < after {
                let here = NodeId(next);
                let node = self.node(here)?;
                if here == id || !node.is_repeated {
                    next += 1;
                    return Some(here);
                }
                next = node.after;
            }
            None
        })
    }

    /// The name that a value has in its map.
    pub fn name(&self, id: NodeId) -> Option<Cow<'_, str>> {
        let start = self.node(id).map(|node| node.name).filter(|name| *name > 0)?;
        Some(decoded(self.raw_name(start)))
    }

    /// The name that begins at `start`, as it is written.
    pub(super) fn raw_name(&self, start: u32) -> &str {
        raw_name(&self.text, start)
    }

    fn node(&self, id: NodeId) -> Option<&JsonNode> {
        self.nodes.get(id.0 as usize)
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// The name that begins at `start` in `text`, up to its quote.
pub(super) fn raw_name(text: &str, start: u32) -> &str {
    let rest = text.get(start as usize..).unwrap_or_default();
    let (bytes, mut at) = (rest.as_bytes(), 0);
    loop {
        match bytes.get(at) {
            Some(b'"') | None => return rest.get(..at).unwrap_or(rest),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}
