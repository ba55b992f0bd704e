//! A report as one file for a browser or a printer: no script, nothing loaded.

use askama::Template;

use super::definitions::{Definition, definitions};
use super::sections::{
    WorstOutage, group_name, monitor_name, subtitle, summary, title, without_results, worst,
};
use super::table::{ReportColumn, ReportRow};
use crate::monitor::count;
use crate::report::csp::hash;
use crate::view::{ReportLine, ReportTotals, ReportView};

const STYLE: &str = include_str!("../../../templates/report/report.css");

/// The template does not fit its values.
#[derive(Debug, thiserror::Error)]
#[error("could not fill in the template of the report")]
pub struct ReportTemplateError(#[from] askama::Error);

#[derive(Template)]
#[template(path = "report/report.html")]
struct ReportPage {
    policy: String,
    style: &'static str,
    title: String,
    subtitle: String,
    summary: Vec<(&'static str, String)>,
    titles: Vec<&'static str>,
    groups: Vec<HtmlGroup>,
    all: Option<HtmlRow>,
    worst: Vec<WorstOutage>,
    without_results: Option<String>,
    definitions: Vec<Definition>,
}

struct HtmlGroup {
    /// `None` if it is the only one and has no name.
    name: Option<String>,
    rows: Vec<HtmlRow>,
    total: Option<HtmlRow>,
}

struct HtmlRow {
    name: String,
    /// Whether it was down.
    is_bad: bool,
    cells: Vec<String>,
}

pub fn html(view: &ReportView) -> Result<String, ReportTemplateError> {
    let columns = ReportColumn::of(view);
    let groups: Vec<_> = view.groups().collect();
    let several = groups.len() > 1;
    let group = |(group, lines): (&str, &[ReportLine])| HtmlGroup {
        name: (several || !group.is_empty()).then(|| group_name(group)),
        rows: lines.iter().map(|line| HtmlRow::of_line(line, &columns)).collect(),
        total: (lines.len() > 1).then(|| HtmlRow::of_totals(&ReportTotals::of(lines), &columns)),
    };
    let page = ReportPage {
        policy: format!(
            "default-src 'none'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            hash(STYLE)
        ),
        style: STYLE,
        title: title(view),
        subtitle: subtitle(view),
        summary: summary(view),
        titles: columns.iter().map(|column| column.title()).collect(),
        all: several.then(|| HtmlRow::of_totals(&view.totals(), &columns)),
        groups: groups.into_iter().map(group).collect(),
        worst: worst(view),
        without_results: without_results(view),
        definitions: definitions(view),
    };
    Ok(page.render()?)
}

impl HtmlRow {
    fn of_line(line: &ReportLine, columns: &[ReportColumn]) -> Self {
        Self {
            name: monitor_name(&line.id, line.name.as_deref()),
            is_bad: line.figures.down() > 0,
            cells: cells(ReportRow::of_line(line), columns),
        }
    }

    fn of_totals(totals: &ReportTotals, columns: &[ReportColumn]) -> Self {
        Self {
            name: count(totals.monitors, "monitor"),
            is_bad: totals.figures.down() > 0,
            cells: cells(ReportRow::of_totals(totals), columns),
        }
    }
}

fn cells(row: ReportRow<'_>, columns: &[ReportColumn]) -> Vec<String> {
    columns.iter().map(|column| row.cell(*column)).collect()
}
