//! The documents of the page for programs, in the shape of Statuspage's API. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::wording::{group_name, incident_name, overall_line};
use crate::page::{NoticeStatus, PageFile};
use crate::view::{
    ComponentState, ComponentView, DayBar, Impact, NoticeGroup, NoticeView, OverallState, PageIncident,
    PageView, PlannedMaintenance,
};

pub fn documents(view: &PageView) -> impl Iterator<Item = PageFile> {
    let components = list(&view.components, |component| component_json(view, component));
    let incidents: Value = all_incidents(view).into_iter().take(MOST_INCIDENTS).map(|(_, one)| one).collect();
    let open: Value = open_incidents(view).into_iter().map(|(_, one)| one).collect();
    let maintenance = list(&view.maintenance, |window| maintenance_json(view, window));
    let documents = [
        (
            "summary",
            json!({ "page": page_json(view), "status": status_json(view), "components": components,
                "incidents": open, "scheduled_maintenances": maintenance }),
        ),
        ("status", json!({ "page": page_json(view), "status": status_json(view) })),
        ("components", json!({ "page": page_json(view), "components": components })),
        ("incidents", json!({ "page": page_json(view), "incidents": incidents })),
        ("scheduled-maintenances", json!({ "page": page_json(view), "scheduled_maintenances": maintenance })),
    ];
    documents.into_iter().map(|(name, document)| PageFile {
        path: format!("api/v2/{name}.json"),
        media_type: "application/json",
        content: format!("{document:#}\n"),
    })
}

/// As many as Statuspage lists.
const MOST_INCIDENTS: usize = 50;

/// Incidents, and what people reported on its own, with the time at which each began; the latest first.
fn all_incidents(view: &PageView) -> Vec<(Timestamp, Value)> {
    let incidents = view.incidents.iter().map(|one| (one.opened, incident_json(view, one)));
    let groups = view.notices.iter().filter_map(|one| Some((one.opened()?, group_json(view, one)?)));
    sorted(incidents.chain(groups).collect())
}

/// The same of what is not resolved.
fn open_incidents(view: &PageView) -> Vec<(Timestamp, Value)> {
    let incidents = view.open_incidents().map(|one| (one.opened, incident_json(view, one)));
    let groups = view.notices.iter().filter(|one| one.is_open());
    let groups = groups.filter_map(|one| Some((one.opened()?, group_json(view, one)?)));
    sorted(incidents.chain(groups).collect())
}

fn sorted(mut all: Vec<(Timestamp, Value)>) -> Vec<(Timestamp, Value)> {
    all.sort_by_key(|(began, _)| std::cmp::Reverse(*began));
    all
}

fn list<T>(all: &[T], one: impl Fn(&T) -> Value) -> Value {
    all.iter().map(one).collect()
}

/// The title is the id as well: a page has no other one.
fn page_json(view: &PageView) -> Value {
    json!({ "id": view.title, "name": view.title, "url": view.url, "time_zone": "Etc/UTC",
        "updated_at": view.last_change().map(iso) })
}

fn status_json(view: &PageView) -> Value {
    let indicator = match view.overall() {
        OverallState::Operational => "none",
        OverallState::Maintenance { .. } => "maintenance",
        OverallState::Degraded { .. } | OverallState::Unknown { .. } => "minor",
        OverallState::Down { .. } => "major",
        OverallState::AllDown => "critical",
    };
    json!({ "indicator": indicator, "description": overall_line(view) })
}

