//! A report for the terminal.

use std::fmt::Write as _;

use super::definitions::definitions;
use super::sections::{group_name, subtitle, summary, title, without_results, worst};
use super::table::{ReportColumn, ReportRow};
use crate::monitor::count;
use crate::report::Surface;
use crate::report::fit::{cut_end, cut_middle};
use crate::report::paint::{FAINT, STRONG, column, paint};
use crate::view::{ReportTotals, ReportView};

/// Characters of an id that are worth more than a further column.
const ID: usize = 18;

/// Characters of a line of definitions.
const WIDTH: usize = 80;

/// Spaces between two columns.
const GAP: usize = 2;

/// Columns that a narrow terminal does without, the first one first.
const SPARED: [ReportColumn; 4] =
    [ReportColumn::Between, ReportColumn::Recovery, ReportColumn::Passed, ReportColumn::Outages];

/// All rows of a report, before they are laid out.
struct TextTable {
    columns: Vec<ReportColumn>,
    rows: Vec<TextRow>,
}

enum TextRow {
    /// A line of its own above the monitors of a group.
    Heading(String),
    Monitor {
        name: String,
        cells: Vec<String>,
    },
    Total {
        name: String,
        cells: Vec<String>,
    },
}

pub fn text(view: &ReportView, surface: Surface) -> String {
    let mut text = format!("{}\n{}\n\n", paint(STRONG, &title(view)), paint(FAINT, &subtitle(view)));
    if view.lines.is_empty() {
        text.push_str("No monitor has a result in this period.\n");
        return text;
    }
    text.push_str(&TextTable::of(view, surface).text(surface));
    let worst = worst(view);
    if !worst.is_empty() {
        let _ = writeln!(text, "\n{}", paint(FAINT, "LONGEST OUTAGES"));
    }
    let width = |cell: fn(&super::sections::WorstOutage) -> &str| {
        worst.iter().map(|outage| cell(outage).chars().count()).max().unwrap_or_default()
    };
    let (id, lasted) = (width(|outage| &outage.monitor).min(ID), width(|outage| &outage.lasted));
    for outage in &worst {
        let monitor = match surface {
            Surface::Plain => outage.monitor.clone(),
            Surface::Terminal(_) => cut_middle(&outage.monitor, id),
        };
        let start = format!("{}  {:<lasted$}  {monitor:<id$}  ", outage.begun, outage.lasted);
        let cause = match surface {
            Surface::Plain => outage.cause.clone(),
            Surface::Terminal(columns) => {
                cut_end(&outage.cause, columns.saturating_sub(start.chars().count()))
            }
        };
        let _ = writeln!(text, "{start}{}", paint(FAINT, &cause));
    }
    if let Some(sentence) = without_results(view) {
        let _ = writeln!(text, "\n{sentence}");
    }
    let _ = writeln!(text, "\n{}", paint(FAINT, "DEFINITIONS"));
    for (term, meaning) in definitions(view) {
        text.push_str(&defined(term, meaning));
    }
    // A terminal that scrolls still shows the last lines.
    let _ = writeln!(text, "\n{}", summed_up(view));
    text
}

impl TextTable {
    fn of(view: &ReportView, surface: Surface) -> Self {
        let mut columns = ReportColumn::of(view);
        loop {
            let table = Self::with(view, columns.clone());
            let room = match surface {
                Surface::Plain => return table,
                Surface::Terminal(room) => room,
            };
            let taken: usize = table.widths().iter().map(|width| width + GAP).sum();
            let spared = SPARED.into_iter().find(|spared| columns.contains(spared));
            match spared {
                Some(spared) if taken + ID > room => columns.retain(|column| *column != spared),
                Some(_) | None => return table,
            }
        }
    }

