//! `down at 12m, up at 14m`: the expected alerts, against those that there were.

use std::fmt;
use std::time::Duration;

use super::word::{START, Word, words};
use super::{ScriptError, Spot, Timeline};
use crate::monitor::{format_duration, parse_duration};

/// The words that an alert can have at its head.
const WORDS: [&str; 8] =
    ["DOWN", "UP", "DEGRADED", "FLAPPING", "STILL DOWN", "STILL DEGRADED", "WAS DOWN", "WAS DEGRADED"];

/// Exactly these alerts, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation(Vec<Expected>);

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    word: &'static str,
    /// Since the first run; any time where it is not said.
    at: Option<Duration>,
}

/// What was expected beside what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference(pub Vec<DifferenceLine>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceLine {
    Same(String),
    /// Expected, and did not happen.
    Missing(String),
    /// Happened, and was not expected.
    Surplus(String),
}

impl Expectation {
    /// The words of alerts, as they are listed.
    pub fn words() -> impl Iterator<Item = String> {
        WORDS.into_iter().map(str::to_lowercase).chain(["none".to_owned()])
    }

    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let words = words(text);
        let mut expected = Vec::new();
        let mut none = None;
        for part in words.split(|word| word.text == ",").filter(|part| !part.is_empty()) {
            match one(part)? {
                Some(one) => expected.push(one),
                None => none = part.first().map(|word| word.spot),
            }
        }
        match (none, expected.as_slice()) {
            (Some(spot), [_, ..]) => Err(ScriptError::new(spot, "`none` must stand alone")),
            (None, []) => Err(ScriptError::new(START, "no alert given; write `none` to expect no alert")),
            (Some(_), []) | (None, [_, ..]) => Ok(Self(expected)),
        }
    }

    /// Where it differs from what happened, if it does.
    pub fn difference(&self, timeline: &Timeline) -> Option<Difference> {
        let happened: Vec<_> = timeline.alerts().map(|(notice, at)| (notice.word, at)).collect();
        let fits = |expected: &Expected, happened: &(&str, Duration)| {
            expected.word == happened.0 && expected.at.is_none_or(|at| at == happened.1)
        };
        let is_same = self.0.len() == happened.len()
            && self.0.iter().zip(&happened).all(|(expected, happened)| fits(expected, happened));
        (!is_same).then(|| Difference(aligned(&self.0, &happened, fits)))
    }
}

/// `None` for `none`.
fn one(part: &[Word]) -> Result<Option<Expected>, ScriptError> {
    let mut words: Vec<&str> = Vec::new();
    let mut at = None;
    let mut rest = part.iter();
    let time = |text: &str, spot| {
        let wanted = "write the time as in `down at 12m`";
        parse_duration(text).map(Some).map_err(|_| ScriptError::new(spot, wanted))
    };
    while let Some(Word { text, spot }) = rest.next() {
        match text.split_once('@') {
            _ if matches!(text.as_str(), "*" | "(" | ")") => {
                return Err(ScriptError::new(*spot, "write alerts as in `down at 12m, up at 14m`"));
            }
            _ if text == "at" || text == "@" => {
                at = rest.next().map_or_else(|| time("", *spot), |Word { text, spot }| time(text, *spot))?;
            }
            Some((word, text)) => {
                words.extend((!word.is_empty()).then_some(word));
                at = time(text, *spot)?;
            }
            None => words.push(text),
        }
    }
    let said = words.join(" ").replace(['-', '_'], " ");
    if at.is_none() && matches!(said.as_str(), "none" | "nothing" | "no alert") {
        return Ok(None);
    }
    match WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(&said)) {
        Some(word) => Ok(Some(Expected { word, at })),
        None => Err(ScriptError::unknown(spanning(part), &said, "alert")),
    }
}

fn spanning(part: &[Word]) -> Spot {
    let [first, .., last] = part else { return part.first().map_or(START, |word| word.spot) };
    Spot { length: last.spot.column + last.spot.length - first.spot.column, ..first.spot }
}

