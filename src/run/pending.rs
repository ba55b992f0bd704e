//! What the rows make pending at a moment of the run, sorted by what the watchlist, the rows and its probes say.

use std::borrow::Cow;
use std::collections::HashMap;

use super::state::RunState;
use crate::alert::{Alert, AlertFacts, Routes, RunPhase};
use crate::inventory::{WatchStatus, WatchStatuses};
use crate::monitor::{Monitor, MonitorId};
use crate::state::{Row, Rows};
use crate::suppress::{Scene, Sorted, sort};
use crate::verdict::Judgement;

impl RunState<'_> {
    pub fn pending(&self, rows: &Rows, moment: RunPhase) -> Sorted {
        let judged = self.judged.iter().map(|judged| (&judged.watched.monitor.id, &judged.judgement));
        let judgements: HashMap<_, _> = judged.collect();
        let watchlist = &self.inventory.watchlist;
        let watch_statuses = WatchStatuses::new(watchlist, rows);
        let scene = Scene {
            rows,
            judgements: &judgements,
            silences: &watchlist.silences,
            moment,
            now: self.deps.store.now(),
        };
        let alerts =
            rows.values().flat_map(|row| self.alerts(row, watch_statuses.of(&row.monitor), &scene)).collect();
        sort(alerts, scene, |id| watchlist.get(id).map(|watched| &watched.monitor))
    }

    /// The alerts that a row makes pending. They stay pending when its monitor is switched off or gone.
    fn alerts(&self, row: &Row, status: WatchStatus<'_>, scene: &Scene<'_>) -> Vec<Alert> {
        let watched = match status {
            WatchStatus::Watched(watched) => Some(watched),
            WatchStatus::Unwatched(_, watched) => watched,
            WatchStatus::Prober => None,
            WatchStatus::Unclear => return Vec::new(),
        };
        let monitor = watched.map_or_else(
            || Cow::Owned(self.remembered(&row.monitor)),
            |watched| Cow::Borrowed(&watched.monitor),
        );
        let judgement: Option<&Judgement> = scene.judgements.get(&row.monitor).copied();
        let facts = AlertFacts { monitor: &monitor, row, judgement };
        self.routes(status, Some(row)).alerts(facts, scene.moment, scene.now)
    }

    /// The channels that may hear of a monitor.
    pub fn routes(&self, status: WatchStatus<'_>, row: Option<&Row>) -> Routes {
        self.inventory.watchlist.routes(status, row, &self.deps.machine)
    }

    /// A monitor of which nothing is left but its row.
    pub fn remembered(&self, id: &MonitorId) -> Monitor {
        if id.is_prober() { Monitor::prober(&self.options.host) } else { Monitor::remembered(id.clone()) }
    }
}
