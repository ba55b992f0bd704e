//! What is known of all monitors over a period.

use jiff::Timestamp;

use crate::archive::{Ask, load};
use crate::commands::shard::shard;
use crate::history::Stretch;
use crate::inventory::{Inventory, WatchedMonitor};
use crate::store::{Store, StoreError};
use crate::view::{MonitorPast, REPORT_RULE, ReportLine};

/// The lines of a report, before some are selected.
#[derive(Debug)]
pub struct FoundLines {
    pub window: Stretch,
    /// `None` if it is no month that is stored.
    pub stored_at: Option<Timestamp>,
    pub lines: Vec<ReportLine>,
}

impl FoundLines {
    pub fn computed(window: Stretch, lines: Vec<ReportLine>) -> Self {
        Self { window, stored_at: None, lines }
    }
}

/// A line for each monitor that is watched now.
pub async fn lines(store: &Store, inventory: &Inventory, ask: Ask) -> Result<Vec<ReportLine>, StoreError> {
    let watched: Vec<_> = inventory.watchlist.all.iter().map(AsRef::as_ref).collect();
    let past = load(&store.state_reader(&shard()), inventory, &watched, ask).await?;
    Ok(watched.into_iter().zip(past).map(|(watched, past)| line(watched, past)).collect())
}

fn line(watched: &WatchedMonitor, past: MonitorPast) -> ReportLine {
    let monitor = &watched.monitor;
    ReportLine {
        id: monitor.id.clone(),
        name: monitor.name.clone(),
        group: monitor.group.clone(),
        team: monitor.team.clone(),
        tags: monitor.tags.clone(),
        figures: past.figures(REPORT_RULE),
        incidents: past.incidents,
    }
}
