//! How a message calls an alert, and what that is about.

use super::{Alert, AlertKind};
use crate::monitor::IdSubject;

impl Alert {
    /// What a message calls what it is about: the id of a monitor, or the name of a channel.
    pub fn subject(&self) -> String {
        match self.monitor.id.subject() {
            IdSubject::Monitor | IdSubject::Prober => self.monitor.id.to_string(),
            IdSubject::Channel(channel) => channel.name.to_string(),
        }
    }

    /// The word at the head of a message. What was never down is not called so.
    pub fn word(&self) -> &'static str {
        match self.monitor.id.subject() {
            IdSubject::Monitor => {}
            IdSubject::Prober => return word_of_prober(self.kind),
            IdSubject::Channel(_) => return word_of_channel(self.kind),
        }
        match (self.kind, &self.incident) {
            (AlertKind::Down | AlertKind::NeverUp, _) => "DOWN",
            (AlertKind::Flapping, _) => "FLAPPING",
            (AlertKind::Degraded, _) => "DEGRADED",
            (AlertKind::StillDown, _) => "STILL DOWN",
            (AlertKind::StillDegraded, _) => "STILL DEGRADED",
            (AlertKind::Unwatched, _) => "NOT WATCHED",
            (AlertKind::Rerouted, _) => "REROUTED",
            (AlertKind::Up, _) => "UP",
            (AlertKind::Over, Some(_)) => "WAS DOWN",
            (AlertKind::Over, None) => "WAS DEGRADED",
        }
    }
}

/// The prober is not down but blind.
fn word_of_prober(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Down | AlertKind::NeverUp | AlertKind::Degraded => "BLIND",
        AlertKind::StillDown | AlertKind::StillDegraded => "STILL BLIND",
        AlertKind::Flapping => "FLAPPING",
        AlertKind::Up => "SEES AGAIN",
        AlertKind::Over => "WAS BLIND",
        AlertKind::Unwatched => "NOT WATCHED",
        AlertKind::Rerouted => "REROUTED",
    }
}

fn word_of_channel(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Down | AlertKind::NeverUp | AlertKind::Degraded => "CHANNEL DOWN",
        AlertKind::StillDown | AlertKind::StillDegraded => "CHANNEL STILL DOWN",
        AlertKind::Flapping => "CHANNEL FLAPPING",
        AlertKind::Up => "CHANNEL UP",
        AlertKind::Over => "CHANNEL WAS DOWN",
        AlertKind::Unwatched => "CHANNEL REMOVED",
        AlertKind::Rerouted => "CHANNEL REROUTED",
    }
}
