//! Reads the head of an HTTP/1 answer as leniently as curl and browsers do. Pure.
//!
//! What they accept and a strict parser refuses: lines that end in LF alone, folded lines, spaces before the colon,
//! control characters in a value, names that are no token, a missing reason phrase, `http/1.1` in lower case. What
//! curl refuses stays refused: a NUL, a line without a colon, a status outside 100 to 999.

use crate::kinds::HttpVersion;
use crate::probe::wire::head::Head;

/// Header lines that a head may have; the line with the status is not counted.
pub const LINES: usize = 256;

/// Bytes that a head may have, with all its line ends.
pub const BYTES: usize = 64 << 10;

/// What a first line begins with, in any case.
const PREFIX: &[u8] = b"HTTP/";

/// Why an answer has no head that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHead {
    #[error("an answer that is not HTTP")]
    NotHttp,
    #[error("an HTTP version that is neither 1 nor 2")]
    Version,
    #[error("a status that is not a number from 100 to 999")]
    Status,
    #[error("a NUL byte in the head of the answer")]
    Nul,
    #[error("a header line without a colon")]
    NoColon,
    #[error("an answer with more than 256 header lines")]
    TooManyLines,
    #[error("an answer with a head of more than 64 KiB")]
    TooLong,
}

/// How much of a growing buffer was searched for the end of a head, so that no byte is looked at twice.
#[derive(Debug, Default)]
pub struct Scan {
    searched: usize,
    /// Where the current line begins.
    line: usize,
    /// Lines with something in them.
    lines: usize,
}

impl Scan {
    /// The length of the whole lines of a head that breaks off with the connection; `None` if not even the line with the
    /// status is whole. curl and browsers take such a head for an answer.
    pub fn broken_off(&self) -> Option<usize> {
        (self.lines > 0).then_some(self.line)
    }

    /// The length of the head that `bytes` begin with, once it is complete. What cannot become a head is refused
    /// as soon as that shows: a peer that speaks another protocol may wait for ever after its first line.
    pub fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, BadHead> {
        while let Some(found) = bytes[self.searched..].iter().position(|byte| *byte == b'\n') {
            let end = self.searched + found;
            let line = without_cr(&bytes[self.line..end]);
            (self.searched, self.line) = (end + 1, end + 1);
            if self.line > BYTES {
                return Err(BadHead::TooLong);
            }
            match (line.is_empty(), self.lines) {
                // Empty lines before the head: a server that counted the length of its last answer wrong.
                (true, 0) => {}
                (true, _) => return Ok(Some(self.line)),
                (false, 0) => {
                    status(line)?;
                    self.lines = 1;
                }
                (false, lines) if lines > LINES => return Err(BadHead::TooManyLines),
                (false, lines) => self.lines = lines + 1,
            }
        }
        self.searched = bytes.len();
        let begun = &bytes[self.line..];
        let begins = begun.iter().zip(PREFIX).all(|(byte, expected)| byte.eq_ignore_ascii_case(expected));
        if self.lines == 0 && !begins && begun != b"\r" {
            return Err(BadHead::NotHttp);
        }
        if bytes.len() > BYTES { Err(BadHead::TooLong) } else { Ok(None) }
    }
}

/// Reads a complete head, such as [`Scan::end`] found.
pub fn parse(bytes: &[u8]) -> Result<Head, BadHead> {
    if bytes.contains(&0) {
        return Err(BadHead::Nul);
    }
    let mut lines = bytes.split(|byte| *byte == b'\n').map(without_cr).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let status = status(first)?;
    let version = if first[PREFIX.len()..].starts_with(b"1.0") { HttpVersion::V10 } else { HttpVersion::V11 };
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    for line in lines {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            // A folded line goes on with the value before it.
            let (_, value) = fields.last_mut().ok_or(BadHead::NoColon)?;
            let more = trimmed(line);
            if !value.is_empty() && !more.is_empty() {
                value.push(b' ');
            }
            value.extend_from_slice(more);
            continue;
        }
        let colon = line.iter().position(|byte| *byte == b':').ok_or(BadHead::NoColon)?;
        let name = String::from_utf8_lossy(trimmed(&line[..colon])).to_ascii_lowercase();
        fields.push((name, trimmed(&line[colon + 1..]).to_vec()));
    }
    fields.retain(|(name, _)| !name.is_empty());
    Ok(Head { version, status, fields })
}

