//! From an observation to a verdict.

use std::time::Duration;

use super::body::{body, header, json};
use super::compare::{Redact, shown};
use super::{Judgement, Verdict};
use crate::monitor::{Budget, CertificateBounds, Expectations, LatencyBounds, Monitor, format_duration};
use crate::observation::{Answer, Certificate, Fault, Observation, Subject, span};

/// Judges what was observed. A fault is always a fail: no comparison can turn a connect error into a pass,
/// and what is missing never meets an expectation (except `exists: false`).
///
/// `redact` replaces the values of secrets in whatever is quoted from the answer.
pub fn judge(monitor: &Monitor, observation: &Observation, redact: Redact<'_>) -> Judgement {
    let (code, failing, degrading) = match &observation.result {
        Err(fault) => (None, vec![fault.clone()], Vec::new()),
        Ok(answer) => {
            let (too_slow, slow) = latency(&monitor.expect.latency, observation.latency);
            let (too_late, late) = certificate(&monitor.expect.certificate, observation, redact);
            let mut failing = answer_faults(&monitor.expect, answer, redact);
            failing.extend(too_late.into_iter().chain(too_slow));
            (Some(answer.code()), failing, late.into_iter().chain(slow).collect())
        }
    };
    let verdict = match (failing.is_empty(), degrading.is_empty()) {
        (false, _) => Verdict::Fail,
        (true, false) => Verdict::Degraded,
        (true, true) => Verdict::Pass,
    };
    Judgement {
        verdict,
        at: observation.at,
        faults: failing.into_iter().chain(degrading).collect(),
        code,
        latency: Some(observation.latency),
        phases: observation.phases.clone(),
        certificate: observation.certificate.clone(),
        attempts: observation.attempts,
        peer: observation.peer,
    }
}

/// Every expectation on the answer itself that is not met, the status first.
fn answer_faults(expect: &Expectations, answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    let status = (!expect.status.contains(answer.status))
        .then(|| Fault::new(Subject::STATUS, format!("HTTP {}", answer.status), expect.status.to_string()));
    // One budget for all of them, so that many assertions cost no more than one.
    let mut budget = Budget::default();
    let mut faults: Vec<Fault> = status.into_iter().collect();
    faults.extend(body(&expect.body, answer, &mut budget, redact));
    faults.extend(json(&expect.json, answer, &mut budget, redact));
    for assertion in &expect.headers {
        faults.extend(header(assertion, answer, &mut budget, redact));
    }
    faults
}

/// The fault of being too slow, and the lesser one of being slow; never both.
fn latency(bounds: &LatencyBounds, actual: Duration) -> (Option<Fault>, Option<Fault>) {
    let beyond = |bound: Option<Duration>| {
        bound.filter(|bound| actual > *bound).map(|bound| {
            // A bound is in whole milliseconds: rounded up, what is beyond it is seen to be.
            let millis = u64::try_from(actual.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
            let text = format!("latency {}", format_duration(Duration::from_millis(millis)));
            Fault::new(Subject::LATENCY, text, format!("at most {}", format_duration(bound)))
        })
    };
    match beyond(bounds.down) {
        Some(fault) => (Some(fault), None),
        None => (None, beyond(bounds.degraded)),
    }
}

/// The fault of a certificate that is at its end, and the lesser one of one that is near it; never both.
fn certificate(
    bounds: &CertificateBounds,
    observation: &Observation,
    redact: Redact<'_>,
) -> (Option<Fault>, Option<Fault>) {
    let CertificateBounds { degraded, down } = *bounds;
    let Some(Certificate { expires, subject }) = &observation.certificate else {
        let missing = |bound| Fault::new(Subject::CERTIFICATE, "no certificate", left_over(bound));
        return (down.or(degraded).map(missing), None);
    };
    let within = |bound: Option<Duration>| {
        let bound = bound?;
        let left = expires.duration_since(observation.at);
        if Duration::try_from(left).is_ok_and(|left| left >= bound) {
            return None;
        }
        let when = match span(left.unsigned_abs()) {
            past if left.is_negative() => format!("expired {past} ago"),
            left => format!("expires in {left}"),
        };
        let at = expires.strftime("%Y-%m-%d %H:%M UTC");
        let actual = format!("{} {when}, {at}", shown(subject, redact));
        Some(Fault::new(Subject::CERTIFICATE, actual, left_over(bound)))
    };
    match within(down) {
        Some(fault) => (Some(fault), None),
        None => (None, within(degraded)),
    }
}

fn left_over(bound: Duration) -> String {
    format!("at least {} left", span(bound))
}
