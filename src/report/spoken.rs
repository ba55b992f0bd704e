//! Words for people on standard error, whatever text of a file, a table or a server they quote (trap 17).

use anstream::adapter::strip_str;

use super::workflow::inert;
use crate::monitor::safe;

/// The text with its lines and colours. Every other hidden character is written out, and no line is a command to the
/// runner of a job, with colours or without.
pub fn spoken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let line = visible(line);
        let plain = strip_str(&line).to_string();
        let harmless = inert(plain.clone());
        // What would be a command loses its colours as well, since the terminal may take them away later.
        out.push_str(if harmless == plain { &line } else { &harmless });
        out.push_str(end);
    }
    out
}

/// What an error says: one line, because a line break in it came with a name or a value.
pub fn one_line(text: &str) -> String {
    safe(text)
}

/// A line in which nothing is hidden but colours.
fn visible(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut out = written_out(parts.next().unwrap_or_default());
    for part in parts {
        if let Some(end) = colour(part) {
            let (colour, rest) = part.split_at(end);
            out.push('\u{1b}');
            out.push_str(colour);
            out.push_str(&written_out(rest));
        } else {
            out.push_str(&safe("\u{1b}"));
            out.push_str(&written_out(part));
        }
    }
    out
}

/// A tab is seen well enough, and sources are quoted with theirs.
fn written_out(text: &str) -> String {
    text.split('\t').map(safe).collect::<Vec<_>>().join("\t")
}

/// The length of the `[1;31m` that `text`, which stands behind an escape, begins with.
fn colour(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix('[')?;
    let end = numbers.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    numbers[end..].starts_with('m').then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::monitor::is_hidden;
    use crate::report::workflow::testing;
    use crate::report::{BAD, FAINT, paint};

    #[test]
    fn lines_and_colours_stay_and_everything_else_that_is_hidden_is_seen() {
        let ours = format!("{} a\n  {}\tb\n", paint(BAD, "error:"), paint(FAINT, "help:"));
        assert_eq!(spoken(&ours), ours);
        for (text, expected) in [
            ("a\u{1b}[2Jb", r"a\u{1b}[2Jb"),
            ("a\u{1b}]0;title\u{7}b", r"a\u{1b}]0;title\u{7}b"),
            ("a\u{202e}b\rc", r"a\u{202e}b\rc"),
            ("a\u{1b}", r"a\u{1b}"),
            ("a\u{1b}[1", r"a\u{1b}[1"),
        ] {
            assert_eq!(spoken(text), expected);
        }
    }

    #[test]
    fn a_line_that_only_colours_keep_from_being_a_command_is_made_none() {
        let text = format!("a\n{}\n{}\nb", paint(FAINT, "::stop-commands::x"), paint(FAINT, "##[group]"));
        assert_eq!(spoken(&text), "a\n\\::stop-commands::x\n##(group]\nb");
    }

    proptest! {
        #[test]
        fn nothing_that_is_said_is_a_command_or_hidden(
            text in "([ \\t\\n\\r:#\\[\\]a-z%0-9;\u{1b}\u{200b}\u{9b}]|::|##\\[|\u{1b}\\[1m|stop-commands){0,40}"
        ) {
            let text = strip_str(&spoken(&text)).to_string();
            for line in text.split('\n') {
                prop_assert_eq!(testing::read(line), None, "{:?}", line);
            }
            prop_assert!(!text.replace(['\n', '\t'], "").contains(is_hidden), "{:?}", text);
        }
    }
}
