//! Times in which people expect a monitor to be down: once, or again and again.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Recurrence, RecurrenceError, marked};

/// The form of a local time as a regular expression, shared with the JSON Schema.
pub const LOCAL_TIME_PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$";

/// The shortest and the longest window.
pub const WINDOW_LASTS: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(30 * 24));

/// The most windows of one monitor.
pub const MOST_WINDOWS: usize = 20;

/// Years in which a window, or the first of a row, begins. A rule with COUNT counts its days from the first one on: a row
/// that began in the year 1 would cost each run seconds, for each monitor that is down.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// How many windows are looked at to see whether they run into each other: more than a year of weeks.
const LOOKED_AT: usize = 60;

/// How many days are looked at for that: more than four years.
const DAYS_LOOKED_AT: usize = 1500;

/// How many days are looked at to find the first window of a row: more than thirty years.
const DAYS_TO_FIRST: usize = 12_000;

/// Days after which every row has had a window: the longest time from one month to the next.
const LONGEST_MONTH: i64 = 31;

/// Days that rows together must not fill: twice as long as a single window may last.
const FILLED: i64 = 60;

/// A window of maintenance, or a row of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// On the clock of `zone`.
    starts: DateTime,
    /// In real time, also where the clock is changed meanwhile.
    lasts: Duration,
    zone: TimeZone,
    repeats: Option<Recurrence>,
    /// Fit to be shown.
    pub reason: Option<String>,
}

/// From a moment up to another one, which is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Why something is no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("{0:?} is not a local time such as 2026-12-01T02:00")]
    NotATime(String),
    #[error("{0:?} is not a time zone")]
    UnknownZone(String),
    #[error(transparent)]
    Recurrence(#[from] RecurrenceError),
    #[error("it begins in the year {0}; a window must begin between {first} and {last}", first = YEARS.start(), last = YEARS.end())]
    OutOfYears(i16),
    #[error("a window begins before the previous one ends, so it would never end")]
    Overlapping,
    #[error("no day within thirty years matches this rule")]
    NeverBegins,
}

impl Span {
    pub fn has(self, moment: Timestamp) -> bool {
        self.from <= moment && moment < self.to
    }
}

impl Window {
    /// The parts of a window as they are written. `zone` is a name of the IANA database.
    pub fn parse(
        starts: &str,
        lasts: Duration,
        zone: &str,
        repeats: Option<&str>,
        reason: Option<&str>,
    ) -> Result<Self, WindowError> {
        let is_time = starts.get(10..11) == Some("T") && !starts.ends_with('Z');
        let local: Option<DateTime> = starts.parse().ok().filter(|_| is_time);
        let starts = local.ok_or_else(|| WindowError::NotATime(starts.to_owned()))?;
        if !YEARS.contains(&starts.year()) {
            return Err(WindowError::OutOfYears(starts.year()));
        }
        Ok(Self {
            starts,
            lasts,
            zone: zones().get(zone).map_err(|_| WindowError::UnknownZone(zone.to_owned()))?,
            repeats: repeats.map(|rule| Recurrence::parse(rule, starts.date())).transpose()?,
            reason: reason.map(|reason| marked(reason.to_owned())),
        })
    }

    /// Whether there is a window at all, and one is over before the next one begins, as far as that can be seen.
    pub fn ends(&self) -> Result<(), WindowError> {
        let days = || self.starts.date().series(1.day());
        let windows: Vec<_> =
            days().take(DAYS_LOOKED_AT).filter_map(|day| self.on(day)).take(LOOKED_AT).collect();
        if windows.is_empty() && !days().take(DAYS_TO_FIRST).any(|day| self.on(day).is_some()) {
            return Err(WindowError::NeverBegins);
        }
        let overlap = windows.iter().zip(windows.iter().skip(1)).any(|(one, next)| next.from < one.to);
        if overlap { Err(WindowError::Overlapping) } else { Ok(()) }
    }

