//! The run item: lease, fence, run record and heartbeat of a shard in one.

use std::time::Duration;

use jiff::Timestamp;

use super::{Backlog, Shard, SkippedRange};

/// What a run asks for when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub shard: Shard,
    /// New for every process, never the host's name.
    pub holder: String,
    /// The machine, for people.
    pub host: String,
    /// What distinguishes this process from every other one, where the system says it.
    pub process: Option<HolderProcess>,
    /// A holder that died: its lease counts as given back.
    pub instead_of: Option<DeadHolder>,
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

/// The process that has a lease. Others on its machine can find out whether it is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderProcess {
    pub host: String,
    /// The boot of the machine: process numbers begin again with each.
    pub boot: String,
    /// The namespaces that the number and the start count in: two containers have the same numbers.
    pub namespace: String,
    pub pid: u32,
    /// In ticks since the boot. Numbers come back, a number and its start do not.
    pub started: u64,
}

/// A holder whose process is gone, and the fence that it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadHolder {
    pub holder: String,
    pub epoch: u64,
}

/// Why a lease was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Another run is at work until `expires`.
    By {
        holder: String,
        epoch: u64,
        expires: Timestamp,
        host: Option<String>,
        process: Option<HolderProcess>,
    },
    /// Other runs ask for it at this moment, each in the way of the others.
    Contended,
    /// This slot, or a later one, is done; `at` is when its run ended, if that is known.
    Done { slot: u64, at: Option<Timestamp> },
    /// Runs with another period follow each other on this table. The last of them ended `at`.
    OtherPeriod { period: Duration, host: String, at: Timestamp },
}

impl Held {
    /// The holder, if `is_gone` says so of its process.
    pub fn dead(&self, is_gone: impl FnOnce(&HolderProcess) -> bool) -> Option<DeadHolder> {
        match self {
            Self::By { holder, epoch, process: Some(process), .. } if is_gone(process) => {
                Some(DeadHolder { holder: holder.clone(), epoch: *epoch })
            }
            Self::By { .. } | Self::Contended | Self::Done { .. } | Self::OtherPeriod { .. } => None,
        }
    }
}

/// The run item as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// `None` when released.
    pub holder: Option<String>,
    /// The machine of the last holder.
    pub host: Option<String>,
    /// Its process.
    pub process: Option<HolderProcess>,
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
    /// How many scheduled runs with this period followed each other, this one included.
    pub in_a_row: u64,
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
    /// Where the monitors lie that it did not reach, or whose change it could not store. One range, however many they are:
    /// a list would grow until the lease could not be released.
    pub range: Option<SkippedRange>,
    /// How long it took.
    pub took: Duration,
    /// The epoch up to which every incident is in the history; `None` where it was not counted.
    pub recorded: Option<u64>,
    /// The end of the last hour of the history that is rolled up; `None` where there is none.
    pub rolled_up: Option<Timestamp>,
}

/// What the period of a loop or a cron entry at work does to a run that was asked for with another one. Slots of two
/// periods cannot be compared, so two loops would probe and notify beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherPeriod {
    /// The run is scheduled, and is refused.
    Refuses,
    /// A person runs it once, and it takes the period of the others.
    IsTaken,
    /// A person wants this period from now on.
    IsReplaced,
}

/// Runs in a row that show a loop or a cron entry. One alone may be a person who tried something.
const LIVE_RUNS: u64 = 2;

/// Periods without a run after which a loop or a cron entry counts as gone.
const LIVE_PERIODS: u32 = 3;

impl LastOk {
    /// Whether a loop or a cron entry with the period of this run is still at work.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.in_a_row >= LIVE_RUNS && self.is_recent(now)
    }

    /// How many runs are in a row with one of `period` that ends `now`, after the run `last`.
    pub fn row_after(last: Option<&Self>, period: Duration, other: OtherPeriod, now: Timestamp) -> u64 {
        let before = last.filter(|last| last.period == period && last.is_recent(now));
        let before = before.map_or(0, |last| last.in_a_row);
        match other {
            OtherPeriod::Refuses => before.saturating_add(1),
            OtherPeriod::IsTaken => before,
            // From now on the others are refused.
            OtherPeriod::IsReplaced => before.saturating_add(1).max(LIVE_RUNS),
        }
    }

    fn is_recent(&self, now: Timestamp) -> bool {
        let age = Duration::try_from(now.duration_since(self.at)).unwrap_or_default();
        age < self.period.saturating_mul(LIVE_PERIODS)
    }

    /// What it left to do, for a run whose slots have `period`.
    pub fn into_backlog(self, period: Duration) -> Backlog {
        // In seconds, because another period counts other slots.
        let slot = |slot: u64| slot.saturating_mul(self.period.as_secs()) / period.as_secs().max(1);
        let skipped = self.range.map(|range| SkippedRange { since: range.since.map(slot), ..range });
        Backlog { last_slot: Some(slot(self.slot)), skipped }
    }
}

#[cfg(test)]
impl Lease {
    /// The lease of a run that cron starts every two minutes.
    pub fn sample(holder: &str, slot: u64) -> Self {
        Self {
            shard: Shard::sample(),
            holder: holder.to_owned(),
            host: "host-1".to_owned(),
            process: None,
            instead_of: None,
            slot,
            period: Duration::from_mins(2),
            ttl: Duration::from_secs(110),
            again: false,
        }
    }
}

#[cfg(test)]
impl HolderProcess {
    pub fn sample(pid: u32) -> Self {
        Self {
            host: "host-1".to_owned(),
            boot: "7a0f".to_owned(),
            namespace: "pid:[4026531836] time:[4026531834]".to_owned(),
            pid,
            started: 8134,
        }
    }
}
