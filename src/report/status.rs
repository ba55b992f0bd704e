//! How everything is, for people and for programs.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::beats::BeatStatus;
use super::channel::ChannelStatus;
use crate::history::Sample;
use crate::message::SeverityWord;
use crate::monitor::MonitorId;
use crate::state::{LastOk, Row, is_blind};
use crate::suppress::SuppressionReason;
use crate::transition::{Health, Incident};
use crate::verdict::Verdict;

mod json;
mod layout;
mod order;
mod screen;
mod surface;
mod text;

pub use order::StatusOrder;
pub use surface::{ScreenSize, Surface};

/// Everything that `status` shows.
#[derive(Debug, Clone)]
pub struct StatusReport {
    pub now: Timestamp,
    /// Where this is.
    pub environment: Option<String>,
    pub last_run: Option<LastOk>,
    /// No run came to its end for too long.
    pub stale: bool,
    /// What is known of the machine that probes; `None` if it was never cut off.
    pub prober: Option<Row>,
    /// By owner and name.
    pub channels: Vec<ChannelStatus>,
    pub order: StatusOrder,
    /// In this order, once [`Self::sort`] was called.
    pub monitors: Vec<MonitorStatus>,
    /// Monitors that were asked for and are not shown, because only what is DOWN or DEGRADED is.
    pub left_out: HealthCounts,
    /// What could not be read, a sentence each.
    pub problems: Vec<String>,
}

/// One monitor, as far as known.
#[derive(Debug, Clone)]
pub struct MonitorStatus {
    pub id: MonitorId,
    pub name: Option<String>,
    /// The folder of its file, `""` at the root.
    pub group: String,
    pub team: Option<String>,
    pub severity: SeverityWord,
    pub tags: BTreeSet<String>,
    pub enabled: bool,
    /// `None` if its row cannot be read.
    pub health: Option<Health>,
    /// When this health began; `None` before the first run.
    pub since: Option<Timestamp>,
    /// Why it is not good; empty if it is.
    pub why: String,
    pub incident: Option<Incident>,
    /// An alert that no channel has accepted yet.
    pub pending: bool,
    /// Why its alert is suppressed at present.
    pub suppressed: Option<SuppressionReason>,
    /// Of a program that beats; `None` also if its beats cannot be read.
    pub beats: Option<BeatStatus>,
    /// The last results with when their run began, oldest first; `None` if the history cannot be read.
    pub samples: Option<Vec<(Timestamp, Sample)>>,
    /// Its last result is older than it should be.
    pub stale: bool,
}

/// What is shown of a health, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ShownHealth {
    Down,
    Degraded,
    /// The prober could not see it.
    Unknown,
    /// Its row cannot be read.
    Unreadable,
    New,
    Up,
    /// It is disabled.
    Off,
}

/// How many monitors have each health.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthCounts {
    up: usize,
    degraded: usize,
    down: usize,
    unknown: usize,
    new: usize,
    off: usize,
}

impl HealthCounts {
    fn add(&mut self, shown: ShownHealth) {
        let count = match shown {
            ShownHealth::Down => &mut self.down,
            ShownHealth::Degraded => &mut self.degraded,
            ShownHealth::Unknown | ShownHealth::Unreadable => &mut self.unknown,
            ShownHealth::New => &mut self.new,
            ShownHealth::Up => &mut self.up,
            ShownHealth::Off => &mut self.off,
        };
        *count += 1;
    }

    fn total(&self) -> usize {
        let Self { up, degraded, down, unknown, new, off } = self;
        up + degraded + down + unknown + new + off
    }
}

impl StatusReport {
    /// Of every monitor that was asked for, shown or not.
    fn counts(&self) -> HealthCounts {
        let mut counts = self.left_out.clone();
        self.monitors.iter().for_each(|monitor| counts.add(monitor.shown()));
        counts
    }

    /// Whether every enabled monitor is up, and known to be.
    pub fn all_up(&self) -> bool {
        let known = |m: &MonitorStatus| m.samples.is_some() && !m.stale && !m.is_unknown();
        let sees = !is_blind(self.prober.as_ref());
        sees && !self.stale
            && self.monitors.iter().all(|m| !m.enabled || (m.health == Some(Health::Up) && known(m)))
    }

    /// Keeps only what is DOWN or DEGRADED.
    pub fn keep_bad(&mut self) {
        let left_out = &mut self.left_out;
        self.monitors.retain(|monitor| match monitor.shown() {
            ShownHealth::Down | ShownHealth::Degraded => true,
            shown @ (ShownHealth::Unknown
            | ShownHealth::Unreadable
            | ShownHealth::New
            | ShownHealth::Up
            | ShownHealth::Off) => {
                left_out.add(shown);
                false
            }
        });
    }
}

impl MonitorStatus {
    /// The last result that says something about the endpoint.
    fn last(&self) -> Option<&(Timestamp, Sample)> {
        self.samples.as_ref()?.iter().rfind(|(_, sample)| sample.verdict.is_evidence())
    }

    /// Whether its health may have changed unseen: what the prober could not see is never shown as UP (trap 20).
    fn is_unknown(&self) -> bool {
        let last = self.samples.as_ref().and_then(|samples| samples.last());
        let unseen = last.is_some_and(|(_, sample)| sample.verdict == Verdict::Unknown);
        // Before the first beat is due there is nothing to see.
        let is_awaited = self.beats.as_ref().is_some_and(BeatStatus::is_awaited);
        unseen
            && !is_awaited
            && match self.health {
                Some(Health::Up | Health::New) => true,
                // What was delivered is not over because the prober cannot see it.
                Some(Health::Degraded | Health::Down) | None => false,
            }
    }

    fn shown(&self) -> ShownHealth {
        match (self.enabled, self.health) {
            (false, _) => ShownHealth::Off,
            (true, Some(_)) if self.is_unknown() => ShownHealth::Unknown,
            (true, Some(Health::Down)) => ShownHealth::Down,
            (true, Some(Health::Degraded)) => ShownHealth::Degraded,
            (true, Some(Health::New)) => ShownHealth::New,
            (true, Some(Health::Up)) => ShownHealth::Up,
            (true, None) => ShownHealth::Unreadable,
        }
    }

    fn health_word(&self) -> &'static str {
        match self.health {
            Some(_) if self.is_unknown() => "unknown",
            Some(health) => health.as_str(),
            None => "unknown",
        }
    }
}

#[cfg(test)]
mod tests;
