//! Long texts against each other: by lines, and by words where a line only changed in part.

use similar::{ChangeTag, TextDiff};

use crate::monitor::safe;
use crate::report::workflow::inert;

/// Texts beyond this are not compared here: what people do not read must not take long to make.
const MOST_BYTES: usize = 64 << 10;
const MOST_LINES: usize = 2_000;

/// Equal lines that are shown around a difference.
const AROUND: usize = 3;

/// A line of the comparison.
#[derive(Debug, PartialEq, Eq)]
pub enum DiffLine {
    Equal(String),
    Gone(Vec<DiffPart>),
    New(Vec<DiffPart>),
    /// So many equal lines.
    Left(usize),
    /// Both texts are too long to be compared for people; their numbers of lines.
    TooLong(usize, usize),
}

/// Some of a line.
#[derive(Debug, PartialEq, Eq)]
pub struct DiffPart {
    pub text: String,
    pub weight: DiffWeight,
}

/// Whether a part is what makes the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffWeight {
    Same,
    Different,
}

/// The lines of both texts; nothing in them is obeyed by a terminal or by a runner of GitHub's.
pub fn compared(before: &str, after: &str) -> Vec<DiffLine> {
    let (were, are) = (before.lines().count(), after.lines().count());
    if before.len() + after.len() > MOST_BYTES || were + are > MOST_LINES {
        return vec![DiffLine::TooLong(were, are)];
    }
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    let mut seen = 0;
    for group in diff.grouped_ops(AROUND) {
        let start = group.first().map_or(seen, |op| op.old_range().start);
        leave(&mut lines, start.saturating_sub(seen));
        for op in &group {
            for change in diff.iter_inline_changes(op) {
                let parts = change.iter_strings_lossy().map(|(is_different, text)| {
                    let weight = if is_different { DiffWeight::Different } else { DiffWeight::Same };
                    DiffPart { text: plain(&text), weight }
                });
                let parts = parts.filter(|part| !part.text.is_empty());
                lines.push(match change.tag() {
                    ChangeTag::Equal => DiffLine::Equal(inert(parts.map(|part| part.text).collect())),
                    ChangeTag::Delete => DiffLine::Gone(parts.collect()),
                    ChangeTag::Insert => DiffLine::New(parts.collect()),
                });
            }
        }
        seen = group.last().map_or(seen, |op| op.old_range().end);
    }
    leave(&mut lines, were.saturating_sub(seen));
    lines
}

fn leave(lines: &mut Vec<DiffLine>, number: usize) {
    if number > 0 {
        lines.push(DiffLine::Left(number));
    }
}

/// Without the end of the line, which is what makes it one.
fn plain(text: &str) -> String {
    safe(text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, weight: DiffWeight) -> DiffPart {
        DiffPart { text: text.into(), weight }
    }

    #[test]
    fn the_words_that_differ_are_distinguished_from_those_that_do_not() {
        let lines = compared("one\nsay hello to all of them\n", "one\nsay goodbye to all of them\n");
        let line = |word| {
            vec![
                part("say ", DiffWeight::Same),
                part(word, DiffWeight::Different),
                part(" to all of them", DiffWeight::Same),
            ]
        };
        assert_eq!(
            lines,
            [DiffLine::Equal("one".into()), DiffLine::Gone(line("hello")), DiffLine::New(line("goodbye"))]
        );
    }

    #[test]
    fn equal_lines_far_from_a_difference_are_counted() {
        let same = (0..20).map(|i| format!("line {i}\n")).collect::<Vec<_>>().concat();
        let lines = compared(&format!("{same}a\n{same}"), &format!("{same}b\n{same}"));
        assert_eq!((&lines[0], &lines[lines.len() - 1]), (&DiffLine::Left(17), &DiffLine::Left(17)));
        assert_eq!(lines.len(), 1 + 3 + 2 + 3 + 1);
    }

    #[test]
    fn texts_without_end_are_not_compared() {
        let long = "a\n".repeat(40_000);
        assert_eq!(compared(&long, "b"), [DiffLine::TooLong(40_000, 1)]);
    }
}
