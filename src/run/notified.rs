//! What came of notifying, at one moment of a run or at all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::alert::{Alert, Notification};
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{Acknowledgement, ChannelTrial, message_key};
use crate::suppress::{Discarded, SuppressionReason};

/// What came of notifying.
#[derive(Debug, Default)]
pub struct Notified {
    /// Accepted by their channels.
    pub messages: Vec<Notification>,
    /// What channels accepted of each monitor.
    pub accepted: Vec<Acknowledgement>,
    /// Alerts that could not be delivered, by channel; they stay pending.
    pub pending_by_channel: BTreeMap<ChannelId, usize>,
    /// When the oldest of them began; reminders aside, whose monitors are known to be so.
    pub oldest: Option<Timestamp>,
    /// Alerts that are suppressed, and why; they stay pending.
    pub suppressed: Vec<(MonitorId, SuppressionReason)>,
    /// What needs no notification any more.
    pub discarded: Vec<Discarded>,
    /// What went wrong, a sentence each.
    pub problems: Vec<String>,
    /// When the first message was accepted.
    pub first: Option<Instant>,
    /// What was found of each channel that was tried.
    pub trials: BTreeMap<ChannelId, ChannelTrial>,
    /// Of the pending alerts, those that wait for the next try, by channel.
    pub waiting: BTreeMap<ChannelId, usize>,
    /// Channels to which nothing more is sent in this run.
    pub closed: BTreeSet<ChannelId>,
}

impl Notified {
    /// The beginning of the next moment of the run: what is closed stays closed, and what was refused is not tried again.
    pub fn next(&self) -> Self {
        Self { closed: self.closed.clone(), trials: self.trials.clone(), ..Self::default() }
    }

    /// Whether the channel of an alert has refused it before in this run.
    pub fn has_refused(&self, alert: &Alert) -> bool {
        let trial = self.trials.get(&alert.route.channel);
        trial.is_some_and(|trial| trial.refused.contains_key(&message_key(&alert.id)))
    }

    /// With that of the next moment, at which everything that is pending by then was looked at anew.
    pub fn followed_by(self, next: Self) -> Self {
        let (waiting, suppressed) = (BTreeMap::new(), Vec::new());
        let pending_by_channel = BTreeMap::new();
        Self { pending_by_channel, oldest: None, suppressed, waiting, first: None, ..self }.and(next)
    }

    /// Alerts that could not be delivered; they stay pending.
    pub fn pending(&self) -> usize {
        self.pending_by_channel.values().sum()
    }

    /// Whether a channel failed, or waits for its next try, so that it gets nothing more in this run.
    pub fn is_closed(&self, channel: &ChannelId) -> bool {
        self.closed.contains(channel) || self.waiting.contains_key(channel)
    }

    /// Counts alerts that their channel did not take.
    pub fn leave(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            *self.pending_by_channel.entry(alert.route.channel.clone()).or_default() += 1;
        }
        let changes = alerts.iter().filter(|alert| alert.reminders == 0);
        self.oldest = self.oldest.into_iter().chain(changes.map(|alert| alert.since)).min();
    }

    /// Counts alerts that are not tried, because their channel refused them or everything.
    pub fn leave_waiting(&mut self, alerts: &[Alert]) {
        self.leave(alerts);
        for alert in alerts {
            *self.waiting.entry(alert.route.channel.clone()).or_default() += 1;
        }
    }

    /// What was found of a channel so far.
    pub fn trial(&mut self, channel: &ChannelId) -> &mut ChannelTrial {
        self.trials.entry(channel.clone()).or_default()
    }

    /// Both together.
    pub fn and(mut self, other: Self) -> Self {
        let Self {
            messages,
            accepted,
            pending_by_channel,
            oldest,
            suppressed,
            discarded,
            problems,
            first,
            trials,
            waiting,
            closed,
        } = other;
        self.messages.extend(messages);
        self.accepted.extend(accepted);
        self.oldest = self.oldest.into_iter().chain(oldest).min();
        self.suppressed.extend(suppressed);
        self.discarded.extend(discarded);
        self.problems.extend(problems);
        self.first = self.first.into_iter().chain(first).min();
        for (channel, trial) in trials {
            let before = self.trials.remove(&channel).unwrap_or_default();
            self.trials.insert(channel, before.followed_by(trial));
        }
        for (channel, alerts) in pending_by_channel {
            *self.pending_by_channel.entry(channel).or_default() += alerts;
        }
        for (channel, alerts) in waiting {
            *self.waiting.entry(channel).or_default() += alerts;
        }
        self.closed.extend(closed);
        self
    }
}
