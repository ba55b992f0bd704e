//! Credentials that stand in a file although they belong into a secret store: where a document is looked
//! through, and for what. The tables are `secret_shapes` and `secret_names`. Pure.

pub mod names;
pub mod offered;
pub mod references;
pub mod shapes;
pub mod texts;
pub mod values;

use std::ops::Range;

use crate::config::credentials::names::{NamePlace, reason};
use crate::config::credentials::texts::{Recognition, Secret, TextKind, find as find_in_text};
use crate::config::diagnostic::Code;
use crate::config::sources::Sources;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Entry, Node, TextPlace, YamlTree};
use crate::kinds::{self, Field, FieldTexts, Manner};
use crate::monitor::is_credential_header;
use crate::written::Path;

/// Takes the place of a credential.
const REFERENCE: &str = "${env:NAME}";

/// Credentials of one text that are said each for itself: finding the place of one reads the whole text.
const OF_ONE_TEXT: usize = 100;

/// Looks through a document as it is written, valid or not, and marks what it finds, so that no monitor is
/// made of it. The value itself is in no message, and the renderers mask it.
pub fn find(document: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut search = Search { sources, replaces: false, faults: Vec::new() };
    let YamlTree::Map(entries) = &mut document.tree else { return search.faults };
    for entry in entries.values_mut() {
        let known = kinds::field(&entry.key);
        // Also in what no monitor has: who writes `login: {password: …}` has written the password.
        let inside = known.map_or(Inside::Fields, Inside::of);
        let path = Path::default().key(&entry.key);
        search.replaces = known.is_some_and(|field| !field.references.is_empty());
        match inside {
            Inside::Headers | Inside::Text(_) => search.value(inside, &path, &mut entry.value),
            Inside::Fields => search.entry(inside, &path, entry),
        }
    }
    search.faults
}

/// The same in a map of values that may be written anywhere, at `path`.
pub fn find_in_fields(path: &Path, fields: &mut Node, sources: &Sources<'_>) -> Vec<PlacedViolation> {
    let mut search = Search { sources, replaces: false, faults: Vec::new() };
    search.value(Inside::Fields, path, fields);
    search.faults
}

/// What the names in a part of a document mean.
#[derive(Debug, Clone, Copy)]
enum Inside {
    /// They are those of request headers.
    Headers,
    /// They are those of fields that are sent.
    Fields,
    /// They mean nothing, and texts are of this kind.
    Text(TextKind),
}

impl Inside {
    fn of(field: &Field) -> Self {
        match (field.manner, field.texts) {
            (Manner::Headers, _) => Self::Headers,
            (_, FieldTexts::Named) => Self::Fields,
            (_, FieldTexts::Plain) => Self::Text(TextKind::Plain),
            (_, FieldTexts::Url) => Self::Text(TextKind::Url),
        }
    }
}

struct Search<'a> {
    sources: &'a Sources<'a>,
    /// Whether a reference may stand here, so that it can take the place of the credential.
    replaces: bool,
    faults: Vec<PlacedViolation>,
}

impl Search<'_> {
    fn entry(
        &mut self,
        inside: Inside,
        path: &Path,
        Entry { key, key_place, value, overrides_alias: _ }: &mut Entry,
    ) {
        for secret in find_in_text(TextKind::Plain, key) {
            value.faulty = true;
            let place = self.place(*key_place, key, &secret.range);
            self.faults.push(fault(place, message(path, &secret.what), secret.why));
        }
        let channel = match inside {
            Inside::Headers => Some(NamePlace::Header),
            Inside::Fields => Some(NamePlace::Field),
            Inside::Text(_) => None,
        };
        if let Some(channel) = channel
            && let Some((range, why)) = self.whole_value(channel, key, value)
        {
            let place = match &value.tree {
                YamlTree::Text(text) => self.place(value.place, text, &range),
                YamlTree::Null
                | YamlTree::Bool(_)
                | YamlTree::Number(_)
                | YamlTree::List(_)
                | YamlTree::Map(_) => value.place,
            };
            self.take_out(value);
            self.faults.push(fault(place, format!("`{path}` holds a literal credential"), why));
            return;
        }
        let inside = match inside {
            Inside::Headers if key.eq_ignore_ascii_case("cookie") => Inside::Text(TextKind::Cookie),
            Inside::Headers => Inside::Text(TextKind::Body),
            Inside::Fields | Inside::Text(_) => inside,
        };
        self.value(inside, path, value);
    }

    /// The part of a value that is a credential because of the name it stands under.
    fn whole_value(
        &self,
        channel: NamePlace,
        key: &str,
        value: &Node,
    ) -> Option<(Range<usize>, &'static str)> {
        match &value.tree {
            YamlTree::Text(_) if key.eq_ignore_ascii_case("cookie") => None,
            YamlTree::Text(text) => {
                // What stands before it says how it is sent, and may be shown.
                let scheme =
                    if is_credential_header(key) { text.find(' ').map_or(0, |at| at + 1) } else { 0 };
                reason(channel, key, text).map(|why| (scheme..text.len(), why))
            }
            YamlTree::Number(_) => {
                reason(channel, key, self.sources.text(value.place)).map(|why| (0..0, why))
            }
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::List(_) | YamlTree::Map(_) => None,
        }
    }

    fn value(&mut self, inside: Inside, path: &Path, node: &mut Node) {
        match &mut node.tree {
            YamlTree::Null | YamlTree::Bool(_) | YamlTree::Number(_) => {}
            YamlTree::Text(text) => {
                let kind = match inside {
                    Inside::Text(kind) => kind,
                    Inside::Headers | Inside::Fields => TextKind::Body,
                };
                let found = find_in_text(kind, text);
                let is_clean = found.is_empty();
                for Secret { range, what, why } in bounded(found) {
                    let place = self.place(node.place, text, &range);
                    self.faults.push(fault(place, message(path, &what), why));
                }
                if !is_clean {
                    self.take_out(node);
                }
            }
            YamlTree::List(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(inside, &path.index(index), item);
                }
            }
            YamlTree::Map(entries) => {
                for entry in entries.values_mut() {
                    let path = path.key(&entry.key);
                    self.entry(inside, &path, entry);
                }
            }
        }
    }

    /// Puts the reference that we advise in the place of a credential, so that the other rules still hold there.
    fn take_out(&self, node: &mut Node) {
        if self.replaces && matches!(node.tree, YamlTree::Text(_)) && !node.faulty {
            node.tree = YamlTree::Text(REFERENCE.to_owned());
            node.usable = true;
        }
        node.faulty = true;
    }

    fn place(&self, whole: TextPlace, text: &str, part: &Range<usize>) -> TextPlace {
        part_of(whole, text, part, self.sources)
    }
}