/// The status in a line such as `HTTP/1.1 200 OK`, `http/1.0 200` or `HTTP/2 200`.
fn status(line: &[u8]) -> Result<u16, BadHead> {
    let (prefix, rest) = line.split_at_checked(PREFIX.len()).ok_or(BadHead::NotHttp)?;
    if !prefix.eq_ignore_ascii_case(PREFIX) {
        return Err(BadHead::NotHttp);
    }
    let space = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    let (version, rest) = rest.split_at(space);
    if !matches!(version, [b'1', b'.', minor] if minor.is_ascii_digit()) && !matches!(version, b"2" | b"2.0")
    {
        return Err(BadHead::Version);
    }
    // A reason may follow the number without a space, but not a fourth digit.
    match rest.trim_ascii_start() {
        [_, _, _, more, ..] if more.is_ascii_digit() => Err(BadHead::Status),
        [a @ b'1'..=b'9', b, c, ..] if b.is_ascii_digit() && c.is_ascii_digit() => {
            let digit = |byte: &u8| u16::from(byte - b'0');
            Ok(100 * digit(a) + 10 * digit(b) + digit(c))
        }
        _ => Err(BadHead::Status),
    }
}

fn without_cr(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    &line[..end]
}

/// Without the white space of HTTP at both ends; other control characters stay.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let Some(first) = text.iter().position(is_text) else { return &[] };
    let last = text.iter().rposition(is_text).unwrap_or(first);
    &text[first..=last]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &[u8]) -> Result<Option<(Head, usize)>, BadHead> {
        let end = Scan::default().end(text)?;
        end.map(|end| Ok((parse(&text[..end])?, end))).transpose()
    }

    fn fields(text: &[u8]) -> Vec<(String, String)> {
        let (head, _) = read(text).expect("a head").expect("a whole one");
        let shown = |value: Vec<u8>| value.escape_ascii().to_string();
        head.fields.into_iter().map(|(name, value)| (name, shown(value))).collect()
    }

    // Trap 29
    #[test]
    fn a_first_line_is_read_as_curl_reads_it() {
        for (line, status) in [
            ("HTTP/1.1 200 OK", Ok(200)),
            ("HTTP/1.1 200", Ok(200)),
            ("HTTP/1.1 200 ", Ok(200)),
            ("HTTP/1.1  200 OK", Ok(200)),
            ("HTTP/1.1 200OK", Ok(200)),
            ("http/1.1 204 No Content", Ok(204)),
            ("HTTP/1.0 404 Not Found", Ok(404)),
            ("HTTP/2 200 OK", Ok(200)),
            ("HTTP/2.0 200 OK", Ok(200)),
            ("HTTP/1.1 999 \u{1}\u{e9}", Ok(999)),
            ("HTTP/1.1 100 Continue", Ok(100)),
            ("HTTP/1.1 099 OK", Err(BadHead::Status)),
            ("HTTP/1.1 000 OK", Err(BadHead::Status)),
            ("HTTP/1.1 2 OK", Err(BadHead::Status)),
            ("HTTP/1.1 1000 OK", Err(BadHead::Status)),
            ("HTTP/1.1", Err(BadHead::Status)),
            ("HTTP/1.1\t200 OK", Err(BadHead::Version)),
            ("HTTP/3 200 OK", Err(BadHead::Version)),
            ("ICY 200 OK", Err(BadHead::NotHttp)),
            ("SSH-2.0-OpenSSH_9.6", Err(BadHead::NotHttp)),
            (" HTTP/1.1 200 OK", Err(BadHead::NotHttp)),
        ] {
            let read = read(format!("{line}\r\n\r\n").as_bytes());
            assert_eq!(read.map(|read| read.map(|(head, _)| head.status)), status.map(Some), "{line}");
        }
    }

    // Trap 29
    #[test]
    fn odd_header_lines_are_read_as_curl_reads_them() {
        for (lines, expected) in [
            (&b"X-A: b\r\n"[..], vec![("x-a", "b")]),
            (b"a:b\nc:\td \n", vec![("a", "b"), ("c", "d")]),
            (b"a: b\r\n c\r\n\td  \r\n", vec![("a", "b c d")]),
            (b"a:\r\n b\r\n", vec![("a", "b")]),
            (b"a : b\r\nc\t: d\r\n", vec![("a", "b"), ("c", "d")]),
            (b"set-cookie: a=\x01b\x7f; path=/\r\n", vec![("set-cookie", "a=\\x01b\\x7f; path=/")]),
            (b"my name: a\r\nx(y): b\r\n", vec![("my name", "a"), ("x(y)", "b")]),
            (b"a: caf\xe9\r\nb: \xc3\xa9\r\n", vec![("a", "caf\\xe9"), ("b", "\\xc3\\xa9")]),
            (b": nameless\r\na:\r\n", vec![("a", "")]),
            (b"a: b\rc\r\r\n", vec![("a", "b\\rc")]),
            (b"a: 1\r\na: 2\r\n", vec![("a", "1"), ("a", "2")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
            let head = [b"HTTP/1.1 200 OK\r\n", lines, b"\r\n"].concat();
            assert_eq!(fields(&head), expected, "{}", lines.escape_ascii());
        }
    }

    #[test]
    fn what_curl_refuses_in_a_header_line_is_refused() {
        for (lines, bad) in [
            (&b"a: b\0c\r\n"[..], BadHead::Nul),
            (b"what\r\n", BadHead::NoColon),
            (b" folded: first\r\n", BadHead::NoColon),
        ] {
            let head = [b"HTTP/1.1 200 OK\r\n", lines, b"\r\n"].concat();
            assert_eq!(read(&head), Err(bad), "{}", lines.escape_ascii());
        }
    }

    // Trap 29
    #[test]
    fn a_head_may_have_256_lines_and_64_kib() {
        let of = |count: usize| format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert_eq!(fields(of(LINES).as_bytes()).len(), LINES);
        assert_eq!(read(of(LINES + 1).as_bytes()), Err(BadHead::TooManyLines));
        let empty = "HTTP/1.1 200 OK\r\na: \r\n\r\n".len();
        let long = |room: usize| format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "b".repeat(room));
        assert_eq!(fields(long(BYTES - empty).as_bytes()).len(), 1);
        assert_eq!(read(long(BYTES - empty + 1).as_bytes()), Err(BadHead::TooLong));
        let endless = format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(BYTES));
        assert_eq!(read(endless.as_bytes()), Err(BadHead::TooLong), "without waiting for its end");
    }

    #[test]
    fn another_protocol_is_known_before_its_line_ends() {
        for text in ["S", "220 smtp.example", "<html>", "\u{15}\u{3}"] {
            assert_eq!(read(text.as_bytes()), Err(BadHead::NotHttp), "{text}");
        }
        for text in
            ["", "\r", "\r\n", "\r\n\r\nHT", "h", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\na: b\r\n\r"]
        {
            assert_eq!(read(text.as_bytes()), Ok(None), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_head_is_the_same_in_pieces_of_any_size(
            lines in prop::collection::vec("[a-c :\t\r]{0,6}", 0..6), size in 1_usize..9, tail in "[a-z\n]{0,4}",
        ) {
            let text = format!("\r\nHTTP/1.1 200 OK\n{}\r\n\r\n\n{tail}", lines.join("\r\n"));
            let mut scan = Scan::default();
            let mut ends = (0..=text.len()).step_by(size).chain([text.len()]);
            let end = ends.find_map(|end| scan.end(&text.as_bytes()[..end]).transpose());
            prop_assert_eq!(end.transpose(), Scan::default().end(text.as_bytes()));
        }

        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let text = [b"HTTP/1.1 200\n", &bytes[..], b"\n\n"].concat();
            drop(read(&text));
            drop(read(&bytes));
            drop(parse(&bytes));
        }
    }
}
