//! A YAML document as a tree in which every key and value knows its place.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Map, Number, Value};

use crate::monitor::ValueSource;
use crate::written::{Path, Step};

/// A range of bytes in one of the files of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPlace {
    pub file: u32,
    pub start: usize,
    pub end: usize,
}

impl TextPlace {
    /// Whether a part of the text is in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.file == other.file && self.start < other.end && other.start < self.end
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub tree: YamlTree,
    pub place: TextPlace,
    /// Something is wrong with it that was reported, so no monitor is made of it.
    pub faulty: bool,
    /// Rules on its value still make sense although it is faulty: a list that is too long, a redacted credential.
    pub usable: bool,
    /// The variables that its value comes from.
    pub filled_in: Option<Arc<FilledIn>>,
}

/// What a value was filled in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledIn {
    /// Where its variables are set, in their order.
    pub sources: Vec<ValueSource>,
    /// The name of the variable that is the whole value.
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum YamlTree {
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
    pub key_place: TextPlace,
    pub value: Node,
    /// Whether `<<` would give the map a value under this key.
    pub overrides_alias: bool,
}

impl Entry {
    pub fn new(key: String, key_place: TextPlace, value: Node) -> Self {
        Self { key, key_place, value, overrides_alias: false }
    }
}

impl Node {
    pub fn new(tree: YamlTree, place: TextPlace) -> Self {
        Self { tree, place, faulty: false, usable: false, filled_in: None }
    }

    pub fn entries(&self) -> &[Entry] {
        match &self.tree {
            YamlTree::Map(entries) => entries,
            YamlTree::Null
            | YamlTree::Bool(_)
            | YamlTree::Number(_)
            | YamlTree::Text(_)
            | YamlTree::List(_) => &[],
        }
    }

    /// Of a list.
    pub fn items(&self) -> &[Self] {
        match &self.tree {
            YamlTree::List(items) => items,
            YamlTree::Null
            | YamlTree::Bool(_)
            | YamlTree::Number(_)
            | YamlTree::Text(_)
            | YamlTree::Map(_) => &[],
        }
    }

