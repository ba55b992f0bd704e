//! What a chart says in words: below the lines, under the pointer, and to a screen reader. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::tz::TimeZone;

use crate::history::moment;
use crate::report::page::wording::length;
use crate::report::paint::latency;
use crate::view::{ChartPart, Figures};

/// What a part of the chart is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartUnit {
    Hour,
    Day,
}

impl ChartUnit {
    /// How the beginning of a part is written below the chart.
    pub fn tick(self) -> &'static str {
        match self {
            Self::Hour => "%H:%M",
            Self::Day => "%-d %b",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Hour => "%-d %b, %H:%M UTC",
            Self::Day => "%-d %b %Y",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// Parts from one word below the chart to the next.
    pub fn apart(self) -> usize {
        match self {
            Self::Hour => 6,
            Self::Day => 7,
        }
    }
}

/// What a screen reader says instead of the lines.
pub fn summary(parts: &[ChartPart], unit: ChartUnit) -> Option<String> {
    let all = |of: fn(&Figures) -> Option<Duration>| parts.iter().filter_map(move |part| of(&part.figures));
    let p50 = |figures: &Figures| figures.percentiles.p50;
    let (fastest, slowest) = (all(p50).min()?, all(p50).max()?);
    let highest = all(|figures| figures.percentiles.p95).max()?;
    let silent = parts.iter().filter(|part| part.figures.percentiles.p50.is_none()).count();
    let silent = match silent {
        0 => String::new(),
        _ => format!("; {silent} of {} without an answer", parts.len()),
    };
    Some(format!(
        "Latency by {}: median {} to {}, 95th percentile up to {}{silent}",
        unit.word(),
        latency(fastest).replace('<', "under "),
        latency(slowest).replace('<', "under "),
        latency(highest).replace('<', "under ")
    ))
}

/// What a part says of itself under the pointer.
pub fn part_words(part: &ChartPart, unit: ChartUnit) -> String {
    let ChartPart { stretch, figures } = part;
    let at = moment(stretch.from).to_zoned(TimeZone::UTC).strftime(unit.title()).to_string();
    let shown = |value: Duration| latency(value).replace('<', "under ");
    let mut said = match (figures.percentiles.p50, figures.percentiles.p95) {
        (Some(p50), Some(p95)) => format!("{at}: median {}, p95 {}", shown(p50), shown(p95)),
        _ if figures.observed() == 0 => format!("{at}: not observed"),
        _ => format!("{at}: no answer"),
    };
    if figures.down() > 0 {
        let _ = write!(said, ", down {}", length(i64::try_from(figures.down()).unwrap_or(i64::MAX)));
    }
    said
}
