//! The channels that may hear of a monitor.

use std::collections::BTreeSet;

use super::{WatchStatus, Watchlist};
use crate::alert::{Route, Routes};
use crate::monitor::{ChannelId, ChannelName, TopicArn};
use crate::state::Row;

impl Watchlist {
    /// The channels that may hear of a monitor, by what its row says that they have heard. `default` is the topic of the
    /// machine.
    pub fn routes(&self, status: WatchStatus<'_>, row: Option<&Row>, default: Option<&TopicArn>) -> Routes {
        let (watched, is_on) = match status {
            WatchStatus::Watched(watched) => (Some(watched), true),
            WatchStatus::Unwatched(_, watched) => (watched, false),
            WatchStatus::Prober => (None, true),
            WatchStatus::Unclear => return Routes::default(),
        };
        let owner = watched.and_then(|watched| watched.owner.clone());
        let route = |name: &ChannelName| {
            let topic = self.target(owner.as_ref(), name, default).into_topic();
            // The machine has one default for the monitors of all owners.
            let channel = if name.is_default() {
                ChannelId::of_machine()
            } else {
                ChannelId { owner: owner.clone(), name: name.clone() }
            };
            Route { channel, topic }
        };
        let heard = || row.into_iter().flat_map(|row| row.delivered.keys()).map(|channel| &channel.name);
        if !is_on {
            // What is not watched ends where it was notified.
            return Routes { to: heard().map(route).collect(), left: Vec::new() };
        }
        let fallback = BTreeSet::from([ChannelName::default()]);
        let to = watched.map_or(&fallback, |watched| &watched.monitor.alert.to);
        let left = heard().filter(|name| !to.contains(*name)).map(route).collect();
        Routes { to: to.iter().map(route).collect(), left }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::inventory::WatchedMonitor;
    use crate::monitor::{Monitor, Spec};

    #[test]
    fn owners_mean_their_own_topics_and_what_no_one_knows_is_notified() {
        let arn =
            |name| TopicArn::parse(&format!("arn:aws:sns:eu-west-1:123456789012:{name}")).expect("an ARN");
        let watched = |id: &str, owner: Option<&str>, topic: &str| {
            let mut monitor = Monitor::sample(id, "https://m.example");
            monitor.alert.to = [ChannelName::parse(topic).expect("a name")].into();
            WatchedMonitor::new(monitor, Spec::default(), owner.map(str::to_owned))
        };
        let named = |topic| BTreeMap::from([("oncall".to_owned(), arn(topic))]);
        let watchlist = Watchlist::new(
            vec![
                watched("a", Some("one"), "oncall"),
                watched("b", Some("two"), "oncall"),
                watched("c", None, "oncall"),
                watched("d", Some("one"), "shop"),
                watched("e", Some("one"), "default"),
            ],
            BTreeMap::from([("one".to_owned(), named("x")), ("two".to_owned(), named("y"))]),
            Vec::new(),
        );
        let default = arn("fallback");
        let routes: Vec<_> = watchlist
            .all
            .iter()
            .flat_map(|watched| watchlist.routes(WatchStatus::Watched(watched), None, Some(&default)).to)
            .map(|route| route.topic.to_string())
            .map(|topic| topic.rsplit(':').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(routes, ["x", "y", "fallback", "fallback", "fallback"]);
        let delivered: Vec<_> = watchlist.lost(Some(&default));
        assert_eq!(delivered.len(), 2, "{delivered:?}");
        assert!(delivered[0].starts_with("unknown topic \"oncall\"; alerts of c go to the default topic"));
        assert!(delivered[1].starts_with("unknown topic \"shop\"; alerts of d go to the default topic"));
        // Without AWS there is nothing to be lost.
        assert_eq!(watchlist.lost(None), Vec::<String>::new());
    }
}
