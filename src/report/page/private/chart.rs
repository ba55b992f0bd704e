//! The latencies of a monitor by hour or by day, as a chart in SVG. Pure.
//!
//! The chart is as wide as its place: words keep their size, and the lines stretch with it.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::chart_words::{ChartUnit, part_words, summary};
use crate::history::moment;
use crate::report::paint::latency;
use crate::view::{ChartPart, Figures};

/// Of the drawing in pixels: the lines have `PLOT`, and the words of the time stand below.
const HEIGHT: usize = 196;
const TOP: usize = 8;
const PLOT: usize = 160;
const WORDS: usize = 188;

/// Of the lines, whatever their size on the screen.
const WIDTH: u64 = 1_000;
const HIGH: u64 = 160;

/// The chart. None if nothing answered in all of its time.
pub fn chart(parts: &[ChartPart], unit: ChartUnit) -> Option<String> {
    let slowest = parts.iter().filter_map(|part| part.figures.percentiles.p95).max()?;
    let top = scale(slowest);
    let words = summary(parts, unit)?;
    let mut svg = format!(
        "<svg class=\"chart\" width=\"100%\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{words}\"><title>{words}</title>\
         <svg y=\"{TOP}\" width=\"100%\" height=\"{PLOT}\" viewBox=\"0 0 {WIDTH} {HIGH}\" preserveAspectRatio=\"none\">"
    );
    for (number, part) in parts.iter().enumerate() {
        svg.push_str(&background(number, parts.len(), &part.figures));
    }
    for y in [0, HIGH / 2, HIGH] {
        // Writing to a text cannot fail.
        let _ = write!(svg, "<path class=\"grid\" d=\"M0 {y}H{WIDTH}\"/>");
    }
    for (class, of) in [
        ("p95", (|figures| figures.percentiles.p95) as fn(&Figures) -> Option<Duration>),
        ("p50", |figures| figures.percentiles.p50),
    ] {
        let values: Vec<_> = parts.iter().map(|part| of(&part.figures)).collect();
        let _ = write!(svg, "<path class=\"{class}\" d=\"{}\"/>", line(&values, top));
    }
    for (number, part) in parts.iter().enumerate() {
        let (x, width) = place(number, parts.len());
        let said = part_words(part, unit);
        let _ = write!(
            svg,
            "<g><title>{said}</title><path class=\"spot\" d=\"M{x} 0h{width}v{HIGH}h-{width}z\"/></g>"
        );
    }
    svg.push_str("</svg>");
    for (y, value) in [(TOP + 13, top), (TOP + PLOT / 2 + 13, top / 2)] {
        let _ = write!(svg, "<text class=\"scale\" x=\"4\" y=\"{y}\">{}</text>", latency(value));
    }
    svg.push_str(&times(parts, unit));
    svg.push_str("</svg>");
    Some(svg)
}

/// Where a part begins, and how wide it is.
fn place(number: usize, parts: usize) -> (u64, u64) {
    let at = |number: usize| {
        let [number, parts] = [number, parts.max(1)].map(|n| u64::try_from(n).unwrap_or(u64::MAX));
        WIDTH.saturating_mul(number) / parts
    };
    (at(number), at(number + 1) - at(number))
}

/// Red where the monitor was down, and grey where nothing was observed.
fn background(number: usize, parts: usize, figures: &Figures) -> String {
    let (x, width) = place(number, parts);
    let class = if figures.down() > 0 {
        "was-down"
    } else if figures.observed() == 0 {
        "unseen"
    } else {
        return String::new();
    };
    format!("<path class=\"{class}\" d=\"M{x} 0h{width}v{HIGH}h-{width}z\"/>")
}

/// Through the middle of each part. One without an answer interrupts the line, and one between two of these is a dot.
fn line(values: &[Option<Duration>], top: Duration) -> String {
    let mut path = String::new();
    let mut command = 'M';
    for (number, value) in values.iter().enumerate() {
        let Some(value) = value else {
            command = 'M';
            continue;
        };
        let (start, width) = place(number, values.len());
        let rise = value.as_micros().saturating_mul(HIGH.into()) / top.as_micros().max(1);
        let y = HIGH.saturating_sub(u64::try_from(rise).unwrap_or(HIGH));
        let _ = write!(path, "{command}{} {y}", start + width / 2);
        if command == 'M' {
            path.push_str("h0");
        }
        command = 'L';
    }
    path
}

