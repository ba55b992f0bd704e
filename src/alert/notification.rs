//! One message, and how much it says.

use std::collections::BTreeSet;

use super::{Alert, Topic};
use crate::monitor::{ChannelId, Severity};

/// Alerts of one message that are shown in full; more are too many to read at 3 am.
const IN_FULL: usize = 5;

/// Alerts for one topic beyond which they are a storm.
pub const LISTED: usize = 50;

/// One message to one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// The alert's id, or one of its own for a message of many.
    pub id: String,
    pub channel: ChannelId,
    pub topic: Topic,
    /// Those of its monitors.
    pub groups: BTreeSet<String>,
    pub environment: Option<String>,
    /// The gravest of its alerts.
    pub severity: Severity,
    pub detail: MessageDetail,
    /// ASCII, short, no line break: what SNS takes for a mail.
    pub subject: String,
    pub body: String,
    /// The gravest alert first, then by id.
    pub alerts: Vec<Alert>,
}

/// How much a message says of each of its alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDetail {
    /// Everything.
    Full,
    /// A line or two to people, everything to programs.
    List,
    /// Its name under the reason that it shares with others. `monitorctl status` has the rest.
    Storm,
}

/// Where a message stands among the parts of one notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartNumber {
    /// From 1.
    pub number: usize,
    pub of: usize,
}

impl MessageDetail {
    pub fn of(alerts: usize) -> Self {
        if alerts <= IN_FULL {
            Self::Full
        } else if alerts <= LISTED {
            Self::List
        } else {
            Self::Storm
        }
    }
}
