//! How everything is, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::channel::ChannelStatus;
use super::paint::{BAD, FAINT, GOOD, STRONG, WARN, column, health_style, health_word, latency, paint};
use super::prober::{prober_json, prober_text};
use super::silence::suppression_json;
use super::spoken::one_line;
use crate::history::{InMaintenance, Sample, StoredReason};
use crate::monitor::{MonitorId, age, ago, count, moment_near, rough_duration};
use crate::state::{LastOk, Row, is_blind};
use crate::suppress::SuppressionReason;
use crate::transition::{Health, Incident};
use crate::verdict::Verdict;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

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
    pub monitors: Vec<MonitorStatus>,
    /// Monitors that were asked for and are not shown, because only what is DOWN or DEGRADED is.
    pub left_out: usize,
    /// What could not be read, a sentence each.
    pub problems: Vec<String>,
}

/// One monitor, as far as known.
#[derive(Debug, Clone)]
pub struct MonitorStatus {
    pub id: MonitorId,
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
    /// The last results with when their run began, oldest first; `None` if the history cannot be read.
    pub samples: Option<Vec<(Timestamp, Sample)>>,
    /// Its last result is older than it should be.
    pub stale: bool,
}

impl StatusReport {
    /// Worst first, then by id.
    pub fn sort(&mut self) {
        let rank = |monitor: &MonitorStatus| match (monitor.enabled, monitor.health) {
            (false, _) => 5,
            (true, Some(Health::Down)) => 0,
            (true, Some(Health::Degraded)) => 1,
            (true, Some(_)) if monitor.is_unknown() => 2,
            (true, None) => 2,
            (true, Some(Health::New)) => 3,
            (true, Some(Health::Up)) => 4,
        };
        self.monitors.sort_by(|a, b| (rank(a), &a.id).cmp(&(rank(b), &b.id)));
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
        let all = self.monitors.len();
        self.monitors.retain(|monitor| match monitor.health {
            Some(Health::Down | Health::Degraded) => monitor.enabled,
            Some(Health::Up | Health::New) | None => false,
        });
        self.left_out = all - self.monitors.len();
    }

