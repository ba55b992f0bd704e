//! The run item: lease, fence, run record and heartbeat of a shard in one.

use std::time::Duration;

use jiff::Timestamp;

use super::Backlog;

/// What a run asks for when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// New for every process, never the host's name.
    pub holder: String,
    /// `floor(now / period)`
    pub slot: u64,
    /// The period that the slot is counted in. Slots of different periods cannot be compared.
    pub period: Duration,
    /// Deadline of the run + 10 s. There is no renewal.
    pub ttl: Duration,
    /// A manual run may repeat a slot that is done.
    pub again: bool,
}

impl Lease {
    /// When a lease that is granted now runs out.
    pub fn expires(&self, now: Timestamp) -> Timestamp {
        now.checked_add(self.ttl).unwrap_or(Timestamp::MAX)
    }
}

/// Why a lease was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Another run is at work until `expires`.
    By { holder: String, expires: Timestamp },
    /// Other runs ask for it at this moment, each in the way of the others.
    Contended,
    /// This slot, or a later one, is done.
    Done { slot: u64 },
}

/// The run item as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// `None` when released.
    pub holder: Option<String>,
    pub epoch: u64,
    pub expires: Timestamp,
    pub slot: u64,
    pub done: bool,
    pub last_ok: Option<LastOk>,
}

/// The last run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastOk {
    pub slot: u64,
    /// The period that the slot is counted in.
    pub period: Duration,
    /// When the run ended.
    pub at: Timestamp,
    /// Its holder id.
    pub run: String,
    /// The machine it ran on.
    pub host: String,
    pub probed: u64,
    pub up: u64,
    pub degraded: u64,
    pub down: u64,
    pub unknown: u64,
    pub skipped: u64,
    /// [`MonitorId::spread`](crate::monitor::MonitorId::spread) of the monitors that it did not reach, or
    /// whose change it could not store.
    pub behind: Vec<u64>,
    /// How long it took.
    pub took: Duration,
    /// The epoch up to which every incident is in the history; `None` where nobody kept count.
    pub kept: Option<u64>,
}

impl LastOk {
    /// What it left to do, for a run whose slots have `period`.
    pub fn into_backlog(self, period: Duration) -> Backlog {
        // In seconds, because another period counts other slots.
        let end = self.slot.saturating_mul(self.period.as_secs());
        Backlog { last_slot: Some(end / period.as_secs().max(1)), behind: self.behind.into_iter().collect() }
    }
}
