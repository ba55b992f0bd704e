//! `diff`: shows what sync would change.

mod command;

pub use command::diff;
