//! Whether a value meets a comparison: the one meaning of an assertion, for judging and for proving. Pure.

mod holds;
mod on_json;

pub use holds::{Actual, holds};
pub use on_json::{missed, misses};
