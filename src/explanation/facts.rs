//! What an explanation rests on.

use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::Monitor;
use crate::simulation::Actor;
use crate::state::{Backlog, Row};
use crate::suppress::StoredSilence;
use crate::transition::Unwatched;

/// What is known of a monitor, and of everything that its alerts depend on.
#[derive(Debug, Clone)]
pub struct ExplanationFacts<'a> {
    pub subject: Actor<'a>,
    pub membership: Membership,
    /// What it depends on, and what that depends on.
    pub others: Vec<Actor<'a>>,
    /// Of the monitor and of the others, under the ids that they have now.
    pub rows: Vec<Row>,
    pub silences: &'a [StoredSilence],
    pub backlog: Backlog,
    /// From one run to the next.
    pub period: Duration,
    /// Shown in messages.
    pub environment: Option<&'a str>,
    pub now: Timestamp,
}

/// Whether it is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    Watched,
    Unwatched(Unwatched),
}

impl ExplanationFacts<'_> {
    /// The slot of the next run, done or not begun yet.
    pub fn next_slot(&self) -> u64 {
        let seconds = u64::try_from(self.now.as_second()).unwrap_or(0);
        let slot = seconds / self.period.as_secs().max(1);
        self.backlog.last_slot.map_or(slot, |last| slot.max(last.saturating_add(1)))
    }

    /// When the run of a slot is; the one that is due by now is now.
    pub fn time_of(&self, slot: u64) -> Timestamp {
        let seconds = slot.saturating_mul(self.period.as_secs());
        let begin = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        begin.unwrap_or(Timestamp::MAX).max(self.now)
    }
}

impl<'a> ExplanationFacts<'a> {
    pub fn monitor(&self) -> &'a Monitor {
        self.subject.monitor
    }
}
