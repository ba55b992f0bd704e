//! A monitor for the tests of other modules.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{AlertPolicy, Expectations, Monitor, MonitorId, Origin, Retry, Template, TlsPolicy};

impl Monitor {
    /// A monitor with every default and no retry.
    pub fn sample(id: &str, url: &str) -> Self {
        Self {
            id: MonitorId::parse(id).expect("a valid id"),
            name: None,
            group: String::new(),
            url: Template::parse(url).expect("a valid template"),
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: None,
            interval: Duration::from_mins(2),
            timeout: Duration::from_secs(10),
            redirects: 5,
            retry: Retry { attempts: 0, ..Retry::default() },
            tls: TlsPolicy::default(),
            expect: Expectations::default(),
            alert: AlertPolicy::default(),
            depends_on: BTreeSet::new(),
            maintenance: Vec::new(),
            team: None,
            tags: BTreeSet::new(),
            runbook: None,
            protect: false,
            enabled: true,
            origin: Origin::default(),
        }
    }
}
