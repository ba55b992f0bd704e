//! How everything is, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::paint::{
    BAD, FAINT, GOOD, STRONG, WARN, column, count, health_style, health_word, latency, paint, rough,
};
use super::silence::muted;
use crate::monitor::MonitorId;
use crate::mute::Reason;
use crate::state::{LastOk, Sample};
use crate::transition::{Health, Incident};
use crate::verdict::Verdict;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Everything that `status` shows.
#[derive(Debug, Clone)]
pub struct StatusReport {
    pub now: Timestamp,
    pub last_run: Option<LastOk>,
    /// No run came to its end for too long.
    pub stale: bool,
    pub monitors: Vec<MonitorStatus>,
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
    /// An alert that nobody has got yet.
    pub owed: bool,
    /// Why nobody is told of it at present.
    pub muted: Option<Reason>,
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
            (true, None) => 2,
            (true, Some(Health::New)) => 3,
            (true, Some(Health::Up)) => 4,
        };
        self.monitors.sort_by(|a, b| (rank(a), &a.id).cmp(&(rank(b), &b.id)));
    }

    /// Whether every enabled monitor is up, and known to be.
    pub fn all_up(&self) -> bool {
        let known = |m: &MonitorStatus| m.samples.is_some() && !m.stale;
        !self.stale && self.monitors.iter().all(|m| !m.enabled || (m.health == Some(Health::Up) && known(m)))
    }

    pub fn text(&self) -> String {
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
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}", self.run_line());
        for problem in &self.problems {
            let _ = writeln!(text, "{} {problem}", paint(WARN, "warning:"));
        }
        text
    }

    fn run_line(&self) -> String {
        let Some(last) = &self.last_run else {
            return format!("{} no run has come to its end yet", paint(WARN, "stale:"));
        };
        let LastOk {
            period: _,
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
            behind: _,
            took,
            kept: _,
        } = last;
        let mut parts = vec![format!("{up} pass")];
        for (number, word) in
            [(degraded, "degraded"), (down, "fail"), (unknown, "unknown"), (skipped, "skipped")]
        {
            if *number > 0 {
                parts.push(format!("{number} {word}"));
            }
        }
        let probed = count(usize::try_from(*probed).unwrap_or(usize::MAX), "monitor");
        let ended = ago(*at, self.now);
        let line = format!(
            "last run {ended} on {host}: {probed} probed in {}, {}",
            latency(*took),
            parts.join(", ")
        );
        if self.stale { format!("{} {line}; is cron still running?", paint(BAD, "stale:")) } else { line }
    }

    pub fn json(&self) -> Value {
        json!({
            "format_version": FORMAT_VERSION,
            "now": self.now.to_string(),
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
            "monitors": self.monitors.iter().map(|monitor| monitor.json(self.now)).collect::<Vec<_>>(),
            "problems": self.problems,
        })
    }
}

impl MonitorStatus {
    fn last(&self) -> Option<&(Timestamp, Sample)> {
        self.samples.as_ref()?.last()
    }

    fn text(&self, width: usize, now: Timestamp) -> String {
        let last = self.last();
        let lasting = self.since.map(|since| rough(age(since, now))).unwrap_or_default();
        let probed = match (&self.samples, last) {
            (None, _) => "?".to_owned(),
            (Some(_), None) => "never".to_owned(),
            (Some(_), Some((at, _))) => rough(age(*at, now)),
        };
        let time = last.and_then(|(_, sample)| sample.latency).map(latency).unwrap_or_default();
        let probed_style = if self.stale && self.enabled { BAD } else { FAINT };
        let (word, style) = match self.health {
            _ if !self.enabled => ("off".to_owned(), FAINT),
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
            // What is said of a monitor that still counts as up is no good news.
            let style = if self.health == Some(Health::Up) { WARN } else { style };
            let _ = writeln!(text, "{:indent$}{}", "", paint(style, &self.why), indent = 9);
        }
        if let Some(reason) = &self.muted {
            let _ = writeln!(text, "{:indent$}{}", "", paint(WARN, &reason.text(now)), indent = 9);
        }
        if self.owed {
            let words = match &self.muted {
                None => "an alert is owed; the next run sends it",
                Some(_) => "an alert is owed, and not told for now",
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
            "health": self.health.map_or("unknown", Health::as_str),
            "since": self.since.map(|since| since.to_string()),
            "why": self.why,
            "stale": self.stale,
            "owed": self.owed,
            "muted": self.muted.as_ref().map(|reason| muted(reason, now)),
            "last_probed": last.map(|(at, _)| at.to_string()),
            "latency_ms": last.and_then(|(_, sample)| sample.latency).map(|l| u64::try_from(l.as_millis()).unwrap_or(u64::MAX)),
            "incident": self.incident.as_ref().map(|incident| json!({
                "n": incident.n,
                "opened_at": incident.opened_at.to_string(),
                "closed_at": incident.closed_at.map(|at| at.to_string()),
                "cause": incident.cause,
            })),
            "results": self.samples.as_ref().map(|samples| samples.iter().map(|(at, sample)| json!({
                "at": at.to_string(),
                "verdict": sample.verdict.as_str(),
                "status": sample.status,
                "latency_ms": sample.latency.map(|l| u64::try_from(l.as_millis()).unwrap_or(u64::MAX)),
            })).collect::<Vec<_>>()),
        })
    }
}

