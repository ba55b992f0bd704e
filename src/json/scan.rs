//! Where one JSON value without others in it ends.

use super::text::hex;

/// A place in the text, in bytes, where something else should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    pub at: usize,
    pub expected: &'static str,
}

/// The end of the text whose first character, behind the quote, is at `at`; the place of the quote. Control characters
/// are let through, as `jq` lets them.
pub fn text(bytes: &[u8], mut at: usize) -> Result<usize, Stop> {
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => match bytes.get(at + 1) {
                Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
                Some(b'u') => {
                    let digits =
                        bytes.get(at + 2..at + 6).and_then(|digits| std::str::from_utf8(digits).ok());
                    if digits.and_then(hex).is_none() {
                        return Err(Stop { at: at + 2, expected: "four hexadecimal digits" });
                    }
                    at += 6;
                }
                Some(_) | None => return Err(Stop { at: at + 1, expected: "an escape such as \\n" }),
            },
            Some(_) => at += 1,
            None => return Err(Stop { at, expected: "the end of a string" }),
        }
    }
}

/// The end of the word or number that begins at `at`.
///
/// Numbers are let through as `jq` lets them: with leading zeros or a plus, without a digit on one side of the point.
pub fn scalar(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    const WORDS: [&[u8]; 7] = [b"true", b"false", b"null", b"NaN", b"nan", b"Infinity", b"-Infinity"];
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(word) = WORDS.into_iter().find(|word| rest.starts_with(word)) {
        return Ok(at + word.len());
    }
    number(bytes, at)
}

fn number(bytes: &[u8], start: usize) -> Result<usize, Stop> {
    let has_sign = matches!(bytes.get(start), Some(b'-' | b'+'));
    let at = start + usize::from(has_sign);
    let whole = digits(bytes, at);
    let mut end = whole;
    let mut some = whole > at;
    if bytes.get(end) == Some(&b'.') {
        end = digits(bytes, end + 1);
        some |= end > whole + 1;
    }
    if !some {
        let expected = if end > start { "a digit" } else { "a value" };
        return Err(Stop { at: end, expected });
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        end = some_digits(bytes, end + 1 + usize::from(sign))?;
    }
    Ok(end)
}

/// Whether a number is written as RFC 8259 has it.
pub fn is_strict(number: &str) -> bool {
    let number = number.strip_prefix('-').unwrap_or(number);
    let whole = number.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = number.split_at(whole);
    let begins = whole == "0" || !whole.is_empty() && !whole.starts_with('0');
    begins && rest.strip_prefix('.').is_none_or(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn digits(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn some_digits(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    let end = digits(bytes, at);
    if end > at { Ok(end) } else { Err(Stop { at, expected: "a digit" }) }
}
