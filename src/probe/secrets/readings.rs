//! The ways in which a text may hold another one: escaped, encoded, turned around. Pure.
//!
//! A text is read in every common encoding and each reading is shown to the search for secrets. What is read is an
//! excerpt of some hundred characters, so the number of readings is what has a bound.

use crate::monitor::is_hidden;

/// Layers of escapes that are taken off: a double URL encoding in an HTML page in JSON has four.
const LAYERS: usize = 4;

/// Encodings within each other: base64 of base64.
const DEPTH: usize = 2;

/// How a reading came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingKind {
    /// By an encoding: the very bytes.
    Plain,
    /// Turned around, with its letters turned, or without what divides them: short texts are met there by chance.
    Turned,
}

/// Whether `found` says yes to one of the readings of `text`, which are in lower case and without zero bytes.
pub fn any(text: &str, found: &dyn Fn(&[u8], ReadingKind) -> bool) -> bool {
    layers(text.as_bytes(), DEPTH, found)
}

fn layers(text: &[u8], depth: usize, found: &dyn Fn(&[u8], ReadingKind) -> bool) -> bool {
    let mut layer = text.to_vec();
    for _ in 0..=LAYERS {
        if reading(&layer, depth, found) {
            return true;
        }
        let next = unescaped(&layer);
        if next == layer {
            break;
        }
        layer = next;
    }
    let printable = quoted_printable(text);
    printable != text && reading(&printable, depth, found)
}

fn reading(text: &[u8], depth: usize, found: &dyn Fn(&[u8], ReadingKind) -> bool) -> bool {
    if plain(text, found) {
        return true;
    }
    let Some(depth) = depth.checked_sub(1) else { return false };
    let backwards: Vec<u8> = text.iter().rev().copied().collect();
    let all = decoded(text).into_iter().chain(decoded(&backwards));
    all.filter(|bytes| bytes.len() >= 4).any(|bytes| layers(&bytes, depth, found))
}

fn plain(text: &[u8], found: &dyn Fn(&[u8], ReadingKind) -> bool) -> bool {
    let lower: Vec<u8> = text.iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect();
    let squeezed = squeezed(&lower);
    let turned = |text: &[u8]| text.iter().rev().copied().collect::<Vec<_>>();
    let rotated: Vec<u8> = lower.iter().map(|byte| rotated(*byte)).collect();
    let bare = [folded(&lower), untagged(&lower)];
    if bare
        .into_iter()
        .flatten()
        .any(|bare| found(&bare, ReadingKind::Plain) || found(&self::squeezed(&bare), ReadingKind::Turned))
    {
        return true;
    }
    found(&lower, ReadingKind::Plain)
        || found(&squeezed, ReadingKind::Turned)
        || found(&turned(&lower), ReadingKind::Turned)
        || found(&turned(&squeezed), ReadingKind::Turned)
        || found(&rotated, ReadingKind::Turned)
}

/// Letters, digits and what is no ASCII, and nothing that could stand between them.
pub fn squeezed(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()).copied().collect()
}

/// Without the marks and the invisible characters between letters, and with letters of full width as ordinary ones; `None`
/// if that changes nothing.
fn folded(text: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(text).ok().filter(|text| !text.is_ascii())?;
    let is_mark = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}') || is_hidden(c);
    let folded = text.chars().filter(|c| !is_mark(*c)).map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c).to_ascii_lowercase(),
        other => other,
    });
    let folded: String = folded.collect();
    (folded != text).then(|| folded.into_bytes())
}

/// Without the tags of HTML; `None` if there are none.
fn untagged(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.iter().position(|byte| *byte == b'<') {
        let Some(end) = rest[start..].iter().position(|byte| *byte == b'>') else { break };
        out.extend_from_slice(&rest[..start]);
        rest = &rest[start + end + 1..];
    }
    out.extend_from_slice(rest);
    (out.len() < text.len()).then_some(out)
}

