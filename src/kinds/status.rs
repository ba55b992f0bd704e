//! The status and the version of an HTTP answer, for every kind that speaks HTTP. Pure.

use crate::assert::{Assertion, CodeSet, Comparison, Measured, Subject, SubjectShape};

pub const STATUS: Subject = Subject::new("status", "status", SubjectShape::Code).numbered(10);

/// The assertion that the status of an answer is one of these.
pub fn status_in(set: CodeSet) -> Assertion {
    Assertion::new(STATUS, "", vec![Comparison::OneOf(set)])
}

/// The version of HTTP that an answer came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HttpVersion {
    V10,
    #[default]
    V11,
    V2,
}

impl HttpVersion {
    /// `HTTP/1.1`
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V10 => "HTTP/1.0",
            Self::V11 => "HTTP/1.1",
            Self::V2 => "HTTP/2",
        }
    }
}

/// A status where an assertion looks for it.
pub fn measured(status: u16) -> Measured<'static> {
    Measured::Code(status, format!("HTTP {status}"))
}
