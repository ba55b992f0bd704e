//! What a status page shows, as a plain value. Pure.

use jiff::{SignedDuration, Timestamp};

use super::DayBar;
use crate::page::{Indexing, MaintenanceTime, NoticeStatus, SloPercent};

/// A public status page at one moment. The renderer adds no fact to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageView {
    pub title: String,
    /// Where the page is published, without a slash at the end.
    pub url: String,
    pub indexing: Indexing,
    pub now: Timestamp,
    /// When the last run of the prober ended, if one ever did.
    pub last_run: Option<Timestamp>,
    /// From this age of the last run on, the page warns that it is not up to date.
    pub stale_after: SignedDuration,
    /// How the figures were computed.
    pub maintenance_time: MaintenanceTime,
    /// The promised availability, if there is one.
    pub slo: Option<SloPercent>,
    /// In the order of the configuration.
    pub components: Vec<ComponentView>,
    /// Open and closed ones, the latest first.
    pub incidents: Vec<PageIncident>,
    /// Notices that belong to no incident, the latest first.
    pub notices: Vec<NoticeGroup>,
    /// What is under way or planned for the next days, the earliest first.
    pub maintenance: Vec<PlannedMaintenance>,
}

/// One line of the page: a part of the product, made of one monitor or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentView {
    /// Safe in a file name: the badge has it as its name.
    pub id: String,
    pub name: String,
    /// The heading under which it stands, if any.
    pub group: Option<String>,
    pub state: ComponentState,
    /// When the component got this state, if that is known.
    pub since: Option<Timestamp>,
    /// The oldest day first, today last.
    pub days: Vec<DayBar>,
    /// As it is printed, such as `99.98 %`. None if nothing was observed.
    pub availability: Option<String>,
    /// Milliseconds that may still be bad; below zero, by how many there were too many. None without a promise, and if
    /// nothing was observed.
    pub error_budget: Option<i64>,
    /// The observed share as it is printed, where it is too low to be left out.
    pub observed_share: Option<String>,
    /// The median of each day in milliseconds, the oldest first; None for a day without an answer.
    pub latency: Vec<Option<u32>>,
}

/// What a component is right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComponentState {
    Operational,
    Degraded,
    Down,
    Maintenance,
    Unknown,
}

/// One incident, with what people wrote about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageIncident {
    /// Safe in a file name: the page of the incident has it as its name.
    pub id: String,
    /// The ids of the affected components.
    pub components: Vec<String>,
    pub impact: Impact,
    pub cause: PublicCause,
    pub opened: Timestamp,
    /// None while it is open.
    pub closed: Option<Timestamp>,
    /// The latest first.
    pub notices: Vec<NoticeView>,
}

/// How an incident affects the users of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impact {
    Degraded,
    Down,
}

/// Every cause that a public page may name. Nothing that an endpoint said is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicCause {
    NotReachable,
    AnswersWithErrors,
    Slow,
    Certificate,
}

/// What the team wrote about an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    pub at: Timestamp,
    pub status: NoticeStatus,
    pub title: Option<String>,
    pub markdown: String,
}

/// Notices about one matter that no incident covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeGroup {
    /// Safe in a file name: the name of the notice, or of the incident that its author named.
    pub id: String,
    pub title: Option<String>,
    /// The ids of the affected components.
    pub components: Vec<String>,
    /// The latest first. There is at least one.
    pub notices: Vec<NoticeView>,
}

/// A maintenance window that users should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedMaintenance {
    pub id: String,
    pub title: String,
    /// The ids of the affected components.
    pub components: Vec<String>,
    pub starts: Timestamp,
    pub ends: Timestamp,
}
