//! `sync`: makes the config table equal to the files, or takes back what a run did.
//!
//! ```text
//! read ─▶ take an interrupted run back in thought ─▶ plan ─▶ guard ─▶ as reviewed? ─▶ confirm ─▶ apply, part by part
//! ```

mod apply;
mod command;
mod goal;
mod halt;
mod reviewed;
#[cfg(test)]
mod scenarios;
mod stamp;

pub use command::sync;
pub use stamp::caller;
