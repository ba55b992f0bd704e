//! A regular expression that compares like its text and is compiled when it is first needed.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;

/// Memory that one compiled pattern may take; `regex` is linear in time, this bounds its space.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression that is known to compile.
///
/// Compiling takes about as long as a whole probe, so a run that never gets a body never pays for it.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

/// Why a text is not a pattern; the message is that of the `regex` crate, without its drawing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);

impl Pattern {
    /// Compiles `text` once to prove that it can be.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let regex = compile(text).map_err(|error| {
            let message = error.to_string();
            let last = message.lines().last().unwrap_or_default();
            PatternError(last.trim_start_matches("error: ").to_owned())
        })?;
        Ok(Self { text: text.to_owned(), compiled: OnceLock::from(Some(regex)) })
    }

    /// Takes a text that was proven before it was stored, without compiling it.
    pub fn trusted(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// Whether the pattern is found anywhere in `haystack`; `None` if a trusted text does not compile after all.
    pub fn is_match(&self, haystack: &str) -> Option<bool> {
        let regex = self.compiled.get_or_init(|| compile(&self.text).ok());
        regex.as_ref().map(|regex| regex.is_match(haystack))
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(text).size_limit(SIZE_LIMIT).build()
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pattern_says_why_in_one_line() {
        let error = Pattern::parse("a(b").expect_err("unclosed");
        assert_eq!(error.to_string(), "unclosed group");
    }

    #[test]
    fn a_pattern_that_needs_too_much_memory_is_refused() {
        assert!(Pattern::parse("(a{1000}){1000}").is_err());
    }
}
