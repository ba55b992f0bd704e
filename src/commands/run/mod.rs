//! `run`: the runs of `check` in a loop, for who has no cron.

mod command;
mod memory;
mod repeat;
mod schedule;
mod session;

pub use command::run;
