//! That a channel accepted a test, which is stored outside of a run.

use jiff::Timestamp;

use super::channel_item;
use super::connect::Store;
use super::connection::key;
use super::error::StoreError;
use super::states::channel_of;
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{ChannelTrial, Shard};

impl Store {
    /// Stores that a channel with this definition accepted a message at `now`, outside of a run. No lease is needed: what a
    /// service accepted is true for every run.
    pub async fn prove_channel(
        &self,
        shard: &Shard,
        channel: &ChannelId,
        definition: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let table = &self.connection.tables.states;
        let key = key(shard, MonitorId::of_channel(channel).as_str());
        let stored = self.connection.get(table, key.clone()).await?;
        let stored = stored.map(|item| channel_of(channel.clone(), item)).transpose();
        let before = stored.map_err(StoreError::Unreadable)?.map(|stored| stored.record).unwrap_or_default();
        let trial = ChannelTrial { accepted: Some(now), ..ChannelTrial::default() };
        let after = before.after(&trial, definition, now);
        if after == before {
            return Ok(());
        }
        self.connection.update(table, key, channel_item::change(&after, now)).await.map(drop)
    }
}
