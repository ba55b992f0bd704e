//! What a run finds of a channel that it tries. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::monitor::digest;

/// Characters of the key of a message.
const KEY: usize = 16;

/// What a run found of a channel that it tried.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelTrial {
    /// When it accepted a message the last time.
    pub accepted: Option<Timestamp>,
    /// Why nothing more was sent to it.
    pub failure: Option<ChannelFailure>,
    /// Messages that it refused as they are, each by its key, and why.
    pub refused: BTreeMap<String, String>,
}

/// Why a channel takes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelFailure {
    /// It refuses every message. An hour passes before the next try.
    Refuses(String),
    /// This machine cannot send to it: a secret does not resolve, for example.
    Unusable(String),
    /// No message got there, or no answer came back.
    Unreached(String),
}

impl ChannelTrial {
    /// With that of a later moment of the same run.
    pub fn followed_by(mut self, later: Self) -> Self {
        self.refused.extend(later.refused);
        Self { accepted: later.accepted.or(self.accepted), failure: later.failure.or(self.failure), ..self }
    }
}

/// A short name of the message about one alert, from the id of the alert.
pub fn message_key(alert: &str) -> String {
    digest(alert).chars().take(KEY).collect()
}
