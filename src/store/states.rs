//! Reads the states table: the rows of the monitors and the run record.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::connect::Store;
use super::connection::{Connection, Consistency, key};
use super::error::StoreError;
use super::fields::read;
use super::item::{Item, RUN, key_of};
use super::rollups::StoredRollup;
use super::run_item;
use super::unreadable::{Unreadable, UnreadableReason};
use super::{channel_item, history, journal, ledger, months, rollups, row_item};
use crate::history::{Directory, HealthChange, Latencies, LedgerPage, RollupUnit, Stretch};
use jiff::Timestamp;

use crate::monitor::{ChannelId, MonitorId};
use crate::state::{ChannelRecord, ROW_FORMAT, Row, RunRecord, Shard};
use crate::transition::Incident;

/// Reads the states and the history table.
#[derive(Debug, Clone)]
pub struct StateReader {
    pub(super) connection: Arc<Connection>,
    shard: Shard,
}

/// The whole states table, in the order of the ids.
#[derive(Debug, Default)]
pub struct States {
    pub rows: Vec<Row>,
    /// What is known of the machine that probes, once it was cut off.
    pub prober: Option<Row>,
    /// What is known of the channels that were tried.
    pub channels: Vec<ChannelItem>,
    pub run: Option<RunRecord>,
    /// A monitor whose row is among these is left alone.
    pub unreadable: Vec<Unreadable>,
}

/// What is known of a channel.
#[derive(Debug)]
pub struct ChannelItem {
    pub channel: ChannelId,
    pub record: ChannelRecord,
    /// There is none before it first takes nothing.
    pub row: Option<Row>,
}

enum StateItem {
    Row(Row),
    Channel(ChannelItem),
    Run(RunRecord),
    /// Of our own kind, but nothing to this version.
    Other,
}

impl Store {
    /// Reads one shard.
    pub fn state_reader(&self, shard: &Shard) -> StateReader {
        StateReader { connection: Arc::clone(&self.connection), shard: shard.clone() }
    }
}

impl StateReader {
    /// The whole table as it is now.
    pub async fn read(&self) -> Result<States, StoreError> {
        let table = &self.connection.tables.states;
        let query = self.connection.partition(table, "shard", self.shard.as_str()).consistent_read(true);
        let mut states = States::default();
        let take = |item| match decode(item) {
            Ok(StateItem::Row(row)) if row.monitor.is_prober() => states.prober = Some(row),
            Ok(StateItem::Row(row)) => states.rows.push(row),
            Ok(StateItem::Channel(channel)) => states.channels.push(channel),
            Ok(StateItem::Run(run)) => states.run = Some(run),
            Ok(StateItem::Other) => {}
            Err(unreadable) => states.unreadable.push(unreadable),
        };
        self.connection.read_all(table, query, take).await?;
        Ok(states)
    }

    /// The run record as it is now; `None` before the first run. Its response also gives the servers' time.
    pub async fn run(&self) -> Result<Option<RunRecord>, StoreError> {
        let item = self.connection.get(&self.connection.tables.states, key(&self.shard, RUN)).await?;
        item.map(run_item::decode).transpose().map_err(StoreError::Unreadable)
    }

    /// Which monitor has which position in the ledger, as it is now.
    pub async fn directory(&self) -> Result<Directory, StoreError> {
        history::directory(&self.connection, &self.shard).await
    }

    /// Gives the runs of a page of the ledger to `take`, the newest first, until it has enough of them or has got
    /// `limit`.
    pub async fn ledger(
        &self,
        page: usize,
        limit: usize,
        take: impl FnMut(LedgerPage) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        ledger::newest(&self.connection, &self.shard, page, limit, take).await
    }

    /// The runs of a page of the ledger that began in `within`, in the order of time.
    pub async fn ledger_between(
        &self,
        page: usize,
        within: Stretch,
        now: Timestamp,
    ) -> Result<Vec<LedgerPage>, StoreError> {
        ledger::between(&self.connection, &self.shard, page, within, now).await
    }

    /// The hours or days of a page that begin in `within` and that were kept and read, by their start.
    pub async fn rollups(
        &self,
        (unit, page): (RollupUnit, usize),
        within: Stretch,
        (now, consistency): (Timestamp, Consistency),
    ) -> Result<BTreeMap<i64, StoredRollup>, StoreError> {
        rollups::read_all(&self.connection, &self.shard, (unit, page), within, (now, consistency)).await
    }

    /// The latencies of the hours or days of a page, as [`StateReader::rollups`].
    pub async fn latencies(
        &self,
        (unit, page): (RollupUnit, usize),
        within: Stretch,
        (now, consistency): (Timestamp, Consistency),
    ) -> Result<BTreeMap<i64, BTreeMap<usize, Latencies>>, StoreError> {
        rollups::read_latencies(&self.connection, &self.shard, (unit, page), within, (now, consistency)).await
    }

    /// The changes of health that began in `within`, in the order of time.
    pub async fn journal(
        &self,
        within: Stretch,
        (now, consistency): (Timestamp, Consistency),
    ) -> Result<Vec<HealthChange>, StoreError> {
        journal::read_all(&self.connection, &self.shard, within, (now, consistency)).await
    }

    /// The bytes that were stored of the month that begins at `start`, as it is now.
    pub async fn month(&self, start: i64, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
        months::read_month(&self.connection, &self.shard, start, now).await
    }

    /// The newest `limit` incidents of a monitor, newest first.
    pub async fn incidents(&self, monitor: &MonitorId, limit: usize) -> Result<Vec<Incident>, StoreError> {
        history::incidents(&self.connection, monitor, limit).await
    }
}

fn decode(mut item: Item) -> Result<StateItem, Unreadable> {
    let key = key_of(&mut item, "monitor");
    if key == RUN {
        return run_item::decode(item).map(StateItem::Run);
    }
    if key == MonitorId::prober().as_str() {
        return row_of(MonitorId::prober(), item).map(StateItem::Row);
    }
    if let Some(channel) = MonitorId::channel_in(&key) {
        return channel_of(channel, item).map(StateItem::Channel);
    }
    // A row that was left behind goes on under another id, and is read there.
    if key.starts_with('@') || item.contains_key(row_item::MOVED_TO) {
        return Ok(StateItem::Other);
    }
    decode_row(&key, item).map(StateItem::Row)
}

/// The row of `key`.
fn decode_row(key: &str, item: Item) -> Result<Row, Unreadable> {
    let id = MonitorId::parse(key)
        .map_err(|error| Unreadable::new(key, UnreadableReason::Malformed(error.to_string())))?;
    row_of(id, item)
}

/// What an item says of a channel.
pub fn channel_of(channel: ChannelId, item: Item) -> Result<ChannelItem, Unreadable> {
    let id = MonitorId::of_channel(&channel);
    let has_row = item.contains_key(row_item::INCARNATION);
    read(id.as_str(), ROW_FORMAT, item, |fields| {
        let record = channel_item::record(fields)?;
        let row = if has_row { Some(row_item::row(id.clone(), fields)?) } else { None };
        Ok(ChannelItem { channel, record, row })
    })
}

fn row_of(id: MonitorId, item: Item) -> Result<Row, Unreadable> {
    let key = id.to_string();
    read(&key, ROW_FORMAT, item, |fields| row_item::row(id, fields))
}
