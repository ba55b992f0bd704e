//! What the state machine remembers of one monitor.

use std::time::Duration;

use jiff::Timestamp;

use super::{Health, RecentChanges};
use crate::verdict::Verdict;

/// Everything the state machine remembers of one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub health: Health,
    /// When this health began: the first observation of the streak that confirmed it.
    pub since: Timestamp,
    /// Confirmed changes of health so far; each one makes an alert pending.
    pub seq: u64,
    /// The open incident, or the last one.
    pub incident: Option<Incident>,
    /// Verdicts that do not agree with `health`, not yet enough to change it.
    pub streak: Option<Streak>,
    /// How often it changed lately.
    pub recent_changes: RecentChanges,
}

/// A time during which a monitor was DOWN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Number of this incident of the monitor, from 1.
    pub n: u64,
    /// The first failing observation.
    pub opened_at: Timestamp,
    /// The first observation that was good again, once that is confirmed.
    pub closed_at: Option<Timestamp>,
    /// The fault in one line.
    pub cause: String,
    /// Why it was closed without anybody knowing whether it is good again.
    pub unwatched: Option<Unwatched>,
}

/// Why a monitor is no longer watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwatched {
    /// It is switched off.
    Disabled,
    /// It is gone.
    Removed,
}

/// Consecutive verdicts that depart from the confirmed health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streak {
    /// The last verdict, and how often in a row it came.
    pub verdict: Verdict,
    pub count: u32,
    /// When the first and the last of these `count` were observed.
    pub first: Timestamp,
    pub last: Timestamp,
    /// All consecutive verdicts on this side of the health (fail and degraded seen from up), and when
    /// the first of them came: an endpoint that alternates between the two is at least degraded.
    pub departed: u32,
    pub departed_at: Timestamp,
    /// Epoch of the run that counted last; no run counts twice.
    pub epoch: u64,
}

impl Confirmed {
    /// A monitor without a probe.
    pub fn new(now: Timestamp) -> Self {
        Self {
            health: Health::New,
            since: now,
            seq: 0,
            incident: None,
            streak: None,
            recent_changes: RecentChanges::default(),
        }
    }

    /// The memory of a monitor that is no longer watched; `None` if there is nothing to change in it.
    ///
    /// Whatever comes after that begins anew: an open incident is closed, counters are dropped, and what people believe
    /// to be bad counts as a change that makes an alert pending.
    pub fn unwatched(&self, why: Unwatched, now: Timestamp) -> Option<Self> {
        match self.health {
            Health::New | Health::Up if self.streak.is_none() && self.recent_changes.flapping.is_none() => {
                None
            }
            Health::New | Health::Up => {
                Some(Self { streak: None, recent_changes: RecentChanges::default(), ..self.clone() })
            }
            Health::Degraded | Health::Down => {
                let close = |incident: Incident| match incident.closed_at {
                    Some(_) => incident,
                    None => Incident { closed_at: Some(now), unwatched: Some(why), ..incident },
                };
                Some(Self {
                    health: Health::New,
                    since: now,
                    seq: self.seq + 1,
                    incident: self.incident.clone().map(close),
                    streak: None,
                    recent_changes: RecentChanges::default(),
                })
            }
        }
    }
}

impl Incident {
    /// The time it lasted, if it is over.
    pub fn duration(&self) -> Option<Duration> {
        let closed = self.closed_at?;
        Duration::try_from(closed.duration_since(self.opened_at)).ok()
    }
}

impl Unwatched {
    /// The word for it in items, and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Removed => "removed",
        }
    }

    /// The reason whose word is `text`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Disabled, Self::Removed].into_iter().find(|why| why.as_str() == text)
    }
}
