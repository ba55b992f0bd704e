//! Silences, for people and for programs.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::paint::{FAINT, STRONG, paint};
use crate::monitor::{MonitorId, age, count, minute, rough_duration};
use crate::suppress::{StoredSilence, SuppressionReason};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// How many monitors of a silence are named.
const NAMED: usize = 5;

/// A silence, and the monitors that it takes now.
#[derive(Debug, Clone)]
pub struct SilenceLine {
    pub silence: StoredSilence,
    pub monitors: Vec<MonitorId>,
}

/// A few lines each, the one that ends first at the head.
pub fn silences_text(lines: &[SilenceLine], now: Timestamp) -> String {
    if lines.is_empty() {
        return "no monitor is silenced\n".to_owned();
    }
    let mut text = String::new();
    for SilenceLine { silence, monitors } in lines {
        let StoredSilence { id, selector, starts: _, ends, reason, by } = silence;
        let left = match age(now, *ends) {
            left if left.is_zero() => "ended".to_owned(),
            left => format!("{} left", rough_duration(left)),
        };
        let until = minute(*ends);
        let _ = writeln!(text, "{}  until {until} ({left})", paint(STRONG, &selector.to_string()));
        let _ = writeln!(text, "  {reason}; by {by}");
        let _ = writeln!(text, "  {}", taken(monitors));
        let _ = writeln!(text, "  {}", paint(FAINT, id));
    }
    text
}

/// `3 monitors: a, b, c`
fn taken(monitors: &[MonitorId]) -> String {
    let named: Vec<_> = monitors.iter().take(NAMED).map(MonitorId::as_str).collect();
    let rest = match monitors.len().saturating_sub(NAMED) {
        0 => String::new(),
        number => format!(" and {number} more"),
    };
    match monitors {
        [] => "no monitor at present".to_owned(),
        _ => format!("{}: {}{rest}", count(monitors.len(), "monitor"), named.join(", ")),
    }
}

pub fn silences_json(lines: &[SilenceLine], now: Timestamp) -> Value {
    let silence = |SilenceLine { silence, monitors }: &SilenceLine| {
        let StoredSilence { id, selector, starts, ends, reason, by } = silence;
        json!({
            "id": id,
            "selector": selector.to_string(),
            "starts": starts.to_string(),
            "ends": ends.to_string(),
            "active": silence.span().has(now),
            "reason": reason,
            "by": by,
            "monitors": monitors.iter().map(MonitorId::as_str).collect::<Vec<_>>(),
        })
    };
    json!({ "format_version": FORMAT_VERSION, "silences": lines.iter().map(silence).collect::<Vec<_>>() })
}

/// Why an alert is suppressed, for programs.
pub fn suppression_json(reason: &SuppressionReason, now: Timestamp) -> Map<String, Value> {
    Map::from_iter([
        ("by".to_owned(), reason.kind().into()),
        ("until".to_owned(), reason.until().map(|until| until.to_string()).into()),
        ("why".to_owned(), reason.text(now).into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Selector;

    fn lines() -> Vec<SilenceLine> {
        let at = |text: &str| text.parse().expect("a time");
        let silence = StoredSilence {
            id: "01J00000000000000000000000".to_owned(),
            selector: Selector::parse("payments-*,!tag:eu").expect("a selector"),
            starts: at("2026-11-22T14:00:00Z"),
            ends: at("2026-11-22T14:30:00Z"),
            reason: "deploying".to_owned(),
            by: "x@host".to_owned(),
        };
        let monitors: Vec<_> =
            (1..8).map(|n| MonitorId::parse(&format!("payments-{n}")).expect("an id")).collect();
        let none = SilenceLine { silence: silence.clone(), monitors: Vec::new() };
        vec![SilenceLine { silence, monitors }, none]
    }

    #[test]
    fn people_read_what_is_silenced_until_when_and_why() {
        let now = "2026-11-22T14:12:30Z".parse().expect("a time");
        insta::assert_snapshot!(anstream::adapter::strip_str(&silences_text(&lines(), now)).to_string());
        assert_eq!(silences_text(&[], now), "no monitor is silenced\n");
    }

    #[test]
    fn programs_read_every_field() {
        let now = "2026-11-22T14:30:00Z".parse().expect("a time");
        insta::assert_snapshot!(format!("{:#}", silences_json(&lines()[1..], now)));
    }
}
