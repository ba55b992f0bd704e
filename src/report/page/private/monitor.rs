//! The page of one monitor. Pure.

use askama::Template;

use super::chart::chart;
use super::chart_words::ChartUnit;
use super::name::monitor_path;
use super::policy_words::{PolicyLine, policy_lines};
use super::row::row;
use super::shown::shown;
use crate::monitor::Origin;
use crate::page::{PageFile, Visibility};
use crate::report::page::file::PageError;
use crate::report::page::frame::Frame;
use crate::report::page::html::file;
use crate::report::page::monitor_row::{MonitorLink, MonitorRow};
use crate::report::page::strip::strip;
use crate::report::page::wording::{length, maintenance_rule, moment};
use crate::transition::Unwatched;
use crate::view::{ChartPart, FigureWindow, Figures, IncidentView, PrivateMonitor, PrivateView, printed};

/// From a page of a monitor to the index.
const ROOT: &str = "../";

#[derive(Template)]
#[template(path = "page/monitor.html")]
struct MonitorPage {
    frame: Frame,
    monitor: MonitorRow,
    components: Vec<MonitorLink>,
    /// A term and what it is.
    facts: Vec<(&'static str, String)>,
    figures: Vec<FigureLine>,
    strip: String,
    days: usize,
    /// How many days back incidents are listed.
    window: usize,
    charts: Vec<ChartSection>,
    policy: Vec<PolicyLine>,
    incidents: Vec<MonitorIncident>,
    maintenance_rule: &'static str,
}

/// The figures of one window, as they are printed.
struct FigureLine {
    window: &'static str,
    availability: String,
    down: String,
    observed: String,
    passed: String,
}

struct ChartSection {
    title: &'static str,
    /// What stands in the place of the chart, where there is none.
    content: Result<String, &'static str>,
}

struct MonitorIncident {
    n: u64,
    class: &'static str,
    opened: String,
    lasted: String,
    cause: String,
    /// The kind of fault, and how it ended if that says nothing of the endpoint.
    remark: String,
}

pub fn monitor_page(view: &PrivateView, one: &PrivateMonitor) -> Result<PageFile, PageError> {
    let monitor = &one.monitor;
    let name = |id: &String| view.page.component(id).map_or(id.clone(), |component| component.name.clone());
    let component = |id| MonitorLink { text: name(id), href: Some(format!("{ROOT}index.html#c-{id}")) };
    let page = MonitorPage {
        frame: Frame::of(&view.page, Visibility::Private),
        monitor: row(view, one, ROOT),
        components: one.components.iter().map(component).collect(),
        facts: facts(one),
        figures: one.figures.iter().map(|(window, figures)| figure_line(*window, figures)).collect(),
        strip: strip(&one.days),
        days: one.days.len(),
        window: one.days.len().max(FigureWindow::Quarter.days().into()),
        charts: charts(one),
        policy: policy_lines(monitor, view.period, view.page.now),
        incidents: one.incidents.iter().map(|incident| incident_line(view, incident)).collect(),
        maintenance_rule: maintenance_rule(view.page.maintenance_time),
    };
    file(monitor_path(&monitor.id), &page)
}

fn facts(one: &PrivateMonitor) -> Vec<(&'static str, String)> {
    let monitor = &one.monitor;
    let Origin { source, commit, synced_at } = &monitor.origin;
    let synced = [
        commit.as_ref().map(|commit| format!("commit {commit}")),
        synced_at.map(|at| format!("synced {}", moment(at))),
    ];
    let synced: Vec<_> = synced.into_iter().flatten().collect();
    let tags: Vec<_> = monitor.tags.iter().map(String::as_str).collect();
    let facts = [
        ("Kind", Some(monitor.ask.kind().as_str().to_owned())),
        ("Severity", Some(monitor.alert.severity.to_string())),
        ("Team", monitor.team.clone()),
        ("Owner", one.owner.clone().or(Some("none: added to the table by hand".to_owned()))),
        ("Group", (!monitor.group.is_empty()).then(|| monitor.group.clone())),
        ("Tags", (!tags.is_empty()).then(|| tags.join(", "))),
        ("Defined in", source.clone()),
        ("Applied", (!synced.is_empty()).then(|| synced.join(", "))),
    ];
    facts.into_iter().filter_map(|(term, fact)| Some((term, shown(&fact?)))).collect()
}

fn figure_line(window: FigureWindow, figures: &Figures) -> FigureLine {
    let words = |seconds: u64| length(i64::try_from(seconds).unwrap_or(i64::MAX));
    FigureLine {
        window: match window {
            FigureWindow::Day => "24 h",
            FigureWindow::Week => "7 d",
            FigureWindow::Month => "30 d",
            FigureWindow::Quarter => "90 d",
        },
        availability: printed(figures.availability()),
        down: words(figures.down()),
        observed: printed(figures.observed_share()),
        passed: format!("{} of {}", figures.passed(), figures.probes()),
    }
}

fn charts(one: &PrivateMonitor) -> Vec<ChartSection> {
    // A program that beats is not asked, so nothing is measured.
    if one.monitor.ask.beat_rule().is_some() {
        return Vec::new();
    }
    let section = |title, parts: &[ChartPart], unit, none| ChartSection {
        title,
        content: chart(parts, unit).ok_or(none),
    };
    vec![
        section("24 hours", &one.hours, ChartUnit::Hour, "No probe was answered in the last 24 hours."),
        section("30 days", &one.month, ChartUnit::Day, "No probe was answered in the last 30 days."),
    ]
}

fn incident_line(view: &PrivateView, incident: &IncidentView) -> MonitorIncident {
    let IncidentView { n, opened, closed, cause, reason, unwatched } = incident;
    let lasted = length(i64::try_from(incident.age(view.page.now).as_secs()).unwrap_or(i64::MAX));
    let end = unwatched.map(|why| match why {
        Unwatched::Disabled => "ended because it was disabled",
        Unwatched::Removed => "ended because it was removed",
    });
    let parts = [reason.map(crate::history::StoredReason::word), end];
    MonitorIncident {
        n: *n,
        class: if closed.is_none() { "down" } else { "unknown" },
        opened: moment(*opened),
        lasted: if closed.is_none() { format!("{lasted} so far") } else { lasted },
        cause: shown(cause),
        remark: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
    }
}
