//! What stands between the quotes of a JSON text.

use std::borrow::Cow;

/// Stands for what is no character: half of a surrogate pair.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The characters that `raw` means, whose escapes are known to be complete. Half of a surrogate pair is read as
/// U+FFFD, as `jq` reads it.
pub fn decoded(raw: &str) -> Cow<'_, str> {
    let Some((start, mut rest)) = raw.split_once('\\') else { return Cow::Borrowed(raw) };
    let mut text = String::with_capacity(raw.len());
    text.push_str(start);
    loop {
        let mut chars = rest.chars();
        match chars.next() {
            Some('u') => {
                let (character, length) = unicode(chars.as_str());
                text.push(character);
                chars = chars.as_str().get(length..).unwrap_or_default().chars();
            }
            Some(short) => text.push(match short {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            None => {}
        }
        let Some((plain, after)) = chars.as_str().split_once('\\') else {
            text.push_str(chars.as_str());
            return Cow::Owned(text);
        };
        text.push_str(plain);
        rest = after;
    }
}

/// The character behind `\u`, and the bytes that it takes there: 4, or 10 with the second half of a pair.
fn unicode(after: &str) -> (char, usize) {
    let Some(first) = hex(after) else { return (REPLACEMENT, 0) };
    let second = after.get(4..).and_then(|rest| rest.strip_prefix("\\u")).and_then(hex);
    let units = [Some(first), second].into_iter().flatten();
    match char::decode_utf16(units).next() {
        Some(Ok(character)) if character.len_utf16() == 2 => (character, 10),
        Some(Ok(character)) => (character, 4),
        Some(Err(_)) | None => (REPLACEMENT, 4),
    }
}

/// The number of four hexadecimal digits.
pub fn hex(text: &str) -> Option<u16> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_half_a_pair_is_a_replacement() {
        for (raw, text) in [
            ("", ""),
            ("plain ä", "plain ä"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"a\u00e4b", "aäb"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d", "\u{fffd}"),
            (r"\ud83dx\ude00", "\u{fffd}x\u{fffd}"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (r"\ud83d\n", "\u{fffd}\n"),
            (r"\u0000", "\0"),
        ] {
            assert_eq!(decoded(raw), text, "{raw}");
        }
    }
}
