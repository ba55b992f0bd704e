//! Monitors about which the people of a channel wait for an end. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::Notification;
use crate::monitor::{ChannelId, MonitorId};

/// By channel, the monitors about which people wait for an end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lasting(BTreeMap<ChannelId, BTreeSet<MonitorId>>);

impl Lasting {
    pub fn add(&mut self, channel: ChannelId, monitor: MonitorId) {
        self.0.entry(channel).or_default().insert(monitor);
    }

    /// Says in the messages what lasts after each, in the order in which they are sent.
    pub fn say_in(mut self, messages: &mut [Notification]) {
        for Notification { channel, message, alerts } in messages {
            let lasting = self.0.entry(channel.clone()).or_default();
            for alert in alerts {
                if alert.kind.is_bad() {
                    lasting.insert(alert.monitor.id.clone());
                } else {
                    lasting.remove(&alert.monitor.id);
                }
            }
            message.lasting = Some(lasting.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::testing::{down, up};
    use crate::alert::{Alert, Route, compose, testing};
    use crate::message::Grouping;

    fn messages(alerts: Vec<Alert>, lasting: Lasting) -> Vec<(usize, Option<usize>)> {
        let route =
            Route { grouping: Grouping::Incidents { up_to: 50 }, ..Route::plain(ChannelId::of_machine()) };
        let alerts = alerts.into_iter().map(|alert| Alert { route: route.clone(), ..alert }).collect();
        let mut messages = compose(alerts, testing::context());
        lasting.say_in(&mut messages);
        messages.iter().map(|message| (message.alerts.len(), message.message.lasting)).collect()
    }

    fn all(number: usize, alert: impl Fn(&str) -> Alert) -> Vec<Alert> {
        (0..number).map(|n| alert(&format!("m-{n:02}"))).collect()
    }

    #[test]
    fn a_storm_is_one_message_and_its_ends_come_in_parts_the_last_of_which_leaves_nothing() {
        assert_eq!(messages(all(60, down), Lasting::default()), [(60, Some(60))]);
        let mut open = Lasting::default();
        for n in 0..60 {
            let id = MonitorId::parse(&format!("m-{n:02}")).expect("an id");
            open.add(ChannelId::of_machine(), id);
        }
        assert_eq!(messages(all(60, up), open.clone()), [(50, Some(10)), (10, Some(0))]);
        // What opens and what ends do not make a storm of each other.
        let mut both = all(2, up);
        both.extend(all(60, down).into_iter().skip(58));
        assert_eq!(messages(both, open), [(1, Some(60)), (1, Some(60)), (1, Some(59)), (1, Some(58))]);
    }
}
