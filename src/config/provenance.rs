//! Where the values of a monitor come from: its own document, or the defaults of a folder.

use serde_json::Value;

use super::sources::{SourceFile, Sources};
use crate::config::schema::{FileKind, compiled};
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::{Node, TextPlace, YamlTree};
use crate::kinds::{Manner, manner};
use crate::monitor::{Place, ValueSource};

/// A value, and where it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// As a plan names it: `expect.latency.down`; a list is one value.
    pub path: String,
    pub sources: Vec<ValueSource>,
}

impl Inherited {
    fn of(path: &str, place: Place) -> Self {
        Self { path: path.to_owned(), sources: vec![ValueSource { place, variable: None }] }
    }
}

/// Every value that the document of the monitor `id` in `file` says itself, sorted by path.
pub fn written(file: &SourceFile, id: &str) -> Vec<Inherited> {
    let sources = Sources::new(std::slice::from_ref(file));
    let mut found = Vec::new();
    for (index, source) in sources.iter() {
        let documents = parse(source, index).documents;
        let is_meant =
            |document: &Node| document.entry("id").and_then(|entry| entry.value.text()) == Some(id);
        let mut documents = documents.into_iter().map(|document| document.root);
        let Some(mut document) = documents.find(is_meant) else { continue };
        extensions::remove(&mut document);
        leaves(&document, "", &mut |path, place| {
            found.extend(sources.line_of(place).map(|place| Inherited::of(path, place)));
        });
    }
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// What a monitor has at `path` where nothing is written, as the schema says it.
pub fn implied(path: &str) -> Option<&'static Value> {
    let root = &compiled(FileKind::Monitor).schema;
    let at = path.split('.').try_fold(root, |schema, key| schema.get("properties")?.get(key))?;
    at.get("default")
}

/// The values of `merged` that are not written in the file of its own `document`, sorted by path.
pub fn inherited(merged: &Node, document: TextPlace, sources: &Sources<'_>) -> Vec<Inherited> {
    let mut found = Vec::new();
    leaves(merged, "", &mut |path, place| {
        if place.file != document.file
            && let Some(place) = sources.line_of(place)
        {
            found.push(Inherited::of(path, place));
        }
    });
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// Gives every smallest value with its path, and the place of its key.
fn leaves(node: &Node, path: &str, take: &mut impl FnMut(&str, TextPlace)) {
    let keys: Vec<&str> = path.split('.').collect();
    let manner = keys.split_last().map_or(Manner::Fields, |(last, above)| manner(above, last));
    for entry in node.entries() {
        // A header is the same in any case; specs have it in lower case.
        let is_header = manner == Manner::Headers;
        let key = if is_header { entry.key.to_ascii_lowercase() } else { entry.key.clone() };
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        match &entry.value.tree {
            YamlTree::Map(_) => leaves(&entry.value, &path, take),
            YamlTree::Null
            | YamlTree::Bool(_)
            | YamlTree::Number(_)
            | YamlTree::Text(_)
            | YamlTree::List(_) => {
                take(&path, entry.key_place);
            }
        }
    }
}
