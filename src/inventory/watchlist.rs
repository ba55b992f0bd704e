//! What the config table (or a folder) says should be watched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::WatchedMonitor;
use crate::channels::ChannelDefinition;
use crate::monitor::{Canary, ChannelId, ChannelName, MonitorId};
use crate::plan::{CatalogSettings, PageTexts, Stored, StoredHead, foreign_environment};
use crate::suppress::StoredSilence;
use crate::written::Path;

/// All monitors, and what stands beside them.
#[derive(Debug, Clone, Default)]
pub struct Watchlist {
    pub source: WatchlistSource,
    /// Sorted by id.
    pub all: Vec<Arc<WatchedMonitor>>,
    /// Those that sync removed, as long as the table remembers them. They are not watched.
    pub retired: BTreeMap<MonitorId, WatchedMonitor>,
    /// The channels of each owner.
    pub channels: BTreeMap<String, OwnerChannels>,
    /// What is wrong with channels that make no sense, by owner and name.
    pub invalid_channels: BTreeMap<(String, String), String>,
    /// The last sync of each owner.
    pub synced: BTreeMap<String, LastSync>,
    /// What answers as long as the network works, from files or table.
    pub canaries: BTreeSet<Canary>,
    /// The status pages of each owner.
    pub pages: BTreeMap<String, PageTexts>,
    /// What people have silenced for a while.
    pub silences: Vec<StoredSilence>,
    pub problems: Vec<String>,
    /// The keys of items that make no sense: what they stand for may be watched by another version.
    pub unclear: BTreeSet<String>,
}

/// Where a watchlist comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WatchlistSource {
    /// The config table, which has every monitor.
    #[default]
    Table,
    /// A folder of files, which may be one of many.
    Folder,
}

/// When and by whom a catalog was synced last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastSync {
    pub at: Option<Timestamp>,
    /// The environment that the table belongs to.
    pub environment: Option<String>,
    pub by: Option<String>,
    /// Who approved its plan, if it was approved by its digest.
    pub approved_by: Option<String>,
}

/// Channels by name. Two owners may give one name to different ones.
pub type OwnerChannels = BTreeMap<ChannelName, ChannelDefinition>;

impl Watchlist {
    pub fn new(
        all: Vec<WatchedMonitor>,
        channels: BTreeMap<String, OwnerChannels>,
        problems: Vec<String>,
    ) -> Self {
        let all = all.into_iter().map(Arc::new).collect();
        Self { all, channels, problems, ..Self::default() }.sorted()
    }

    /// Takes in an item of the config table. One that makes no sense is a problem to report, and never stops the others.
    pub fn add(&mut self, item: Stored) {
        let (id, is_retired) = (item.id.clone(), item.retired_at.is_some());
        match WatchedMonitor::of_item(item) {
            Ok(watched) if is_retired => {
                self.retired.insert(id, watched);
            }
            Ok(watched) => self.all.push(Arc::new(watched)),
            // What is wrong with one that is gone no longer matters.
            Err(_) if is_retired => {}
            Err(problem) => self.add_unreadable(id.to_string(), problem),
        }
    }

    /// Takes in what the catalog of an owner says beside its monitors.
    pub fn add_head(&mut self, head: StoredHead) {
        let CatalogSettings { channels, canaries, pages } = head.settings;
        let last = LastSync {
            at: head.synced_at,
            environment: head.environment,
            by: head.synced_by,
            approved_by: head.approved_by,
        };
        self.synced.insert(head.owner.clone(), last);
        self.pages.insert(head.owner.clone(), pages);
        self.define(head.owner, channels);
        self.canaries.extend(canaries);
    }

    /// The environment that the table belongs to, if it is not the chosen one.
    pub fn foreign_environment(&self, chosen: Option<&str>) -> Option<&str> {
        foreign_environment(self.synced.values().map(|last| last.environment.as_deref()), chosen)
    }

    /// Takes in the channels of an owner. One that makes no sense is a problem to report, and its alerts go to the default.
    pub fn define(&mut self, owner: String, channels: BTreeMap<String, Map<String, Value>>) {
        let mut defined = OwnerChannels::new();
        for (name, fields) in channels {
            let mut violations = Vec::new();
            let definition =
                ChannelDefinition::read(&fields, &Path::from("channels").key(&name), &mut violations);
            let problem = match (definition, ChannelName::parse(&name)) {
                (Some(definition), Ok(name)) => {
                    defined.insert(name, definition);
                    continue;
                }
                (None, Ok(_)) => {
                    let why = violations.into_iter().map(|violation| violation.message).collect::<Vec<_>>();
                    format!("the channel {name} of {owner} is invalid: {}", why.join("; "))
                }
                (_, Err(error)) => format!("a channel of {owner} is invalid: {error}"),
            };
            self.problems.push(problem.clone());
            self.invalid_channels.insert((owner.clone(), name), problem);
        }
        self.channels.insert(owner, defined);
    }

    /// Takes in an item that makes no sense, by its key.
    pub fn add_unreadable(&mut self, key: String, problem: String) {
        self.problems.push(problem);
        self.unclear.insert(key);
    }

    /// Brings the monitors in order, once all of them are taken in.
    pub fn sorted(mut self) -> Self {
        self.all.sort_by(|a, b| a.monitor.id.cmp(&b.monitor.id));
        self
    }

    /// The monitor that has this id now.
    pub fn get(&self, id: &MonitorId) -> Option<&Arc<WatchedMonitor>> {
        let position = self.all.binary_search_by(|watched| watched.monitor.id.cmp(id)).ok()?;
        self.all.get(position)
    }

    /// Whether a monitor has this id now, or may have it.
    pub fn has(&self, id: &MonitorId) -> bool {
        self.get(id).is_some() || self.unclear.contains(id.as_str())
    }

    /// Whether its owner defines the channel, and in a way that makes no sense.
    pub fn is_invalid(&self, channel: &ChannelId) -> bool {
        let key = channel.owner.clone().map(|owner| (owner, channel.name.to_string()));
        key.is_some_and(|key| self.invalid_channels.contains_key(&key))
    }

    /// The channels of all owners.
    pub fn channel_ids(&self) -> impl Iterator<Item = ChannelId> {
        self.channels.iter().flat_map(|(owner, own)| {
            own.keys().map(|name| ChannelId { owner: Some(owner.clone()), name: name.clone() })
        })
    }

    pub fn enabled(&self) -> impl Iterator<Item = &Arc<WatchedMonitor>> {
        self.all.iter().filter(|watched| watched.monitor.enabled)
    }
}
