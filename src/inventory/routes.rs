//! The channels that may hear of a monitor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{WatchStatus, WatchedMonitor, Watchlist};
use crate::alert::{Route, Routes};
use crate::channels::ChannelDefinition;
use crate::monitor::{ChannelId, ChannelName};
use crate::state::Row;

/// Monitors that a problem names; the rest is counted.
const NAMED: usize = 5;

/// What to do where a machine lacks a channel of its own.
const NO_DEFAULT: &str =
    "define one under `channels:` of their repository and sync, or set SNS_TOPIC_ARN on this machine";

/// What a machine notifies by itself.
#[derive(Debug, Clone, PartialEq)]
pub enum MachineChannel {
    /// The topic of its environment, which is the default of every owner that defines none.
    Topic(ChannelDefinition),
    /// A file, where an owner defines no channel at all.
    File(ChannelDefinition),
    /// Nothing: what needs it stays pending.
    Unset,
}

impl MachineChannel {
    pub fn definition(&self) -> Option<&ChannelDefinition> {
        match self {
            Self::Topic(definition) | Self::File(definition) => Some(definition),
            Self::Unset => None,
        }
    }
}

impl Watchlist {
    /// The channels that may hear of a monitor, by what its row says that they have heard.
    pub fn routes(&self, status: WatchStatus<'_>, row: Option<&Row>, machine: &MachineChannel) -> Routes {
        let heard = || row.into_iter().flat_map(|row| row.delivered.keys());
        let routes = |ids: BTreeSet<ChannelId>| {
            ids.iter().filter_map(|id| self.route(id, machine)).collect::<Vec<_>>()
        };
        // What no longer exists cannot be notified a last time.
        let is_there = |id: &ChannelId| self.definition(id, machine).is_some();
        // A channel may be gone, and then its row says who heard of it.
        if let Some(channel) = row.and_then(|row| row.monitor.channel()) {
            let to = self.others(&channel, machine);
            let left = heard().filter(|id| !to.contains(*id) && is_there(id)).cloned().collect();
            return Routes { to: routes(to), left: routes(left) };
        }
        let (watched, is_on) = match status {
            WatchStatus::Watched(watched) => (Some(watched), true),
            WatchStatus::Unwatched(_, watched) => (watched, false),
            WatchStatus::Prober => {
                let to = self.defaults(machine);
                let left = heard().filter(|id| !to.contains(*id) && is_there(id)).cloned().collect();
                return Routes { to: routes(to), left: routes(left) };
            }
            WatchStatus::Unclear | WatchStatus::Channel => return Routes::default(),
        };
        let owner = watched.and_then(|watched| watched.owner.as_deref());
        if !is_on {
            // What is not watched ends where it was notified, also where nothing is left that says whose it was.
            let default = self.default_of(owner, machine);
            let ended = |id: &ChannelId| match watched {
                None if !id.name.is_default() => self.only_one_named(&id.name),
                Some(_) | None => self.heard_as(owner, &id.name),
            };
            let ids = heard().filter_map(ended).filter(|id| is_there(id) || default.contains(id));
            return Routes { to: routes(ids.collect()), left: Vec::new() };
        }
        let names = watched.map(|watched| &watched.monitor.alert.to);
        // A lost alert is worse than one that others get, so an unknown name stands for the default.
        let to: BTreeSet<_> = names
            .into_iter()
            .flatten()
            .flat_map(|name| {
                self.named(owner, name, machine).unwrap_or_else(|| self.default_of(owner, machine))
            })
            .collect();
        let left = heard().filter_map(|id| self.heard_as(owner, &id.name));
        let left = left.filter(|id| !to.contains(id) && is_there(id)).collect();
        Routes { to: routes(to), left: routes(left) }
    }

