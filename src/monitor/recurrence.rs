//! The days on which something repeats: a part of RFC 5545, read and asked about one day at a time.
//!
//! A rule gives days and nothing finer, so whether a day is one of it can be said without counting up to it. What is
//! not supported is refused by name instead of being taken for something else.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

/// The form of a rule as a regular expression, shared with the JSON Schema.
pub const RECURRENCE_PATTERN: &str =
    "^FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY)=[A-Z0-9,+-]+)*$";

/// The most that COUNT and INTERVAL may say.
const MOST: u16 = 1000;

/// Characters of a rule; each day that is asked about is held against every part of it.
pub const RULE_CHARS: usize = 200;

/// `FREQ=MONTHLY;BYDAY=1SU`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    frequency: Frequency,
    /// Every so many days, weeks or months.
    interval: u16,
    days: Vec<Day>,
    /// From 1, or from -1 at the end of the month.
    month_days: Vec<i8>,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

/// `SU`, or in a month `2SU` and `-1SU`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Day {
    /// Which one of the month; `None` for every one.
    ordinal: Option<i8>,
    weekday: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    After(u16),
    /// The last day, in the zone of the window.
    OnDay(Date),
    /// The last moment at which one may begin.
    At(Timestamp),
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    #[error("a rule has at most {RULE_CHARS} characters")]
    TooLong,
    #[error("{0:?} is not NAME=VALUE")]
    NotAPart(String),
    #[error("it begins with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY")]
    NoFrequency,
    #[error("{0} is not supported; INTERVAL, COUNT, UNTIL, BYDAY and BYMONTHDAY are")]
    Unsupported(String),
    #[error("{0} stands there twice")]
    Twice(String),
    #[error("{name}={value} is not {expected}")]
    Invalid { name: &'static str, value: String, expected: &'static str },
    #[error("COUNT and UNTIL exclude each other")]
    TwoEnds,
    #[error("BYMONTHDAY means nothing to FREQ=WEEKLY")]
    WeeklyMonthDays,
    #[error("a number before a weekday, such as 1SU, is for FREQ=MONTHLY")]
    OrdinalOutsideMonth,
}

impl Recurrence {
    /// Reads a rule in the form of RFC 5545, without `RRULE:`.
    pub fn parse(text: &str) -> Result<Self, RecurrenceError> {
        if text.len() > RULE_CHARS {
            return Err(RecurrenceError::TooLong);
        }
        let mut parts = text
            .split(';')
            .map(|part| part.split_once('=').ok_or_else(|| RecurrenceError::NotAPart(part.to_owned())));
        let frequency = match parts.next().transpose()? {
            Some(("FREQ", "DAILY")) => Frequency::Daily,
            Some(("FREQ", "WEEKLY")) => Frequency::Weekly,
            Some(("FREQ", "MONTHLY")) => Frequency::Monthly,
            Some(_) | None => return Err(RecurrenceError::NoFrequency),
        };
        let mut rule =
            Self { frequency, interval: 1, days: Vec::new(), month_days: Vec::new(), end: End::Never };
        let mut seen = Vec::new();
        for part in parts {
            let (name, value) = part?;
            if seen.contains(&name) {
                return Err(RecurrenceError::Twice(name.to_owned()));
            }
            seen.push(name);
            match name {
                "INTERVAL" => rule.interval = count("INTERVAL", value)?,
                "COUNT" => rule.end = rule.end.or(End::After(count("COUNT", value)?))?,
                "UNTIL" => rule.end = rule.end.or(until(value)?)?,
                "BYDAY" => rule.days = value.split(',').map(day).collect::<Result<_, _>>()?,
                "BYMONTHDAY" => {
                    rule.month_days = value.split(',').map(month_day).collect::<Result<_, _>>()?;
                }
                other => return Err(RecurrenceError::Unsupported(other.to_owned())),
            }
        }
        rule.fits()
    }

    fn fits(self) -> Result<Self, RecurrenceError> {
        let ordinals = self.days.iter().any(|day| day.ordinal.is_some());
        match self.frequency {
            Frequency::Weekly if !self.month_days.is_empty() => Err(RecurrenceError::WeeklyMonthDays),
            Frequency::Daily | Frequency::Weekly if ordinals => Err(RecurrenceError::OrdinalOutsideMonth),
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly => Ok(self),
        }
    }

    /// Whether `day` is one of the rule, which counts from the day of `starts`. A first day that is none itself does
    /// not count. Times of day are those of `zone`.
    pub fn falls_on(&self, day: Date, starts: DateTime, zone: &TimeZone) -> bool {
        day >= starts.date() && self.matches(day, starts.date()) && self.is_before_end(day, starts, zone)
    }

    fn is_before_end(&self, day: Date, starts: DateTime, zone: &TimeZone) -> bool {
        match self.end {
            End::Never => true,
            End::OnDay(last) => day <= last,
            End::At(last) => {
                let begin = zone.to_ambiguous_timestamp(day.to_datetime(starts.time())).compatible();
                begin.is_ok_and(|begin| begin <= last)
            }
            End::After(count) => {
                let days = starts.date().series(jiff::Span::new().days(1)).take_while(|other| *other < day);
                // Who has counted so far need not count on, however long ago the rule began.
                let earlier = days.filter(|other| self.matches(*other, starts.date()));
                earlier.take(count.into()).count() < usize::from(count)
            }
        }
    }

