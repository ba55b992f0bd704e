//! Words of the JSON form of a message.

use schemars::JsonSchema;
use serde::Serialize;

use super::AlertKind;
use crate::monitor::Severity;
use crate::transition::Health;

/// Kind of alert.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKindWord {
    /// It went down.
    Down,
    /// It never passed since it was added.
    NeverUp,
    /// It works, but misses an expectation.
    Degraded,
    /// It changes too often; the next alert follows when it is stable.
    Flapping,
    /// Reminder: it is still down.
    StillDown,
    /// Reminder: it is still degraded.
    StillDegraded,
    /// It recovered after an alert.
    Up,
    /// It failed and recovered before an alert could be delivered.
    Over,
    /// It is no longer watched: disabled or removed.
    Unwatched,
    /// Its alerts go to other channels now.
    Rerouted,
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
            AlertKind::Rerouted => Self::Rerouted,
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
