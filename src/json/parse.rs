//! From the text of a path to its parts, within bounds.

use super::path::{JsonPath, PathSelector, Segment};
use super::text::decoded;
use crate::value::Pattern;

/// Characters that a path may have.
pub const PATH_LENGTH: usize = 1_000;

/// Brackets of filters, parentheses and functions that may stand in each other. Parsing and judging go as deep.
pub const PATH_NESTING: usize = 16;

/// Selectors that a path may have, those in its filters included.
pub const PATH_SELECTORS: usize = 100;

/// Patterns of `match()` and `search()` that may stand in a path: each takes up to 2 MiB while it is used.
pub const PATH_PATTERNS: usize = 10;

/// The largest index, 2^53 − 1: beyond it, not every reader of JSON counts exactly.
const MOST_INDEX: i64 = (1 << 53) - 1;

/// Why a text is no path, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {at}")]
pub struct PathError {
    /// From 1 on.
    pub at: usize,
    pub message: String,
}

impl JsonPath {
    /// Takes a path apart. Patterns in it are not compiled yet; `patterns` gives them.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.chars().nth(PATH_LENGTH).is_some() {
            let message = format!("a path has at most {PATH_LENGTH} characters");
            return Err(PathError { at: PATH_LENGTH + 1, message });
        }
        let mut parser = Parser { text, at: 0, depth: 0, selectors: 0, patterns: Vec::new() };
        let segments = match parser.path() {
            Ok(segments) => segments,
            Err(message) => {
                let before = text.get(..parser.at).unwrap_or(text);
                return Err(PathError { at: before.chars().count() + 1, message });
            }
        };
        Ok(Self { segments, patterns: parser.patterns })
    }
}

/// What is wrong where the parser stands.
pub(super) type ParsedPart<T> = Result<T, String>;

pub(super) struct Parser<'t> {
    text: &'t str,
    /// Bytes that are read.
    pub at: usize,
    depth: usize,
    selectors: usize,
    pub patterns: Vec<Pattern>,
}

impl<'t> Parser<'t> {
    fn path(&mut self) -> ParsedPart<Vec<Segment>> {
        if !self.take("$") {
            return Err("expected `$`".to_owned());
        }
        let segments = self.segments()?;
        if self.at < self.text.len() {
            return Err("expected `.`, `[` or the end".to_owned());
        }
        Ok(segments)
    }

    /// All steps that follow. Blanks behind the last one are not part of it.
    pub fn segments(&mut self) -> ParsedPart<Vec<Segment>> {
        let mut segments = Vec::new();
        loop {
            let before = self.at;
            self.blanks();
            if self.take("..") {
                segments.push(Segment::Descendant(self.after_dots()?));
            } else if self.take(".") {
                segments.push(Segment::Child(vec![self.after_dot()?]));
            } else if self.peek() == Some('[') {
                segments.push(Segment::Child(self.bracketed()?));
            } else {
                self.at = before;
                return Ok(segments);
            }
        }
    }

    fn after_dots(&mut self) -> ParsedPart<Vec<PathSelector>> {
        if self.peek() == Some('[') { self.bracketed() } else { Ok(vec![self.after_dot()?]) }
    }

    fn after_dot(&mut self) -> ParsedPart<PathSelector> {
        self.count_selector()?;
        if self.take("*") {
            return Ok(PathSelector::Wildcard);
        }
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        let rest = self.rest();
        if !rest.starts_with(is_first) {
            return Err("expected a name or `*`".to_owned());
        }
        let end = rest.find(|c: char| !(is_first(c) || c.is_ascii_digit())).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_owned();
        self.at += end;
        Ok(PathSelector::Name(name))
    }

    fn bracketed(&mut self) -> ParsedPart<Vec<PathSelector>> {
        self.expect("[")?;
        let mut selectors = Vec::new();
        loop {
            self.blanks();
            self.count_selector()?;
            selectors.push(self.selector()?);
            self.blanks();
            if !self.take(",") {
                break;
            }
        }
        self.expect("]")?;
        Ok(selectors)
    }

    fn selector(&mut self) -> ParsedPart<PathSelector> {
        match self.peek() {
            Some('\'' | '"') => self.quoted().map(PathSelector::Name),
            Some('*') => {
                self.at += 1;
                Ok(PathSelector::Wildcard)
            }
            Some('?') => {
                self.at += 1;
                self.blanks();
                self.nested(Self::test).map(PathSelector::Filter)
            }
            Some('-' | ':' | '0'..='9') => self.index_or_slice(),
            Some(_) | None => Err("expected a name in quotes, an index, `*` or `?`".to_owned()),
        }
    }

