//! One monitor's row of the state table.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::monitor::MonitorId;
use crate::transition::{Confirmed, Health};

/// The version of the shape of a row. A row of a higher format is skipped and never written.
pub const ROW_FORMAT: u32 = 1;

/// The rows of a shard by monitor.
pub type Rows = BTreeMap<MonitorId, Row>;

/// What is stored about one monitor; under 1 KB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub monitor: MonitorId,
    /// Random incarnation, set once when the row is created: a monitor that is deleted and made again
    /// must not repeat the alert ids of the first one.
    pub incarnation: String,
    /// +1 on each decided write; the condition of the next one.
    pub revision: u64,
    pub confirmed: Confirmed,
    pub delivered: Delivered,
    /// When the first change began that was not delivered when it was confirmed.
    pub first_pending: Option<FirstPending>,
    /// Epoch of the run that wrote last.
    pub epoch: u64,
    /// Why the last written verdict was not a pass, in one line; empty if it was.
    pub why: String,
    /// Material fingerprint of the monitor that was judged; another one resets the counters.
    pub judged: String,
    /// Holder id of the run that wrote last.
    pub run: String,
}

/// What a channel accepted last about one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The confirmed change that was delivered; an alert is pending while it is less than the current one.
    pub seq: u64,
    pub health: Health,
    /// When the topic accepted the message, or the last reminder of it.
    pub at: Timestamp,
    /// Reminders sent since it was delivered.
    pub reminders: u32,
    /// The flapping ([`Flapping::seq`](crate::transition::Flapping::seq)) that was delivered last: an alert about its end stays pending.
    pub flapping: Option<u64>,
}

impl Delivered {
    /// The change `seq` to `health`, accepted at `at`.
    pub fn new(seq: u64, health: Health, at: Timestamp) -> Self {
        Self { seq, health, at, reminders: 0, flapping: None }
    }
}

/// The first of the changes that are not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPending {
    /// Its number.
    pub seq: u64,
    /// When it began.
    pub since: Timestamp,
}

impl Row {
    /// When the pending time began; `None` if nothing is pending, or the beginning is not known.
    ///
    /// A later delivery makes what is stored a thing of the past, so the number is compared and nothing is cleared.
    pub fn pending_since(&self) -> Option<Timestamp> {
        self.first_pending
            .filter(|first_pending| first_pending.seq == self.delivered.seq + 1)
            .map(|first_pending| first_pending.since)
    }
}

/// One decided write of a run, under the fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Put the row, if there is none. Its `revision` is 1.
    Create(Row),
    /// Set every decided attribute of the row, if its `revision` is still `row.revision - 1`.
    ///
    /// `delivered` is written only by `discard`: what a run announces is acknowledged apart from this, and the two
    /// never overwrite each other.
    Update { row: Row, discard: bool },
}

/// A row that goes on under another id, because its monitor does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// As it was read, under the id that the monitor had.
    pub row: Row,
    /// The id that it has now.
    pub to: MonitorId,
}

impl Move {
    /// The row as it stands after the move: nothing of it changes but its id.
    pub fn moved(&self) -> Row {
        Row { monitor: self.to.clone(), ..self.row.clone() }
    }
}

impl Write {
    pub fn row(&self) -> &Row {
        match self {
            Self::Create(row) | Self::Update { row, .. } => row,
        }
    }
}
