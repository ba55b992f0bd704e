//! Moments as people read them, in UTC.
//!
//! A form with `now` leaves out the day where that is today.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::duration::rough_duration;

/// `2026-11-22 14:02:11 UTC`
pub fn moment(at: Timestamp) -> String {
    format!("{} UTC", on(Unit::Second, at))
}

/// `2026-11-22 14:02 UTC`
pub fn minute(at: Timestamp) -> String {
    format!("{} UTC", on(Unit::Minute, at))
}

/// `14:02:11 UTC`
pub fn moment_near(at: Timestamp, now: Timestamp) -> String {
    format!("{} UTC", near(Unit::Second, at, now))
}

/// `14:02 UTC`
pub fn minute_near(at: Timestamp, now: Timestamp) -> String {
    format!("{} UTC", near(Unit::Minute, at, now))
}

/// `2026-11-22 14:02:11 to 14:09:30 UTC`; the day once, if it is the same.
pub fn moments(from: Timestamp, to: Timestamp) -> String {
    format!("{} to {} UTC", on(Unit::Second, from), near(Unit::Second, to, from))
}

/// `14:02:11 to 14:09:30 UTC`
pub fn moments_near(from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    format!("{} to {} UTC", near(Unit::Second, from, now), end(Unit::Second, from, to, now))
}

/// `14:02-14:09 UTC (7m19s)`
pub fn minutes_near(from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    let (start, end) = (near(Unit::Minute, from, now), end(Unit::Minute, from, to, now));
    format!("{start}-{end} UTC ({})", rough_duration(age(from, to)))
}

/// `7m49s ago`
pub fn ago(since: Timestamp, now: Timestamp) -> String {
    match age(since, now) {
        age if age < Duration::from_secs(1) => "just now".to_owned(),
        age => format!("{} ago", rough_duration(age)),
    }
}

/// The time from `since` to `now`; zero if that is still to come.
pub fn age(since: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(since)).unwrap_or_default()
}

#[derive(Clone, Copy)]
enum Unit {
    Second,
    Minute,
}

fn on(unit: Unit, at: Timestamp) -> String {
    format!("{} {}", day(at), time(unit, at))
}

fn near(unit: Unit, at: Timestamp, now: Timestamp) -> String {
    if day(at) == day(now) { time(unit, at) } else { on(unit, at) }
}

/// The end of a time, whose day is that of its begin or of now.
fn end(unit: Unit, from: Timestamp, to: Timestamp, now: Timestamp) -> String {
    near(unit, to, if day(from) == day(to) { to } else { now })
}

fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn time(unit: Unit, at: Timestamp) -> String {
    let form = match unit {
        Unit::Second => "%H:%M:%S",
        Unit::Minute => "%H:%M",
    };
    at.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn the_day_is_left_out_where_it_is_today() {
        let (from, to) = (at("2026-11-22T14:02:11Z"), at("2026-11-22T14:09:30.9Z"));
        let next = at("2026-11-23T00:00:05Z");
        assert_eq!(moment(from), "2026-11-22 14:02:11 UTC");
        assert_eq!(minute(to), "2026-11-22 14:09 UTC");
        assert_eq!(moment_near(to, from), "14:09:30 UTC");
        assert_eq!(minute_near(to, next), "2026-11-22 14:09 UTC");
        assert_eq!(moments(from, to), "2026-11-22 14:02:11 to 14:09:30 UTC");
        assert_eq!(moments(from, next), "2026-11-22 14:02:11 to 2026-11-23 00:00:05 UTC");
        assert_eq!(moments_near(from, to, to), "14:02:11 to 14:09:30 UTC");
        assert_eq!(minutes_near(from, to, next), "2026-11-22 14:02-14:09 UTC (7m19s)");
        assert_eq!(minutes_near(from, next, next), "2026-11-22 14:02-00:00 UTC (9h57m)");
        assert_eq!(minutes_near(from, next, from), "14:02-2026-11-23 00:00 UTC (9h57m)");
    }

    #[test]
    fn what_was_less_than_a_second_ago_was_just_now() {
        let now = at("2026-11-22T14:02:11Z");
        for (since, expected) in [
            ("2026-11-22T14:02:10.5Z", "just now"),
            ("2026-11-22T15:00:00Z", "just now"),
            ("2026-11-22T13:54:22Z", "7m49s ago"),
        ] {
            assert_eq!(ago(at(since), now), expected);
        }
    }
}
