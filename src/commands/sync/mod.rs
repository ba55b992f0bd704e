//! `sync`: makes the config table equal to the files, or takes back what a run did.
//!
//! ```text
//! read ─▶ take an interrupted run back in thought ─▶ plan ─▶ as expected? ─▶ guard ─▶ reviewed? ─▶ confirm ─▶ apply
//! ```

mod apply;
mod approval;
mod command;
mod goal;
mod halt;
mod refused;
mod reviewed;
#[cfg(test)]
mod scenarios;
mod stamp;

pub use command::sync;
pub use stamp::caller;
