//! Publish, then acknowledge: what is pending becomes what was delivered.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::channel_book::ChannelBook;
use super::log::Log;
use crate::alert::{Alert, MessageContext, Notification, compose};
use crate::deliver::{FailureScope, Notifier, NotifyError};
use crate::monitor::{ChannelId, MonitorId};
use crate::report::chain;
use crate::report::log::LogEvent;
use crate::state::Acknowledgement;
use crate::store::RunWriter;
use crate::suppress::{Discarded, SuppressionReason};

/// What came of notifying.
#[derive(Debug, Default)]
pub struct Notified {
    /// Accepted by their channels.
    pub messages: Vec<Notification>,
    /// What channels accepted of each monitor.
    pub accepted: Vec<Acknowledgement>,
    /// Alerts that could not be delivered; they stay pending.
    pub pending: usize,
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
    /// Channels to which nothing more is sent in this run.
    closed: BTreeSet<ChannelId>,
}

impl Notified {
    /// The beginning of the next moment of the run: what is closed stays closed.
    pub fn next(&self) -> Self {
        Self { closed: self.closed.clone(), ..Self::default() }
    }

    /// With that of the next moment, at which everything that is pending by then was looked at anew.
    pub fn followed_by(self, next: Self) -> Self {
        Self { pending: 0, oldest: None, suppressed: Vec::new(), first: None, ..self }.and(next)
    }

    /// Whether a channel failed, so that it gets nothing more in this run.
    pub fn is_closed(&self, channel: &ChannelId) -> bool {
        self.closed.contains(channel)
    }

    /// Counts the alerts of a message that its channel did not take.
    fn leave(&mut self, message: &Notification) {
        self.pending += message.alerts.len();
        let changes = message.alerts.iter().filter(|alert| alert.reminders == 0);
        self.oldest = self.oldest.into_iter().chain(changes.map(|alert| alert.since)).min();
    }

    /// Both together.
    fn and(mut self, other: Self) -> Self {
        let Self { messages, accepted, pending, oldest, suppressed, discarded, problems, first, closed } =
            other;
        self.messages.extend(messages);
        self.accepted.extend(accepted);
        self.pending += pending;
        self.oldest = self.oldest.into_iter().chain(oldest).min();
        self.suppressed.extend(suppressed);
        self.discarded.extend(discarded);
        self.problems.extend(problems);
        self.first = self.first.into_iter().chain(first).min();
        self.closed.extend(closed);
        self
    }
}

/// The messages of each channel in their order; the channel of the first message comes first.
fn by_channel(messages: Vec<Notification>) -> Vec<Vec<Notification>> {
    let mut channels: Vec<Vec<Notification>> = Vec::new();
    for message in messages {
        let is_its = |channel: &&mut Vec<Notification>| {
            channel.first().is_some_and(|first| first.channel == message.channel)
        };
        match channels.iter_mut().find(is_its) {
            Some(channel) => channel.push(message),
            None => channels.push(vec![message]),
        }
    }
    channels
}

/// How a run notifies.
pub struct Notifications<'a> {
    /// Shown in messages.
    pub environment: Option<&'a str>,
    /// From one run to the next.
    pub period: Duration,
    /// The name of this machine, shown too.
    pub machine: &'a str,
    pub notifier: &'a Notifier,
    pub book: ChannelBook<'a>,
    /// The right to acknowledge.
    pub lease: &'a RunWriter,
    pub log: &'a Log,
    /// No message is begun after this, and none is waited for.
    pub until: Instant,
    /// The servers' time.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
}

