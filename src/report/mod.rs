//! What people and programs read. Pure: values in, text out.

mod paint;
pub mod plan;
mod run;
mod status;

pub use run::{Line, RunReport, Tally};
pub use status::{MonitorStatus, StatusReport};
