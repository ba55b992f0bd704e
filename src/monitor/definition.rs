//! One monitor, with every default filled in.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{AlertPolicy, Expectations, MonitorId, Origin, Retry, Template, TlsPolicy};

/// Time from one probe to the next where nothing is said.
pub const DEFAULT_INTERVAL: Duration = Duration::from_mins(2);

/// One endpoint to watch, with every default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitor {
    pub id: MonitorId,
    /// For people; the id where none is given.
    pub name: Option<String>,
    /// The folder of its file below the catalog's root, `""` at the root.
    pub group: String,
    /// Absolute `http` or `https` URL once its secrets are filled in.
    pub url: Template,
    /// Upper-case HTTP method.
    pub method: String,
    /// Lower-case name and value, in the order of the names.
    pub headers: Vec<(String, Template)>,
    pub body: Option<Template>,
    /// Time from one probe to the next, 1 min to 24 h.
    pub interval: Duration,
    /// Bound on one attempt, redirects included.
    pub timeout: Duration,
    /// How many redirects are followed; 0 takes the redirect as the answer.
    pub redirects: u8,
    pub retry: Retry,
    pub tls: TlsPolicy,
    pub expect: Expectations,
    pub alert: AlertPolicy,
    pub team: Option<String>,
    pub tags: BTreeSet<String>,
    pub runbook: Option<String>,
    /// sync refuses to remove or disable it in one step.
    pub protect: bool,
    pub enabled: bool,
    pub origin: Origin,
}

impl Monitor {
    /// What people call it: the name, or the id.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}