/// A full bar is at least this slow, so that the noise of a fast endpoint does not look like a mountain range.
const FULL_BAR: Duration = Duration::from_millis(10);

/// One character a result: the height is the latency against the slowest shown, a cross is a fail.
fn spark(samples: &[(Timestamp, Sample)]) -> String {
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

fn age(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(at)).unwrap_or_default()
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    format!("{} ago ({})", paint(STRONG, &rough(age(at, now))), at.strftime("%H:%M:%S UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn monitor(id: &str, health: Health, verdicts: &[(Verdict, u64)]) -> MonitorStatus {
        let samples = (0..).zip(verdicts).map(|(i, (verdict, ms))| {
            let sample =
                Sample { verdict: *verdict, status: Some(200), latency: Some(Duration::from_millis(*ms)) };
            (at(i * 120), sample)
        });
        MonitorStatus {
            id: MonitorId::parse(id).expect("valid"),
            enabled: true,
            health: Some(health),
            since: Some(at(0)),
            why: String::new(),
            incident: None,
            owed: false,
            muted: None,
            samples: Some(samples.collect()),
            stale: false,
        }
    }

    fn report() -> StatusReport {
        let last_run = LastOk {
            period: Duration::from_mins(2),
            slot: 3,
            at: at(361),
            run: "01J00000000000000000000000".into(),
            host: "prober-1".into(),
            behind: vec![],
            probed: 3,
            up: 1,
            degraded: 1,
            down: 1,
            unknown: 0,
            skipped: 0,
            took: Duration::from_millis(210),
            kept: None,
        };
        let mut report = StatusReport {
            now: at(400),
            last_run: Some(last_run),
            stale: false,
            monitors: vec![
                monitor(
                    "cart",
                    Health::Up,
                    &[(Verdict::Pass, 10), (Verdict::Pass, 80), (Verdict::Degraded, 40)],
                ),
                MonitorStatus {
                    why: "HTTP 503, expected 200".into(),
                    owed: true,
                    ..monitor(
                        "payments-api",
                        Health::Down,
                        &[(Verdict::Pass, 20), (Verdict::Fail, 20), (Verdict::Fail, 5)],
                    )
                },
                MonitorStatus {
                    since: None,
                    samples: Some(vec![]),
                    stale: true,
                    ..monitor("new-one", Health::New, &[])
                },
                MonitorStatus {
                    owed: true,
                    muted: Some(Reason::Silence {
                        id: "01SILENCE".into(),
                        by: "x@host".into(),
                        reason: "deploying".into(),
                        until: at(1800),
                    }),
                    ..monitor("silenced", Health::Down, &[(Verdict::Fail, 20)])
                },
                MonitorStatus { enabled: false, ..monitor("switched-off", Health::Up, &[]) },
            ],
            problems: vec![],
        };
        report.sort();
        report
    }

    #[test]
    fn people_see_the_worst_first_with_a_line_of_results() {
        insta::assert_snapshot!(anstream::adapter::strip_str(&report().text()).to_string());
    }

    #[test]
    fn what_cannot_be_read_is_unknown_and_neither_new_nor_stale() {
        let unread = MonitorStatus { health: None, samples: None, ..monitor("a", Health::New, &[]) };
        let report = StatusReport { monitors: vec![unread], ..report() };
        assert!(!report.all_up());
        let text = anstream::adapter::strip_str(&report.text()).to_string();
        let line = text.lines().nth(1).expect("a line");
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["?", "a", "6m", "40s", "?"]);
        let json = &report.json()["monitors"][0];
        assert_eq!((&json["health"], &json["results"]), (&"unknown".into(), &Value::Null));
    }

    // Trap 20
    #[test]
    fn a_run_that_is_overdue_is_marked() {
        let stale = StatusReport { stale: true, ..report() };
        assert!(stale.text().contains("is cron still running?"));
        assert!(
            StatusReport { last_run: None, ..report() }.text().contains("no run has come to its end yet")
        );
    }

    #[test]
    fn programs_read_every_field() {
        let mut report = report();
        report.monitors.truncate(1);
        insta::assert_snapshot!(serde_json::to_string_pretty(&report.json()).expect("JSON"));
    }
}
