//! Reads the tables into the inventory.

use std::collections::BTreeMap;

use crate::inventory::{Inventory, Watchlist};
use crate::state::{RunRecord, Shard};
use crate::store::{ChannelItem, ConfigItem, ConfigReader, States, Store, StoreError, Unreadable};

/// What the config table says should be watched.
pub async fn read_watchlist(reader: &ConfigReader) -> Result<Watchlist, StoreError> {
    let mut watchlist = Watchlist::default();
    let take = |item: Result<ConfigItem, Unreadable>| match item {
        Ok(ConfigItem::Monitor(item)) => watchlist.add(item),
        Ok(ConfigItem::Head(head)) => watchlist.add_head(head),
        Ok(ConfigItem::Silence(silence)) => watchlist.silences.push(silence),
        Ok(ConfigItem::Other) => {}
        Err(unreadable) => {
            let problem = unreadable.to_string();
            watchlist.add_unreadable(unreadable.key, problem);
        }
    };
    reader.each(take).await?;
    Ok(watchlist.sorted())
}

/// Both tables of a shard, and its run record; `files` stand in for the config table.
pub async fn read_inventory(
    store: &Store,
    shard: &Shard,
    files: Option<Watchlist>,
) -> Result<(Inventory, Option<RunRecord>), StoreError> {
    let (configs, states) = (store.config_reader(shard), store.state_reader(shard));
    let (watchlist, states) = match files {
        Some(watchlist) => (watchlist, Box::pin(states.read()).await?),
        // While the one is decoded, the store is at work on the other.
        None => tokio::try_join!(Box::pin(read_watchlist(&configs)), Box::pin(states.read()))?,
    };
    let States { mut rows, prober, channels, run, unreadable } = states;
    rows.extend(prober);
    let mut records = BTreeMap::new();
    for ChannelItem { channel, record, row } in channels {
        records.insert(channel, record);
        rows.extend(row);
    }
    let rows = rows.into_iter().map(|row| (row.monitor.clone(), row)).collect();
    let unreadable = unreadable.into_iter().map(|row| (row.key.clone(), row.to_string())).collect();
    Ok((Inventory { watchlist, rows, channels: records, unreadable }, run))
}
