//! The days on which something repeats, asked about one day at a time. Pure.
//!
//! A rule gives days and nothing finer, so whether a day is one of them can be said without counting up to it.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::calendar::{Month, MonthDays, last_of_days, last_of_weeks};
use super::rule::{Day, End, Frequency, RecurrenceError, WrittenRule};

/// `FREQ=MONTHLY;BYDAY=1SU`, from the day of a window on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    frequency: Frequency,
    /// Every so many days, weeks or months.
    interval: u16,
    /// The day from which it counts.
    first: Date,
    /// Weekdays that are meant, the lowest bit for Monday; all of them where none is written.
    weekdays: u8,
    /// Days of a month that are meant, by weekday and by number.
    month_days: MonthDays,
    end: End,
}

impl Recurrence {
    /// Reads a rule in the form of RFC 5545, without `RRULE:`. It counts from the day `first`.
    pub fn parse(text: &str, first: Date) -> Result<Self, RecurrenceError> {
        WrittenRule::parse(text).map(|written| Self::from(written, first).0)
    }

    /// Whether `day` is one of the rule. A first day that is none itself does not count. Each begins at `time` on the
    /// clock of `zone`.
    pub fn falls_on(&self, day: Date, time: Time, zone: &TimeZone) -> bool {
        day >= self.first && self.matches(day) && self.is_before_end(day, time, zone)
    }

    fn is_before_end(&self, day: Date, time: Time, zone: &TimeZone) -> bool {
        match self.end {
            End::Never => true,
            End::OnDay(last) => day <= last,
            End::At(last) => {
                let begin = zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible();
                begin.is_ok_and(|begin| begin <= last)
            }
        }
    }

    fn matches(&self, day: Date) -> bool {
        let is_due = |number: i32| number % i32::from(self.interval) == 0;
        match self.frequency {
            Frequency::Daily => is_due(days_between(self.first, day)) && self.month_days.has(day),
            Frequency::Weekly => {
                let monday = |day: Date| {
                    days_between(Date::ZERO, day) - i32::from(day.weekday().to_monday_zero_offset())
                };
                is_due((monday(day) - monday(self.first)) / 7)
                    && self.weekdays & (1 << day.weekday().to_monday_zero_offset()) != 0
            }
            Frequency::Monthly => {
                let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
                is_due(month(day) - month(self.first)) && self.month_days.has(day)
            }
        }
    }
}

impl Recurrence {
    /// The rule of what is written, and how many months, weeks or days were looked at to find its last day.
    fn from(written: WrittenRule, first: Date) -> (Self, usize) {
        let WrittenRule { frequency, interval, days, month_days: numbers, count, until } = written;
        let (nothing_said, weekly) = (days.is_empty() && numbers.is_empty(), frequency == Frequency::Weekly);
        let weekdays = match days.as_slice() {
            [] if weekly => weekday_bit(first.weekday()),
            [] => 0b111_1111,
            days => days.iter().fold(0, |bits, day| bits | weekday_bit(day.weekday)),
        };
        let month_days = MonthDays::new(|month| match frequency {
            Frequency::Monthly if nothing_said => 1 << (first.day() - 1),
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly => {
                by_weekday(&days, month) & by_number(&numbers, month)
            }
        });
        let last = count.map(|count| match frequency {
            Frequency::Weekly => last_of_weeks(weekdays, first, interval, count),
            Frequency::Daily if numbers.is_empty() => last_of_days(weekdays, first, interval, count),
            Frequency::Daily | Frequency::Monthly => month_days.last(first, interval, count),
        });
        let end = last.and_then(|last| last.day).map(End::OnDay).or(until).unwrap_or(End::Never);
        let rule = Self { frequency, interval, first, weekdays, month_days, end };
        (rule, last.map_or(0, |last| last.visits))
    }
}

fn weekday_bit(weekday: Weekday) -> u8 {
    1 << weekday.to_monday_zero_offset()
}

