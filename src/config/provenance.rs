//! Where the values of a monitor come from: its own document, the defaults of a folder, or variables.

use serde_json::Value;

use super::sources::{SourceFile, Sources};
use crate::config::schema::{FileKind, compiled};
use crate::config::variables::fill;
use crate::config::yaml::extensions;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::{Entry, Node, TextPlace, YamlTree};
use crate::kinds::{Manner, manner};
use crate::monitor::{Place, ValueSource};

/// A value, and where it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// As a plan names it: `expect.latency.down`; a list is one value.
    pub path: String,
    pub sources: Vec<ValueSource>,
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
        leaves(&document, "", &mut |path, entry| {
            let sources = sources.line_of(entry.key_place).map(at).into_iter().collect();
            found.push(Inherited { path: path.to_owned(), sources });
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

/// The values of `merged` that are not written in the file of its own `document`, or that a variable holds, sorted by
/// path. The variables of a value come before its place in a `defaults.yaml`.
pub fn inherited(merged: &Node, document: TextPlace, sources: &Sources<'_>) -> Vec<Inherited> {
    let mut found = Vec::new();
    leaves(merged, "", &mut |path, entry| {
        let mut set = fill::sources_of(&entry.value);
        if entry.key_place.file != document.file {
            set.extend(sources.line_of(entry.key_place).map(at));
        }
        if !set.is_empty() {
            found.push(Inherited { path: path.to_owned(), sources: set });
        }
    });
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

fn at(place: Place) -> ValueSource {
    ValueSource { place, variable: None }
}

/// Gives every smallest value with its path.
fn leaves(node: &Node, path: &str, take: &mut impl FnMut(&str, &Entry)) {
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
                take(&path, entry);
            }
        }
    }
}
