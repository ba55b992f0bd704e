//! From the bytes of a body to a document.
//!
//! A reader of what is asserted, no judge of the rest: it takes what `curl | jq` takes. So beside the asserted field a
//! body may have half a surrogate pair, a number that no machine holds, `NaN`, a thousand lists in each other, or a
//! text that is no UTF-8.

use super::document::{JsonDocument, JsonNode};
use super::scan::Stop;
use super::{repeated, scan};

/// Why a body is no JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// From 1 on.
    pub line: usize,
    /// Characters, from 1 on.
    pub column: usize,
    /// The character there; `None` where the body ends.
    pub found: Option<char>,
    /// What should be there, such as `a value`.
    pub expected: &'static str,
}

impl<'t> JsonDocument<'t> {
    /// Reads a body of less than 4 GiB. Bytes that are no UTF-8 are read as U+FFFD. A byte order mark before all is passed
    /// over, and so are the zeros at the end with which small devices send their texts.
    pub fn read(body: &'t [u8]) -> Result<Self, Broken> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let end = body.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let body = &body[..end];
        let text = String::from_utf8_lossy(body);
        let mut reader = JsonReader::new(&text);
        match reader.document() {
            Ok(()) => {
                let nodes = std::mem::take(&mut reader.nodes);
                Ok(Self::new(text, nodes))
            }
            Err(stop) => Err(broken(&text, stop)),
        }
    }
}

struct JsonReader<'s> {
    text: &'s str,
    at: usize,
    nodes: Vec<JsonNode>,
    /// The lists and maps that have no end yet, the innermost last.
    open: Vec<u32>,
}

impl<'s> JsonReader<'s> {
    fn new(text: &'s str) -> Self {
        // Every value but the first comes behind a comma or at the beginning of a list or a map.
        let most = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() + 1;
        Self { text, at: 0, nodes: Vec::with_capacity(most), open: Vec::new() }
    }

    fn document(&mut self) -> Result<(), Stop> {
        u32::try_from(self.text.len()).map_err(|_| Stop { at: 0, expected: "less than 4 GiB" })?;
        let mut name = 0;
        loop {
            if self.value(name)? {
                name = self.name_if_in_map()?;
                continue;
            }
            match self.after_value()? {
                After::Value(next) => name = next,
                After::End => return Ok(()),
            }
        }
    }

    /// Reads the beginning of a value; whether another one comes within it next.
    fn value(&mut self, name: u32) -> Result<bool, Stop> {
        self.blanks();
        let bytes = self.text.as_bytes();
        let close = match bytes.get(self.at) {
            Some(b'{') => b'}',
            Some(b'[') => b']',
            Some(b'"') => {
                let end = scan::text(bytes, self.at + 1)? + 1;
                self.scalar(name, end);
                return Ok(false);
            }
            Some(_) | None => {
                let end = scan::scalar(bytes, self.at)?;
                self.scalar(name, end);
                return Ok(false);
            }
        };
        self.open.push(place(self.nodes.len()));
        self.push(name, self.at + 1);
        self.at += 1;
        self.blanks();
        if bytes.get(self.at) == Some(&close) {
            self.close();
            return Ok(false);
        }
        Ok(true)
    }

    fn scalar(&mut self, name: u32, end: usize) {
        self.push(name, end);
        self.at = end;
    }

    fn push(&mut self, name: u32, end: usize) {
        let after = place(self.nodes.len() + 1);
        let (start, end) = (place(self.at), place(end));
        self.nodes.push(JsonNode { start, end, after, length: 0, width: 0, name, is_repeated: false });
    }

    fn in_map(&self) -> Option<bool> {
        let node = self.nodes.get(*self.open.last()? as usize)?;
        Some(self.text.as_bytes().get(node.start as usize) == Some(&b'{'))
    }

    /// Where a map is open, its next name and the colon; the place of the name, or 0 in a list.
    fn name_if_in_map(&mut self) -> Result<u32, Stop> {
        if self.in_map() != Some(true) {
            return Ok(0);
        }
        self.blanks();
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            return Err(Stop { at: self.at, expected: "a name in double quotes" });
        }
        let start = self.at + 1;
        self.at = scan::text(bytes, start)? + 1;
        self.blanks();
        if bytes.get(self.at) != Some(&b':') {
            return Err(Stop { at: self.at, expected: "`:`" });
        }
        self.at += 1;
        Ok(place(start))
    }

    /// Closes what ends here, up to the next value or the end of all.
    fn after_value(&mut self) -> Result<After, Stop> {
        loop {
            self.blanks();
            let byte = self.text.as_bytes().get(self.at);
            match (self.in_map(), byte) {
                (None, None) => return Ok(After::End),
                (None, Some(_)) => return Err(Stop { at: self.at, expected: "nothing after the value" }),
                (Some(_), Some(b',')) => {
                    self.at += 1;
                    return self.name_if_in_map().map(After::Value);
                }
                (Some(true), Some(b'}')) | (Some(false), Some(b']')) => self.close(),
                (Some(true), _) => return Err(Stop { at: self.at, expected: "`,` or `}`" }),
                (Some(false), _) => return Err(Stop { at: self.at, expected: "`,` or `]`" }),
            }
        }
    }

    /// The innermost list or map ends at the bracket that stands here.
    fn close(&mut self) {
        let is_map = self.in_map() == Some(true);
        self.at += 1;
        let Some(id) = self.open.pop() else { return };
        let (end, after) = (place(self.at), place(self.nodes.len()));
        if let Some(node) = self.nodes.get_mut(id as usize) {
            (node.end, node.after) = (end, after);
        }
        let width = self.width(id, after);
        let repeated = if is_map { repeated::mark(self.text, &mut self.nodes, id) } else { 0 };
        if let Some(node) = self.nodes.get_mut(id as usize) {
            (node.width, node.length) = (width, width - repeated);
        }
    }

    fn width(&self, id: u32, after: u32) -> u32 {
        let (mut next, mut width) = (id + 1, 0);
        while next < after {
            width += 1;
            next = self.nodes.get(next as usize).map_or(after, |node| node.after);
        }
        width
    }

    fn blanks(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }
}

/// What comes after a value.
enum After {
    /// Another one, with the place of its name.
    Value(u32),
    End,
}

/// `document` has seen that all places fit.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn broken(text: &str, stop: Stop) -> Broken {
    let mut at = stop.at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, rest) = text.split_at(at);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    Broken { line, column, found: rest.chars().next(), expected: stop.expected }
}
