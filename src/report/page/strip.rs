//! The days of a component as a strip of bars, in SVG. Pure.

use std::fmt::Write as _;

use super::wording::day_words;
use crate::view::{DayBar, DayShade, Hatching};

/// Of a bar with its gap; the strip is stretched to the width that it gets.
const STEP: usize = 8;
const WIDTH: usize = 6;
const HEIGHT: u64 = 100;

/// Each bar is as high as the strip in a light tint, and has its full colour from the bottom up to its height.
pub fn strip(days: &[DayBar]) -> String {
    let width = (days.len() * STEP).saturating_sub(STEP - WIDTH).max(1);
    let mut svg = format!(
        "<svg class=\"strip\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        strip_words(days)
    );
    for (place, day) in days.iter().enumerate() {
        bar(&mut svg, place * STEP, day);
    }
    svg.push_str("</svg>");
    svg
}

fn bar(svg: &mut String, x: usize, day: &DayBar) {
    let class = shade_class(day.shade());
    let title = format!("{}: {}", day.date.strftime("%-d %b %Y"), day_words(day));
    let height = day.height() * HEIGHT / 100;
    let solid =
        |class: &str, y| format!("<path class=\"{class}\" d=\"M{x} {y}h{WIDTH}V{HEIGHT}h-{WIDTH}z\"/>");
    let mut body = String::new();
    if height < HEIGHT {
        body += &solid(&format!("{class} tint"), 0);
    }
    body += &solid(class, HEIGHT - height);
    if day.hatching() == Hatching::Hatched {
        body += &solid("hatch", 0);
    }
    // Writing to a text cannot fail.
    let _ = write!(svg, "<g><title>{title}</title>{body}</g>");
}

pub fn shade_class(shade: DayShade) -> &'static str {
    match shade {
        DayShade::Unwatched => "b0",
        DayShade::Unknown => "bu",
        DayShade::Maintenance => "bm",
        DayShade::Operational => "bg",
        DayShade::Degraded => "by",
        DayShade::DownForMinutes => "ba",
        DayShade::DownUnderAnHour => "bo",
        DayShade::DownForHours => "br",
    }
}

/// What a screen reader says instead of the bars. The days with trouble are listed below them.
fn strip_words(days: &[DayBar]) -> String {
    let down = days.iter().filter(|day| day.down > 0).count();
    let degraded = days.iter().filter(|day| day.down == 0 && day.degraded > 0).count();
    let of = days.len();
    match (down, degraded) {
        (0, 0) => format!("{of} days without downtime"),
        (_, 0) => format!("{of} days, {down} with downtime"),
        (0, _) => format!("{of} days, {degraded} degraded"),
        _ => format!("{of} days, {down} with downtime, {degraded} degraded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(down: u32, unknown: u32) -> DayBar {
        let date = jiff::civil::date(2026, 11, 28);
        DayBar { date, down, degraded: 0, unknown, maintenance: 0, observed: 86_400 - unknown }
    }

    #[test]
    fn no_part_of_a_bar_with_downtime_is_green() {
        let svg = strip(&[day(1, 0)]);
        assert!(svg.contains("<title>28 Nov 2026: down 1 s</title>"), "{svg}");
        assert!(svg.contains("class=\"ba\" d=\"M0 92h6V100h-6z\""), "{svg}");
        assert!(!svg.contains("bg"), "{svg}");
    }

    #[test]
    fn a_bar_that_is_mostly_unknown_is_hatched() {
        assert!(strip(&[day(0, 50_000)]).contains("class=\"hatch\""));
        assert!(!strip(&[day(0, 40_000)]).contains("class=\"hatch\""));
    }
}
