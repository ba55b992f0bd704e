//! The ledger in the history table: one item a run and page.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;

use super::connection::{Connection, Consistency};
use super::error::StoreError;
use super::fields::{Fields, read};
use super::history::{after, is_kept, millis};
use super::item::Item;
use super::run_writer::RunWriter;
use super::unreadable::Malformed;
use super::values::{bytes, expiry, item, moment, number, text};
use crate::history::{LedgerPage, Stretch};
use crate::state::Shard;

const FORMAT: u32 = 1;

/// Gives the runs of a page to `take`. A run of a newer format or a broken one is as if its probes were skipped.
pub async fn newest(
    connection: &Connection,
    shard: &Shard,
    page: usize,
    limit: usize,
    mut take: impl FnMut(LedgerPage) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let series = ledger_series(shard, page);
    let take = |item| {
        let run = read(&series, FORMAT, item, |fields| to_run(page, fields));
        run.map_or(ControlFlow::Continue(()), &mut take)
    };
    connection.newest(&series, limit, take).await
}

/// The runs of a page that began in `within`, in the order of time.
pub async fn between(
    connection: &Connection,
    shard: &Shard,
    page: usize,
    within: Stretch,
    now: Timestamp,
) -> Result<Vec<LedgerPage>, StoreError> {
    let series = ledger_series(shard, page);
    let mut runs = Vec::new();
    let take = |item: Item| {
        if is_kept(&item, now) {
            runs.extend(read(&series, FORMAT, item, |fields| to_run(page, fields)));
        }
    };
    // A run is kept only once it is over, so what is missing from a replica is the run of this moment at the most.
    connection.range(&series, millis(within), Consistency::Eventual, take).await?;
    Ok(runs)
}

fn to_run(page: usize, fields: &mut Fields) -> Result<LedgerPage, Malformed> {
    Ok(LedgerPage { page, at: fields.moment("at")?, samples: fields.bytes("samples")? })
}

impl RunWriter {
    /// Keeps the results of this run for `keep`.
    pub async fn write_ledger(&self, pages: &[LedgerPage], keep: Duration) -> Result<(), StoreError> {
        let items = pages.iter().map(|page| ledger_item(&self.shard, page, keep)).collect();
        self.connection.put_history(items).await
    }
}

pub fn ledger_item(shard: &Shard, page: &LedgerPage, keep: Duration) -> Item {
    let LedgerPage { page, at, samples } = page;
    item([
        ("series", text(ledger_series(shard, *page))),
        ("at", moment(*at)),
        ("format", number(FORMAT)),
        ("samples", bytes(samples.clone())),
        ("expires", expiry(after(*at, keep))),
    ])
}

fn ledger_series(shard: &Shard, page: usize) -> String {
    format!("ledger#{shard}#{page}")
}
