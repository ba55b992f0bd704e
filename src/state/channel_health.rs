//! Whether a channel takes notifications, decided like the health of a monitor. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::assumed::assumed_up;
use super::decide::{Decider, OwnedMonitor, decide_on};
use super::{ChannelFailure, ChannelRecord, ChannelTrial, Row, Write};
use crate::monitor::{ChannelId, Monitor};
use crate::transition::ObservedVerdict;
use crate::verdict::Verdict;

/// What a run can say of a channel that it tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelVerdict {
    verdict: Verdict,
    /// When that began.
    at: Timestamp,
    /// Why it takes nothing: `refuses notifications: HTTP 404: no_service`.
    why: String,
}

impl ChannelVerdict {
    /// Judges a channel by what a run found, and by its record after that.
    pub fn of(trial: &ChannelTrial, record: &ChannelRecord, now: Timestamp) -> Self {
        let ChannelTrial { accepted, failure, refused } = trial;
        let refuses = |why: &str| Self::fail(now, format!("refuses notifications: {why}"));
        let last = refused.values().next_back();
        match (failure, last) {
            (Some(ChannelFailure::Refuses(why)), _) => refuses(why),
            (Some(ChannelFailure::Unusable(why)), _) => Self::fail(now, format!("cannot be used: {why}")),
            (Some(ChannelFailure::Unreached(why)), _) if record.is_long_unreached(now) => {
                let since = record.unreached_since.unwrap_or(now);
                Self::fail(since, format!("does not answer: {why}"))
            }
            (None, Some(why)) if record.refused_at == Some(now) => {
                refuses(&format!("{} messages, the last one: {why}", record.refused_messages.len()))
            }
            (None, _) if accepted.is_some() => Self::without(Verdict::Pass, now),
            // It may be the message. But as long as it accepted none, it is more likely the channel.
            (None, Some(why)) if record.proven_at.is_none() => refuses(why),
            (Some(ChannelFailure::Unreached(_)), _) | (None, Some(_) | None) => {
                Self::without(Verdict::Unknown, now)
            }
        }
    }

    fn fail(at: Timestamp, why: String) -> Self {
        Self { verdict: Verdict::Fail, at, why }
    }

    fn without(verdict: Verdict, at: Timestamp) -> Self {
        Self { verdict, at, why: String::new() }
    }

    /// What to write about the channel, if anything. It has no row until it takes nothing for the first time. `routed` gives
    /// the channels that hear of it.
    pub fn decide(
        &self,
        by: Decider<'_>,
        row: Option<&Row>,
        channel: &Monitor,
        routed: impl FnOnce() -> BTreeSet<ChannelId>,
    ) -> Option<Write> {
        let Self { verdict, at, why } = self;
        let evidence = ObservedVerdict { verdict: *verdict, at: *at, epoch: by.epoch, why };
        let id = channel.id.channel();
        let owner = id.as_ref().and_then(|id| id.owner.as_deref());
        let subject = OwnedMonitor { monitor: channel, owner };
        if let Some(row) = row {
            let changed = decide_on(by, Some(row), subject, evidence, (|| row.judged.clone(), routed));
            return changed.or_else(|| self.explain(by, row));
        }
        match verdict {
            Verdict::Fail => {}
            Verdict::Pass | Verdict::Degraded | Verdict::Unknown | Verdict::Skipped => return None,
        }
        let before = assumed_up(by, channel, *at);
        match decide_on(by, Some(&before), subject, evidence, (String::new, routed))? {
            Write::Create(row) | Write::Update { row, deliveries: _ } => Some(Write::Create(row)),
        }
    }

    /// Another reason for the same health, for those who ask for the status. What differs each time in the answer of a
    /// service is not worth a write.
    fn explain(&self, by: Decider<'_>, row: &Row) -> Option<Write> {
        let Self { verdict, at: _, why } = self;
        let is_other = *verdict == Verdict::Fail && what(why) != what(&row.why);
        (is_other && row.epoch < by.epoch).then(|| {
            let (revision, why, run) = (row.revision + 1, why.clone(), by.holder.to_owned());
            let row = Row { revision, why, run, epoch: by.epoch, ..row.clone() };
            Write::Update { row, deliveries: BTreeMap::new() }
        })
    }
}

/// What a channel does, without the reason for it.
fn what(why: &str) -> &str {
    why.split_once(": ").map_or(why, |(what, _)| what)
}

/// Why a channel takes nothing, with its time: `refuses notifications since 14:02 UTC: HTTP 404: no_service`.
pub fn takes_none(why: &str, since: &str) -> String {
    match why.split_once(": ") {
        Some((what, reason)) => format!("{what} since {since}: {reason}"),
        None if why.is_empty() => format!("takes no notifications since {since}"),
        None => format!("{why} since {since}"),
    }
}

#[cfg(test)]
mod tests;
