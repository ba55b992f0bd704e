//! Where an alert goes.

use std::collections::BTreeMap;

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
    /// What a channel of levels adds to the labels of an alert.
    pub labels: BTreeMap<String, String>,
}

impl Route {
    /// Whether each of so many alerts has a message of its own.
    pub fn is_one_each(&self, alerts: usize) -> bool {
        match self.grouping {
            Grouping::Each { up_to } | Grouping::Incidents { up_to } => alerts <= up_to,
            Grouping::Together | Grouping::Levels => false,
        }
    }

    /// Whether the channel takes levels: in every run all that lasts.
    pub fn is_of_levels(&self) -> bool {
        match self.grouping {
            Grouping::Levels => true,
            Grouping::Together | Grouping::Each { up_to: _ } | Grouping::Incidents { up_to: _ } => false,
        }
    }

    /// Whether the channel is a pager, which needs to know when all is over.
    pub fn is_of_a_pager(&self) -> bool {
        match self.grouping {
            Grouping::Incidents { up_to: _ } => true,
            Grouping::Together | Grouping::Each { up_to: _ } | Grouping::Levels => false,
        }
    }

    /// To a channel of which nothing is known but its name.
    pub fn plain(channel: ChannelId) -> Self {
        Self {
            channel,
            grouping: Grouping::Together,
            policy: ChannelPolicy::default(),
            labels: BTreeMap::new(),
        }
    }
}
