//! A YAML document as a tree in which every key and value knows its place.

use serde_json::{Map, Number, Value};

use super::entries::Entries;
use crate::written::{Path, Step};

/// A range of bytes in one of the files of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub file: u32,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub tree: Tree,
    pub place: Place,
    /// Something is wrong with it that was reported, so no monitor is made of it.
    pub faulty: bool,
    /// Rules on its value still make sense although it is faulty: a list that is too long, a redacted credential.
    pub usable: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Entries),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: Node,
}

impl Node {
    pub fn new(tree: Tree, place: Place) -> Self {
        Self { tree, place, faulty: false, usable: false }
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Map(entries) => entries,
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.tree {
            Tree::Map(entries) => entries.find(key),
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Text(text) => Some(text),
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::List(_) | Tree::Map(_) => None,
        }
    }

    fn child(&self, step: &Step) -> Option<&Self> {
        match (step, &self.tree) {
            (Step::Key(key), Tree::Map(_)) => self.entry(key).map(|entry| &entry.value),
            (Step::Index(index), Tree::List(items)) => items.get(*index),
            _ => None,
        }
    }

    pub fn find(&self, path: &Path) -> Option<&Self> {
        path.steps().iter().try_fold(self, Self::child)
    }

    /// The node at `path`, or the last one on the way to it that exists.
    pub fn nearest(&self, path: &Path) -> &Self {
        let mut node = self;
        for step in path.steps() {
            match node.child(step) {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    /// The place of the key that `path` ends in; of the value where there is no key.
    pub fn key_place(&self, path: &Path) -> Place {
        if let Some((Step::Key(key), parents)) = path.steps().split_last() {
            let parent = self.find(&Path::from(parents.to_vec()));
            if let Some(entry) = parent.and_then(|parent| parent.entry(key)) {
                return entry.key_place;
            }
        }
        self.nearest(path).place
    }

    /// Whether anything in it was reported.
    pub fn has_faults(&self) -> bool {
        self.faulty
            || match &self.tree {
                Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
                Tree::List(items) => items.iter().any(Self::has_faults),
                Tree::Map(entries) => entries.iter().any(|entry| entry.value.has_faults()),
            }
    }

    /// Whether a value in it was reported that rules have to do without.
    pub fn is_unreliable(&self) -> bool {
        (self.faulty && !self.usable)
            || match &self.tree {
                Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
                Tree::List(items) => items.iter().any(Self::is_unreliable),
                Tree::Map(entries) => entries.iter().any(|entry| entry.value.is_unreliable()),
            }
    }

    /// Marks the node at `path` as reported.
    pub fn mark_faulty(&mut self, path: &Path, usable: bool) {
        let mut node = self;
        for step in path.steps() {
            let child = match (step, &mut node.tree) {
                (Step::Key(key), Tree::Map(entries)) => entries.find_mut(key).map(|entry| &mut entry.value),
                (Step::Index(index), Tree::List(items)) => items.get_mut(*index),
                _ => None,
            };
            let Some(child) = child else { return };
            node = child;
        }
        // What one fault makes useless, another one does not mend.
        node.usable = usable && (node.usable || !node.faulty);
        node.faulty = true;
    }

    /// The plain value, as the schema sees it.
    pub fn to_json(&self) -> Value {
        self.json(Keep::Everything).unwrap_or_default()
    }

    /// The plain value without what was reported already.
    pub fn to_sound_json(&self) -> Value {
        self.json(Keep::Sound).unwrap_or_default()
    }

    fn json(&self, keep: Keep) -> Option<Value> {
        if self.faulty && !self.usable && keep == Keep::Sound {
            return None;
        }
        Some(match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(value) => Value::Bool(*value),
            Tree::Number(number) => Value::Number(number.clone()),
            Tree::Text(text) => Value::String(text.clone()),
            Tree::List(items) => {
                // A map in a list is found by its index, so what is left of a faulty one keeps its place.
                let of_maps = items.iter().any(|item| matches!(item.tree, Tree::Map(_)));
                let hole = || of_maps.then(|| Value::Object(Map::new()));
                let kept: Vec<_> = items.iter().filter_map(|item| item.json(keep).or_else(hole)).collect();
                // Where nothing is left, the list says nothing; an empty one would say something else.
                if kept.is_empty() && !items.is_empty() {
                    return None;
                }
                Value::Array(kept)
            }
            Tree::Map(entries) => {
                let mut fields = Map::with_capacity(entries.len());
                for entry in entries {
                    if let Some(value) = entry.value.json(keep) {
                        fields.insert(entry.key.clone(), value);
                    }
                }
                Value::Object(fields)
            }
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Everything,
    Sound,
}

/// `{…}` and `[…]` are pointed at as a whole, an indented collection at its first key or item.
pub fn collection(start: Place, end: Place, first: Option<Place>) -> Place {
    match first {
        Some(first) if start.start == start.end || start.start == first.start => first,
        _ => Place { end: end.end.max(start.end), ..start },
    }
}

/// Values in a node, and its levels.
pub fn extent(node: &Node) -> (usize, usize) {
    let sum = |all: &mut dyn Iterator<Item = &Node>| {
        let add =
            |(size, levels): (usize, usize), (more, deep): (usize, usize)| (size + more, levels.max(deep));
        let (size, levels) = all.map(extent).fold((0, 0), add);
        (size + 1, levels + 1)
    };
    match &node.tree {
        Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => (1, 0),
        Tree::List(items) => sum(&mut items.iter()),
        Tree::Map(entries) => sum(&mut entries.iter().map(|entry| &entry.value)),
    }
}