    /// The name of the variable that is the whole value.
    pub fn variable(&self) -> Option<&str> {
        self.filled_in.as_ref()?.name.as_deref()
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.tree {
            YamlTree::Map(entries) => entries.find(key),
            YamlTree::Null
            | YamlTree::Bool(_)
            | YamlTree::Number(_)
            | YamlTree::Text(_)
            | YamlTree::List(_) => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.tree {
            YamlTree::Text(text) => Some(text),
            YamlTree::Null
            | YamlTree::Bool(_)
            | YamlTree::Number(_)
            | YamlTree::List(_)
            | YamlTree::Map(_) => None,
        }
    }

    fn child(&self, step: &Step) -> Option<&Self> {
        match (step, &self.tree) {
            (Step::Key(key), YamlTree::Map(_)) => self.entry(key).map(|entry| &entry.value),
            (Step::Index(index), YamlTree::List(items)) => items.get(*index),
            _ => None,
        }
    }

    pub fn find(&self, path: &Path) -> Option<&Self> {
        path.steps().iter().try_fold(self, Self::child)
    }

    pub fn find_mut(&mut self, path: &Path) -> Option<&mut Self> {
        path.steps().iter().try_fold(self, Self::child_mut)
    }

    fn child_mut<'n>(&'n mut self, step: &Step) -> Option<&'n mut Self> {
        match (step, &mut self.tree) {
            (Step::Key(key), YamlTree::Map(entries)) => entries.find_mut(key).map(|entry| &mut entry.value),
            (Step::Index(index), YamlTree::List(items)) => items.get_mut(*index),
            _ => None,
        }
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
    pub fn key_place(&self, path: &Path) -> TextPlace {
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
                YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => false,
                YamlTree::List(items) => items.iter().any(Self::has_faults),
                YamlTree::Map(entries) => entries.iter().any(|entry| entry.value.has_faults()),
            }
    }

    /// Whether a value in it was reported that rules have to do without.
    pub fn is_unreliable(&self) -> bool {
        (self.faulty && !self.usable)
            || match &self.tree {
                YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => false,
                YamlTree::List(items) => items.iter().any(Self::is_unreliable),
                YamlTree::Map(entries) => entries.iter().any(|entry| entry.value.is_unreliable()),
            }
    }

    /// Marks the node at `path` as reported.
    pub fn mark_faulty(&mut self, path: &Path, usable: bool) {
        let Some(node) = self.find_mut(path) else { return };
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
            YamlTree::Null => Value::Null,
            YamlTree::Bool(value) => Value::Bool(*value),
            YamlTree::Number(number) => Value::Number(number.clone()),
            YamlTree::Text(text) => Value::String(text.clone()),
            YamlTree::List(items) => {
                // A map in a list is found by its index, so what is left of a faulty one keeps its place.
                let of_maps = items.iter().any(|item| matches!(item.tree, YamlTree::Map(_)));
                let hole = || of_maps.then(|| Value::Object(Map::new()));
                let kept: Vec<_> = items.iter().filter_map(|item| item.json(keep).or_else(hole)).collect();
                // Where nothing is left, the list says nothing; an empty one would say something else.
                if kept.is_empty() && !items.is_empty() {
                    return None;
                }
                Value::Array(kept)
            }
            YamlTree::Map(entries) => {
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
pub fn collection(start: TextPlace, end: TextPlace, first: Option<TextPlace>) -> TextPlace {
    match first {
        Some(first) if start.start == start.end || start.start == first.start => first,
        _ => TextPlace { end: end.end.max(start.end), ..start },
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
        YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => (1, 0),
        YamlTree::List(items) => sum(&mut items.iter()),
        YamlTree::Map(entries) => sum(&mut entries.iter().map(|entry| &entry.value)),
    }
}

/// Up to so many entries, looking at each is faster than an index.
const SCANNED: usize = 16;

/// The entries of a map, in the order written.
///
/// A map that a person writes has few keys, and one made to do harm has a hundred thousand: beyond a few, keys are
/// found by an index, so that work grows with the file and not with its square.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries {
    list: Vec<Entry>,
    /// Where a key stands; empty for short lists.
    index: HashMap<String, usize>,
}

impl Entries {
    /// Where the first entry with this key stands.
    pub fn position(&self, key: &str) -> Option<usize> {
        if self.index.is_empty() {
            return self.list.iter().position(|entry| entry.key == key);
        }
        self.index.get(key).copied()
    }

    pub fn find(&self, key: &str) -> Option<&Entry> {
        self.list.get(self.position(key)?)
    }

    pub fn find_mut(&mut self, key: &str) -> Option<&mut Entry> {
        let position = self.position(key)?;
        self.list.get_mut(position)
    }

    pub fn push(&mut self, entry: Entry) {
        let position = self.list.len();
        if position >= SCANNED {
            if self.index.is_empty() {
                for (position, entry) in self.list.iter().enumerate() {
                    self.index.entry(entry.key.clone()).or_insert(position);
                }
            }
            self.index.entry(entry.key.clone()).or_insert(position);
        }
        self.list.push(entry);
    }

    /// The values may change, the keys may not.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.list.iter_mut()
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.list
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut all = Self::default();
        entries.into_iter().for_each(|entry| all.push(entry));
        all
    }
}

impl<'a> IntoIterator for &'a Entries {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl IntoIterator for Entries {
    type Item = Entry;
    type IntoIter = std::vec::IntoIter<Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_key_is_found_in_short_and_in_long_maps() {
        let place = |start| TextPlace { file: 0, start, end: start };
        let entry = |start, key: &str| {
            Entry::new(key.to_owned(), place(start), Node::new(YamlTree::Null, place(start)))
        };
        for size in [1, SCANNED, SCANNED + 1, 100] {
            let mut entries: Entries = (0..size).map(|i| entry(i, &format!("k{i}"))).collect();
            entries.push(entry(1000, "k0"));
            assert_eq!(entries.position("k0"), Some(0), "{size}");
            assert_eq!(entries.position(&format!("k{}", size - 1)), Some(size - 1), "{size}");
            assert_eq!(entries.position("none"), None, "{size}");
        }
    }
}
