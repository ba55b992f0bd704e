//! What the config table (or a folder) says should be watched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::WatchedMonitor;
use crate::alert::{Route, route};
use crate::monitor::{Canary, MonitorId, TopicArn};
use crate::plan::{CatalogSettings, Stored, StoredHead};
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
        self.topics.insert(head.owner, topics);
        self.canaries.extend(canaries);
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

    /// Where the alerts of a monitor go.
    pub fn route(&self, watched: &WatchedMonitor, default: Option<&TopicArn>) -> Route {
        let named = watched.owner.as_ref().and_then(|owner| self.topics.get(owner));
        route(&watched.monitor.alert.topic, named, default)
    }

    /// Monitors whose topic is unknown.
    pub fn lost(&self, default: Option<&TopicArn>) -> Vec<String> {
        let lost = self.enabled().filter_map(|watched| match self.route(watched, default) {
            Route::As(_) => None,
            Route::Lost(_) => Some((watched.monitor.alert.topic.as_str(), watched.monitor.id.as_str())),
        });
        let mut by_topic: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        lost.for_each(|(topic, id)| by_topic.entry(topic).or_default().push(id));
        let problem = |(topic, ids): (&str, Vec<&str>)| {
            format!(
                "unknown topic {topic:?}; alerts of {} go to the default topic; define it under `topics:` and sync",
                ids.join(", ")
            )
        };
        by_topic.into_iter().map(problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{Monitor, Spec};

    #[test]
    fn owners_mean_their_own_topics_and_what_no_one_knows_is_notified() {
        let arn =
            |name| TopicArn::parse(&format!("arn:aws:sns:eu-west-1:123456789012:{name}")).expect("an ARN");
        let watched = |id: &str, owner: Option<&str>, topic: &str| {
            let mut monitor = Monitor::sample(id, "https://m.example");
            monitor.alert.topic = topic.to_owned();
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
            .map(|watched| watchlist.route(watched, Some(&default)).into_topic().to_string())
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
