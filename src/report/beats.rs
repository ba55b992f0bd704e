//! The last beats of a program, for people and for programs.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::kinds::{BeatEnd, BeatFinding, Beats, find_beat};
use crate::monitor::Monitor;

/// The beats of a monitor as they are now, and what they say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatStatus {
    beats: Beats,
    finding: BeatFinding,
    now: Timestamp,
}

impl BeatStatus {
    /// `None` for a monitor that is probed.
    pub fn of(monitor: &Monitor, beats: Beats, now: Timestamp) -> Option<Self> {
        let beats = beats.watched_since(monitor.origin.synced_at);
        let finding = find_beat(monitor.ask.beat_rule()?, &beats, now);
        Some(Self { beats, finding, now })
    }

    /// Whether its first beat is still awaited, so that there is nothing to be seen yet.
    pub fn is_awaited(&self) -> bool {
        !self.finding.is_evidence()
    }

    /// `last beat 3h ago (12m); due by 05:00 UTC`
    pub fn text(&self) -> String {
        self.finding.words(&self.beats, self.now)
    }

    pub fn json(&self) -> Value {
        let Beats { first_seen: _, last_start, last_end } = &self.beats;
        json!({
            "last_start": last_start.map(|at| at.to_string()),
            "last_end": last_end.as_ref().map(|BeatEnd { at, result, message }| json!({
                "at": at.to_string(),
                "result": result.as_str(),
                "message": message,
            })),
            "due_by": self.finding.due().map(|due| due.to_string()),
        })
    }
}
