//! The parts of the HTML pages as plain texts: rows of components, and cards of incidents. Pure.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::monitor_row::{CauseLine, MonitorRow};
use super::notice::notice_html;
use super::spark::sparkline;
use super::strip::{shade_class, strip};
use super::wording::{
    budget_line, budget_words, clock_time, component_names, day_words, group_name, impact_class,
    incident_name, length, moment, notice_word, state_class, state_word,
};
use crate::view::{
    ComponentState, ComponentView, DayBar, NoticeGroup, NoticeView, PageIncident, PageView,
    PlannedMaintenance,
};

/// How many days of incidents the page lists.
pub const PAST_DAYS: i64 = 14;

/// One component as a line that opens.
pub struct ComponentRow {
    pub id: String,
    pub name: String,
    pub class: &'static str,
    pub state: &'static str,
    pub since: Option<String>,
    pub strip: String,
    pub spark: Option<String>,
    pub availability: String,
    pub observed: Option<String>,
    /// What is left of the error budget, where there is an objective.
    pub budget: Option<String>,
    /// The same in a few words.
    pub budget_line: Option<String>,
    pub days: usize,
    /// The days that were not just fine, the latest first.
    pub noteworthy: Vec<DayLine>,
    /// Its monitors; none on a public page.
    pub monitors: Vec<MonitorRow>,
    /// Whether all of it is shown at first.
    pub is_open: bool,
}

pub struct DayLine {
    pub class: &'static str,
    pub date: String,
    pub words: String,
}

impl ComponentRow {
    pub fn of(view: &PageView, component: &ComponentView) -> Self {
        Self {
            id: component.id.clone(),
            name: component.name.clone(),
            class: state_class(component.state),
            state: state_word(component.state),
            since: component.since.map(|since| length(view.now.duration_since(since).as_secs())),
            strip: strip(&component.days),
            spark: sparkline(&component.latency),
            availability: component.availability.clone().unwrap_or_else(|| "–".to_owned()),
            observed: component.observed_share.clone(),
            budget: view.slo.zip(component.error_budget).map(|(slo, millis)| budget_words(slo, millis)),
            budget_line: component.error_budget.map(budget_line),
            days: component.days.len(),
            noteworthy: component.days.iter().rev().filter(|day| is_noteworthy(day)).map(day_line).collect(),
            monitors: Vec::new(),
            is_open: false,
        }
    }
}

fn is_noteworthy(day: &DayBar) -> bool {
    let DayBar { date: _, down, degraded, unknown, maintenance, observed: _ } = *day;
    down > 0 || degraded > 0 || maintenance > 0 || unknown >= 300
}

fn day_line(day: &DayBar) -> DayLine {
    DayLine {
        class: shade_class(day.shade()),
        date: day.date.strftime("%-d %b").to_string(),
        words: day_words(day),
    }
}

/// One incident, in a list or on a page of its own.
pub struct IncidentCard {
    pub id: String,
    pub name: String,
    pub class: &'static str,
    pub components: String,
    pub opened: String,
    /// `Since 29 Nov 2026, 04:12 UTC, for 48 min`, or from when to when.
    pub span: String,
    pub lasted: String,
    pub is_open: bool,
    pub notices: Vec<NoticeCard>,
    /// What went wrong with which monitor; none on a public page.
    pub causes: Vec<CauseLine>,
}

pub struct NoticeCard {
    pub status: &'static str,
    pub title: Option<String>,
    pub at: String,
    pub html: String,
}

impl IncidentCard {
    pub fn of(view: &PageView, incident: &PageIncident) -> Self {
        let lasted = incident.closed.unwrap_or(view.now).duration_since(incident.opened).as_secs();
        let span = match incident.closed {
            None => format!("Since {}, for {}", moment(incident.opened), length(lasted)),
            Some(closed) if day_of(closed) == day_of(incident.opened) => {
                format!("{} to {} UTC, {}", clock_time(incident.opened), clock_time(closed), length(lasted))
            }
            Some(closed) => {
                format!("{} to {}, {}", clock_time(incident.opened), moment(closed), length(lasted))
            }
        };
        Self {
            id: incident.id.clone(),
            name: incident_name(view, incident),
            class: impact_class(incident.impact),
            components: component_names(view, &incident.components),
            opened: moment(incident.opened),
            span,
            lasted: length(lasted),
            is_open: incident.closed.is_none(),
            notices: incident.notices.iter().map(NoticeCard::of).collect(),
            causes: Vec::new(),
        }
    }
}

impl NoticeCard {
    fn of(notice: &NoticeView) -> Self {
        Self {
            status: notice_word(notice.status),
            title: notice.title.clone(),
            at: moment(notice.at),
            html: notice_html(&notice.markdown),
        }
    }
}

/// What people reported, and no monitor saw.
pub struct ReportCard {
    pub id: String,
    pub name: String,
    pub class: &'static str,
    pub components: String,
    /// Their titles are the name of the card.
    pub notices: Vec<NoticeCard>,
}

impl ReportCard {
    pub fn of(view: &PageView, group: &NoticeGroup) -> Self {
        let state = if group.is_open() { ComponentState::Degraded } else { ComponentState::Operational };
        let notices = group.notices.iter().map(|notice| NoticeCard { title: None, ..NoticeCard::of(notice) });
        Self {
            id: group.id.clone(),
            name: group_name(view, group),
            class: state_class(state),
            components: component_names(view, &group.components),
            notices: notices.collect(),
        }
    }

    /// In the list of days. The notices of an open one stand above already.
    pub fn in_list(view: &PageView, group: &NoticeGroup) -> Self {
        let card = Self::of(view, group);
        if group.is_open() { Self { notices: Vec::new(), ..card } } else { card }
    }
}

/// What people reported lately and has not resolved yet. A report without a word since is not shown for ever.
pub fn open_reports(view: &PageView) -> Vec<ReportCard> {
    let is_recent =
        |group: &&NoticeGroup| group.changed().is_some_and(|changed| days_back(view, changed) < PAST_DAYS);
    let open = view.notices.iter().filter(|group| group.is_open()).filter(is_recent);
    open.map(|group| ReportCard::of(view, group)).collect()
}

fn days_back(view: &PageView, at: Timestamp) -> i64 {
    view.now.duration_since(at).as_hours() / 24
}

/// One maintenance window that users should know of.
pub struct MaintenanceCard {
    pub title: String,
    pub components: String,
    pub span: String,
    pub under_way: bool,
}

impl MaintenanceCard {
    pub fn of(view: &PageView, window: &PlannedMaintenance) -> Self {
        let lasts = length(window.ends.duration_since(window.starts).as_secs());
        Self {
            title: window.title.clone(),
            components: component_names(view, &window.components),
            span: format!("{} to {}, {lasts}", moment(window.starts), moment(window.ends)),
            under_way: window.starts <= view.now,
        }
    }
}

/// The UTC day of a moment.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
