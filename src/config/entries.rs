//! The entries of a map, in the order written. Pure.
//!
//! A map that a person writes has few keys, and one made to do harm has a hundred thousand: beyond a few, keys are
//! found by an index, so that work grows with the file and not with its square.

use std::collections::HashMap;
use std::ops::Deref;

use super::tree::Entry;

/// Up to so many entries, looking at each is faster than an index.
const SCANNED: usize = 16;

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
    use super::super::tree::{Node, Place, Tree};
    use super::*;

    #[test]
    fn the_first_of_a_key_is_found_in_short_and_in_long_maps() {
        let place = |start| Place { file: 0, start, end: start };
        let entry = |start, key: &str| Entry {
            key: key.to_owned(),
            key_place: place(start),
            value: Node::new(Tree::Null, place(start)),
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
