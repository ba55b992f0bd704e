//! What is said of a text that is no YAML. Pure.

use super::diagnostic::Code;
use super::sizes;
use super::tree::Place;
use super::violation::Fault;

/// The message of the parser as we say it, and what to do. `has_tab`: the line is indented with one.
pub fn said(info: &str, line: &str, has_tab: bool) -> (String, &'static str) {
    let is_too_deep = info.contains("recursion limit");
    let message = if is_too_deep {
        format!("broken YAML: maps and lists are nested more than {} levels deep", sizes::NESTING)
    } else {
        format!("broken YAML: {info}")
    };
    let help = if has_tab {
        "YAML is indented with spaces, never with tabs"
    } else if is_too_deep {
        "write the inner part as a text"
    } else {
        habit(info, line).unwrap_or("this part of the document is not checked until it can be read")
    };
    (message, help)
}

/// `<<` stands twice in a map.
pub fn merged_twice(again: Place, first: Place) -> Fault {
    Fault::new(Code::DuplicateKey, again, "duplicate key `<<`")
        .label("written again here")
        .related(first, "first written here")
        .help("merge both at once: `<<: [*one, *two]`")
}

/// What most likely stands in a line that YAML cannot read, and what to do about it.
fn habit(info: &str, line: &str) -> Option<&'static str> {
    let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark));
    if is_conflict {
        Some("a conflict of git is left here: keep one of its sides")
    } else if line.contains("{{") || line.contains("{%") {
        Some("fill in the template first, or put the value in quotes")
    } else if info.contains("unknown anchor") {
        Some("a value that begins with * is an alias: put it in quotes if it is a text")
    } else if info.contains("mapping values are not allowed") {
        Some("put a value that holds a colon and a space in quotes")
    } else if info.contains("unexpected character") && line.contains(['@', '`', '%']) {
        Some("put a value that begins with this character in quotes")
    } else {
        None
    }
}
