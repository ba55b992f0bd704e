//! Variables that no file uses. Pure.

use std::collections::BTreeSet;

use crate::config::diagnostic::{Code, Diagnostic};
use crate::config::sources::{SourceFile, Sources};
use crate::config::variables::defined::levels;
use crate::config::variables::fill::names_in;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::parse::parse;
use crate::config::yaml::tree::{Entry, Node};

/// Warns of each definition in the settings whose name stands in none of `files`, all of the repository. A comment may
/// name a variable too: what is only commented out is not forgotten.
pub fn unused_variables(settings: &SourceFile, files: &[SourceFile]) -> Vec<Diagnostic> {
    let sources = Sources::new(std::slice::from_ref(settings));
    let documents = sources.iter().flat_map(|(index, source)| parse(source, index).documents);
    let Some(document) = documents.map(|document| document.root).next() else { return Vec::new() };
    let levels = levels(&document);
    let defined = levels.iter().filter_map(|(_, path)| document.find(path)).flat_map(Node::entries);
    let defined: Vec<_> = defined.collect();
    if defined.is_empty() {
        return Vec::new();
    }
    let texts: Vec<_> = files.iter().map(|file| String::from_utf8_lossy(&file.bytes)).collect();
    let used: BTreeSet<&str> = texts.iter().flat_map(|text| names_in(text)).collect();
    let unused = defined.into_iter().filter(|entry| !used.contains(entry.key.as_str()));
    let warning = |entry: &Entry| {
        let message = format!("no file uses the variable `{}`", entry.key);
        let fault = PlacedViolation::new(Code::UnusedVariable, entry.key_place, message);
        sources.diagnostic(fault.label("unused").help("remove it, or write `${var:…}` where it is meant"))
    };
    unused.map(warning).collect()
}
