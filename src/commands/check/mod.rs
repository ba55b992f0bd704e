//! `check`: probes what is due, stores the state, notifies what changed.

mod command;
mod files;
mod held;

pub use command::check;
