//! What must hold of an answer: one model of an assertion for every kind of check. Pure.
//!
//! An [`Assertion`] names a part of the evidence and what that must meet. A kind measures the part, and everything after
//! it is the same for all: judging, the words for what is not met, and whether another assertion asks for less.

mod assertion;
mod codes;
mod comparison;
mod holds;
mod judge;
mod on_json;
mod weaker;

pub use assertion::{Assertion, Consequence, Subject, SubjectShape};
pub use codes::{CodeClass, CodeSet};
pub use comparison::Comparison;
pub use holds::{Actual, holds};
pub use judge::{Measured, Redact, Unmet, judge, quote, shown};
pub use on_json::{missed, misses};
pub use weaker::weaker;
