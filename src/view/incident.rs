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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::ChangedIncident;
    use crate::monitor::MonitorId;
    use crate::transition::Incident;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    /// The change that opens incident `n`, or that closes it.
    fn change(n: u64, opened: i64, closed: Option<i64>) -> HealthChange {
        let (from, to) =
            if closed.is_some() { (Health::Down, Health::Up) } else { (Health::Up, Health::Down) };
        HealthChange {
            monitor: MonitorId::parse("m").expect("an id"),
            seq: 2 * n,
            at: at(closed.unwrap_or(opened)),
            from,
            to,
            incident: Some(ChangedIncident {
                n,
                opened: at(opened),
                closed: closed.map(at),
                cause: format!("cause {n}"),
            }),
            why: String::new(),
            reason: StoredReason::from_number(1),
            unwatched: None,
        }
    }

    fn row(open: Option<(u64, i64)>) -> Confirmed {
        let incident = open.map(|(n, opened)| Incident {
            n,
            opened_at: at(opened),
            closed_at: None,
            cause: "of the row".to_owned(),
            unwatched: None,
        });
        Confirmed { incident, ..Confirmed::new(at(0)) }
    }

    #[test]
    fn an_incident_is_opened_by_one_change_and_closed_by_another() {
        let changes = [change(1, 10, None), change(1, 10, Some(20)), change(2, 30, None)];
        let found = incidents(&changes, None);
        let times: Vec<_> =
            found.iter().map(|incident| (incident.n, incident.opened, incident.closed)).collect();
        assert_eq!(times, [(1, at(10), Some(at(20))), (2, at(30), None)]);
        assert_eq!(found[0].reason, StoredReason::from_number(1));
        assert_eq!(found[0].cause, "cause 1");
    }

    // It began before what was read of the journal.
    #[test]
    fn an_incident_of_which_only_the_end_is_known_has_its_beginning_and_no_reason() {
        let found = incidents(&[change(7, 10, Some(20))], None);
        assert_eq!((found[0].opened, found[0].closed, found[0].reason), (at(10), Some(at(20)), None));
    }

    #[test]
    fn the_open_incident_of_the_row_is_there_once_whatever_the_journal_knows() {
        let of_row = row(Some((2, 30)));
        assert_eq!(incidents(&[], Some(&of_row)).len(), 1);
        let both =
            incidents(&[change(1, 10, None), change(1, 10, Some(20)), change(2, 30, None)], Some(&of_row));
        assert_eq!(both.iter().map(|incident| incident.n).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(incidents(&[], Some(&row(None))), []);
    }
}