/// What a value itself says in base64, as those for basic authentication and tokens do: texts of at least six characters,
/// and the passwords behind a colon in them.
pub fn texts_in(value: &str) -> Vec<Vec<u8>> {
    let is_digit = |c: char| of_base64(u8::try_from(c).unwrap_or_default()).is_some();
    let words = value.split(|c| !is_digit(c)).filter(|word| word.len() >= 8);
    let decoded = words.map(|word| packed(&digits(word.as_bytes(), 6, of_base64), 6));
    let is_text = |bytes: &Vec<u8>| {
        bytes.len() >= 6 && str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(char::is_control))
    };
    let texts: Vec<_> = decoded.filter(is_text).collect();
    let colon = |text: &Vec<u8>| text.iter().position(|byte| *byte == b':');
    let passwords = texts.iter().filter_map(|text| Some(text[colon(text)? + 1..].to_vec()));
    let passwords: Vec<_> = passwords.collect();
    texts.into_iter().chain(passwords).collect()
}

/// A value in base64 as it is in the name of a host, where case is lost: at the three places where a group may begin, and
/// without the ends, which depend on what stands around it.
pub fn in_a_host(value: &[u8]) -> Vec<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |group: &[u8], shift: u32| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        DIGITS[(bits >> shift & 63) as usize]
    };
    let encoded = |value: &[u8]| {
        value.chunks_exact(3).flat_map(|group| [18, 12, 6, 0].map(|shift| digit(group, shift))).collect()
    };
    (0..3).filter_map(|start| value.get(start..)).map(encoded).collect()
}

/// By 13 letters, of lower case.
fn rotated(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => (byte - b'a' + 13) % 26 + b'a',
        other => other,
    }
}

/// What a character stands for in an encoding.
type Digit = fn(u8) -> Option<u8>;

/// What the text is in base64 (both alphabets), base32, hexadecimal and decimal numbers, at every place where a group
/// may begin. Whatever is no digit of an encoding may divide its lines, and is passed over.
fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let codes: [(u32, Digit); 5] =
        [(6, of_base64), (5, of_base32), (5, of_radix::<32>), (4, of_radix::<16>), (1, of_radix::<2>)];
    for (width, digit) in codes {
        let digits = digits(text, width, digit);
        // 6 bits meet a byte after 4 digits, 5 and 1 after 8, 4 after 2.
        let starts: usize = match width {
            6 => 4,
            5 | 1 => 8,
            _ => 2,
        };
        found.extend((0..starts.min(digits.len())).map(|start| packed(&digits[start..], width)));
    }
    found.extend([numbers(text, 10), numbers(text, 8)]);
    found
}

fn digits(text: &[u8], width: u32, digit: Digit) -> Vec<u8> {
    let mut found = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        // `0x` is no digit of what it announces.
        if width == 4 && *first == b'0' && after.first().is_some_and(|next| next.eq_ignore_ascii_case(&b'x'))
        {
            rest = &after[1..];
            continue;
        }
        found.extend(digit(*first));
        rest = after;
    }
    found
}

fn packed(digits: &[u8], width: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(digits.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for digit in digits {
        bits = (bits << width | u32::from(*digit)) & 0xffff;
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    bytes
}

fn of_base64(c: u8) -> Option<u8> {
    match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn of_base32(c: u8) -> Option<u8> {
    match c.to_ascii_uppercase() {
        upper @ b'A'..=b'Z' => Some(upper - b'A'),
        b'2'..=b'7' => Some(c - b'2' + 26),
        _ => None,
    }
}

/// A digit of a number; with the radix 32 one of `base32hex`, see RFC 4648.
fn of_radix<const RADIX: u32>(c: u8) -> Option<u8> {
    char::from(c).to_digit(RADIX).and_then(|digit| u8::try_from(digit).ok())
}

/// `[104, 117, 110]`, or `150 165 156` with the radix 8.
fn numbers(text: &[u8], radix: u32) -> Vec<u8> {
    let numbers = text.split(|byte| !byte.is_ascii_digit()).filter(|digits| (1..=3).contains(&digits.len()));
    numbers.filter_map(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()).collect()
}

/// One layer of escapes less: those of URLs, of HTML and of programming languages.
fn unescaped(text: &[u8]) -> Vec<u8> {
    replaced(text, |first, after| match first {
        b'%' => percent(after),
        b'&' => entity(after),
        b'\\' => backslash(after),
        _ => None,
    })
}

/// `=41`, and an equals sign at the end of a line that goes on.
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    replaced(text, |first, after| {
        let byte = hex(after, 2).filter(|_| first == b'=')?;
        Some((vec![u8::try_from(byte).ok()?], 2))
    })
}

/// The text with each escape replaced by its meaning.
fn replaced(text: &[u8], meaning: impl Fn(u8, &[u8]) -> Meant) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if let Some((bytes, length)) = meaning(*first, after) {
            out.extend(bytes);
            rest = &after[length..];
        } else {
            out.push(*first);
            rest = after;
        }
    }
    out
}

