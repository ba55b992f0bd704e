//! The configs table: what is watched.

use std::sync::Arc;

use super::config_item::{self, ConfigItem};
use super::connect::Store;
use super::connection::{Connection, key};
use super::error::StoreError;
use super::head_item::{Batch, head_change};
use super::item::HEAD;
use super::run_page;
use super::transaction::{Transacted, token};
use super::unreadable::Unreadable;
use super::values::text;
use crate::monitor::MonitorId;
use crate::plan::{Generation, RunId, RunPage, Stored, StoredHead};
use crate::state::Shard;
use crate::suppress::StoredSilence;

/// Reads the configs table.
#[derive(Debug, Clone)]
pub struct ConfigReader {
    connection: Arc<Connection>,
    pub(super) shard: Shard,
}

/// Writes the configs table.
#[derive(Debug, Clone)]
pub struct ConfigWriter {
    pub(super) connection: Arc<Connection>,
    pub(super) shard: Shard,
}

/// The whole table, in the order of the ids.
#[derive(Debug, Default)]
pub struct Configs {
    pub items: Vec<Stored>,
    pub heads: Vec<StoredHead>,
    pub silences: Vec<StoredSilence>,
    pub unreadable: Vec<Unreadable>,
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
    /// Reads one shard.
    pub fn config_reader(&self, shard: &Shard) -> ConfigReader {
        ConfigReader { connection: Arc::clone(&self.connection), shard: shard.clone() }
    }

    /// Writes one shard.
    pub fn config_writer(&self, shard: &Shard) -> ConfigWriter {
        ConfigWriter { connection: Arc::clone(&self.connection), shard: shard.clone() }
    }
}

impl ConfigReader {
    /// Every item of the table, as of a moment ago.
    pub async fn read(&self) -> Result<Configs, StoreError> {
        let mut configs = Configs::default();
        self.each(|item| configs.take(item)).await?;
        Ok(configs)
    }

    /// Every item of the table as it is now: for a caller that is about to write, or was just refused.
    pub async fn read_now(&self) -> Result<Configs, StoreError> {
        let mut configs = Configs::default();
        let table = &self.connection.tables.configs;
        let query = self.connection.partition(table, "shard", self.shard.as_str()).consistent_read(true);
        self.connection.read_all(table, query, |item| configs.take(config_item::decode(item))).await?;
        Ok(configs)
    }

    /// The pages of a run in their order; none if it is not known, or too long ago.
    pub async fn run(
        &self,
        owner: &str,
        run: &RunId,
    ) -> Result<Vec<Result<RunPage, Unreadable>>, StoreError> {
        let table = &self.connection.tables.configs;
        let query = self.connection.partition(table, "shard", run_page::partition(owner));
        let query = query
            .key_condition_expression("#partition = :value AND begins_with(#monitor, :run)")
            .expression_attribute_names("#monitor", "monitor")
            .expression_attribute_values(":run", text(run_page::prefix(run)))
            .consistent_read(true);
        let mut pages = Vec::new();
        self.connection.read_all(table, query, |item| pages.push(run_page::decode(item))).await?;
        Ok(pages)
    }

    /// Pages of the last runs, the newest first; whole runs, except the last of them.
    pub async fn last_runs(&self, owner: &str, pages: i32) -> Result<Vec<RunPage>, StoreError> {
        let table = &self.connection.tables.configs;
        let query = self.connection.partition(table, "shard", run_page::partition(owner));
        let found = self.connection.first_page(table, query.scan_index_forward(false).limit(pages)).await?;
        Ok(found.into_iter().filter_map(|item| run_page::decode(item).ok()).collect())
    }

    /// Gives every item to `take` as it comes, in the order of the keys. A caller that keeps less than the whole item never
    /// holds the whole table.
    pub async fn each(&self, mut take: impl FnMut(Result<ConfigItem, Unreadable>)) -> Result<(), StoreError> {
        let table = &self.connection.tables.configs;
        let query = self.connection.partition(table, "shard", self.shard.as_str());
        self.connection.read_all(table, query, |item| take(config_item::decode(item))).await
    }
}

impl Configs {
    fn take(&mut self, item: Result<ConfigItem, Unreadable>) {
        match item {
            Ok(ConfigItem::Monitor(stored)) => self.items.push(stored),
            Ok(ConfigItem::Head(head)) => self.heads.push(head),
            Ok(ConfigItem::Silence(silence)) => self.silences.push(silence),
            Ok(ConfigItem::Other) => {}
            Err(unreadable) => self.unreadable.push(unreadable),
        }
    }
}

impl ConfigWriter {
    /// Writes a batch, if the head and every item of it are still as the plan saw them.
    pub async fn apply(&self, batch: Batch<'_>) -> Result<Applied, StoreError> {
        let table = self.connection.tables.configs.as_str();
        let Batch { page, writes, .. } = batch;
        let head = (head_change(&batch), key(&self.shard, &head_key(&page.stamp.owner)));
        let record = (run_page::change(page), run_page::key(page));
        let items = writes
            .iter()
            .map(|write| (config_item::change(write, &page.stamp), key(&self.shard, write.id().as_str())));
        let parts = [head, record]
            .into_iter()
            .chain(items)
            .map(|(change, key)| change.in_transaction(table, key))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| StoreError::unexpected(table, error))?;
        match self.connection.transact(table, &token(&format!("{batch:?}")), &parts).await? {
            Transacted::Done => Ok(Applied::Done { generation: page.stamp.generation }),
            // The answer to our own write got lost, and the table does not remember its token: the page of the run, which
            // is part of every batch, says that it was written.
            Transacted::Refused(_) if self.is_written(page).await? => {
                Ok(Applied::Done { generation: page.stamp.generation })
            }
            Transacted::Refused(refused) => {
                // A page that is there already was written by another process that goes on with the same run.
                let is_moved = [HEAD_PART, RECORD_PART].iter().any(|part| refused.contains_key(part));
                let head = if is_moved { HeadSeen::Moved } else { HeadSeen::AsExpected };
                let moved = (RECORD_PART + 1..).zip(writes).filter(|(part, _)| refused.contains_key(part));
                Ok(Applied::Overtaken { head, items: moved.map(|(_, write)| write.id().clone()).collect() })
            }
        }
    }
}

impl ConfigWriter {
    /// Whether this very page is in the table. One of another process that goes on with the same run has another time.
    async fn is_written(&self, page: &RunPage) -> Result<bool, StoreError> {
        let reader = ConfigReader { connection: Arc::clone(&self.connection), shard: self.shard.clone() };
        let RunPage { run, number, stamp, items: _ } = page;
        let pages = reader.run(&stamp.owner, &run.id).await?;
        Ok(pages.into_iter().flatten().any(|found| {
            let made = (found.stamp.generation, found.stamp.synced_at);
            found.number == *number
                && found.run.plan_digest == run.plan_digest
                && made == (stamp.generation, stamp.synced_at)
        }))
    }
}

/// Where the head and the page stand in a transaction.
const HEAD_PART: usize = 0;
const RECORD_PART: usize = 1;

fn head_key(owner: &str) -> String {
    format!("{HEAD}{owner}")
}

#[cfg(test)]
mod tests;
