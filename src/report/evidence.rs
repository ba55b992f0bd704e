//! What one probe gave, as it is shown wherever a probe is.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::paint::{BAD, FAINT, latency, paint};
use crate::observation::Phases;
use crate::verdict::{Judgement, Verdict};

/// For people: a line a fault, then the phases; nothing for a pass.
pub fn reasons(judgement: &Judgement, indent: usize) -> String {
    let mut text = String::new();
    if judgement.verdict == Verdict::Pass {
        return text;
    }
    for fault in &judgement.faults {
        // An expectation that was not met names itself; what ended a probe early is named by its kind.
        let kind = if judgement.status.is_none() { format!("{}: ", fault.kind) } else { String::new() };
        let _ = writeln!(text, "{:indent$}{}{fault}", "", paint(BAD, &kind));
    }
    let phases = phases(judgement.phases);
    if !phases.is_empty() {
        let attempts =
            if judgement.attempts > 1 { format!(", attempt {}", judgement.attempts) } else { String::new() };
        let _ = writeln!(text, "{:indent$}{}", "", paint(FAINT, &format!("{phases}{attempts}")));
    }
    text
}

/// For programs: every field.
pub fn evidence(judgement: &Judgement) -> Map<String, Value> {
    let Judgement { verdict, at: _, faults, status, latency, phases, attempts } = judgement;
    let Phases { dns, connect, tls, wait, read } = phases;
    let phase = |time: &Option<Duration>| time.map(precise);
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| json!({"kind": fault.kind.as_str(), "actual": fault.actual, "expected": fault.expected}))
        .collect();
    Map::from_iter([
        ("verdict".to_owned(), verdict.as_str().into()),
        ("faults".to_owned(), faults.into()),
        ("status".to_owned(), json!(status)),
        ("latency_ms".to_owned(), json!(latency.map(precise))),
        (
            "phases".to_owned(),
            json!({
                "dns_ms": phase(dns),
                "connect_ms": phase(connect),
                "tls_ms": phase(tls),
                "wait_ms": phase(wait),
                "read_ms": phase(read),
            }),
        ),
        ("attempts".to_owned(), (*attempts).into()),
    ])
}

/// `dns 2 ms · connect 11 ms · wait 130 ms`
fn phases(phases: Phases) -> String {
    let Phases { dns, connect, tls, wait, read } = phases;
    let named = [("dns", dns), ("connect", connect), ("tls", tls), ("wait", wait), ("read", read)];
    let parts: Vec<_> = named
        .iter()
        .filter_map(|(name, time)| time.map(|time| format!("{name} {}", latency(time))))
        .collect();
    parts.join(" · ")
}

/// Milliseconds to the microsecond.
fn precise(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