/// Where in the file a part of a text stands; the whole value where it is written in another way.
pub fn part_of(whole: TextPlace, text: &str, part: &Range<usize>, sources: &Sources<'_>) -> TextPlace {
    match located(sources.text(whole), text, part) {
        Some(part) => TextPlace { start: whole.start + part.start, end: whole.start + part.end, ..whole },
        None => whole,
    }
}

/// The first credentials of a text, and one that reaches from there to the last: all of them are masked, and few are said.
fn bounded(mut found: Vec<Secret>) -> Vec<Secret> {
    let end = found.last().map(|last| last.range.end);
    let is_more = found.len() > OF_ONE_TEXT;
    found.truncate(OF_ONE_TEXT);
    if let (true, Some(last), Some(end)) = (is_more, found.last_mut(), end) {
        last.range.end = end;
    }
    found
}

/// Finds a part of a text in the way it is written: with quotes around it, or indented line by line. `None` where
/// it is escaped or folded.
fn located(written: &str, text: &str, part: &Range<usize>) -> Option<Range<usize>> {
    let secret = text.get(part.clone())?;
    if let Some(at) = written.find(text) {
        return Some(at + part.start..at + part.end);
    }
    let (mut in_text, mut in_written) = (0, 0);
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        let indent = line.len() - line.trim_start().len();
        let at = in_written + written.get(in_written..)?.find(body)?;
        if part.start < in_text + line.len() {
            let start = at + part.start.checked_sub(in_text + indent)?;
            // A secret of several lines reaches to the end of what is written.
            let end = if secret.contains('\n') { written.len() } else { start + secret.len() };
            let first = secret.lines().next()?;
            return written.get(start..end)?.starts_with(first).then_some(start..end);
        }
        in_text += line.len();
        in_written = at + body.len();
    }
    None
}

fn message(path: &Path, what: &Recognition) -> String {
    match what {
        Recognition::Shape(name) => format!("`{path}` holds what looks like {name}"),
        Recognition::Password => format!("`{path}` holds a literal password"),
        Recognition::Named(name) => format!("`{path}` holds a literal credential as `{name}`"),
    }
}

fn fault(place: TextPlace, message: String, why: &'static str) -> PlacedViolation {
    PlacedViolation::new(Code::LiteralCredential, place, message).label(why).help(
        "write a reference: ${env:NAME}, ${ssm:/path} or ${secretsmanager:id#key}; and rotate the exposed credential",
    )
}

/// The parts of a file, or of words about it, that must not be shown.
pub fn hidden_parts(text: &str) -> Vec<Range<usize>> {
    find_in_text(TextKind::Source, text).into_iter().map(|secret| secret.range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::credentials::texts::redacted;
    use crate::config::{SourceFile, load};

    #[test]
    fn a_part_of_a_text_is_found_as_it_is_written() {
        for (written, text, part, expected) in [
            ("abc", "abc", 1..2, Some("b")),
            ("'x abc'", "x abc", 2..5, Some("abc")),
            ("|\n  one\n    two: abc\n", "one\n  two: abc\n", 11..14, Some("abc")),
            ("\"a\\u0062c\"", "abc", 0..3, None),
            (">\n  a\n  b\n", "a b\n", 2..3, None),
        ] {
            assert_eq!(located(written, text, &part).map(|range| &written[range]), expected, "{written}");
        }
    }

    // 20,000 of them took 20 seconds.
    #[test]
    fn of_very_many_credentials_in_one_text_the_last_one_said_reaches_to_the_end() {
        let text = format!(
            "id: a\nurl: https://a\nmethod: POST\nbody: '{}x=1'\n",
            "password=hunter22&".repeat(5_000)
        );
        let file =
            SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.clone().into_bytes() };
        let found = load(&[file], None).diagnostics;
        assert_eq!(found.len(), OF_ONE_TEXT);
        let last = found.last().expect("one").span;
        assert_eq!(&text[last.offset + last.length..], "&x=1'\n");
    }

    #[test]
    fn words_are_shown_without_credentials() {
        let token = format!("ghp_{}", "x".repeat(36));
        assert_eq!(redacted(format!("unknown value `{token}`")), "unknown value `***`");
        assert_eq!(redacted("missing key `url`".to_owned()), "missing key `url`");
    }
}
