//! The stored memory of a monitor and of a run, and what a run decides to change in it. Pure.

mod decide;
mod due;
mod fresh;
mod ledger;
mod row;
mod run;
mod seen;
mod sight;

pub use decide::{Decider, decide, let_go};
pub use due::{Backlog, SkippedRange, is_due, next_due, order, own_slot};
pub use fresh::{monitor_is_stale, run_is_stale};
#[cfg(test)]
pub use ledger::POSITIONS_PER_PAGE;
pub use ledger::{Directory, LedgerEntry, LedgerPage, Sample};
pub use row::{FirstPending, Move, ROW_FORMAT, Row, Write};
pub use run::{DeadHolder, Held, HolderProcess, LastOk, Lease, RunRecord};
pub use seen::{Seen, Share};
pub use sight::{Asked, Heard, SelfCheck, Sight, asks_canaries, is_blind};