fn component_json(view: &PageView, component: &ComponentView) -> Value {
    // Statuspage has no word for a state that is not known. A program must not take it for a good one.
    let (status, description) = match component.state {
        ComponentState::Operational => ("operational", None),
        ComponentState::Degraded => ("degraded_performance", None),
        ComponentState::Down => ("major_outage", None),
        ComponentState::Maintenance => ("under_maintenance", None),
        ComponentState::Unknown => ("degraded_performance", Some("The state is unknown.")),
    };
    // Where the first day was watched too, the beginning lies before it, and is not known.
    let is_watched = |day: &&DayBar| day.observed > 0 || day.unknown > 0;
    let before = component.days.first().filter(is_watched);
    let first = component.days.iter().find(is_watched).filter(|_| before.is_none());
    let created = first.and_then(|day| TimeZone::UTC.to_timestamp(day.date.at(0, 0, 0, 0)).ok());
    let position = view.components.iter().position(|other| other.id == component.id).map_or(0, |at| at + 1);
    json!({
        "id": component.id, "name": component.name, "status": status, "description": description,
        "created_at": created.map(iso), "updated_at": component.since.or(created).map(iso), "position": position,
        "showcase": true, "start_date": created.map(|at| at.strftime("%F").to_string()),
        "group_id": null, "page_id": view.title, "group": false, "only_show_if_degraded": false,
    })
}

fn incident_json(view: &PageView, incident: &PageIncident) -> Value {
    let latest = incident.notices.first().map(|notice| notice.status);
    let status = match (incident.closed, latest) {
        (Some(_), _) => NoticeStatus::Resolved,
        (None, Some(status)) => status,
        (None, None) => NoticeStatus::Investigating,
    };
    let impact = match incident.impact {
        Impact::Degraded => "minor",
        Impact::Down => "major",
    };
    let updates = updates_json(&incident.id, &incident.notices);
    json!({
        "id": incident.id, "name": incident_name(view, incident), "status": status_word(status),
        "created_at": iso(incident.opened), "updated_at": iso(incident.changed()), "monitoring_at": null,
        "resolved_at": incident.closed.map(iso), "impact": impact,
        "shortlink": format!("{}/incident/{}.html", view.url, incident.id),
        "started_at": iso(incident.opened), "page_id": view.title, "incident_updates": updates,
        "components": affected(view, &incident.components),
    })
}

/// What people reported, and no monitor saw; None without a notice.
fn group_json(view: &PageView, group: &NoticeGroup) -> Option<Value> {
    let [opened, changed] = [group.opened()?, group.changed()?].map(iso);
    let latest = group.notices.first()?;
    let resolved = if group.is_open() { None } else { Some(&changed) };
    Some(json!({
        "id": group.id, "name": group_name(view, group), "status": status_word(latest.status),
        "created_at": opened, "updated_at": changed, "monitoring_at": null,
        "resolved_at": resolved, "impact": "none",
        "shortlink": format!("{}/#n-{}", view.url, group.id),
        "started_at": opened, "page_id": view.title, "incident_updates": updates_json(&group.id, &group.notices),
        "components": affected(view, &group.components),
    }))
}

fn updates_json(id: &str, notices: &[NoticeView]) -> Value {
    list(notices, |notice| {
        json!({ "id": format!("{id}-{}", notice.at.as_second()), "status": status_word(notice.status),
            "body": notice.markdown, "incident_id": id, "created_at": iso(notice.at),
            "updated_at": iso(notice.at), "display_at": iso(notice.at) })
    })
}

fn maintenance_json(view: &PageView, window: &PlannedMaintenance) -> Value {
    let PlannedMaintenance { id, title, components, starts, ends } = window;
    let [from, until] = [*starts, *ends].map(iso);
    let status = if view.now < *starts { "scheduled" } else { "in_progress" };
    json!({
        "id": id, "name": title, "status": status, "created_at": from, "updated_at": from,
        "monitoring_at": null, "resolved_at": null, "impact": "maintenance",
        "shortlink": format!("{}/#maintenance", view.url), "started_at": from, "page_id": view.title,
        "incident_updates": [], "components": affected(view, components),
        "scheduled_for": from, "scheduled_until": until,
    })
}

fn affected(view: &PageView, ids: &[String]) -> Value {
    ids.iter().filter_map(|id| view.component(id)).map(|component| component_json(view, component)).collect()
}

/// A time as programs read it.
fn iso(at: Timestamp) -> String {
    at.to_string()
}

fn status_word(status: NoticeStatus) -> &'static str {
    match status {
        NoticeStatus::Investigating => "investigating",
        NoticeStatus::Identified => "identified",
        NoticeStatus::Monitoring => "monitoring",
        NoticeStatus::Resolved => "resolved",
    }
}
