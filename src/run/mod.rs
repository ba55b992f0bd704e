//! One run of one shard: probes what is due, stores the state, notifies what changed.

mod acquire;
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
mod probe;
mod probing;
mod reread;
#[cfg(test)]
mod scenarios;
mod secret_provider;
mod select;
mod self_check;
mod suppressing;
mod timeout_bound;
mod watch_status;
mod waves;

pub use flow::{Deps, run};
pub use inventory::{Inventory, WatchedMonitor};
pub use judging::Judging;
pub use log::Log;
pub use moves::{Known, known};
pub use options::RunOptions;
pub use outcome::{CompletedRun, Outcome, RunError};
pub use probing::{Judged, Probing};
pub use secret_provider::{SecretProvider, Variables, secrets_of};
pub use self_check::Asking;
pub use timeout_bound::TimeoutBound;
