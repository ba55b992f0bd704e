//! When an attempt is repeated, and when alerts are sent.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::ChannelName;

/// From one reminder to the next, however many there were.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Repeats of a failed attempt within one run, before there is a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Attempts beyond the first.
    pub attempts: u8,
    /// Pause before the first of them.
    pub wait: Duration,
    /// How the pause grows from one to the next.
    pub backoff: Backoff,
    /// Which faults are worth another attempt.
    pub on: BTreeSet<RetryClass>,
}

/// How the pause before a further attempt grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backoff {
    /// Each as long as the first.
    #[default]
    Fixed,
    /// By the first one each time: 2 s, 4 s, 6 s.
    Linear,
    /// Twice the one before: 2 s, 4 s, 8 s.
    Exponential,
}

/// Faults that may pass by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RetryClass {
    Dns,
    Connect,
    Tls,
    Timeout,
    /// A connection that broke, or an answer that is not HTTP.
    Protocol,
    /// An answer whose status was not expected.
    Status,
}

/// When a confirmed change of health becomes a message, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPolicy {
    /// Consecutive bad verdicts that confirm a worse health, at least 1.
    pub failures: u32,
    /// Consecutive better verdicts that confirm a better health, at least 1.
    pub successes: u32,
    /// How long it stays bad until the first reminder, and how much longer each time after that; `None` for
    /// never. See [`AlertPolicy::wait_before`].
    pub remind: Option<Duration>,
    pub severity: Severity,
    /// The channels that it notifies; never empty.
    pub to: BTreeSet<ChannelName>,
    /// Whether messages quote the beginning of an answer that did not pass.
    pub excerpt: bool,
}

/// How loud an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Default for Retry {
    fn default() -> Self {
        use RetryClass::{Connect, Dns, Timeout, Tls};
        Self {
            attempts: 1,
            wait: Duration::from_secs(2),
            backoff: Backoff::default(),
            on: BTreeSet::from([Dns, Connect, Tls, Timeout]),
        }
    }
}

impl Retry {
    /// The pauses before the further attempts, in their order.
    pub fn waits(&self) -> impl Iterator<Item = Duration> {
        let Self { attempts, wait, backoff, on: _ } = self;
        let (wait, backoff) = (*wait, *backoff);
        (0..u32::from(*attempts)).map(move |behind| {
            let factor = match backoff {
                Backoff::Fixed => 1,
                Backoff::Linear => behind + 1,
                Backoff::Exponential => 2_u32.saturating_pow(behind),
            };
            wait.saturating_mul(factor)
        })
    }

    /// The longest that a probe may take whose attempts end after `timeout` each.
    pub fn worst(&self, timeout: Duration) -> Duration {
        self.waits().fold(timeout, |sum, wait| sum.saturating_add(wait).saturating_add(timeout))
    }
}

impl Default for AlertPolicy {
    fn default() -> Self {
        Self {
            failures: 2,
            successes: 1,
            remind: None,
            severity: Severity::Critical,
            to: BTreeSet::from([ChannelName::default()]),
            excerpt: true,
        }
    }
}

impl AlertPolicy {
    /// From the message before to the reminder that follows `reminders` others: twice as long each time, up to a day,
    /// so that what is known and cannot be mended soon does not bury what is new.
    pub fn wait_before(&self, reminders: u32) -> Option<Duration> {
        let first = self.remind?;
        let longest = first.max(LONGEST_WAIT);
        // A shift by more than there are bits is as good as the most there can be.
        let factor = 1_u32.checked_shl(reminders).unwrap_or(u32::MAX);
        Some(first.checked_mul(factor).map_or(longest, |wait| wait.min(longest)))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_as_the_backoff_says() {
        for (backoff, waits, worst) in [
            (Backoff::Fixed, [2, 2, 2, 2], 58),
            (Backoff::Linear, [2, 4, 6, 8], 70),
            (Backoff::Exponential, [2, 4, 8, 16], 80),
        ] {
            let retry = Retry { attempts: 4, backoff, ..Retry::default() };
            let found: Vec<_> = retry.waits().map(|wait| wait.as_secs()).collect();
            assert_eq!(found, waits, "{backoff:?}");
            assert_eq!(retry.worst(Duration::from_secs(10)).as_secs(), worst, "{backoff:?}");
        }
        let none = Retry { attempts: 0, ..Retry::default() };
        assert_eq!(none.worst(Duration::from_secs(10)), Duration::from_secs(10));
    }

    #[test]
    fn the_longest_pause_there_can_be_does_not_overflow() {
        let retry = Retry {
            attempts: u8::MAX,
            wait: Duration::MAX,
            backoff: Backoff::Exponential,
            ..Retry::default()
        };
        assert_eq!(retry.worst(Duration::from_mins(1)), Duration::MAX);
    }

    #[test]
    fn reminders_come_twice_as_late_each_time_and_then_once_a_day() {
        let waits = |hours: u64| {
            let policy = AlertPolicy { remind: Some(Duration::from_hours(hours)), ..AlertPolicy::default() };
            let wait = |n| policy.wait_before(n).map_or(0, |wait| wait.as_secs() / 3600);
            [0, 1, 2, 3, 4, 31, 32, u32::MAX].map(wait)
        };
        assert_eq!(waits(4), [4, 8, 16, 24, 24, 24, 24, 24]);
        assert_eq!(waits(48), [48; 8], "what is rarer than once a day stays so");
        assert_eq!(AlertPolicy::default().wait_before(0), None);
    }
}
