//! The read models that reports and pages render. Pure: no figure is computed elsewhere.

mod bar;
mod page;
mod summary;

pub use bar::{DayBar, DayShade, Hatching};
pub use page::{
    ComponentState, ComponentView, Impact, NoticeStatus, NoticeView, PageIncident, PageView,
    PlannedMaintenance, PublicCause,
};
pub use summary::{Freshness, OverallState};
