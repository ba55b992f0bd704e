//! Fills pages with what was measured.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::configured::ConfiguredPage;
use super::target::ViewSource;
use crate::archive::{PageAsk, StoredPage, read_page};
use crate::commands::period::period;
use crate::commands::shard::shard;
use crate::inventory::Inventory;
use crate::report::chain;
use crate::run::read_inventory;
use crate::state::is_blind;
use crate::store::{StateReader, Store, StoreError};
use crate::view::{ClosedDays, ProberCondition};

/// Reads the store each time.
pub fn stored_views(store: Arc<Store>, asked: Option<Duration>) -> ViewSource {
    Arc::new(move |page, closed| {
        let store = Arc::clone(&store);
        async move { stored_view(&store, &page, closed, asked).await.map_err(|error| chain(&error)) }.boxed()
    })
}

async fn stored_view(
    store: &Store,
    configured: &ConfiguredPage,
    closed: Option<ClosedDays>,
    asked: Option<Duration>,
) -> Result<StoredPage, StoreError> {
    let (inventory, run) = Box::pin(read_inventory(store, &shard(), None)).await?;
    let last_run = run.and_then(|run| run.last_ok);
    let runs = PastRuns {
        last: last_run.as_ref().map(|last| last.at),
        rolled_up: last_run.as_ref().and_then(|last| last.rolled_up),
        period: period(asked, last_run.as_ref()),
    };
    view_of((&store.state_reader(&shard()), store.now()), &inventory, configured, runs, closed).await
}

/// What a page has to know of the runs.
#[derive(Debug, Clone, Copy)]
pub struct PastRuns {
    /// When the last one was done.
    pub last: Option<Timestamp>,
    /// The end of what they have rolled up.
    pub rolled_up: Option<Timestamp>,
    /// Time from one to the next.
    pub period: Duration,
}

/// The page of what was read, and of the past, which is read here as far as it is not in `closed`.
pub async fn view_of(
    (reader, now): (&StateReader, Timestamp),
    inventory: &Inventory,
    configured: &ConfiguredPage,
    runs: PastRuns,
    closed: Option<ClosedDays>,
) -> Result<StoredPage, StoreError> {
    let PastRuns { last, rolled_up, period } = runs;
    let is_cut_off = is_blind(inventory.prober());
    let ask = PageAsk {
        page: &configured.page,
        notices: &configured.own_notices(),
        now,
        last_run: last,
        rolled_up,
        period,
        prober: if is_cut_off { ProberCondition::Blind } else { ProberCondition::Connected },
    };
    Box::pin(read_page(reader, inventory, ask, closed)).await
}