    /// The windows that touch the time from `from` to `to`, in their order.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Vec<Span> {
        let longest = SignedDuration::try_from(self.lasts).unwrap_or(SignedDuration::ZERO);
        let earliest = from.saturating_sub(longest).unwrap_or(from);
        let day = |moment: Timestamp| self.zone.to_datetime(moment).date();
        // A day more on both sides: a local time that does not exist is a later one, over midnight too.
        let first = day(earliest).saturating_sub(1.day()).max(self.starts.date());
        let last = day(to).saturating_add(1.day());
        let days = first.series(1.day()).take_while(|day| *day <= last);
        days.filter_map(|day| self.on(day)).filter(|span| span.from <= to && from < span.to).collect()
    }

    /// The window that begins on this day of its clock.
    ///
    /// Where the clock is changed, RFC 5545 is followed: a time that does not exist is as much later as the clock was
    /// put forward, and of one that comes twice the first is meant.
    fn on(&self, day: Date) -> Option<Span> {
        let is_meant = match &self.repeats {
            None => day == self.starts.date(),
            Some(rule) => rule.falls_on(day, self.starts.time(), &self.zone),
        };
        if !is_meant {
            return None;
        }
        let local = day.to_datetime(self.starts.time());
        let from = self.zone.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Span { from, to: from.checked_add(self.lasts).ok()? })
    }
}

/// Whether windows that repeat follow each other without a gap, so that no alert of the monitor is ever sent. Rows that
/// end by a COUNT or an UNTIL leave a gap behind them.
pub fn leave_no_gap(windows: &[Window]) -> bool {
    let rows = || windows.iter().filter(|window| window.repeats.is_some());
    let begins = |window: &Window| {
        window.zone.to_ambiguous_timestamp(window.starts).compatible().unwrap_or(Timestamp::MAX)
    };
    let Some(last) = rows().map(begins).max() else { return false };
    let after = |days: i64| last.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(last);
    let (from, to) = (after(LONGEST_MONTH), after(LONGEST_MONTH + FILLED));
    let mut spans: Vec<_> = rows().flat_map(|window| window.between(from, to)).collect();
    spans.sort_unstable();
    // Where the clock is put back, a window of 24 hours ends an hour before the next one.
    let mut hours_of_clock_changes = 1;
    let mut reached = from;
    for span in spans {
        if span.from > reached {
            if hours_of_clock_changes == 0
                || span.from.duration_since(reached) > SignedDuration::from_hours(1)
            {
                return false;
            }
            hours_of_clock_changes -= 1;
        }
        reached = reached.max(span.to);
    }
    from < to && reached >= to
}

