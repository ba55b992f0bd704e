//! Where the values of a monitor come from: its own document, or the defaults of a folder.

use super::sources::Sources;
use super::tree::{Node, Place, Tree};
use crate::monitor;

/// A value that a monitor has from the defaults of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// As a plan names it: `expect.latency.down`; a list is one value.
    pub path: String,
    pub place: monitor::Place,
}

/// The values of `merged` that are not written in the file of its own `document`, sorted by path.
pub fn inherited(merged: &Node, document: Place, sources: &Sources<'_>) -> Vec<Inherited> {
    let mut found = Vec::new();
    leaves(merged, "", &mut |path, place| {
        if place.file != document.file
            && let Some(place) = sources.line_of(place)
        {
            found.push(Inherited { path: path.to_owned(), place });
        }
    });
    found.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// Gives every smallest value with its path, and the place of its key.
fn leaves(node: &Node, path: &str, take: &mut impl FnMut(&str, Place)) {
    for entry in node.entries() {
        // A header is the same in any case; specs have it in lower case.
        let is_header = path == "headers" || path == "expect.headers";
        let key = if is_header { entry.key.to_ascii_lowercase() } else { entry.key.clone() };
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        match &entry.value.tree {
            Tree::Map(_) => leaves(&entry.value, &path, take),
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => {
                take(&path, entry.key_place);
            }
        }
    }
}
