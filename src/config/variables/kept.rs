//! An edited text with its variables left in their places. Pure.
//!
//! `https://${var:host}/health` that a hand made `https://shop.example/live` becomes `https://${var:host}/live`: what a
//! variable holds is still there, once. Where that is not so, a person has to decide.

use std::fmt;
use std::ops::Range;

use crate::config::variables::DefinedVariables;
use crate::config::variables::fill::references;
use crate::monitor::ValueSource;

/// Ways to place the variables that are looked at. A text with more is one in which they have no one place.
const WAYS: usize = 64;

/// Placements that are tried for them.
const TRIES: usize = 4_096;

/// Why a variable has no one place in a text any more, and where it is set.
#[derive(Debug, PartialEq, Eq)]
pub enum Unkept {
    Gone(ValueSource),
    Repeated(ValueSource),
}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, ValueSource { place, variable }) = match self {
            Self::Gone(source) => ("does not contain the value of", source),
            Self::Repeated(source) => ("has several places for the value of", source),
        };
        let variable = variable.as_deref().unwrap_or_default();
        write!(f, "in the table {what} `{variable}` ({place}): edit the variable, or change the file by hand")
    }
}

/// A reference in the text as it was written.
struct WrittenReference<'t> {
    range: Range<usize>,
    value: &'t str,
    source: &'t ValueSource,
    /// The characters around its value.
    before: Option<char>,
    after: Option<char>,
}

/// `written` so that it is filled in to `edited`. `None` where it has no variable of a known value, or is one variable
/// that holds something else.
pub fn kept(written: &str, edited: &str, variables: &DefinedVariables) -> Option<Result<String, Unkept>> {
    let found = places(written, variables)?;
    let first = found.first()?;
    let spots: Vec<_> = found.iter().map(|one| spots(edited, one)).collect();
    if let Some((lost, _)) = found.iter().zip(&spots).find(|(_, spots)| spots.is_empty()) {
        // Nothing else was written, so there is only the variable to edit.
        if lost.range == (0..written.len()) {
            return None;
        }
        return Some(Err(Unkept::Gone(lost.source.clone())));
    }
    let ways = ways(&spots);
    let chosen = match ways.as_slice() {
        // Each is there, but not in their order.
        [] => return Some(Err(Unkept::Gone(first.source.clone()))),
        [only] => only,
        _ => match closest(written, edited, &found, &ways) {
            Some(closest) => closest,
            None => return Some(Err(Unkept::Repeated(first.source.clone()))),
        },
    };
    let (mut text, mut at) = (String::new(), 0);
    for (one, range) in found.iter().zip(chosen) {
        text.push_str(&edited[at..range.start]);
        text.push_str(&written[one.range.clone()]);
        at = range.end;
    }
    text.push_str(&edited[at..]);
    Some(Ok(text))
}

/// Every reference with its value; `None` if one of them has none.
fn places<'t>(written: &'t str, variables: &'t DefinedVariables) -> Option<Vec<WrittenReference<'t>>> {
    let ranges = references(written);
    let mut found: Vec<WrittenReference<'_>> = Vec::new();
    for (number, reference) in ranges.iter().enumerate() {
        let variable = variables.get(reference.name?)?;
        let start = number.checked_sub(1).map_or(0, |before| ranges[before].range.end);
        let end = ranges.get(number + 1).map_or(written.len(), |next| next.range.start);
        // Beside another variable stands what that one holds.
        let before = written[start..reference.range.start].chars().next_back();
        let before = before.or_else(|| found.last().and_then(|last| last.value.chars().next_back()));
        let after = written[reference.range.end..end].chars().next();
        let after = after.or_else(|| {
            let next = ranges.get(number + 1)?;
            variables.get(next.name?)?.text.chars().next()
        });
        let range = reference.range.clone();
        found.push(WrittenReference {
            range,
            value: &variable.text,
            source: &variable.source,
            before,
            after,
        });
    }
    Some(found)
}

/// Where a text has the value of a reference as a part of its own: with the same characters around it, or else at least
/// between marks.
fn spots(text: &str, one: &WrittenReference<'_>) -> Vec<Range<usize>> {
    if one.value.is_empty() {
        return Vec::new();
    }
    let starts = text.char_indices().map(|(at, _)| at).filter(|at| text[*at..].starts_with(one.value));
    let all: Vec<_> = starts.map(|at| at..at + one.value.len()).collect();
    let around =
        |range: &Range<usize>| (text[..range.start].chars().next_back(), text[range.end..].chars().next());
    let is_same = |range: &&Range<usize>| around(range) == (one.before, one.after);
    let is_apart = |now: Option<char>, was: Option<char>| now == was || now.is_none_or(divides);
    let is_whole = |range: &&Range<usize>| {
        let (before, after) = around(range);
        is_apart(before, one.before) && is_apart(after, one.after)
    };
    let same: Vec<_> = all.iter().filter(is_same).cloned().collect();
    if same.is_empty() { all.iter().filter(is_whole).cloned().collect() } else { same }
}

