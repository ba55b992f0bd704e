//! What judging one answer may cost. Pure.
//!
//! A monitor is written by one team and judged on a machine of all teams. So what its assertions do with an answer
//! is counted, and ends where it would hold up the others.

/// Steps that judging one answer may take, all assertions of the monitor together. A step is a node of a document that
/// is visited, 16 bytes of text that are compared, 8 bytes of a regular expression that are compiled, or 4 states of one
/// that are tried: some 10 to 25 ns each, so that the dearest monitor costs about 0.1 s. An ordinary one takes fewer than 10,000.
pub const STEPS: usize = 4_000_000;

/// Bytes of text that are compared in one step.
const TEXT: usize = 16;

/// Why an assertion could not be judged. Such an assertion fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unjudged {
    #[error("needs more than {STEPS} steps")]
    TooManySteps,
    /// Of a pattern that stands in the answer, or of one that nothing validated.
    #[error("has a pattern that does not compile: {0}")]
    Pattern(#[from] PatternError),
    /// Of a path that nothing validated.
    #[error("has a path that does not parse: {0}")]
    Path(String),
}

/// Why a text is not a pattern; the message is that of the `regex` crate, without its drawing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(pub(super) String);

/// The steps that are left for one answer.
#[derive(Debug)]
pub struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: STEPS }
    }
}

impl Budget {
    /// Another number of steps than one answer has.
    pub fn of(steps: usize) -> Self {
        Self { left: steps }
    }

    pub fn left(&self) -> usize {
        self.left
    }

    /// Takes `steps` from what is left.
    pub fn spend(&mut self, steps: usize) -> Result<(), Unjudged> {
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or_default();
        left.map(|_| ()).ok_or(Unjudged::TooManySteps)
    }

    /// Takes what `bytes` of text cost, at least one step.
    pub fn spend_text(&mut self, bytes: usize) -> Result<(), Unjudged> {
        self.spend(1 + bytes / TEXT)
    }

    /// Steps taken so far.
    #[cfg(test)]
    pub fn spent(&self) -> usize {
        STEPS - self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_step_may_be_taken_and_none_after_it() {
        let mut budget = Budget::default();
        assert_eq!(budget.spend(STEPS), Ok(()));
        assert_eq!((budget.spend(0), budget.spent()), (Ok(()), STEPS));
        assert_eq!(budget.spend(1), Err(Unjudged::TooManySteps));
        // What did not fit is not offered to something smaller.
        let mut budget = Budget::default();
        assert_eq!(budget.spend(STEPS + 1), Err(Unjudged::TooManySteps));
        assert_eq!(budget.spend_text(0), Err(Unjudged::TooManySteps));
    }
}
