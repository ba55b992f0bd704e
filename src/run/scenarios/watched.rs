//! The monitors of a scenario.

use std::collections::BTreeMap;

use serde_json::json;

use super::endpoints::Endpoints;
use crate::config::monitor_from_spec;
use crate::kinds::KindName;
use crate::monitor::{MonitorId, Origin, Place, Spec};
use crate::plan::Desired;

/// A monitor as a scenario writes it down.
#[derive(Debug, Clone)]
pub struct Watched {
    id: &'static str,
    /// Of its endpoint, which a rename leaves as it is.
    path: &'static str,
    moved_from: Option<&'static str>,
    spec: serde_json::Value,
}

/// A monitor that is DOWN at its first failure and UP at its first success.
pub fn monitor(id: &'static str) -> Watched {
    Watched { id, path: id, moved_from: None, spec: json!({"alert": {"failures": 1}}) }
}

impl Watched {
    pub fn failures(mut self, failures: u32) -> Self {
        self.spec["alert"]["failures"] = failures.into();
        self
    }

    pub fn successes(mut self, successes: u32) -> Self {
        self.spec["alert"]["successes"] = successes.into();
        self
    }

    /// With a single attempt a probe.
    pub fn without_retry(mut self) -> Self {
        self.spec["retry"]["attempts"] = 0.into();
        self
    }

    pub fn interval(mut self, interval: &str) -> Self {
        self.spec["interval"] = interval.into();
        self
    }

    /// Whose alerts go to these channels.
    pub fn to(mut self, channels: &[&str]) -> Self {
        self.spec["alert"]["to"] = channels.into();
        self
    }

    /// Out of the chat if it is in there, and into it if it is not.
    pub fn rerouted(self) -> Self {
        let both = self.spec["alert"]["to"].as_array().is_some_and(|to| to.len() > 1);
        self.to(if both { &["default"] } else { &["chat", "default"] })
    }

    /// Of whose answer something is expected.
    pub fn expect(mut self, expect: serde_json::Value) -> Self {
        self.spec["expect"] = expect;
        self
    }

    /// How loud its alerts are.
    pub fn severity(mut self, severity: &str) -> Self {
        self.spec["alert"]["severity"] = severity.into();
        self
    }

    /// Whose people are reminded.
    pub fn remind(mut self, after: &str) -> Self {
        self.spec["alert"]["remind"] = after.into();
        self
    }

    /// That cannot work without these.
    pub fn depends_on(mut self, ids: &[&str]) -> Self {
        self.spec["depends_on"] = ids.into();
        self
    }

    /// Suppressed from `starts` on, in UTC.
    pub fn maintained(mut self, starts: &str, lasts: &str) -> Self {
        self.spec["maintenance"] = json!([{"starts": starts, "for": lasts, "reason": "patching"}]);
        self
    }

    /// With as many windows as there may be, each of which counts its days from the first year on that it may begin in.
    pub fn maintained_as_often_as_may_be(mut self) -> Self {
        let days: Vec<_> = (1..=31).map(|day| day.to_string()).collect();
        let repeats = format!("FREQ=MONTHLY;INTERVAL=1000;COUNT=1000;BYMONTHDAY={}", days.join(","));
        let window =
            |hour| json!({"starts": format!("2000-10-01T{hour:02}:00"), "for": "23h", "repeats": repeats});
        self.spec["maintenance"] = (0..20).map(window).collect();
        self
    }

    /// Under another id, with the old one as `moved_from`.
    pub fn renamed(self, id: &'static str) -> Self {
        Self { id, moved_from: Some(self.id), ..self }
    }

    /// With another endpoint than the one that its id says.
    pub fn at(self, path: &'static str) -> Self {
        Self { path, ..self }
    }

    /// Its id, and the path of its endpoint.
    pub fn place(&self) -> (&'static str, &'static str) {
        (self.id, self.path)
    }

    /// That is not probed: a program that beats so.
    pub fn beating(mut self, rule: serde_json::Value) -> Self {
        let field = KindName::in_places_of_url().next().expect("a kind that beats");
        self.spec[field] = rule;
        self
    }

    /// Switched off.
    pub fn off(mut self) -> Self {
        self.spec["enabled"] = false.into();
        self
    }

    /// Off if it is on, and on if it is off.
    pub fn switched(mut self) -> Self {
        self.spec["enabled"] = (!self.is_on()).into();
        self
    }

    pub fn is_on(&self) -> bool {
        self.spec["enabled"] != false
    }

    /// As the files of a repository would want it.
    pub fn desired(&self, endpoints: &Endpoints, line: usize) -> Desired {
        let mut spec = self.spec.as_object().expect("an object").clone();
        if !KindName::in_places_of_url().any(|field| spec.contains_key(field)) {
            spec.insert("url".to_owned(), endpoints.url(self.path).into());
        }
        let place = Place { file: "monitors/shop.yaml".to_owned(), line };
        let id = |text| MonitorId::parse(text).expect("an id");
        let (moved_from, id, spec) = (self.moved_from.map(id), id(self.id), Spec::new(spec));
        let monitor = monitor_from_spec(id.clone(), &spec, Origin::default()).expect("a monitor");
        Desired { id, spec, monitor, place, moved_from, inherited: BTreeMap::new() }
    }
}