/// The days of a month that one of the weekdays is, as bits; all where none is written.
fn by_weekday(days: &[Day], month: Month) -> u32 {
    if days.is_empty() {
        return u32::MAX;
    }
    days.iter().fold(0, |bits, Day { ordinal, weekday }| {
        // The first such weekday, from 1 to 7, and all that follow it.
        let first = 1 + (weekday.to_monday_zero_offset() - month.first).rem_euclid(7);
        let every = (first..=month.days).step_by(7);
        let meant = every.filter(|day| {
            let (from_start, from_end) = ((day - 1) / 7 + 1, -((month.days - day) / 7 + 1));
            ordinal.is_none_or(|ordinal| ordinal == from_start || ordinal == from_end)
        });
        meant.fold(bits, |bits, day| bits | 1 << (day - 1))
    })
}

/// The days of a month that have one of the numbers, as bits; all where none is written.
fn by_number(numbers: &[i8], month: Month) -> u32 {
    if numbers.is_empty() {
        return u32::MAX;
    }
    let days = numbers.iter().map(|number| if *number < 0 { month.days + 1 + number } else { *number });
    days.filter(|day| *day >= 1).fold(0, |bits, day| bits | 1 << (day - 1))
}

fn days_between(from: Date, to: Date) -> i32 {
    // A difference of two dates in days always fits: there are fewer than 8 million.
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> jiff::civil::DateTime {
        text.parse().expect("a local time")
    }

    /// The first days of a rule.
    fn check(rule: &str, starts: &str, expected: &[&str]) {
        let starts = at(starts);
        let parsed = Recurrence::parse(rule, starts.date()).expect(rule);
        let days = starts.date().series(jiff::Span::new().days(1)).take(1500);
        let found = days.filter(|day| parsed.falls_on(*day, starts.time(), &TimeZone::UTC));
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

    fn parse(rule: &str) -> Result<Recurrence, RecurrenceError> {
        Recurrence::parse(rule, jiff::civil::date(2026, 12, 1))
    }

    #[test]
    fn a_rule_is_bounded() {
        let days = |number: usize| format!("FREQ=WEEKLY;BYDAY={}", vec!["MO"; number].join(","));
        assert!(parse(&days(61)).is_ok());
        assert_eq!(parse(&days(62)), Err(RecurrenceError::TooLong));
        for rule in ["FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;COUNT=1001", "FREQ=DAILY;COUNT=99999999999999"] {
            assert!(parse(rule).is_err(), "{rule}");
        }
    }

    /// Every day that is meant, one by one, as slow as it is plain.
    fn counted(rule: &str, first: Date, count: usize) -> Option<Date> {
        let endless = Recurrence::parse(rule, first).expect(rule);
        let mut days = first.series(jiff::Span::new().days(1)).filter(|day| endless.matches(*day));
        days.nth(count - 1)
    }

    /// What is counted is counted once, when the rule is read, and whole months or weeks at a time.
    #[test]
    fn a_count_is_reached_in_few_visits_however_long_ago_the_rule_began() {
        let all: Vec<_> = (1..=31).map(|day| day.to_string()).collect();
        let all = format!("FREQ=MONTHLY;INTERVAL=1000;BYMONTHDAY={}", all.join(","));
        for (rule, first, count, visits) in [
            (&*all, "0026-11-01", 1000, 33),
            (&all, "9000-11-01", 1000, 12),
            ("FREQ=MONTHLY;INTERVAL=12", "2024-02-29", 5, 17),
            ("FREQ=MONTHLY;INTERVAL=12", "0004-02-29", 300, 433),
            ("FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=31", "0001-01-01", 1000, 1710),
            ("FREQ=MONTHLY;BYMONTHDAY=31", "0001-01-01", 1000, 1714),
            ("FREQ=MONTHLY;BYDAY=5MO", "0001-01-01", 1000, 2871),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "0001-01-01", 1000, 6981),
            ("FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13", "0001-01-01", 1000, 6981),
            // The 22nd to 28th day that is the last one: in a February of 28 days.
            ("FREQ=MONTHLY;BYDAY=4MO;BYMONTHDAY=-1", "0001-01-01", 120, 8510),
            // Never.
            ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "9500-02-01", 1000, 401),
            ("FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=8", "9500-01-01", 1000, 4801),
            ("FREQ=DAILY;INTERVAL=7;BYDAY=MO", "9501-01-01", 1000, 7),
            ("FREQ=WEEKLY;INTERVAL=1000", "9501-01-01", 1000, 1000),
            ("FREQ=WEEKLY;INTERVAL=1000", "0001-01-01", 30, 30),
            ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU", "0001-01-03", 7, 4),
            ("FREQ=DAILY;INTERVAL=5;BYDAY=SU", "0001-01-01", 1000, 6998),
            ("FREQ=DAILY", "0001-01-01", 1000, 1000),
        ] {
            let first: Date = first.parse().expect("a day");
            let written = WrittenRule::parse(&format!("{rule};COUNT={count}")).expect(rule);
            let (found, looked_at) = Recurrence::from(written, first);
            let expected = counted(rule, first, count).map_or(End::Never, End::OnDay);
            assert_eq!((found.end, looked_at), (expected, visits), "{rule} {first}");
        }
    }

    proptest! {
        #[test]
        fn the_last_day_of_a_count_is_the_one_that_counting_day_by_day_finds(
            (frequency, by_day, by_number) in prop_oneof![
                (Just("DAILY"), prop_oneof![Just(""), Just(";BYDAY=MO"), Just(";BYDAY=SA,SU")], Just("")),
                (Just("WEEKLY"), prop_oneof![Just(""), Just(";BYDAY=MO"), Just(";BYDAY=WE,SU")], Just("")),
                (
                    Just("MONTHLY"),
                    prop_oneof![Just(""), Just(";BYDAY=5FR"), Just(";BYDAY=-1MO,2TU"), Just(";BYDAY=SU")],
                    prop_oneof![Just(""), Just(";BYMONTHDAY=31"), Just(";BYMONTHDAY=-1,1,15"), Just(";BYMONTHDAY=29")],
                ),
            ],
            interval in 1u16..30, count in 1usize..40, day in 0i64..200_000,
        ) {
            let first = jiff::civil::date(1900, 1, 1) + jiff::Span::new().days(day);
            let rule = format!("FREQ={frequency};INTERVAL={interval}{by_day}{by_number}");
            let found = Recurrence::parse(&format!("{rule};COUNT={count}"), first).expect("a rule");
            // Most are reached in some centuries; of the others it is enough that they are not over by then.
            let years = first.series(jiff::Span::new().days(1)).take(150_000);
            let endless = Recurrence::parse(&rule, first).expect("a rule");
            let expected = { years }.filter(|day| endless.matches(*day)).nth(count - 1);
            match (found.end, expected) {
                (End::OnDay(last), Some(expected)) => prop_assert_eq!(last, expected),
                (End::OnDay(last), None) => prop_assert!(last > first + jiff::Span::new().days(149_999)),
                (End::Never | End::At(_), expected) => prop_assert_eq!(expected, None),
            }
        }
    }

    #[test]
    fn a_rule_that_began_two_thousand_years_ago_is_answered() {
        let first = jiff::civil::date(1, 1, 1);
        let asked = |rule: &str, day| {
            let rule = Recurrence::parse(rule, first).expect(rule);
            rule.falls_on(day, Time::midnight(), &TimeZone::UTC)
        };
        for rule in ["FREQ=DAILY;COUNT=1000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=1000"] {
            assert!(!asked(rule, jiff::civil::date(2026, 11, 13)), "{rule}");
        }
        assert!(asked("FREQ=MONTHLY;INTERVAL=1000;UNTIL=99991231", jiff::civil::date(84, 5, 1)));
    }
}
