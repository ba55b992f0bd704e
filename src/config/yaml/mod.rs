//! YAML text to trees: several documents a file, aliases, merge keys, every fault with its place.

pub mod extensions;
pub mod parse;
pub mod reader;
pub mod salvage;
pub mod scalar;
pub mod take_back;
pub mod traps;
pub mod tree;
pub mod words;

use crate::config::diagnostic::Code;
use crate::config::sizes::{self, grouped};
use crate::config::sources::BYTE_ORDER_MARK;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::reader::{Halt, Layer, Reader};
use crate::config::yaml::tree::{Node, YamlTree};

/// The documents that could be read, and what is wrong with the text.
#[derive(Default)]
pub struct Parsed {
    pub documents: Vec<Document>,
    pub faults: Vec<PlacedViolation>,
    /// The documents that could not be read to their end.
    pub broken: Vec<BrokenDocument>,
    /// How often the key stands in its map that stands there most often.
    pub repeats: usize,
}

/// One document of a file.
pub struct Document {
    pub root: Node,
    /// Whether nothing is wrong with its text.
    pub sound: bool,
}

/// A document that breaks off, in bytes of the file.
pub struct BrokenDocument {
    pub start: usize,
    /// Where the next document begins.
    pub end: usize,
    /// The fault is in the value of this key of the outermost map, if one was read.
    pub key: Option<(String, usize)>,
    /// Where it was noticed.
    pub at: usize,
}

/// Reads every document of `text`; a broken one does not hide those after it.
pub fn parse(text: &str, file: u32) -> Parsed {
    parse_layer(text, file, 0)
}

/// The same, with another value of each key that is written more than once, so that all of them can be checked.
pub fn parse_layer(text: &str, file: u32, layer: Layer) -> Parsed {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    parse_from(body, file, text.len() - body.len(), layer)
}

/// The same of a part of a file that begins `base` bytes after its start.
pub fn parse_from(text: &str, file: u32, base: usize, layer: Layer) -> Parsed {
    let mut parsed = Parsed { repeats: 1, ..Parsed::default() };
    let mut from = 0;
    let mut left = sizes::FILE_VALUES;
    while let Some(rest) = text.get(from..) {
        let mut reader = Reader::new(rest, file, base + from, layer);
        reader.file_values = left;
        let halt = read_documents(&mut reader, &mut parsed);
        left = reader.file_values;
        parsed.repeats = parsed.repeats.max(reader.repeats);
        parsed.faults.append(&mut reader.faults);
        let Some(halt) = halt else { break };
        let start = from + reader.document_start;
        let end = next_document(text, start);
        match halt {
            Halt::Broken(at) => parsed.broken.push(BrokenDocument {
                start: base + start,
                end: base + end.unwrap_or(text.len()),
                key: reader.top_key,
                at,
            }),
            Halt::Skip => {}
            Halt::Stop => break,
        }
        let Some(end) = end else { break };
        from = end;
    }
    parsed
}

/// Reads documents until the end, or until one cannot be read on.
fn read_documents(reader: &mut Reader<'_>, parsed: &mut Parsed) -> Option<Halt> {
    loop {
        let faults = reader.faults.len();
        match reader.document() {
            Ok(None) => return None,
            Err(halt) => return Some(halt),
            Ok(Some(root)) if root.tree == YamlTree::Null && !root.faulty => {}
            Ok(Some(root)) => {
                if parsed.documents.len() == sizes::DOCUMENTS {
                    let most = grouped(sizes::DOCUMENTS);
                    let fault = PlacedViolation::new(
                        Code::TooLarge,
                        root.place,
                        format!("this file holds more than {most} documents"),
                    );
                    reader.faults.push(fault.label("one too many").help("divide the file"));
                    return Some(Halt::Stop);
                }
                let sound = reader.faults.len() == faults;
                parsed.documents.push(Document { root, sound });
            }
        }
    }
}

/// Where the next `---` line begins after the line that `start` lies in.
fn next_document(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        at += text.get(at..)?.find("\n---")? + 1;
        let after = text.get(at + 3..)?.chars().next();
        if after.is_none_or(char::is_whitespace) {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(node: &Node) -> usize {
        match &node.tree {
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) | YamlTree::Text(_) => 0,
            YamlTree::List(items) => 1 + items.iter().map(levels).max().unwrap_or_default(),
            YamlTree::Map(entries) => {
                1 + entries.iter().map(|entry| levels(&entry.value)).max().unwrap_or_default()
            }
        }
    }

    /// Each anchor alone is within what the parser takes, and the last one would be thousands of levels deep.
    #[test]
    fn aliases_do_not_pile_up_levels_without_end() {
        let mut text = "a0: &a0 1\n".to_owned();
        for n in 1..100 {
            let (open, close) = ("[".repeat(60), "]".repeat(60));
            text.extend([format!("a{n}: &a{n} {open}*a{}{close}\n", n - 1)]);
        }
        let parsed = parse(&text, 0);
        assert!(parsed.faults.iter().any(|fault| fault.message.contains("more than 64 levels")));
        let deepest = parsed.documents.iter().map(|document| levels(&document.root)).max();
        assert!(deepest.is_some_and(|levels| levels < 300), "{deepest:?}");
    }

    // RFC 8259 and YAML know half of a pair, and no text of ours can hold it.
    #[test]
    fn half_of_a_surrogate_pair_is_an_error_and_a_whole_one_a_character() {
        for text in [r#"a: "\ud83d""#, r#"a: "\ude00""#, r#"a: "\ud83dx""#] {
            assert_eq!(parse(text, 0).faults.len(), 1, "{text}");
        }
        let parsed = parse(r#"a: "\ud83d\ude00 \0""#, 0);
        let value = parsed.documents.first().and_then(|document| document.root.entry("a"));
        assert_eq!(value.and_then(|entry| entry.value.text()), Some("\u{1f600} \0"));
    }
}
