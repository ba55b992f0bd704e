//! The journal: every confirmed change of health of every monitor, in the order of time. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::reason::StoredReason;
use super::timeline::Turn;
use crate::monitor::MonitorId;
use crate::state::Row;
use crate::transition::{Health, Incident, Unwatched};

/// One change of health. It is written once, and never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthChange {
    pub monitor: MonitorId,
    /// Number of the change of this monitor, from 1.
    pub seq: u64,
    /// When the new health began. A change is confirmed later than it began.
    pub at: Timestamp,
    pub from: Health,
    pub to: Health,
    /// The incident that it opens or closes.
    pub incident: Option<ChangedIncident>,
    /// What went wrong when it was confirmed, in one line; empty for a change to UP.
    pub why: String,
    /// The kind of fault, where the run that saw it wrote the change.
    pub reason: Option<StoredReason>,
    /// Why it is no longer watched, if that is the change.
    pub unwatched: Option<Unwatched>,
}

/// The incident of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedIncident {
    pub n: u64,
    pub opened: Timestamp,
    /// `None` if the change opens it.
    pub closed: Option<Timestamp>,
    /// The fault that opened it, in one line.
    pub cause: String,
}

impl HealthChange {
    /// The last change of a row; `None` before its first. `from` is the health before it, where the run that made the
    /// change knows it.
    pub fn of(row: &Row, from: Option<Health>, reason: Option<StoredReason>) -> Option<Self> {
        let confirmed = &row.confirmed;
        if confirmed.seq == 0 {
            return None;
        }
        let is_opened =
            |incident: &&Incident| confirmed.health == Health::Down && incident.closed_at.is_none();
        let is_closed = |incident: &&Incident| incident.closed_at == Some(confirmed.since);
        let incident = confirmed.incident.as_ref();
        let closed = incident.filter(is_closed);
        let why = match confirmed.health {
            Health::Down | Health::Degraded => row.why.clone(),
            Health::New | Health::Up => String::new(),
        };
        let changed = incident.filter(is_opened).or(closed);
        Some(Self {
            monitor: row.monitor.clone(),
            seq: confirmed.seq,
            at: confirmed.since,
            from: from.unwrap_or_else(|| assumed(confirmed.health, closed)),
            to: confirmed.health,
            incident: changed.map(|incident| ChangedIncident {
                n: incident.n,
                opened: incident.opened_at,
                closed: incident.closed_at,
                cause: incident.cause.clone(),
            }),
            why,
            reason: reason.filter(|_| matches!(confirmed.health, Health::Down | Health::Degraded)),
            unwatched: closed.and_then(|incident| incident.unwatched),
        })
    }

    pub fn turn(&self) -> Turn {
        Turn { at: self.at, from: self.from, to: self.to }
    }
}

/// What a health followed, where it is not known: a row keeps its last change only. An incident that ended then was DOWN.
fn assumed(health: Health, closed: Option<&Incident>) -> Health {
    match (closed, health) {
        (Some(_), _) => Health::Down,
        (None, Health::New | Health::Up) => Health::Degraded,
        (None, Health::Degraded | Health::Down) => Health::Up,
    }
}

/// Changes of many monitors, by monitor, each in the order in which they were made.
pub fn by_monitor(changes: impl IntoIterator<Item = HealthChange>) -> BTreeMap<MonitorId, Vec<HealthChange>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for change in changes {
        all.entry(change.monitor.clone()).or_default().push(change);
    }
    for changes in all.values_mut() {
        changes.sort_by_key(|change| (change.at, change.seq));
    }
    all
}
