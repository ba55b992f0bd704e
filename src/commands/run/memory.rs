//! What a loop has said: it says what lasts once, when that begins, changes and ends. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::exit::Exit;
use crate::monitor::{age, count, rough_duration};

/// How long something must be gone to be said again. What some runs do not meet, because the monitor was not due, is not
/// gone.
const GONE: Duration = Duration::from_mins(10);

/// Lines that are remembered at most, so that a loop that meets another one in each run does not grow.
const MOST: usize = 1_000;

/// Lines of the last runs, each with the time when it was met last.
#[derive(Debug)]
pub struct Remembered {
    lines: BTreeMap<String, Timestamp>,
    gone: Duration,
}

impl Remembered {
    pub fn of(period: Duration) -> Self {
        Self { lines: BTreeMap::new(), gone: GONE.max(period * 3) }
    }

    /// Whether this was not met lately.
    pub fn is_new(&mut self, line: &str, now: Timestamp) -> bool {
        self.lines.retain(|_, met| age(*met, now) < self.gone);
        if self.lines.len() >= MOST {
            self.lines.clear();
        }
        self.lines.insert(line.to_owned(), now).is_none()
    }
}

/// Runs that failed one after another.
#[derive(Debug, Default)]
pub struct FailedRuns(Option<Failing>);

#[derive(Debug)]
struct Failing {
    since: Timestamp,
    runs: usize,
    why: String,
}

impl FailedRuns {
    pub fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// A run failed; whether that is to be said, because it did not fail for the same reason before.
    pub fn add(&mut self, why: &str, now: Timestamp) -> bool {
        let failing = self.0.get_or_insert(Failing { since: now, runs: 0, why: String::new() });
        failing.runs += 1;
        let is_other = failing.why != why;
        why.clone_into(&mut failing.why);
        is_other
    }

    /// A run did its work; what is to be said of it, if others before it failed.
    pub fn end(&mut self, now: Timestamp) -> Option<String> {
        let Failing { since, runs, why: _ } = self.0.take()?;
        Some(format!(
            "works again after {} in {}",
            count(runs, "failed run"),
            rough_duration(age(since, now))
        ))
    }
}

/// What a loop knows of its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Footing {
    /// No run has come to its end yet.
    Unproven,
    /// A run has, so what fails now worked before.
    Proven,
}

impl Footing {
    /// Whether a failure ends the loop: at the start, what only a person can put right does.
    pub fn ends(self, exit: Exit) -> bool {
        match self {
            Self::Unproven => exit != Exit::Partly,
            Self::Proven => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn what_lasts_is_said_when_it_begins_and_once_more_after_it_was_gone() {
        let mut remembered = Remembered::of(Duration::from_secs(10));
        let met = [(0, true), (10, false), (500, false), (1_099, false), (1_700, true)];
        for (second, is_new) in met {
            assert_eq!(remembered.is_new("x", at(second)), is_new, "{second}");
        }
        let mut rare = Remembered::of(Duration::from_hours(1));
        assert!(rare.is_new("x", at(0)) && !rare.is_new("x", at(3_600)));
    }

    #[test]
    fn a_loop_does_not_remember_more_and_more() {
        let mut remembered = Remembered::of(Duration::from_secs(10));
        for number in 0..10_000 {
            remembered.is_new(&format!("problem {number}"), at(number / 100));
            assert!(remembered.lines.len() <= MOST);
        }
        remembered.is_new("later", at(1_000));
        assert_eq!(remembered.lines.len(), 1, "what is gone is forgotten");
    }

    #[test]
    fn a_failure_is_said_when_it_begins_when_it_changes_and_when_it_ends() {
        let mut failures = FailedRuns::default();
        assert_eq!(failures.end(at(0)), None);
        let said: Vec<_> = [("a", 0), ("a", 10), ("b", 20), ("b", 30)]
            .map(|(why, second)| failures.add(why, at(second)))
            .into();
        assert_eq!(said, [true, false, true, false]);
        assert_eq!(failures.end(at(60)).as_deref(), Some("works again after 4 failed runs in 1m"));
        assert!(failures.are_none());
        assert!(failures.add("b", at(70)), "it is another time");
    }

    #[test]
    fn what_only_a_person_can_put_right_ends_a_loop_at_its_start_alone() {
        for exit in [Exit::Failed, Exit::Usage, Exit::Invalid, Exit::Denied] {
            assert_eq!((Footing::Unproven.ends(exit), Footing::Proven.ends(exit)), (true, false));
        }
        assert!(!Footing::Unproven.ends(Exit::Partly), "another run may succeed");
    }
}
