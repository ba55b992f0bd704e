//! The ledger: the result of every probe of every run, 100 monitors packed in one small item.
//!
//! A page directory gives each monitor a position for good; positions are only ever added, so an old page
//! reads the same under a newer directory.

use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::MonitorId;
use crate::verdict::Verdict;

/// Monitors in one page. With up to [`Sample`]'s 6 bytes each, a page stays within one write unit (1 KB).
pub const POSITIONS_PER_PAGE: usize = 100;

/// Which monitor has which position of which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// `pages[p][i]` is the monitor at position `i` of page `p`.
    pub pages: Vec<Vec<MonitorId>>,
}

/// One result as the ledger keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub verdict: Verdict,
    /// HTTP status, if an answer came.
    pub status: Option<u16>,
    /// Whole milliseconds, up to 65 s; longer ones read as 65.535 s.
    pub latency: Option<Duration>,
}

/// The results of one run for one page, packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    pub page: usize,
    /// When the run began.
    pub at: Timestamp,
    /// As packed by [`LedgerPage::pack`].
    pub samples: Vec<u8>,
}

/// One sample of a page with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerEntry {
    pub position: usize,
    pub sample: Sample,
}

/// Packed bytes that do not read back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("a ledger page of {0} bytes ends in the middle of a sample")]
    Cut(usize),
    #[error("a ledger page has the unknown verdict code {0}")]
    UnknownVerdict(u8),
}
