//! All pending alerts of one monitor: one for each channel at most.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Alert, AlertFacts, Route, RunPhase};
use crate::monitor::{ChannelId, MonitorId};

/// All channels that may hear of a monitor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routes {
    /// It notifies these.
    pub to: Vec<Route>,
    /// These heard of it before, and are notified no longer.
    pub left: Vec<Route>,
}

impl Routes {
    /// The channels that it notifies, as its row calls them.
    pub fn in_row_of(&self, monitor: &MonitorId) -> BTreeSet<ChannelId> {
        self.to.iter().map(|route| route.channel.in_row_of(monitor)).collect()
    }

    /// The pending alerts of a monitor, one for each channel at most.
    pub fn alerts(&self, facts: AlertFacts<'_>, moment: RunPhase, now: Timestamp) -> Vec<Alert> {
        let pending = self.to.iter().filter_map(|route| Alert::pending(facts, route, moment, now));
        pending.chain(self.left.iter().filter_map(|route| Alert::closing(facts, route, now))).collect()
    }

    /// What a run posts again of a monitor, once for each channel of levels at most.
    pub fn levels(&self, facts: AlertFacts<'_>, now: Timestamp) -> Vec<Alert> {
        let all = self.to.iter().chain(&self.left);
        all.filter_map(|route| Alert::repeated(facts, route, now)).collect()
    }
}
