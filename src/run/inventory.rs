//! The monitors of a run: what the table (or a folder) says should be watched.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::alert::{Route, route};
use crate::config;
use crate::monitor::{Canary, Monitor, MonitorId, Origin, Spec, TopicArn};
use crate::plan::{CatalogSettings, Stored};
use crate::store::{ConfigItem, ConfigReader, StoreError, Unreadable};
use crate::suppress::Silence;

/// A monitor, and the version of it that is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedMonitor {
    pub monitor: Monitor,
    /// Its material fingerprint in short. The text that it came from takes several times the room of the monitor,
    /// and nothing else of it is needed.
    pub judged: String,
    /// Whose it is; `None` if it was put into the table by hand.
    pub owner: Option<String>,
    /// The ids that it had before, the last one first.
    pub formerly: Vec<MonitorId>,
}

/// All of them by id, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// Sorted by id.
    pub all: Vec<Arc<WatchedMonitor>>,
    /// Those that sync removed, as long as the table remembers them. They are not watched.
    pub retired: BTreeMap<MonitorId, WatchedMonitor>,
    /// The topics that each owner has named.
    pub topics: BTreeMap<String, Topics>,
    /// What answers as long as the network works, from files or table.
    pub canaries: BTreeSet<Canary>,
    /// What people have silenced for a while.
    pub silences: Vec<Silence>,
    pub problems: Vec<String>,
    /// The keys of items that make no sense: what they stand for may be watched by another version.
    pub unclear: BTreeSet<String>,
}

/// Topics by name. Two owners may give one name to different ones.
type Topics = BTreeMap<String, TopicArn>;

impl WatchedMonitor {
    pub fn new(monitor: Monitor, spec: Spec, owner: Option<String>) -> Self {
        Self {
            monitor,
            judged: spec.into_material_fingerprint().short().to_owned(),
            owner,
            formerly: Vec::new(),
        }
    }

    fn stored(item: Stored) -> Result<Self, String> {
        let Stored { id, spec, owner, source, commit, synced_at, formerly, .. } = item;
        match config::monitor_from_spec(id.clone(), &spec, Origin { source, commit, synced_at }) {
            Ok(monitor) => Ok(Self { formerly, ..Self::new(monitor, spec, owner) }),
            Err(faults) => Err(format!("the stored monitor {id} is invalid: {}", faults.join("; "))),
        }
    }
}

impl Inventory {
    pub fn new(
        mut all: Vec<WatchedMonitor>,
        topics: BTreeMap<String, Topics>,
        problems: Vec<String>,
    ) -> Self {
        all.sort_by(|a, b| a.monitor.id.cmp(&b.monitor.id));
        Self { all: all.into_iter().map(Arc::new).collect(), topics, problems, ..Self::default() }
    }

    /// From the config table. An item that makes no sense is a problem to report, and never stops the others.
    pub async fn read(reader: &ConfigReader) -> Result<Self, StoreError> {
        let (mut all, mut topics, mut problems) = (Vec::new(), BTreeMap::new(), Vec::new());
        let (mut retired, mut unclear, mut silences) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        let mut canaries = BTreeSet::new();
        let take = |item: Result<ConfigItem, Unreadable>| match item {
            Ok(ConfigItem::Monitor(item)) if item.retired_at.is_some() => {
                // What is wrong with one that is gone no longer matters.
                if let Ok(watched) = WatchedMonitor::stored(item) {
                    retired.insert(watched.monitor.id.clone(), watched);
                }
            }
            Ok(ConfigItem::Monitor(item)) => {
                let id = item.id.clone();
                match WatchedMonitor::stored(item) {
                    Ok(watched) => all.push(watched),
                    Err(problem) => {
                        unclear.insert(id.to_string());
                        problems.push(problem);
                    }
                }
            }
            Ok(ConfigItem::Head(head)) => {
                let CatalogSettings { topics: named, canaries: some } = head.settings;
                topics.insert(head.owner, named);
                canaries.extend(some);
            }
            Ok(ConfigItem::Silence(silence)) => silences.push(silence),
            Ok(ConfigItem::Other) => {}
            Err(unreadable) => {
                problems.push(unreadable.to_string());
                unclear.insert(unreadable.key);
            }
        };
        reader.each(take).await?;
        Ok(Self { retired, canaries, silences, unclear, ..Self::new(all, topics, problems) })
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

    pub fn by_id(&self) -> HashMap<&MonitorId, &Arc<WatchedMonitor>> {
        self.all.iter().map(|watched| (&watched.monitor.id, watched)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let inventory = Inventory::new(
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
        let routes: Vec<_> = inventory
            .all
            .iter()
            .map(|watched| inventory.route(watched, Some(&default)).into_topic().to_string())
            .map(|topic| topic.rsplit(':').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(routes, ["x", "y", "fallback", "fallback", "fallback"]);
        let delivered: Vec<_> = inventory.lost(Some(&default));
        assert_eq!(delivered.len(), 2, "{delivered:?}");
        assert!(delivered[0].starts_with("unknown topic \"oncall\"; alerts of c go to the default topic"));
        assert!(delivered[1].starts_with("unknown topic \"shop\"; alerts of d go to the default topic"));
        // Without AWS there is nothing to be lost.
        assert_eq!(inventory.lost(None), Vec::<String>::new());
    }
}
