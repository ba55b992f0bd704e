//! Which alerts a channel takes.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Severity;

/// Which alerts a channel gets, of those that are routed to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPolicy {
    /// Never empty.
    pub severities: BTreeSet<Severity>,
    /// How long a DOWN lasts before it is sent, from its opening.
    pub after: Option<Duration>,
    pub reminders: bool,
}

impl Default for ChannelPolicy {
    fn default() -> Self {
        let severities = BTreeSet::from([Severity::Info, Severity::Warning, Severity::Critical]);
        Self { severities, after: None, reminders: true }
    }
}