    fn matches(&self, day: Date, first: Date) -> bool {
        let is_due = |number: i32| number % i32::from(self.interval) == 0;
        match self.frequency {
            Frequency::Daily => {
                is_due(days_between(first, day)) && self.takes_day(day) && self.takes_month_day(day)
            }
            Frequency::Weekly => {
                let monday = |day: Date| {
                    days_between(Date::ZERO, day) - i32::from(day.weekday().to_monday_zero_offset())
                };
                let same_weekday = self.days.is_empty() && day.weekday() == first.weekday();
                is_due((monday(day) - monday(first)) / 7)
                    && (same_weekday || !self.days.is_empty() && self.takes_day(day))
            }
            Frequency::Monthly => {
                let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
                let nothing_said = self.days.is_empty() && self.month_days.is_empty();
                let is_meant = if nothing_said {
                    day.day() == first.day()
                } else {
                    self.takes_day(day) && self.takes_month_day(day)
                };
                is_due(month(day) - month(first)) && is_meant
            }
        }
    }

    fn takes_day(&self, date: Date) -> bool {
        let from_start = (date.day() - 1) / 7 + 1;
        let from_end = -((date.days_in_month() - date.day()) / 7 + 1);
        let fits = |ordinal: Option<i8>| ordinal.is_none_or(|n| n == from_start || n == from_end);
        self.days.is_empty() || self.days.iter().any(|day| day.weekday == date.weekday() && fits(day.ordinal))
    }

    fn takes_month_day(&self, date: Date) -> bool {
        let from_end = date.day() - date.days_in_month() - 1;
        self.month_days.is_empty() || self.month_days.iter().any(|day| *day == date.day() || *day == from_end)
    }
}

impl End {
    fn or(self, other: Self) -> Result<Self, RecurrenceError> {
        if self == Self::Never { Ok(other) } else { Err(RecurrenceError::TwoEnds) }
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    // A difference of two dates in days always fits: there are fewer than 8 million.
    (to - from).get_days()
}

fn count(name: &'static str, value: &str) -> Result<u16, RecurrenceError> {
    let number = value.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| RecurrenceError::Invalid {
        name,
        value: value.to_owned(),
        expected: "a number from 1 to 1000",
    })
}

fn until(value: &str) -> Result<End, RecurrenceError> {
    let invalid = || RecurrenceError::Invalid {
        name: "UNTIL",
        value: value.to_owned(),
        expected: "a day such as 20261231, or a moment in UTC such as 20261231T235959Z",
    };
    match value.strip_suffix('Z') {
        None => Date::strptime("%Y%m%d", value).map(End::OnDay).map_err(|_| invalid()),
        Some(moment) => {
            let moment = DateTime::strptime("%Y%m%dT%H%M%S", moment).map_err(|_| invalid())?;
            TimeZone::UTC.to_timestamp(moment).map(End::At).map_err(|_| invalid())
        }
    }
}

fn day(text: &str) -> Result<Day, RecurrenceError> {
    let invalid = || RecurrenceError::Invalid {
        name: "BYDAY",
        value: text.to_owned(),
        expected: "one of MO, TU, WE, TH, FR, SA, SU, in a month also with -5 to 5 before it",
    };
    let at = text.len().checked_sub(2).filter(|at| text.is_char_boundary(*at)).ok_or_else(invalid)?;
    let (ordinal, name) = text.split_at(at);
    let weekday = match name {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return Err(invalid()),
    };
    let ordinal = match ordinal {
        "" => None,
        number => Some(signed(number, 5).ok_or_else(invalid)?),
    };
    Ok(Day { ordinal, weekday })
}

fn month_day(text: &str) -> Result<i8, RecurrenceError> {
    signed(text, 31).ok_or_else(|| RecurrenceError::Invalid {
        name: "BYMONTHDAY",
        value: text.to_owned(),
        expected: "a day from 1 to 31, or from -31 to -1 counted from the end",
    })
}

