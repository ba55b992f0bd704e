//! Words of the JSON form of a message.

use schemars::JsonSchema;
use serde::Serialize;

use super::AlertKind;
use crate::monitor::Severity;
use crate::transition::Health;

/// What there is to tell.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKindWord {
    /// It was good, and is down.
    Down,
    /// It was down from its first probe on.
    NeverUp,
    /// It works, but not as well as it should.
    Degraded,
    /// It changes so often that no single change says anything; nothing more comes until it is stable.
    Flapping,
    /// People were told some time ago that it is down, and it still is.
    StillDown,
    /// People were told some time ago that it is degraded, and it still is.
    StillDegraded,
    /// It is good again after people were told otherwise.
    Up,
    /// It was not good for a while, and is good again, all before anybody could be told.
    Over,
    /// It was not good, and nobody watches it any more: it is switched off, or gone.
    Unwatched,
}

/// The confirmed health.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthWord {
    New,
    Up,
    Degraded,
    Down,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeverityWord {
    Info,
    Warning,
    Critical,
}

impl From<AlertKind> for AlertKindWord {
    fn from(kind: AlertKind) -> Self {
        match kind {
            AlertKind::Down => Self::Down,
            AlertKind::NeverUp => Self::NeverUp,
            AlertKind::Degraded => Self::Degraded,
            AlertKind::Flapping => Self::Flapping,
            AlertKind::StillDown => Self::StillDown,
            AlertKind::StillDegraded => Self::StillDegraded,
            AlertKind::Up => Self::Up,
            AlertKind::Over => Self::Over,
            AlertKind::Unwatched => Self::Unwatched,
        }
    }
}

impl From<Health> for HealthWord {
    fn from(health: Health) -> Self {
        match health {
            Health::New => Self::New,
            Health::Up => Self::Up,
            Health::Degraded => Self::Degraded,
            Health::Down => Self::Down,
        }
    }
}

impl From<Severity> for SeverityWord {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Critical => Self::Critical,
        }
    }
}
