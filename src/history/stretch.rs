//! Time in whole seconds, so that the parts of a window add up to it exactly. Pure.

use std::time::Duration;

use jiff::Timestamp;

pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;

/// The seconds since 1970 from `from` on, to the one before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stretch {
    pub from: i64,
    pub to: i64,
}

impl Stretch {
    /// The whole seconds that a time touches: it begins at the full second before, and ends at the full one after.
    pub fn around(from: Timestamp, to: Timestamp) -> Self {
        Self { from: second(from), to: second_after(to) }
    }

    pub fn seconds(self) -> u64 {
        u64::try_from(self.to.saturating_sub(self.from)).unwrap_or(0)
    }

    /// What both have in common, if it is not empty.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let common = Self { from: self.from.max(other.from), to: self.to.min(other.to) };
        (common.from < common.to).then_some(common)
    }

    pub fn has(self, second: i64) -> bool {
        (self.from..self.to).contains(&second)
    }
}

/// Cuts a stretch at the full hours or days (`unit`, in seconds) that it reaches over.
pub fn cut(whole: Stretch, unit: i64) -> Vec<Stretch> {
    let mut parts = Vec::new();
    let mut from = whole.from;
    while from < whole.to {
        let to = (start_of(from, unit) + unit).min(whole.to);
        parts.push(Stretch { from, to });
        from = to;
    }
    parts
}

/// Joins stretches that follow each other without a gap. They are in the order of time.
pub fn joined(parts: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for part in parts {
        match all.last_mut() {
            Some(last) if part.from <= last.to => last.to = last.to.max(part.to),
            _ => all.push(part),
        }
    }
    all
}

/// The beginning of the hour or the day (`unit`, in seconds) that `second` lies in.
pub fn start_of(second: i64, unit: i64) -> i64 {
    second - second.rem_euclid(unit)
}

/// The full second before.
pub fn second(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(1_000)
}

/// The full second after.
pub fn second_after(at: Timestamp) -> i64 {
    at.as_millisecond().saturating_add(999).div_euclid(1_000)
}

/// A length in whole seconds, rounded up.
pub fn seconds_of(length: Duration) -> i64 {
    i64::try_from(length.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX / 4)
}

/// The moment at which a second begins.
pub fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_second_count_as_whole_ones() {
        let at = |millis| Timestamp::from_millisecond(millis).expect("a time");
        assert_eq!(Stretch::around(at(1_999), at(2_001)), Stretch { from: 1, to: 3 });
        assert_eq!(Stretch::around(at(2_000), at(2_000)), Stretch { from: 2, to: 2 });
        assert_eq!(second(at(-1)), -1);
        assert_eq!(seconds_of(Duration::from_millis(90_001)), 91);
    }

    #[test]
    fn a_stretch_is_cut_at_full_units_and_joined_again() {
        let cut = |from, to| cut(Stretch { from, to }, HOUR);
        let stretch = |from, to| Stretch { from, to };
        assert_eq!(cut(0, 7_200), [stretch(0, 3_600), stretch(3_600, 7_200)]);
        assert_eq!(cut(3_599, 3_601), [stretch(3_599, 3_600), stretch(3_600, 3_601)]);
        assert_eq!(cut(-10, 10), [stretch(-10, 0), stretch(0, 10)]);
        assert_eq!(cut(5, 5), []);
        assert_eq!(joined(cut(-10, 9_000)), [stretch(-10, 9_000)]);
        assert_eq!(joined([stretch(0, 1), stretch(2, 3)]), [stretch(0, 1), stretch(2, 3)]);
        assert_eq!(start_of(-1, DAY), -DAY);
    }

    #[test]
    fn stretches_that_only_touch_have_nothing_in_common() {
        let first = Stretch { from: 0, to: 10 };
        assert_eq!(first.overlap(Stretch { from: 10, to: 20 }), None);
        assert_eq!(first.overlap(Stretch { from: 9, to: 20 }), Some(Stretch { from: 9, to: 10 }));
        assert_eq!(Stretch { from: 5, to: 3 }.seconds(), 0);
    }
}
