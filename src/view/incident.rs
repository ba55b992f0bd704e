//! The incidents of a monitor, from its changes of health. Pure.

use std::time::Duration;

use jiff::Timestamp;

use crate::history::{HealthChange, StoredReason};
use crate::transition::{Confirmed, Health, Unwatched};

/// A time during which a monitor was confirmed DOWN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentView {
    /// Number of this incident of the monitor, from 1.
    pub n: u64,
    pub opened: Timestamp,
    /// `None` while it is open.
    pub closed: Option<Timestamp>,
    pub cause: String,
    /// The kind of fault, if the run that opened it could say.
    pub reason: Option<StoredReason>,
    /// Why it ended without anybody knowing whether the endpoint is good again.
    pub unwatched: Option<Unwatched>,
}

impl IncidentView {
    /// Time it lasted, if it is over.
    pub fn duration(&self) -> Option<Duration> {
        Duration::try_from(self.closed?.duration_since(self.opened)).ok()
    }

    /// Time it has lasted until `now`, or lasted.
    pub fn age(&self, now: Timestamp) -> Duration {
        Duration::try_from(self.closed.unwrap_or(now).duration_since(self.opened)).unwrap_or_default()
    }
}

/// The incidents that `changes` open or close, in the order of time; and the open one of the row, whatever the journal
/// knows of it.
pub fn incidents(changes: &[HealthChange], confirmed: Option<&Confirmed>) -> Vec<IncidentView> {
    let mut incidents: Vec<IncidentView> = Vec::new();
    for change in changes {
        let Some(turned) = &change.incident else { continue };
        let known = incidents.iter_mut().rev().find(|incident| incident.n == turned.n);
        match known {
            Some(known) => {
                known.closed = turned.closed;
                known.unwatched = change.unwatched;
            }
            None => incidents.push(IncidentView {
                n: turned.n,
                opened: turned.opened,
                closed: turned.closed,
                cause: turned.cause.clone(),
                reason: change.reason.filter(|_| change.to == Health::Down),
                unwatched: change.unwatched,
            }),
        }
    }
    let open = confirmed.and_then(|confirmed| confirmed.incident.as_ref());
    if let Some(open) = open.filter(|open| open.closed_at.is_none())
        && incidents.iter().all(|incident| incident.opened != open.opened_at)
    {
        incidents.push(IncidentView {
            n: open.n,
            opened: open.opened_at,
            closed: None,
            cause: open.cause.clone(),
            reason: None,
            unwatched: None,
        });
    }
    incidents.sort_by_key(|incident| incident.opened);
    incidents
}
