//! Why an alert is suppressed, for the log and for `status`.

use jiff::Timestamp;

use crate::monitor::{MonitorId, minute_near};

/// Why an alert of a monitor is suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressionReason {
    Silence {
        id: String,
        by: String,
        reason: String,
        until: Timestamp,
    },
    Maintenance {
        reason: Option<String>,
        until: Timestamp,
    },
    /// It was suppressed up to this moment, and was not probed since.
    Ended(Timestamp),
    /// A monitor that it depends on is DOWN.
    ParentDown(MonitorId),
    /// One fails, and is not decided yet.
    ParentFails(MonitorId),
    /// One is good again, and this one was not probed since.
    ParentReturned(MonitorId),
}

impl SuppressionReason {
    /// The word for its kind in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Silence { .. } => "silence",
            Self::Maintenance { .. } => "maintenance",
            Self::Ended(_) => "ended",
            Self::ParentDown(_) | Self::ParentFails(_) | Self::ParentReturned(_) => "dependency",
        }
    }

    /// When it ends, if that is known.
    pub fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Silence { until, .. } | Self::Maintenance { until, .. } => Some(*until),
            Self::Ended(_) | Self::ParentDown(_) | Self::ParentFails(_) | Self::ParentReturned(_) => None,
        }
    }

    /// In words; `until 14:30 UTC`, with the day if it is not the one of `now`.
    pub fn text(&self, now: Timestamp) -> String {
        match self {
            Self::Silence { id: _, by, reason, until } => {
                format!("suppressed until {}: silence by {by}: {reason}", minute_near(*until, now))
            }
            Self::Maintenance { reason, until } => {
                let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
                format!("suppressed until {}: maintenance{reason}", minute_near(*until, now))
            }
            Self::Ended(at) => {
                format!(
                    "suppressed: was in maintenance or silenced until {}; the next probe decides",
                    minute_near(*at, now)
                )
            }
            Self::ParentDown(parent) => format!("suppressed: depends on {parent}, which is DOWN"),
            Self::ParentFails(parent) => {
                format!("suppressed: depends on {parent}, which fails but is not confirmed DOWN")
            }
            Self::ParentReturned(parent) => {
                format!(
                    "suppressed: depends on {parent}, which recovered; the next probe of this monitor decides"
                )
            }
        }
    }
}
