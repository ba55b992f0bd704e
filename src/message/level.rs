//! What a channel of levels gets of an alert: it takes no changes, but over and over again all that lasts.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// An alert as a channel of levels keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelParts {
    /// They say which alert it is, and stay the same while it lasts.
    pub labels: BTreeMap<String, String>,
    pub starts_at: Timestamp,
    /// When it ended. While it lasts, the time at which it ends by itself unless it is posted again.
    pub ends_at: Timestamp,
}
