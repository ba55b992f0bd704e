//! The files of a private page: the same page with what the team needs, and a page for each monitor. Pure.
//!
//! It has no feed, no badges and no API. These are read by programs elsewhere, which keep no secret.

mod chart;
mod chart_words;
mod monitor;
mod name;
mod policy_words;
mod row;
mod shown;
#[cfg(test)]
mod tests;

use monitor::monitor_page;
use row::{causes, rows};

use super::file::PageError;
use super::html::{IncidentPage, IndexPage, file};
use super::monitor_row::CauseLine;
use super::past::PastDays;
use crate::page::{PageFile, Visibility};
use crate::view::{ComponentState, PrivateView};

/// All files, in the order in which they are published: the index is last, because it links to the others.
pub fn private_page_files(view: &PrivateView) -> Result<Vec<PageFile>, PageError> {
    let mut files = Vec::new();
    for one in &view.monitors {
        files.push(monitor_page(view, one)?);
    }
    for incident in &view.page.incidents {
        let mut page = IncidentPage::of(&view.page, incident, Visibility::Private);
        page.incident.causes = causes(view, incident, "../");
        files.push(file(format!("incident/{}.html", incident.id), &page)?);
    }
    files.push(file("index.html".to_owned(), &index(view))?);
    Ok(files)
}

fn index(view: &PrivateView) -> IndexPage {
    let mut index = IndexPage::of(&view.page, Visibility::Private);
    for row in index.sections.iter_mut().flat_map(|section| &mut section.rows) {
        row.monitors = rows(view, view.monitors_of(&row.id), "");
        // The team looks for what is wrong.
        let state = view.page.component(&row.id).map(|component| component.state);
        row.is_open = state != Some(ComponentState::Operational);
    }
    index.others = rows(view, view.others(), "");
    let of_days = index.past.iter_mut().flat_map(|PastDays { incidents, .. }| incidents);
    for card in index.open.iter_mut().chain(of_days) {
        card.causes = causes_of(view, &card.id);
    }
    index
}

fn causes_of(view: &PrivateView, id: &str) -> Vec<CauseLine> {
    let incident = view.page.incidents.iter().find(|incident| incident.id == id);
    incident.map(|incident| causes(view, incident, "")).unwrap_or_default()
}
