//! Hours as a row a day, or days as a row a month: a bar each, as high as its median latency.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{MonitorHistory, RULE, word};
use crate::history::{RollupUnit, Stretch, moment};
use crate::monitor::rough_limit;
use crate::report::bars::{FULL_BAR, bar, line};
use crate::report::paint::{BAD, FAINT, GOOD, WARN, latency, paint};
use crate::view::Figures;

/// A row: its cells by column, from 0.
type Cells = BTreeMap<usize, Figures>;

/// A title, a head, and a row for each day or month. Empty if no probe is known.
pub fn grid(history: &MonitorHistory) -> String {
    let mut rows: BTreeMap<String, Cells> = BTreeMap::new();
    for part in history.past.parts.keys() {
        let (row, column) = place(*part, history.each);
        rows.entry(row).or_default().insert(column, history.past.figures_of(*part, RULE));
    }
    let all = || rows.values().flat_map(BTreeMap::values);
    if all().all(is_blank) {
        return String::new();
    }
    let full = all().filter_map(|cell| cell.percentiles.p50).fold(FULL_BAR, Duration::max);
    let (columns, head) = match history.each {
        RollupUnit::Hour => (24, "0     6     12    18"),
        RollupUnit::Day => (31, "1    6    11   16   21   26"),
    };
    let mut text = String::new();
    let label = rows.keys().map(String::len).max().unwrap_or_default();
    let title = format!(
        "RESULTS BY {}, UTC (█ = {} median latency, × down, · no result)",
        word(history.each).to_uppercase(),
        latency(full)
    );
    let _ = writeln!(text, "\n{}", paint(FAINT, &title));
    let _ = writeln!(text, "{}", paint(FAINT, &format!("{:label$}  {head}", "")));
    // A monitor that is newer than the window has no rows before its first results.
    for (row, cells) in rows.iter().skip_while(|(_, cells)| cells.values().all(is_blank)) {
        let marks =
            (0..columns).map(|column| cells.get(&column).map_or((FAINT, " "), |cell| mark(cell, full)));
        let _ = writeln!(text, "{row}  {}  {}", line(marks), said(&Figures::sum(cells.values(), RULE)));
    }
    text
}

fn is_blank(cell: &Figures) -> bool {
    cell.probes() == 0 && cell.unknown_probes() == 0 && cell.confirmed_down == 0
}

/// The row and the column of a part.
fn place(part: Stretch, each: RollupUnit) -> (String, usize) {
    let at: DateTime = moment(part.from).to_zoned(TimeZone::UTC).datetime();
    let (row, column) = match each {
        RollupUnit::Hour => (at.date().to_string(), at.hour()),
        RollupUnit::Day => (at.strftime("%Y-%m").to_string(), at.day() - 1),
    };
    (row, usize::try_from(column).unwrap_or_default())
}

fn mark(cell: &Figures, full: Duration) -> (Style, &'static str) {
    let bar = bar(cell.percentiles.p50.unwrap_or_default(), full);
    if cell.down() > 0 {
        (BAD, "×")
    } else if cell.probes() == 0 {
        (FAINT, "·")
    } else if cell.passed() < cell.probes() {
        (WARN, bar)
    } else {
        (GOOD, bar)
    }
}

/// What a row adds up to.
fn said(sum: &Figures) -> String {
    if sum.probes() == 0 {
        return paint(FAINT, "no result");
    }
    let mut said = format!("{} of {} passed", sum.passed(), sum.probes());
    if sum.down() > 0 {
        let down = format!(", down {}", rough_limit(Duration::from_secs(sum.down())));
        said.push_str(&paint(BAD, &down));
    }
    said
}
