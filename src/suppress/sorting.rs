//! All pending alerts of a run, sorted: what is sent now, what is suppressed, and what is discarded.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{DiscardReason, Ruling, StoredSilence, SuppressionFacts, SuppressionReason, rule};
use crate::alert::{Alert, RunPhase};
use crate::monitor::{Monitor, MonitorId};
use crate::state::{Acknowledgement, Rows};
use crate::verdict::Judgement;

/// What a run knows when it sorts.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    pub rows: &'a Rows,
    /// What it saw where it looked.
    pub judgements: &'a HashMap<&'a MonitorId, &'a Judgement>,
    pub silences: &'a [StoredSilence],
    pub moment: RunPhase,
    pub now: Timestamp,
}

/// Everything that is pending.
#[derive(Debug, Default)]
pub struct Sorted {
    pub alerts: Vec<Alert>,
    /// A monitor and a reason once, for however many channels.
    pub suppressed: Vec<(MonitorId, SuppressionReason)>,
    pub discarded: Vec<Discarded>,
}

/// What is recorded as delivered although it was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discarded {
    pub accepted: Acknowledgement,
    pub why: DiscardReason,
}

/// Sorts the pending alerts. `find` knows the monitors that are watched.
pub fn sort<'a>(
    pending: Vec<Alert>,
    scene: Scene<'a>,
    find: impl Fn(&MonitorId) -> Option<&'a Monitor>,
) -> Sorted {
    let find = |id: &MonitorId| find(id).map(|monitor| scene.known(monitor));
    let mut sorted = Sorted::default();
    for alert in pending {
        match rule(&scene.known(&alert.monitor), &alert, scene.silences, find, (scene.moment, scene.now)) {
            Ruling::Notify => sorted.alerts.push(alert),
            Ruling::NotTaken => {}
            Ruling::Suppress(reason) => {
                let suppressed = (alert.monitor.id, reason);
                // The alerts of one monitor follow each other.
                if sorted.suppressed.last() != Some(&suppressed) {
                    sorted.suppressed.push(suppressed);
                }
            }
            Ruling::Discard(why) => {
                sorted.discarded.push(Discarded { accepted: alert.accepted(scene.now), why });
            }
        }
    }
    let waiting = waiting(&sorted.suppressed);
    for alert in &mut sorted.alerts {
        alert.waiting = waiting.get(&alert.monitor.id).cloned().unwrap_or_default();
    }
    sorted
}

/// By parent: the monitors that are suppressed because it fails, in the order of their ids.
fn waiting(suppressed: &[(MonitorId, SuppressionReason)]) -> HashMap<&MonitorId, Vec<MonitorId>> {
    let mut by_parent: HashMap<_, Vec<_>> = HashMap::new();
    for (monitor, reason) in suppressed {
        match reason {
            SuppressionReason::ParentDown(parent) | SuppressionReason::ParentFails(parent) => {
                by_parent.entry(parent).or_default().push(monitor.clone());
            }
            SuppressionReason::ParentReturned(_)
            | SuppressionReason::Silence { .. }
            | SuppressionReason::Maintenance { .. }
            | SuppressionReason::Ended(_) => {}
        }
    }
    for monitors in by_parent.values_mut() {
        monitors.sort();
        monitors.dedup();
    }
    by_parent
}

impl<'a> Scene<'a> {
    fn known<'b>(&self, monitor: &'b Monitor) -> SuppressionFacts<'b>
    where
        'a: 'b,
    {
        SuppressionFacts {
            monitor,
            row: self.rows.get(&monitor.id),
            judgement: self.judgements.get(&monitor.id).copied(),
        }
    }
}
