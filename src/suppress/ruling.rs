//! What is done about a pending alert.

use std::fmt;

use jiff::Timestamp;

use super::dependency::{self, after, before};
use super::times::{Suppression, cover, reason_at, suppressions};
use super::{StoredSilence, SuppressionFacts, SuppressionReason};
use crate::alert::{Alert, AlertKind, PolicyRuling, RunPhase};
use crate::monitor::MonitorId;
use crate::state::Row;
use crate::transition::Health;
use crate::verdict::Verdict;

/// What is done about a pending alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    Notify,
    /// It stays pending.
    Suppress(SuppressionReason),
    /// It is never sent: it began and ended during a suppression.
    Discard(DiscardReason),
    /// Its channel does not take it, or not yet. That is no news.
    NotTaken,
}

/// Why an alert is recorded as delivered although it was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscardReason {
    /// It lies inside of windows and silences.
    Recovered,
    /// This monitor was DOWN.
    Parent(MonitorId),
    /// By the policy of its channel.
    Policy,
}

impl fmt::Display for DiscardReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recovered => f.write_str("got worse and recovered during maintenance or a silence"),
            Self::Policy => f.write_str("is over, and its channel takes no such alert"),
            Self::Parent(parent) => {
                write!(f, "got worse and recovered because of {parent}")
            }
        }
    }
}

/// Rules on a pending alert about `subject`. `find` knows the other monitors.
pub fn rule<'a>(
    subject: &SuppressionFacts<'_>,
    alert: &Alert,
    silences: &[StoredSilence],
    find: impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
    (moment, now): (RunPhase, Timestamp),
) -> Ruling {
    match alert.admission(now) {
        PolicyRuling::Taken => {}
        PolicyRuling::NotTaken => return Ruling::NotTaken,
        PolicyRuling::NeverTaken => return Ruling::Discard(DiscardReason::Policy),
    }
    let Some(row) = subject.row else { return Ruling::Notify };
    let suppressions = suppressions(subject.monitor, silences, alert.began.unwrap_or(now), now);
    match effect(alert.kind, alert.heard) {
        Effect::Closing => Ruling::Notify,
        Effect::Late => late(subject, (row, alert.began), &suppressions, &find, now),
        Effect::Opening => reason_at(&suppressions, now)
            .cloned()
            .or_else(|| dependency::holds(subject, row, &find, now))
            .or_else(|| unproven(subject, &suppressions, moment, now))
            .map_or(Ruling::Notify, Ruling::Suppress),
    }
}

/// Everything that would suppress an alert about `subject` now: first what lasts longest.
pub fn reasons<'a>(
    subject: &SuppressionFacts<'_>,
    silences: &[StoredSilence],
    find: impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
    now: Timestamp,
) -> Vec<SuppressionReason> {
    let mut active = suppressions(subject.monitor, silences, now, now);
    active.retain(|suppress| suppress.span.has(now));
    active.sort_by_key(|suppress| std::cmp::Reverse(suppress.span.to));
    let parent = subject.row.and_then(|row| dependency::holds(subject, row, &find, now));
    active.into_iter().map(|suppress| suppress.reason).chain(parent).collect()
}

/// What a message does to those who get it.
enum Effect {
    /// It calls them.
    Opening,
    /// It ends what was delivered.
    Closing,
    /// It is about what is over and was never delivered.
    Late,
}

fn effect(kind: AlertKind, heard: Health) -> Effect {
    match kind {
        AlertKind::Up | AlertKind::Rerouted => Effect::Closing,
        // It is no longer DOWN, which is what was delivered.
        AlertKind::Degraded if heard == Health::Down => Effect::Closing,
        // It is as delivered; the pending alert is that it was DOWN in between.
        AlertKind::Degraded if heard == Health::Degraded => Effect::Late,
        AlertKind::Down
        | AlertKind::NeverUp
        | AlertKind::Flapping
        | AlertKind::Degraded
        | AlertKind::StillDown
        | AlertKind::StillDegraded => Effect::Opening,
        AlertKind::Unwatched if matches!(heard, Health::Degraded | Health::Down) => Effect::Closing,
        AlertKind::Over | AlertKind::Unwatched => Effect::Late,
    }
}

/// What is known may be of the time inside a suppression that is over, and the monitor good again by now. So the first
/// message after a suppression rests on a probe after it, as long as one comes: those of this run are never left out, however
/// late it is, because it may be the first since the machine itself was maintained.
fn unproven(
    subject: &SuppressionFacts<'_>,
    suppressions: &[Suppression],
    moment: RunPhase,
    now: Timestamp,
) -> Option<SuppressionReason> {
    let ended = suppressions.iter().map(|suppress| suppress.span.to).filter(|end| *end <= now).max()?;
    let is_bad = subject.judgement.is_some_and(|judgement| match judgement.verdict {
        Verdict::Fail | Verdict::Degraded => judgement.at >= ended,
        Verdict::Pass | Verdict::Unknown | Verdict::Skipped => false,
    });
    let is_awaited = match moment {
        RunPhase::BeforeProbes => true,
        RunPhase::AfterProbes => now <= after(ended, subject.monitor.interval * 2),
    };
    (!is_bad && is_awaited).then_some(SuppressionReason::Ended(ended))
}

fn late<'a>(
    subject: &SuppressionFacts<'_>,
    (row, began): (&Row, Option<Timestamp>),
    suppressions: &[Suppression],
    find: &impl Fn(&MonitorId) -> Option<SuppressionFacts<'a>>,
    now: Timestamp,
) -> Ruling {
    let ended = row.confirmed.since;
    if let Some(began) = began {
        // The last time that it was seen to be bad was an interval before it was good. What was seen inside only is
        // no reason for a message, though it came back between the end of the suppression and the next probe.
        let last_bad = before(ended, subject.monitor.interval).max(began);
        if cover(suppressions, began, last_bad) {
            return Ruling::Discard(DiscardReason::Recovered);
        }
        if let Some(parent) = dependency::accounts(subject, began, ended, find) {
            return Ruling::Discard(DiscardReason::Parent(parent));
        }
    }
    let suppressed =
        reason_at(suppressions, now).cloned().or_else(|| dependency::undecided(subject, find, now));
    suppressed.map_or(Ruling::Notify, Ruling::Suppress)
}
