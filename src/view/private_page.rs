//! What a private page shows beyond the public one, as a plain value. Pure.

use std::time::Duration;

use jiff::Timestamp;

use super::{ComponentState, DayBar, Figures, IncidentView, PageIncident, PageView};
use crate::history::Stretch;
use crate::monitor::Monitor;

/// A status page for the team.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivateView {
    /// What users see.
    pub page: PageView,
    /// Time from one run to the next.
    pub period: Duration,
    /// Every monitor that runs watch, by id.
    pub monitors: Vec<PrivateMonitor>,
}

/// A monitor with its past.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivateMonitor {
    pub monitor: Monitor,
    /// `None` if it was put into the table by hand.
    pub owner: Option<String>,
    /// The ids of its components, in the order of the page.
    pub components: Vec<String>,
    pub state: ComponentState,
    /// Since when it has its health; `None` if no run ever saw it.
    pub since: Option<Timestamp>,
    /// Why its last stored verdict was not a pass; empty if it was.
    pub why: String,
    /// A bar for each day of the page, as a component has it.
    pub days: Vec<DayBar>,
    /// Over the days of the page, as it is printed. None if nothing was observed.
    pub availability: Option<String>,
    /// The shortest window first.
    pub figures: Vec<(FigureWindow, Figures)>,
    /// The last 24 hours and the one that goes on.
    pub hours: Vec<ChartPart>,
    /// The last 30 UTC days, today last.
    pub month: Vec<ChartPart>,
    /// Those that lasted within the longest window, the latest first.
    pub incidents: Vec<IncidentView>,
}

/// One hour or day of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartPart {
    pub stretch: Stretch,
    pub figures: Figures,
}

/// A time up to now that figures are shown of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureWindow {
    /// 24 full hours, and the one that goes on.
    Day,
    /// UTC days, today among them.
    Week,
    Month,
    Quarter,
}

impl FigureWindow {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Quarter];

    pub fn days(self) -> u16 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            Self::Quarter => 90,
        }
    }
}

impl PrivateMonitor {
    /// The incident that goes on.
    pub fn open_incident(&self) -> Option<&IncidentView> {
        self.incidents.iter().find(|incident| incident.closed.is_none())
    }
}

impl PrivateView {
    pub fn monitors_of<'a>(&'a self, component: &'a str) -> impl Iterator<Item = &'a PrivateMonitor> {
        self.monitors.iter().filter(move |one| one.components.iter().any(|id| id == component))
    }

    /// Monitors that belong to no component.
    pub fn others(&self) -> impl Iterator<Item = &PrivateMonitor> {
        self.monitors.iter().filter(|one| one.components.is_empty())
    }

    /// The incidents of monitors that an incident of the page consists of, the latest first.
    pub fn behind(&self, incident: &PageIncident) -> Vec<(&PrivateMonitor, &IncidentView)> {
        let end = |closed: Option<Timestamp>| closed.unwrap_or(Timestamp::MAX);
        let touches =
            |one: &IncidentView| one.opened <= end(incident.closed) && end(one.closed) >= incident.opened;
        let is_affected =
            |one: &&PrivateMonitor| incident.components.iter().any(|id| one.components.contains(id));
        let of_monitor =
            |one| -> Vec<_> { PrivateMonitor::incidents_of(one).filter(|(_, it)| touches(it)).collect() };
        let mut found: Vec<_> = self.monitors.iter().filter(is_affected).flat_map(of_monitor).collect();
        found.sort_by_key(|(_, one)| std::cmp::Reverse(one.opened));
        found
    }
}

impl PrivateMonitor {
    fn incidents_of(one: &Self) -> impl Iterator<Item = (&Self, &IncidentView)> {
        one.incidents.iter().map(move |incident| (one, incident))
    }
}