    fn index_or_slice(&mut self) -> ParsedPart<PathSelector> {
        let start = self.index()?;
        let before = self.at;
        self.blanks();
        if !self.take(":") {
            self.at = before;
            return start.map(PathSelector::Index).ok_or_else(|| "expected an index".to_owned());
        }
        self.blanks();
        let end = self.index()?;
        let before = self.at;
        self.blanks();
        let mut step = 1;
        if self.take(":") {
            let before = self.at;
            self.blanks();
            match self.index()? {
                Some(given) => step = given,
                None => self.at = before,
            }
        } else {
            self.at = before;
        }
        Ok(PathSelector::Slice { start, end, step })
    }

    /// A whole number, if one stands here.
    fn index(&mut self) -> ParsedPart<Option<i64>> {
        let digits = self.integer();
        if digits.is_empty() {
            return Ok(None);
        }
        let in_bounds = |index: &i64| (-MOST_INDEX..=MOST_INDEX).contains(index);
        let is_spelled = digits != "-0" && digits != "-" && !has_leading_zero(digits);
        match digits.parse().ok().filter(in_bounds) {
            Some(index) if is_spelled => {
                self.at += digits.len();
                Ok(Some(index))
            }
            Some(_) | None => Err("expected a whole number without leading zeros, below 2^53".to_owned()),
        }
    }

    /// The text of a whole number that stands here, with its sign.
    pub fn integer(&self) -> &'t str {
        let rest = self.rest();
        let unsigned = rest.strip_prefix('-').unwrap_or(rest);
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        rest.get(..rest.len() - unsigned.len() + digits).unwrap_or_default()
    }

    /// A text between single or double quotes.
    pub fn quoted(&mut self) -> ParsedPart<String> {
        let Some(quote @ ('\'' | '"')) = self.peek() else { return Err("expected a quote".to_owned()) };
        self.at += 1;
        let start = self.at;
        let mut plain = String::new();
        loop {
            match self.peek() {
                Some(c) if c == quote => break,
                Some('\\') => {
                    plain.push_str(&self.escape(quote)?);
                }
                Some(c) if c >= ' ' => {
                    plain.push(c);
                    self.at += c.len_utf8();
                }
                Some(_) => return Err("write a control character in a string as an escape".to_owned()),
                None => {
                    self.at = start - 1;
                    return Err("unclosed quote".to_owned());
                }
            }
        }
        self.at += 1;
        Ok(plain)
    }

    /// What an escape means; the two halves of a surrogate pair are one.
    fn escape(&mut self, quote: char) -> ParsedPart<String> {
        let length = match self.rest().as_bytes() {
            [b'\\', escaped, ..] if char::from(*escaped) == quote => {
                self.at += 2;
                return Ok(quote.to_string());
            }
            [b'\\', b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..] => 12,
            [b'\\', b'u', ..] => 6,
            _ => return Err("expected an escape of JSON".to_owned()),
        };
        let raw = self.rest().get(..length).unwrap_or_default();
        let is_hex = |unit: &str| {
            let digits = unit.strip_prefix("\\u").unwrap_or_default();
            digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        };
        let is_whole = match length {
            6 => is_hex(raw),
            12 => raw.get(..6).is_some_and(is_hex) && raw.get(6..).is_some_and(is_hex),
            _ => true,
        };
        let meant = decoded(raw);
        if raw.is_empty() || !is_whole || (length == 12 && meant.chars().count() != 1) {
            return Err("expected four hexadecimal digits, and both halves of a surrogate pair".to_owned());
        }
        self.at += length;
        Ok(meant.into_owned())
    }

    /// Goes one deeper, which the bound allows so many times.
    pub fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> ParsedPart<T>) -> ParsedPart<T> {
        if self.depth == PATH_NESTING {
            return Err(format!("filters, parentheses and functions go at most {PATH_NESTING} deep"));
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn count_selector(&mut self) -> ParsedPart<()> {
        self.selectors += 1;
        if self.selectors > PATH_SELECTORS {
            return Err(format!("a path has at most {PATH_SELECTORS} selectors"));
        }
        Ok(())
    }

    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn take(&mut self, token: &str) -> bool {
        let is_here = self.rest().starts_with(token);
        if is_here {
            self.at += token.len();
        }
        is_here
    }

    pub fn expect(&mut self, token: &str) -> ParsedPart<()> {
        if self.take(token) { Ok(()) } else { Err(format!("expected `{token}`")) }
    }

    pub fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }
}

/// Whether a whole number has zeros that say nothing.
pub(super) fn has_leading_zero(digits: &str) -> bool {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    unsigned.len() > 1 && unsigned.starts_with('0')
}
