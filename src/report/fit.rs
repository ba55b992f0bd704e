//! Texts that are cut or broken to a number of characters. Pure.

use anstream::adapter::strip_str;

/// The text, or its start and its end around `…`: ids often differ at either end.
pub fn cut_middle(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (start, end) = (kept.div_ceil(2), kept / 2);
    text.chars().take(start).chain(['…']).chain(text.chars().skip(length - end)).take(width).collect()
}

/// The text, or its start and `…`.
pub fn cut_end(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).take(width).collect()
}

/// A line that may have colours, in lines of a width: broken between words, and within a word that is longer than a line.
/// The lines after the first one are indented by two.
pub fn wrapped(line: &str, width: usize) -> Vec<String> {
    let shown = |text: &str| strip_str(text).to_string().chars().count();
    if shown(line) <= width {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    let (mut lines, mut current) = (Vec::new(), " ".repeat(indent));
    let mut is_empty = true;
    for word in words(line.trim_start_matches(' ')) {
        for (number, piece) in pieces(&word, width, indent + 2).into_iter().enumerate() {
            if !is_empty && (number > 0 || shown(&current) + 1 + shown(&piece) > width) {
                lines.push(std::mem::replace(&mut current, " ".repeat(indent + 2)));
                is_empty = true;
            }
            if !is_empty {
                current.push(' ');
            }
            current.push_str(&piece);
            is_empty = false;
        }
    }
    lines.push(current);
    lines
}

/// The words of a line. A number stays with what it counts.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in line.split(' ') {
        match words.last_mut() {
            Some(last) if is_number(last) => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => words.push(word.to_owned()),
        }
    }
    words
}

fn is_number(word: &str) -> bool {
    let word = strip_str(word).to_string();
    !word.is_empty() && word.chars().all(|letter| letter.is_ascii_digit())
}

/// A word in pieces that fit behind an indent. One with colours stays whole: those that are painted are short.
fn pieces(word: &str, width: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(1);
    if word.chars().count() <= room || word.contains('\u{1b}') {
        return vec![word.to_owned()];
    }
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(room).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_has_exactly_its_width_and_keeps_both_ends() {
        assert_eq!(cut_middle("payments-eu-west-1", 9), "paym…st-1");
        assert_eq!(cut_middle("payments", 8), "payments");
        assert_eq!((cut_middle("payments", 1), cut_middle("payments", 0)), ("…".to_owned(), String::new()));
        assert_eq!(cut_end("HTTP 503, expected 200", 9), "HTTP 503…");
        assert_eq!((cut_end("été", 3), cut_end("été", 2)), ("été".to_owned(), "é…".to_owned()));
    }

    #[test]
    fn a_line_is_broken_between_words_and_colours_take_no_room() {
        let line = "\u{1b}[33mwarning:\u{1b}[0m cannot read the history: throttled";
        assert_eq!(
            wrapped(line, 20),
            ["\u{1b}[33mwarning:\u{1b}[0m cannot read", "  the history:", "  throttled"]
        );
        assert_eq!(wrapped(line, 80), [line]);
        assert_eq!(wrapped("probed 12 monitors", 15), ["probed", "  12 monitors"]);
        assert_eq!(wrapped("  abcd efgh", 8), ["  abcd", "    efgh"]);
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("at https://a.example/x", 10), ["at", "  https://", "  a.exampl", "  e/x"]);
    }
}
