//! The status of an HTTP answer, which every kind that speaks HTTP asserts in the same way. Pure.

use crate::assert::{Assertion, CodeSet, Comparison, Measured, Subject, SubjectShape};

pub const STATUS: Subject = Subject::new("status", "status", SubjectShape::Code).numbered(10);

/// The assertion that the status of an answer is one of these.
pub fn status_in(set: CodeSet) -> Assertion {
    Assertion::new(STATUS, "", vec![Comparison::OneOf(set)])
}

/// A status where an assertion looks for it.
pub fn measured(status: u16) -> Measured<'static> {
    Measured::Code(status, format!("HTTP {status}"))
}