    fn with(view: &ReportView, columns: Vec<ReportColumn>) -> Self {
        let cells = |row: ReportRow<'_>| columns.iter().map(|column| row.cell(*column)).collect::<Vec<_>>();
        let total = |name: String, totals: &ReportTotals| TextRow::Total {
            name,
            cells: cells(ReportRow::of_totals(totals)),
        };
        let groups: Vec<_> = view.groups().collect();
        let mut rows = Vec::new();
        for (group, lines) in &groups {
            if groups.len() > 1 || !group.is_empty() {
                rows.push(TextRow::Heading(group_name(group)));
            }
            rows.extend(lines.iter().map(|line| TextRow::Monitor {
                name: line.id.to_string(),
                cells: cells(ReportRow::of_line(line)),
            }));
            if lines.len() > 1 && groups.len() > 1 {
                rows.push(total(count(lines.len(), "monitor"), &ReportTotals::of(lines)));
            }
        }
        if groups.len() > 1 {
            rows.push(TextRow::Heading("All groups".to_owned()));
        }
        if view.lines.len() > 1 {
            rows.push(total(count(view.lines.len(), "monitor"), &view.totals()));
        }
        Self { columns, rows }
    }

    fn widths(&self) -> Vec<usize> {
        let cell = |n: usize| {
            let cells = self.rows.iter().filter_map(move |row| match row {
                TextRow::Heading(_) => None,
                TextRow::Monitor { cells, .. } | TextRow::Total { cells, .. } => cells.get(n),
            });
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        self.columns.iter().enumerate().map(|(n, column)| cell(n).max(column.title().len())).collect()
    }

    fn text(&self, surface: Surface) -> String {
        let widths = self.widths();
        let others: usize = widths.iter().map(|width| width + GAP).sum();
        let names = self.rows.iter().filter_map(|row| match row {
            TextRow::Heading(_) => None,
            TextRow::Monitor { name, .. } | TextRow::Total { name, .. } => Some(name.chars().count()),
        });
        let longest = names.max().unwrap_or_default().max("MONITOR".len());
        let first = match surface {
            Surface::Plain => longest,
            Surface::Terminal(columns) => longest.min(columns.saturating_sub(others).max("MONITOR".len())),
        };
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths);
            cells.fold(String::new(), |line, (cell, width)| line + &format!("{:GAP$}{cell:>width$}", ""))
        };
        let titles: Vec<_> = self.columns.iter().map(|column| column.title().to_uppercase()).collect();
        let mut text = format!("{}\n", paint(FAINT, &format!("{:<first$}{}", "MONITOR", line(&titles))));
        for (n, row) in self.rows.iter().enumerate() {
            let _ = match row {
                TextRow::Heading(name) if n == 0 => writeln!(text, "{}", paint(STRONG, name)),
                TextRow::Heading(name) => writeln!(text, "\n{}", paint(STRONG, name)),
                TextRow::Monitor { name, cells } => {
                    writeln!(text, "{:<first$}{}", cut_middle(name, first), line(cells))
                }
                TextRow::Total { name, cells } => {
                    writeln!(text, "{}{}", column(FAINT, &cut_middle(name, first), first), line(cells))
                }
            };
        }
        text
    }
}

/// What all monitors add up to, in as few lines as fit.
fn summed_up(view: &ReportView) -> String {
    let mut lines = vec![String::new()];
    for (name, value) in summary(view) {
        let part = format!("{name} {value}");
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(&part),
            Some(line) if line.chars().count() + 3 + part.chars().count() <= WIDTH => {
                let _ = write!(line, " · {part}");
            }
            Some(_) | None => lines.push(part),
        }
    }
    lines.join("\n")
}

/// A definition in lines of a readable width.
fn defined(term: &str, meaning: &str) -> String {
    const TERM: usize = 12;
    let mut lines = vec![format!("{term:<TERM$}")];
    for word in meaning.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                if line.len() > TERM {
                    line.push(' ');
                }
                line.push_str(word);
            }
            Some(_) | None => lines.push(format!("{:TERM$}{word}", "")),
        }
    }
    lines.join("\n") + "\n"
}
