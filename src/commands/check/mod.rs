//! `check`: probes what is due, stores the state, tells what changed.

mod acquire;
mod command;
mod concluding;
mod flow;
mod history;
mod inventory;
mod judging;
mod log;
mod moves;
mod notifying;
mod options;
mod outcome;
mod patience;
mod probing;
mod reread;
#[cfg(test)]
mod scenarios;
mod select;
mod self_check;
mod supply;
mod suppressing;
mod watch_status;
mod waves;

pub use command::check;
pub use inventory::{Inventory, WatchedMonitor};
pub use judging::Judging;
pub use moves::{Known, known};
pub use outcome::{RunError, chain};
pub use patience::Patience;
pub use probing::{Judged, Probing};
pub use self_check::Asking;
pub use supply::{Supply, Variables, secrets_of};
