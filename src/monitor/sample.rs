//! A monitor for the tests of other modules.

use std::time::Duration;

use super::{Monitor, MonitorId, Retry, Template};

impl Monitor {
    /// A monitor with every default and no retry.
    pub fn sample(id: &str, url: &str) -> Self {
        Self {
            url: Template::parse(url).expect("a valid template"),
            method: "GET".to_owned(),
            interval: Duration::from_mins(2),
            timeout: Duration::from_secs(10),
            redirects: 5,
            retry: Retry { attempts: 0, ..Retry::default() },
            enabled: true,
            ..Self::remembered(MonitorId::parse(id).expect("a valid id"))
        }
    }
}
