//! What a judgement says of an answer or a fault.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::assert::{Assertion, CodeClass, CodeSet, Comparison};
use crate::kinds::http::{self, Answer};
use crate::kinds::{Evidence, HttpVersion};
use crate::monitor::{CertificateBounds, Expectations, LatencyBounds, Monitor, Pattern, is_hidden};
use crate::observation::{Certificate, Fault, Observation, Peer, Phases, Transport};
use crate::verdict::{Verdict, judge};

pub fn observed(result: Result<Answer, Fault>, millis: u64) -> Observation {
    Observation {
        peer: Peer::default(),
        at: Timestamp::UNIX_EPOCH,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::from_millis(millis),
        certificate: None,
        result: result.map(Evidence::Http),
    }
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect();
    Answer { status, headers, body: Some(body.as_bytes().to_vec()), ..Answer::default() }
}

/// Checks an answer of 100 ms against `expect` and gives the verdict with the reasons.
pub fn check(expect: Expectations, result: Result<Answer, Fault>) -> (Verdict, Vec<String>) {
    let monitor = Monitor { expect, ..Monitor::sample("m", "http://m.example/") };
    let judgement = judge(&monitor, &observed(result, 100), &str::to_owned);
    (judgement.verdict, judgement.faults.iter().map(ToString::to_string).collect())
}

/// These beside a status of 2xx.
pub fn with(assertions: Vec<Assertion>) -> Expectations {
    let mut expect = Expectations::default();
    expect.assertions.extend(assertions);
    expect
}

fn body(must: Vec<Comparison>) -> Expectations {
    with(vec![Assertion::new(http::BODY, "", must)])
}

pub fn header(name: &str, must: Vec<Comparison>) -> Assertion {
    Assertion::new(http::HEADER, name, must)
}

fn path(path: &str, comparison: Comparison) -> Expectations {
    with(vec![Assertion::new(http::JSON, path, vec![comparison])])
}

