//! The lines of a sheet in the markup of a chat.

use std::fmt::Write as _;

use super::escape::{escaped, is_plain_url};
use super::sheet::Sheet;
use crate::message::{MessageFact, MessageLink, NextStep, units};

/// How a chat writes what is bold, code and a link, and which characters mean something to it.
#[derive(Debug, Clone, Copy)]
pub struct Markup {
    pub bold: [&'static str; 2],
    pub code: [&'static str; 2],
    /// Around a URL that stands in a text.
    pub link: [&'static str; 2],
    /// How a character is written that would mean something.
    pub escape: fn(char) -> Option<&'static str>,
    /// The same inside code and in a URL.
    pub escape_code: fn(char) -> Option<&'static str>,
    /// UTF-16 units of a line.
    pub line: usize,
}

impl Markup {
    /// What a message says: the cause, the list, the facts, the answer, the links.
    pub fn lines(&self, sheet: &Sheet<'_>) -> Vec<String> {
        let mut lines: Vec<_> = sheet.cause.iter().map(|line| self.text(line)).collect();
        // Long lines wrap, and a reader sees by the bullet where the next alert begins.
        lines.extend(sheet.lines.iter().map(|line| format!("• {}", self.text(line))));
        lines.extend(sheet.rest.iter().map(|line| self.text(line)));
        lines.extend(
            sheet.facts.iter().map(|MessageFact { label, value }| self.labelled(label, &self.text(value))),
        );
        lines.extend(sheet.excerpt.iter().map(|excerpt| self.labelled("Answer", &self.code(excerpt))));
        lines.extend(
            sheet.links.iter().map(|MessageLink { label, url }| self.labelled(label, &self.text(url))),
        );
        lines
    }

    /// What to do next, a command a line.
    pub fn steps(&self, sheet: &Sheet<'_>) -> Vec<String> {
        let step = |NextStep { purpose, command }: &&NextStep| format!("{purpose}: {}", self.code(command));
        sheet.steps.iter().map(step).collect()
    }

    /// A text from outside in one line, harmless, its URLs as links.
    pub fn text(&self, text: &str) -> String {
        let mut shown = String::new();
        for (number, word) in text.split(' ').enumerate() {
            let space = if number > 0 { " " } else { "" };
            let room = self.line.saturating_sub(units(&shown) + space.len());
            let [before, after] = self.link;
            let url = escaped(word, room, self.escape_code);
            if is_plain_url(word) && !url.ends_with('…') && units(&url) + before.len() + after.len() <= room
            {
                let _ = write!(shown, "{space}{before}{url}{after}");
                continue;
            }
            let word = escaped(word, room, self.escape);
            let is_cut = word.ends_with('…');
            let _ = write!(shown, "{space}{word}");
            if is_cut {
                break;
            }
        }
        shown.trim().to_owned()
    }

    /// The same as code, which no chat makes a link of.
    pub fn code(&self, text: &str) -> String {
        let [before, after] = self.code;
        let text =
            escaped(text.trim(), self.line.saturating_sub(before.len() + after.len()), self.escape_code);
        if text.is_empty() { text } else { format!("{before}{text}{after}") }
    }

    fn labelled(&self, label: &str, value: &str) -> String {
        let [before, after] = self.bold;
        format!("{before}{label}:{after} {value}")
    }
}
