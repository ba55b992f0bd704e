//! The HTML pages: one for all, and one for each incident. Pure.

use askama::Template;

use super::file::PageError;
use super::frame::Frame;
use super::monitor_row::MonitorRow;
use super::past::{PastDays, past_days};
use super::row::{IncidentCard, MaintenanceCard, ReportCard, open_reports};
use super::section::{ComponentSection, STATES, sections};
use super::wording::{maintenance_rule, overall_line, overall_state, state_class, state_word};
use crate::page::{PageFile, Visibility};
use crate::view::{PageIncident, PageView};

/// How many components have one state.
pub struct Count {
    class: &'static str,
    components: usize,
    word: String,
}

#[derive(Template)]
#[template(path = "page/index.html")]
pub struct IndexPage {
    frame: Frame,
    class: &'static str,
    headline: String,
    counts: Vec<Count>,
    pub open: Vec<IncidentCard>,
    reports: Vec<ReportCard>,
    maintenance: Vec<MaintenanceCard>,
    components: usize,
    pub sections: Vec<ComponentSection>,
    /// Monitors of no component; none on a public page.
    pub others: Vec<MonitorRow>,
    /// As it is printed.
    slo: Option<String>,
    days: usize,
    /// How many of the days a narrow screen shows.
    recent_days: usize,
    pub past: Vec<PastDays>,
    /// What is said of maintenance where the figures are explained.
    maintenance_rule: &'static str,
}

#[derive(Template)]
#[template(path = "page/incident.html")]
pub struct IncidentPage {
    frame: Frame,
    pub incident: IncidentCard,
}

pub fn pages(view: &PageView) -> Result<Vec<PageFile>, PageError> {
    let mut files = vec![file("index.html".to_owned(), &IndexPage::of(view, Visibility::Public))?];
    for incident in &view.incidents {
        let page = IncidentPage::of(view, incident, Visibility::Public);
        files.push(file(format!("incident/{}.html", incident.id), &page)?);
    }
    Ok(files)
}

impl IndexPage {
    /// What users see of it.
    pub fn of(view: &PageView, visibility: Visibility) -> Self {
        let days = view.components.iter().map(|component| component.days.len()).max().unwrap_or(0);
        Self {
            frame: Frame::of(view, visibility),
            class: state_class(overall_state(view.overall())),
            headline: overall_line(view),
            counts: counts(view),
            open: view.open_incidents().map(|incident| IncidentCard::of(view, incident)).collect(),
            reports: open_reports(view),
            maintenance: view.maintenance.iter().map(|window| MaintenanceCard::of(view, window)).collect(),
            components: view.components.len(),
            sections: sections(view),
            others: Vec::new(),
            slo: view.slo.map(|slo| slo.to_string()),
            days,
            recent_days: days.div_ceil(2),
            past: past_days(view),
            maintenance_rule: maintenance_rule(view.maintenance_time),
        }
    }
}

impl IncidentPage {
    /// What users see of it.
    pub fn of(view: &PageView, incident: &PageIncident, visibility: Visibility) -> Self {
        Self { frame: Frame::of(view, visibility), incident: IncidentCard::of(view, incident) }
    }
}

/// The states that occur, the gravest first.
fn counts(view: &PageView) -> Vec<Count> {
    let count = |state| Count {
        class: state_class(state),
        components: view.components.iter().filter(|component| component.state == state).count(),
        word: state_word(state).to_lowercase(),
    };
    STATES.into_iter().map(count).filter(|count| count.components > 0).collect()
}

/// A page as a file.
pub fn file(path: String, template: &impl Template) -> Result<PageFile, PageError> {
    match template.render() {
        Ok(content) => Ok(PageFile { path, media_type: "text/html; charset=utf-8", content }),
        Err(source) => Err(PageError::Template { path, source }),
    }
}
