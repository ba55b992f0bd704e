//! What one probe gave, as it is shown wherever a probe is.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::paint::{BAD, FAINT, latency, paint};
use super::workflow::inert;
use crate::monitor::rough_duration;
use crate::observation::Phases;
use crate::verdict::{Judgement, Verdict};

/// For people: a line a fault, then the phases; nothing for a pass. What an endpoint said is no command to a runner.
pub fn reasons(judgement: &Judgement, indent: usize) -> String {
    let mut text = String::new();
    if judgement.verdict == Verdict::Pass {
        return text;
    }
    for fault in &judgement.faults {
        // An expectation that was not met names itself; what ended a probe early is named by its kind.
        let kind = if judgement.is_answered() { String::new() } else { format!("{}: ", fault.kind) };
        let _ = writeln!(text, "{:indent$}{}{}", "", paint(BAD, &kind), inert(fault.to_string()));
    }
    let phases = phases(&judgement.phases);
    if !phases.is_empty() {
        let attempts =
            if judgement.attempts > 1 { format!(", attempt {}", judgement.attempts) } else { String::new() };
        let left = certificate(judgement);
        let _ = writeln!(text, "{:indent$}{}", "", paint(FAINT, &format!("{phases}{left}{attempts}")));
    }
    text
}

/// For programs: every field.
pub fn evidence(judgement: &Judgement) -> Map<String, Value> {
    let Judgement {
        verdict,
        at: _,
        faults,
        code,
        latency,
        phases,
        certificate,
        attempts,
        peer: _,
        excerpt: _,
    } = judgement;
    let phases = phases.iter().map(|(name, took)| json!({"name": name, "ms": precise(took)}));
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| json!({"kind": fault.kind.as_str(), "actual": fault.actual, "expected": fault.expected}))
        .collect();
    Map::from_iter([
        ("verdict".to_owned(), verdict.as_str().into()),
        ("faults".to_owned(), faults.into()),
        ("code".to_owned(), json!(code.filter(|code| *code != 0))),
        ("latency_ms".to_owned(), json!(latency.map(precise))),
        ("phases".to_owned(), phases.collect::<Vec<_>>().into()),
        ("certificate_expires".to_owned(), json!(certificate.as_ref().map(|it| it.expires.to_string()))),
        ("attempts".to_owned(), (*attempts).into()),
    ])
}

/// `dns 2 ms · connect 11 ms · wait 130 ms`
fn phases(phases: &Phases) -> String {
    phases.iter().map(|(name, took)| format!("{name} {}", latency(took))).collect::<Vec<_>>().join(" · ")
}

/// How long the certificate is valid yet, beside the phases.
fn certificate(judgement: &Judgement) -> String {
    let left = judgement.certificate.as_ref().map(|it| it.expires.duration_since(judgement.at));
    let left = left.and_then(|left| Duration::try_from(left).ok());
    left.map_or_else(String::new, |left| format!(" · certificate {} left", rough_duration(left)))
}

/// Milliseconds to the microsecond.
fn precise(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::http;
    use crate::observation::{Certificate, Fault};
    use jiff::Timestamp;

    #[test]
    fn what_the_certificate_has_left_stands_beside_the_phases() {
        let judgement = Judgement {
            faults: vec![Fault::new(http::STATUS, "HTTP 503", "2xx")],
            phases: Phases::from_iter([("tls", Duration::from_millis(20))]),
            certificate: Some(Certificate {
                expires: Timestamp::from_second(187_200).expect("a time"),
                subject: "certificate of a.example".to_owned(),
            }),
            ..Judgement::without_evidence(Verdict::Fail, Timestamp::UNIX_EPOCH)
        };
        assert!(reasons(&judgement, 0).contains("tls 20 ms · certificate 2d4h left"));
        assert_eq!(evidence(&judgement)["certificate_expires"], "1970-01-03T04:00:00Z");
    }
}
