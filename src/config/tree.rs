//! A YAML document as a tree in which every key and value knows its place.

use serde_json::{Map, Number, Value};

use super::path::{Path, Step};

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
    /// Something is wrong with it that was reported, so later stages do without it.
    pub faulty: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub key_place: Place,
    pub value: Node,
}

impl Node {
    pub fn new(tree: Tree, place: Place) -> Self {
        Self { tree, place, faulty: false }
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Map(entries) => entries,
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => &[],
        }
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
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

    /// Marks the node at `path` as reported.
    pub fn mark_faulty(&mut self, path: &Path) {
        let mut node = self;
        for step in path.steps() {
            let child = match (step, &mut node.tree) {
                (Step::Key(key), Tree::Map(entries)) => {
                    entries.iter_mut().find(|entry| entry.key == *key).map(|entry| &mut entry.value)
                }
                (Step::Index(index), Tree::List(items)) => items.get_mut(*index),
                _ => None,
            };
            let Some(child) = child else { return };
            node = child;
        }
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
        if self.faulty && keep == Keep::Sound {
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
                Value::Array(items.iter().filter_map(|item| item.json(keep).or_else(hole)).collect())
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
