//! When a verdict becomes a confirmed change of health. Pure: the whole memory is an argument.

mod health;
mod memory;
mod step;
mod unrest;

pub use health::Health;
pub use memory::{Confirmed, Incident, Streak, Unwatched};
pub use step::{Evidence, Progress, Step, Thresholds, progress, step};
pub use unrest::{CALM, Changes, Flapping, Unrest};
