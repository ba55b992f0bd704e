//! `diff`: shows what sync would change.

mod command;
mod explain;
mod offline;
mod trial;

pub use command::diff;