/// What ends a part of an address or of a text. A dot does not: `shop` is not a part of `shop.example.com`.
fn divides(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | '?' | '#' | '&' | '=' | ':' | ',' | ';' | '"' | '\'' | '(' | ')')
}

/// The ways to place the variables in their order, one behind the other.
fn ways(spots: &[Vec<Range<usize>>]) -> Vec<Vec<Range<usize>>> {
    let (mut found, mut tries) = (Vec::new(), 0);
    place(spots, &mut Vec::new(), &mut found, &mut tries);
    found
}

fn place(
    left: &[Vec<Range<usize>>],
    placed: &mut Vec<Range<usize>>,
    found: &mut Vec<Vec<Range<usize>>>,
    tries: &mut usize,
) {
    let [first, rest @ ..] = left else { return found.push(placed.clone()) };
    let from = placed.last().map_or(0, |last| last.end);
    for spot in first.iter().filter(|spot| spot.start >= from) {
        *tries += 1;
        if found.len() >= WAYS || *tries > TRIES {
            return;
        }
        placed.push(spot.clone());
        place(rest, placed, found, tries);
        placed.pop();
    }
}

/// The one way in which the text up to the first variable, or behind the last one, is as it was written.
fn closest<'w>(
    written: &str,
    edited: &str,
    found: &[WrittenReference<'_>],
    ways: &'w [Vec<Range<usize>>],
) -> Option<&'w Vec<Range<usize>>> {
    let (start, end) = (found.first()?.range.start, found.last()?.range.end);
    let mut closest = ways.iter().filter(|way| {
        let (Some(first), Some(last)) = (way.first(), way.last()) else { return false };
        edited[..first.start] == written[..start] || edited[last.end..] == written[end..]
    });
    closest.next().filter(|_| closest.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{SourceFile, settings};

    const VARIABLES: &str = "vars: {host: shop.example, port: 8443, eu: eu, shop: shop, one: 1, base: 'https://shop.example', none: ''}\n";

    fn check(written: &str, edited: &str, expected: Result<&str, &str>) {
        let file =
            SourceFile { path: "monitorctl.yaml".into(), group: String::new(), bytes: VARIABLES.into() };
        let found = match kept(written, edited, &settings(&file).0.vars) {
            None => Err("whole".to_owned()),
            Some(Ok(text)) => Ok(text),
            Some(Err(Unkept::Gone(source))) => Err(format!("gone {}", source.variable.unwrap_or_default())),
            Some(Err(Unkept::Repeated(_))) => Err("repeated".to_owned()),
        };
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{written} {edited}");
    }

    #[test]
    fn a_variable_stays_where_its_value_still_is() {
        let host = "https://${var:host}/health";
        for (written, edited, expected) in [
            (host, "https://shop.example/live?x=1", "https://${var:host}/live?x=1"),
            (host, "https://shop.example", "https://${var:host}"),
            (host, "http://shop.example:9443/health", "http://${var:host}:9443/health"),
            ("${var:base}", "https://shop.example/live", "${var:base}/live"),
            ("${var:base}/a", "https://shop.example/b", "${var:base}/b"),
            (
                "https://${var:host}:${var:port}/a",
                "https://shop.example:8443/b",
                "https://${var:host}:${var:port}/b",
            ),
            (
                "https://${var:eu}.${var:host}/a",
                "https://eu.shop.example/b",
                "https://${var:eu}.${var:host}/b",
            ),
            // The characters around it say which one it is.
            ("https://${var:eu}.a/eu", "https://eu.a/eu/eu", "https://${var:eu}.a/eu/eu"),
            ("https://a/1/${var:one}/b", "https://a/1/1/c", "https://a/1/${var:one}/c"),
            (
                "{\"region\": \"${var:eu}\"}",
                "{\"region\": \"eu\", \"a\": 1}",
                "{\"region\": \"${var:eu}\", \"a\": 1}",
            ),
        ] {
            check(written, edited, Ok(expected));
        }
    }

    #[test]
    fn a_variable_without_one_place_is_refused() {
        let host = "https://${var:host}/health";
        for (written, edited, expected) in [
            (host, "https://cart.example/health", "gone vars.host"),
            // Not as a part of its own.
            (host, "https://shop.example.com/health", "gone vars.host"),
            (host, "https://myshop.example/health", "gone vars.host"),
            ("https://${var:shop}/a", "https://shop.example/a", "gone vars.shop"),
            ("https://${var:host}:${var:port}/a", "https://shop.example/a", "gone vars.port"),
            ("https://${var:eu}/${var:shop}/", "https://shop/eu/", "gone vars.eu"),
            ("https://a/${var:one}/b", "https://a/1/1/b", "repeated"),
            ("https://a/${var:none}", "https://a/b", "gone vars.none"),
            ("${var:shop}", "cart", "whole"),
        ] {
            check(written, edited, Err(expected));
        }
    }
}
