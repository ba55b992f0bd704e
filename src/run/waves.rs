//! Which alerts go out when, while the rows behind them are stored batch by batch. Pure.
//!
//! An alert may go out once its row is stored, and not before. A few go out as soon as they may. Where many are pending for
//! one channel, they wait for each other, so that people get a digest and not a message for each batch. But they do not wait
//! for long: the first of them go out at once, and all others together.

use std::collections::{BTreeMap, HashSet};

use crate::alert::Alert;
use crate::monitor::{ChannelId, MonitorId};

/// Alerts for one channel up to which none waits for another.
const FEW: usize = 20;

/// How urgent it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Those for which others of their channel wait may wait with them.
    Patient,
    /// People have waited long enough for a first word.
    FirstWord,
    /// The time is over, or everything is stored that will be.
    Last,
}

/// Alerts that wait for their rows, or for each other.
#[derive(Debug)]
pub struct Waves {
    channels: BTreeMap<ChannelId, Queue>,
    /// Monitors whose row is not stored yet.
    unstored: HashSet<MonitorId>,
}

#[derive(Debug, Default)]
struct Queue {
    alerts: Vec<Alert>,
    /// Whether they wait for each other.
    is_digest: bool,
    has_begun: bool,
}

impl Waves {
    /// `unstored` are the monitors whose rows are about to be stored; those of other alerts are as they are.
    pub fn new(alerts: Vec<Alert>, unstored: HashSet<MonitorId>) -> Self {
        let mut channels: BTreeMap<ChannelId, Queue> = BTreeMap::new();
        for alert in alerts {
            channels.entry(alert.route.channel.clone()).or_default().alerts.push(alert);
        }
        for queue in channels.values_mut() {
            // Where each alert has a message of its own, nothing is won by waiting.
            let number = queue.alerts.len();
            let each = queue.alerts.first().is_some_and(|alert| alert.route.is_one_each(number));
            queue.is_digest = number > FEW && !each;
        }
        Self { channels, unstored }
    }

    /// The rows of these monitors are stored.
    pub fn stored(&mut self, monitors: &[MonitorId]) {
        for monitor in monitors {
            self.unstored.remove(monitor);
        }
    }

    /// Whether the row of a monitor is stored, or was not to change.
    pub fn is_known(&self, monitor: &MonitorId) -> bool {
        !self.unstored.contains(monitor)
    }

    /// Takes out what is to go out now.
    pub fn take(&mut self, urgency: Urgency) -> Vec<Alert> {
        let mut out = Vec::new();
        for queue in self.channels.values_mut() {
            let is_ready = |alert: &Alert| !self.unstored.contains(&alert.monitor.id);
            let (ready, rest): (Vec<_>, Vec<_>) = queue.alerts.drain(..).partition(is_ready);
            let first_word = urgency == Urgency::FirstWord && !queue.has_begun;
            if !queue.is_digest || rest.is_empty() || first_word || urgency == Urgency::Last {
                queue.has_begun |= !ready.is_empty();
                out.extend(ready);
                queue.alerts = rest;
            } else {
                queue.alerts = ready.into_iter().chain(rest).collect();
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Route;
    use crate::alert::testing::down;
    use crate::message::Grouping;

    fn alerts(range: std::ops::Range<usize>, topic: &str) -> Vec<Alert> {
        let name = topic.trim_end_matches(".fifo");
        let mut route = Route::plain(ChannelId::parse(name).expect("a channel"));
        if name != topic {
            route.grouping = Grouping::Each { up_to: usize::MAX };
        }
        let alert = |n| Alert { route: route.clone(), ..down(&format!("m{n:03}")) };
        range.map(alert).collect()
    }

    fn ids(alerts: &[Alert]) -> Vec<MonitorId> {
        alerts.iter().map(|alert| alert.monitor.id.clone()).collect()
    }

    /// All of `all` wait for their rows.
    fn waves(all: &[Alert]) -> Waves {
        Waves::new(all.to_vec(), ids(all).into_iter().collect())
    }

    #[test]
    fn nothing_goes_out_before_it_is_stored_however_urgent() {
        let all = alerts(0..3, "few");
        let mut waves = waves(&all);
        for urgency in [Urgency::Patient, Urgency::FirstWord, Urgency::Last] {
            assert_eq!(waves.take(urgency), []);
        }
        waves.stored(&ids(&all[1..2]));
        assert_eq!(waves.take(Urgency::Patient), all[1..2]);
        assert_eq!(waves.take(Urgency::Last), []);
    }

    #[test]
    fn what_no_row_waits_for_goes_out_with_the_first() {
        let all = alerts(0..2, "few");
        assert_eq!(Waves::new(all.clone(), HashSet::new()).take(Urgency::Patient), all);
    }

    #[test]
    fn many_wait_for_each_other_but_not_for_the_first_word() {
        let all = alerts(0..100, "many");
        let mut patient = waves(&all);
        for batch in all[..80].chunks(20) {
            patient.stored(&ids(batch));
            assert_eq!(patient.take(Urgency::Patient), []);
        }
        assert_eq!(patient.take(Urgency::FirstWord), all[..80]);
        patient.stored(&ids(&all[80..90]));
        assert_eq!(patient.take(Urgency::FirstWord), [], "there is one first word");
        patient.stored(&ids(&all[90..]));
        assert_eq!(patient.take(Urgency::FirstWord), all[80..], "all are stored");
    }

    #[test]
    fn what_was_not_stored_stays_and_delays_nothing_at_the_end() {
        let all = alerts(0..30, "many");
        let mut waves = waves(&all);
        waves.stored(&ids(&all[..29]));
        assert_eq!(waves.take(Urgency::Patient), []);
        assert_eq!(waves.take(Urgency::Last), all[..29]);
        assert_eq!(waves.take(Urgency::Last), []);
    }

    #[test]
    fn a_topic_waits_for_no_other_and_a_fifo_topic_for_nothing() {
        let (many, few, fifo) = (alerts(0..30, "many"), alerts(30..32, "few"), alerts(40..70, "each.fifo"));
        let all: Vec<_> = many.iter().chain(&few).chain(&fifo).cloned().collect();
        let mut waves = waves(&all);
        let stored: Vec<_> = [&many[..1], &few[..1], &fifo[..1]].concat();
        waves.stored(&ids(&stored));
        let mut out = ids(&waves.take(Urgency::Patient));
        out.sort();
        assert_eq!(out, ids(&[&few[..1], &fifo[..1]].concat()));
    }
}
