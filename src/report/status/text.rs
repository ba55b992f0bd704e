//! How everything is, for people.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;

use super::{HealthCounts, MonitorStatus, ShownHealth, StatusReport};
use crate::history::Sample;
use crate::monitor::{age, ago, count, moment_near, rough_duration};
use crate::report::bars::{full_bar, spark};
use crate::report::fit::{cut_end, cut_middle};
use crate::report::paint::{BAD, FAINT, STRONG, WARN, column, health_style, health_word, latency, paint};
use crate::report::prober::prober_text;
use crate::report::spoken::one_line;
use crate::state::LastOk;
use crate::transition::Health;

/// Characters of a row beside its id and its bars.
const FIXED: usize = 37;

/// Results that are drawn where there is room.
const BARS: usize = 30;

/// Characters of an id that are shown before bars are.
const ID: usize = 22;

/// Characters in front of what is said below a row.
const INDENT: usize = 9;

/// Where a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A terminal so many characters wide, where the last lines are what one sees.
    Terminal(usize),
    /// A file or another program: nothing is cut.
    Plain,
}

/// The widths of a table.
struct TableLayout {
    surface: Surface,
    id: usize,
    bars: usize,
    /// The latency of a full bar.
    full: Duration,
}

impl TableLayout {
    fn of(monitors: &[MonitorStatus], surface: Surface) -> Self {
        let longest = monitors.iter().map(|m| m.id.as_str().len()).max().unwrap_or(0).max(7);
        let stale = if monitors.iter().any(|m| m.stale && m.enabled) { " stale".len() } else { 0 };
        let (id, bars) = match surface {
            Surface::Plain => (longest.min(48), BARS),
            Surface::Terminal(columns) => {
                let room = columns.saturating_sub(FIXED + stale);
                let id = longest.min(room.saturating_sub(BARS).max(ID)).min(room).max(7);
                (id, room.saturating_sub(id).min(BARS))
            }
        };
        let drawn = monitors.iter().flat_map(|m| m.newest(bars));
        Self { surface, id, bars, full: full_bar(drawn) }
    }

    fn head(&self) -> String {
        let full = latency(self.full);
        let titles = [format!("LAST {} (█ = {full})", self.bars), format!("█ = {full}")];
        let fits = |title: &String| match self.surface {
            Surface::Plain => true,
            Surface::Terminal(_) => title.chars().count() <= self.bars,
        };
        let title = titles.into_iter().find(fits).unwrap_or_default();
        let width = self.id;
        let head = format!(
            "{:<8} {:<width$}  {:<7} {:<7} {:>8}  {title}",
            "HEALTH", "MONITOR", "FOR", "PROBED", "LATENCY"
        );
        head.trim_end().to_owned()
    }

    fn id(&self, monitor: &MonitorStatus) -> String {
        match self.surface {
            Surface::Plain => monitor.id.as_str().to_owned(),
            Surface::Terminal(_) => cut_middle(monitor.id.as_str(), self.id),
        }
    }

    /// What is said below a row.
    fn below(&self, text: &str) -> String {
        match self.surface {
            Surface::Plain => text.to_owned(),
            Surface::Terminal(columns) => cut_end(text, columns.saturating_sub(INDENT)),
        }
    }
}

impl StatusReport {
    /// The summary and the last run come last, where a terminal that scrolls still shows them. So do the worst monitors
    /// there; a file has them first. `--sort` may ask for another order.
    pub fn text(&self, surface: Surface) -> String {
        let mut text = String::new();
        if let Some(name) = &self.environment {
            let _ = writeln!(text, "env {}\n", one_line(name));
        }
        let layout = TableLayout::of(&self.monitors, surface);
        if !self.monitors.is_empty() {
            let _ = writeln!(text, "{}", paint(FAINT, &layout.head()));
        }
        text.extend(self.rows(surface).into_iter().map(|monitor| monitor.text(&layout, self.now)));
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
            "{} {:<width$}  {lasting:<7} {} {time:>8}  {}",
            column(style, &word, 8),
            layout.id(self),
            column(probed_style, &probed, 7),
            spark(self.newest(layout.bars), layout.full),
        );
        if self.stale && self.enabled {
            let _ = write!(text, " {}", paint(BAD, "stale"));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        if !self.why.is_empty() && self.enabled {
            // What is said of a monitor that still counts as up is a warning.
            let style = if self.health == Some(Health::Up) { WARN } else { style };
            let _ =
                writeln!(text, "{:indent$}{}", "", paint(style, &layout.below(&self.why)), indent = INDENT);
        }
        if let Some(reason) = &self.suppressed {
            let _ = writeln!(
                text,
                "{:indent$}{}",
                "",
                paint(WARN, &layout.below(&reason.text(now))),
                indent = INDENT
            );
        }
        if self.pending {
            let words = match &self.suppressed {
                None => "an alert is pending; the next run sends it",
                Some(_) => "an alert is pending, and suppressed for now",
            };
            let _ = writeln!(text, "{:indent$}{}", "", paint(WARN, &layout.below(words)), indent = INDENT);
        }
        text
    }

    /// Its last results, oldest first.
    fn newest(&self, most: usize) -> &[(Timestamp, Sample)] {
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
