//! Sends test messages as a run sends alerts: with the same secrets, senders, tries and limits.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use ulid::Ulid;

use crate::alert::{MessageContext, Notification, Route, compose};
use crate::channels::ChannelDefinition;
use crate::deliver::{Notifier, NotifyError};
use crate::monitor::{ChannelId, Monitor};
use crate::report::{ChannelTest, TestFailure, TestMessage, chain};
use crate::run::ChannelBook;
use crate::simulation::{Outcome, test_alerts};

/// The reason that the messages give.
const REASON: &str = "a simulated failure";

/// What is sent, and how.
pub struct Sending<'a> {
    pub book: ChannelBook<'a>,
    pub notifier: &'a Notifier,
    pub monitor: &'a Monitor,
    pub outcomes: &'a [Outcome],
    pub environment: Option<&'a str>,
    pub machine: &'a str,
    pub now: Timestamp,
}

impl Sending<'_> {
    /// Sends every message to one channel, until one is not accepted.
    pub async fn test(&self, channel: ChannelId) -> ChannelTest {
        let definition = self.book.watchlist.definition(&channel, self.book.machine);
        let kind = definition.map(|definition| definition.kind().as_str());
        let mut accepted = Vec::new();
        let failed = match self.send(&channel, &mut accepted).await {
            Ok(()) => None,
            Err(error) => Some(self.failure(&channel, &error)),
        };
        ChannelTest { channel, kind, accepted, failed }
    }

    async fn send(&self, channel: &ChannelId, accepted: &mut Vec<TestMessage>) -> Result<(), NotifyError> {
        let ready = self.book.ready(channel).await?;
        for message in self.messages(channel) {
            let begun = Instant::now();
            self.notifier.publish(&ready, &message).await?;
            let word = message.alerts.first().map_or("", |alert| alert.word());
            accepted.push(TestMessage { id: message.id().to_owned(), word, took: begun.elapsed() });
        }
        Ok(())
    }

    /// Each has an id of its own, or receivers would drop the second; the incident is one, or nothing would resolve it.
    fn messages(&self, channel: &ChannelId) -> Vec<Notification> {
        // No run follows, so what is not ended ends by itself as soon as it may.
        let (machine, period) = (Some(self.machine), Duration::ZERO);
        let context = MessageContext { environment: self.environment, machine, now: self.now, period };
        let id = || format!("test.{}", Ulid::generate());
        let incident = id();
        let definition = self.book.watchlist.definition(channel, self.book.machine);
        let labels = definition.map(ChannelDefinition::labels).unwrap_or_default();
        let route = Route { labels, ..Route::plain(channel.clone()) };
        let alerts = test_alerts(self.monitor, &route, self.outcomes, REASON, self.now).into_iter();
        let messages = alerts.flat_map(|alert| compose(vec![alert], context));
        messages.map(|message| message.into_test(&id(), &incident)).collect()
    }

    fn failure(&self, channel: &ChannelId, error: &NotifyError) -> TestFailure {
        let key = channel.owner.clone().map(|owner| (owner, channel.name.to_string()));
        if let Some(problem) = key.and_then(|key| self.book.watchlist.invalid_channels.get(&key)) {
            return TestFailure { why: problem.clone(), help: None };
        }
        TestFailure {
            why: error.in_short().unwrap_or_else(|| format!("failed to {}", chain(error))),
            help: error.help().map(str::to_owned),
        }
    }
}
