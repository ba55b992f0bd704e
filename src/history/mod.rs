//! What is kept of every probe, and how it is packed. Pure.

mod directory;
mod latency_code;
mod ledger;
mod reason;

pub use directory::Directory;
#[cfg(test)]
pub use directory::POSITIONS_PER_PAGE;
pub use ledger::{InMaintenance, LedgerEntry, LedgerPage, Sample};
pub use reason::StoredReason;
