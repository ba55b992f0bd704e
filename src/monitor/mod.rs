//! What is watched: one valid [`Monitor`] and the values it is made of. Pure.
//!
//! A value of these types has no invalid state; `config` is the only place that makes one from text.

mod credential;
mod duration;
mod expect;
mod id;
mod pattern;
mod policy;
#[cfg(test)]
mod sample;
mod secret;
mod spec;

use std::collections::BTreeSet;
use std::time::Duration;

pub use credential::is_credential_header;
pub use duration::{DURATION_PATTERN, format_duration, parse_duration};
pub use expect::{
    Comparison, Expectations, HeaderAssertion, JsonAssertion, LatencyBounds, StatusClass, StatusSet,
};
pub use id::{ID_PATTERN, MonitorId};
pub use pattern::Pattern;
pub use policy::{AlertPolicy, Retry, RetryClass, Severity};
pub use secret::{Piece, SecretRef, Template};
pub use spec::{Fingerprint, Spec, digest};

/// The version of the shape of a stored monitor. A reader skips items of a higher format.
pub const FORMAT: u32 = 1;

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
    pub expect: Expectations,
    pub alert: AlertPolicy,
    pub team: Option<String>,
    pub tags: BTreeSet<String>,
    pub runbook: Option<String>,
    pub enabled: bool,
    pub origin: Origin,
}

/// Where a monitor was written down, as far as known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `monitors/payments.yaml:14`, relative to the repository's root.
    pub source: Option<String>,
    /// Git commit that was applied.
    pub commit: Option<String>,
}

/// Where in the repository a monitor is written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Relative to the repository's root, with `/`.
    pub file: String,
    /// From 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    /// `monitors/payments.yaml:14`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Monitor {
    /// What people call it: the name, or the id.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}
