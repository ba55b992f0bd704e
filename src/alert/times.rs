//! Times and durations as people read them.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit, Zoned};

use crate::monitor::rough_duration;
use crate::transition::Incident;

/// `2026-11-22 14:02:11 UTC`
pub fn moment(at: Timestamp) -> String {
    utc(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `2026-11-22 14:02:11 to 14:09:30 UTC`; the day once, if it is the same.
pub fn span(from: Timestamp, to: Timestamp) -> String {
    let (from, to) = (utc(from), utc(to));
    let end = if from.date() == to.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    format!("{} to {} UTC", from.strftime("%Y-%m-%d %H:%M:%S"), to.strftime(end))
}

/// `14:02-14:09 UTC (7m19s)`; with the day where that is not the day of `now`.
pub fn clock_span(from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    let lasted = rough(to.duration_since(from).unsigned_abs());
    let (from, to, now) = (utc(from), utc(to), utc(now));
    let today = |at: &Zoned| if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    let end = if from.date() == to.date() { "%H:%M" } else { today(&to) };
    format!("{}-{} UTC ({lasted})", from.strftime(today(&from)), to.strftime(end))
}

/// How long an incident lasted, if it is over.
pub fn downtime(incident: &Incident) -> Option<String> {
    incident.duration().map(rough)
}

/// `7m49s ago`
pub fn ago(since: Timestamp, now: Timestamp) -> String {
    match Duration::try_from(now.duration_since(since)) {
        Ok(duration) if duration >= Duration::from_secs(1) => format!("{} ago", rough(duration)),
        _ => "just now".to_owned(),
    }
}

/// A duration to the second, and of a longer one the two largest units.
pub fn rough(duration: Duration) -> String {
    rough_duration(Duration::from_secs(duration.as_secs()))
}

fn utc(at: Timestamp) -> Zoned {
    at.round(Unit::Second).unwrap_or(at).to_zoned(TimeZone::UTC)
}