#[test]
fn an_answer_within_all_expectations_passes() {
    let is_ok = CodeSet(vec![CodeClass::Code(200)]);
    let expect = Expectations {
        latency: LatencyBounds {
            degraded: Some(Duration::from_millis(100)),
            down: Some(Duration::from_secs(1)),
        },
        certificate: CertificateBounds::default(),
        assertions: vec![
            http::status_in(is_ok),
            header("content-type", vec![Comparison::Contains("json".into())]),
            Assertion::new(
                http::BODY,
                "",
                vec![
                    Comparison::Contains("ok".into()),
                    Comparison::NotContains("error".into()),
                    Comparison::Matches(Pattern::parse(r"^\{").expect("valid")),
                ],
            ),
            Assertion::new(
                http::JSON,
                "$.status",
                vec![Comparison::Equals(json!("ok")), Comparison::NotEquals(json!("down"))],
            ),
        ],
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
    for kind in Transport::ALL {
        let all = CodeSet((1..=5).map(CodeClass::Hundred).collect());
        let expect = Expectations::of(vec![http::status_in(all)]);
        let (verdict, _) = check(expect, Err(Fault::new(kind, "refused", "a connection")));
        assert_eq!(verdict, Verdict::Fail, "{kind:?}");
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
        Comparison::LessThan(100.into()),
        Comparison::GreaterThan((-1).into()),
        Comparison::Exists(true),
    ] {
        let (verdict, faults) = check(path("$.missing", comparison.clone()), Ok(answer(200, &[], "{}")));
        assert_eq!(verdict, Verdict::Fail, "{comparison}");
        assert!(faults[0].starts_with("$.missing is missing, expected "), "{faults:?}");
        let expect = with(vec![header("x-a", vec![comparison.clone()])]);
        assert_eq!(check(expect, Ok(answer(200, &[], ""))).0, Verdict::Fail, "header {comparison}");
    }
    let absent = path("$.missing", Comparison::Exists(false));
    assert_eq!(check(absent, Ok(answer(200, &[], "{}"))).0, Verdict::Pass);
}

#[test]
fn every_fault_carries_what_was_seen_and_what_was_expected() {
    let expect = Expectations::of(vec![
        http::status_in(CodeSet(vec![CodeClass::Code(200)])),
        Assertion::new(http::BODY, "", vec![Comparison::Contains("ok".into())]),
        header("x-a", vec![Comparison::Exists(true)]),
    ]);
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
    let expect = body(vec![Comparison::Contains("ok".into())]);
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
fn a_certificate_near_its_end_is_degraded_and_at_its_end_failing() {
    let hours = |hours| Some(Duration::from_hours(hours));
    for (degraded, down, left, verdict, said) in [
        (hours(24 * 21), hours(72), 24 * 21, Verdict::Pass, ""),
        (
            hours(24 * 21),
            hours(72),
            24 * 21 - 1,
            Verdict::Degraded,
            "certificate of a.example expires in 20d23h, 1970-01-21 23:00 UTC, expected at least 21d left",
        ),
        (
            hours(24 * 21),
            hours(72),
            52,
            Verdict::Fail,
            "certificate of a.example expires in 2d4h, 1970-01-03 04:00 UTC, expected at least 3d left",
        ),
        (
            None,
            hours(72),
            -1,
            Verdict::Fail,
            "certificate of a.example expired 1h ago, 1969-12-31 23:00 UTC, expected at least 3d left",
        ),
        (None, None, -1, Verdict::Pass, ""),
    ] {
        let certificate = CertificateBounds { degraded, down };
        let expect = Expectations { certificate, ..Expectations::default() };
        let monitor = Monitor { expect, ..Monitor::sample("m", "https://m.example/") };
        let certificate = Certificate {
            expires: Timestamp::from_second(left * 3_600).expect("a time"),
            subject: "certificate of a.example".to_owned(),
        };
        let observation =
            Observation { certificate: Some(certificate), ..observed(Ok(answer(200, &[], "")), 1) };
        let judged = judge(&monitor, &observation, &str::to_owned);
        assert_eq!((judged.verdict, judged.why().as_str()), (verdict, said), "{left} h");
    }
}

// Trap 2 again: what is missing meets nothing.
#[test]
fn an_answer_without_a_certificate_fails_a_certificate_rule() {
    let certificate = CertificateBounds { degraded: Some(Duration::from_hours(1)), down: None };
    let expect = Expectations { certificate, ..Expectations::default() };
    let (verdict, faults) = check(expect, Ok(answer(200, &[], "")));
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(faults, ["no certificate, expected at least 1h left"]);
}

#[test]
fn a_body_that_is_not_json_fails_a_json_rule() {
    for (body, said) in [
        ("<html>", r#"body "<html>" is not JSON: '<' at 1:1, expected a value there"#),
        (
            "{\n  \"a\": 1,\n}",
            r#"body "{   \"a\": 1, }" is not JSON: '}' at 3:1, expected a name in double quotes there"#,
        ),
        (r#"{"a": [1, 2"#, r#"body "{\"a\": [1, 2" is not JSON: its end at 1:12, expected `,` or `]` there"#),
        ("", "an empty body, expected a JSON body"),
        ("\u{feff}", "an empty body, expected a JSON body"),
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
    let expect = with(vec![header("via", vec![Comparison::Equals(json!("a, b"))])]);
    assert_eq!(check(expect, Ok(answer(200, &[("via", "a"), ("via", "b")], ""))).0, Verdict::Pass);
}

#[test]
fn an_answer_in_another_version_of_http_than_expected_is_not_good() {
    let in_version = |version| Ok(Answer { version, ..answer(200, &[], "ok") });
    let expect = || {
        let version = Comparison::Equals(HttpVersion::V2.as_str().into());
        with(vec![Assertion::new(http::HTTP_VERSION, "", vec![version])])
    };
    assert_eq!(check(expect(), in_version(HttpVersion::V2)).0, Verdict::Pass);
    let (verdict, reasons) = check(expect(), in_version(HttpVersion::V11));
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(reasons, [r#"http_version is "HTTP/1.1", expected "HTTP/2""#]);
}

// Trap 17, and what is no text at all: bytes that are not UTF-8 stand as U+FFFD, for comparing and for showing.
#[test]
fn bytes_that_are_no_utf_8_are_replaced_and_never_break_a_judgement() {
    let bytes = |body: &[u8]| Answer {
        status: 200,
        headers: vec![("x-a".to_owned(), b"caf\xe9".to_vec())],
        body: Some(body.to_vec()),
        ..Answer::default()
    };
    let of_body = |comparison| body(vec![comparison]);
    let latin1 = || Ok(bytes(b"caf\xe9 ok\x1b[2J"));
    assert_eq!(check(of_body(Comparison::Contains(" ok".into())), latin1()).0, Verdict::Pass);
    assert_eq!(check(of_body(Comparison::NotContains("\u{e9}".into())), latin1()).0, Verdict::Pass);
    let pattern = |text| of_body(Comparison::Matches(Pattern::parse(text).expect("valid")));
    assert_eq!(check(pattern("^caf. ok"), latin1()).0, Verdict::Pass, "one character for what is none");
    assert_eq!(check(pattern("caf\u{e9}"), latin1()).0, Verdict::Fail);
    let (verdict, faults) = check(of_body(Comparison::Contains("caf\u{e9}".into())), latin1());
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(faults, ["body is \"caf\u{fffd} ok [2J\", expected to contain \"caf\u{e9}\""]);

    let headers = vec![header("x-a", vec![Comparison::Equals(json!("caf\u{e9}"))])];
    let (verdict, faults) = check(with(headers), latin1());
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(faults, ["x-a is \"caf\u{fffd}\", expected \"caf\u{e9}\""]);

    let a = || path("$.a", Comparison::Exists(true));
    assert_eq!(check(a(), Ok(bytes(b"{\"a\": \"caf\xe9\"}"))).0, Verdict::Pass, "as `jq` reads it");
    let (verdict, faults) = check(a(), Ok(bytes(b"\xff\xfe{\0\"\0")));
    assert_eq!(
        (verdict, faults),
        (Verdict::Fail, vec!["a body in UTF-16, expected a JSON body in UTF-8".to_owned()])
    );
    assert_eq!(check(a(), Ok(bytes(b"\xef\xbb\xbf{\"a\": 1}"))).0, Verdict::Pass, "a byte order mark");
}

#[test]
fn what_cannot_be_judged_fails_and_says_why() {
    let numbers = format!("[{}1]", "1,".repeat(300_000));
    let exists = |text: &str, wanted| path(text, Comparison::Exists(wanted));
    for (expect, said) in [
        (exists("$[?$[?@==2]]", true), "$[?$[?@==2]] needs more than 4000000 steps"),
        (exists("$[?$[?@==2]]", false), "$[?$[?@==2]] needs more than 4000000 steps"),
        (exists("$[?((((((((((((((((((@.a))))))))))))))))))]", false), "has a path that does not parse"),
        (exists("$[?!search(@.a, '(')]", false), "has a pattern that does not compile"),
    ] {
        let (verdict, faults) = check(expect, Ok(answer(200, &[], &numbers)));
        assert_eq!((verdict, faults.len()), (Verdict::Fail, 1));
        assert!(faults[0].contains(said), "{faults:?}");
    }
    // What was spent is spent for every assertion of the answer.
    let many = Assertion::new(http::JSON, "$[?count($[?@==2])==1]", vec![Comparison::Exists(true)]);
    let cheap = Assertion::new(http::JSON, "$[0]", vec![Comparison::Equals(json!(1))]);
    let expect = with(vec![many, cheap]);
    assert_eq!(check(expect, Ok(answer(200, &[], &numbers))).1.len(), 2);
}

// Trap 17: a message about it has a limit of size, and is read in a terminal.
#[test]
fn what_was_expected_is_shown_in_short_and_without_hidden_characters() {
    let long = format!("a\u{9b}2J\u{202e}{}", "\u{e9}".repeat(100_000));
    let expect = with(vec![
        header("x-a", vec![Comparison::Equals(json!(long))]),
        Assertion::new(
            http::BODY,
            "",
            vec![Comparison::Equals(json!(long)), Comparison::Contains(long.clone())],
        ),
        Assertion::new(http::JSON, format!("$['{long}']"), vec![Comparison::Equals(json!({ "a": long }))]),
    ]);
    let (verdict, faults) = check(expect, Ok(answer(200, &[("x-a", "b")], "{}")));
    assert_eq!((verdict, faults.len()), (Verdict::Fail, 4));
    for fault in faults {
        assert!(fault.chars().count() < 700, "{fault}");
        assert!(!fault.contains(is_hidden), "{fault:?}");
    }
}

#[test]
fn a_header_or_a_body_is_a_number_where_it_is_asked_to_be_one() {
    for (text, met) in [("17", true), (" 17\n", true), ("1.7e1", true), ("21", false)] {
        let of_header = vec![Comparison::LessThan(20.into()), Comparison::Contains("1".into())];
        let expect = with(vec![
            header("x-left", of_header),
            Assertion::new(http::BODY, "", vec![Comparison::LessThan(20.into())]),
        ]);
        let (verdict, _) = check(expect, Ok(answer(200, &[("x-left", text)], text)));
        assert_eq!(verdict == Verdict::Pass, met, "{text:?}");
    }
    let expect = || body(vec![Comparison::GreaterThan((-1).into())]);
    // What others take for 0, or for a number.
    for text in ["", "none", "NaN", "inf", "0x1", "1,000", "12 ms", "+5"] {
        assert_eq!(check(expect(), Ok(answer(200, &[], text))).0, Verdict::Fail, "{text:?}");
    }
}
