//! What is owed, sorted: what is told now, what is held back, and what is settled without a word.

use std::collections::HashMap;

use jiff::Timestamp;

use super::flow::Rows;
use super::subject::Subjects;
use crate::alert::{Alert, Told};
use crate::monitor::{Monitor, MonitorId};
use crate::mute::{Known, Reason, Ruling, Settlement, rule};
use crate::verdict::Judgement;

/// Everything that is owed.
#[derive(Debug, Default)]
pub struct Sorted {
    pub told: Vec<Alert>,
    pub held: Vec<(MonitorId, Reason)>,
    pub settled: Vec<Settled>,
}

/// What is written down as told although nobody was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub monitor: MonitorId,
    pub told: Told,
    pub why: Settlement,
}

/// Sorts what is owed, with what this run saw where it looked.
pub fn sort(
    owed: Vec<Alert>,
    rows: &Rows,
    subjects: &Subjects,
    judgements: &HashMap<&MonitorId, &Judgement>,
    now: Timestamp,
) -> Sorted {
    let mut sorted = Sorted::default();
    let find = |id: &MonitorId| subjects.get(id).map(|subject| known(&subject.monitor, rows, judgements));
    let ruling = |alert: &Alert| {
        let subject = known(&alert.monitor, rows, judgements);
        rule(&subject, alert.news, &subjects.silences, find, now)
    };
    let rulings: Vec<_> = owed.iter().map(ruling).collect();
    for (alert, ruling) in owed.into_iter().zip(rulings) {
        match ruling {
            Ruling::Tell => sorted.told.push(alert),
            Ruling::Hold(reason) => sorted.held.push((alert.monitor.id, reason)),
            Ruling::Settle(why) => {
                let told = alert.told(now);
                sorted.settled.push(Settled { monitor: alert.monitor.id, told, why });
            }
        }
    }
    sorted
}

fn known<'a>(
    monitor: &'a Monitor,
    rows: &'a Rows,
    judgements: &HashMap<&MonitorId, &'a Judgement>,
) -> Known<'a> {
    Known { monitor, row: rows.get(&monitor.id), judgement: judgements.get(&monitor.id).copied() }
}
