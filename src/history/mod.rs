//! What is kept of every probe, how it is packed, and what it adds up to. Pure.

mod directory;
mod journal;
mod latencies;
mod latency_code;
mod ledger;
mod lookback;
mod packing;
mod reason;
mod rollup;
mod stretch;
mod sum;
mod timeline;
mod totals;

pub use directory::{Directory, POSITIONS_PER_PAGE, Position};
pub use journal::{ChangedIncident, HealthChange, by_monitor};
pub use latencies::{Latencies, Percentiles, unpack as unpack_latencies};
pub use ledger::{InMaintenance, LedgerEntry, LedgerPage, Sample};
pub use lookback::Lookback;
pub use packing::PackingError;
pub use reason::{ReasonClass, StoredReason};
pub use rollup::{LONGEST_STREAK, Rollup, RollupPage, RollupUnit, unpack};
pub use stretch::{DAY, HOUR, Stretch, cut, joined, moment, second, start_of};
pub use sum::Sum;
pub use timeline::HealthTimeline;
#[cfg(test)]
pub use timeline::Turn;
pub use totals::{Totals, hold, total};
