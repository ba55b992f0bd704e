//! What the repository wants.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::monitor::{Canary, Monitor, MonitorId, Place, Spec, ValueSource};

/// A monitor as the repository wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    pub id: MonitorId,
    pub spec: Spec,
    /// What the spec means.
    pub monitor: Monitor,
    pub place: Place,
    /// The id that it had before; its state and history come along.
    pub moved_from: Option<MonitorId>,
    /// Where values are set that its own document does not hold, by path (`expect.latency.down`). Of a text with several
    /// variables, each of them.
    pub inherited: BTreeMap<String, Vec<ValueSource>>,
}

/// What a catalog says beyond its monitors: the machine that runs `check` has no files, so sync brings it there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogSettings {
    /// Channels by the names that monitors say, as they are written.
    pub channels: BTreeMap<String, Map<String, Value>>,
    /// What answers as long as the network of that machine works.
    pub canaries: BTreeSet<Canary>,
    pub pages: PageTexts,
}

/// The status pages of a catalog and their notices, as they are written, by the names of their files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageTexts {
    /// `status.yaml`
    pub pages: BTreeMap<String, String>,
    /// `2026-11-28-payments.md`
    pub notices: BTreeMap<String, String>,
}
