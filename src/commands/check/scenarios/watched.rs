//! The monitors of a scenario.

use std::collections::BTreeMap;

use serde_json::json;

use super::endpoints::Endpoints;
use crate::config::monitor_from_spec;
use crate::monitor::{MonitorId, Origin, Place, Spec};
use crate::plan::Desired;

/// A monitor as a scenario writes it down.
#[derive(Debug, Clone)]
pub struct Watched {
    id: &'static str,
    spec: serde_json::Value,
}

/// A monitor that is DOWN at its first failure and UP at its first success.
pub fn monitor(id: &'static str) -> Watched {
    Watched { id, spec: json!({"alert": {"failures": 1}}) }
}

impl Watched {
    pub fn failures(mut self, failures: u32) -> Self {
        self.spec["alert"]["failures"] = failures.into();
        self
    }

    pub fn interval(mut self, interval: &str) -> Self {
        self.spec["interval"] = interval.into();
        self
    }

    /// Whose alerts go to another topic.
    pub fn topic(mut self, topic: &str) -> Self {
        self.spec["alert"]["topic"] = topic.into();
        self
    }

    /// Switched off.
    pub fn off(mut self) -> Self {
        self.spec["enabled"] = false.into();
        self
    }

    /// As the files of a repository would want it.
    pub fn desired(&self, endpoints: &Endpoints, line: usize) -> Desired {
        let mut spec = self.spec.as_object().expect("an object").clone();
        spec.insert("url".to_owned(), endpoints.url(self.id).into());
        let place = Place { file: "monitors/shop.yaml".to_owned(), line };
        let (id, spec) = (MonitorId::parse(self.id).expect("an id"), Spec::new(spec));
        let monitor = monitor_from_spec(id.clone(), &spec, Origin::default()).expect("a monitor");
        Desired { id, spec, monitor, place, moved_from: None, inherited: BTreeMap::new() }
    }
}
