//! From an observation to a verdict.

use std::time::Duration;

use serde_json::{Number, Value};

use super::compare::{Redact, Unmet, compare, quote, shown};
use super::{Judgement, Verdict, jsonpath};
use crate::monitor::{
    CertificateBounds, Comparison, Expectations, HeaderAssertion, JsonAssertion, LatencyBounds, Monitor,
    format_duration,
};
use crate::observation::{Answer, Certificate, Fault, FaultKind, Observation, span};

/// Judges what was observed. A fault is always a fail: no comparison can turn a connect error into a pass,
/// and what is missing never meets an expectation (except `exists: false`).
///
/// `redact` replaces the values of secrets in whatever is quoted from the answer.
pub fn judge(monitor: &Monitor, observation: &Observation, redact: Redact<'_>) -> Judgement {
    let (status, failing, degrading) = match &observation.result {
        Err(fault) => (None, vec![fault.clone()], Vec::new()),
        Ok(answer) => {
            let (too_slow, slow) = latency(&monitor.expect.latency, observation.latency);
            let (too_late, late) = certificate(&monitor.expect.certificate, observation, redact);
            let mut failing = answer_faults(&monitor.expect, answer, redact);
            failing.extend(too_late.into_iter().chain(too_slow));
            (Some(answer.status), failing, late.into_iter().chain(slow).collect())
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
        status,
        latency: Some(observation.latency),
        phases: observation.phases,
        certificate: observation.certificate.clone(),
        attempts: observation.attempts,
    }
}

/// Every expectation on the answer itself that is not met, the status first.
fn answer_faults(expect: &Expectations, answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    let status = (!expect.status.contains(answer.status))
        .then(|| Fault::new(FaultKind::Status, format!("HTTP {}", answer.status), expect.status.to_string()));
    let headers = expect.headers.iter().flat_map(|assertion| header(assertion, answer, redact));
    status
        .into_iter()
        .chain(body(&expect.body, answer, redact))
        .chain(json(&expect.json, answer, redact))
        .chain(headers)
        .collect()
}

/// The fault of being too slow, and the lesser one of being slow; never both.
fn latency(bounds: &LatencyBounds, actual: Duration) -> (Option<Fault>, Option<Fault>) {
    let beyond = |bound: Option<Duration>| {
        bound.filter(|bound| actual > *bound).map(|bound| {
            // A bound is in whole milliseconds: rounded up, what is beyond it is seen to be.
            let millis = u64::try_from(actual.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
            let text = format!("latency {}", format_duration(Duration::from_millis(millis)));
            Fault::new(FaultKind::Latency, text, format!("at most {}", format_duration(bound)))
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
        let missing = |bound| Fault::new(FaultKind::Certificate, "no certificate", left_over(bound));
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
        Some(Fault::new(FaultKind::Certificate, actual, left_over(bound)))
    };
    match within(down) {
        Some(fault) => (Some(fault), None),
        None => (None, within(degraded)),
    }
}

fn left_over(bound: Duration) -> String {
    format!("at least {} left", span(bound))
}

fn header(assertion: &HeaderAssertion, answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    let name = &assertion.name;
    let values: Vec<_> = answer
        .headers
        .iter()
        .filter(|(header, _)| header == name)
        .map(|(_, value)| String::from_utf8_lossy(value))
        .collect();
    let text = (!values.is_empty()).then(|| values.join(", "));
    of_text(&assertion.comparisons, text, redact, FaultKind::Header, name)
}

fn body(comparisons: &[Comparison], answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    let text = answer.body.as_deref().map(|body| String::from_utf8_lossy(body).into_owned());
    of_text(comparisons, text, redact, FaultKind::Body, "body")
}

/// A text counts as a number where it is asked to be one and is written like one in JSON.
fn of_text(
    comparisons: &[Comparison],
    text: Option<String>,
    redact: Redact<'_>,
    kind: FaultKind,
    subject: &str,
) -> Vec<Fault> {
    let number = text.as_deref().and_then(|text| serde_json::from_str::<Number>(text.trim()).ok());
    let text = text.map(Value::String);
    let number = number.map(Value::Number).or_else(|| text.clone());
    let value_for = |comparison: &Comparison| match comparison {
        Comparison::LessThan(_) | Comparison::GreaterThan(_) => number.as_ref(),
        Comparison::Equals(_)
        | Comparison::NotEquals(_)
        | Comparison::Contains(_)
        | Comparison::NotContains(_)
        | Comparison::Matches(_)
        | Comparison::Exists(_) => text.as_ref(),
    };
    comparisons
        .iter()
        .filter_map(|comparison| compare(comparison, value_for(comparison), redact).err())
        .map(|unmet| unmet.fault(kind, subject))
        .collect()
}

fn json(assertions: &[JsonAssertion], answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    if assertions.is_empty() {
        return Vec::new();
    }
    let body = answer.body.as_deref().unwrap_or_default();
    // RFC 8259 lets a reader pass over the mark that some servers begin their UTF-8 with.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        let actual = match body {
            [] => "an empty body".to_owned(),
            _ => format!("body {}", quote(&String::from_utf8_lossy(body), redact)),
        };
        return vec![Fault::new(FaultKind::Json, actual, "a JSON body")];
    };
    assertions.iter().flat_map(|assertion| json_path(assertion, &document, redact)).collect()
}

/// A path may find many nodes; each must meet each comparison. One that finds none is missing.
fn json_path(assertion: &JsonAssertion, document: &Value, redact: Redact<'_>) -> Vec<Fault> {
    let path = &assertion.path;
    let Some(found) = jsonpath::select(path, document) else {
        return vec![Fault::new(
            FaultKind::Json,
            format!("path {path:?} does not parse"),
            "an RFC 9535 path",
        )];
    };
    if found.is_empty() {
        return unmet(&assertion.comparisons, None, redact)
            .map(|unmet| unmet.fault(FaultKind::Json, path))
            .collect();
    }
    // One fault a comparison is enough, also if a hundred nodes miss it.
    assertion
        .comparisons
        .iter()
        .filter_map(|comparison| found.iter().find_map(|node| compare(comparison, Some(node), redact).err()))
        .map(|unmet| unmet.fault(FaultKind::Json, path))
        .collect()
}

fn unmet<'a>(
    comparisons: &'a [Comparison],
    value: Option<&'a Value>,
    redact: Redact<'a>,
) -> impl Iterator<Item = Unmet> + 'a {
    comparisons.iter().filter_map(move |comparison| compare(comparison, value, redact).err())
}
