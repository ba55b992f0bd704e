//! A rule as it is written: a part of RFC 5545. Pure.
//!
//! What is not supported is refused by name instead of being taken for something else.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;

/// The form of a rule as a regular expression, shared with the JSON Schema.
pub const RECURRENCE_PATTERN: &str =
    "^FREQ=(DAILY|WEEKLY|MONTHLY)(;(INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY)=[A-Z0-9,+-]+)*$";

/// The most that COUNT and INTERVAL may say.
const MOST: u16 = 1000;

/// Characters of a rule; it is read anew in every run.
pub const RULE_CHARS: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

/// What is written, part by part.
#[derive(Debug)]
pub struct WrittenRule {
    pub frequency: Frequency,
    pub interval: u16,
    pub days: Vec<Day>,
    /// From 1, or from -1 at the end of the month.
    pub month_days: Vec<i8>,
    pub count: Option<u16>,
    pub until: Option<End>,
}

/// `SU`, or in a month `2SU` and `-1SU`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Which one of the month; `None` for every one.
    pub ordinal: Option<i8>,
    pub weekday: Weekday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Also of a COUNT that the year 9999 comes before.
    Never,
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
    #[error("{0} appears twice")]
    Twice(String),
    #[error("{name}={value} is not {expected}")]
    Invalid { name: &'static str, value: String, expected: &'static str },
    #[error("COUNT and UNTIL cannot be combined")]
    TwoEnds,
    #[error("COUNT cannot be combined with FREQ=DAILY, INTERVAL and BYMONTHDAY; write UNTIL")]
    UncountedDays,
    #[error("BYMONTHDAY does not apply to FREQ=WEEKLY")]
    WeeklyMonthDays,
    #[error("a number before a weekday, such as 1SU, needs FREQ=MONTHLY")]
    OrdinalOutsideMonth,
}

impl WrittenRule {
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
        let mut rule = Self {
            frequency,
            interval: 1,
            days: Vec::new(),
            month_days: Vec::new(),
            count: None,
            until: None,
        };
        let mut seen = Vec::new();
        for part in parts {
            let (name, value) = part?;
            if seen.contains(&name) {
                return Err(RecurrenceError::Twice(name.to_owned()));
            }
            seen.push(name);
            match name {
                "INTERVAL" => rule.interval = count("INTERVAL", value)?,
                "COUNT" => rule.count = Some(count("COUNT", value)?),
                "UNTIL" => rule.until = Some(until(value)?),
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
        let by_number = !self.month_days.is_empty();
        match self.frequency {
            _ if self.count.is_some() && self.until.is_some() => Err(RecurrenceError::TwoEnds),
            Frequency::Weekly if by_number => Err(RecurrenceError::WeeklyMonthDays),
            Frequency::Daily | Frequency::Weekly if ordinals => Err(RecurrenceError::OrdinalOutsideMonth),
            // Days that fit are rare and in no order, so that nothing but trying each one would find the last.
            Frequency::Daily if by_number && self.interval > 1 && self.count.is_some() => {
                Err(RecurrenceError::UncountedDays)
            }
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly => Ok(self),
        }
    }
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
        expected: "a day such as 20261231, or a time in UTC such as 20261231T235959Z",
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
        expected: "one of MO, TU, WE, TH, FR, SA, SU, with -5 to 5 before it if FREQ=MONTHLY",
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
            ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "COUNT and UNTIL cannot be combined"),
            ("FREQ=DAILY;COUNT=2;COUNT=3", "COUNT appears twice"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is not a number from 1 to 1000"),
            (
                "FREQ=DAILY;INTERVAL=2;BYMONTHDAY=1;COUNT=2",
                "COUNT cannot be combined with FREQ=DAILY, INTERVAL and BYMONTHDAY; write UNTIL",
            ),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not apply to FREQ=WEEKLY"),
            ("FREQ=WEEKLY;BYDAY=1SU", "a number before a weekday, such as 1SU, needs FREQ=MONTHLY"),
            (
                "FREQ=WEEKLY;BYDAY=é",
                "BYDAY=é is not one of MO, TU, WE, TH, FR, SA, SU, with -5 to 5 before it if FREQ=MONTHLY",
            ),
            (
                "FREQ=DAILY;UNTIL=20261231T235959",
                "UNTIL=20261231T235959 is not a day such as 20261231, or a time in UTC such as 20261231T235959Z",
            ),
        ] {
            assert_eq!(WrittenRule::parse(rule).expect_err(rule).to_string(), why, "{rule}");
        }
    }
}
