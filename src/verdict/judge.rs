//! From an observation to a verdict.

use std::time::Duration;

use super::{Judgement, Verdict};
use crate::assert::{self, Assertion, Consequence, Redact, Subject, Unmet, shown};
use crate::kinds::Evidence;
use crate::monitor::{
    Budget, CertificateBounds, Expectations, LatencyBounds, Monitor, format_duration, minute, rough_duration,
};
use crate::observation::{Certificate, Fault, Observation};

/// Judges what was observed. A fault is always a fail: no comparison can turn a connect error into a pass,
/// and what is missing never meets an expectation (except `exists: false`). Only what this machine could not probe is
/// unknown.
///
/// `redact` replaces the values of secrets in whatever is quoted from the answer.
pub fn judge(monitor: &Monitor, observation: &Observation, redact: Redact<'_>) -> Judgement {
    let (code, failing, degrading) = match &observation.result {
        Err(fault) => (None, vec![fault.clone()], Vec::new()),
        Ok(evidence) => {
            let Expectations { latency, certificate, assertions } = &monitor.expect;
            let (too_slow, slow) = self::latency(latency, observation.latency);
            let (too_late, late) = self::certificate(certificate, observation, redact);
            let (unmet, mut degrading) = not_met(assertions, evidence, redact);
            let fault = |(subject, Unmet { actual, expected })| Fault::new(subject, actual, expected);
            let of_kind = monitor.ask.unmet(evidence, redact).map(fault);
            let lesser = monitor.ask.shortfall(evidence, redact).filter(|_| of_kind.is_none()).map(fault);
            let mut failing: Vec<Fault> = of_kind.into_iter().chain(unmet).collect();
            failing.extend(too_late.into_iter().chain(too_slow));
            degrading.extend(lesser.into_iter().chain(late).chain(slow));
            (Some(evidence.code()), failing, degrading)
        }
    };
    let is_evidence = failing.iter().all(|fault| fault.kind.is_evidence());
    let verdict = match (failing.is_empty(), degrading.is_empty()) {
        (false, _) if !is_evidence => Verdict::Unknown,
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
        excerpt: excerpt(monitor, observation, verdict, redact),
    }
}

/// The beginning of an answer that did not pass.
fn excerpt(
    monitor: &Monitor,
    observation: &Observation,
    verdict: Verdict,
    redact: Redact<'_>,
) -> Option<String> {
    let is_shown = monitor.alert.excerpt && verdict != Verdict::Pass;
    let evidence = observation.result.as_ref().ok().filter(|_| is_shown)?;
    evidence.excerpt().map(|text| redact(&text))
}

/// What is not met of the assertions: those that make it DOWN, and those that are only worth a warning.
fn not_met(assertions: &[Assertion], evidence: &Evidence, redact: Redact<'_>) -> (Vec<Fault>, Vec<Fault>) {
    let reader = evidence.reader();
    // One budget for all of them, so that many assertions cost no more than one.
    let mut budget = Budget::default();
    let (mut failing, mut degrading): (Vec<Fault>, Vec<Fault>) = (Vec::new(), Vec::new());
    for assertion in assertions {
        let faults = match assertion.consequence {
            Consequence::Down => &mut failing,
            Consequence::Degraded => &mut degrading,
        };
        let measured = reader.measure(assertion, redact);
        for Unmet { actual, expected } in assert::judge(assertion, &measured, &mut budget, redact) {
            let fault = Fault::new(assertion.subject, actual, expected);
            // A body that is no JSON is one fault, however many paths are looked for in it.
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    (failing, degrading)
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
        let when = match rough_duration(left.unsigned_abs()) {
            past if left.is_negative() => format!("expired {past} ago"),
            left => format!("expires in {left}"),
        };
        let at = minute(*expires);
        let actual = format!("{} {when}, {at}", shown(subject, redact));
        Some(Fault::new(Subject::CERTIFICATE, actual, left_over(bound)))
    };
    match within(down) {
        Some(fault) => (Some(fault), None),
        None => (None, within(degraded)),
    }
}

fn left_over(bound: Duration) -> String {
    format!("at least {} left", rough_duration(bound))
}
