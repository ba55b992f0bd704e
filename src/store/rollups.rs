//! The hours and days in the history table: figures, and latencies as series of their own.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::connection::{Connection, Consistency};
use super::error::StoreError;
use super::fields::read;
use super::history::{after, is_kept, millis};
use super::item::Item;
use super::run_writer::RunWriter;
use super::unreadable::Malformed;
use super::values::{bytes, expiry, item, number, text};
use crate::history::{
    Latencies, PackingError, Rollup, RollupPage, RollupUnit, Stretch, unpack, unpack_latencies,
};
use crate::state::Shard;

const FORMAT: u32 = 2;

/// Days that hours are kept, and that days are.
const KEEP_HOURS: u64 = 100;
const KEEP_DAYS: u64 = 800;

/// What is kept of an hour or a day, by position.
pub type StoredRollup = BTreeMap<usize, Rollup>;

/// The hours or days that read, by their start. What does not read is as if it were not there.
pub async fn read_all(
    connection: &Connection,
    shard: &Shard,
    (unit, page): (RollupUnit, usize),
    within: Stretch,
    (now, consistency): (Timestamp, Consistency),
) -> Result<BTreeMap<i64, StoredRollup>, StoreError> {
    let series = figures_series(shard, unit, page);
    series_of(connection, &series, within, (now, consistency), |bytes| unpack(unit, bytes)).await
}

/// As [`read_all`], the latencies of them.
pub async fn read_latencies(
    connection: &Connection,
    shard: &Shard,
    (unit, page): (RollupUnit, usize),
    within: Stretch,
    (now, consistency): (Timestamp, Consistency),
) -> Result<BTreeMap<i64, BTreeMap<usize, Latencies>>, StoreError> {
    let series = latencies_series(shard, unit, page);
    series_of(connection, &series, within, (now, consistency), unpack_latencies).await
}

async fn series_of<T>(
    connection: &Connection,
    series: &str,
    within: Stretch,
    (now, consistency): (Timestamp, Consistency),
    unpack: impl Fn(&[u8]) -> Result<T, PackingError>,
) -> Result<BTreeMap<i64, T>, StoreError> {
    let mut found = BTreeMap::new();
    let take = |item: Item| {
        if !is_kept(&item, now) {
            return;
        }
        let one = read(series, FORMAT, item, |fields| {
            let unpacked = unpack(&fields.bytes("packed")?).map_err(|error| Malformed(error.to_string()))?;
            Ok((fields.number::<i64>("at")?.div_euclid(1_000), unpacked))
        });
        found.extend(one);
    };
    connection.range(series, millis(within), consistency, take).await?;
    Ok(found)
}

impl RunWriter {
    /// Keeps hours and days. One that was kept before is replaced.
    pub async fn write_rollups(&self, pages: &[RollupPage]) -> Result<(), StoreError> {
        let items = pages.iter().flat_map(|page| items(&self.shard, page)).collect();
        self.connection.put_history(items).await
    }
}

fn items(shard: &Shard, rollup: &RollupPage) -> [Item; 2] {
    let RollupPage { page, unit, start, totals: _ } = rollup;
    let days = match unit {
        RollupUnit::Hour => KEEP_HOURS,
        RollupUnit::Day => KEEP_DAYS,
    };
    let start_at = Timestamp::from_second(*start).unwrap_or_default();
    let expires = expiry(after(start_at, Duration::from_hours(24 * days)));
    let one = |series: String, packed: AttributeValue| {
        item([
            ("series", text(series)),
            ("at", number(start.saturating_mul(1_000))),
            ("format", number(FORMAT)),
            ("packed", packed),
            ("expires", expires.clone()),
        ])
    };
    [
        one(figures_series(shard, *unit, *page), bytes(rollup.pack())),
        one(latencies_series(shard, *unit, *page), bytes(rollup.pack_latencies())),
    ]
}

fn figures_series(shard: &Shard, unit: RollupUnit, page: usize) -> String {
    format!("{}#{shard}#{page}", word(unit))
}

fn latencies_series(shard: &Shard, unit: RollupUnit, page: usize) -> String {
    format!("{}lat#{shard}#{page}", word(unit))
}

fn word(unit: RollupUnit) -> &'static str {
    match unit {
        RollupUnit::Hour => "hour",
        RollupUnit::Day => "day",
    }
}
