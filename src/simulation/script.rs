//! `up*3, fail, (fail, up)*2, timeout for 1h`: what probes see, one after the other.

use std::slice::Iter;
use std::time::Duration;

use super::word::{START, Word, words};
use super::{Outcome, ScriptError, Spot, TooLong};
use crate::monitor::parse_duration;

/// Outcomes of a script, written out.
const LONGEST: usize = 10_000;

/// Brackets in brackets.
const DEEPEST: usize = 8;

/// What probes see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script(Vec<Element>);

/// Something, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Element {
    what: Repeated,
    times: Times,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Repeated {
    Outcome(Outcome),
    /// Never without an outcome in it.
    Group(Vec<Element>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Number(usize),
    /// As many probes as fit into this time, at least one.
    Lasting(Duration),
}

impl Script {
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let elements = elements(&mut words(text).iter(), &[])?;
        if elements.is_empty() {
            return Err(ScriptError::new(START, "no outcome"));
        }
        Ok(Self(elements))
    }

    /// Written out for probes that are so far `apart`.
    pub fn outcomes(&self, apart: Duration) -> Result<Vec<Outcome>, TooLong> {
        written_out(&self.0, apart)
    }
}

fn written_out(elements: &[Element], apart: Duration) -> Result<Vec<Outcome>, TooLong> {
    let mut outcomes = Vec::new();
    for Element { what, times } in elements {
        let body = match what {
            Repeated::Outcome(outcome) => vec![*outcome],
            Repeated::Group(elements) => written_out(elements, apart)?,
        };
        let number = match times {
            Times::Number(number) => number.saturating_mul(body.len()),
            Times::Lasting(time) => {
                let probes = time.as_millis().div_ceil(apart.as_millis().max(1));
                usize::try_from(probes).unwrap_or(usize::MAX).max(1)
            }
        };
        if outcomes.len().saturating_add(number) > LONGEST {
            return Err(TooLong::Probes(LONGEST));
        }
        outcomes.extend(body.iter().copied().cycle().take(number));
    }
    Ok(outcomes)
}

/// Reads up to the end, or to the bracket that closes the last of the `opened` ones.
fn elements(rest: &mut Iter<'_, Word>, opened: &[Spot]) -> Result<Vec<Element>, ScriptError> {
    let mut elements = Vec::new();
    while let Some(Word { text, spot }) = rest.next() {
        let what = match (text.as_str(), opened) {
            (",", _) => continue,
            (")", [_, ..]) => return Ok(elements),
            (")", []) => return Err(ScriptError::new(*spot, "no matching opening bracket")),
            ("*", _) => return Err(ScriptError::new(*spot, "write an outcome before `*`, as in up*3")),
            ("(", _) if opened.len() == DEEPEST => {
                return Err(ScriptError::new(*spot, "too many nested brackets"));
            }
            ("(", _) => {
                let group = self::elements(rest, &[opened, &[*spot]].concat())?;
                if group.is_empty() {
                    return Err(ScriptError::new(*spot, "no outcome in these brackets"));
                }
                Repeated::Group(group)
            }
            (word, _) => match Outcome::parse(word) {
                Some(outcome) => Repeated::Outcome(outcome),
                None => return Err(ScriptError::unknown(*spot, word, "outcome")),
            },
        };
        elements.push(Element { what, times: times(rest)? });
    }
    match opened.last() {
        None => Ok(elements),
        Some(spot) => Err(ScriptError::new(*spot, "unclosed bracket")),
    }
}

