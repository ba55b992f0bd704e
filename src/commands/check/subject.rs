//! The monitors of a run: what the table (or a folder) says should be watched.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config;
use crate::monitor::{Monitor, MonitorId, Origin, Spec};
use crate::plan::Stored;
use crate::store::{ConfigReader, StoreError, Unreadable};

/// A monitor, and the version of it that is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub monitor: Monitor,
    /// Its material fingerprint in short. The text that it came from takes several times the room of the monitor,
    /// and nothing else of it is needed.
    pub judged: String,
}

/// All of them by id, and what could not be read.
#[derive(Debug, Clone, Default)]
pub struct Subjects {
    /// Sorted by id.
    pub all: Vec<Arc<Subject>>,
    pub problems: Vec<String>,
}

impl Subject {
    pub fn new(monitor: Monitor, spec: Spec) -> Self {
        Self { monitor, judged: spec.into_material_fingerprint().short().to_owned() }
    }

    fn stored(item: Stored) -> Result<Self, String> {
        let Stored { id, spec, source, commit, .. } = item;
        match config::monitor_from_spec(id.clone(), &spec, Origin { source, commit }) {
            Ok(monitor) => Ok(Self::new(monitor, spec)),
            Err(faults) => Err(format!("the stored monitor {id} is invalid: {}", faults.join("; "))),
        }
    }
}

impl Subjects {
    pub fn new(mut all: Vec<Subject>, problems: Vec<String>) -> Self {
        all.sort_by(|a, b| a.monitor.id.cmp(&b.monitor.id));
        Self { all: all.into_iter().map(Arc::new).collect(), problems }
    }

    /// From the config table. An item that makes no sense is a problem to report, and never stops the others.
    pub async fn read(reader: &ConfigReader) -> Result<Self, StoreError> {
        let (mut all, mut problems) = (Vec::new(), Vec::new());
        let take = |item: Result<Stored, Unreadable>| match item {
            Ok(item) if item.retired_at.is_some() => {}
            Ok(item) => match Subject::stored(item) {
                Ok(subject) => all.push(subject),
                Err(problem) => problems.push(problem),
            },
            Err(unreadable) => problems.push(unreadable.to_string()),
        };
        reader.each_monitor(take).await?;
        Ok(Self::new(all, problems))
    }

    pub fn enabled(&self) -> impl Iterator<Item = &Arc<Subject>> {
        self.all.iter().filter(|subject| subject.monitor.enabled)
    }

    pub fn by_id(&self) -> HashMap<&MonitorId, &Arc<Subject>> {
        self.all.iter().map(|subject| (&subject.monitor.id, subject)).collect()
    }
}
