//! What counts as a good answer.

use std::time::Duration;

use crate::assert::{Actual, Assertion, Comparison, Consequence, StatusSet, Subject, holds};
use crate::value::Budget;

/// Everything that an answer is held against.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectations {
    pub latency: LatencyBounds,
    pub certificate: CertificateBounds,
    /// In the order in which a message shows what is not met.
    pub assertions: Vec<Assertion>,
}

/// From which latency on (probe start to last byte read) the endpoint is degraded, or failing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatencyBounds {
    pub degraded: Option<Duration>,
    pub down: Option<Duration>,
}

/// How long before the end of its certificate the endpoint is degraded, or failing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateBounds {
    pub degraded: Option<Duration>,
    pub down: Option<Duration>,
}

impl Default for Expectations {
    /// A status of 2xx.
    fn default() -> Self {
        Self::of(vec![Self::status(StatusSet::default())])
    }
}

impl Expectations {
    /// These, without bounds on times.
    pub fn of(assertions: Vec<Assertion>) -> Self {
        Self { latency: LatencyBounds::default(), certificate: CertificateBounds::default(), assertions }
    }

    /// The assertion that the status of an answer is one of these.
    pub fn status(set: StatusSet) -> Assertion {
        Assertion::new(Subject::STATUS, "", vec![Comparison::OneOf(set)])
    }

    /// The statuses that do not make it DOWN, each in the way written.
    pub fn statuses(&self) -> impl Iterator<Item = &StatusSet> {
        let of_status = self.down().filter(|assertion| assertion.subject == Subject::STATUS);
        of_status.flat_map(|assertion| &assertion.must).filter_map(|comparison| {
            let Comparison::OneOf(set) = comparison else { return None };
            Some(set)
        })
    }

    /// Whether an answer with this code is not DOWN for it.
    pub fn takes_code(&self, code: u16) -> bool {
        let mut comparisons = self
            .down()
            .filter(|assertion| assertion.subject == Subject::STATUS)
            .flat_map(|assertion| &assertion.must);
        comparisons.all(|one| holds(one, Actual::Code(code), &mut Budget::default()) == Ok(true))
    }

    /// Whether a verdict needs the answer's body at all.
    pub fn reads_body(&self) -> bool {
        self.assertions.iter().any(|assertion| matches!(assertion.subject, Subject::BODY | Subject::JSON))
    }

    fn down(&self) -> impl Iterator<Item = &Assertion> {
        self.assertions.iter().filter(|assertion| assertion.consequence == Consequence::Down)
    }
}
