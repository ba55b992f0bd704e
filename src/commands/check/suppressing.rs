//! What a run owes, sorted by what the catalog, the rows and its probes say.

use std::collections::HashMap;

use jiff::Timestamp;

use super::flow::Rows;
use super::subject::Subjects;
use crate::alert::{Alert, Moment};
use crate::monitor::MonitorId;
use crate::suppress::{self, Scene};
pub use crate::suppress::{Discarded, Sorted};
use crate::verdict::Judgement;

/// Sorts what is owed, with what this run saw where it looked.
pub fn sort(
    pending: Vec<Alert>,
    rows: &Rows,
    subjects: &Subjects,
    judgements: &HashMap<&MonitorId, &Judgement>,
    (moment, now): (Moment, Timestamp),
) -> Sorted {
    let scene = Scene { rows, judgements, silences: &subjects.silences, moment, now };
    suppress::sort(pending, scene, |id| subjects.get(id).map(|subject| &subject.monitor))
}
