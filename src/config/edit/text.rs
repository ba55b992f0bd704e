//! A text and the changes of single ranges of it.

use std::ops::Range;

use super::super::sources::BYTE_ORDER_MARK;

/// A range of bytes and what stands there instead.
pub struct Splice {
    pub range: Range<usize>,
    pub with: String,
}

/// A text that is edited, with the line ends it has.
pub struct Text<'t> {
    pub whole: &'t str,
    eol: &'static str,
    comments: &'t [Range<usize>],
}

impl<'t> Text<'t> {
    pub fn new(text: &'t str, comments: &'t [Range<usize>]) -> Self {
        Self { whole: text, eol: if text.contains("\r\n") { "\r\n" } else { "\n" }, comments }
    }

    /// The text with these changes, which do not touch each other.
    pub fn with(&self, mut splices: Vec<Splice>) -> String {
        splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
        let mut edited = String::new();
        let mut from = 0;
        for Splice { range, with } in splices {
            edited.push_str(self.whole.get(from..range.start).unwrap_or_default());
            edited.push_str(&with.replace('\n', self.eol));
            from = range.end.max(from);
        }
        edited.push_str(self.whole.get(from..).unwrap_or_default());
        edited
    }

    /// Where the line begins that holds `at`.
    pub fn line_start(&self, at: usize) -> usize {
        let first = if self.whole.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        self.whole.get(..at).and_then(|before| before.rfind('\n')).map_or(first, |line_end| line_end + 1)
    }

    /// Behind the line end of the line that holds `at`.
    pub fn line_end(&self, at: usize) -> usize {
        let rest = self.whole.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.whole.len(), |line_end| at + line_end + 1)
    }

    pub fn column(&self, at: usize) -> usize {
        at - self.line_start(at)
    }

    /// A line of its own at `at`, where a line begins or the text ends.
    pub fn new_line(&self, at: usize, line: &str) -> Splice {
        let with = if self.slice(0..at).ends_with('\n') { format!("{line}\n") } else { format!("\n{line}") };
        Splice { range: at..at, with }
    }

    /// Whether only spaces stand before `at` on its line.
    pub fn begins_line(&self, at: usize) -> bool {
        self.slice(self.line_start(at)..at).bytes().all(|byte| byte == b' ')
    }

    /// Whether nothing but a comment stands behind `at` on its line.
    pub fn ends_line(&self, at: usize) -> bool {
        let rest = self.slice(at..self.line_end(at)).trim();
        rest.is_empty() || rest.starts_with('#')
    }

    /// Whether a comment stands behind `at` on its line.
    pub fn has_comment_behind(&self, at: usize) -> bool {
        self.slice(at..self.line_end(at)).trim_start().starts_with('#')
    }

    /// `end` without the empty lines that a block of text takes in.
    pub fn trimmed(&self, range: Range<usize>) -> usize {
        range.start + self.slice(range).trim_end().len()
    }

    pub fn slice(&self, range: Range<usize>) -> &'t str {
        self.whole.get(range).unwrap_or_default()
    }

    /// The comments of a range that goes, a line each: no comment is lost with a value.
    pub fn comments_in(&self, range: &Range<usize>, indent: usize) -> String {
        let inside = self.comments.iter().filter(|comment| range.contains(&comment.start));
        let margin = " ".repeat(indent);
        inside.fold(String::new(), |lines, comment| {
            lines + &margin + self.slice(comment.clone()).trim_end() + "\n"
        })
    }

    /// The comments of `range`, put before the line that holds `at`.
    pub fn hoisted(&self, range: &Range<usize>, at: usize) -> Option<Splice> {
        let line = self.line_start(at);
        let indent = self.slice(line..at).bytes().take_while(|byte| *byte == b' ').count();
        let comments = self.comments_in(range, indent);
        (!comments.is_empty()).then_some(Splice { range: line..line, with: comments })
    }
}
