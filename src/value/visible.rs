//! Which characters may be shown: what a text from outside holds must not steer a terminal, a mail or a page.

/// Whether a character moves, reorders or hides what stands beside it: control characters, the bidirectional
/// ones, those without a width.
pub fn is_hidden(c: char) -> bool {
    let formats = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c.is_control() || formats
}

/// The text with a mark in the place of each hidden character, so that it is seen to be another text.
pub fn marked(text: String) -> String {
    if text.contains(is_hidden) { text.replace(is_hidden, "\u{fffd}") } else { text }
}

/// The text with each hidden character written out, as in `\u{202e}`.
pub fn safe(text: &str) -> String {
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// At most the first `most` characters of a text that may be shown; a cut is marked by `…`.
pub fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// The first `limit` characters of a text from an endpoint, fit for a terminal, a mail or a page: control
/// and invisible formatting characters become spaces, and a cut is marked by `…`.
pub fn excerpt(text: &str, limit: usize) -> String {
    let visible = |c: char| if is_hidden(c) { ' ' } else { c };
    let mut shown: String = text.chars().take(limit).map(visible).collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(clip("éé", 2), "éé");
        assert_eq!(clip("ééé", 2), "éé…");
    }

    // Trap 17: control characters of a target in a terminal or a mail.
    #[test]
    fn an_excerpt_is_short_and_shows_no_control_characters() {
        assert_eq!(excerpt("a\u{1b}[2Jb\r\n\u{202e}c", 80), "a [2Jb   c");
        assert_eq!(excerpt("ääää", 3), "äää…");
        assert_eq!(excerpt("  \n", 3), "");
    }
}
