//! The kinds of checks, a file each: what is asked, what came back, and what can be asserted of that. Pure.
//!
//! This list is closed, and the only place that knows all of them. Everything outside speaks of [`Evidence`], and never
//! of what one kind brings.

pub mod http;

use crate::assert::{Assertion, Measured, Redact};

/// What came back: a complete answer of the endpoint, good or bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    Http(http::Answer),
}

/// Evidence as assertions look at it: what takes time to read is read once.
pub enum Reader<'a> {
    Http(http::AnswerReader<'a>),
}

impl Evidence {
    /// What the ledger keeps of it; 0 where the protocol has no codes.
    pub fn code(&self) -> u16 {
        match self {
            Self::Http(answer) => answer.status,
        }
    }

    pub fn reader(&self) -> Reader<'_> {
        match self {
            Self::Http(answer) => Reader::Http(http::AnswerReader::new(answer)),
        }
    }
}

impl Reader<'_> {
    /// What there is where `assertion` looks.
    pub fn measure(&self, assertion: &Assertion, redact: Redact<'_>) -> Measured<'_> {
        match self {
            Self::Http(reader) => reader.measure(assertion, redact),
        }
    }
}
