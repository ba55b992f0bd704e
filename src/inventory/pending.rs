//! What the rows make pending at a moment, sorted by what the watchlist, the rows and the probes of a run say.

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::Timestamp;

use super::{Inventory, MachineChannel, WatchStatus, WatchStatuses};
use crate::alert::{Alert, AlertFacts, RunPhase, with_waiting};
use crate::monitor::{IdSubject, Monitor, MonitorId};
use crate::state::{Row, Rows};
use crate::suppress::{Scene, Sorted, sort};
use crate::verdict::Judgement;

/// From where one looks for pending alerts.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    pub machine: &'a MachineChannel,
    /// The name of this machine.
    pub host: &'a str,
    /// What a run saw where it looked.
    pub judgements: &'a HashMap<&'a MonitorId, &'a Judgement>,
    pub moment: RunPhase,
    pub now: Timestamp,
}

impl Inventory {
    /// Everything that is pending on `rows`.
    pub fn pending(&self, rows: &Rows, outlook: Outlook<'_>) -> Sorted {
        let Outlook { machine: _, host: _, judgements, moment, now } = outlook;
        let statuses = WatchStatuses::new(&self.watchlist, rows);
        let alerts = rows.values().flat_map(|row| self.alerts(row, statuses.of(&row.monitor), outlook));
        let alerts = alerts.collect();
        let scene = Scene { rows, judgements, silences: &self.watchlist.silences, moment, now };
        let sorted = sort(alerts, scene, |id| self.watchlist.get(id).map(|watched| &watched.monitor));
        Sorted { alerts: with_waiting(sorted.alerts), ..sorted }
    }

    /// The alerts that a row makes pending. They stay pending when its monitor is switched off or gone.
    fn alerts(&self, row: &Row, status: WatchStatus<'_>, outlook: Outlook<'_>) -> Vec<Alert> {
        let Outlook { machine, host, judgements, moment, now } = outlook;
        let watched = match status {
            WatchStatus::Watched(watched) => Some(watched),
            WatchStatus::Unwatched(_, watched) => watched,
            WatchStatus::Prober | WatchStatus::Channel => None,
            WatchStatus::Unclear => return Vec::new(),
        };
        let monitor = watched.map_or_else(
            || Cow::Owned(remembered(&row.monitor, host)),
            |watched| Cow::Borrowed(&watched.monitor),
        );
        let judgement: Option<&Judgement> = judgements.get(&row.monitor).copied();
        let facts = AlertFacts { monitor: &monitor, row, judgement };
        self.watchlist.routes(status, Some(row), machine).alerts(facts, moment, now)
    }
}

/// What is known of an id of which nothing is left but its row.
pub fn remembered(id: &MonitorId, host: &str) -> Monitor {
    match id.subject() {
        IdSubject::Monitor => Monitor::remembered(id.clone()),
        IdSubject::Prober => Monitor::prober(host),
        IdSubject::Channel(channel) => Monitor::channel(&channel),
    }
}
