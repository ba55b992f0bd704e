//! The read models that reports and pages render. Pure: no figure is computed elsewhere.

mod bar;
mod changes;
mod closed_days;
#[cfg(test)]
mod closed_days_tests;
mod component_past;
mod figures;
#[cfg(test)]
mod figures_tests;
mod frozen_month;
mod incident;
mod monitor_past;
mod notices;
mod page;
mod page_build;
#[cfg(test)]
mod page_build_tests;
mod private_build;
mod private_page;
mod ratio;
mod report_period;
mod report_view;
mod summary;

pub use bar::{DayBar, DayShade, Hatching};
pub use closed_days::{CLOSED_DAYS, ClosedDays, MemberMark};
pub use component_past::{ComponentOutage, ComponentPast};
pub use figures::{
    Figures, mean_time_between_failures, mean_time_between_failures_of, mean_time_to_recovery,
};
pub use frozen_month::{FrozenMonth, FrozenMonthError};
pub use incident::{IncidentView, incidents};
pub use monitor_past::MonitorPast;
pub use notices::place_notices;
pub use page::{
    ComponentState, ComponentView, Impact, NoticeGroup, NoticeView, PageIncident, PageView,
    PlannedMaintenance, PublicCause,
};
pub use page_build::{
    PageMember, PageMembership, PageMoment, ProberCondition, component_pasts, page_view, page_window,
};
pub use private_build::{PrivateMember, private_days, private_hours, private_view};
pub use private_page::{ChartPart, FigureWindow, PrivateMonitor, PrivateView};
pub use ratio::{Proportion, printed};
pub use report_period::{CalendarMonth, PeriodError, ReportPeriod};
pub use report_view::{REPORT_RULE, ReportLine, ReportTotals, ReportView};
pub use summary::{Freshness, OverallState};
