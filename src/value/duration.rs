//! Durations as people write them: `800ms`, `2m`, `1h30m`, `21d`.

use std::fmt::Write as _;
use std::time::Duration;

/// The form of a duration as a regular expression, shared with the JSON Schema.
///
/// Six digits and five parts bound a duration to about 10,000 years, far from any overflow.
pub const DURATION_PATTERN: &str = "^([0-9]{1,6}(ms|s|m|h|d)){1,5}$";

/// The units from the largest to the smallest, in milliseconds. A day is 24 h.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// A text that is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a duration like 800ms, 30s, 2m, 1h30m or 21d")]
pub struct DurationError;

/// Reads a duration; parts may come in any order and add up.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text;
    let mut millis = 0;
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_lowercase).count();
        let (number, unit) = (&rest[..digits], &rest[digits..digits + letters]);
        let (_, size) = UNITS.iter().find(|(name, _)| *name == unit).ok_or(DurationError)?;
        if !(1..=6).contains(&digits) {
            return Err(DurationError);
        }
        millis += number.parse::<u64>().map_err(|_| DurationError)? * size;
        parts += 1;
        rest = &rest[digits + letters..];
    }
    match parts {
        1..=5 => Ok(Duration::from_millis(millis)),
        _ => Err(DurationError),
    }
}

/// The shortest text that [`parse_duration`] reads back, exact to the millisecond: `90s` is `1m30s`.
pub fn format_duration(duration: Duration) -> String {
    let mut millis = duration.as_millis();
    if millis == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, size) in UNITS {
        let count = millis / u128::from(size);
        millis %= u128::from(size);
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    text
}

/// The two largest units of a duration that was measured, as people take it in, in whole seconds: `1h54m`.
pub fn rough_duration(duration: Duration) -> String {
    let millis = duration.as_secs().saturating_mul(1_000);
    let smallest = smallest_shown(millis);
    format_duration(Duration::from_millis(millis / smallest * smallest))
}

/// The same of a duration that is promised not to be longer: never less than it is.
pub fn rough_limit(duration: Duration) -> String {
    let millis = limit_seconds(duration).saturating_mul(1_000);
    format_duration(Duration::from_millis(millis.next_multiple_of(smallest_shown(millis))))
}

/// Such a limit in whole seconds.
pub fn limit_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

/// The unit after the largest one of a duration, in milliseconds.
fn smallest_shown(millis: u64) -> u64 {
    let largest = UNITS.iter().position(|(_, size)| millis >= *size);
    largest.and_then(|largest| UNITS.get(largest + 1)).map_or(1, |(_, size)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_and_written_in_their_shortest_form() {
        for (text, millis, canonical) in [
            ("800ms", 800, "800ms"),
            ("90s", 90_000, "1m30s"),
            ("120s", 120_000, "2m"),
            ("1h30m", 5_400_000, "1h30m"),
            ("21d", 1_814_400_000, "21d"),
            ("1500ms", 1_500, "1s500ms"),
            ("0s", 0, "0s"),
            ("000001s", 1_000, "1s"),
        ] {
            let parsed = parse_duration(text).expect(text);
            assert_eq!(parsed, Duration::from_millis(millis), "{text}");
            assert_eq!(format_duration(parsed), canonical, "{text}");
        }
    }

    #[test]
    fn a_measured_duration_has_two_units_at_most() {
        for (millis, expected) in [
            (0, "0s"),
            (999, "0s"),
            (1_500, "1s"),
            (61_001, "1m1s"),
            (6_840_054, "1h54m"),
            (3_600_054, "1h"),
            (93_784_005, "1d2h"),
            (172_805_000, "2d"),
        ] {
            assert_eq!(rough_duration(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn a_limit_is_never_shown_shorter_than_it_is() {
        for (millis, expected) in [
            (0, "0s"),
            (1, "1s"),
            (1_500, "2s"),
            (61_001, "1m2s"),
            (6_840_000, "1h54m"),
            (6_840_054, "1h55m"),
            (172_805_000, "2d1h"),
        ] {
            assert_eq!(rough_limit(Duration::from_millis(millis)), expected);
        }
    }

    proptest! {
        #[test]
        fn reading_agrees_with_the_pattern(text in "[0-9]{0,7}(ms|s|m|h|d|x| )?[0-9a-z. -]{0,6}") {
            let pattern = regex::Regex::new(DURATION_PATTERN).expect("the pattern is a regex");
            prop_assert_eq!(parse_duration(&text).is_ok(), pattern.is_match(&text));
        }

        #[test]
        fn what_is_written_reads_back(millis in 0u64..10_000_000_000) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }
    }
}
