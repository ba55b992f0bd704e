//! A monitor as a run watches it.

use crate::config;
use crate::monitor::{Monitor, MonitorId, Origin, Spec};
use crate::plan::Stored;

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

impl WatchedMonitor {
    pub fn new(monitor: Monitor, spec: Spec, owner: Option<String>) -> Self {
        Self {
            monitor,
            judged: spec.into_material_fingerprint().short().to_owned(),
            owner,
            formerly: Vec::new(),
        }
    }

    /// The monitor of an item of the config table, or what is wrong with it in a sentence.
    pub fn of_item(item: Stored) -> Result<Self, String> {
        let Stored { id, spec, owner, source, commit, synced_at, formerly, .. } = item;
        match config::monitor_from_spec(id.clone(), &spec, Origin { source, commit, synced_at }) {
            Ok(monitor) => Ok(Self { formerly, ..Self::new(monitor, spec, owner) }),
            Err(faults) => Err(format!("the stored monitor {id} is invalid: {}", faults.join("; "))),
        }
    }
}
