//! The time between two scheduled runs, for commands that are no run.

use std::time::Duration;

use crate::state::LastOk;

/// Where nothing says it.
pub const PERIOD: Duration = Duration::from_mins(2);

/// What was asked for; else that of the last run.
pub fn period(asked: Option<Duration>, last_run: Option<&LastOk>) -> Duration {
    asked.or(last_run.map(|last| last.period)).unwrap_or(PERIOD)
}