/// What an escape means, and its length after its first character.
type Meant = Option<(Vec<u8>, usize)>;

fn percent(after: &[u8]) -> Meant {
    if let Some((b'u' | b'U', digits)) = after.split_first() {
        return Some((character(hex(digits, 4)?)?, 5));
    }
    Some((vec![u8::try_from(hex(after, 2)?).ok()?], 2))
}

/// Names of characters in HTML.
const NAMED: [(&[u8], u8); 20] = [
    (b"amp;", b'&'),
    (b"lt;", b'<'),
    (b"gt;", b'>'),
    (b"quot;", b'"'),
    (b"apos;", b'\''),
    (b"nbsp;", b' '),
    (b"sol;", b'/'),
    (b"bsol;", b'\\'),
    (b"plus;", b'+'),
    (b"equals;", b'='),
    (b"colon;", b':'),
    (b"semi;", b';'),
    (b"period;", b'.'),
    (b"comma;", b','),
    (b"lowbar;", b'_'),
    (b"hyphen;", b'-'),
    (b"dollar;", b'$'),
    (b"percnt;", b'%'),
    (b"num;", b'#'),
    (b"commat;", b'@'),
];

fn entity(after: &[u8]) -> Meant {
    if let Some(digits) = after.strip_prefix(b"#") {
        let (radix, skipped) = match digits.first() {
            Some(b'x' | b'X') => (16, 2),
            _ => (10, 1),
        };
        let digits = &after[skipped..];
        let length = digits.iter().take(8).take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let number = u32::from_str_radix(std::str::from_utf8(&digits[..length]).ok()?, radix).ok()?;
        let end = usize::from(digits.get(length) == Some(&b';'));
        return Some((character(number)?, skipped + length + end));
    }
    let (name, meant) = NAMED.iter().find(|(name, _)| after.starts_with(name))?;
    Some((vec![*meant], name.len()))
}

fn backslash(after: &[u8]) -> Meant {
    let (first, rest) = after.split_first()?;
    match first {
        b'u' | b'U' if rest.first() == Some(&b'{') => {
            let end = rest.iter().take(9).position(|byte| *byte == b'}')?;
            let digits = std::str::from_utf8(&rest[1..end]).ok()?;
            Some((character(u32::from_str_radix(digits, 16).ok()?)?, end + 2))
        }
        b'u' => Some((character(hex(rest, 4)?)?, 5)),
        b'U' => Some((character(hex(rest, 8)?)?, 9)),
        b'x' => Some((vec![u8::try_from(hex(rest, 2)?).ok()?], 3)),
        b'0'..=b'7' => {
            let length = after.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(*byte)).count();
            let number = u32::from_str_radix(std::str::from_utf8(&after[..length]).ok()?, 8).ok()?;
            Some((vec![u8::try_from(number).ok()?], length))
        }
        b'n' | b'r' | b't' | b'b' | b'f' => Some((vec![b' '], 1)),
        itself => Some((vec![*itself], 1)),
    }
}

fn hex(text: &[u8], digits: usize) -> Option<u32> {
    let text = text.get(..digits)?;
    let is_hex = text.iter().all(u8::is_ascii_hexdigit);
    u32::from_str_radix(std::str::from_utf8(text).ok().filter(|_| is_hex)?, 16).ok()
}

fn character(number: u32) -> Option<Vec<u8>> {
    char::from_u32(number).map(|c| c.to_string().into_bytes())
}

#[cfg(test)]
mod tests;
