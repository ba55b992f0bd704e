//! The time of the servers: every machine that works on the same tables lives by the same clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;

/// What the responses said about the time.
#[derive(Debug)]
pub struct ServerTime {
    clock: Clock,
    /// Milliseconds from our monotonic clock to the servers' clock.
    ///
    /// `Date` is cut to whole seconds, so each response gives a lower bound; the greatest of them is the
    /// best, and since it only grows, time never steps back.
    ahead: AtomicI64,
}

const UNKNOWN: i64 = i64::MIN;

impl ServerTime {
    pub fn new(clock: Clock) -> Self {
        Self { clock, ahead: AtomicI64::new(UNKNOWN) }
    }

    /// A response was made at `date`.
    pub fn note(&self, date: Timestamp) {
        let ahead = date.as_millisecond() - millis(self.clock.elapsed());
        self.ahead.fetch_max(ahead, Ordering::Relaxed);
    }

    /// The servers' time in whole milliseconds; the local clock before the first response.
    pub fn now(&self) -> Timestamp {
        let now = match self.ahead.load(Ordering::Relaxed) {
            UNKNOWN => self.clock.wall().as_millisecond(),
            ahead => ahead + millis(self.clock.elapsed()),
        };
        Timestamp::from_millisecond(now).unwrap_or_else(|_| self.clock.wall())
    }

    /// How far the servers are ahead of the local clock; `None` before the first response.
    pub fn skew(&self) -> Option<SignedDuration> {
        let known = self.ahead.load(Ordering::Relaxed) != UNKNOWN;
        known.then(|| self.now().duration_since(self.clock.wall()))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::Hand;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("the test gives a time")
    }

    #[test]
    fn the_local_clock_counts_until_a_server_speaks() {
        let hand = Hand::at(at("2026-11-20T10:00:00.5Z"));
        let time = ServerTime::new(hand.clock());
        assert_eq!((time.now(), time.skew()), (at("2026-11-20T10:00:00.5Z"), None));
        time.note(at("2026-11-20T11:00:00Z"));
        assert_eq!(time.now(), at("2026-11-20T11:00:00Z"));
        assert_eq!(time.skew(), Some(SignedDuration::from_millis(3_599_500)));
    }

    #[test]
    fn time_runs_on_between_responses_and_never_steps_back() {
        let hand = Hand::at(at("2026-11-20T10:00:00Z"));
        let time = ServerTime::new(hand.clock());
        time.note(at("2026-11-20T10:00:01Z"));
        hand.advance(Duration::from_millis(900));
        // A second response cut to the same second.
        time.note(at("2026-11-20T10:00:01Z"));
        assert_eq!(time.now(), at("2026-11-20T10:00:01.9Z"));
        hand.advance(Duration::from_millis(200));
        time.note(at("2026-11-20T10:00:03Z"));
        assert_eq!(time.now(), at("2026-11-20T10:00:03Z"));
    }
}
