//! When an attempt is repeated, and when people are told.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::DEFAULT_TOPIC;

/// Repeats of a failed attempt within one run, before there is a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Attempts beyond the first.
    pub attempts: u8,
    /// Pause before each of them.
    pub wait: Duration,
    /// Which faults are worth another attempt.
    pub on: BTreeSet<RetryClass>,
}

/// Faults that may pass by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryClass {
    Dns,
    Connect,
    Tls,
    Timeout,
    /// An answer whose status was not expected.
    Status,
}

/// When a confirmed change of health becomes a message, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPolicy {
    /// Consecutive bad verdicts that confirm a worse health, at least 1.
    pub failures: u32,
    /// Consecutive better verdicts that confirm a better health, at least 1.
    pub successes: u32,
    pub severity: Severity,
    /// As it is written: a name from `topics:` of monitorctl.yaml, or an ARN.
    pub topic: String,
}

/// How loud an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Default for Retry {
    fn default() -> Self {
        use RetryClass::{Connect, Dns, Timeout, Tls};
        Self { attempts: 1, wait: Duration::from_secs(2), on: BTreeSet::from([Dns, Connect, Tls, Timeout]) }
    }
}

impl Default for AlertPolicy {
    fn default() -> Self {
        Self { failures: 2, successes: 1, severity: Severity::Critical, topic: DEFAULT_TOPIC.to_owned() }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}
