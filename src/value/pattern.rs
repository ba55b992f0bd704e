//! A regular expression that compares like its text and is compiled when it is first needed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::automaton::{Automaton, Matcher};
use super::budget::{Budget, PatternError, Unjudged};

/// Memory that one compiled pattern may take, in bytes.
const SIZE: usize = 1 << 20;

/// Characters that a pattern may have.
pub const PATTERN_LENGTH: usize = 2_000;

/// Bytes of a pattern that are compiled in one step.
const COMPILED: usize = 8;

/// Memory, in bytes, of a pattern that stands in an answer, where the endpoint chooses it: compiling it takes some 0.1 ms.
const SMALL: usize = 32 << 10;

/// Characters that such a pattern may have.
const SMALL_LENGTH: usize = 256;

/// Steps that compiling such a pattern counts as.
const COMPILING: usize = 10_000;

/// A regular expression that is known to compile.
///
/// Compiling takes about as long as a whole probe, so a run that never gets a body never pays for it.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Option<Arc<Automaton>>>,
}

impl Pattern {
    /// Compiles `text` once to prove that it can be.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        bounded(text)?;
        // Its words are the better ones. What it compiles has more to it than what is run here, so that fits too.
        regex::RegexBuilder::new(text).size_limit(SIZE).build().map_err(|error| {
            let message = error.to_string();
            let last = message.lines().last().unwrap_or_default();
            PatternError(last.trim_start_matches("error: ").to_owned())
        })?;
        Ok(Self::trusted(text))
    }

    /// Takes a text that was proven before it was stored, without compiling it.
    pub fn trusted(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// The same for a text of a table, which may have been put there by hand: looks at what costs nothing.
    pub fn stored(text: &str) -> Result<Self, PatternError> {
        bounded(text).map(|()| Self::trusted(text))
    }

    /// Compiles a text that an endpoint chose.
    pub fn from_answer(text: &str, budget: &mut Budget) -> Result<Self, Unjudged> {
        budget.spend(COMPILING)?;
        let too_large =
            || PatternError(format!("a pattern in an answer has at most {SMALL_LENGTH} characters"));
        if text.chars().nth(SMALL_LENGTH).is_some() {
            return Err(too_large().into());
        }
        let compiled = Automaton::compile(text, SMALL).map(Arc::new);
        if compiled.is_none() {
            return Err(PatternError("a pattern in an answer is invalid or too large".to_owned()).into());
        }
        Ok(Self { text: text.to_owned(), compiled: OnceLock::from(compiled) })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A short text in which the pattern is found, if one is easy to find.
    pub fn example(&self) -> Option<String> {
        let compiled = self.compiled.get_or_init(|| Automaton::compile(&self.text, SIZE).map(Arc::new));
        compiled.as_ref().and_then(|automaton| automaton.example())
    }

    /// Whether some text may match; also where that is unknown.
    pub fn may_match(&self) -> bool {
        let compiled = self.compiled.get_or_init(|| Automaton::compile(&self.text, SIZE).map(Arc::new));
        compiled.as_ref().is_none_or(|automaton| automaton.may_match())
    }

    /// What looks for the pattern in texts, one after the other; an error if a trusted text does not compile after all.
    pub fn matcher(&self, budget: &mut Budget) -> Result<Matcher, Unjudged> {
        let compiled = self.compiled.get_or_init(|| Automaton::compile(&self.text, SIZE).map(Arc::new));
        // It counts also if it was compiled before, so that a judgement does not depend on an earlier one.
        budget.spend(compiled.as_ref().map_or(SIZE, |automaton| automaton.size()) / COMPILED)?;
        let broken = || PatternError(format!("{self:?} is not a regular expression, or is too large"));
        Ok(compiled.clone().map(Matcher::new).ok_or_else(broken)?)
    }

    /// Whether the pattern is found anywhere in `haystack`.
    pub fn is_match(&self, haystack: &str, budget: &mut Budget) -> Result<bool, Unjudged> {
        self.matcher(budget)?.is_match(haystack, budget)
    }
}

fn bounded(text: &str) -> Result<(), PatternError> {
    match text.chars().nth(PATTERN_LENGTH) {
        Some(_) => Err(PatternError(format!("it has more than {PATTERN_LENGTH} characters"))),
        None => Ok(()),
    }
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
        assert!(Pattern::parse(r"\p{L}{1,80}").is_err());
    }

    #[test]
    fn a_pattern_is_as_long_as_its_bound_and_no_longer() {
        let (most, more) = ("a".repeat(PATTERN_LENGTH), "a".repeat(PATTERN_LENGTH + 1));
        assert!(Pattern::parse(&most).is_ok() && Pattern::stored(&most).is_ok());
        assert!(Pattern::parse(&more).is_err() && Pattern::stored(&more).is_err());
    }

    #[test]
    fn a_trusted_text_that_does_not_compile_is_never_a_match() {
        for text in ["a(b", "(a{1000}){1000}"] {
            let found = Pattern::trusted(text).is_match("a", &mut Budget::default());
            assert!(matches!(found, Err(Unjudged::Pattern(_))), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_pattern_of_an_endpoint_is_small_and_every_one_counts() {
        let mut budget = Budget::default();
        assert!(Pattern::from_answer("^a.*b$", &mut budget).is_ok());
        assert!(Pattern::from_answer(r"\p{L}{1,20}", &mut budget).is_err());
        assert!(Pattern::from_answer(&"a".repeat(257), &mut budget).is_err());
        assert_eq!(budget.spent(), 3 * COMPILING);
    }
}
