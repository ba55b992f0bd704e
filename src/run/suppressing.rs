//! What a run owes, sorted by what the catalog, the rows and its probes say.

use std::collections::HashMap;

use jiff::Timestamp;

use super::flow::Rows;
use super::inventory::Inventory;
use crate::alert::{Alert, Moment};
use crate::monitor::MonitorId;
use crate::suppress::{self, Scene};
pub use crate::suppress::{Discarded, Sorted};
use crate::verdict::Judgement;

/// Sorts the pending alerts, with what this run saw where it looked.
pub fn sort(
    pending: Vec<Alert>,
    rows: &Rows,
    inventory: &Inventory,
    judgements: &HashMap<&MonitorId, &Judgement>,
    (moment, now): (Moment, Timestamp),
) -> Sorted {
    let scene = Scene { rows, judgements, silences: &inventory.silences, moment, now };
    suppress::sort(pending, scene, |id| inventory.get(id).map(|watched| &watched.monitor))
}
