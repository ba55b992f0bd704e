//! What has to be known of a monitor before its past can be read. Pure.

use super::directory::Position;
use super::timeline::HealthTimeline;
use crate::monitor::MonitorId;

/// A monitor whose past is asked for. One that had another id has two entries, which add up.
#[derive(Debug, Clone)]
pub struct Lookback {
    pub monitor: MonitorId,
    pub position: Position,
    /// How long one of its samples holds, in seconds.
    pub hold: i64,
    pub timeline: HealthTimeline,
}
