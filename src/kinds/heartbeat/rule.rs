//! When beats are expected.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::cron::CronSchedule;
use crate::value::format_duration;

/// How much too early a beat may be for the time that it is meant for: clocks differ a little.
const EARLY: Duration = Duration::from_mins(1);

/// When beats are expected, and how late they may be.
#[derive(Debug, Clone, PartialEq)]
pub struct BeatRule {
    pub(super) cadence: Cadence,
    pub(super) grace: Duration,
}

/// How often a beat is expected.
#[derive(Debug, Clone, PartialEq)]
pub enum Cadence {
    Every(Duration),
    Schedule(CronSchedule),
}

impl BeatRule {
    /// When the beat is expected that follows `moment`; `None` if there is none.
    pub fn expected_after(&self, moment: Timestamp) -> Option<Timestamp> {
        match &self.cadence {
            Cadence::Every(every) => moment.checked_add(*every).ok(),
            Cadence::Schedule(schedule) => schedule.after(moment.checked_add(EARLY).ok()?),
        }
    }

    /// How late what is expected at `moment` may be.
    pub fn with_grace(&self, moment: Timestamp) -> Timestamp {
        moment.checked_add(self.grace).unwrap_or(moment)
    }

    /// Until when the beat must have come that follows `moment`; never before that if none is expected.
    pub fn due_after(&self, moment: Timestamp) -> Timestamp {
        self.expected_after(moment).map_or(Timestamp::MAX, |at| self.with_grace(at))
    }

    pub fn grace(&self) -> Duration {
        self.grace
    }

    /// The longest time that passes between a beat and the moment in which the next one is overdue.
    pub fn patience(&self) -> Duration {
        self.longest_wait().unwrap_or(Duration::MAX).saturating_add(self.grace)
    }

    fn longest_wait(&self) -> Option<Duration> {
        match &self.cadence {
            Cadence::Every(every) => Some(*every),
            Cadence::Schedule(schedule) => Duration::try_from(schedule.longest_wait()?).ok(),
        }
    }

    /// The field by which a missing beat is noticed later than before.
    pub fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        let wait = |rule: &Self| rule.longest_wait().unwrap_or(Duration::MAX);
        if self.cadence != before.cadence && wait(self) > wait(before) {
            return Some(match self.cadence {
                Cadence::Every(_) => "heartbeat.every",
                Cadence::Schedule(_) => "heartbeat.schedule",
            });
        }
        (self.grace > before.grace).then_some("heartbeat.grace")
    }
}

impl fmt::Display for BeatRule {
    /// `beat every 24h, grace 2h`; `beat at 0 3 * * * Europe/Berlin, grace 2h`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cadence {
            Cadence::Every(every) => write!(f, "beat every {}", format_duration(*every))?,
            Cadence::Schedule(schedule) => write!(f, "beat at {schedule}")?,
        }
        write!(f, ", grace {}", format_duration(self.grace))
    }
}
