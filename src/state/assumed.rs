//! The row of what has none as long as it is fine: the prober and the channels. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::decide::incarnation;
use super::{Decider, IncidentKey, Row};
use crate::monitor::Monitor;
use crate::transition::{Confirmed, Health};

/// What stands for the row of something that is fine for as long as it has none.
pub fn assumed_up(by: Decider<'_>, monitor: &Monitor, at: Timestamp) -> Row {
    let incarnation = incarnation(by, monitor);
    Row {
        monitor: monitor.id.clone(),
        incident_key: IncidentKey::next(None, &monitor.id, &incarnation, None),
        incarnation,
        revision: 0,
        confirmed: Confirmed { health: Health::Up, ..Confirmed::new(at) },
        delivered: BTreeMap::new(),
        first_pending: Vec::new(),
        epoch: 0,
        why: String::new(),
        judged: String::new(),
        run: String::new(),
    }
}
