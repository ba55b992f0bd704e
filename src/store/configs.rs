//! The configs table: what is watched.

use std::sync::Arc;

use super::config_item::{self, ConfigItem, HEAD};
use super::connect::Store;
use super::connection::{Connection, SHARD, key};
use super::error::StoreError;
use super::transaction::{Transacted, token};
use super::unreadable::Unreadable;
use crate::monitor::MonitorId;
use crate::plan::{CatalogSettings, Generation, ItemWrite, Stamp, Stored, StoredHead};

/// Reads the configs table.
#[derive(Debug, Clone)]
pub struct ConfigReader {
    connection: Arc<Connection>,
}

/// Writes the configs table.
#[derive(Debug, Clone)]
pub struct ConfigWriter {
    connection: Arc<Connection>,
}

/// The whole table, in the order of the ids.
#[derive(Debug, Default)]
pub struct Configs {
    pub items: Vec<Stored>,
    pub heads: Vec<StoredHead>,
    pub unreadable: Vec<Unreadable>,
}

/// A part of an apply that is written as a whole or not at all.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// The generation that the head must still have; `None`: there is no head yet.
    pub expected: Option<Generation>,
    /// Carries the generation that this batch makes; the next one expects it.
    pub stamp: &'a Stamp,
    pub plan_digest: &'a str,
    /// Monitors in the catalog.
    pub count: u64,
    /// What the catalog says beyond its monitors.
    pub settings: &'a CatalogSettings,
    /// At most [`WRITES_PER_BATCH`](crate::plan::WRITES_PER_BATCH).
    pub writes: &'a [ItemWrite],
}

/// The answer to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    Done {
        generation: Generation,
    },
    /// The table is not as the plan saw it; nothing was written.
    Overtaken {
        head: HeadSeen,
        items: Vec<MonitorId>,
    },
}

/// Whether the head was at the generation that a batch expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadSeen {
    AsExpected,
    Moved,
}

impl Store {
    pub fn config_reader(&self) -> ConfigReader {
        ConfigReader { connection: Arc::clone(&self.connection) }
    }

    pub fn config_writer(&self) -> ConfigWriter {
        ConfigWriter { connection: Arc::clone(&self.connection) }
    }
}

impl ConfigReader {
    /// Every item of the table, as of a moment ago.
    pub async fn read(&self) -> Result<Configs, StoreError> {
        let mut configs = Configs::default();
        let take = |item| match item {
            Ok(ConfigItem::Monitor(stored)) => configs.items.push(stored),
            Ok(ConfigItem::Head(head)) => configs.heads.push(head),
            Ok(ConfigItem::Other) => {}
            Err(unreadable) => configs.unreadable.push(unreadable),
        };
        self.each(take).await?;
        Ok(configs)
    }

    /// Gives every item to `take` as it comes, in the order of the keys. Whoever keeps less than the whole item never
    /// holds the whole table.
    pub async fn each(&self, mut take: impl FnMut(Result<ConfigItem, Unreadable>)) -> Result<(), StoreError> {
        let table = &self.connection.tables.configs;
        let query = self.connection.partition(table, "shard", SHARD);
        self.connection.read_all(table, query, |item| take(config_item::decode(item))).await
    }
}

impl ConfigWriter {
    /// Writes a batch, if the head and every item of it are still as the plan saw them.
    pub async fn apply(&self, batch: Batch<'_>) -> Result<Applied, StoreError> {
        let table = self.connection.tables.configs.as_str();
        let Batch { expected, stamp, plan_digest, count, settings, writes } = batch;
        let head = config_item::head_change(expected, plan_digest, count, settings, stamp);
        let (ids, changes): (Vec<_>, Vec<_>) =
            writes.iter().map(|write| config_item::change(write, stamp)).unzip();
        let keys = std::iter::once(head_key(&stamp.owner)).chain(ids.iter().map(ToString::to_string));
        let parts = std::iter::once(head)
            .chain(changes)
            .zip(keys)
            .map(|(change, id)| change.in_transaction(table, key(&id)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| StoreError::unexpected(table, error))?;
        match self.connection.transact(table, &token(&format!("{batch:?}")), &parts).await? {
            Transacted::Done => Ok(Applied::Done { generation: stamp.generation }),
            Transacted::Refused(refused) => {
                let head = if refused.contains_key(&0) { HeadSeen::Moved } else { HeadSeen::AsExpected };
                let moved = ids.into_iter().enumerate().filter(|(i, _)| refused.contains_key(&(i + 1)));
                Ok(Applied::Overtaken { head, items: moved.map(|(_, id)| id.clone()).collect() })
            }
        }
    }
}

fn head_key(owner: &str) -> String {
    format!("{HEAD}{owner}")
}

#[cfg(test)]
mod tests;
