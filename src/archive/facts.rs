//! What is known of monitors beside their samples: their positions, their rows, and their changes of health.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::history::{Directory, HealthChange, HealthTimeline, Position, Stretch, by_monitor, hold, second};
use crate::inventory::{Inventory, StoredRow, WatchedMonitor};
use crate::monitor::MonitorId;
use crate::state::Row;
use crate::store::{Consistency, StateReader, StoreError};

/// Monitors, in the order in which they were asked for.
#[derive(Clone)]
pub struct HealthFacts<'a> {
    pub monitors: Vec<MonitorFacts<'a>>,
    /// The second from which on the journal was read.
    pub read_from: i64,
}

/// One monitor.
#[derive(Clone)]
pub struct MonitorFacts<'a> {
    pub watched: &'a WatchedMonitor,
    pub row: Option<&'a Row>,
    /// Under its own id and under its former ones.
    pub positions: Vec<Position>,
    /// How long one of its samples holds, in seconds.
    pub hold: i64,
    /// In the order of time.
    pub changes: Vec<HealthChange>,
    pub timeline: HealthTimeline,
}

impl<'a> HealthFacts<'a> {
    /// Reads the journal from the second `from` on, and further back for what lasted then: such an incident is known from
    /// its beginning on.
    pub async fn read(
        reader: &StateReader,
        inventory: &'a Inventory,
        monitors: &[&'a WatchedMonitor],
        (from, period, now): (i64, Duration, Timestamp),
    ) -> Result<Self, StoreError> {
        let directory = reader.directory().await?;
        let mut wanted: Vec<_> =
            monitors.iter().map(|watched| SoughtMonitor::new(watched, inventory)).collect();
        let open = wanted
            .iter()
            .filter_map(|wanted| Some(second(wanted.row?.confirmed.incident.as_ref()?.opened_at)));
        let mut read_from = open.fold(from, i64::min);
        let how = (now, Consistency::Eventual);
        let mut journal = JournalRead::default();
        journal.add(reader.journal(Stretch { from: read_from, to: second(now) + 1 }, how).await?);
        while let Some(opened) = journal.earliest_opened(&wanted).filter(|opened| *opened < read_from) {
            journal.add(reader.journal(Stretch { from: opened, to: read_from }, how).await?);
            read_from = opened;
        }
        let known = wanted.iter_mut().map(|wanted| wanted.known(&directory, &mut journal, period));
        Ok(Self { monitors: known.collect(), read_from })
    }

    /// Whether it is known of each monitor when it went DOWN, if it was DOWN in what was read.
    pub fn knows_every_beginning(&self) -> bool {
        let begins = |known: &MonitorFacts<'_>| known.timeline.down().first().map(|down| down.from);
        self.monitors.iter().filter_map(begins).all(|from| from >= self.read_from)
    }
}

/// Changes by monitor.
#[derive(Default)]
struct JournalRead(BTreeMap<MonitorId, Vec<HealthChange>>);

impl JournalRead {
    fn add(&mut self, changes: Vec<HealthChange>) {
        for (monitor, changes) in by_monitor(changes) {
            self.0.entry(monitor).or_default().extend(changes);
        }
    }

    /// When the first incident began that one of the changes is about.
    fn earliest_opened(&self, wanted: &[SoughtMonitor<'_>]) -> Option<i64> {
        let ids = wanted.iter().flat_map(|wanted| &wanted.ids);
        let changes = ids.filter_map(|id| self.0.get(*id)).flatten();
        changes.filter_map(|change| Some(second(change.incident.as_ref()?.opened.min(change.at)))).min()
    }
}

/// A monitor with the ids that its past is kept under, and its row.
struct SoughtMonitor<'a> {
    watched: &'a WatchedMonitor,
    ids: Vec<&'a MonitorId>,
    row: Option<&'a Row>,
}

impl<'a> SoughtMonitor<'a> {
    fn new(watched: &'a WatchedMonitor, inventory: &'a Inventory) -> Self {
        // What has a former id now is another monitor, and its past is its own.
        let former = watched.formerly.iter().filter(|id| !inventory.watchlist.has(id));
        let row = match inventory.row_of(watched).1 {
            StoredRow::Readable(row) => Some(row),
            StoredRow::Unreadable(_) | StoredRow::None => None,
        };
        Self { watched, ids: std::iter::once(&watched.monitor.id).chain(former).collect(), row }
    }

    fn known(&self, directory: &Directory, journal: &mut JournalRead, period: Duration) -> MonitorFacts<'a> {
        let Self { watched, ids, row } = self;
        let mut changes: Vec<HealthChange> =
            ids.iter().filter_map(|id| journal.0.remove(*id)).flatten().collect();
        changes.sort_by_key(|change| (change.at, change.seq));
        let turns: Vec<_> = changes.iter().map(HealthChange::turn).collect();
        let current = row.map(|row| (row.confirmed.health, row.confirmed.since));
        MonitorFacts {
            watched,
            row: *row,
            positions: ids.iter().filter_map(|id| directory.position_of(id)).collect(),
            hold: hold(watched.monitor.apart(period)),
            timeline: HealthTimeline::new(&turns, current),
            changes,
        }
    }
}
