//! The monitors of a run: what the table (or a folder) says should be watched.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config;
use crate::monitor::{Monitor, MonitorId, Origin, Spec};
use crate::plan::Stored;
use crate::store::Configs;

/// A monitor with the text it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub monitor: Monitor,
    pub spec: Spec,
    /// Whose it is; `None` if it was put into the table by hand.
    pub owner: Option<String>,
}

/// All of them by id, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Sorted by id.
    pub all: Vec<Arc<Subject>>,
    pub problems: Vec<String>,
}

impl Subjects {
    pub fn new(mut all: Vec<Subject>, problems: Vec<String>) -> Self {
        all.sort_by(|a, b| a.monitor.id.cmp(&b.monitor.id));
        Self { all: all.into_iter().map(Arc::new).collect(), problems }
    }

    /// From the config table. An item that makes no sense is a problem to report, and never stops the others.
    pub fn from_table(configs: Configs) -> Self {
        let mut all = Vec::with_capacity(configs.items.len());
        let mut problems: Vec<_> = configs.unreadable.iter().map(ToString::to_string).collect();
        for item in configs.items.into_iter().filter(|item| item.retired_at.is_none()) {
            let Stored { id, spec, owner, source, commit, synced_at, .. } = item;
            match config::monitor_from_spec(id.clone(), &spec, Origin { source, commit, synced_at }) {
                Ok(monitor) => all.push(Subject { monitor, spec, owner }),
                Err(faults) => {
                    problems.push(format!("the stored monitor {id} is invalid: {}", faults.join("; ")));
                }
            }
        }
        Self::new(all, problems)
    }

    pub fn enabled(&self) -> impl Iterator<Item = &Arc<Subject>> {
        self.all.iter().filter(|subject| subject.monitor.enabled)
    }

    pub fn by_id(&self) -> HashMap<&MonitorId, &Arc<Subject>> {
        self.all.iter().map(|subject| (&subject.monitor.id, subject)).collect()
    }
}
