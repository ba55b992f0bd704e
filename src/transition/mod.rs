//! When a verdict becomes a confirmed change of health. Pure: the whole memory is an argument.

mod health;
mod memory;
mod step;
mod unrest;

pub use health::Health;
pub use memory::{Confirmed, Incident, Streak, Unwatched};
pub use step::{Evidence, Step, Thresholds, step};
pub use unrest::{CALM, Changes, Flapping, Unrest};
