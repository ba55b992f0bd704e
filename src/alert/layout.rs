//! Lines of plain text for a mail: labels, values, and their width. Pure.

use std::fmt::Write as _;

/// Characters in a line, and where values begin.
const WIDTH: usize = 80;
const INDENT: usize = 10;

/// A label and its value, in lines of [`WIDTH`]. A word that is longer stays whole, so that a URL can be clicked.
pub fn wrap(text: &mut String, label: &str, value: &str) {
    let mut line = format!("{label:<INDENT$}");
    if label.len() >= INDENT {
        line.push(' ');
    }
    fill(text, line, INDENT, value);
}

/// A sentence in lines of [`WIDTH`].
pub fn wrap_line(text: &mut String, sentence: &str) {
    fill(text, String::new(), 0, sentence);
}

fn fill(text: &mut String, mut line: String, indent: usize, value: &str) {
    let mut empty = true;
    for word in value.split_whitespace() {
        let length = line.chars().count() + usize::from(!empty) + word.chars().count();
        if !empty && length > WIDTH {
            let _ = writeln!(text, "{line}");
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{}", line.trim_end());
}

/// One line of printable ASCII, cut to `limit`.
pub fn ascii_line(text: &str, limit: usize) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    if plain.len() <= limit {
        return plain;
    }
    let cut: String = plain.chars().take(limit - 3).collect();
    format!("{}...", cut.trim_end())
}