impl Notifications<'_> {
    /// Notifies `alerts`, after what was delivered `before` in the same run. Each message is acknowledged as soon as its
    /// channel accepted it, and never before.
    ///
    /// Each channel gets its messages in their order, and no channel waits for another one.
    pub async fn notify(&self, alerts: Vec<Alert>, before: Notified) -> Notified {
        for alert in &alerts {
            self.log.event(&LogEvent::Pending(alert));
        }
        let messages = compose(alerts, self.context());
        let channels = by_channel(messages).into_iter();
        let notified =
            join_all(channels.map(|messages| self.notify_one_channel(messages, &before.closed))).await;
        notified.into_iter().fold(before, Notified::and)
    }

    fn context(&self) -> MessageContext<'_> {
        let (environment, period) = (self.environment, self.period);
        MessageContext { environment, machine: Some(self.machine), now: (self.now)(), period }
    }

    /// After a failure of the channel nothing more is published there, so that its messages keep their order; a
    /// message that cannot be taken as it is holds up nothing but itself.
    async fn notify_one_channel(
        &self,
        messages: Vec<Notification>,
        closed: &BTreeSet<ChannelId>,
    ) -> Notified {
        let mut notified = Notified { closed: closed.clone(), ..Notified::default() };
        let mut prepared = None;
        for message in messages {
            // A run that was frozen over its lease must not come with old alerts after the newer ones of another.
            let over = Instant::now() >= self.until || self.lease.left().is_zero();
            if over || notified.closed.contains(&message.channel) {
                notified.leave(&message);
                continue;
            }
            let published = timeout_at(self.until, async {
                let ready = match &mut prepared {
                    Some(ready) => ready,
                    none => none.insert(self.book.ready(&message.channel).await?),
                };
                self.notifier.publish(ready, &message).await
            });
            let published = published.await;
            match published.unwrap_or(Err(NotifyError::Late)) {
                Ok(()) => self.acknowledge(message, &mut notified).await,
                Err(error) => self.refused(&message, &error, &mut notified),
            }
        }
        notified
    }

    /// Posts to each channel what lasts there. Gives a sentence for each channel that did not take it.
    pub async fn post_again(&self, levels: Vec<Alert>) -> Vec<String> {
        let messages = compose(levels, self.context()).into_iter();
        join_all(messages.map(|message| self.post_one_again(message))).await.into_iter().flatten().collect()
    }

    async fn post_one_again(&self, message: Notification) -> Option<String> {
        let posted = timeout_at(self.until, async {
            let ready = self.book.ready(&message.channel).await?;
            self.notifier.post_again(&ready, &message).await
        });
        let error = posted.await.unwrap_or(Err(NotifyError::Late)).err()?;
        let help = error.help().map(|help| format!(" ({help})")).unwrap_or_default();
        let many = if message.alerts.len() == 1 { "alert" } else { "alerts" };
        Some(format!(
            "{} {many} could not be renewed; the next run tries again: failed to {}{help}",
            message.alerts.len(),
            chain(&error)
        ))
    }

    /// Records discarded alerts as delivered. Should that fail, the next run tries again.
    pub async fn discard(&self, discarded: Vec<Discarded>, notified: &mut Notified) {
        if discarded.is_empty() || self.lease.left().is_zero() {
            return;
        }
        let accepted: Vec<_> = discarded.iter().map(|one| one.accepted.clone()).collect();
        match self.lease.acknowledge(&accepted).await {
            Ok(()) => {
                for one in &discarded {
                    self.log.event(&LogEvent::Discarded(&one.accepted.monitor, &one.why));
                }
                notified.accepted.extend(accepted);
                notified.discarded.extend(discarded);
            }
            Err(error) => {
                notified.problems.push(format!("could not record suppressed alerts: {}", chain(&error)));
            }
        }
    }

    async fn acknowledge(&self, message: Notification, notified: &mut Notified) {
        let now = (self.now)();
        let accepted: Vec<_> = message.alerts.iter().map(|alert| alert.accepted(now)).collect();
        notified.first.get_or_insert_with(Instant::now);
        self.log.event(&LogEvent::Delivered(&message));
        match self.lease.acknowledge(&accepted).await {
            Ok(()) => self.log.event(&LogEvent::Acknowledged(&message)),
            Err(error) => {
                let why = chain(&error);
                self.log.event(&LogEvent::Unacknowledged { message: &message, why: &why });
                notified.problems.push(format!(
                    "the alert {} was delivered but not acknowledged; the next run sends it again: {why}",
                    message.id()
                ));
            }
        }
        notified.accepted.extend(accepted);
        notified.messages.push(message);
    }

    fn refused(&self, message: &Notification, error: &NotifyError, notified: &mut Notified) {
        notified.leave(message);
        let why = chain(error);
        self.log.event(&LogEvent::Refused { message, why: &why });
        let help = error.help().map(|help| format!(" ({help})")).unwrap_or_default();
        notified.problems.push(format!(
            "the alert {} was not delivered; the next run sends it: failed to {why}{help}",
            message.id()
        ));
        match error.scope() {
            FailureScope::Message => {}
            FailureScope::Channel => {
                notified.closed.insert(message.channel.clone());
            }
        }
    }
}
