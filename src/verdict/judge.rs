//! From an observation to a verdict.

use std::time::Duration;

use serde_json::Value;

use super::compare::{Redact, Unmet, compare, quote};
use super::{Judgement, Verdict};
use crate::monitor::{
    Comparison, Expectations, HeaderAssertion, JsonAssertion, LatencyBounds, Monitor, format_duration,
};
use crate::observation::{Answer, Fault, FaultKind, Observation};

/// Judges what was observed. A fault is always a fail: no comparison can turn a connect error into a pass,
/// and what is missing never meets an expectation (except `exists: false`).
///
/// `redact` replaces the values of secrets in whatever is quoted from the answer.
pub fn judge(monitor: &Monitor, observation: &Observation, redact: Redact<'_>) -> Judgement {
    let (status, failing, degrading) = match &observation.result {
        Err(fault) => (None, vec![fault.clone()], None),
        Ok(answer) => {
            let (too_slow, slow) = latency(&monitor.expect.latency, observation.latency);
            let mut failing = answer_faults(&monitor.expect, answer, redact);
            failing.extend(too_slow);
            (Some(answer.status), failing, slow)
        }
    };
    let verdict = match (failing.is_empty(), &degrading) {
        (false, _) => Verdict::Fail,
        (true, Some(_)) => Verdict::Degraded,
        (true, None) => Verdict::Pass,
    };
    Judgement {
        verdict,
        at: observation.at,
        faults: failing.into_iter().chain(degrading).collect(),
        status,
        latency: Some(observation.latency),
        phases: observation.phases,
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

fn header(assertion: &HeaderAssertion, answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    let name = &assertion.name;
    let values: Vec<_> = answer
        .headers
        .iter()
        .filter(|(header, _)| header == name)
        .map(|(_, value)| String::from_utf8_lossy(value))
        .collect();
    let value = (!values.is_empty()).then(|| Value::String(values.join(", ")));
    unmet(&assertion.comparisons, value.as_ref(), redact)
        .map(|unmet| unmet.fault(FaultKind::Header, name))
        .collect()
}

fn body(comparisons: &[Comparison], answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    if comparisons.is_empty() {
        return Vec::new();
    }
    let text = answer.body.as_deref().map(|body| Value::String(String::from_utf8_lossy(body).into_owned()));
    unmet(comparisons, text.as_ref(), redact).map(|unmet| unmet.fault(FaultKind::Body, "body")).collect()
}

fn json(assertions: &[JsonAssertion], answer: &Answer, redact: Redact<'_>) -> Vec<Fault> {
    if assertions.is_empty() {
        return Vec::new();
    }
    let body = answer.body.as_deref().unwrap_or_default();
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
    let Ok(query) = serde_json_path::JsonPath::parse(path) else {
        return vec![Fault::new(
            FaultKind::Json,
            format!("path {path:?} does not parse"),
            "an RFC 9535 path",
        )];
    };
    let found = query.query(document);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::{Pattern, StatusClass, StatusSet};
    use crate::observation::Phases;
    use jiff::Timestamp;
    use serde_json::json;

    fn observed(result: Result<Answer, Fault>, millis: u64) -> Observation {
        Observation {
            at: Timestamp::UNIX_EPOCH,
            attempts: 1,
            phases: Phases::default(),
            latency: Duration::from_millis(millis),
            redirects: 0,
            result,
        }
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect();
        Answer { status, headers, body: Some(body.as_bytes().to_vec()) }
    }

    /// Checks an answer of 100 ms against `expect` and gives the verdict with the reasons.
    fn check(expect: Expectations, result: Result<Answer, Fault>) -> (Verdict, Vec<String>) {
        let monitor = Monitor { expect, ..Monitor::sample("m", "http://m.example/") };
        let judgement = judge(&monitor, &observed(result, 100), &str::to_owned);
        (judgement.verdict, judgement.faults.iter().map(ToString::to_string).collect())
    }

    fn path(path: &str, comparison: Comparison) -> Expectations {
        let json = vec![JsonAssertion { path: path.to_owned(), comparisons: vec![comparison] }];
        Expectations { json, ..Expectations::default() }
    }

    #[test]
    fn an_answer_within_all_expectations_passes() {
        let expect = Expectations {
            status: StatusSet(vec![StatusClass::Code(200)]),
            latency: LatencyBounds {
                degraded: Some(Duration::from_millis(100)),
                down: Some(Duration::from_secs(1)),
            },
            headers: vec![HeaderAssertion {
                name: "content-type".into(),
                comparisons: vec![Comparison::Contains("json".into())],
            }],
            body: vec![
                Comparison::Contains("ok".into()),
                Comparison::NotContains("error".into()),
                Comparison::Matches(Pattern::parse(r"^\{").expect("valid")),
            ],
            json: vec![JsonAssertion {
                path: "$.status".into(),
                comparisons: vec![Comparison::Equals(json!("ok")), Comparison::NotEquals(json!("down"))],
            }],
        };
        let good = answer(200, &[("content-type", "application/json")], r#"{"status": "ok"}"#);
        assert_eq!(check(expect, Ok(good)), (Verdict::Pass, vec![]));
    }

    #[test]
    fn what_is_just_beyond_its_bound_is_seen_to_be() {
        let latency = LatencyBounds { degraded: None, down: Some(Duration::from_millis(1)) };
        let expect = Expectations { latency, ..Expectations::default() };
        let monitor = Monitor { expect, ..Monitor::sample("m", "http://m.example/") };
        let observation =
            Observation { latency: Duration::from_micros(1_001), ..observed(Ok(answer(200, &[], "")), 0) };
        let judgement = judge(&monitor, &observation, &str::to_owned);
        assert_eq!(judgement.why(), "latency 2ms, expected at most 1ms");
    }

    // Trap 1: a connect error with the condition "status < 500" counts as UP elsewhere.
    #[test]
    fn a_fault_is_never_a_pass_whatever_is_expected() {
        for kind in FaultKind::ALL {
            let all = StatusSet((1..=5).map(StatusClass::Hundred).collect());
            let expect = Expectations { status: all, ..Expectations::default() };
            let (verdict, _) = check(expect, Err(Fault::new(kind, "refused", "a connection")));
            assert_eq!(verdict, Verdict::Fail, "{kind}");
        }
    }

    // Trap 2: a JSON path that is absent passes "< 100" and "!= error" elsewhere.
    #[test]
    fn what_is_missing_meets_no_comparison_but_absence() {
        for comparison in [
            Comparison::Equals(json!(null)),
            Comparison::NotEquals(json!("error")),
            Comparison::Contains("x".into()),
            Comparison::NotContains("x".into()),
            Comparison::Matches(Pattern::parse("").expect("valid")),
            Comparison::LessThan(100.0),
            Comparison::GreaterThan(-1.0),
            Comparison::Exists(true),
        ] {
            let (verdict, faults) = check(path("$.missing", comparison.clone()), Ok(answer(200, &[], "{}")));
            assert_eq!(verdict, Verdict::Fail, "{comparison}");
            assert!(faults[0].starts_with("$.missing is missing, expected "), "{faults:?}");
            let headers = vec![HeaderAssertion { name: "x-a".into(), comparisons: vec![comparison.clone()] }];
            let expect = Expectations { headers, ..Expectations::default() };
            assert_eq!(check(expect, Ok(answer(200, &[], ""))).0, Verdict::Fail, "header {comparison}");
        }
        let absent = path("$.missing", Comparison::Exists(false));
        assert_eq!(check(absent, Ok(answer(200, &[], "{}"))).0, Verdict::Pass);
    }

    #[test]
    fn every_fault_carries_what_was_seen_and_what_was_expected() {
        let expect = Expectations {
            status: StatusSet(vec![StatusClass::Code(200)]),
            headers: vec![HeaderAssertion {
                name: "x-a".into(),
                comparisons: vec![Comparison::Exists(true)],
            }],
            body: vec![Comparison::Contains("ok".into())],
            ..Expectations::default()
        };
        let (verdict, faults) = check(expect, Ok(answer(503, &[], "no\u{1b}[31m way")));
        assert_eq!(verdict, Verdict::Fail);
        assert_eq!(
            faults,
            [
                "HTTP 503, expected 200",
                r#"body is "no [31m way", expected to contain "ok""#,
                "x-a is missing, expected to exist",
            ]
        );
    }

    // P10: no secret in an error, also where the endpoint echoes it.
    #[test]
    fn what_is_quoted_is_redacted_before_it_is_cut() {
        let expect =
            Expectations { body: vec![Comparison::Contains("ok".into())], ..Expectations::default() };
        let monitor = Monitor { expect, ..Monitor::sample("m", "http://m.example/") };
        let echo = format!("{}hunter2", "x".repeat(116));
        let judged = judge(&monitor, &observed(Ok(answer(200, &[], &echo)), 1), &|text| {
            text.replace("hunter2", "${env:A}")
        });
        assert!(!judged.why().contains("hun"), "{}", judged.why());
    }

    #[test]
    fn slow_is_degraded_and_too_slow_is_failing() {
        let monitor = |degraded, down| {
            let latency = LatencyBounds { degraded, down };
            Monitor {
                expect: Expectations { latency, ..Expectations::default() },
                ..Monitor::sample("m", "http://m.example/")
            }
        };
        let ms = |n| Some(Duration::from_millis(n));
        for (degraded, down, actual, verdict) in [
            (ms(800), ms(5000), 800, Verdict::Pass),
            (ms(800), ms(5000), 801, Verdict::Degraded),
            (ms(800), ms(5000), 5001, Verdict::Fail),
            (ms(800), None, 9000, Verdict::Degraded),
            (None, ms(100), 101, Verdict::Fail),
            (None, None, 60_000, Verdict::Pass),
        ] {
            let judged =
                judge(&monitor(degraded, down), &observed(Ok(answer(200, &[], "")), actual), &str::to_owned);
            assert_eq!(judged.verdict, verdict, "{actual} ms");
        }
    }

    #[test]
    fn a_body_that_is_not_json_fails_a_json_rule() {
        for (body, said) in [
            ("<html>", r#"body "<html>", expected a JSON body"#),
            ("", "an empty body, expected a JSON body"),
        ] {
            let (verdict, faults) = check(path("$.a", Comparison::Exists(false)), Ok(answer(200, &[], body)));
            assert_eq!((verdict, faults), (Verdict::Fail, vec![said.to_owned()]));
        }
    }

    #[test]
    fn every_node_that_a_path_finds_must_meet_the_comparison() {
        let up = || path("$.checks[*].status", Comparison::Equals(json!("up")));
        let mixed = r#"{"checks": [{"status": "up"}, {"status": "down"}]}"#;
        assert_eq!(check(up(), Ok(answer(200, &[], r#"{"checks": [{"status": "up"}]}"#))).0, Verdict::Pass);
        let (verdict, faults) = check(up(), Ok(answer(200, &[], mixed)));
        assert_eq!(verdict, Verdict::Fail);
        assert_eq!(faults, [r#"$.checks[*].status is "down", expected "up""#]);
    }

    #[test]
    fn repeated_headers_are_one_list() {
        let headers = vec![HeaderAssertion {
            name: "via".into(),
            comparisons: vec![Comparison::Equals(json!("a, b"))],
        }];
        let expect = Expectations { headers, ..Expectations::default() };
        assert_eq!(check(expect, Ok(answer(200, &[("via", "a"), ("via", "b")], ""))).0, Verdict::Pass);
    }
}