    /// The definition of a channel.
    pub fn definition<'a>(
        &'a self,
        id: &ChannelId,
        machine: &'a MachineChannel,
    ) -> Option<&'a ChannelDefinition> {
        match &id.owner {
            None => machine.definition(),
            Some(owner) => self.channels.get(owner)?.get(&id.name),
        }
    }

    /// The channels that a name stands for where a monitor of `owner` says it; `None` if for none.
    pub fn named(
        &self,
        owner: Option<&str>,
        name: &ChannelName,
        machine: &MachineChannel,
    ) -> Option<Vec<ChannelId>> {
        if self.defines(owner, name) {
            return Some(vec![ChannelId { owner: owner.map(str::to_owned), name: name.clone() }]);
        }
        name.is_default().then(|| self.default_of(owner, machine))
    }

    /// The channel of an owner that a row calls so. A default that the owner does not define is the machine's, also where
    /// the name stands for other channels by now.
    fn heard_as(&self, owner: Option<&str>, name: &ChannelName) -> Option<ChannelId> {
        if self.defines(owner, name) {
            return Some(ChannelId { owner: owner.map(str::to_owned), name: name.clone() });
        }
        name.is_default().then(ChannelId::of_machine)
    }

    fn defines(&self, owner: Option<&str>, name: &ChannelName) -> bool {
        owner.and_then(|owner| self.channels.get(owner)).is_some_and(|own| own.contains_key(name))
    }

    /// The channel of this name, if only one owner has one.
    fn only_one_named(&self, name: &ChannelName) -> Option<ChannelId> {
        let mut owners = self.channels.iter().filter(|(_, own)| own.contains_key(name));
        match (owners.next(), owners.next()) {
            (Some((owner, _)), None) => Some(ChannelId { owner: Some(owner.clone()), name: name.clone() }),
            (Some(_) | None, _) => None,
        }
    }

    /// What an owner has defined as default; else the topic of the machine; else every channel of the owner; else what the
    /// machine has, be it nothing.
    fn default_of(&self, owner: Option<&str>, machine: &MachineChannel) -> Vec<ChannelId> {
        let own = owner.and_then(|owner| self.channels.get(owner));
        let id = |name: &ChannelName| ChannelId { owner: owner.map(str::to_owned), name: name.clone() };
        let default = ChannelName::default();
        match (own, machine) {
            (Some(own), _) if own.contains_key(&default) => vec![id(&default)],
            (Some(own), MachineChannel::File(_) | MachineChannel::Unset) if !own.is_empty() => {
                own.keys().map(id).collect()
            }
            (Some(_) | None, MachineChannel::Topic(_) | MachineChannel::File(_) | MachineChannel::Unset) => {
                vec![ChannelId::of_machine()]
            }
        }
    }

    /// The defaults of all owners. An owner without any keeps no one else's from being enough.
    fn defaults(&self, machine: &MachineChannel) -> BTreeSet<ChannelId> {
        let of_owners = self.channels.keys().flat_map(|owner| self.default_of(Some(owner), machine));
        let of_owners: BTreeSet<_> = of_owners.filter(|id| self.definition(id, machine).is_some()).collect();
        if of_owners.is_empty() { [ChannelId::of_machine()].into() } else { of_owners }
    }

    /// The channels that hear of it when `channel` takes no notifications: the default of its owner; else all others of the
    /// owner; else that of the machine. Of the channel of the machine all owners hear.
    pub fn others(&self, channel: &ChannelId, machine: &MachineChannel) -> BTreeSet<ChannelId> {
        let others = |ids: BTreeSet<ChannelId>| -> BTreeSet<_> {
            let is_other = |id: &ChannelId| id != channel && self.definition(id, machine).is_some();
            ids.into_iter().filter(is_other).collect()
        };
        let of = |owner: &String| {
            let names = self.channels.get(owner).into_iter().flat_map(|own| own.keys());
            names.map(|name| ChannelId { owner: Some(owner.clone()), name: name.clone() }).collect::<Vec<_>>()
        };
        let (default, all) = match &channel.owner {
            Some(owner) => (self.default_of(Some(owner), machine).into_iter().collect(), of(owner)),
            None => (self.defaults(machine), self.channel_ids().collect()),
        };
        let candidates = [default, all.into_iter().collect(), [ChannelId::of_machine()].into()];
        candidates.into_iter().map(others).find(|ids| !ids.is_empty()).unwrap_or_default()
    }

    /// Also to the channel that this machine lacks: an alert that needs it stays pending.
    fn route(&self, id: &ChannelId, machine: &MachineChannel) -> Option<Route> {
        match self.definition(id, machine) {
            Some(definition) => {
                let (grouping, policy) = (definition.grouping(), definition.policy.clone());
                Some(Route { channel: id.clone(), grouping, policy, labels: definition.labels() })
            }
            None => id.owner.is_none().then(|| Route::plain(id.clone())),
        }
    }

    /// Whether no owner has a channel, valid or not.
    pub fn has_no_channel(&self) -> bool {
        self.invalid_channels.is_empty() && self.channels.values().all(BTreeMap::is_empty)
    }

    /// Whether each owner of monitors or channels has a channel `default`, so that no topic of a machine gets an alert.
    pub fn replaces_topics(&self) -> bool {
        let of_monitors = self.all.iter().map(|watched| watched.owner.as_deref());
        let with_channels = self.channels.iter().filter(|(_, own)| !own.is_empty());
        let owners: BTreeSet<_> =
            of_monitors.chain(with_channels.map(|(owner, _)| Some(owner.as_str()))).collect();
        !owners.is_empty() && owners.into_iter().all(|owner| self.defines(owner, &ChannelName::default()))
    }

    /// The monitors whose alerts need a channel that this machine lacks, in a sentence.
    pub fn without_channel(&self, machine: &MachineChannel) -> Option<String> {
        match machine {
            MachineChannel::Topic(_) | MachineChannel::File(_) => return None,
            MachineChannel::Unset => {}
        }
        let machine_is_notified = |watched: &&Arc<WatchedMonitor>| {
            let to = self.routes(WatchStatus::Watched(watched), None, machine).to;
            to.iter().any(|route| self.definition(&route.channel, machine).is_none())
        };
        let ids: Vec<_> =
            self.enabled().filter(machine_is_notified).map(|watched| watched.monitor.id.as_str()).collect();
        let first = ids.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = match ids.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        (!ids.is_empty()).then(|| format!("alerts of {first}{more} have no channel; {NO_DEFAULT}"))
    }

    /// Names of channels that monitors notify and no one defines, each with those monitors, in a sentence.
    pub fn lost(&self, machine: &MachineChannel) -> Vec<String> {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for watched in self.enabled() {
            for name in &watched.monitor.alert.to {
                if self.named(watched.owner.as_deref(), name, machine).is_none() {
                    by_name.entry(name.as_str()).or_default().push(watched.monitor.id.as_str());
                }
            }
        }
        let problem = |(name, ids): (&str, Vec<&str>)| {
            format!(
                "unknown channel {name:?}; alerts of {} go to the default; define it under `channels:` and sync",
                ids.join(", ")
            )
        };
        by_name.into_iter().map(problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::monitor::{Monitor, Spec};
    use crate::written::Path;

    fn definition(fields: &Value) -> ChannelDefinition {
        let fields = fields.as_object().expect("an object");
        ChannelDefinition::read(fields, &Path::default(), &mut Vec::new()).expect("a channel")
    }

    fn topic() -> MachineChannel {
        let topic = "arn:aws:sns:eu-west-1:123456789012:fallback";
        MachineChannel::Topic(definition(&json!({"kind": "sns", "topic": topic})))
    }

    fn file() -> MachineChannel {
        MachineChannel::File(definition(&json!({"kind": "file"})))
    }

    fn watched(id: &str, owner: Option<&str>, to: &[&str]) -> WatchedMonitor {
        let mut monitor = Monitor::sample(id, "https://m.example");
        monitor.alert.to = to.iter().map(|name| ChannelName::parse(name).expect("a name")).collect();
        WatchedMonitor::new(monitor, Spec::default(), owner.map(str::to_owned))
    }

    fn watchlist(monitors: Vec<WatchedMonitor>, channels: &[(&str, &[&str])]) -> Watchlist {
        let mut watchlist = Watchlist::new(monitors, BTreeMap::new(), Vec::new());
        for (owner, names) in channels {
            let fields = json!({"kind": "file"}).as_object().cloned().expect("an object");
            let all = names.iter().map(|name| ((*name).to_owned(), fields.clone())).collect();
            watchlist.define((*owner).to_owned(), all);
        }
        watchlist
    }

    fn routes(watchlist: &Watchlist, machine: &MachineChannel) -> Vec<String> {
        let all = watchlist.all.iter().map(|watched| {
            let to = watchlist.routes(WatchStatus::Watched(watched), None, machine).to;
            to.iter().map(|route| route.channel.to_string()).collect::<Vec<_>>().join(" ")
        });
        all.collect()
    }

    #[test]
    fn owners_mean_their_own_channels_and_what_no_one_knows_goes_to_the_default() {
        let watchlist = watchlist(
            vec![
                watched("a", Some("one"), &["oncall"]),
                watched("b", Some("two"), &["oncall"]),
                watched("c", None, &["oncall"]),
                watched("d", Some("one"), &["shop", "oncall"]),
                watched("e", Some("one"), &["default"]),
            ],
            &[("one", &["oncall"]), ("two", &["oncall"])],
        );
        let expected = ["one#oncall", "two#oncall", "default", "default one#oncall", "default"];
        assert_eq!(routes(&watchlist, &topic()), expected);
        let lost = watchlist.lost(&topic());
        assert_eq!(lost.len(), 2, "{lost:?}");
        assert!(lost[0].starts_with("unknown channel \"oncall\"; alerts of c go to the default"), "{lost:?}");
        assert!(lost[1].starts_with("unknown channel \"shop\"; alerts of d go to the default"), "{lost:?}");
    }

    #[test]
    fn the_default_is_what_the_owner_says_else_the_topic_else_every_channel_else_the_file() {
        let to = |channels: &[&str], machine: &MachineChannel| {
            let list = watchlist(vec![watched("a", Some("one"), &["default"])], &[("one", channels)]);
            routes(&list, machine).remove(0)
        };
        assert_eq!(to(&["default", "chat"], &topic()), "one#default");
        assert_eq!(to(&["default", "chat"], &file()), "one#default");
        assert_eq!(to(&["chat", "oncall"], &topic()), "default");
        assert_eq!(to(&["chat", "oncall"], &file()), "one#chat one#oncall");
        assert_eq!(to(&[], &file()), "default");
        assert_eq!(to(&["default", "chat"], &MachineChannel::Unset), "one#default");
        assert_eq!(to(&["chat", "oncall"], &MachineChannel::Unset), "one#chat one#oncall");
        assert_eq!(to(&[], &MachineChannel::Unset), "default");
    }

    #[test]
    fn only_monitors_without_any_channel_need_that_of_the_machine() {
        let all = vec![
            watched("a", Some("one"), &["default"]),
            watched("b", Some("two"), &["default"]),
            watched("c", None, &["default"]),
            watched("d", Some("one"), &["unknown"]),
        ];
        let list = watchlist(all, &[("one", &["chat"]), ("two", &[])]);
        let found = list.without_channel(&MachineChannel::Unset).expect("a problem");
        assert!(found.starts_with("alerts of b, c have no channel; define one"), "{found}");
        assert_eq!(list.without_channel(&topic()), None);
        assert_eq!(list.without_channel(&file()), None);
        assert!(!list.has_no_channel());
        assert!(watchlist(Vec::new(), &[("one", &[])]).has_no_channel());
    }

    #[test]
    fn a_topic_is_replaced_only_where_each_owner_has_a_default() {
        let one = || watched("a", Some("one"), &["default"]);
        let is_replaced =
            |monitors, channels: &[(&str, &[&str])]| watchlist(monitors, channels).replaces_topics();
        assert!(is_replaced(vec![one()], &[("one", &["default", "chat"]), ("gone", &[])]));
        assert!(!is_replaced(vec![one()], &[("one", &["chat"])]));
        assert!(!is_replaced(vec![one()], &[("one", &["default"]), ("two", &["chat"])]));
        assert!(!is_replaced(vec![one(), watched("b", None, &["default"])], &[("one", &["default"])]));
        assert!(!is_replaced(Vec::new(), &[]));
    }

    #[test]
    fn the_prober_notifies_the_default_of_each_owner() {
        let to = |channels: &[(&str, &[&str])], machine: &MachineChannel| {
            let routes = watchlist(Vec::new(), channels).routes(WatchStatus::Prober, None, machine);
            routes.to.iter().map(|route| route.channel.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(to(&[("one", &["default"]), ("two", &["chat"])], &topic()), ["default", "one#default"]);
        assert_eq!(to(&[("one", &["default"]), ("two", &["chat"])], &file()), ["one#default", "two#chat"]);
        assert_eq!(to(&[], &file()), ["default"]);
        let unset = MachineChannel::Unset;
        assert_eq!(to(&[("one", &["chat"]), ("two", &[])], &unset), ["one#chat"]);
        assert_eq!(to(&[("one", &[])], &unset), ["default"]);
    }

    #[test]
    fn other_channels_hear_of_one_that_takes_nothing() {
        let to = |channel: &str, own: &[&str], machine: &MachineChannel| {
            let list = watchlist(Vec::new(), &[("one", own), ("two", &["pager"])]);
            let channel = ChannelId::parse(channel).expect("a channel");
            list.others(&channel, machine).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(to("one#chat", &["default", "chat", "sms"], &topic()), "one#default");
        assert_eq!(to("one#default", &["default", "chat", "sms"], &topic()), "one#chat one#sms");
        assert_eq!(to("one#chat", &["chat", "sms"], &topic()), "default");
        assert_eq!(to("one#chat", &["chat", "sms"], &file()), "one#sms");
        assert_eq!(to("one#default", &["default"], &topic()), "default");
        assert_eq!(to("one#chat", &["chat"], &file()), "default");
        assert_eq!(to("default", &["default", "chat"], &topic()), "one#default");
        assert_eq!(to("default", &["chat"], &topic()), "one#chat two#pager");
        let alone = watchlist(Vec::new(), &[]);
        assert!(alone.others(&ChannelId::of_machine(), &file()).is_empty());
    }

    #[test]
    fn a_channel_that_makes_no_sense_is_a_problem_and_its_alerts_go_to_the_default() {
        let mut watchlist = watchlist(vec![watched("a", Some("one"), &["chat"])], &[]);
        let fields = json!({"kind": "pigeon"}).as_object().cloned().expect("an object");
        watchlist.define("one".to_owned(), [("chat".to_owned(), fields)].into());
        assert!(
            watchlist.problems[0].starts_with("the channel chat of one is invalid: "),
            "{:?}",
            watchlist.problems
        );
        assert_eq!(routes(&watchlist, &file()), ["default"]);
    }
}