/// The height of the chart: the next of 1, 2 and 5 with as many zeros as it takes, in milliseconds.
fn scale(slowest: Duration) -> Duration {
    let millis = slowest.as_micros().div_ceil(1_000).max(1);
    let mut unit = 1_u128;
    loop {
        for step in [2, 5, 10] {
            if unit * step >= millis {
                return Duration::from_millis(u64::try_from(unit * step).unwrap_or(u64::MAX));
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// The words below: where parts begin, and that the last one goes on.
fn times(parts: &[ChartPart], unit: ChartUnit) -> String {
    let mut words = String::new();
    let last = parts.len().saturating_sub(1);
    for (number, part) in parts.iter().enumerate() {
        // The last word is at the right end, so the one before must not reach it.
        if number % unit.apart() != 0 || last.saturating_sub(number) * 2 < unit.apart() {
            continue;
        }
        let per_mille = number * 1_000 / parts.len().max(1);
        let at = moment(part.stretch.from).to_zoned(TimeZone::UTC);
        let anchor = if number == 0 { "start" } else { "middle" };
        let _ = write!(
            words,
            "<text x=\"{}.{}%\" y=\"{WORDS}\" text-anchor=\"{anchor}\">{}</text>",
            per_mille / 10,
            per_mille % 10,
            at.strftime(unit.tick())
        );
    }
    let now = match unit {
        ChartUnit::Hour => "now, UTC",
        ChartUnit::Day => "today",
    };
    let _ = write!(words, "<text x=\"100%\" y=\"{WORDS}\" text-anchor=\"end\">{now}</text>");
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{HOUR, HealthTimeline, Latencies, Stretch, Sum, Totals};
    use crate::page::MaintenanceTime;

    /// An hour with these latencies, in milliseconds.
    fn part(number: i64, millis: &[u64], down: u64) -> ChartPart {
        let mut latencies = Latencies::default();
        for ms in millis {
            latencies.add(Some(Duration::from_millis(*ms)));
        }
        let observed = if millis.is_empty() && down == 0 { 0 } else { 3_600 };
        let sum = Sum::new(Totals { observed, down, ..Totals::default() }, latencies);
        let stretch = Stretch { from: number * HOUR, to: (number + 1) * HOUR };
        let figures = Figures::new(stretch, &sum, &HealthTimeline::default(), MaintenanceTime::Excluded);
        ChartPart { stretch, figures }
    }

    #[test]
    fn an_hour_without_an_answer_interrupts_the_lines_and_is_grey() {
        let parts = [part(0, &[100], 0), part(1, &[], 0), part(2, &[100], 0), part(3, &[150], 0)];
        let svg = chart(&parts, ChartUnit::Hour).expect("a chart");
        let p50: Vec<_> = svg
            .split("class=\"p50\" d=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .into_iter()
            .collect();
        let moves = p50.concat().matches('M').count();
        assert_eq!(moves, 2, "{svg}");
        assert!(svg.contains("<path class=\"unseen\" d=\"M250 0h250"), "{svg}");
        assert!(svg.contains("1 Jan, 01:00 UTC: not observed"), "{svg}");
        assert!(svg.contains("1 of 4 without an answer"), "{svg}");
    }

    #[test]
    fn an_hour_with_downtime_is_marked_and_said() {
        let svg = chart(&[part(0, &[100], 0), part(1, &[100], 65)], ChartUnit::Hour).expect("a chart");
        assert!(svg.contains("<path class=\"was-down\" d=\"M500 0h500"), "{svg}");
        assert!(svg.contains(", down 1 min</title>"), "{svg}");
        assert_eq!(chart(&[part(0, &[], 3_600)], ChartUnit::Hour), None);
    }

    #[test]
    fn the_scale_is_the_next_round_number_and_has_a_unit() {
        for (millis, expected) in
            [(0, 2), (1, 2), (2, 2), (3, 5), (99, 100), (101, 200), (501, 1_000), (60_000, 100_000)]
        {
            assert_eq!(scale(Duration::from_millis(millis)), Duration::from_millis(expected), "{millis}");
        }
        let parts: Vec<_> = (0..12).map(|number| part(number, &[900], 0)).collect();
        let svg = chart(&parts, ChartUnit::Hour).expect("a chart");
        assert!(svg.contains(">1.00 s</text>") && svg.contains(">500 ms</text>"), "{svg}");
        assert!(svg.contains(">06:00</text>") && svg.contains(">now, UTC</text>"), "{svg}");
    }
}
