//! What the state machine remembers of one monitor.

use jiff::Timestamp;

use super::Health;
use crate::verdict::Verdict;

/// Everything the state machine remembers of one monitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub health: Health,
    /// When this health began: the first observation of the streak that confirmed it.
    pub since: Timestamp,
    /// Confirmed changes of health so far; each one is owed an announcement.
    pub k: u64,
    /// The open incident, or the last one.
    pub incident: Option<Incident>,
    /// Verdicts that do not agree with `health`, not yet enough to change it.
    pub streak: Option<Streak>,
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
    /// A monitor nobody has seen yet.
    pub fn new(now: Timestamp) -> Self {
        Self { health: Health::New, since: now, k: 0, incident: None, streak: None }
    }
}
