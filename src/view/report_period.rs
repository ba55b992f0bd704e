//! The period of a report: so long until now, or a calendar month. Pure.

use std::fmt;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::history::{HOUR, Stretch, second};
use crate::monitor::{format_duration, parse_duration};

/// As long as days are kept.
const LONGEST: Duration = Duration::from_hours(800 * 24);

/// How long after its end a month may still change: an outage is confirmed later than it begins.
const LATEST_CHANGE: i64 = HOUR;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportPeriod {
    /// The time until now.
    Last(Duration),
    Month(CalendarMonth),
}

/// A month in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarMonth {
    first: Date,
}

/// Why a text is no period, or none that can be reported on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("{0:?} is neither a month such as 2026-10 nor a time such as 30d")]
    Unclear(String),
    #[error("{0} is longer than 800d, for which days are kept")]
    TooLong(String),
    #[error("the month {0} has not begun")]
    Future(CalendarMonth),
}

impl ReportPeriod {
    /// Reads `30d` or `2026-10`.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        match parse_duration(text) {
            Ok(Duration::ZERO) => Err(PeriodError::Unclear(text.to_owned())),
            Ok(last) if last > LONGEST => Err(PeriodError::TooLong(text.to_owned())),
            Ok(last) => Ok(Self::Last(last)),
            Err(_) => CalendarMonth::parse(text).map(Self::Month),
        }
    }

    /// What lies in the past of it.
    pub fn window(self, now: Timestamp) -> Result<Stretch, PeriodError> {
        match self {
            Self::Last(last) => Ok(Stretch::around(now.checked_sub(last).unwrap_or(Timestamp::MIN), now)),
            Self::Month(month) => {
                let Stretch { from, to } = month.stretch();
                let present = Stretch::around(now, now);
                if present.from < from {
                    return Err(PeriodError::Future(month));
                }
                // The first second of a month is a part of it.
                Ok(Stretch { from, to: to.min(present.to.max(from + 1)) })
            }
        }
    }

    /// The month that is over for good, if it is one.
    pub fn closed_month(self, now: Timestamp) -> Option<CalendarMonth> {
        match self {
            Self::Last(_) => None,
            Self::Month(month) => (month.stretch().to + LATEST_CHANGE <= second(now)).then_some(month),
        }
    }
}

impl CalendarMonth {
    fn parse(text: &str) -> Result<Self, PeriodError> {
        let unclear = || PeriodError::Unclear(text.to_owned());
        let is_month = text.len() == 7 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !is_month {
            return Err(unclear());
        }
        let (year, month) = text.split_once('-').ok_or_else(unclear)?;
        let (year, month) = (year.parse().map_err(|_| unclear())?, month.parse().map_err(|_| unclear())?);
        Date::new(year, month, 1).map(|first| Self { first }).map_err(|_| unclear())
    }

    pub fn stretch(self) -> Stretch {
        let midnight = |date: Date| {
            let midnight = date.to_zoned(TimeZone::UTC).map(|zoned| second(zoned.timestamp()));
            midnight.unwrap_or_default()
        };
        let next = self.first.checked_add(1.month()).unwrap_or(Date::MAX);
        Stretch { from: midnight(self.first), to: midnight(next) }
    }

    /// `October 2026`
    pub fn in_words(self) -> String {
        self.first.strftime("%B %Y").to_string()
    }
}

/// `2026-10`
impl fmt::Display for CalendarMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.strftime("%Y-%m"))
    }
}

/// As it is typed.
impl fmt::Display for ReportPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(last) => f.write_str(&format_duration(*last)),
            Self::Month(month) => month.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn window(period: &str, now: &str) -> Result<String, PeriodError> {
        let window = ReportPeriod::parse(period)?.window(at(now))?;
        let [from, to] = [window.from, window.to].map(crate::history::moment);
        Ok(format!("{from} {to}"))
    }

    #[test]
    fn a_month_begins_and_ends_at_midnight_utc_and_not_after_now() {
        let now = "2026-11-29T12:00:00.5Z";
        let over = Ok("2026-10-01T00:00:00Z 2026-11-01T00:00:00Z".to_owned());
        assert_eq!(window("2026-10", now), over);
        let running = Ok("2026-11-01T00:00:00Z 2026-11-29T12:00:01Z".to_owned());
        assert_eq!(window("2026-11", now), running);
        let leap = Ok("2028-02-01T00:00:00Z 2028-03-01T00:00:00Z".to_owned());
        assert_eq!(window("2028-02", "2028-12-01T00:00:00Z"), leap);
        assert_eq!(window("24h", now), Ok("2026-11-28T12:00:00Z 2026-11-29T12:00:01Z".to_owned()));
    }

    #[test]
    fn what_is_no_period_or_lies_ahead_is_an_error() {
        let now = "2026-11-29T12:00:00Z";
        for text in ["", "2026-13", "2026-00", "10-2026", "2026/10", "2026-1", "0d", "october", "+026-10"] {
            assert_eq!(window(text, now), Err(PeriodError::Unclear(text.to_owned())));
        }
        assert_eq!(window("801d", now), Err(PeriodError::TooLong("801d".to_owned())));
        assert!(matches!(window("2026-12", now), Err(PeriodError::Future(_))));
    }

    #[test]
    fn a_month_is_closed_an_hour_after_its_end() {
        let closed = |now| ReportPeriod::parse("2026-10").expect("a period").closed_month(at(now));
        assert_eq!(closed("2026-11-01T00:59:59Z"), None);
        let month = closed("2026-11-01T01:00:00Z").expect("it is closed");
        assert_eq!((month.to_string(), month.in_words()), ("2026-10".to_owned(), "October 2026".to_owned()));
    }
}
