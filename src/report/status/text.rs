//! How everything is, for people.

use std::fmt::Write as _;

use anstyle::Style;
use jiff::Timestamp;

use super::layout::{STALE, TableLayout, TimeColumns};
use super::surface::Surface;
use super::{HealthCounts, MonitorStatus, ShownHealth, StatusReport};
use crate::history::Sample;
use crate::monitor::{age, ago, count, moment_near, rough_duration};
use crate::report::bars::spark;
use crate::report::paint::{BAD, FAINT, STRONG, WARN, column, health_style, health_word, latency, paint};
use crate::report::prober::prober_text;
use crate::report::spoken::one_line;
use crate::state::LastOk;
use crate::transition::Health;

/// The text of a report, in parts that end with a line end.
pub(super) struct StatusParts {
    pub head: String,
    /// The lines of each monitor.
    pub rows: Vec<String>,
    pub tail: String,
}

impl StatusReport {
    /// The summary and the last run come last, where a terminal that scrolls still shows them. So do the worst monitors
    /// there; a file has them first. `--sort` may ask for another order.
    pub fn text(&self, surface: Surface) -> String {
        let StatusParts { head, rows, tail } = self.parts(surface);
        head + &rows.concat() + &tail
    }

    pub(super) fn parts(&self, surface: Surface) -> StatusParts {
        let layout = TableLayout::of(self, surface);
        let mut head = String::new();
        if let Some(name) = &self.environment {
            let _ = writeln!(head, "{}", layout.lines(&format!("env {}\n", one_line(name))));
        }
        if !self.monitors.is_empty() {
            let _ = writeln!(head, "{}", paint(FAINT, &layout.head()));
        }
        let rows = self.rows(surface).into_iter().map(|monitor| monitor.text(&layout, self.now)).collect();
        StatusParts { head, rows, tail: layout.lines(&self.tail()) }
    }

    /// What comes after the table.
    fn tail(&self) -> String {
        let mut text = String::new();
        let left_out = self.left_out.total();
        if left_out > 0 {
            let line = format!("not shown: {} (neither DOWN nor DEGRADED)", count(left_out, "monitor"));
            let _ = writeln!(text, "{}", paint(FAINT, &line));
        }
        if left_out > 0 || !self.monitors.is_empty() {
            text.push('\n');
        }
        text.push_str(&prober_text(self.prober.as_ref(), self.now));
        text.extend(self.channels.iter().map(|channel| channel.text(self.now)));
        for problem in &self.problems {
            let _ = writeln!(text, "{} {problem}", paint(WARN, "warning:"));
        }
        if let Some(summary) = self.counts().text() {
            let _ = writeln!(text, "{summary}");
        }
        let _ = writeln!(text, "{}", self.run_line());
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
            rolled_up: _,
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
}

impl MonitorStatus {
    fn text(&self, layout: &TableLayout, now: Timestamp) -> String {
        let last = self.last();
        let lasting = self.since.map(|since| rough_duration(age(since, now))).unwrap_or_default();
        let probed = match (&self.samples, last) {
            (_, Some((at, _))) => rough_duration(age(*at, now)),
            (Some(samples), None) if samples.is_empty() => "never".to_owned(),
            // It may have been, longer ago than there are results.
            (Some(_) | None, None) => "?".to_owned(),
        };
        let time = self.last_latency().map(latency).unwrap_or_default();
        let probed_style = if self.stale && self.enabled { BAD } else { FAINT };
        let shown = self.shown();
        let (word, style) = (shown.word(), shown.style());
        let width = layout.id;
        let mut text = format!(
            "{} {:<width$}  {}{time:>8}  {}",
            column(style, &word, 8),
            layout.id(self),
            layout.times(&lasting, &column(probed_style, &probed, 7)),
            spark(self.newest(layout.bars), layout.full),
        );
        let too_old = match layout.times {
            _ if !self.stale || !self.enabled => String::new(),
            TimeColumns::ForAndProbed => {
                text.push_str(&paint(BAD, STALE));
                String::new()
            }
            TimeColumns::For | TimeColumns::Neither => match last {
                Some((at, _)) => layout.below(BAD, &format!("stale: probed {}", ago(*at, now))),
                None => layout.below(BAD, "stale: not probed"),
            },
        };
        text.truncate(text.trim_end().len());
        text.push('\n');
        text.push_str(&too_old);
        if let Some(beats) = self.beats.as_ref().filter(|_| self.enabled) {
            text.push_str(&layout.below(FAINT, &beats.text()));
        }
        if !self.why.is_empty() && self.enabled {
            // What is said of a monitor that still counts as up is a warning.
            let style = if self.health == Some(Health::Up) { WARN } else { style };
            text.push_str(&layout.below(style, &self.why));
        }
        if let Some(reason) = &self.suppressed {
            text.push_str(&layout.below(WARN, &reason.text(now)));
        }
        if self.pending {
            let words = match &self.suppressed {
                None => "an alert is pending; the next run sends it",
                Some(_) => "an alert is pending, and suppressed for now",
            };
            text.push_str(&layout.below(WARN, words));
        }
        text
    }

    /// Its last results, oldest first.
    pub(super) fn newest(&self, most: usize) -> &[(Timestamp, Sample)] {
        let samples = self.samples.as_deref().unwrap_or_default();
        samples.get(samples.len().saturating_sub(most)..).unwrap_or_default()
    }
}

impl ShownHealth {
    fn word(self) -> String {
        match self {
            Self::Down => health_word(Health::Down),
            Self::Degraded => health_word(Health::Degraded),
            Self::Unknown => "UNKNOWN".to_owned(),
            Self::Unreadable => "?".to_owned(),
            Self::New => health_word(Health::New),
            Self::Up => health_word(Health::Up),
            Self::Off => "off".to_owned(),
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Down => health_style(Health::Down),
            Self::Degraded => health_style(Health::Degraded),
            Self::Unknown | Self::Unreadable => WARN,
            Self::New => health_style(Health::New),
            Self::Up => health_style(Health::Up),
            Self::Off => FAINT,
        }
    }
}

impl HealthCounts {
    /// `196 UP · 2 DEGRADED · 2 DOWN`; `None` without a monitor.
    fn text(&self) -> Option<String> {
        let Self { up, degraded, down, unknown, new, off } = self;
        let counts = [
            (up, "UP", health_style(Health::Up)),
            (degraded, "DEGRADED", health_style(Health::Degraded)),
            (down, "DOWN", health_style(Health::Down)),
            (unknown, "UNKNOWN", WARN),
            (new, "NEW", health_style(Health::New)),
            (off, "off", FAINT),
        ];
        let counts = counts.into_iter().filter(|(number, _, _)| **number > 0);
        let parts: Vec<_> =
            counts.map(|(number, word, style)| paint(style, &format!("{number} {word}"))).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

fn ended(at: Timestamp, now: Timestamp) -> String {
    format!("{} ({})", paint(STRONG, &ago(at, now)), moment_near(at, now))
}
