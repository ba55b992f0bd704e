//! Reads what a private page shows: the days and the last hours of every monitor that runs watch.

use super::facts::HealthFacts;
use super::load::{Ask, measured};
use super::page::PageAsk;
use super::read::Detail;
use crate::history::{RollupUnit, Stretch, second};
use crate::inventory::{Inventory, StoredRow, WatchedMonitor};
use crate::store::{StateReader, StoreError};
use crate::view::{
    PageMoment, PrivateMember, PrivateView, page_window, private_days, private_hours, private_view,
};

/// Reads a private page, in full each time. Nothing of it is kept beside it: what lies there may be read.
pub async fn read_private_page(
    reader: &StateReader,
    inventory: &Inventory,
    ask: PageAsk<'_>,
) -> Result<PrivateView, StoreError> {
    let PageAsk { page, notices, now, last_run, rolled_up: _, period, prober } = ask;
    let monitors: Vec<&WatchedMonitor> = inventory.watchlist.enabled().map(AsRef::as_ref).collect();
    let window = private_days(page, second(now));
    let known = HealthFacts::read(reader, inventory, &monitors, (window.from, period, now)).await?;
    let question = |window: Stretch, each| Ask { window, each, detail: Detail::Percentiles, period, now };
    let hours = question(private_hours(second(now)), RollupUnit::Hour);
    let hours = measured(reader, known.clone(), hours).await?;
    let days = measured(reader, known, question(window, RollupUnit::Day)).await?;
    let all = monitors.iter().zip(&days).zip(&hours);
    let members: Vec<_> = all
        .map(|((watched, days), hours)| PrivateMember {
            monitor: &watched.monitor,
            owner: watched.owner.as_deref(),
            why: why(inventory, watched),
            days,
            hours,
        })
        .collect();
    let moment = PageMoment { window: page_window(page.days, second(now)), now, last_run, prober };
    Ok(private_view(page, &members, notices, moment, period))
}

fn why<'a>(inventory: &'a Inventory, watched: &WatchedMonitor) -> &'a str {
    match inventory.row_of(watched).1 {
        StoredRow::Readable(row) => &row.why,
        // The reason is in the words of the store, and may quote what is there.
        StoredRow::Unreadable(_) => "its state cannot be read; `monitorctl doctor` says why",
        StoredRow::None => "",
    }
}
