//! Where an alert goes.

use crate::message::Grouping;
use crate::monitor::{ChannelId, ChannelPolicy};

/// A channel that a monitor notifies, or the last time one hears of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub channel: ChannelId,
    /// How its alerts become messages.
    pub grouping: Grouping,
    /// Which alerts it takes.
    pub policy: ChannelPolicy,
}

impl Route {
    /// Whether each of so many alerts has a message of its own.
    pub fn is_one_each(&self, alerts: usize) -> bool {
        match self.grouping {
            Grouping::Each { up_to } => alerts <= up_to,
            Grouping::Together => false,
        }
    }

    /// To a channel of which nothing is known but its name.
    pub fn plain(channel: ChannelId) -> Self {
        Self { channel, grouping: Grouping::Together, policy: ChannelPolicy::default() }
    }
}
