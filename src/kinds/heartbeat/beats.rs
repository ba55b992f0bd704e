//! What is known of the beats of a program.

use std::time::Duration;

use jiff::Timestamp;

use crate::value::clip;

/// Characters of a message that are kept.
pub const MESSAGE_CHARS: usize = 300;

/// How far a beat may be ahead of the time of the servers. One that is further ahead comes from a wrong clock: it does
/// not count, and every later beat replaces it.
pub const AHEAD: Duration = Duration::from_mins(5);

/// The last beats of a monitor, and since when it is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beats {
    /// Since when the monitor is watched as it is.
    pub first_seen: Option<Timestamp>,
    pub last_start: Option<Timestamp>,
    pub last_end: Option<BeatEnd>,
}

/// What a program says when it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatEnd {
    pub at: Timestamp,
    pub result: BeatResult,
    pub message: Option<String>,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeatResult {
    Ok,
    Fail,
}

/// The beats as a run found them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BeatEvidence {
    /// Most evidence is smaller.
    pub beats: Box<Beats>,
    pub asked: Timestamp,
}

impl BeatResult {
    /// The word for it in tables and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Fail => "fail",
        }
    }

    /// The result whose word is `text`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ok, Self::Fail].into_iter().find(|result| result.as_str() == text)
    }
}

impl Beats {
    /// The same of a monitor that was written as it is at `synced_at`: with its text, its time begins anew.
    #[must_use]
    pub fn watched_since(self, synced_at: Option<Timestamp>) -> Self {
        Self { first_seen: self.first_seen.max(synced_at), ..self }
    }

    /// The same without beats that a wrong clock made.
    pub fn believed(&self, asked: Timestamp) -> Self {
        let believed = |at: Timestamp| at <= asked.saturating_add(AHEAD).unwrap_or(asked);
        Self {
            first_seen: self.first_seen,
            last_start: self.last_start.filter(|at| believed(*at)),
            last_end: self.last_end.clone().filter(|end| believed(end.at)),
        }
    }

    /// The start that has no end yet.
    pub fn running(&self) -> Option<Timestamp> {
        self.last_start.filter(|start| self.last_end.as_ref().is_none_or(|end| end.at < *start))
    }

    /// How long the last one ran that ended, if it said when it began.
    pub fn ran(&self) -> Option<Duration> {
        let end = self.last_end.as_ref()?;
        let start = self.last_start.filter(|start| *start <= end.at)?;
        Duration::try_from(end.at.duration_since(start)).ok()
    }
}

/// A message as it is kept: one line without control characters, cut to its bound. The last lines of an output say most,
/// so its end is kept.
pub fn beat_message(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .lines()
        .map(|line| line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let line = words.join(" / ");
    let number = line.chars().count();
    let line = match number.checked_sub(MESSAGE_CHARS) {
        None | Some(0) => line,
        Some(cut) => format!("…{}", line.chars().skip(cut + 1).collect::<String>()),
    };
    (!line.is_empty()).then(|| clip(&line, MESSAGE_CHARS))
}
