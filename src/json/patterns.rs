//! The regular expressions of RFC 9485 in those of the crate `regex`.

use super::path::Whole;
use crate::value::Pattern;

/// The pattern that an argument of `match()` or `search()` is; it is not compiled yet.
pub fn pattern(text: &str, whole: Whole) -> Pattern {
    Pattern::trusted(&translated(text, whole))
}

/// The two languages differ in the dot, which takes no line break of either kind, and in what has to be matched. A
/// pattern of the larger language keeps its meaning.
pub fn translated(text: &str, whole: Whole) -> String {
    let mut translated = String::with_capacity(text.len() + 8);
    let (mut is_escaped, mut is_class) = (false, false);
    for c in text.chars() {
        match c {
            '.' if !is_escaped && !is_class => translated.push_str(r"[^\n\r]"),
            _ => translated.push(c),
        }
        match c {
            '[' if !is_escaped => is_class = true,
            ']' if !is_escaped => is_class = false,
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    match whole {
        Whole::Text => format!(r"\A(?:{translated})\z"),
        Whole::Part => translated,
    }
}
