//! `diff`: shows what sync would change.

mod backtest;
mod base;
mod command;
mod explain;
mod offline;
mod probe_preview;

pub use command::diff;
