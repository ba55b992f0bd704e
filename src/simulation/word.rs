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

/// Where a script begins.
pub const START: Spot = Spot { line: 1, column: 1, length: 1 };

/// Why a script is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{spot}: {message}")]
pub struct ScriptError {
    pub spot: Spot,
    pub message: String,
    /// The unknown word, if it is one.
    pub unknown: Option<String>,
}

/// A word without upper-case letters, or one of `,` `*` `(` `)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub spot: Spot,
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

/// The words of a script. A line ends with a comma, and what begins with `#` is a comment up to there.
pub fn words(text: &str) -> Vec<Word> {
    let is_sign = |c: char| matches!(c, ',' | '*' | '(' | ')');
    let mut words: Vec<Word> = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.split('#').next().unwrap_or_default();
        for (column, c) in (1..).zip(text.chars().chain([','])) {
            let c = match c {
                ';' => ',',
                '×' => '*',
                c => c,
            };
            let is_next = |word: &&mut Word| {
                let Spot { line: of, column: start, length } = word.spot;
                (of, start + length) == (line, column) && !word.text.contains(is_sign)
            };
            match words.last_mut().filter(is_next) {
                _ if c.is_whitespace() => {}
                Some(word) if !is_sign(c) => {
                    word.text.extend(c.to_lowercase());
                    word.spot.length += 1;
                }
                Some(_) | None => {
                    words.push(Word {
                        text: c.to_lowercase().collect(),
                        spot: Spot { line, column, length: 1 },
                    });
                }
            }
        }
    }
    words
}
