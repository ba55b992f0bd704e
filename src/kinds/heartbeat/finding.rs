//! Whether the beats came in time.

use jiff::Timestamp;

use super::beats::{BeatResult, Beats};
use super::rule::BeatRule;
use crate::assert::Unmet;
use crate::value::{age, ago, minute, minute_near, rough_duration};

/// What the beats of a monitor say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeatFinding {
    /// The last beat came in time; the next one is due.
    InTime { due: Timestamp },
    /// None came yet, and none is due yet.
    Awaited { due: Timestamp },
    /// The program said so.
    Failed { at: Timestamp },
    /// It began and did not end in its time.
    Unended { start: Timestamp, due: Timestamp },
    /// The next beat after the last one did not come in its time.
    Overdue { last: Option<Timestamp>, due: Timestamp },
}

/// Judges the beats as they are known at the moment `asked`.
pub fn find(rule: &BeatRule, beats: &Beats, asked: Timestamp) -> BeatFinding {
    let beats = beats.believed(asked);
    if let Some(end) = beats.last_end.as_ref().filter(|end| end.result == BeatResult::Fail) {
        return BeatFinding::Failed { at: end.at };
    }
    let unended = beats.running().map(|start| (start, rule.with_grace(start)));
    if let Some((start, due)) = unended.filter(|(_, due)| asked > *due) {
        return BeatFinding::Unended { start, due };
    }
    let last = beats.last_end.as_ref().map(|end| end.at);
    if let Some(due) = last.map(|last| rule.due_after(last)).filter(|due| asked <= *due) {
        // What began must end before the next one is due.
        return BeatFinding::InTime { due: unended.map_or(due, |(_, end)| end.min(due)) };
    }
    // What was not watched for a while gets its time again.
    let first_seen = beats.first_seen.unwrap_or(asked);
    let due = rule.due_after(last.map_or(first_seen, |last| last.max(first_seen)));
    if asked <= due { BeatFinding::Awaited { due } } else { BeatFinding::Overdue { last, due } }
}

impl BeatFinding {
    /// Whether it says anything about the program.
    pub fn is_evidence(&self) -> bool {
        match self {
            Self::Awaited { .. } => false,
            Self::InTime { .. } | Self::Failed { .. } | Self::Unended { .. } | Self::Overdue { .. } => true,
        }
    }

    /// When the next beat must have come, or must have had; `None` where it is not about a time.
    pub fn due(&self) -> Option<Timestamp> {
        let due = match self {
            Self::Failed { .. } => return None,
            Self::InTime { due }
            | Self::Awaited { due }
            | Self::Unended { due, .. }
            | Self::Overdue { due, .. } => *due,
        };
        (due < Timestamp::MAX).then_some(due)
    }

    /// What is not as it should be, in words.
    pub fn unmet(&self) -> Option<Unmet> {
        let (actual, expected) = match self {
            Self::InTime { .. } | Self::Awaited { .. } => return None,
            Self::Failed { at } => {
                (format!("the program failed at {}", minute(*at)), "a beat `ok`".to_owned())
            }
            Self::Unended { start, due } => (
                format!("started at {}, and did not end", minute(*start)),
                format!("an end by {}", minute_near(*due, *start)),
            ),
            Self::Overdue { last, due } => {
                let actual = match last {
                    Some(last) => format!("no beat since {}", minute(*last)),
                    None => "no beat yet".to_owned(),
                };
                (actual, format!("one by {}", minute(*due)))
            }
        };
        Some(Unmet { actual, expected })
    }

    /// For people: `last beat 3h ago (12m); due by 05:00`.
    pub fn words(&self, beats: &Beats, asked: Timestamp) -> String {
        let ran = beats.ran().map(|ran| format!(" ({})", rough_duration(ran))).unwrap_or_default();
        let last = match &beats.last_end {
            Some(end) => format!("last beat {}{ran}", ago(end.at, asked)),
            None => "no beat yet".to_owned(),
        };
        let running = match beats.running() {
            Some(start) => format!("; running for {}", rough_duration(age(start, asked))),
            None => String::new(),
        };
        let by = self.due().map(|due| minute_near(due, asked));
        let due = match (self, by) {
            (Self::Failed { .. }, _) => "; it failed".to_owned(),
            (_, None) => String::new(),
            (Self::InTime { .. } | Self::Awaited { .. }, Some(by)) => format!("; due by {by}"),
            (Self::Unended { .. } | Self::Overdue { .. }, Some(by)) => format!("; was due by {by}"),
        };
        format!("{last}{running}{due}")
    }
}