/// Those that are built in, whatever the machine has: what is valid on a laptop is valid everywhere.
fn zones() -> &'static TimeZoneDatabase {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    ZONES.get_or_init(TimeZoneDatabase::bundled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn window(starts: &str, hours: u64, zone: &str, repeats: Option<&str>) -> Window {
        Window::parse(starts, Duration::from_hours(hours), zone, repeats, None).expect("a window")
    }

    fn holding(window: &Window, moment: Timestamp) -> Option<Span> {
        window.between(moment, moment).into_iter().find(|span| span.has(moment))
    }

    fn check(window: &Window, moment: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(from, to)| Span { from: at(from), to: at(to) });
        assert_eq!(holding(window, at(moment)), expected, "{moment}");
    }

    // Trap 17: it is shown in a terminal, and the table may hold foreign texts.
    #[test]
    fn a_reason_steers_no_terminal() {
        let hour = Duration::from_hours(1);
        let window = Window::parse("2026-12-01T02:00", hour, "UTC", None, Some("a\u{9b}2Jb\u{202e}"));
        assert_eq!(window.expect("a window").reason.as_deref(), Some("a\u{fffd}2Jb\u{fffd}"));
    }

    #[test]
    fn a_window_has_its_first_moment_and_not_its_last() {
        let once = window("2026-12-01T02:00", 2, "Europe/Berlin", None);
        let span = Some(("2026-12-01T01:00:00Z", "2026-12-01T03:00:00Z"));
        check(&once, "2026-12-01T00:59:59Z", None);
        check(&once, "2026-12-01T01:00:00Z", span);
        check(&once, "2026-12-01T02:59:59Z", span);
        check(&once, "2026-12-01T03:00:00Z", None);
        check(&once, "2026-12-02T02:00:00Z", None);
    }

    #[test]
    fn a_window_that_repeats_keeps_its_local_time_over_a_change_of_the_clock() {
        let weekly = window("2026-10-01T02:00", 2, "Europe/Berlin", Some("FREQ=WEEKLY;BYDAY=SU"));
        check(&weekly, "2026-10-18T00:30:00Z", Some(("2026-10-18T00:00:00Z", "2026-10-18T02:00:00Z")));
        check(&weekly, "2026-11-01T01:30:00Z", Some(("2026-11-01T01:00:00Z", "2026-11-01T03:00:00Z")));
        check(&weekly, "2026-11-01T00:30:00Z", None);
    }

    // The clock goes from 02:00 to 03:00 on 2027-03-28, and from 03:00 back to 02:00 on 2026-10-25.
    #[test]
    fn a_local_time_that_does_not_exist_is_later_and_of_one_that_comes_twice_the_first_is_meant() {
        let gap = window("2027-03-28T02:30", 1, "Europe/Berlin", None);
        check(&gap, "2027-03-28T01:45:00Z", Some(("2027-03-28T01:30:00Z", "2027-03-28T02:30:00Z")));
        let fold = window("2026-10-25T02:30", 1, "Europe/Berlin", None);
        check(&fold, "2026-10-25T00:45:00Z", Some(("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")));
        // An hour of real time, although the clock says 02:30 again at its end.
        check(&fold, "2026-10-25T01:30:00Z", None);
    }

    #[test]
    fn a_window_over_midnight_and_one_of_days_hold_to_their_end() {
        let night = window("2026-12-01T23:00", 4, "America/New_York", Some("FREQ=DAILY"));
        check(&night, "2026-12-09T07:30:00Z", Some(("2026-12-09T04:00:00Z", "2026-12-09T08:00:00Z")));
        let move_out = window("2026-12-01T00:00", 72, "UTC", Some("FREQ=MONTHLY;COUNT=2"));
        check(&move_out, "2027-01-03T23:00:00Z", Some(("2027-01-01T00:00:00Z", "2027-01-04T00:00:00Z")));
        check(&move_out, "2027-02-01T00:00:00Z", None);
    }

    #[test]
    fn what_is_no_window_says_why() {
        let parse = |starts, zone, repeats| {
            let parsed = Window::parse(starts, Duration::from_hours(25), zone, repeats, None);
            parsed.and_then(|window| window.ends()).err().map(|error| error.to_string())
        };
        let not_a_time = |text| Some(format!("{text:?} is not a local time such as 2026-12-01T02:00"));
        assert_eq!(parse("2026-12-01T02:00", "UTC", None), None);
        assert_eq!(parse("2026-13-01T02:00", "UTC", None), not_a_time("2026-13-01T02:00"));
        assert_eq!(parse("2026-12-01", "UTC", None), not_a_time("2026-12-01"));
        assert_eq!(parse("2026-12-01T02:00Z", "UTC", None), not_a_time("2026-12-01T02:00Z"));
        assert_eq!(
            parse("2026-12-01T02:00", "Mars/Base", None).as_deref(),
            Some("\"Mars/Base\" is not a time zone")
        );
        let overlapping = parse("2026-12-01T02:00", "UTC", Some("FREQ=DAILY"));
        assert!(overlapping.is_some_and(|why| why.contains("never end")));
        assert_eq!(parse("2026-12-01T02:00", "UTC", Some("FREQ=DAILY;INTERVAL=2")), None);
        for (starts, is_window) in [
            ("1969-12-31T23:59", false),
            ("1970-01-01T00:00", true),
            ("2199-12-31T23:59", true),
            ("2200-01-01T00:00", false),
        ] {
            assert_eq!(parse(starts, "UTC", None).is_none(), is_window, "{starts}");
        }
    }

    #[test]
    fn a_rule_that_no_day_meets_never_begins() {
        for (starts, rule, begins) in [
            ("2026-12-01T02:00", "FREQ=WEEKLY;UNTIL=20200101", false),
            ("2026-12-01T02:00", "FREQ=DAILY;UNTIL=20261201T015959Z", false),
            ("2026-12-01T02:00", "FREQ=DAILY;UNTIL=20261201T020000Z", true),
            ("2026-02-01T02:00", "FREQ=MONTHLY;BYMONTHDAY=30;INTERVAL=12", false),
            ("2026-12-01T02:00", "FREQ=MONTHLY;BYMONTHDAY=30;INTERVAL=12", true),
            ("2026-12-01T02:00", "FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1", false),
            ("2026-02-01T02:00", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=29;INTERVAL=12", true),
            ("2020-12-01T02:00", "FREQ=DAILY;COUNT=3", true),
        ] {
            let never = window(starts, 1, "UTC", Some(rule)).ends() == Err(WindowError::NeverBegins);
            assert_eq!(!never, begins, "{starts} {rule}");
        }
    }

    #[test]
    fn rows_that_follow_each_other_leave_no_gap() {
        let row = |(starts, hours, rule): &(&str, u64, &str)| {
            window(starts, *hours, "Europe/Berlin", (!rule.is_empty()).then_some(*rule))
        };
        for (rows, no_gap) in [
            (&[("2026-12-01T00:00", 24, "FREQ=DAILY")][..], true),
            (&[("2026-09-01T00:00", 24, "FREQ=DAILY")], true),
            (&[("2026-12-01T00:00", 23, "FREQ=DAILY")], false),
            (&[("2026-12-01T00:00", 24, "FREQ=DAILY;COUNT=30")], false),
            (&[("2026-12-01T00:00", 24, "FREQ=DAILY;UNTIL=20261231")], false),
            (&[("2026-12-01T00:00", 168, "FREQ=WEEKLY")], true),
            (&[("2026-12-01T00:00", 24, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")], false),
            (
                &[
                    ("2026-12-01T00:00", 24, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
                    ("2026-12-05T00:00", 48, "FREQ=WEEKLY;BYDAY=SA"),
                ],
                true,
            ),
            (&[("2026-12-01T00:00", 13, "FREQ=DAILY"), ("2026-12-01T12:00", 12, "FREQ=DAILY")], true),
            (&[("2026-12-01T00:00", 12, "FREQ=DAILY"), ("2026-12-01T12:00", 11, "FREQ=DAILY")], false),
            (&[("2026-12-01T00:00", 720, ""), ("2026-12-31T00:00", 720, "")], false),
            (&[], false),
        ] {
            let windows: Vec<_> = rows.iter().map(row).collect();
            assert_eq!(leave_no_gap(&windows), no_gap, "{rows:?}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_in_a_window_exactly_if_one_of_its_days_says_so(
            minutes in 0i64..600_000, hours in 1u64..50,
            rule in prop_oneof![
                Just("FREQ=DAILY;INTERVAL=3"), Just("FREQ=WEEKLY;BYDAY=SU,WE"), Just("FREQ=MONTHLY;BYDAY=-1SU"),
            ],
            zone in prop_oneof![Just("Europe/Berlin"), Just("America/New_York"), Just("Pacific/Apia")],
        ) {
            let window = window("2026-10-01T02:30", hours, zone, Some(rule));
            let moment = at("2026-10-01T00:00:00Z") + Duration::from_mins(minutes.unsigned_abs());
            let days = jiff::civil::date(2026, 9, 28).series(1.day()).take(500);
            let held = days.filter_map(|day| window.on(day)).any(|span| span.has(moment));
            prop_assert_eq!(holding(&window, moment).is_some(), held);
        }
    }
}
