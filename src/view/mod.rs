//! The read models that reports and pages render. Pure: no figure is computed elsewhere.

mod bar;
mod changes;
mod figures;
mod incident;
mod monitor_past;
mod notices;
mod page;
mod ratio;
mod summary;

pub use bar::{DayBar, DayShade, Hatching};
pub use figures::{Figures, MaintenanceRule, mean_time_between_failures, mean_time_to_recovery};
pub use incident::{IncidentView, incidents};
pub use monitor_past::MonitorPast;
pub use notices::place_notices;
pub use page::{
    ComponentState, ComponentView, Impact, NoticeGroup, NoticeView, PageIncident, PageView,
    PlannedMaintenance, PublicCause,
};
pub use ratio::{Proportion, Slo, SloError, printed};
pub use summary::{Freshness, OverallState};
