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
