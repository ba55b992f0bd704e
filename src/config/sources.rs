//! The texts that places point into.

use std::borrow::Cow;

use super::diagnostic::{Code, Diagnostic, Related, TextSpan};
use super::sizes;
use super::violation::PlacedViolation;
use crate::config::credentials::texts::redacted;
use crate::config::yaml::tree::TextPlace;
use crate::monitor;
use crate::monitor::clip;

/// One file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// As the user would write it: relative, `/` between folders, or `<stdin>`.
    pub path: String,
    /// The group of its monitors: its folder below that of the catalog, behind the group of that; `""` for none.
    pub group: String,
    pub bytes: Vec<u8>,
}

/// The folder that a file of this path lies in, whose defaults hold in it.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a file of this path holds the defaults of its folder.
pub fn is_defaults(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.strip_prefix("defaults.");
    ending.is_some_and(|ending| ["yaml", "yml"].iter().any(|yaml| ending.eq_ignore_ascii_case(yaml)))
}

/// Whether a file of this path holds the settings of a repository.
pub fn is_settings(path: &str) -> bool {
    path.rsplit('/').next() == Some("monitorctl.yaml")
}

/// All files of one run, decoded, with their line starts.
pub struct Sources<'a> {
    files: Vec<Source<'a>>,
}

pub struct Source<'a> {
    pub file: &'a SourceFile,
    pub text: Cow<'a, str>,
    /// Byte offset of the first byte that is not UTF-8.
    pub not_utf8_at: Option<usize>,
    line_starts: Vec<usize>,
    /// How many characters stand before every so many bytes, for lines that are long.
    chars_before: Vec<usize>,
}

/// Bytes from one count of characters to the next.
const COUNTED: usize = 4096;

/// Editors write a byte order mark that belongs to nothing.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

impl<'a> Sources<'a> {
    pub fn new(files: &'a [SourceFile]) -> Self {
        Self { files: files.iter().map(Source::new).collect() }
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Source<'a>)> {
        (0..).zip(&self.files)
    }

    fn get(&self, place: TextPlace) -> Option<&Source<'a>> {
        self.files.get(usize::try_from(place.file).ok()?)
    }

    /// The text at `place`.
    pub fn text(&self, place: TextPlace) -> &str {
        self.get(place).and_then(|source| source.text.get(place.start..place.end)).unwrap_or_default()
    }

    /// The file and the line that a place begins in.
    pub fn line_of(&self, place: TextPlace) -> Option<monitor::Place> {
        let source = self.get(place)?;
        Some(monitor::Place { file: source.file.path.clone(), line: source.position(place.start).0 })
    }

    pub fn diagnostic(&self, fault: PlacedViolation) -> Diagnostic {
        let PlacedViolation { code, place, message, label, help, related, variables } = fault;
        // A secret is masked where it is shown, so its span has to reach to its end.
        let whole = code == Code::LiteralCredential;
        let (file, span) = self.resolve(place, whole);
        let related = related.into_iter().map(|(place, label)| {
            let (file, span) = self.resolve(place, false);
            Related { file, span, label: shown(&label) }
        });
        Diagnostic {
            file,
            span,
            severity: code.severity(),
            code,
            message: shown(&message),
            label: shown(&label),
            help: help.as_deref().map(shown),
            related: related.collect(),
            variables,
        }
    }

    fn resolve(&self, place: TextPlace, whole: bool) -> (String, TextSpan) {
        match self.get(place) {
            Some(source) => (source.file.path.clone(), source.span(place, whole)),
            None => (
                String::new(),
                TextSpan { offset: 0, length: 0, line: 1, column: 1, end_line: 1, end_column: 1 },
            ),
        }
    }
}

/// Words about a file, however long what they quote is, without credentials.
fn shown(words: &str) -> String {
    redacted(clip(words, sizes::MESSAGE_CHARS))
}

impl<'a> Source<'a> {
    fn new(file: &'a SourceFile) -> Self {
        let (text, not_utf8_at) = match std::str::from_utf8(&file.bytes) {
            Ok(text) => (Cow::Borrowed(text), None),
            Err(error) => (String::from_utf8_lossy(&file.bytes), Some(error.valid_up_to())),
        };
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(i, _)| i + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        let mut chars_before = vec![0];
        for part in text.as_bytes().chunks(COUNTED) {
            let before = chars_before.last().copied().unwrap_or_default();
            chars_before.push(before + characters(part));
        }
        Self { file, text, not_utf8_at, line_starts, chars_before }
    }

    /// Line and column, from 1; columns count characters.
    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let has_mark = start == 0 && offset > 0 && self.text.starts_with(BYTE_ORDER_MARK);
        (line, self.characters_to(offset) - self.characters_to(start) + 1 - usize::from(has_mark))
    }

    /// How many characters begin before `offset`.
    fn characters_to(&self, offset: usize) -> usize {
        let offset = offset.min(self.text.len());
        let counted = offset / COUNTED;
        let rest = self.text.as_bytes().get(counted * COUNTED..offset).unwrap_or_default();
        self.chars_before.get(counted).copied().unwrap_or_default() + characters(rest)
    }

    /// A fault is drawn on the line where it begins: a whole block of text under a caret teaches nothing.
    fn span(&self, place: TextPlace, whole: bool) -> TextSpan {
        let start = self.boundary(place.start);
        let mut end = self.boundary(place.end).max(start);
        let covered = self.text.get(start..end).unwrap_or_default();
        if !whole && let Some((first, _)) = covered.split_once('\n') {
            end = start + first.trim_end().len();
        }
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        TextSpan { offset: start, length: end - start, line, column, end_line, end_column }
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// How many characters begin in these bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}
