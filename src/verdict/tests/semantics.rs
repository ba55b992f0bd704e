//! The cases that other monitors are tested with, as monitors of ours: what is expected in YAML, what was seen, and
//! what follows. Where we differ on purpose is written in `docs/semantics.md`; such rows say so.

use std::time::Duration;

use jiff::Timestamp;

use crate::config::{SourceFile, load};
use crate::kinds::Evidence;
use crate::kinds::http::Answer;
use crate::monitor::Monitor;
use crate::observation::{Certificate, Fault, Observation, Peer, Phases, Transport};
use crate::verdict::Verdict::{self, Degraded, Fail, Pass};
use crate::verdict::judge;

/// What a probe saw: either an answer, or with status 0 a refused connection.
#[derive(Debug, Clone, Copy)]
struct Seen {
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    millis: u64,
    /// Hours that the certificate has left.
    certificate: Option<i64>,
}

const OK: Seen = Seen { status: 200, headers: &[], body: "", millis: 50, certificate: None };

const fn status(status: u16) -> Seen {
    Seen { status, ..OK }
}

const fn body(body: &'static str) -> Seen {
    Seen { body, ..OK }
}

const fn header(headers: &'static [(&'static str, &'static str)]) -> Seen {
    Seen { headers, ..OK }
}

const fn after(millis: u64) -> Seen {
    Seen { millis, ..OK }
}

const fn expiring(hours: i64) -> Seen {
    Seen { certificate: Some(hours), ..OK }
}

