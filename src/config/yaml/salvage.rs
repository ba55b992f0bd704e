//! What can still be checked of a document that is no YAML as a whole: without the lines that the fault is in, the rest
//! often is. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Node, YamlTree};
use crate::config::yaml::{self, BrokenDocument, Parsed};

/// Faults of one document that are looked for behind each other.
const ROUNDS: usize = 8;

/// Bytes of a document that is read again and again.
const MOST: usize = 256 << 10;

/// What is left of a broken document.
pub struct Salvaged {
    pub document: Node,
    /// Keys that cannot be read, and so are not missing.
    pub lost: BTreeSet<String>,
    pub faults: Vec<PlacedViolation>,
}

/// Reads a broken document without its broken parts; `None` where nothing sensible is left.
pub fn salvage(text: &str, file: u32, broken: &BrokenDocument) -> Option<Salvaged> {
    let mut piece = text.get(broken.start..broken.end).filter(|piece| piece.len() <= MOST)?.to_owned();
    let mut faults = Vec::new();
    let mut lost = BTreeSet::new();
    let mut next = Fracture::of(broken, broken.start);
    for _ in 0..ROUNDS {
        let tried = next
            .suspects(&piece)
            .into_iter()
            .map(|part| (yaml::parse_from(&without(&piece, &part), file, broken.start, 0), part));
        let mut tried: Vec<_> = tried.collect();
        // What leaves nothing broken; else what breaks off later, or in a later key, though that may be noticed earlier.
        let is_better = |parsed: &Parsed| {
            let other = parsed.broken.first().map(|other| Fracture::of(other, broken.start));
            other.is_some_and(|other| other.at > next.at || other.key > next.key)
        };
        let whole = tried.iter().position(|(parsed, _)| parsed.broken.is_empty());
        let best = whole.or_else(|| tried.iter().position(|(parsed, _)| is_better(parsed)))?;
        let (parsed, part) = tried.swap_remove(best);
        lost.extend(keys(piece.get(part.clone())?));
        piece = without(&piece, &part);
        let Parsed { documents, faults: found, broken: breaks, repeats: _ } = parsed;
        faults.extend(found);
        let Some(again) = breaks.into_iter().next() else {
            let document = documents.into_iter().next()?.root;
            let is_map = matches!(document.tree, YamlTree::Map(_));
            return is_map.then_some(Salvaged { document, lost, faults });
        };
        next = Fracture::of(&again, broken.start);
    }
    None
}

/// Where a piece of text breaks off, in its own bytes.
struct Fracture {
    /// The last key of the outermost map.
    key: Option<usize>,
    at: usize,
}

impl Fracture {
    fn of(broken: &BrokenDocument, base: usize) -> Self {
        let key = broken.key.as_ref().map(|(_, at)| at.saturating_sub(base));
        Self { key, at: broken.at.saturating_sub(base) }
    }

    /// The parts that may be the broken one, the likelier first: the value of the last key that was read, or the lines
    /// from its end to where the fault was noticed, or the entry that follows.
    fn suspects(&self, text: &str) -> Vec<Range<usize>> {
        let start = line_start(text, self.key.unwrap_or(self.at));
        let end = entry_end(text, start);
        let noticed = line_end(text, self.at);
        let mut suspects = Vec::from([start..end, end..noticed.max(end), end..entry_end(text, end)]);
        suspects.retain(|part| text.get(part.clone()).is_some_and(|text| !text.trim().is_empty()));
        suspects
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |line| at + line + 1)
}

/// The end of the entry that begins at `start`: the next line that is not indented and belongs to no list.
fn entry_end(text: &str, start: usize) -> usize {
    let mut end = line_end(text, start);
    for line in text.get(end..).unwrap_or_default().split_inclusive('\n') {
        if line.starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | '-' | '}' | ']')) {
            break;
        }
        end += line.len();
    }
    end
}

/// The text with spaces in the place of a part of it, so that everything else stays where it is.
fn without(text: &str, part: &Range<usize>) -> String {
    let blank = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
    let blank: String = text.get(part.clone()).unwrap_or_default().bytes().map(blank).collect();
    let (before, after) = (text.get(..part.start), text.get(part.end..));
    [before.unwrap_or_default(), &blank, after.unwrap_or_default()].concat()
}

/// The first words of the lines that are not indented.
fn keys(part: &str) -> impl Iterator<Item = String> {
    let words = part.lines().filter_map(|line| line.split([':', ' ', '\t']).next());
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, keys: &[&str], lost: &[&str]) {
        let parsed = yaml::parse(text, 0);
        let broken = parsed.broken.first().unwrap_or_else(|| panic!("it is broken: {text:?}"));
        let left = salvage(text, 0, broken);
        let found: Vec<_> = left.iter().flat_map(|left| left.document.entries()).collect();
        let found_keys: Vec<_> = found.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(found_keys, keys, "{text:?}");
        for entry in found {
            let place = entry.key_place;
            assert_eq!(text.get(place.start..place.end), Some(entry.key.as_str()), "{text:?}");
        }
        let lost_keys: Vec<_> = left.iter().flat_map(|left| &left.lost).map(String::as_str).collect();
        assert_eq!(lost_keys, lost, "{text:?}");
    }

    #[test]
    fn what_stands_beside_a_broken_entry_is_still_read_where_it_stands() {
        check("id: a\nname: [\nurl: https://a\n", &["id", "url"], &["name"]);
        check("id: a\nname: \"x\nurl: https://a\n", &["id", "url"], &["name"]);
        check("id: a\nexpect:\n\tstatus: 1\nurl: https://a\n", &["id", "url"], &["expect"]);
        check("id: a\nurl https://a\nname: b\n", &["id", "name"], &["url"]);
        check("id: a\nname: [\nteam: {\nurl: https://a\n", &["id", "url"], &["name", "team"]);
        check("id: a\nheaders: *none\nurl: https://a\n", &["id", "url"], &["headers"]);
    }

    #[test]
    fn where_nothing_is_a_map_nothing_is_left() {
        check("[", &[], &[]);
        check("id: [\n", &[], &[]);
        check("{ id: a, url: [ }\n", &[], &[]);
    }
}
