//! The HTML pages: one for all, and one for each incident. Pure.

use askama::Template;

use super::file::PageError;
use super::policy::{SCRIPT, STYLE, policy};
use super::row::{IncidentCard, MaintenanceCard, PastDays, ReportCard, open_reports, past_days};
use super::section::{ComponentSection, STATES, sections};
use super::wording::{maintenance_rule, moment, overall_line, overall_state, state_class, state_word};
use crate::page::{Indexing, PageFile};
use crate::view::{Freshness, PageView};

/// What is the same in the head and the foot of every page.
struct Frame {
    site: String,
    policy: String,
    no_index: bool,
    style: &'static str,
    script: &'static str,
    /// For the script, in seconds; 0 if there was no run.
    last_run: i64,
    stale_after: i64,
    /// Whether the page is stale as it is made.
    is_stale: bool,
    checked: String,
}

impl Frame {
    fn of(view: &PageView) -> Self {
        let checked = match view.freshness() {
            Freshness::NeverRun => "No check has completed yet".to_owned(),
            Freshness::Fresh { last_run } | Freshness::Stale { last_run } => {
                format!("Checked {}", moment(last_run))
            }
        };
        let is_stale = match view.freshness() {
            Freshness::Fresh { .. } => false,
            Freshness::Stale { .. } | Freshness::NeverRun => true,
        };
        let no_index = match view.indexing {
            Indexing::Allowed => false,
            Indexing::Refused => true,
        };
        Self {
            site: view.title.clone(),
            policy: policy(),
            no_index,
            style: STYLE,
            script: SCRIPT,
            last_run: view.last_run.map_or(0, jiff::Timestamp::as_second),
            stale_after: view.stale_after.as_secs(),
            is_stale,
            checked,
        }
    }
}

/// How many components have one state.
struct Count {
    class: &'static str,
    components: usize,
    word: String,
}

#[derive(Template)]
#[template(path = "page/index.html")]
struct IndexPage {
    frame: Frame,
    class: &'static str,
    headline: String,
    counts: Vec<Count>,
    open: Vec<IncidentCard>,
    reports: Vec<ReportCard>,
    maintenance: Vec<MaintenanceCard>,
    components: usize,
    sections: Vec<ComponentSection>,
    /// As it is printed.
    slo: Option<String>,
    days: usize,
    /// How many of the days a narrow screen shows.
    recent_days: usize,
    past: Vec<PastDays>,
    /// What is said of maintenance where the figures are explained.
    maintenance_rule: &'static str,
}

#[derive(Template)]
#[template(path = "page/incident.html")]
struct IncidentPage {
    frame: Frame,
    incident: IncidentCard,
}

pub fn pages(view: &PageView) -> Result<Vec<PageFile>, PageError> {
    let days = view.components.iter().map(|component| component.days.len()).max().unwrap_or(0);
    let index = IndexPage {
        frame: Frame::of(view),
        class: state_class(overall_state(view.overall())),
        headline: overall_line(view),
        counts: counts(view),
        open: view.open_incidents().map(|incident| IncidentCard::of(view, incident)).collect(),
        reports: open_reports(view),
        maintenance: view.maintenance.iter().map(|window| MaintenanceCard::of(view, window)).collect(),
        components: view.components.len(),
        sections: sections(view),
        slo: view.slo.map(|slo| slo.to_string()),
        days,
        recent_days: days.div_ceil(2),
        past: past_days(view),
        maintenance_rule: maintenance_rule(view.maintenance_time),
    };
    let mut files = vec![file("index.html".to_owned(), &index)?];
    for incident in &view.incidents {
        let page = IncidentPage { frame: Frame::of(view), incident: IncidentCard::of(view, incident) };
        files.push(file(format!("incident/{}.html", incident.id), &page)?);
    }
    Ok(files)
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

fn file(path: String, template: &impl Template) -> Result<PageFile, PageError> {
    match template.render() {
        Ok(content) => Ok(PageFile { path, media_type: "text/html; charset=utf-8", content }),
        Err(source) => Err(PageError::Template { path, source }),
    }
}
