//! Days that repeat, as bits and whole numbers: which days of a month are meant, and the last one of a number of them.
//! Pure.
//!
//! A rule is asked about thousands of days for one decision, and may have begun thousands of years ago. So a day costs
//! one look at a table, and what ends after a number of days is counted once, by whole months or weeks.

use std::sync::OnceLock;

use jiff::Span;
use jiff::civil::Date;

/// Months after which the same ones come again, with the same weekdays: 400 years.
const CYCLE: i32 = 400 * 12;

/// The last month that a date can have, counted from the year 0.
const LAST: i32 = 9999 * 12 + 11;

/// How many days a month has, and on which weekday it begins: one of 28 shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// 28 to 31.
    pub days: i8,
    /// 0 for Monday.
    pub first: i8,
}

/// Days of a month as bits, the lowest for the first day, for every shape of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthDays([u32; 28]);

/// The last of a number of days, and how many months, weeks or days were looked at to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// `None` where there are fewer until the year 9999.
    pub day: Option<Date>,
    pub visits: usize,
}

impl Month {
    pub fn of(date: Date) -> Self {
        Self { days: date.days_in_month(), first: date.first_of_month().weekday().to_monday_zero_offset() }
    }

    fn all() -> impl Iterator<Item = Self> {
        (28..=31).flat_map(|days| (0..7).map(move |first| Self { days, first }))
    }

    /// Its place among all shapes.
    fn place(self) -> usize {
        usize::try_from((self.days - 28) * 7 + self.first).unwrap_or_default()
    }
}

impl MonthDays {
    /// `meant` gives the days of one shape as bits; those that the month does not have are left out.
    pub fn new(meant: impl Fn(Month) -> u32) -> Self {
        let mut bits = [0; 28];
        for (bits, month) in bits.iter_mut().zip(Month::all()) {
            *bits = meant(month) & ((1_u32 << (month.days - 1)) | ((1 << (month.days - 1)) - 1));
        }
        Self(bits)
    }

    pub fn has(&self, date: Date) -> bool {
        self.of(Month::of(date).place()) & bit(date.day()) != 0
    }

    fn of(&self, place: usize) -> u32 {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// The last of `count` days from `first` on, in every `interval`-th month. Looks at 9,601 months at most: after a
    /// cycle it is known how many days one has.
    pub fn last(&self, first: Date, interval: u16, count: u16) -> Last {
        let interval = i32::from(interval);
        // Months that are looked at until the same ones come again.
        let period = CYCLE / gcd(CYCLE, interval);
        let mut month = i32::from(first.year()) * 12 + i32::from(first.month()) - 1;
        let mut left = i32::from(count);
        let mut left_after_first = left;
        // Earlier days of the first month do not count.
        let mut days = self.of(shape(month)) & !(bit(first.day()) - 1);
        for step in 0.. {
            let visits = step + 1;
            let here = i32::try_from(days.count_ones()).unwrap_or_default();
            if here >= left {
                for _ in 1..left {
                    days &= days - 1;
                }
                let day = i8::try_from(days.trailing_zeros() + 1).ok();
                let year = i16::try_from(month.div_euclid(12)).ok();
                let of_year = i8::try_from(month.rem_euclid(12) + 1).ok();
                let day = year.zip(of_year).zip(day).and_then(|((y, m), d)| Date::new(y, m, d).ok());
                return Last { day, visits };
            }
            left -= here;
            if step == 0 {
                left_after_first = left;
            } else if i32::try_from(step) == Ok(period) {
                let periods = match left_after_first - left {
                    0 => return Last { day: None, visits },
                    of_period => (left - 1) / of_period,
                };
                left -= periods * (left_after_first - left);
                month = month.saturating_add(periods.saturating_mul(period * interval));
            }
            month = month.saturating_add(interval);
            if month > LAST {
                return Last { day: None, visits };
            }
            days = self.of(shape(month));
        }
        Last { day: None, visits: 0 }
    }
}

/// The last of `count` days from `first` on, of every `interval`-th day those on `weekdays`, whose lowest bit is Monday.
/// Looks at 7 days for each one that counts, at most.
pub fn last_of_days(weekdays: u8, first: Date, interval: u16, count: u16) -> Last {
    let mut weekday = i32::from(first.weekday().to_monday_zero_offset());
    let (mut left, mut idle, mut days) = (count, 0, 0_i32);
    for visits in 1.. {
        if weekdays & (1 << weekday) != 0 {
            left -= 1;
            idle = 0;
            if left == 0 {
                return Last { day: after(first, days), visits };
            }
        } else {
            idle += 1;
        }
        // After seven of them the weekdays come again.
        if idle == 7 {
            return Last { day: None, visits };
        }
        weekday = (weekday + i32::from(interval)) % 7;
        days += i32::from(interval);
    }
    Last { day: None, visits: 0 }
}

/// The last of `count` days from `first` on, those on `weekdays` of every `interval`-th week, which begins on Monday.
/// Looks at one week more than there are days, at most.
pub fn last_of_weeks(weekdays: u8, first: Date, interval: u16, count: u16) -> Last {
    let from_monday = i32::from(first.weekday().to_monday_zero_offset());
    let mut left = u32::from(count);
    let mut days = weekdays & !((1 << from_monday) - 1);
    for (visits, week) in (1..).zip((0_i32..).step_by(interval.max(1).into())) {
        if days.count_ones() >= left {
            for _ in 1..left {
                days &= days - 1;
            }
            let weekday = i32::try_from(days.trailing_zeros()).unwrap_or_default();
            return Last { day: after(first, 7 * week + weekday - from_monday), visits };
        }
        left -= days.count_ones();
        if weekdays == 0 {
            return Last { day: None, visits };
        }
        days = weekdays;
    }
    Last { day: None, visits: 0 }
}

fn bit(day: i8) -> u32 {
    1 << (day - 1)
}

fn after(first: Date, days: i32) -> Option<Date> {
    first.checked_add(Span::new().try_days(days).ok()?).ok()
}

fn gcd(one: i32, other: i32) -> i32 {
    if other == 0 { one } else { gcd(other, one % other) }
}

/// The place of the shape of a month, which is counted from the year 0.
fn shape(month: i32) -> usize {
    static SHAPES: OnceLock<Vec<u8>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| {
        let months = (2000_i16..2400).flat_map(|year| (1..=12).map(move |month| Date::new(year, month, 1)));
        months.flatten().filter_map(|first| Month::of(first).place().try_into().ok()).collect()
    });
    let place = usize::try_from(month.rem_euclid(CYCLE)).unwrap_or_default();
    shapes.get(place).copied().unwrap_or_default().into()
}
