//! What a run is asked to do.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::{Monitor, Selector, Traits};
use crate::report::MetricsOrigin;
use crate::state::{Held, HolderProcess, LastOk, Lease, OtherPeriod, Shard};

/// What a lease outlives the deadline by: enough to commit and notify what the last probes showed. With the
/// default deadline it ends before the next cron entry.
const BEYOND_DEADLINE: Duration = Duration::from_secs(10);

/// Longest time in which alerts of earlier runs are sent beside the probes of this one; the rest is sent after them.
const NOTIFY_PENDING: Duration = Duration::from_secs(20);

/// Longest time that probes which need secrets wait for them.
const FETCH: Duration = Duration::from_secs(10);

/// What the canaries get of the run's time, where there are any.
const CANARIES: Duration = Duration::from_secs(5);

/// The options of one run, checked.
#[derive(Debug, Clone)]
pub struct RunOptions {
    pub shard: Shard,
    /// New for every process.
    pub holder: String,
    /// The machine, for people who read `status`.
    pub host: String,
    /// This process, for others on this machine that find its lease.
    pub process: Option<HolderProcess>,
    /// Only these monitors, now; `None` for all that are due.
    pub only: Option<Selector>,
    /// Everything now, due or not.
    pub all: bool,
    /// Monitors of a folder instead of those of the table.
    pub from_files: bool,
    /// Time from one scheduled run to the next, in whole seconds.
    pub period: Duration,
    /// What becomes of the run where others with another period are at work.
    pub other_period: OtherPeriod,
    /// Time for all probes together.
    pub deadline: Duration,
    /// Shown in messages.
    pub environment: Option<String>,
}

impl RunOptions {
    /// Whose metrics a run writes.
    pub fn origin(&self) -> MetricsOrigin {
        MetricsOrigin { shard: self.shard.to_string(), environment: self.environment.clone() }
    }

    /// The slot that `now` lies in.
    pub fn slot(&self, now: Timestamp) -> u64 {
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        seconds / self.period.as_secs().max(1)
    }

    /// The same beside the run that came to its end last; why it is refused, if that has another period and is at work.
    pub fn beside(&self, last: Option<&LastOk>, now: Timestamp) -> Result<Cow<'_, Self>, Box<Held>> {
        let Some(live) = last.filter(|last| last.is_live(now) && last.period != self.period) else {
            return Ok(Cow::Borrowed(self));
        };
        match self.other_period {
            OtherPeriod::IsReplaced => Ok(Cow::Borrowed(self)),
            OtherPeriod::IsTaken => Ok(Cow::Owned(Self { period: live.period, ..self.clone() })),
            OtherPeriod::Refuses => {
                let LastOk { period, host, at, .. } = live.clone();
                Err(Box::new(Held::OtherPeriod { period, host, at }))
            }
        }
    }

    /// The lease to ask for.
    pub fn lease(&self, slot: u64) -> Lease {
        Lease {
            shard: self.shard.clone(),
            holder: self.holder.clone(),
            host: self.host.clone(),
            process: self.process.clone(),
            instead_of: None,
            slot,
            period: self.period,
            ttl: self.deadline + BEYOND_DEADLINE,
            again: self.all || self.is_partial(),
        }
    }

    /// How long alerts of earlier runs are sent beside the probes.
    pub fn notify_pending(&self) -> Duration {
        NOTIFY_PENDING.min(self.deadline / 5)
    }

    /// How long secrets are waited for.
    pub fn fetch(&self) -> Duration {
        FETCH.min(self.deadline / 5)
    }

    /// What is kept of the run's time for the canaries: probes that all wait for a network that is not there would
    /// leave them none.
    pub fn spare(&self) -> Duration {
        CANARIES.min(self.deadline / 10)
    }

    /// Whether the run is about this monitor.
    pub fn covers(&self, monitor: &Monitor) -> bool {
        self.only.as_ref().is_none_or(|only| only.takes(&Traits::of_monitor(monitor)))
    }

    /// Whether not everything that is watched is meant: some monitors by name, or a folder tried out. Then the
    /// slot stays open for the others.
    pub fn is_partial(&self) -> bool {
        self.only.is_some() || (self.from_files && self.all)
    }
}

#[cfg(test)]
impl RunOptions {
    /// A run of everything that is due, as cron starts it.
    pub fn sample() -> Self {
        Self {
            shard: Shard::sample(),
            holder: "run".to_owned(),
            host: "host-1".to_owned(),
            process: None,
            only: None,
            all: false,
            from_files: false,
            period: Duration::from_mins(2),
            other_period: OtherPeriod::Refuses,
            deadline: Duration::from_secs(100),
            environment: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_however_short_a_tenth_at_most_is_kept_for_the_canaries() {
        for (deadline, spare) in [(100, 5_000), (50, 5_000), (10, 1_000), (1, 100)] {
            let options = RunOptions { deadline: Duration::from_secs(deadline), ..RunOptions::sample() };
            assert_eq!(options.spare(), Duration::from_millis(spare), "{deadline}");
        }
    }
}
