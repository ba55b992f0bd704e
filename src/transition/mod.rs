//! When a verdict becomes a confirmed change of health. Pure: the whole memory is an argument.

mod health;
mod memory;
mod recent_changes;
mod step;

pub use health::Health;
pub use memory::{Confirmed, Incident, Streak, Unwatched};
pub use recent_changes::{FlapChanges, Flapping, RecentChanges, STABLE_AFTER};
pub use step::{ObservedVerdict, StreakProgress, Thresholds, Transition, progress, step};