fn signed(text: &str, most: i8) -> Option<i8> {
    text.parse().ok().filter(|number: &i8| *number != 0 && (-most..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().expect("a local time")
    }

    /// The first days of a rule.
    fn check(rule: &str, starts: &str, expected: &[&str]) {
        let parsed = Recurrence::parse(rule).expect(rule);
        let starts = at(starts);
        let days = starts.date().series(jiff::Span::new().days(1)).take(1500);
        let found = days.filter(|day| parsed.falls_on(*day, starts, &TimeZone::UTC));
        let found: Vec<_> = found.take(expected.len() + 1).map(|day| day.to_string()).collect();
        let ends = rule.contains("COUNT") || rule.contains("UNTIL");
        assert_eq!(&found[..expected.len().min(found.len())], expected, "{rule}");
        assert_eq!(found.len() == expected.len(), ends, "{rule} {found:?}");
    }

    #[test]
    fn days_weeks_and_months_repeat_as_the_rfc_says() {
        check("FREQ=DAILY", "2026-12-31T02:00", &["2026-12-31", "2027-01-01", "2027-01-02"]);
        check("FREQ=DAILY;INTERVAL=10", "2026-12-31T02:00", &["2026-12-31", "2027-01-10", "2027-01-20"]);
        check(
            "FREQ=DAILY;BYDAY=SA,SU;COUNT=3",
            "2026-12-01T02:00",
            &["2026-12-05", "2026-12-06", "2026-12-12"],
        );
        // A Tuesday: the first window is on the Sunday after it.
        check("FREQ=WEEKLY;BYDAY=SU", "2026-12-01T02:00", &["2026-12-06", "2026-12-13"]);
        check("FREQ=WEEKLY", "2026-12-01T02:00", &["2026-12-01", "2026-12-08"]);
        // Weeks begin on Monday.
        check(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
            "2026-12-02T02:00",
            &["2026-12-06", "2026-12-14", "2026-12-20"],
        );
        check("FREQ=MONTHLY;BYDAY=1SU", "2026-12-01T02:00", &["2026-12-06", "2027-01-03", "2027-02-07"]);
        check("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-01T02:00", &["2026-12-25", "2027-01-29"]);
        check("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-01T02:00", &["2027-01-31", "2027-02-28", "2027-03-31"]);
        check("FREQ=MONTHLY;INTERVAL=3", "2027-01-15T02:00", &["2027-01-15", "2027-04-15"]);
        // A month without such a day has no window.
        check("FREQ=MONTHLY", "2027-01-31T02:00", &["2027-01-31", "2027-03-31", "2027-05-31"]);
        check("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-12-01T02:00", &["2027-08-13"]);
        check("FREQ=DAILY;UNTIL=20261202", "2026-12-01T02:00", &["2026-12-01", "2026-12-02"]);
        check("FREQ=DAILY;UNTIL=20261202T020000Z", "2026-12-01T02:00", &["2026-12-01", "2026-12-02"]);
        check("FREQ=DAILY;UNTIL=20261202T015959Z", "2026-12-01T02:00", &["2026-12-01"]);
    }

    #[test]
    fn a_rule_is_bounded() {
        let days = |number: usize| format!("FREQ=WEEKLY;BYDAY={}", vec!["MO"; number].join(","));
        assert!(Recurrence::parse(&days(61)).is_ok());
        assert_eq!(Recurrence::parse(&days(62)), Err(RecurrenceError::TooLong));
        for rule in ["FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;COUNT=1001", "FREQ=DAILY;COUNT=99999999999999"] {
            assert!(Recurrence::parse(rule).is_err(), "{rule}");
        }
    }

    /// The worst that the bounds let through: it began long ago, comes seldom, and has to be counted.
    #[test]
    fn a_rule_that_began_two_thousand_years_ago_is_answered() {
        for rule in ["FREQ=DAILY;COUNT=1000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=1000"] {
            let parsed = Recurrence::parse(rule).expect(rule);
            let day = jiff::civil::date(2026, 11, 13);
            assert!(!parsed.falls_on(day, at("0001-01-01T02:00"), &TimeZone::UTC), "{rule}");
        }
        let never = Recurrence::parse("FREQ=MONTHLY;INTERVAL=1000;UNTIL=99991231").expect("a rule");
        assert!(never.falls_on(jiff::civil::date(84, 5, 1), at("0001-01-01T02:00"), &TimeZone::UTC));
    }

    #[test]
    fn what_is_not_supported_is_refused_by_name() {
        for (rule, why) in [
            ("", "\"\" is not NAME=VALUE"),
            ("BYDAY=SU", "it begins with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY"),
            ("FREQ=YEARLY", "it begins with FREQ=DAILY, FREQ=WEEKLY or FREQ=MONTHLY"),
            (
                "FREQ=DAILY;BYHOUR=3",
                "BYHOUR is not supported; INTERVAL, COUNT, UNTIL, BYDAY and BYMONTHDAY are",
            ),
            ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "COUNT and UNTIL exclude each other"),
            ("FREQ=DAILY;COUNT=2;COUNT=3", "COUNT stands there twice"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is not a number from 1 to 1000"),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY means nothing to FREQ=WEEKLY"),
            ("FREQ=WEEKLY;BYDAY=1SU", "a number before a weekday, such as 1SU, is for FREQ=MONTHLY"),
            (
                "FREQ=WEEKLY;BYDAY=é",
                "BYDAY=é is not one of MO, TU, WE, TH, FR, SA, SU, in a month also with -5 to 5 before it",
            ),
            (
                "FREQ=DAILY;UNTIL=20261231T235959",
                "UNTIL=20261231T235959 is not a day such as 20261231, or a moment in UTC such as 20261231T235959Z",
            ),
        ] {
            assert_eq!(Recurrence::parse(rule).expect_err(rule).to_string(), why, "{rule}");
        }
    }
}
