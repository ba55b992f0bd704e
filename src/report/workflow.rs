//! GitHub's workflow commands: how one is written, and how text from a file never becomes one (trap 17).
//!
//! A runner takes a line for a command that begins, after spaces, with `::name …::`, and one that has an older
//! `##[name …]` anywhere in it. It reads whatever a step prints, so every renderer that may run in CI passes here.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::monitor::is_hidden;

/// A command with its properties and its message.
pub fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let mut out = format!("::{name}");
    for (i, (key, value)) in properties.iter().enumerate() {
        let between = if i == 0 { ' ' } else { ',' };
        let _ = write!(out, "{between}{key}={}", property(value));
    }
    let _ = writeln!(out, "::{}", data(message));
    out
}

/// Lines that may hold anything, so that a runner takes none for a command.
pub fn inert(text: String) -> String {
    // A runner compares as people read: what has no width does not keep a command from beginning.
    let is_command = |line: &str| line.trim_start().starts_with("::");
    if !text.contains("##[") && !text.lines().any(is_command) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if is_command(line) {
            let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
            out.push_str(indent);
            out.push('\\');
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
    }
    out.replace("##[", "##(")
}

/// The same for JSON, which stays the same value: what a terminal obeys, and what has no width, is escaped as well. Its
/// lines never begin with a colon.
pub fn inert_json(json: &str) -> String {
    let is_escaped = |c: char| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
    let json = json.replace("##[", "##\\u005b");
    if !json.contains(is_escaped) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_escaped(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The same for JSON that is written piece by piece. A serializer writes a run of characters without escapes as one
/// piece, and none of the three has one, so they are never divided.
pub struct InertJson<W>(pub W);

impl<W: Write> Write for InertJson<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(piece) {
            Ok(text) => self.0.write_all(inert_json(text).as_bytes())?,
            Err(_) => self.0.write_all(piece)?,
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
pub mod testing {
    //! What a runner makes of a line, by its rules.

    /// A command as the runner reads it, whatever its name: name, properties, message.
    pub type Read = (String, Vec<(String, String)>, String);

    pub fn read(line: &str) -> Option<Read> {
        if let Some(rest) = line.trim_start().strip_prefix("::") {
            let (info, message) = rest.split_once("::")?;
            let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
            let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
            let pairs = pairs.map(|(key, value)| (key.to_owned(), unescaped(value)));
            return Some((name.to_owned(), pairs.collect(), unescaped(message)));
        }
        let (_, rest) = line.split_once("##[")?;
        let (name, message) = rest.split_once(']')?;
        Some((name.to_owned(), Vec::new(), unescaped(message)))
    }

    fn unescaped(text: &str) -> String {
        let mut text = text.to_owned();
        for (written, meant) in [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")] {
            text = text.replace(written, meant);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_command_is_escaped() {
        let written = command(
            "error",
            &[("file", "a,b:c%.yaml".to_owned()), ("line", "3".to_owned())],
            "50%\r\n::x::y",
        );
        assert_eq!(written, "::error file=a%2Cb%3Ac%25.yaml,line=3::50%25%0D%0A::x::y\n");
    }

    #[test]
    fn a_line_that_would_be_a_command_is_made_none_and_others_stay() {
        for (text, expected) in [
            ("a: 1\nb::c\n", "a: 1\nb::c\n"),
            ("::warning::x\n", "\\::warning::x\n"),
            ("a\n  ::stop-commands::x", "a\n  \\::stop-commands::x"),
            ("a ##[group]x\n", "a ##(group]x\n"),
        ] {
            assert_eq!(inert(text.to_owned()), expected);
        }
        assert_eq!(inert_json("[\"##[group]\"]"), "[\"##\\u005bgroup]\"]");
        assert_eq!(inert_json("[\"a\u{202e}b\u{9b}\u{7f}é\"]\n"), "[\"a\\u202eb\\u009b\\u007fé\"]\n");
    }

    proptest! {
        #[test]
        fn no_text_is_read_as_a_command(text in r"([ \t\n:#\[\]a-z%,=]|::|##\[|stop-commands){0,40}") {
            for line in inert(text).split(['\n', '\r']) {
                prop_assert_eq!(testing::read(line), None, "{:?}", line);
            }
        }

        #[test]
        fn a_command_is_read_back_as_it_was_meant(value in ".{1,20}", message in "(.|\n|\r|%0A|::){0,30}") {
            let written = command("error", &[("file", value.clone())], &message);
            let line = written.strip_suffix('\n').expect("a line");
            prop_assert!(!line.contains(['\n', '\r']));
            // A sequence such as `%0A` in the text itself comes back as itself, too.
            let expected = ("error".to_owned(), vec![("file".to_owned(), value)], message);
            prop_assert_eq!(testing::read(line), Some(expected));
        }
    }
}
