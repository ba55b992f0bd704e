//! What is said of a text that is no YAML. Pure.

use crate::config::diagnostic::Code;
use crate::config::sizes;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::TextPlace;

/// The message of the parser as we say it, and what to do. `has_tab`: the line is indented with one.
pub fn said(info: &str, line: &str, has_tab: bool) -> (String, &'static str) {
    let is_too_deep = info.contains("recursion limit");
    let message = if is_too_deep {
        format!("broken YAML: maps and lists are nested more than {} levels deep", sizes::NESTING)
    } else {
        format!("broken YAML: {info}")
    };
    let help = if has_tab {
        "indent YAML with spaces, never with tabs"
    } else if is_too_deep {
        "write the inner part as a string"
    } else {
        habit(info, line).unwrap_or("fix this first; the rest of the document is not checked")
    };
    (message, help)
}

/// `<<` stands twice in a map.
pub fn merged_twice(again: TextPlace, first: TextPlace) -> PlacedViolation {
    PlacedViolation::new(Code::DuplicateKey, again, "duplicate key `<<`")
        .label("written again here")
        .related(first, "first written here")
        .help("merge both at once: `<<: [*one, *two]`")
}

/// What most likely stands in a line that YAML cannot read, and what to do about it.
fn habit(info: &str, line: &str) -> Option<&'static str> {
    let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_conflict {
        Some("unresolved git conflict: keep one of the sides")
    } else if line.contains("{{") || line.contains("{%") {
        Some("fill in the template first, or quote the value")
    } else if info.contains("unknown anchor") {
        Some("a value that begins with * is an alias; quote it to make it a string")
    } else if info.contains("mapping values are not allowed") {
        Some("quote a value that contains a colon and a space")
    } else if info.contains("unexpected character") && line.contains(['@', '`', '%']) {
        Some("quote a value that begins with this character")
    } else {
        None
    }
}