type Row = (&'static str, Seen, Verdict);

/// The HTTP prober of `blackbox_exporter`: `prober/http_test.go`.
const BLACKBOX: &[Row] = &[
    // Status codes: 2xx where nothing is said, else what is listed.
    ("{}", status(200), Pass),
    ("{}", status(201), Pass),
    ("{}", status(299), Pass),
    ("{}", status(300), Fail),
    ("{}", status(404), Fail),
    ("{status: [200, 404]}", status(404), Pass),
    ("{status: [200, 404]}", status(200), Pass),
    ("{status: [200, 404]}", status(201), Fail),
    ("{status: 404}", status(404), Pass),
    ("{status: 404}", status(200), Fail),
    // A redirect that is not followed is the answer.
    ("{}", status(302), Fail),
    ("{status: 302}", status(302), Pass),
    // fail_if_body_matches_regexp
    (
        r#"{body: {not_contains: "could not connect to database"}}"#,
        body("Bad news: could not connect to database server"),
        Fail,
    ),
    (
        r#"{body: {not_contains: "could not connect to database"}}"#,
        body("Download the latest version here"),
        Pass,
    ),
    (r#"{body: {not_contains: "could not connect to database"}}"#, body("internal error"), Pass),
    (
        r#"{body: {not_contains: "could not connect to database", not_equals: "internal error"}}"#,
        body("internal error"),
        Fail,
    ),
    // fail_if_body_not_matches_regexp
    (
        r#"{body: {matches: "Download the latest version here"}}"#,
        body("Bad news: could not connect to database server"),
        Fail,
    ),
    (
        r#"{body: {matches: "Download the latest version here"}}"#,
        body("Download the latest version here"),
        Pass,
    ),
    (
        r#"{body: {matches: "Download the latest version here", contains: "Copyright 2015"}}"#,
        body("Download the latest version here"),
        Fail,
    ),
    (
        r#"{body: {matches: "Download the latest version here", contains: "Copyright 2015"}}"#,
        body("Download the latest version here. Copyright 2015 Test Inc."),
        Pass,
    ),
    // fail_if_header_matches
    (
        "{headers: {content-type: {not_equals: text/javascript}}}",
        header(&[("content-type", "text/javascript")]),
        Fail,
    ),
    (
        "{headers: {content-type: {not_equals: text/javascript}}}",
        header(&[("content-type", "application/octet-stream")]),
        Pass,
    ),
    // fail_if_header_not_matches, and its regular expressions
    (
        "{headers: {content-type: {matches: '^text/(html|plain)'}}}",
        header(&[("content-type", "text/plain; charset=utf-8")]),
        Pass,
    ),
    (
        "{headers: {content-type: {matches: '^text/(html|plain)'}}}",
        header(&[("content-type", "application/json")]),
        Fail,
    ),
    // Names in any case; a value that is empty is there, and any pattern may match it.
    (
        "{headers: {Content-Type: {matches: text/javascript}}}",
        header(&[("content-type", "text/javascript")]),
        Pass,
    ),
    ("{headers: {content-type: {matches: '.*'}}}", header(&[("content-type", "")]), Pass),
    ("{headers: {content-type: {matches: '.*'}}}", header(&[]), Fail),
    // Several values of one header: of one list.
    (
        r"{headers: {set-cookie: {matches: 'Domain=\.example\.com'}}}",
        header(&[
            ("set-cookie", "zz=4; Domain=www.example.com"),
            ("set-cookie", "gid=1; Domain=.example.com"),
        ]),
        Pass,
    ),
    (
        r"{headers: {set-cookie: {matches: 'Domain=\.example\.com'}}}",
        header(&[("set-cookie", "zz=4; Domain=www.example.com")]),
        Fail,
    ),
    (
        "{headers: {accept-language: {contains: en}}}",
        header(&[("accept-language", "da"), ("accept-language", "en-gb")]),
        Pass,
    ),
    (
        "{headers: {accept-language: {not_contains: en}}}",
        header(&[("accept-language", "da"), ("accept-language", "en-gb")]),
        Fail,
    ),
    (
        "{headers: {accept-language: {matches: '^(da|en-gb)(, (da|en-gb))*$'}}}",
        header(&[("accept-language", "da"), ("accept-language", "fr")]),
        Fail,
    ),
    // Differs: `allow_missing` is not the default of anything; what is missing fails, unless absence is asked for.
    ("{headers: {content-type: {not_equals: text/javascript}}}", header(&[]), Fail),
    ("{headers: {content-type: {matches: '^text/'}}}", header(&[]), Fail),
    ("{headers: {x-debug: {exists: false}}}", header(&[]), Pass),
    ("{headers: {x-debug: {exists: false}}}", header(&[("x-debug", "")]), Fail),
    // fail_if_body_json_matches_cel and fail_if_body_json_not_matches_cel
    ("{json: [{path: $.foo.bar, equals: baz}]}", body(r#"{"foo": {"bar": "baz"}}"#), Pass),
    ("{json: [{path: $.foo.bar, equals: baz}]}", body(r#"{"foo": {"bar": "x"}}"#), Fail),
    ("{json: [{path: $.foo.bar, not_equals: baz}]}", body(r#"{"foo": {"bar": "baz"}}"#), Fail),
    ("{json: [{path: $.foo.bar, equals: baz}]}", body("<html>"), Fail),
    ("{json: [{path: $.foo.bar, equals: baz}]}", body("{}"), Fail),
    ("{json: [{path: $.foo.bar, equals: baz}]}", body(""), Fail),
    ("{json: [{path: $.foo.bar, equals: baz}]}", body("🤠🤠🤠"), Fail),
    ("{json: [{path: $.foo.bar, equals: 🤠🤠🤠}]}", body(r#"{"foo": {"bar": "🤠🤠🤠"}}"#), Pass),
    ("{json: [{path: $.foo.bar, not_equals: 😿😿😿}]}", body(r#"{"foo": {"bar": "🤠🤠🤠"}}"#), Pass),
    ("{json: [{path: $.foo, exists: false}]}", body("{}"), Pass),
    ("{json: [{path: $, equals: foo}]}", body(r#""foo""#), Pass),
    ("{json: [{path: '$[2]', equals: baz}]}", body(r#"["foo", "bar", "baz"]"#), Pass),
    ("{json: [{path: $, equals: true}]}", body("true"), Pass),
    // Differs: an expression that gives no truth value cannot be written.
    ("{json: [{path: $.foo.bar, exists: true}]}", body(r#"{"foo": {"bar": "baz"}}"#), Pass),
    // fail_if_not_ssl
    ("{certificate: {down: 1h}}", OK, Fail),
    ("{certificate: {down: 1h}}", expiring(2), Pass),
];

/// The conditions of Gatus: `config/endpoint/condition_test.go`.
const GATUS: &[Row] = &[
    // [STATUS]
    ("{status: 200}", status(200), Pass),
    ("{status: 200}", status(500), Fail),
    ("{status: [1xx, 2xx]}", status(201), Pass),
    ("{status: [1xx, 2xx]}", status(404), Fail),
    ("{status: 4xx}", status(404), Pass),
    ("{status: 4xx}", status(200), Fail),
    ("{status: [200, 429]}", status(429), Pass),
    ("{status: [200, 429]}", status(404), Fail),
    // [CONNECTED]. Differs: no condition makes a refused connection a success, not even `[STATUS] < 500`.
    ("{status: [1xx, 2xx, 3xx, 4xx]}", status(0), Fail),
    ("{headers: {x-a: {exists: false}}}", status(0), Fail),
    // [RESPONSE_TIME]
    ("{latency: {down: 500ms}}", after(50), Pass),
    ("{latency: {down: 1s}}", after(50), Pass),
    ("{latency: {down: 500ms}}", after(500), Pass),
    ("{latency: {down: 500ms}}", after(501), Fail),
    ("{latency: {degraded: 500ms}}", after(750), Degraded),
    // [BODY] as text and as a number
    ("{body: {equals: test}}", body("test"), Pass),
    ("{body: {equals: '123'}}", body("123"), Pass),
    ("{body: {less_than: 124}}", body("123"), Pass),
    ("{body: {greater_than: 122}}", body("123"), Pass),
    ("{body: {greater_than: 123}}", body("100"), Fail),
    // Differs: what is no number does not count as 0.
    ("{body: {less_than: 124}}", body("potato"), Fail),
    // [BODY] as JSON
    ("{json: [{path: $.status, equals: UP}]}", body(r#"{"status":"UP"}"#), Pass),
    ("{json: [{path: $.data.name, equals: john}]}", body(r#"{"data": {"id": 1, "name": "john"}}"#), Pass),
    ("{json: [{path: $.data.name, equals: john}]}", body(r#"{"data": {"id": 1}}"#), Fail),
    ("{json: [{path: '$[0].id', equals: 1}]}", body(r#"[{"id": 1}, {"id": 2}]"#), Pass),
    ("{json: [{path: $.data, equals: OK}]}", body(r#"{"data": null}"#), Fail),
    ("{json: [{path: '$.items[0]', equals: OK}]}", body(r#"{"items": [null, null]}"#), Fail),
    ("{json: [{path: $.data, equals: OK}]}", body("null"), Fail),
    ("{json: [{path: '$[0].name', equals: test}]}", body(r#"{"statusCode": 500}"#), Fail),
    ("{json: [{path: $.data.id, equals: 1}]}", body(r#"{"data": {"id": 1}}"#), Pass),
    (
        "{json: [{path: '$.data[1].id', equals: 2}]}",
        body(r#"{"data": [{"id": 1}, {"id": 2}, {"id": 3}]}"#),
        Pass,
    ),
    ("{json: [{path: $.data.id, greater_than: 0}]}", body(r#"{"data": {"id": 1}}"#), Pass),
    ("{json: [{path: $.data.id, greater_than: 5}]}", body(r#"{"data": {"id": 1}}"#), Fail),
    ("{json: [{path: $.data.id, less_than: 5}]}", body(r#"{"data": {"id": 2}}"#), Pass),
    ("{json: [{path: $.data.id, less_than: 5}]}", body(r#"{"data": {"id": 10}}"#), Fail),
    // Fractions are not cut off.
    ("{json: [{path: $.balance, greater_than: 123.4}]}", body(r#"{"balance": 123.40000000000005}"#), Pass),
    // Differs: a text is not a number in JSON, nor is a hexadecimal one.
    ("{json: [{path: $.balance, greater_than: 100}]}", body(r#"{"balance": "123.4"}"#), Fail),
    ("{json: [{path: $.data, equals: 1}]}", body(r#"{"data": "0x1"}"#), Fail),
    ("{json: [{path: $.data, equals: '0x1'}]}", body(r#"{"data": "0x1"}"#), Pass),
    // Differs: what is missing is neither below a bound nor unlike a value.
    ("{json: [{path: $.errors, less_than: 100}]}", body("{}"), Fail),
    ("{json: [{path: $.status, not_equals: error}]}", body("{}"), Fail),
    // Two values of one document: by their paths, or by a filter on what they are in.
    (
        "{json: [{path: $.user.first, not_equals_path: $.user.last}]}",
        body(r#"{"user": {"first": "john", "last": "doe"}}"#),
        Pass,
    ),
    (
        "{json: [{path: $.user.first, equals_path: $.user.last}]}",
        body(r#"{"user": {"first": "john", "last": "doe"}}"#),
        Fail,
    ),
    ("{json: [{path: $.a, equals_path: $.b}]}", body(r#"{"a": 1, "b": 1.0}"#), Pass),
    ("{json: [{path: $.a, equals_path: $.b}]}", body(r#"{"a": 1, "b": 2}"#), Fail),
    ("{json: [{path: $.a, equals_path: $.b}]}", body("{}"), Fail),
    ("{json: [{path: $.used, less_than_path: $.size}]}", body(r#"{"used": 9, "size": 10}"#), Pass),
    ("{json: [{path: $.used, less_than_path: $.size}]}", body(r#"{"used": 10, "size": 10}"#), Fail),
    ("{json: [{path: $.size, greater_than_path: $.used}]}", body(r#"{"used": 9, "size": 10}"#), Pass),
    (
        "{json: [{path: '$[?@.first != @.last]', exists: true}]}",
        body(r#"{"user": {"first": "john", "last": "doe"}}"#),
        Pass,
    ),
    (
        "{json: [{path: '$[?@.first == @.last]', exists: true}]}",
        body(r#"{"user": {"first": "john", "last": "doe"}}"#),
        Fail,
    ),
    // len()
    ("{json: [{path: $.users, length: 3}]}", body(r#"{"users": [1, 2, 3]}"#), Pass),
    ("{json: [{path: $.users, length: 3}]}", body(r#"{"users": [1, 2]}"#), Fail),
    ("{json: [{path: $.users, length: 3}]}", body("{}"), Fail),
    ("{json: [{path: $.users, longer_than: 0}]}", body(r#"{"users": []}"#), Fail),
    ("{json: [{path: $.name, shorter_than: 9}]}", body(r#"{"name": "john.doe"}"#), Pass),
    ("{json: [{path: $.age, length: 2}]}", body(r#"{"age": 18}"#), Fail),
    // and by the function length of RFC 9535, on the elements of a value
    (
        "{json: [{path: '$.data[?length(@) == 4]', exists: true}]}",
        body(r#"{"data": {"name": "john"}}"#),
        Pass,
    ),
    (
        "{json: [{path: '$[?length(@.users) == 3]', exists: true}]}",
        body(r#"{"data": {"users": [1, 2, 3]}}"#),
        Pass,
    ),
    (
        "{json: [{path: '$[?length(@.users) == 8]', exists: true}]}",
        body(r#"{"data": {"name": "john.doe"}}"#),
        Fail,
    ),
    // Differs: numbers and truth values have no length.
    ("{json: [{path: '$[?length(@) == 2]', exists: true}]}", body(r#"{"age": 18}"#), Fail),
    // pat()
    ("{body: {contains: john}}", body(r#"{"name": "john.doe"}"#), Pass),
    ("{json: [{path: $.name, matches: '^john'}]}", body(r#"{"name": "john.doe"}"#), Pass),
    ("{json: [{path: $.name, matches: '^bob'}]}", body(r#"{"name": "john.doe"}"#), Fail),
    (
        r#"{body: {contains: '<div id="user">john.doe</div>'}}"#,
        body(r#"<html><div id="user">john.doe</div></html>"#),
        Pass,
    ),
    (
        r#"{body: {contains: '<div id="user">john.doe</div>'}}"#,
        body(r#"<html><div id="user">jane.doe</div></html>"#),
        Fail,
    ),
    (
        "{json: [{path: $.data, contains: Whatever}]}",
        body(r#"{"data": ["hello", "world", "Whatever"]}"#),
        Pass,
    ),
    // any()
    ("{json: [{path: $.name, matches: '^(john|jane)$'}]}", body(r#"{"name": "jane"}"#), Pass),
    ("{json: [{path: $.name, matches: '^(john|jane)$'}]}", body(r#"{"name": "bob"}"#), Fail),
    // has()
    ("{json: [{path: $.errors, exists: false}]}", body("{}"), Pass),
    ("{json: [{path: $.errors, exists: false}]}", body(r#"{"errors": ["1"]}"#), Fail),
    ("{json: [{path: $.article, exists: true}]}", body(r#"{"article": {"id": 123}}"#), Pass),
    // Differs: null is a value that is there.
    ("{json: [{path: $.errors, exists: false}]}", body(r#"{"errors": null}"#), Fail),
    // Differs: absence in what is not JSON proves nothing.
    ("{json: [{path: $.errors, exists: false}]}", body("502 Bad Gateway"), Fail),
    // [CERTIFICATE_EXPIRATION]
    ("{certificate: {down: 28d}}", expiring(24 * 60), Pass),
    ("{certificate: {down: 28d}}", expiring(24 * 14), Fail),
    ("{certificate: {down: 12h}}", expiring(24), Pass),
    ("{certificate: {down: 48h}}", expiring(24), Fail),
    ("{certificate: {degraded: 48h}}", expiring(24), Degraded),
];

pub fn monitor(expect: &str) -> Monitor {
    let text = format!("id: a\nurl: https://a.example\nexpect: {expect}\n");
    let file = SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.into_bytes() };
    let mut loaded = load(&[file], None);
    let errors: Vec<_> = loaded.diagnostics.iter().filter(|found| found.is_error()).collect();
    assert!(errors.is_empty(), "{expect}: {errors:#?}");
    loaded.monitors.remove(0).monitor
}

fn observation(seen: Seen) -> Observation {
    let Seen { status, headers, body, millis, certificate } = seen;
    let at = Timestamp::UNIX_EPOCH;
    let headers =
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    let answer = Answer { status, headers, body: Some(body.as_bytes().to_vec()), ..Answer::default() };
    Observation {
        peer: Peer::default(),
        at,
        attempts: 1,
        phases: Phases::default(),
        latency: Duration::from_millis(millis),
        certificate: certificate.map(|hours| Certificate {
            expires: Timestamp::from_second(hours * 3_600).expect("a time"),
            subject: "certificate of a.example".to_owned(),
        }),
        result: match status {
            0 => Err(Fault::new(Transport::Connect, "connection refused", "a TCP connection")),
            _ => Ok(Evidence::Http(answer)),
        },
    }
}

fn hold(rows: &[Row]) {
    for (expect, seen, verdict) in rows {
        let judged = judge(&monitor(expect), &observation(*seen), &str::to_owned);
        assert_eq!(judged.verdict, *verdict, "{expect} with {seen:?}: {}", judged.why());
        assert_eq!(judged.faults.is_empty(), *verdict == Pass, "{expect} with {seen:?}");
    }
}

#[test]
fn what_the_http_prober_of_blackbox_exporter_is_tested_with_holds() {
    hold(BLACKBOX);
}

#[test]
fn what_the_conditions_of_gatus_are_tested_with_holds() {
    hold(GATUS);
}
