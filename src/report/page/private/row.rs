//! A monitor as the private page lists it, and what it adds to an incident. Pure.

use super::name::monitor_path;
use super::shown::{link, shown};
use crate::report::page::monitor_row::{CauseLine, MonitorLink, MonitorRow};
use crate::report::page::section::STATES;
use crate::report::page::wording::{length, moment, state_class, state_word};
use crate::view::{ComponentState, PageIncident, PrivateMonitor, PrivateView};

/// The worst first, then by id, as a screen that is full should show it. `root` leads from the page to the index.
pub fn rows<'a>(
    view: &PrivateView,
    monitors: impl Iterator<Item = &'a PrivateMonitor>,
    root: &str,
) -> Vec<MonitorRow> {
    let gravity = |state: ComponentState| STATES.iter().position(|one| *one == state);
    let mut monitors: Vec<_> = monitors.collect();
    monitors.sort_by_key(|one| (gravity(one.state), &one.monitor.id));
    monitors.into_iter().map(|one| row(view, one, root)).collect()
}

pub fn row(view: &PrivateView, one: &PrivateMonitor, root: &str) -> MonitorRow {
    let monitor = &one.monitor;
    let age = |since: jiff::Timestamp| length(view.page.now.duration_since(since).as_secs());
    let facts = [
        Some(monitor.alert.severity.to_string()),
        monitor.team.as_ref().map(|team| format!("team {team}")),
        Some(one.owner.as_ref().map_or("no owner".to_owned(), |owner| format!("owner {owner}"))),
    ];
    let tags = monitor.tags.iter().map(|tag| format!("#{tag}"));
    MonitorRow {
        href: format!("{root}{}", monitor_path(&monitor.id)),
        title: shown(monitor.title()),
        id: monitor.name.as_ref().map(|_| monitor.id.to_string()),
        class: state_class(one.state),
        state: state_word(one.state),
        since: one.since.map(age),
        asked: shown(&monitor.request_line()),
        reason: reason(one).map(shown),
        description: monitor.description.as_deref().map(shown),
        facts: facts.into_iter().flatten().chain(tags).map(|fact| shown(&fact)).collect(),
        runbook: monitor
            .runbook
            .as_deref()
            .map(|runbook| MonitorLink { text: shown(runbook), href: link(runbook) }),
        availability: one.availability.clone().unwrap_or_else(|| "–".to_owned()),
    }
}

/// Why it is not good: the cause of what goes on, or what the last result said.
fn reason(one: &PrivateMonitor) -> Option<&str> {
    let cause = one.open_incident().map(|incident| incident.cause.as_str());
    cause.or((!one.why.is_empty()).then_some(one.why.as_str()))
}

/// The incidents of monitors behind an incident of the page.
pub fn causes(view: &PrivateView, incident: &PageIncident, root: &str) -> Vec<CauseLine> {
    let line = |(one, incident): (&PrivateMonitor, &crate::view::IncidentView)| {
        let lasted = length(i64::try_from(incident.age(view.page.now).as_secs()).unwrap_or(i64::MAX));
        let lasting = if incident.closed.is_none() { "for" } else { "lasted" };
        CauseLine {
            href: format!("{root}{}#i-{}", monitor_path(&one.monitor.id), incident.n),
            monitor: shown(one.monitor.title()),
            cause: shown(&incident.cause),
            span: format!("since {}, {lasting} {lasted}", moment(incident.opened)),
        }
    };
    view.behind(incident).into_iter().map(line).collect()
}
