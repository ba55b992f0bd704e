//! The watchlist joined with the rows that are stored of it.

use std::collections::BTreeMap;

use super::{WatchedMonitor, Watchlist};
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{ChannelRecord, Row, Rows};
use crate::suppress::SuppressionFacts;

/// What a run watches, and what is stored of it.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    pub watchlist: Watchlist,
    /// Those of the prober and of channels are among them, once they were in trouble.
    pub rows: Rows,
    /// What runs remember of the channels that they tried.
    pub channels: BTreeMap<ChannelId, ChannelRecord>,
    /// The keys of rows that this version cannot read, each with the problem. Their monitors are left alone.
    pub unreadable: BTreeMap<String, String>,
}

/// What the state table holds under an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredRow<'a> {
    Readable(&'a Row),
    /// This version cannot read it, for this reason.
    Unreadable(&'a str),
    None,
}

impl Inventory {
    /// The state of a monitor, with the id under which it was found. It may still be where it was left: under its own id,
    /// or else under the last of its former ones, unless another monitor has that by now.
    pub fn row_of(&self, watched: &WatchedMonitor) -> (MonitorId, StoredRow<'_>) {
        let own = &watched.monitor.id;
        let former = watched.formerly.iter().filter(|id| !self.watchlist.has(id));
        std::iter::once(own)
            .chain(former)
            .map(|id| (id.clone(), self.stored(id)))
            .find(|(_, stored)| *stored != StoredRow::None)
            .unwrap_or_else(|| (own.clone(), StoredRow::None))
    }

    fn stored(&self, id: &MonitorId) -> StoredRow<'_> {
        match (self.unreadable.get(id.as_str()), self.rows.get(id)) {
            (Some(problem), _) => StoredRow::Unreadable(problem),
            (None, Some(row)) => StoredRow::Readable(row),
            (None, None) => StoredRow::None,
        }
    }

    /// The row of the machine that probes; `None` while it was never cut off.
    pub fn prober(&self) -> Option<&Row> {
        self.rows.get(&MonitorId::prober())
    }

    /// The row of a channel; `None` while it always took what it got.
    pub fn channel(&self, channel: &ChannelId) -> Option<&Row> {
        self.rows.get(&MonitorId::of_channel(channel))
    }

    /// What a ruling knows of a watched monitor that no run probes now.
    pub fn known(&self, id: &MonitorId) -> Option<SuppressionFacts<'_>> {
        let watched = self.watchlist.get(id)?;
        Some(SuppressionFacts { monitor: &watched.monitor, row: self.rows.get(id), judgement: None })
    }

    /// What is wrong with items of either table, a sentence each.
    pub fn problems(&self) -> impl Iterator<Item = &String> {
        self.watchlist.problems.iter().chain(self.unreadable.values())
    }
}
