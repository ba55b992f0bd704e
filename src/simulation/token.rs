//! The words of a script, and where they stand.

use std::fmt;

use crate::monitor::marked;

/// Where something stands in a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// In characters.
    pub length: usize,
}

/// Why a script is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{spot}: {message}")]
pub struct ScriptError {
    pub spot: Spot,
    pub message: String,
    /// The unknown word, if it is one.
    pub unknown: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub spot: Spot,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Without upper-case letters.
    Word(String),
    /// A comma, or the end of a line.
    Comma,
    Star,
    Open,
    Close,
}

impl ScriptError {
    pub fn new(spot: Spot, message: impl Into<String>) -> Self {
        Self { spot, message: message.into(), unknown: None }
    }

    /// For a word that is not `what`.
    pub fn unknown(spot: Spot, word: &str, what: &str) -> Self {
        let message = format!("unknown {what} {:?}", marked(word.to_owned()));
        Self { unknown: Some(word.to_owned()), ..Self::new(spot, message) }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, length: _ } = self;
        if *line > 1 { write!(f, "line {line}, column {column}") } else { write!(f, "column {column}") }
    }
}

/// Takes a text apart. What begins with `#` is a comment up to the end of its line.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.split('#').next().unwrap_or_default();
        let mut word = Word { line, column: 0, text: String::new() };
        let mut columns = 0;
        for (column, c) in (1..).zip(text.chars()) {
            columns = column;
            let kind = match c {
                ',' | ';' => TokenKind::Comma,
                '*' | '×' => TokenKind::Star,
                '(' => TokenKind::Open,
                ')' => TokenKind::Close,
                c if c.is_whitespace() => {
                    word.end(&mut found);
                    continue;
                }
                c => {
                    word.push(column, c);
                    continue;
                }
            };
            word.end(&mut found);
            found.push(Token { kind, spot: Spot { line, column, length: 1 } });
        }
        word.end(&mut found);
        found.push(Token { kind: TokenKind::Comma, spot: Spot { line, column: columns + 1, length: 1 } });
    }
    found
}

/// A word that is being read.
struct Word {
    line: usize,
    column: usize,
    text: String,
}

impl Word {
    fn push(&mut self, column: usize, c: char) {
        if self.text.is_empty() {
            self.column = column;
        }
        self.text.extend(c.to_lowercase());
    }

    fn end(&mut self, found: &mut Vec<Token>) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            let spot = Spot { line: self.line, column: self.column, length: text.chars().count() };
            found.push(Token { kind: TokenKind::Word(text), spot });
        }
    }
}
