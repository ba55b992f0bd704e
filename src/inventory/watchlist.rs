//! What the config table (or a folder) says should be watched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::WatchedMonitor;
use crate::alert::{Target, target};
use crate::monitor::{Canary, ChannelName, MonitorId, TopicArn};
use crate::plan::{CatalogSettings, Stored, StoredHead, foreign_environment};
use crate::suppress::StoredSilence;

/// All monitors, and what stands beside them.
#[derive(Debug, Clone, Default)]
pub struct Watchlist {
    pub source: WatchlistSource,
    /// Sorted by id.
    pub all: Vec<Arc<WatchedMonitor>>,
    /// Those that sync removed, as long as the table remembers them. They are not watched.
    pub retired: BTreeMap<MonitorId, WatchedMonitor>,
    /// The topics that each owner has named.
    pub topics: BTreeMap<String, OwnerTopics>,
    /// The last sync of each owner.
    pub synced: BTreeMap<String, LastSync>,
    /// What answers as long as the network works, from files or table.
    pub canaries: BTreeSet<Canary>,
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

/// Topics by name. Two owners may give one name to different ones.
type OwnerTopics = BTreeMap<String, TopicArn>;

impl Watchlist {
    pub fn new(
        all: Vec<WatchedMonitor>,
        topics: BTreeMap<String, OwnerTopics>,
        problems: Vec<String>,
    ) -> Self {
        let all = all.into_iter().map(Arc::new).collect();
        Self { all, topics, problems, ..Self::default() }.sorted()
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
        let CatalogSettings { topics, canaries } = head.settings;
        let last = LastSync {
            at: head.synced_at,
            environment: head.environment,
            by: head.synced_by,
            approved_by: head.approved_by,
        };
        self.synced.insert(head.owner.clone(), last);
        self.topics.insert(head.owner, topics);
        self.canaries.extend(canaries);
    }

    /// The environment that the table belongs to, if it is not the chosen one.
    pub fn foreign_environment(&self, chosen: Option<&str>) -> Option<&str> {
        foreign_environment(self.synced.values().map(|last| last.environment.as_deref()), chosen)
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

    pub fn enabled(&self) -> impl Iterator<Item = &Arc<WatchedMonitor>> {
        self.all.iter().filter(|watched| watched.monitor.enabled)
    }

    /// The topic of a channel.
    pub fn target(&self, owner: Option<&String>, name: &ChannelName, default: Option<&TopicArn>) -> Target {
        target(name, owner.and_then(|owner| self.topics.get(owner)), default)
    }

    /// Names of channels that monitors notify and no one defines, each with those monitors, in a sentence.
    pub fn lost(&self, default: Option<&TopicArn>) -> Vec<String> {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for watched in self.enabled() {
            for name in &watched.monitor.alert.to {
                match self.target(watched.owner.as_ref(), name, default) {
                    Target::As(_) => {}
                    Target::Lost(_) => {
                        by_name.entry(name.as_str()).or_default().push(watched.monitor.id.as_str());
                    }
                }
            }
        }
        let problem = |(name, ids): (&str, Vec<&str>)| {
            format!(
                "unknown topic {name:?}; alerts of {} go to the default topic; define it under `topics:` and sync",
                ids.join(", ")
            )
        };
        by_name.into_iter().map(problem).collect()
    }
}
