//! Values that must not be shown, and the places of a text that have one. Pure.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::finder::{Care, SHORTEST, SecretFinder};
use super::spelling::{beginnings, keys, matched};
use crate::monitor::is_hidden;

/// A value that must not be shown, and the reference that is shown instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden {
    pub value: String,
    pub reference: String,
}

/// Values that must not be shown.
#[derive(Default)]
pub struct HiddenValues {
    /// The longest first: if one value begins with another, the whole of it is redacted.
    values: Vec<Hidden>,
    /// Positions in `values`, by what a spelling of the value may begin with.
    beginnings: HashMap<char, Vec<usize>>,
    finder: OnceLock<SecretFinder>,
}

impl Hidden {
    /// The value without the blanks around it; `None` if it is too short to be distinguished from ordinary text.
    pub fn new(value: &str, reference: String) -> Option<Self> {
        let value = value.trim();
        let is_long = value.chars().filter(|c| !is_hidden(*c)).count() >= SHORTEST;
        is_long.then(|| Self { value: value.to_owned(), reference })
    }
}

impl HiddenValues {
    pub fn new(mut values: Vec<Hidden>) -> Self {
        let order = |hidden: &Hidden| (std::cmp::Reverse(hidden.value.len()), hidden.reference.clone());
        values.sort_by_cached_key(order);
        let mut beginnings: HashMap<char, Vec<usize>> = HashMap::new();
        for (position, Hidden { value, .. }) in values.iter().enumerate() {
            for key in keys(value) {
                beginnings.entry(key).or_default().push(position);
            }
        }
        Self { values, beginnings, finder: OnceLock::new() }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Hidden> {
        self.values.iter()
    }

    /// Bytes of the longest value.
    pub fn longest(&self) -> usize {
        self.values.first().map_or(0, |longest| longest.value.len())
    }

    /// The longest value that a text begins with in one of its spellings, and its length there.
    pub fn value_at(&self, text: &str) -> Option<(&Hidden, usize)> {
        let mut found: Option<(usize, usize)> = None;
        for key in beginnings(text) {
            for &position in self.beginnings.get(&key).into_iter().flatten() {
                let is_better = found.is_none_or(|(known, _)| position < known);
                if let Some(length) = matched(text, &self.values[position].value).filter(|_| is_better) {
                    found = Some((position, length));
                }
            }
        }
        found.map(|(position, length)| (&self.values[position], length))
    }

    /// The reference of a value that a text may hold, from any sender.
    pub fn held_by(&self, text: &str) -> Option<&str> {
        let values = || self.values.iter().map(|hidden| hidden.value.as_str());
        let found = self.finder.get_or_init(|| SecretFinder::new(values(), Care::Others)).of(text)?;
        self.values.get(found).map(|hidden| hidden.reference.as_str())
    }
}
