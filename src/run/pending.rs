//! What the rows make pending at a moment of the run, sorted by what the watchlist, the rows and its probes say.

use std::borrow::Cow;
use std::collections::HashMap;

use super::state::RunState;
use crate::alert::{Alert, AlertFacts, RunPhase, route};
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
        let alerts = rows
            .values()
            .filter_map(|row| self.alert(row, watch_statuses.of(&row.monitor), &scene))
            .collect();
        sort(alerts, scene, |id| watchlist.get(id).map(|watched| &watched.monitor))
    }

    /// The alert that a row makes pending. It stays pending when its monitor is switched off or gone.
    fn alert(&self, row: &Row, status: WatchStatus<'_>, scene: &Scene<'_>) -> Option<Alert> {
        let watched = match status {
            WatchStatus::Watched(watched) => Some(watched),
            WatchStatus::Unwatched(_, watched) => watched,
            WatchStatus::Prober => None,
            WatchStatus::Unclear => return None,
        };
        let monitor = watched.map_or_else(
            || Cow::Owned(self.remembered(&row.monitor)),
            |watched| Cow::Borrowed(&watched.monitor),
        );
        let default = self.deps.notifier.default_topic();
        let route = watched.map_or_else(
            || route(&monitor.alert.topic, None, default),
            |watched| self.inventory.watchlist.route(watched, default),
        );
        let judgement: Option<&Judgement> = scene.judgements.get(&row.monitor).copied();
        let facts = AlertFacts { monitor: &monitor, row, judgement };
        Alert::pending(facts, route.into_topic(), scene.moment, scene.now)
    }

    /// A monitor of which nothing is left but its row.
    fn remembered(&self, id: &MonitorId) -> Monitor {
        if id.is_prober() { Monitor::prober(&self.options.host) } else { Monitor::remembered(id.clone()) }
    }
}