    pub fn text(&self) -> String {
        let place = self.environment.as_ref().map(|name| format!("env {}\n\n", one_line(name)));
        let width = self.monitors.iter().map(|m| m.id.as_str().len()).max().unwrap_or(0).clamp(7, 48);
        let mut text = String::new();
        if !self.monitors.is_empty() {
            let head = format!(
                "{:<8} {:<width$}  {:<8} {:<9} {:>8}  LAST 30",
                "HEALTH", "MONITOR", "FOR", "PROBED", "LATENCY"
            );
            let _ = writeln!(text, "{}", paint(FAINT, &head));
        }
        for monitor in &self.monitors {
            text.push_str(&monitor.text(width, self.now));
        }
        if self.left_out > 0 {
            let line = format!("not shown: {} (neither DOWN nor DEGRADED)", count(self.left_out, "monitor"));
            let _ = writeln!(text, "{}", paint(FAINT, &line));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.insert_str(0, &place.unwrap_or_default());
        text.push_str(&prober_text(self.prober.as_ref(), self.now));
        text.extend(self.channels.iter().map(|channel| channel.text(self.now)));
        let _ = writeln!(text, "{}", self.run_line());
        for problem in &self.problems {
            let _ = writeln!(text, "{} {problem}", paint(WARN, "warning:"));
        }
        text
    }

    fn run_line(&self) -> String {
        let Some(last) = &self.last_run else {
            return paint(WARN, "No check has completed yet.");
        };
        let LastOk {
            period: _,
            in_a_row: _,
            slot: _,
            at,
            run: _,
            host,
            probed,
            up,
            degraded,
            down,
            unknown,
            skipped,
            range: _,
            took,
            recorded: _,
        } = last;
        let mut parts = vec![format!("{up} pass")];
        for (number, word) in
            [(degraded, "degraded"), (down, "fail"), (unknown, "unknown"), (skipped, "skipped")]
        {
            if *number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        let probed = count(*probed, "monitor");
        let ended = ended(*at, self.now);
        let line = format!(
            "last run {ended} on {host}: {probed} probed in {}, {}",
            latency(*took),
            parts.join(", ")
        );
        if self.stale {
            format!("{} {line}; is cron or `monitorctl run` still running?", paint(BAD, "stale:"))
        } else {
            line
        }
    }

    pub fn json(&self) -> Value {
        json!({
            "format_version": FORMAT_VERSION,
            "now": self.now.to_string(),
            "environment": self.environment,
            "stale": self.stale,
            "last_run": self.last_run.as_ref().map(|last| json!({
                "id": last.run,
                "host": last.host,
                "ended_at": last.at.to_string(),
                "slot": last.slot,
                "took_ms": u64::try_from(last.took.as_millis()).unwrap_or(u64::MAX),
                "probed": last.probed,
                "up": last.up,
                "degraded": last.degraded,
                "down": last.down,
                "unknown": last.unknown,
                "skipped": last.skipped,
            })),
            "prober": prober_json(self.prober.as_ref()),
            "channels": self.channels.iter().map(ChannelStatus::json).collect::<Vec<_>>(),
            "monitors": self.monitors.iter().map(|monitor| monitor.json(self.now)).collect::<Vec<_>>(),
            "left_out": self.left_out,
            "problems": self.problems,
        })
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
        unseen
            && match self.health {
                Some(Health::Up | Health::New) => true,
                // What was delivered is not over because the prober cannot see it.
                Some(Health::Degraded | Health::Down) | None => false,
            }
    }

    fn health_word(&self) -> &'static str {
        match self.health {
            Some(_) if self.is_unknown() => "unknown",
            Some(health) => health.as_str(),
            None => "unknown",
        }
    }

    fn text(&self, width: usize, now: Timestamp) -> String {
        let last = self.last();
        let lasting = self.since.map(|since| rough_duration(age(since, now))).unwrap_or_default();
        let probed = match (&self.samples, last) {
            (_, Some((at, _))) => rough_duration(age(*at, now)),
            (Some(samples), None) if samples.is_empty() => "never".to_owned(),
            // It may have been, longer ago than there are results.
            (Some(_) | None, None) => "?".to_owned(),
        };
        let time = last.and_then(|(_, sample)| sample.latency).map(latency).unwrap_or_default();
        let probed_style = if self.stale && self.enabled { BAD } else { FAINT };
        let (word, style) = match self.health {
            _ if !self.enabled => ("off".to_owned(), FAINT),
            Some(_) if self.is_unknown() => ("UNKNOWN".to_owned(), WARN),
            Some(health) => (health_word(health), health_style(health)),
            None => ("?".to_owned(), WARN),
        };
        let mut text = format!(
            "{} {:<width$}  {lasting:<8} {} {time:>8}  {}",
            column(style, &word, 8),
            self.id.as_str(),
            column(probed_style, &probed, 9),
            spark(self.samples.as_deref().unwrap_or_default()),
        );
        if self.stale && self.enabled {
            let _ = write!(text, " {}", paint(BAD, "stale"));
        }
        text.push('\n');
        if !self.why.is_empty() && self.enabled {
            // What is said of a monitor that still counts as up is a warning.
            let style = if self.health == Some(Health::Up) { WARN } else { style };
            let _ = writeln!(text, "{:indent$}{}", "", paint(style, &self.why), indent = 9);
        }
        if let Some(reason) = &self.suppressed {
            let _ = writeln!(text, "{:indent$}{}", "", paint(WARN, &reason.text(now)), indent = 9);
        }
        if self.pending {
            let words = match &self.suppressed {
                None => "an alert is pending; the next run sends it",
                Some(_) => "an alert is pending, and suppressed for now",
            };
            let _ = writeln!(text, "{:indent$}{}", "", paint(WARN, words), indent = 9);
        }
        text
    }

    fn json(&self, now: Timestamp) -> Value {
        let last = self.last();
        json!({
            "id": self.id.as_str(),
            "enabled": self.enabled,
            "health": self.health_word(),
            "last_known": self.health.map(Health::as_str),
            "since": self.since.map(|since| since.to_string()),
            "why": self.why,
            "stale": self.stale,
            "pending": self.pending,
            "suppressed": self.suppressed.as_ref().map(|reason| suppression_json(reason, now)),
            "last_probed": last.map(|(at, _)| at.to_string()),
            "latency_ms": last.and_then(|(_, sample)| sample.latency).map(whole_millis),
            "incident": self.incident.as_ref().map(|incident| json!({
                "n": incident.n,
                "opened_at": incident.opened_at.to_string(),
                "closed_at": incident.closed_at.map(|at| at.to_string()),
                "cause": incident.cause,
            })),
            "results": self.samples.as_ref().map(|samples| samples.iter().map(|(at, sample)| json!({
                "at": at.to_string(),
                "verdict": sample.verdict.as_str(),
                "reason": sample.reason.map(StoredReason::word),
                "maintenance": sample.maintenance == InMaintenance::Yes,
                "code": sample.code,
                "latency_ms": sample.latency.map(whole_millis),
            })).collect::<Vec<_>>()),
        })
    }
}

/// Rounded up: no latency is shown better than it was.
fn whole_millis(latency: Duration) -> u64 {
    u64::try_from(latency.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
}

/// A full bar is at least this slow, so that the noise of a fast endpoint does not look like a mountain range.
const FULL_BAR: Duration = Duration::from_millis(10);

/// One character a result: the height is the latency against the slowest shown, a cross is a fail.
pub fn spark(samples: &[(Timestamp, Sample)]) -> String {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let slowest =
        samples.iter().filter_map(|(_, sample)| sample.latency).fold(FULL_BAR, Duration::max).as_micros();
    let mut line = String::new();
    let mut last: Option<Style> = None;
    for (_, sample) in samples {
        let height = sample.latency.unwrap_or_default().as_micros() * 7 / slowest;
        let bar = usize::try_from(height).ok().and_then(|height| BARS.get(height)).copied().unwrap_or("█");
        let (style, mark) = match sample.verdict {
            Verdict::Pass => (GOOD, bar),
            Verdict::Degraded => (WARN, bar),
            Verdict::Fail => (BAD, "×"),
            Verdict::Unknown | Verdict::Skipped => (FAINT, "·"),
        };
        // A colour code only where the colour changes.
        if last != Some(style) {
            let _ = write!(line, "{}{style}", last.map(|last| format!("{last:#}")).unwrap_or_default());
            last = Some(style);
        }
        line.push_str(mark);
    }
    line + &last.map(|last| format!("{last:#}")).unwrap_or_default()
}

fn ended(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", paint(STRONG, &ago(at, now)), moment_near(at, now))
}

#[cfg(test)]
mod tests;
