//! Publish, then acknowledge: what is pending becomes what was delivered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use super::channel_book::ChannelBook;
use super::lasting::lasting;
use super::log::Log;
use super::notified::Notified;
use crate::alert::{Alert, MessageContext, Notification, compose};
use crate::deliver::{FailureScope, Notifier, NotifyError};
use crate::monitor::{ChannelId, excerpt};
use crate::report::chain;
use crate::report::log::LogEvent;
use crate::state::{ChannelFailure, ChannelRecord, MOST_REFUSED, Rows, message_key};
use crate::store::RunWriter;
use crate::suppress::Discarded;

/// Characters of a reason that is stored and shown.
const REASON: usize = 300;

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
    pub rows: &'a Rows,
    pub book: ChannelBook<'a>,
    /// What earlier runs found of the channels; empty where all of them are tried.
    pub records: &'a BTreeMap<ChannelId, ChannelRecord>,
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
    pub async fn notify(&self, alerts: Vec<Alert>, mut before: Notified) -> Notified {
        for alert in &alerts {
            self.log.event(&LogEvent::Pending(alert));
        }
        let now = (self.now)();
        let waits = |alert: &Alert| before.has_refused(alert) || self.waits(alert, now);
        let (waiting, alerts): (Vec<_>, _) = alerts.into_iter().partition(waits);
        before.leave_waiting(&waiting);
        let mut messages = compose(alerts, self.context());
        if messages.iter().any(Notification::is_for_a_pager) {
            lasting(self.rows, self.book, &before.accepted).say_in(&mut messages);
        }
        let channels = by_channel(messages).into_iter();
        let notified =
            join_all(channels.map(|messages| self.notify_one_channel(messages, &before.closed))).await;
        notified.into_iter().fold(before, Notified::and)
    }

    /// Whether the next try of an alert is still to come, because its channel refused it or everything.
    fn waits(&self, alert: &Alert, now: Timestamp) -> bool {
        let channel = &alert.route.channel;
        let (Some(record), Some(definition)) = (self.records.get(channel), self.book.definition(channel))
        else {
            return false;
        };
        let definition = definition.digest();
        record.closed_until(definition, now).is_some()
            || record.holds(&message_key(&alert.id), definition, now)
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
        let mut refused = 0;
        let mut queue = VecDeque::from(messages);
        while let Some(message) = queue.pop_front() {
            // A run that was frozen over its lease must not come with old alerts after the newer ones of another.
            let over = Instant::now() >= self.until || self.lease.left().is_zero();
            if over || notified.closed.contains(&message.channel) {
                notified.leave(&message.alerts);
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
                Err(error) => {
                    self.log.event(&LogEvent::Refused { message: &message, why: &chain(&error) });
                    match met(&error, message.alerts.len(), &mut refused) {
                        AfterFailure::Halves => {
                            halves(message, self.context()).into_iter().rev().for_each(|half| {
                                queue.push_front(half);
                            });
                        }
                        AfterFailure::Later(undelivered) => {
                            leave(&message, &error, undelivered, &mut notified);
                        }
                    }
                }
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
        notified.trial(&message.channel).accepted = Some(now);
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
}

/// What a failure does to a message.
enum AfterFailure {
    /// A part of it may pass.
    Halves,
    /// It waits for a later run.
    Later(Undelivered),
}

/// What failed, of everything for a channel.
enum Undelivered {
    Nothing,
    /// There is no such channel.
    Nowhere,
    Message(String),
    Channel(ChannelFailure),
}

/// Decides what becomes of a message of so many alerts. `refused` counts the messages that the channel refused in this run.
fn met(error: &NotifyError, alerts: usize, refused: &mut usize) -> AfterFailure {
    let reason = excerpt(&error.reason(), REASON);
    AfterFailure::Later(match error.scope() {
        FailureScope::Message => {
            *refused += 1;
            if *refused >= MOST_REFUSED {
                let why = format!("{refused} messages, the last one: {reason}");
                Undelivered::Channel(ChannelFailure::Refuses(why))
            } else if alerts > 1 {
                return AfterFailure::Halves;
            } else {
                Undelivered::Message(reason)
            }
        }
        FailureScope::Channel => Undelivered::Channel(ChannelFailure::Refuses(reason)),
        FailureScope::Machine => Undelivered::Channel(ChannelFailure::Unusable(reason)),
        FailureScope::Outage => Undelivered::Channel(ChannelFailure::Unreached(reason)),
        FailureScope::NoChannel => Undelivered::Nowhere,
        FailureScope::Time => Undelivered::Nothing,
    })
}

/// The messages of the first and of the second half of the alerts.
fn halves(Notification { mut alerts, .. }: Notification, context: MessageContext<'_>) -> Vec<Notification> {
    let second = alerts.split_off(alerts.len() / 2);
    [alerts, second].into_iter().flat_map(|half| compose(half, context)).collect()
}

/// Leaves the alerts of a message to a later run.
fn leave(message: &Notification, error: &NotifyError, undelivered: Undelivered, notified: &mut Notified) {
    notified.leave(&message.alerts);
    let next = match &undelivered {
        Undelivered::Message(_) | Undelivered::Channel(ChannelFailure::Refuses(_)) => {
            "the next try is in an hour"
        }
        Undelivered::Nothing
        | Undelivered::Nowhere
        | Undelivered::Channel(ChannelFailure::Unusable(_) | ChannelFailure::Unreached(_)) => {
            "the next run sends it"
        }
    };
    let help = error.help().map(|help| format!(" ({help})")).unwrap_or_default();
    notified.problems.push(format!(
        "the alert {} was not delivered; {next}: failed to {}{help}",
        message.id(),
        chain(error)
    ));
    match undelivered {
        Undelivered::Nothing => {}
        Undelivered::Nowhere => drop(notified.closed.insert(message.channel.clone())),
        Undelivered::Message(reason) => {
            let keys = message.alerts.iter().map(|alert| (message_key(&alert.id), reason.clone()));
            notified.trial(&message.channel).refused.extend(keys);
        }
        Undelivered::Channel(failure) => {
            notified.closed.insert(message.channel.clone());
            notified.trial(&message.channel).failure = Some(failure);
        }
    }
}
