//! The widths of the table: narrow terminals get fewer columns and shorter bars. Pure.

use std::time::Duration;

use anstyle::Style;

use super::surface::Surface;
use super::{MonitorStatus, StatusReport};
use crate::report::bars::{full_bar, has_bars};
use crate::report::fit::{cut_end, cut_middle, wrapped};
use crate::report::paint::{latency, paint};

/// Results that are drawn where there is room.
const BARS: usize = 30;

/// Results that are drawn before the table has all columns.
const FEWEST_BARS: usize = 8;

/// Characters of an id that are shown before there are more bars.
const ID: usize = 22;

/// Characters of an id that are shown before the table has all columns.
const SHORTEST_ID: usize = 12;

/// Characters of an id in a file before its row is wider than others.
const ID_IN_FILE: usize = 48;

/// Characters in front of what is said below a row.
const INDENT: usize = 9;

/// Behind the bars of a monitor whose last result is too old. A narrow table has no room for it.
pub const STALE: &str = " stale";

/// Which columns stand between the id and the latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeColumns {
    ForAndProbed,
    For,
    Neither,
}

impl TimeColumns {
    /// Characters of a row beside its id and its bars.
    fn fixed(self) -> usize {
        match self {
            Self::ForAndProbed => 37,
            Self::For => 29,
            Self::Neither => 21,
        }
    }

    /// The most columns that leave room for an id and some bars.
    fn of(columns: usize, longest: usize, mark: usize) -> Self {
        let least = longest.min(SHORTEST_ID) + FEWEST_BARS;
        if Self::ForAndProbed.fixed() + least + mark <= columns {
            Self::ForAndProbed
        } else if Self::For.fixed() + least <= columns {
            Self::For
        } else {
            Self::Neither
        }
    }
}

/// The widths of a table.
pub struct TableLayout {
    surface: Surface,
    pub times: TimeColumns,
    pub id: usize,
    pub bars: usize,
    /// The latency of a full bar.
    pub full: Duration,
    title: String,
}

impl TableLayout {
    pub fn of(report: &StatusReport, surface: Surface) -> Self {
        let monitors = &report.monitors;
        let longest = monitors.iter().map(|m| m.id.as_str().len()).max().unwrap_or(0).max("MONITOR".len());
        let mark = if monitors.iter().any(|m| m.stale && m.enabled) { STALE.len() } else { 0 };
        let (times, id, bars, title_room) = match surface {
            Surface::Plain => (TimeColumns::ForAndProbed, longest.min(ID_IN_FILE), BARS, usize::MAX),
            Surface::Terminal(columns) => {
                let times = TimeColumns::of(columns, longest, mark);
                let mark = if times == TimeColumns::ForAndProbed { mark } else { 0 };
                let room = columns.saturating_sub(times.fixed() + mark);
                let shown = room.saturating_sub(BARS).max(ID.min(room.saturating_sub(FEWEST_BARS)));
                let id = longest.min(shown).max(1);
                let bars = room.saturating_sub(id).min(BARS);
                (times, id, bars, columns.saturating_sub(times.fixed() + id))
            }
        };
        let drawn = || monitors.iter().flat_map(|m| m.newest(bars));
        let full = full_bar(drawn());
        let title = title(bars, has_bars(drawn()).then_some(full), title_room);
        let title = if drawn().next().is_some() { title } else { String::new() };
        Self { surface, times, id, bars, full, title }
    }

    pub fn head(&self) -> String {
        let Self { id: width, title, .. } = self;
        let monitor = cut_end("MONITOR", *width);
        let times = self.times("FOR", "PROBED");
        let head = format!("{:<8} {monitor:<width$}  {times}{:>8}  {title}", "HEALTH", "LATENCY");
        head.trim_end().to_owned()
    }

    /// The columns of times. `probed` may be painted, and is as wide as its column.
    pub fn times(&self, lasting: &str, probed: &str) -> String {
        match self.times {
            TimeColumns::ForAndProbed => format!("{lasting:<7} {probed:<7} "),
            TimeColumns::For => format!("{lasting:<7} "),
            TimeColumns::Neither => String::new(),
        }
    }

    pub fn id(&self, monitor: &MonitorStatus) -> String {
        match self.surface {
            Surface::Plain => monitor.id.as_str().to_owned(),
            Surface::Terminal(_) => cut_middle(monitor.id.as_str(), self.id),
        }
    }

    /// What is said below a row: whole in a file, else a line, or two of a narrow table.
    pub fn below(&self, style: Style, text: &str) -> String {
        let lines = match (self.surface, self.times) {
            (Surface::Plain, _) => vec![text.to_owned()],
            (Surface::Terminal(columns), TimeColumns::ForAndProbed) => {
                vec![cut_end(text, columns.saturating_sub(INDENT))]
            }
            (Surface::Terminal(columns), TimeColumns::For | TimeColumns::Neither) => {
                let room = columns.saturating_sub(INDENT);
                match &wrapped(text, room)[..] {
                    [first, second, _, ..] => vec![first.clone(), cut_end(&format!("{second} …"), room)],
                    lines => lines.to_vec(),
                }
            }
        };
        let line = |line: &String| [" ".repeat(INDENT), paint(style, line), "\n".to_owned()].concat();
        lines.iter().map(line).collect()
    }

    /// Lines that are no table.
    pub fn lines(&self, text: &str) -> String {
        match self.surface {
            Surface::Plain => text.to_owned(),
            Surface::Terminal(columns) => {
                text.lines().flat_map(|line| wrapped(line, columns)).map(|line| line + "\n").collect()
            }
        }
    }
}

/// What the bars are, as far as it fits; the scale only if there is a bar.
fn title(bars: usize, full: Option<Duration>, room: usize) -> String {
    let last = format!("LAST {bars}");
    let titles = match full.map(latency) {
        Some(full) => vec![format!("{last} (█ = {full})"), format!("█ = {full}"), format!("█={full}"), last],
        None => vec![last],
    };
    titles.into_iter().find(|title| title.chars().count() <= room).unwrap_or_default()
}
