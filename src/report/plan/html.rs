//! Text of files and of the table as it may stand in a comment on GitHub.
//!
//! Such text stands in two places only. One is a fence, where no Markdown is read, longer than any run of backticks
//! inside. The other is `<code>` in a block of HTML, where no Markdown is read either: not a table, not a link, not a
//! heading; and in `<code>` GitHub looks for no mention, no number of an issue and no commit.

use crate::monitor::clip;
use std::fmt::Write as _;

/// Text from outside, as it is.
pub fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// A sentence of ours: what stands between two backticks is code.
pub fn guidance(sentence: &str) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, inside, after)) = span(rest) {
        text.push_str(&prose(before));
        text.push_str(&code(inside));
        rest = after;
    }
    text.push_str(&prose(rest));
    text
}

/// The first code span of a sentence, with what is before and behind it. A run of backticks begins none.
fn span(sentence: &str) -> Option<(&str, &str, &str)> {
    let starts = sentence.match_indices('`').map(|(at, _)| at);
    let is_alone = |at: usize| !sentence[..at].ends_with('`') && !sentence[at + 1..].starts_with('`');
    let mut alone = starts.filter(|at| is_alone(*at));
    let (start, end) = (alone.next()?, alone.next()?);
    let inside = &sentence[start + 1..end];
    Some((&sentence[..start], inside, &sentence[end + 1..]))
}

/// A sentence that may hold text from outside. What is not plainly a word or a number is put into `<code>`; a mark at the
/// end of a word ends its code.
pub fn prose(sentence: &str) -> String {
    let words: Vec<&str> = sentence.split(' ').collect();
    let ends = |word: &str| word.ends_with(MARKS);
    let runs = words.chunk_by(|one, two| is_plain(one) == is_plain(two) && (is_plain(one) || !ends(one)));
    let runs = runs.map(|run| {
        let is_plain = run.first().is_some_and(|word| is_plain(word));
        let run = run.join(" ");
        if is_plain {
            return escaped(&run);
        }
        let inside = run.trim_end_matches(MARKS);
        format!("{}{}", code(inside), &run[inside.len()..])
    });
    runs.collect::<Vec<_>>().join(" ")
}

/// What ends a part of a sentence.
const MARKS: [char; 3] = [',', ';', '.'];

/// The same, no longer than `most` characters before they are escaped.
pub fn clipped(sentence: &str, most: usize) -> String {
    prose(&clip(sentence, most))
}

/// A block in which no Markdown is read. `language` is a word of ours.
pub fn fence(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat((longest + 1).max(3));
    format!("{ticks}{language}\n{}\n{ticks}\n", text.trim_end_matches('\n'))
}

/// The value of an attribute of the marker: it ends no comment and has no blank. Percent-encoded like a URL.
pub fn marker_value(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            // Two hyphens would be the end of the comment.
            b'-' if value.ends_with('-') => value.push_str("%2D"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'/' | b'-' => {
                value.push(char::from(byte));
            }
            _ => {
                let _ = write!(value, "%{byte:02X}");
            }
        }
    }
    value
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Nothing that GitHub could make a link of: letters, perhaps with hyphens inside, a number, or a short mix of both
/// such as `4m22s`. It takes seven digits and letters for a commit.
fn is_plain(word: &str) -> bool {
    let core = word.trim_start_matches('(').trim_end_matches([',', '.', ';', ':', ')', '%', '?']);
    let is_word = core.split('-').all(|part| part.chars().all(char::is_alphabetic)) && !core.starts_with('-');
    let is_mix = core.len() <= 6 && core.chars().all(|c| c.is_ascii_alphanumeric());
    let digits = core.trim_start_matches(['+', '−']);
    let is_grouped = digits
        .split(',')
        .all(|group| (1..=3).contains(&group.len()) && group.chars().all(|c| c.is_ascii_digit()));
    let is_number = is_mix || is_grouped;
    let is_arrow = matches!(core, "→" | "·");
    is_word || is_number || is_arrow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words_and_the_rest_is_code() {
        assert_eq!(
            prose("search (monitors/a.yaml:14) belongs to @me, 12 of GH-1 & more."),
            "search <code>(monitors/a.yaml:14)</code> belongs to <code>@me</code>, 12 of <code>GH-1 &amp;</code> more."
        );
        assert_eq!(
            prose("pay-1: ${env:T} goes to pay-1.evil.com; pay-10: or `b, c`"),
            "<code>pay-1: ${env:T}</code> goes to <code>pay-1.evil.com</code>; <code>pay-10:</code> or <code>`b</code>, <code>c`</code>"
        );
        assert_eq!(prose("@a. ... https://b.c..."), "<code>@a</code>. ... <code>https://b.c</code>...");
        assert_eq!(
            guidance("write `moved_from: a`, then ``` or `<b>` and ` alone"),
            "write <code>moved_from: a</code>, then <code>```</code> or <code>&lt;b&gt;</code> and <code>`</code> alone"
        );
        let ours = "first sync `protect: false` on its own";
        assert_eq!(guidance(ours), "first sync <code>protect: false</code> on its own");
    }

    #[test]
    fn a_fence_is_longer_than_what_is_inside() {
        assert_eq!(fence("diff", "+ a"), "```diff\n+ a\n```\n");
        assert_eq!(fence("", "````\n``"), "`````\n````\n``\n`````\n");
    }

    #[test]
    fn a_marker_is_one_comment_whatever_the_owner_is_called() {
        assert_eq!(marker_value("acme/api-monitors"), "acme/api-monitors");
        assert_eq!(marker_value("a--> b"), "a-%2D%3E%20b");
    }
}
