//! Fills pages with what was measured.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;

use super::configured::ConfiguredPage;
use super::target::ViewSource;
use crate::archive::{Ask, Detail, load};
use crate::commands::period::period;
use crate::commands::shard::shard;
use crate::history::{DAY, RollupUnit, Stretch, second, start_of};
use crate::inventory::{Inventory, WatchedMonitor};
use crate::monitor::Traits;
use crate::page::StatusPage;
use crate::report::chain;
use crate::run::read_inventory;
use crate::state::is_blind;
use crate::store::{StateReader, Store, StoreError};
use crate::view::{PageMember, PageMoment, PageView, ProberCondition, page_view};

/// Reads the store each time.
pub fn stored_views(store: Arc<Store>, asked: Option<Duration>) -> ViewSource {
    Arc::new(move |page| {
        let store = Arc::clone(&store);
        async move { stored_view(&store, &page, asked).await.map_err(|error| chain(&error)) }.boxed()
    })
}

async fn stored_view(
    store: &Store,
    configured: &ConfiguredPage,
    asked: Option<Duration>,
) -> Result<PageView, StoreError> {
    let (inventory, run) = Box::pin(read_inventory(store, &shard(), None)).await?;
    let last_run = run.and_then(|run| run.last_ok);
    let period = period(asked, last_run.as_ref());
    let past_runs = PastRuns { last: last_run.map(|last| last.at), period };
    view_of(&store.state_reader(&shard()), &inventory, configured, past_runs, store.now()).await
}

/// What a page has to know of the runs.
#[derive(Debug, Clone, Copy)]
pub struct PastRuns {
    /// When the last one was done.
    pub last: Option<Timestamp>,
    /// Time from one to the next.
    pub period: Duration,
}

/// The page of what was read, and of the past, which is read here.
pub async fn view_of(
    reader: &StateReader,
    inventory: &Inventory,
    configured: &ConfiguredPage,
    runs: PastRuns,
    now: Timestamp,
) -> Result<PageView, StoreError> {
    let page = &configured.page;
    let members = members(page, inventory);
    let window = window(page.days, second(now));
    let ask = Ask { window, each: RollupUnit::Day, detail: Detail::Percentiles, period: runs.period, now };
    let pasts = Box::pin(load(reader, inventory, &members, ask)).await?;
    let moment = PageMoment {
        window,
        now,
        last_run: runs.last,
        prober: if is_blind(inventory.prober()) {
            ProberCondition::Blind
        } else {
            ProberCondition::Connected
        },
    };
    let members = members.iter().zip(&pasts);
    let members: Vec<_> =
        members.map(|(watched, past)| PageMember { monitor: &watched.monitor, past }).collect();
    Ok(page_view(page, &members, &configured.own_notices(), moment))
}

/// The monitors of all components, each once.
pub fn members<'a>(page: &StatusPage, inventory: &'a Inventory) -> Vec<&'a WatchedMonitor> {
    let is_member = |watched: &&WatchedMonitor| {
        let traits = Traits::of_monitor(&watched.monitor);
        page.components.iter().any(|component| component.takes(&traits))
    };
    inventory.watchlist.enabled().map(AsRef::as_ref).filter(is_member).collect()
}

/// The days of the page up to now. The second that is going on is a part of it: an outage may have begun in it.
fn window(days: u16, now: i64) -> Stretch {
    let today = start_of(now, DAY);
    let days = i64::from(days.max(1)) - 1;
    Stretch { from: today - days * DAY, to: now + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_whole_utc_days_and_today_until_now() {
        assert_eq!(window(1, DAY + 5), Stretch { from: DAY, to: DAY + 6 });
        assert_eq!(window(90, 100 * DAY + 5), Stretch { from: 11 * DAY, to: 100 * DAY + 6 });
        assert_eq!(window(2, DAY), Stretch { from: 0, to: DAY + 1 });
    }
}
