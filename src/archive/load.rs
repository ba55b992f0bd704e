//! Reads the past of monitors as views of it.

use std::time::Duration;

use jiff::Timestamp;

use super::read::{Detail, Question, past};
use crate::history::{
    Directory, HealthChange, HealthTimeline, Lookback, RollupUnit, Stretch, Sum, by_monitor, hold, second,
};
use crate::inventory::{Inventory, StoredRow, WatchedMonitor};
use crate::monitor::MonitorId;
use crate::store::{Consistency, StateReader, StoreError};
use crate::transition::Confirmed;
use crate::view::MonitorPast;

/// What is asked of the past.
#[derive(Debug, Clone, Copy)]
pub struct Ask {
    pub window: Stretch,
    /// Each hour or each UTC day of the window gets a sum of its own.
    pub each: RollupUnit,
    pub detail: Detail,
    /// Time from one run to the next.
    pub period: Duration,
    pub now: Timestamp,
}

/// The past of `monitors`, in their order; also that of their former ids.
pub async fn load(
    reader: &StateReader,
    inventory: &Inventory,
    monitors: &[&WatchedMonitor],
    ask: Ask,
) -> Result<Vec<MonitorPast>, StoreError> {
    let Ask { window, each, detail, period, now } = ask;
    let directory = reader.directory().await?;
    let wanted: Vec<_> = monitors.iter().map(|watched| WantedPast::new(watched, inventory)).collect();
    // What lasts at the beginning of the window began before it.
    let open =
        wanted.iter().filter_map(|wanted| Some(second(wanted.confirmed?.incident.as_ref()?.opened_at)));
    let from = open.fold(window.from, i64::min);
    let journal = reader.journal(Stretch { from, to: second(now) + 1 }, now).await?;
    let mut journal = by_monitor(journal);
    let mut lookbacks = Vec::new();
    let mut known = Vec::new();
    for WantedPast { watched, ids, confirmed } in wanted {
        let mut changes: Vec<HealthChange> =
            ids.iter().filter_map(|id| journal.remove(*id)).flatten().collect();
        changes.sort_by_key(|change| (change.at, change.seq));
        let turns: Vec<_> = changes.iter().map(HealthChange::turn).collect();
        let timeline = HealthTimeline::new(&turns, confirmed.map(|known| (known.health, known.since)));
        lookbacks.extend(of_ids(&ids, &directory, watched, period, &timeline));
        known.push((watched, confirmed, changes, timeline));
    }
    let question = Question { window, each, detail, now, consistency: Consistency::Eventual };
    let mut past = past(reader, &lookbacks, question).await?;
    let empty = || crate::history::cut(window, each.seconds()).into_iter().map(|part| (part, Sum::default()));
    let view = |(watched, confirmed, changes, timeline): (&WatchedMonitor, _, _, _)| {
        let id = &watched.monitor.id;
        let parts = past.sums.remove(id).unwrap_or_else(|| empty().collect());
        MonitorPast::new(id.clone(), confirmed, window, parts, changes, timeline)
    };
    Ok(known.into_iter().map(view).collect())
}

/// A monitor with the ids that its past is kept under, and what its row says.
struct WantedPast<'a> {
    watched: &'a WatchedMonitor,
    ids: Vec<&'a MonitorId>,
    confirmed: Option<&'a Confirmed>,
}

impl<'a> WantedPast<'a> {
    fn new(watched: &'a WatchedMonitor, inventory: &'a Inventory) -> Self {
        // What has a former id now is another monitor, and its past is its own.
        let former = watched.formerly.iter().filter(|id| !inventory.watchlist.has(id));
        let confirmed = match inventory.row_of(watched).1 {
            StoredRow::Readable(row) => Some(&row.confirmed),
            StoredRow::Unreadable(_) | StoredRow::None => None,
        };
        Self { watched, ids: std::iter::once(&watched.monitor.id).chain(former).collect(), confirmed }
    }
}

fn of_ids(
    ids: &[&MonitorId],
    directory: &Directory,
    watched: &WatchedMonitor,
    period: Duration,
    timeline: &HealthTimeline,
) -> Vec<Lookback> {
    let lookback = |id: &&MonitorId| {
        Some(Lookback {
            monitor: watched.monitor.id.clone(),
            position: directory.position_of(id)?,
            hold: hold(watched.monitor.apart(period)),
            timeline: timeline.clone(),
        })
    };
    ids.iter().filter_map(lookback).collect()
}
