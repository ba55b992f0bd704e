//! The lines of a file that are drawn around a fault. miette reads a file from its start for each fault, so it gets the
//! few lines that it needs, whatever the size of the file; of a line that is very long, the part around the fault.

use std::ops::Range;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Bytes of a line that is drawn whole.
const LINE: usize = 400;

/// Bytes that are drawn on each side of a fault in a longer one.
const AROUND: usize = 100;

/// Bytes of a fault that are underlined.
const UNDERLINED: usize = 200;

/// A text with its lines.
#[derive(Debug, Default)]
pub struct TextLines {
    text: String,
    starts: Vec<usize>,
}

/// A text under the name of its file.
#[derive(Debug, Clone)]
pub struct Excerpt {
    name: String,
    lines: Arc<TextLines>,
}

impl TextLines {
    pub fn new(text: String) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(breaks).collect();
        Self { text, starts }
    }

    /// The number of the line that `offset` lies in, from 0.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line with its end.
    fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        start..self.starts.get(line + 1).copied().unwrap_or(self.text.len())
    }

    /// Whether the line that `offset` lies in is too long to be drawn whole.
    pub fn is_long(&self, offset: usize) -> bool {
        self.range(self.line(offset)).len() > LINE
    }

    /// As much of a fault as is underlined.
    pub fn underlined(&self, offset: usize, length: usize) -> Range<usize> {
        let start = self.boundary(offset);
        let most = if self.is_long(start) { AROUND } else { UNDERLINED };
        start..self.boundary(start + length.min(most)).max(start)
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

impl Excerpt {
    pub fn new(name: String, lines: Arc<TextLines>) -> Self {
        Self { name, lines }
    }

    pub fn lines(&self) -> &TextLines {
        &self.lines
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let lines = &*self.lines;
        let (first, last) = (lines.line(span.offset()), lines.line(span.offset() + span.len()));
        let part = if lines.is_long(span.offset()) {
            let line = lines.range(first);
            let start = lines.boundary(span.offset().saturating_sub(AROUND)).max(line.start);
            let end = lines.boundary(span.offset() + span.len() + AROUND).clamp(start, line.end.max(start));
            start..end
        } else {
            let above = (first.saturating_sub(before)..first).rev();
            let above = above.take_while(|line| lines.range(*line).len() <= LINE).last().unwrap_or(first);
            let below = last + 1..=last + after;
            let below = below.take_while(|line| lines.range(*line).len() <= LINE).last().unwrap_or(last);
            lines.range(above).start..lines.range(below).end
        };
        let text = lines.text.get(part.clone()).ok_or(MietteError::OutOfBounds)?;
        let inner = SourceSpan::new((span.offset() - part.start).into(), span.len());
        let inner = text.read_span(&inner, before, after)?;
        let start = part.start + inner.span().offset();
        let line = lines.line(part.start);
        // A part of a long line begins somewhere in it.
        let column = if inner.line() == 0 { start.saturating_sub(lines.range(line).start) } else { 0 };
        let shifted = SourceSpan::new(start.into(), inner.span().len());
        let data = text.as_bytes().get(inner.span().offset()..inner.span().offset() + inner.span().len());
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data.ok_or(MietteError::OutOfBounds)?,
            shifted,
            line + inner.line(),
            column.max(inner.column()),
            line + inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What miette would read of the whole text, and what it reads here.
    #[test]
    fn an_excerpt_reads_as_the_whole_text_does() {
        let text = (0..50).map(|i| format!("line {i}: é\n")).collect::<Vec<_>>().concat();
        let excerpt = Excerpt::new("a.yaml".to_owned(), Arc::new(TextLines::new(text.clone())));
        for (offset, length) in [(0, 4), (13, 6), (text.len() / 2 - 3, 3), (text.len() - 5, 2), (24, 40)] {
            for context in [0, 1, 2] {
                let span = SourceSpan::new(offset.into(), length);
                let whole = text.read_span(&span, context, context).expect("in it");
                let read = excerpt.read_span(&span, context, context).expect("in it");
                let said = |contents: &dyn SpanContents<'_>| {
                    (contents.data().to_vec(), *contents.span(), contents.line(), contents.column())
                };
                assert_eq!(said(&*read), said(&*whole), "{offset} {length} {context}");
            }
        }
    }

    #[test]
    fn of_a_long_line_only_the_part_around_the_fault_is_read() {
        let text = format!("a: 1\nb: [{}]\nc: 1\n", "é,".repeat(100_000));
        let excerpt = Excerpt::new("a.yaml".to_owned(), Arc::new(TextLines::new(text)));
        let span = SourceSpan::new(150_001.into(), 50);
        let read = excerpt.read_span(&span, 1, 1).expect("in it");
        assert!(read.data().len() < 400, "{}", read.data().len());
        assert!(std::str::from_utf8(read.data()).is_ok());
        assert_eq!(read.line(), 1);
    }
}
