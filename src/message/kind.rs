//! The kinds of alerts.

use schemars::JsonSchema;
use serde::Serialize;

/// The kinds of alerts, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// It went down.
    Down,
    /// It never passed since it was added.
    NeverUp,
    /// It changes too often; the next alert follows when it is stable.
    Flapping,
    /// It works, but misses an expectation.
    Degraded,
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

impl AlertKind {
    /// Whether there is something to be done about it.
    pub fn is_bad(self) -> bool {
        match self {
            Self::Down
            | Self::NeverUp
            | Self::Flapping
            | Self::Degraded
            | Self::StillDown
            | Self::StillDegraded => true,
            Self::Up | Self::Over | Self::Unwatched | Self::Rerouted => false,
        }
    }
}
