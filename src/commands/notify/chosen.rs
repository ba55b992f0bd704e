//! Which channels a test is for. Pure.

use std::collections::BTreeSet;

use crate::commands::failure::{Failure, NO_CHANNEL};
use crate::config::suggest;
use crate::exit::Exit;
use crate::inventory::{MachineChannel, WatchStatus, WatchedMonitor, Watchlist};
use crate::monitor::{ChannelId, ChannelName, DEFAULT_CHANNEL, marked};

/// Channels, and who has them.
pub struct Known<'a> {
    pub watchlist: &'a Watchlist,
    pub machine: &'a MachineChannel,
    /// The owner whose channels are meant; `None` for those of all.
    pub owner: Option<&'a str>,
}

impl Known<'_> {
    /// The channels of these names; without names those of the monitor, and without one all.
    pub fn chosen(
        &self,
        names: &[String],
        monitor: Option<&WatchedMonitor>,
    ) -> Result<BTreeSet<ChannelId>, Failure> {
        let chosen: BTreeSet<_> = match (names, monitor) {
            ([], None) => self.all(),
            ([], Some(monitor)) => {
                let routes = self.watchlist.routes(WatchStatus::Watched(monitor), None, self.machine);
                routes.to.into_iter().map(|route| route.channel).collect()
            }
            (names, _) => names
                .iter()
                .map(|name| self.named(name))
                .collect::<Result<Vec<_>, _>>()?
                .concat()
                .into_iter()
                .collect(),
        };
        let (there, missing): (BTreeSet<_>, BTreeSet<_>) =
            chosen.into_iter().partition(|id| self.is_there(id) || id.owner.is_some());
        if there.is_empty() && !missing.is_empty() {
            return Err(
                Failure::new(Exit::Invalid, "no channel to test: SNS_TOPIC_ARN is not set").help(NO_CHANNEL)
            );
        }
        Ok(there)
    }

    fn all(&self) -> BTreeSet<ChannelId> {
        let mut all: BTreeSet<_> = self.owners().into_iter().flat_map(|owner| self.own(owner)).collect();
        let default = ChannelName::default();
        let owners = self.owners().into_iter().map(Some);
        let defaults = owners.chain(self.owners().is_empty().then_some(None));
        all.extend(
            defaults.filter_map(|owner| self.watchlist.named(owner, &default, self.machine)).flatten(),
        );
        all
    }

    /// The channels that a name stands for, with or without its owner.
    fn named(&self, text: &str) -> Result<Vec<ChannelId>, Failure> {
        let Ok(id) = ChannelId::parse(text) else { return Err(self.unknown(text)) };
        let owners = id.owner.as_deref().map_or_else(|| self.owners(), |owner| vec![owner]);
        let known = |owner: Option<&str>| {
            let invalid = owner.filter(|owner| {
                let key = ((*owner).to_owned(), id.name.to_string());
                self.watchlist.invalid_channels.contains_key(&key)
            });
            match invalid {
                Some(owner) => Some(vec![ChannelId { owner: Some(owner.to_owned()), name: id.name.clone() }]),
                None => self.watchlist.named(owner, &id.name, self.machine),
            }
        };
        let mut found: Vec<_> = owners.iter().filter_map(|owner| known(Some(owner))).flatten().collect();
        if owners.is_empty() {
            found.extend(known(None).into_iter().flatten());
        }
        if found.is_empty() { Err(self.unknown(text)) } else { Ok(found) }
    }

    fn unknown(&self, text: &str) -> Failure {
        let names: BTreeSet<_> = self
            .owners()
            .into_iter()
            .flat_map(|owner| self.own(owner))
            .map(|id| id.name.to_string())
            .collect();
        let names: Vec<_> = names.iter().map(String::as_str).chain([DEFAULT_CHANNEL]).collect();
        let help = match suggest(text, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!(
                "the channels are {}; `--files` tests those of monitorctl.yaml before a sync",
                names.join(", ")
            ),
        };
        Failure::new(Exit::Usage, format!("unknown channel {}", marked(text.to_owned()))).help(help)
    }

    fn owners(&self) -> Vec<&str> {
        match self.owner {
            Some(owner) => vec![owner],
            None => self.watchlist.channels.keys().map(String::as_str).collect(),
        }
    }

    /// The channels of an owner, also those that make no sense.
    fn own(&self, owner: &str) -> Vec<ChannelId> {
        let valid = self.watchlist.channels.get(owner).into_iter().flat_map(|own| own.keys().cloned());
        let invalid = self.watchlist.invalid_channels.keys().filter(|(of, _)| of == owner);
        let invalid = invalid.filter_map(|(_, name)| ChannelName::parse(name).ok());
        valid.chain(invalid).map(|name| ChannelId { owner: Some(owner.to_owned()), name }).collect()
    }

    fn is_there(&self, id: &ChannelId) -> bool {
        self.watchlist.definition(id, self.machine).is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::channels::ChannelDefinition;
    use crate::monitor::{Monitor, Spec};

    const ONE: Option<&str> = Some("one");

    /// The owner one has chat, oncall and a channel of an unknown kind; two has chat and a default.
    fn watchlist() -> Watchlist {
        let fields = |kind: &str| json!({"kind": kind}).as_object().cloned().expect("an object");
        let channels = |names: &[(&str, &str)]| {
            names.iter().map(|(name, kind)| ((*name).to_owned(), fields(kind))).collect::<BTreeMap<_, _>>()
        };
        let mut watchlist = Watchlist::default();
        watchlist
            .define("one".to_owned(), channels(&[("chat", "file"), ("oncall", "file"), ("odd", "pigeon")]));
        watchlist.define("two".to_owned(), channels(&[("chat", "file"), ("default", "file")]));
        watchlist
    }

    fn check(owner: Option<&str>, names: &[&str], expected: Result<&[&str], &str>) {
        let (watchlist, machine) = (watchlist(), MachineChannel::File(ChannelDefinition::file()));
        let known = Known { watchlist: &watchlist, machine: &machine, owner };
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let chosen = known.chosen(&names, None);
        match expected {
            Ok(expected) => {
                let chosen: Vec<_> = chosen.expect("known").iter().map(ToString::to_string).collect();
                assert_eq!(chosen, expected, "{owner:?} {names:?}");
            }
            Err(why) => {
                let text = chosen.expect_err("unknown").plain();
                assert!(text.contains(why), "{text}");
            }
        }
    }

    #[test]
    fn names_are_those_of_the_owner_and_without_one_of_all() {
        check(ONE, &[], Ok(&["one#chat", "one#odd", "one#oncall"]));
        check(ONE, &["oncall"], Ok(&["one#oncall"]));
        check(ONE, &["odd"], Ok(&["one#odd"]));
        check(ONE, &["default"], Ok(&["one#chat", "one#oncall"]));
        check(None, &["chat"], Ok(&["one#chat", "two#chat"]));
        check(None, &["two#chat", "two#default"], Ok(&["two#chat", "two#default"]));
        check(Some("three"), &[], Ok(&["default"]));
        check(ONE, &["chatt"], Err("did you mean chat?"));
        check(ONE, &["x y"], Err("the channels are chat, odd, oncall, default"));
    }

    #[test]
    fn a_monitor_stands_for_the_channels_that_it_notifies() {
        let watchlist = watchlist();
        let mut monitor = Monitor::sample("shop", "https://shop.example");
        monitor.alert.to = [ChannelName::parse("oncall").expect("a name")].into();
        let watched = WatchedMonitor::new(monitor, Spec::default(), ONE.map(str::to_owned));
        let known = Known { watchlist: &watchlist, machine: &MachineChannel::Unset, owner: ONE };
        let chosen = known.chosen(&[], Some(&watched)).expect("known");
        assert_eq!(chosen.iter().map(ToString::to_string).collect::<Vec<_>>(), ["one#oncall"]);
    }

    #[test]
    fn a_machine_without_any_channel_says_what_to_set() {
        let known = Known { watchlist: &Watchlist::default(), machine: &MachineChannel::Unset, owner: ONE };
        let text = known.chosen(&[], None).expect_err("none").plain();
        assert!(text.contains("no channel to test") && text.contains("SNS_TOPIC_ARN=arn:"), "{text}");
    }
}