/// The longest row of alerts that both have in common, with the rest between.
fn aligned(
    expected: &[Expected],
    happened: &[(&str, Duration)],
    fits: impl Fn(&Expected, &(&str, Duration)) -> bool,
) -> Vec<DifferenceLine> {
    // What is in common from each pair of places on.
    let mut common = vec![vec![0_u32; happened.len() + 1]; expected.len() + 1];
    let at = |common: &[Vec<u32>], i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied();
    for (i, one) in expected.iter().enumerate().rev() {
        for (j, other) in happened.iter().enumerate().rev() {
            let best = if fits(one, other) {
                at(&common, i + 1, j + 1).map(|best| best + 1)
            } else {
                at(&common, i + 1, j).max(at(&common, i, j + 1))
            };
            if let Some(cell) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = best.unwrap_or_default();
            }
        }
    }
    let said = |(word, at): &(&str, Duration)| format!("{word} at {}", format_duration(*at));
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (expected.get(i), happened.get(j)) {
            (Some(one), Some(other)) if fits(one, other) => {
                lines.push(DifferenceLine::Same(said(other)));
                (i, j) = (i + 1, j + 1);
            }
            (Some(one), other) if other.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                lines.push(DifferenceLine::Missing(one.to_string()));
                i += 1;
            }
            (_, Some(other)) => {
                lines.push(DifferenceLine::Surplus(said(other)));
                j += 1;
            }
            (_, None) => return lines,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)?;
        self.at.map_or(Ok(()), |at| write!(f, " at {}", format_duration(at)))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(lines) = self;
        for (number, line) in lines.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            match line {
                DifferenceLine::Same(text) => write!(f, "{end}  {text}")?,
                DifferenceLine::Missing(text) => write!(f, "{end}- {text}")?,
                DifferenceLine::Surplus(text) => write!(f, "{end}+ {text}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        match Expectation::parse(text) {
            Ok(Expectation(expected)) => {
                expected.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn alerts_are_written_as_the_last_line_of_a_simulation_says_them() {
        for (text, expected) in [
            ("DOWN at 12m, UP at 14m", "DOWN at 12m, UP at 14m"),
            ("down@12m, up", "DOWN at 12m, UP"),
            ("down @ 12m; still down at 4h12m", "DOWN at 12m, STILL DOWN at 4h12m"),
            ("still-down, was_degraded # late\nup at 90s", "STILL DOWN, WAS DEGRADED, UP at 1m30s"),
            ("none", ""),
            ("no alert", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_alert_says_where_and_why() {
        for (text, expected) in [
            ("down, ups at 3m", "column 7: unknown alert \"ups\""),
            ("", "column 1: no alert given; write `none` to expect no alert"),
            ("down at noon", "column 9: write the time as in `down at 12m`"),
            ("down at", "column 6: write the time as in `down at 12m`"),
            ("down, none", "column 7: `none` must stand alone"),
            ("down*2", "column 5: write alerts as in `down at 12m, up at 14m`"),
            ("at 3m", "column 1: unknown alert \"\""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_both_have_in_common_stands_once_and_the_rest_on_its_side() {
        let Ok(Expectation(expected)) = Expectation::parse("down at 2m, up at 6m, down") else { panic!() };
        let minutes = Duration::from_mins;
        let happened = [("DOWN", minutes(2)), ("UP", minutes(4)), ("DOWN", minutes(8)), ("UP", minutes(9))];
        let fits = |one: &Expected, other: &(&str, Duration)| {
            one.word == other.0 && one.at.is_none_or(|at| at == other.1)
        };
        assert_eq!(
            Difference(aligned(&expected, &happened, fits)).to_string(),
            "  DOWN at 2m\n- UP at 6m\n+ UP at 4m\n  DOWN at 8m\n+ UP at 9m"
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC*") {
            drop(Expectation::parse(&text));
        }
    }
}
