//! The read models that reports and pages render. Pure: no figure is computed elsewhere.

mod bar;
mod changes;
mod component_past;
mod figures;
#[cfg(test)]
mod figures_tests;
mod incident;
mod monitor_past;
mod notices;
mod page;
mod page_build;
mod ratio;
mod summary;

pub use bar::{DayBar, DayShade, Hatching};
pub use component_past::ComponentPast;
pub use figures::{Figures, mean_time_between_failures, mean_time_to_recovery};
pub use incident::{IncidentView, incidents};
pub use monitor_past::MonitorPast;
pub use notices::place_notices;
pub use page::{
    ComponentState, ComponentView, Impact, NoticeGroup, NoticeView, PageIncident, PageView,
    PlannedMaintenance, PublicCause,
};
pub use page_build::{PageMember, PageMoment, ProberCondition, page_view};
pub use ratio::{Proportion, printed};
pub use summary::{Freshness, OverallState};
