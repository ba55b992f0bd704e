//! What is remembered of a channel beside its health: when it was tried, and what it refused. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{ChannelFailure, ChannelTrial};

/// From one try of what was refused to the next.
const TRY_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// A refused message that is still pending is tried each hour. One that was not tried for so long is pending no more.
const FORGET: SignedDuration = SignedDuration::from_hours(3);

/// From one acceptance that is stored to the next.
const PROVE_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// How long a channel may be out of reach before other channels get an alert about it.
const OUT_OF_REACH: Duration = Duration::from_hours(1);

/// Refused messages from which on the channel itself counts as refusing.
pub const MOST_REFUSED: usize = 20;

/// What runs remember of a channel. They write it only where it changes, so a channel that works costs a write a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelRecord {
    /// A digest of the definition that was tried. Another one is tried at once, and nothing of this counts for it.
    pub definition: String,
    /// When it refused everything the last time.
    pub refused_at: Option<Timestamp>,
    /// Since when it is out of reach.
    pub unreached_since: Option<Timestamp>,
    /// When it refused single messages the last time, by [`message_key`].
    pub refused_messages: BTreeMap<String, Timestamp>,
    /// When it accepted a message, give or take a day.
    pub proven_at: Option<Timestamp>,
}

impl ChannelRecord {
    /// When a channel that refuses everything is tried again; `None` if it may be tried now. `definition` is the digest of
    /// the definition that it has now.
    pub fn closed_until(&self, definition: &str, now: Timestamp) -> Option<Timestamp> {
        if self.definition != definition {
            return None;
        }
        next_try(self.refused_at?).filter(|next| now < *next)
    }

    /// Whether a message waits for its next try, because it was refused as it is.
    pub fn holds(&self, key: &str, definition: &str, now: Timestamp) -> bool {
        let refused = self.refused_messages.get(key).filter(|_| self.definition == definition);
        refused.and_then(|at| next_try(*at)).is_some_and(|next| now < next)
    }

    /// Whether other channels should hear that it is out of reach.
    pub fn is_long_unreached(&self, now: Timestamp) -> bool {
        self.unreached_since
            .and_then(|since| Duration::try_from(now.duration_since(since)).ok())
            .is_some_and(|time| time >= OUT_OF_REACH)
    }

    /// The record after a run has tried the channel.
    pub fn after(&self, trial: &ChannelTrial, definition: &str, now: Timestamp) -> Self {
        let ChannelTrial { accepted, failure, refused } = trial;
        let mut record = if self.definition == definition {
            self.clone()
        } else {
            Self { definition: definition.to_owned(), ..Self::default() }
        };
        record.refused_messages.retain(|_, at| now.duration_since(*at) < FORGET);
        record.refused_messages.extend(refused.keys().map(|key| (key.clone(), now)));
        let is_due = |proven: Timestamp| now.duration_since(proven) >= PROVE_AGAIN;
        if accepted.is_some() && record.proven_at.is_none_or(is_due) {
            record.proven_at = *accepted;
        }
        (record.refused_at, record.unreached_since) = match failure {
            Some(ChannelFailure::Refuses(_)) => (Some(now), None),
            // Nothing was sent, so it is tried in each run.
            Some(ChannelFailure::Unusable(_)) => (None, None),
            Some(ChannelFailure::Unreached(_)) => (None, record.unreached_since.or(Some(now))),
            None if !refused.is_empty() && record.refused_messages.len() >= MOST_REFUSED => (Some(now), None),
            None if accepted.is_some() => (None, None),
            None => (record.refused_at, record.unreached_since),
        };
        record
    }
}

fn next_try(refused: Timestamp) -> Option<Timestamp> {
    refused.checked_add(TRY_AGAIN).ok()
}
