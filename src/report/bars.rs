//! A line of results as bars, on a scale that all monitors of a page share. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;

use super::paint::{BAD, FAINT, GOOD, WARN};
use crate::history::Sample;
use crate::verdict::Verdict;

/// A full bar is at least this slow, so that the noise of a fast endpoint does not look like a mountain range.
pub const FULL_BAR: Duration = Duration::from_millis(10);

/// The latency of a full bar: the slowest answer that is drawn as a bar.
pub fn full_bar<'a>(samples: impl Iterator<Item = &'a (Timestamp, Sample)>) -> Duration {
    let drawn = samples.filter_map(|(_, sample)| match sample.verdict {
        Verdict::Pass | Verdict::Degraded => sample.latency,
        Verdict::Fail | Verdict::Unknown | Verdict::Skipped => None,
    });
    drawn.fold(FULL_BAR, Duration::max)
}

/// Whether one of them is drawn as a bar.
pub fn has_bars<'a>(mut samples: impl Iterator<Item = &'a (Timestamp, Sample)>) -> bool {
    samples.any(|(_, sample)| match sample.verdict {
        Verdict::Pass | Verdict::Degraded => true,
        Verdict::Fail | Verdict::Unknown | Verdict::Skipped => false,
    })
}

/// One character a result: the height is the latency against a full bar, a cross is a fail.
pub fn spark(samples: &[(Timestamp, Sample)], full: Duration) -> String {
    line(samples.iter().map(|(_, sample)| {
        let bar = bar(sample.latency.unwrap_or_default(), full);
        match sample.verdict {
            Verdict::Pass => (GOOD, bar),
            Verdict::Degraded => (WARN, bar),
            Verdict::Fail => (BAD, "×"),
            Verdict::Unknown | Verdict::Skipped => (FAINT, "·"),
        }
    }))
}

/// The bar of a latency.
pub fn bar(latency: Duration, full: Duration) -> &'static str {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let height = latency.as_micros() * 7 / full.as_micros().max(1);
    usize::try_from(height).ok().and_then(|height| BARS.get(height)).copied().unwrap_or("█")
}

/// Marks beside each other, each in its style.
pub fn line<'a>(marks: impl IntoIterator<Item = (Style, &'a str)>) -> String {
    let mut line = String::new();
    let mut last: Option<Style> = None;
    for (style, mark) in marks {
        // A colour code only where the colour changes.
        if last != Some(style) {
            let _ = write!(line, "{}{style}", last.map(|last| format!("{last:#}")).unwrap_or_default());
            last = Some(style);
        }
        line.push_str(mark);
    }
    line + &last.map(|last| format!("{last:#}")).unwrap_or_default()
}