/// `*3`, `for 1h`, or once.
fn times(rest: &mut Iter<'_, Word>) -> Result<Times, ScriptError> {
    let wanted = match rest.as_slice().first().map(|word| word.text.as_str()) {
        Some("*") => "write a number from 1 to 9999 after `*`",
        Some("for") => "write a time such as 30m or 4h after `for`",
        Some(_) | None => return Ok(Times::Number(1)),
    };
    let (sign, value) = (rest.next(), rest.next());
    let read = |Word { text, .. }: &Word| match sign?.text.as_str() {
        "*" => text.parse().ok().filter(|number| (1..10_000).contains(number)).map(Times::Number),
        _ => parse_duration(text).ok().map(Times::Lasting),
    };
    let spot = value.or(sign).map_or(START, |word| word.spot);
    value.and_then(read).ok_or_else(|| ScriptError::new(spot, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let script = Script::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let outcomes =
            script.outcomes(Duration::from_mins(2)).unwrap_or_else(|error| panic!("{text}: {error}"));
        outcomes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_script_is_read_as_people_would_write_it() {
        for (text, expected) in [
            ("up", "up"),
            ("up*3, fail, up", "up up up fail up"),
            ("up * 2 fail", "up up fail"),
            ("UP*2,FAIL", "up up fail"),
            ("(fail, up)*2", "fail up fail up"),
            ("((fail*2, up)*2, degraded)*1", "fail fail up fail fail up degraded"),
            ("timeout, status=503, latency=2s, skip", "timeout status=503 latency=2s skip"),
            ("up # all is well\n\n# then it breaks\nfail*2\n", "up fail fail"),
            ("down for 5m, up", "fail fail fail up"),
            ("(fail, up) for 6m", "fail up fail"),
            ("fail for 1s", "fail"),
            ("up,,up,", "up up"),
        ] {
            assert_eq!(written(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_script_says_where_and_why() {
        for (text, expected) in [
            ("up*3, fial", "column 7: unknown outcome \"fial\""),
            ("up\nup, 503", "line 2, column 5: unknown outcome \"503\""),
            ("", "column 1: no outcome"),
            ("# nothing", "column 1: no outcome"),
            ("up*", "column 4: write a number from 1 to 9999 after `*`"),
            ("up*0", "column 4: write a number from 1 to 9999 after `*`"),
            ("up*many", "column 4: write a number from 1 to 9999 after `*`"),
            ("3*up", "column 1: unknown outcome \"3\""),
            ("*3", "column 1: write an outcome before `*`, as in up*3"),
            ("up for ever", "column 8: write a time such as 30m or 4h after `for`"),
            ("(up", "column 1: unclosed bracket"),
            ("up)", "column 3: no matching opening bracket"),
            ("up, ()", "column 5: no outcome in these brackets"),
            ("(((((((((up)))))))))", "column 9: too many nested brackets"),
            ("\u{1b}[2J", "column 1: unknown outcome \"\u{fffd}[2j\""),
        ] {
            let error = Script::parse(text).expect_err(text);
            assert_eq!(error.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn a_script_without_end_is_refused_before_it_is_written_out() {
        for text in ["up*9999,up*2", "((((up*9999)*9999)*9999)*9999)*9999", "up for 365d"] {
            let script = Script::parse(text).expect("a script");
            assert!(script.outcomes(Duration::from_mins(2)).is_err(), "{text}");
        }
        assert_eq!(written("up*9999,up").split(' ').count(), 10_000);
    }

    proptest! {
        #[test]
        fn reading_a_script_never_panics(text in "\\PC*", apart in 0u64..9_000) {
            let script = Script::parse(&text);
            drop(script.map(|script| script.outcomes(Duration::from_secs(apart))));
        }

        #[test]
        fn neither_does_one_of_its_own_words(text in "(up|fail|status=503|for|4h|\\*|9999|3|\\(|\\)|,|\n|#| ){0,30}") {
            if let Ok(script) = Script::parse(&text) {
                prop_assert!(script.outcomes(Duration::from_mins(2)).map_or(1, |outcomes| outcomes.len()) > 0);
            }
        }

        #[test]
        fn an_error_points_into_the_script(text in "[a-z*(),\n ]{0,40}") {
            if let Err(error) = Script::parse(&text) {
                let line = text.lines().nth(error.spot.line - 1).unwrap_or_default();
                prop_assert!(error.spot.column <= line.chars().count() + 1, "{error:?}");
            }
        }
    }
}
