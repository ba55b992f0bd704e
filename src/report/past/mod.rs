//! What `history` shows: the past of one monitor, and the journal of all.

mod csv;
mod grid;
mod journal;
mod json;
#[cfg(test)]
mod tests;
mod text;

use jiff::Timestamp;

pub use journal::JournalReport;
pub use text::availability_line;

use crate::history::RollupUnit;
use crate::page::MaintenanceTime;
use crate::view::MonitorPast;

/// The past of one monitor.
#[derive(Debug, Clone)]
pub struct MonitorHistory {
    pub past: MonitorPast,
    pub name: Option<String>,
    /// The folder of its file, `""` at the root.
    pub group: String,
    /// What the parts of its window are.
    pub each: RollupUnit,
    pub now: Timestamp,
}

/// As reports have it, and as a status page has it by default.
pub const RULE: MaintenanceTime = MaintenanceTime::Excluded;

/// The word for one part of a window.
fn word(each: RollupUnit) -> &'static str {
    match each {
        RollupUnit::Hour => "hour",
        RollupUnit::Day => "day",
    }
}
