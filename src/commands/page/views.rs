//! Fills pages with what was measured.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::configured::ConfiguredPage;
use super::target::{MadePage, MakePage, PageMaker};
use crate::archive::{PageAsk, StoredPage, read_page, read_private_page};
use crate::commands::period::period;
use crate::commands::shard::shard;
use crate::inventory::Inventory;
use crate::page::{PublicNotice, Visibility};
use crate::report::chain;
use crate::run::read_inventory;
use crate::state::{RunRecord, is_blind};
use crate::store::{StateReader, Store, StoreError};
use crate::view::{ClosedDays, ProberCondition};

/// What a store says of the monitors and of the last run.
type MonitorsNow = (Inventory, Option<RunRecord>);

/// Of which moment the monitors of a page are.
#[derive(Debug, Clone)]
pub enum PageTime {
    /// One for all pages, which was read already.
    Read(Arc<MonitorsNow>),
    /// They are read again for each page.
    Now,
}

/// Reads the past each time.
pub fn page_maker(
    store: Arc<Store>,
    visibility: Visibility,
    asked: Option<Duration>,
    time: PageTime,
) -> PageMaker {
    let make: MakePage = Box::new(move |page, closed| {
        let (store, time) = (Arc::clone(&store), time.clone());
        let make = async move {
            let monitors = match time {
                PageTime::Read(monitors) => monitors,
                PageTime::Now => {
                    let read = Box::pin(read_inventory(&store, &shard(), None)).await;
                    Arc::new(read.map_err(|error| chain(&error))?)
                }
            };
            made(&store, &monitors, &page, visibility, closed, asked).await
        };
        make.boxed()
    });
    PageMaker { visibility, make }
}

async fn made(
    store: &Store,
    (inventory, run): &MonitorsNow,
    configured: &ConfiguredPage,
    visibility: Visibility,
    closed: Option<ClosedDays>,
    asked: Option<Duration>,
) -> Result<MadePage, String> {
    let last_run = run.as_ref().and_then(|run| run.last_ok.as_ref());
    let runs = PastRuns {
        last: last_run.map(|last| last.at),
        rolled_up: last_run.and_then(|last| last.rolled_up),
        period: period(asked, last_run),
    };
    let (reader, now) = (store.state_reader(&shard()), store.now());
    let made = match visibility {
        Visibility::Public => {
            let stored = view_of((&reader, now), inventory, configured, runs, closed).await;
            MadePage::public(&stored.map_err(|error| chain(&error))?)
        }
        Visibility::Private => {
            let notices = configured.own_notices();
            let ask = ask(inventory, configured, &notices, runs, now);
            let view = Box::pin(read_private_page(&reader, inventory, ask)).await;
            MadePage::private(&view.map_err(|error| chain(&error))?)
        }
    };
    made.map_err(|error| chain(&error))
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
    let notices = configured.own_notices();
    let ask = ask(inventory, configured, &notices, runs, now);
    Box::pin(read_page(reader, inventory, ask, closed)).await
}

fn ask<'a>(
    inventory: &Inventory,
    configured: &'a ConfiguredPage,
    notices: &'a [PublicNotice],
    runs: PastRuns,
    now: Timestamp,
) -> PageAsk<'a> {
    let PastRuns { last, rolled_up, period } = runs;
    let is_cut_off = is_blind(inventory.prober());
    PageAsk {
        page: &configured.page,
        notices,
        now,
        last_run: last,
        rolled_up,
        period,
        prober: if is_cut_off { ProberCondition::Blind } else { ProberCondition::Connected },
    }
}
