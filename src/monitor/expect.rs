//! What counts as a good answer.

use std::time::Duration;

use crate::assert::{Assertion, Consequence};

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

impl Expectations {
    /// These, without bounds on times.
    pub fn of(assertions: Vec<Assertion>) -> Self {
        Self { latency: LatencyBounds::default(), certificate: CertificateBounds::default(), assertions }
    }

    /// Whether an answer with this code is not DOWN for it.
    pub fn takes_code(&self, code: u16) -> bool {
        let down = self.assertions.iter().filter(|assertion| assertion.consequence == Consequence::Down);
        down.flat_map(Assertion::codes).all(|set| set.contains(code))
    }
}
