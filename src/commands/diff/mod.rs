//! `diff`: shows what sync would change.

mod base;
mod command;
mod explain;
mod offline;
mod probe_preview;

pub use command::diff;
