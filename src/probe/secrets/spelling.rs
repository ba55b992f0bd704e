//! The spellings of a value in a text: as it stands, in another case, escaped as in a URL, in JSON or in Rust. Pure.

use crate::monitor::is_hidden;

/// The characters that `text` may begin with in the first of these spellings, in lower case: what they are an index for
/// is looked at only where one of them stands.
pub fn beginnings(text: &str) -> impl Iterator<Item = char> {
    let first = text.chars().next();
    let escaped = percent_byte(text).map(char::from).or_else(|| escaped_character(text));
    let space = text.starts_with('+').then_some(' ');
    first.into_iter().chain(escaped).chain(space).map(|c| c.to_ascii_lowercase())
}

/// What a value is found by in such an index: its first character that is shown, or the first byte of it in a URL.
pub fn keys(value: &str) -> Vec<char> {
    let mut bytes = [0; 4];
    let mut keys = Vec::new();
    for c in value.chars() {
        keys.extend([c.to_ascii_lowercase(), char::from(c.encode_utf8(&mut bytes).as_bytes()[0])]);
        if !is_hidden(c) {
            break;
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn percent_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    u8::from_str_radix(digits, 16).ok()
}

fn escaped_character(text: &str) -> Option<char> {
    let escape = text.strip_prefix('\\')?.chars().next()?;
    match escape {
        'u' => {
            let digits = text[2..].trim_start_matches('{');
            let length = digits.chars().take(6).take_while(char::is_ascii_hexdigit).count();
            let length = if text[2..].starts_with('{') { length } else { length.min(4) };
            let unit = u32::from_str_radix(&digits[..length], 16).ok()?;
            // Half of a character beyond the 16 bits, which is known by both.
            char::from_u32(unit).or_else(|| first_of_pair(&text[2..]))
        }
        letter => Some(named(letter)),
    }
}

fn first_of_pair(digits: &str) -> Option<char> {
    let unit = |text: &str| u16::from_str_radix(text.get(..4)?, 16).ok();
    let pair = [unit(digits)?, unit(digits.get(4..)?.strip_prefix("\\u")?)?];
    char::decode_utf16(pair).next()?.ok()
}

fn named(escape: char) -> char {
    match escape {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        itself => itself,
    }
}

/// The length of `value` at the start of `text`, however an endpoint may have spelt it.
pub fn matched(text: &str, value: &str) -> Option<usize> {
    let mut chars = value.chars();
    // Two backslashes are two, or one that was escaped: a value may end at several places.
    let mut ends: Vec<usize> = spellings(text, chars.next()?).collect();
    for c in chars {
        if ends.is_empty() {
            break;
        }
        ends = ends.iter().flat_map(|&end| spellings(&text[end..], c).map(move |more| end + more)).collect();
        ends.sort_unstable();
        ends.dedup();
    }
    ends.into_iter().max()
}

/// The lengths of all that stands for `c` at the start of `text`: nothing, for a character that is never shown;
/// itself, in another case as in a host; escaped as in a URL; escaped as in JSON or in Rust.
fn spellings(text: &str, c: char) -> impl Iterator<Item = usize> {
    let itself = text.chars().next().filter(|first| first.eq_ignore_ascii_case(&c)).map(char::len_utf8);
    let space = (c == ' ' && text.starts_with('+')).then_some(1);
    [is_hidden(c).then_some(0), itself, space, percent(text, c), backslash(text, c)].into_iter().flatten()
}

/// `%2F`, once for each byte.
fn percent(text: &str, c: char) -> Option<usize> {
    let mut bytes = [0; 4];
    let bytes = c.encode_utf8(&mut bytes).as_bytes();
    escapes(text, "%", 2, bytes.iter().map(|&byte| byte.into()))
}

/// `\n`, `\"`, `\u00e9`, `\u{e9}`
fn backslash(text: &str, c: char) -> Option<usize> {
    let escape = text.strip_prefix('\\')?.chars().next()?;
    if escape == 'u' {
        return unicode(text, c);
    }
    let meant = named(escape);
    (meant == c).then_some(1 + escape.len_utf8())
}

fn unicode(text: &str, c: char) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("\\u{") {
        let (digits, _) = rest.split_once('}')?;
        return (u32::from_str_radix(digits, 16) == Ok(c.into())).then_some(digits.len() + 4);
    }
    let mut units = [0; 2];
    escapes(text, "\\u", 4, c.encode_utf16(&mut units).iter().copied())
}

/// The length of `units` at the start of `text`, each as `start` and so many hexadecimal digits.
fn escapes(text: &str, start: &str, digits: usize, units: impl Iterator<Item = u16>) -> Option<usize> {
    let mut rest = text;
    for unit in units {
        let (number, after) = rest.strip_prefix(start)?.split_at_checked(digits)?;
        if u16::from_str_radix(number, 16) != Ok(unit) {
            return None;
        }
        rest = after;
    }
    Some(text.len() - rest.len())
}
