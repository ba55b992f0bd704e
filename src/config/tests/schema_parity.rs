//! Promise 7: an editor with the schema, and `validate`, say the same of every file. What only `validate`
//! can know is listed as such, with its code.

mod comparisons;
mod pages;
mod variables;

use jsonschema::Validator;

use self::comparisons::COMPARISONS;
use self::pages::{NOTICES, PAGES, page};
use crate::config::Code;
use crate::config::SourceFile;
use crate::config::load;
use crate::config::schema::{FileKind, compiled, for_editors};
use crate::config::settings;
use crate::config::{load_notices, load_pages};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Both take it.
    Valid,
    /// Both refuse it, and this is what validate calls it.
    Invalid(Code),
    /// The schema takes it, validate knows better.
    OnlyValidate(Code),
}

use Said::{Invalid, OnlyValidate, Valid};

const MONITORS: &[(&str, Said)] = &[
    // id
    ("{id: a, url: 'https://a'}", Valid),
    ("{id: eu/auth.v2_x-1, url: 'https://a'}", Valid),
    ("{url: 'https://a'}", Invalid(Code::MissingKey)),
    ("{id: null, url: 'https://a'}", Invalid(Code::WrongType)),
    ("{id: 123, url: 'https://a'}", Invalid(Code::WrongType)),
    ("{id: A, url: 'https://a'}", Invalid(Code::BadFormat)),
    ("{id: '@run', url: 'https://a'}", Invalid(Code::BadFormat)),
    ("{id: '', url: 'https://a'}", Invalid(Code::BadFormat)),
    // name
    ("{id: a, url: 'https://a', name: Payments API}", Valid),
    ("{id: a, url: 'https://a', name: no}", Valid),
    ("{id: a, url: 'https://a', name: null}", Valid),
    ("{id: a, url: 'https://a', name: ''}", Invalid(Code::Empty)),
    ("{id: a, url: 'https://a', name: true}", Invalid(Code::WrongType)),
    (r#"{id: a, url: 'https://a', name: "two\nlines"}"#, Invalid(Code::BadFormat)),
    // url
    ("{id: a, url: 'http://localhost:8080/x?y=z'}", Valid),
    ("{id: a, url: '${env:URL}/health'}", Valid),
    ("{id: a, url: 'https://${env:HOST}/health'}", Valid),
    ("{id: a, url: 'https://[::1]/'}", Valid),
    ("{id: a}", Invalid(Code::MissingKey)),
    ("{id: a, url: null}", Invalid(Code::WrongType)),
    ("{id: a, url: ftp://a}", Invalid(Code::BadFormat)),
    ("{id: a, url: a.example.com}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https:///path'}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a/ b'}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a:99999'}", OnlyValidate(Code::InvalidUrl)),
    ("{id: a, url: 'https://a/#top'}", OnlyValidate(Code::InvalidUrl)),
    ("{id: a, url: 'https://me@a/'}", OnlyValidate(Code::InvalidUrl)),
    ("{id: a, url: 'https://me:pw@a/'}", OnlyValidate(Code::LiteralCredential)),
    ("{id: a, url: 'https://a/${TOKEN}'}", OnlyValidate(Code::InvalidSecret)),
    // heartbeat, in place of url
    ("{id: a, heartbeat: {every: 24h, grace: 2h}}", Valid),
    ("{id: a, heartbeat: {schedule: '0 3 * * *', timezone: Europe/Berlin, grace: 2h}}", Valid),
    ("{id: a, heartbeat: {schedule: '*/10 8-17 1,15 JAN-MAR mon-fri', grace: 10m}}", Valid),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, alert: {failures: 2}, tags: [x]}", Valid),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, url: 'https://a'}", Invalid(Code::Contradiction)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, interval: 5m}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, timeout: 5s}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, retry: {attempts: 1}}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, tls: {insecure: true}}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, expect: {status: 200}}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, method: GET}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h}, warn: {status: 200}}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 24h}}", Invalid(Code::MissingKey)),
    ("{id: a, heartbeat: {grace: 2h}}", Invalid(Code::MissingKey)),
    ("{id: a, heartbeat: null}", Invalid(Code::WrongType)),
    ("{id: a, heartbeat: 24h}", Invalid(Code::WrongType)),
    ("{id: a, heartbeat: {every: 24h, schedule: '0 3 * * *', grace: 2h}}", Invalid(Code::Contradiction)),
    ("{id: a, heartbeat: {every: 24h, timezone: UTC, grace: 2h}}", Invalid(Code::Contradiction)),
    ("{id: a, heartbeat: {every: 24, grace: 2h}}", Invalid(Code::WrongType)),
    ("{id: a, heartbeat: {every: 24h, grace: daily}}", Invalid(Code::BadFormat)),
    ("{id: a, heartbeat: {every: 24h, grace: 2h, at: '3:00'}}", Invalid(Code::UnknownKey)),
    ("{id: a, heartbeat: {every: 10s, grace: 2h}}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, heartbeat: {every: 24h, grace: 31d}}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, heartbeat: {schedule: '0 3 * *  *', grace: 2h}}", Valid),
    ("{id: a, heartbeat: {schedule: '0 3 * * * *', grace: 2h}}", OnlyValidate(Code::BadFormat)),
    ("{id: a, heartbeat: {schedule: '0 25 * * *', grace: 2h}}", OnlyValidate(Code::BadFormat)),
    ("{id: a, heartbeat: {schedule: '0 3 31 2 *', grace: 2h}}", OnlyValidate(Code::Contradiction)),
    ("{id: a, heartbeat: {schedule: '0 3 * * *', timezone: Mars, grace: 2h}}", OnlyValidate(Code::BadFormat)),
    // method and bodies
    ("{id: a, url: 'https://a', method: HEAD}", Valid),
    ("{id: a, url: 'https://a', method: head}", Invalid(Code::UnknownValue)),
    ("{id: a, url: 'https://a', method: TRACE}", Invalid(Code::UnknownValue)),
    ("{id: a, url: 'https://a', method: POST, body: x}", Valid),
    ("{id: a, url: 'https://a', method: POST, body: {a: 1}}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', method: POST, json: {a: [1, null]}}", Valid),
    ("{id: a, url: 'https://a', method: POST, json: {a: 1}, body: x}", OnlyValidate(Code::Contradiction)),
    ("{id: a, url: 'https://a', method: POST, body: '${x'}", OnlyValidate(Code::InvalidSecret)),
    // headers
    ("{id: a, url: 'https://a', headers: {accept: text/html}}", Valid),
    ("{id: a, url: 'https://a', headers: {accept: null}}", Valid),
    ("{id: a, url: 'https://a', headers: {}}", Valid),
    ("{id: a, url: 'https://a', headers: {x-version: 2}}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', headers: {'a b': x}}", Invalid(Code::BadFormat)),
    (r#"{id: a, url: 'https://a', headers: {a: "x\ny"}}"#, Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', headers: [a]}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', headers: {authorization: '${env:T}'}}", Valid),
    ("{id: a, url: 'https://a', headers: {authorization: Bearer x}}", OnlyValidate(Code::LiteralCredential)),
    ("{id: a, url: 'https://a', headers: {content-length: '1'}}", OnlyValidate(Code::InvalidHeader)),
    ("{id: a, url: 'https://a', headers: {A: x, a: y}}", OnlyValidate(Code::DuplicateKey)),
    // times
    ("{id: a, url: 'https://a', interval: 1h30m, timeout: 800ms}", Valid),
    ("{id: a, url: 'https://a', interval: 2}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', interval: '120'}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', interval: 2 minutes}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', interval: 5s}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', interval: 25h}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', timeout: 0s}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', timeout: 61s}", OnlyValidate(Code::OutOfBounds)),
    // Trap 15: the attempts and the waits between them must end before the next probe begins.
    (
        "{id: a, url: 'https://a', interval: 2m, timeout: 59s, retry: {attempts: 1, wait: 2s}}",
        OnlyValidate(Code::Contradiction),
    ),
    ("{id: a, url: 'https://a', interval: 2m, timeout: 58s, retry: {attempts: 1, wait: 2s}}", Valid),
    // depends_on: an id that is not there and a circle are seen only with the other files.
    ("{id: a, url: 'https://a', depends_on: []}", Valid),
    ("{id: a, url: 'https://a', depends_on: b}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', depends_on: [B]}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', depends_on: [b]}", OnlyValidate(Code::UnknownMonitor)),
    ("{id: a, url: 'https://a', depends_on: [a]}", OnlyValidate(Code::DependencyCycle)),
    // maintenance
    ("{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h}]}", Valid),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h, timezone: Europe/Berlin, repeats: FREQ=WEEKLY;BYDAY=SU, reason: patching}]}",
        Valid,
    ),
    ("{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00}]}", Invalid(Code::MissingKey)),
    ("{id: a, url: 'https://a', maintenance: [{for: 2h}]}", Invalid(Code::MissingKey)),
    ("{id: a, url: 'https://a', maintenance: {starts: 2026-12-01T02:00, for: 2h}}", Invalid(Code::WrongType)),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01 02:00, for: 2h}]}",
        Invalid(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00Z, for: 2h}]}",
        Invalid(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h, every: day}]}",
        Invalid(Code::UnknownKey),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h, repeats: FREQ=YEARLY}]}",
        Invalid(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-13-01T02:00, for: 2h}]}",
        OnlyValidate(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 31d}]}",
        OnlyValidate(Code::OutOfBounds),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h, timezone: Berlin}]}",
        OnlyValidate(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 2h, repeats: FREQ=DAILY;COUNT=0}]}",
        OnlyValidate(Code::BadFormat),
    ),
    (
        "{id: a, url: 'https://a', maintenance: [{starts: 2026-12-01T02:00, for: 25h, repeats: FREQ=DAILY}]}",
        OnlyValidate(Code::Contradiction),
    ),
    // redirects and retry
    ("{id: a, url: 'https://a', redirects: 0}", Valid),
    ("{id: a, url: 'https://a', redirects: 5.0}", Valid),
    ("{id: a, url: 'https://a', redirects: 21}", Invalid(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', redirects: -1}", Invalid(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', redirects: 1.5}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', retry: {attempts: 0}}", Valid),
    ("{id: a, url: 'https://a', retry: null}", Valid),
    ("{id: a, url: 'https://a', retry: {attempts: 6}}", Invalid(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', retry: {on: [dns, status]}}", Valid),
    ("{id: a, url: 'https://a', retry: {on: [body]}}", Invalid(Code::UnknownValue)),
    ("{id: a, url: 'https://a', retry: {on: [dns, dns]}}", Invalid(Code::Repeated)),
    ("{id: a, url: 'https://a', retry: {on: []}}", Invalid(Code::Empty)),
    ("{id: a, url: 'https://a', alert: {remind: 4h}}", Valid),
    ("{id: a, url: 'https://a', alert: {remind: 7d}}", Valid),
    ("{id: a, url: 'https://a', alert: {remind: 9m}}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', alert: {remind: 8d}}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', retry: {wait: 61s}}", OnlyValidate(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', retry: {attempts: 3, backoff: exponential, on: [protocol]}}", Valid),
    ("{id: a, url: 'https://a', retry: {backoff: quadratic}}", Invalid(Code::UnknownValue)),
    // The pauses of a backoff count: 4 x 10 s and 10, 20, 40 s of waiting, where a fixed wait would fit.
    (
        "{id: a, url: 'https://a', interval: 100s, retry: {attempts: 3, wait: 10s, backoff: exponential}}",
        OnlyValidate(Code::Contradiction),
    ),
    ("{id: a, url: 'https://a', interval: 101s, retry: {attempts: 3, wait: 10s, backoff: linear}}", Valid),
    ("{id: a, url: 'https://a', interval: 100s, retry: {attempts: 3, wait: 10s}}", Valid),
    // tls
    ("{id: a, url: 'https://a', tls: {ca: /etc/monitorctl/ca.pem}}", Valid),
    ("{id: a, url: 'https://a', tls: {ca: '${ssm:/pki/ca}'}}", Valid),
    ("{id: a, url: 'https://a', tls: {ca: ./ca.pem}}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', tls: {ca: '${vault:x}'}}", OnlyValidate(Code::InvalidSecret)),
    ("{id: a, url: 'https://a', tls: {ca: /ca.pem, insecure: true}}", OnlyValidate(Code::Contradiction)),
    ("{id: a, url: 'https://a', tls: {insecure: 1}}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', tls: {verify: false}}", Invalid(Code::UnknownKey)),
    ("{id: a, url: 'https://a', tls: {client_certificate: '${ssm:/c}', client_key: '${env:KEY}'}}", Valid),
    ("{id: a, url: 'https://a', tls: {client_certificate: '${ssm:/c}'}}", OnlyValidate(Code::Contradiction)),
    ("{id: a, url: 'https://a', tls: {client_key: key.pem}}", Invalid(Code::BadFormat)),
    // alert
    ("{id: a, url: 'https://a', alert: {failures: 10, successes: 1, severity: info, to: [ops]}}", Valid),
    ("{id: a, url: 'https://a', alert: {to: [chat, on-call_2]}}", Valid),
    ("{id: a, url: 'https://a', alert: {to: []}}", Invalid(Code::Empty)),
    ("{id: a, url: 'https://a', alert: {to: [a, a]}}", Invalid(Code::Repeated)),
    ("{id: a, url: 'https://a', alert: {to: ops}}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', alert: {failures: 0}}", Invalid(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', alert: {successes: 11}}", Invalid(Code::OutOfBounds)),
    ("{id: a, url: 'https://a', alert: {severity: loud}}", Invalid(Code::UnknownValue)),
    (
        "{id: a, url: 'https://a', alert: {to: ['arn:aws:sns:eu-west-1:123456789012:ops']}}",
        Invalid(Code::BadFormat),
    ),
    // Trap 13: a misspelt key is never ignored.
    ("{id: a, url: 'https://a', alert: {success-threshhold: 1}}", Invalid(Code::UnknownKey)),
    // the rest
    ("{id: a, url: 'https://a', team: payments, tags: [a, b], enabled: false}", Valid),
    ("{id: a, url: 'https://a', team: two words}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', tags: [a, a]}", Invalid(Code::Repeated)),
    ("{id: a, url: 'https://a', tags: ['']}", Invalid(Code::Empty)),
    ("{id: a, url: 'https://a', tags: a}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', description: \"Takes payments.\\nRuns in eu-west-1.\"}", Valid),
    ("{id: a, url: 'https://a', description: ''}", Invalid(Code::Empty)),
    ("{id: a, url: 'https://a', description: \"a\\tb\"}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', ip: 6}", Valid),
    ("{id: a, url: 'https://a', ip: '4'}", Invalid(Code::UnknownValue)),
    ("{id: a, url: 'https://a', ip: both}", Valid),
    ("{id: a, url: 'https://a', ip: 5}", Invalid(Code::UnknownValue)),
    ("{id: a, url: 'https://192.0.2.7', ip: 4}", Valid),
    ("{id: a, url: 'https://192.0.2.7', ip: both}", OnlyValidate(Code::Contradiction)),
    ("{id: a, url: 'tcp://[2001:db8::1]:25', ip: 4}", OnlyValidate(Code::Contradiction)),
    ("{id: a, url: 'https://a', resolver: 10.0.0.2}", Valid),
    ("{id: a, url: 'https://a', resolver: '[2001:db8::53]:5353'}", Valid),
    ("{id: a, url: 'https://a', resolver: ns.example.com}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', resolver: '10.0.0'}", OnlyValidate(Code::BadFormat)),
    ("{id: a, url: 'https://a', runbook: 'https://wiki/x#y'}", Valid),
    ("{id: a, url: 'https://a', runbook: see wiki}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', enabled: yes}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', protect: true, moved_from: legacy-a}", Valid),
    ("{id: a, url: 'https://a', protect: always}", Invalid(Code::WrongType)),
    ("{id: a, url: 'https://a', moved_from: Legacy}", Invalid(Code::BadFormat)),
    ("{id: a, url: 'https://a', group: x}", Invalid(Code::UnknownKey)),
    ("[a]", Invalid(Code::WrongType)),
    ("{monitors: [{id: a, url: 'https://a'}]}", Invalid(Code::UnknownKey)),
    ("just text", Invalid(Code::WrongType)),
];

const DEFAULTS: &[(&str, Said)] = &[
    ("{interval: 5m, headers: {a: b}, alert: {failures: 3}}", Valid),
    ("{interval: null}", Valid),
    ("{url: 'https://a'}", Valid),
    ("{id: a}", Invalid(Code::UnknownKey)),
    ("{intervall: 5m}", Invalid(Code::UnknownKey)),
    ("{interval: 5s}", OnlyValidate(Code::OutOfBounds)),
    ("{expect: {body: {matches: '('}}}", OnlyValidate(Code::InvalidPattern)),
    ("{headers: {x-api-key: abc}}", OnlyValidate(Code::LiteralCredential)),
];

const SETTINGS: &[(&str, Said)] = &[
    ("{vars: {a: x, b: 5, c: true}, environments: {prod: {vars: {a: y}}}}", Valid),
    ("{vars: null}", Valid),
    ("{vars: {a: null}}", Invalid(Code::WrongType)),
    ("{vars: {a: {b: 1}}}", Invalid(Code::WrongType)),
    ("{vars: {a: [1]}}", Invalid(Code::WrongType)),
    ("{vars: {A: x}}", Invalid(Code::BadFormat)),
    ("{environments: {prod: {vars: {a b: x}}}}", Invalid(Code::BadFormat)),
    ("{vars: {a: '${env:X}'}}", Valid),
    ("{vars: {a: '${var:b}'}}", OnlyValidate(Code::MisplacedReference)),
    ("{canaries: ['https://${var:a}/']}", OnlyValidate(Code::MisplacedReference)),
    ("{owner: acme/api-monitors, environment: prod, tables: {config: a-table, state: b-table}}", Valid),
    ("{owner: null, tables: null}", Valid),
    ("{owner: 'two words'}", Invalid(Code::BadFormat)),
    ("{owners: acme}", Invalid(Code::UnknownKey)),
    ("{environment: ''}", Invalid(Code::Empty)),
    ("{tables: {config: a}}", Invalid(Code::BadFormat)),
    ("{tables: {conifg: abc}}", Invalid(Code::UnknownKey)),
    ("{channels: {oncall: {kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:oncall.fifo'}}}", Valid),
    ("{channels: {default: {kind: file, severities: [critical]}}}", Valid),
    ("{channels: {oncall: {kind: file, after: 30m, reminders: false}}}", Valid),
    ("{channels: {oncall: {kind: sns, topic: oncall}}}", Invalid(Code::BadFormat)),
    ("{channels: {oncall: {kind: pigeon}}}", Invalid(Code::UnknownValue)),
    ("{channels: {oncall: {topic: 'arn:aws:sns:eu-west-1:123456789012:oncall'}}}", Invalid(Code::MissingKey)),
    ("{channels: {oncall: null}}", Invalid(Code::WrongType)),
    ("{channels: {On Call: {kind: file}}}", Invalid(Code::BadFormat)),
    ("{channels: {chat: {kind: sns}}}", OnlyValidate(Code::MissingKey)),
    (
        "{channels: {chat: {kind: file, topic: 'arn:aws:sns:eu-west-1:123456789012:x'}}}",
        OnlyValidate(Code::UnknownKey),
    ),
    ("{canaries: null}", Valid),
    ("{canaries: ['https://a.example', 'http://10.0.0.1:8080/health']}", Valid),
    ("{canaries: 'https://a.example'}", Invalid(Code::WrongType)),
    ("{canaries: [null]}", Invalid(Code::WrongType)),
    ("{canaries: [a.example]}", Invalid(Code::BadFormat)),
    ("{canaries: ['https://']}", OnlyValidate(Code::InvalidUrl)),
    ("{canaries: ['https://a.example/${env:A}']}", OnlyValidate(Code::InvalidUrl)),
    ("{canaries: ['https://me:secret@a.example/']}", OnlyValidate(Code::InvalidUrl)),
    ("{canaries: ['https://a.example/?token=secret']}", OnlyValidate(Code::InvalidUrl)),
    (
        "{canaries: ['http://a', 'http://b', 'http://c', 'http://d', 'http://e', 'http://f']}",
        Invalid(Code::OutOfBounds),
    ),
];

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
}

fn editor(kind: FileKind) -> Validator {
    jsonschema::validator_for(&for_editors(kind)).expect("a schema")
}

fn agree(kind: FileKind, path: &str, table: &[(&str, Said)]) {
    let editor = editor(kind);
    for (text, said) in table {
        let parsed = crate::config::yaml::parse(text, 0);
        assert!(parsed.faults.is_empty(), "{text}");
        let value = parsed.documents.first().expect(text).root.to_json();
        let schema_takes = editor.is_valid(&value);

        let file = file(path, text);
        let diagnostics = match kind {
            FileKind::Monitor | FileKind::Defaults => load(&[file], None).diagnostics,
            FileKind::Settings => settings(&file).1,
            FileKind::Page => load_pages(&[file], None).diagnostics,
            FileKind::Notice => {
                let bytes = format!("---\n{text}---\nWe look into it.\n").into_bytes();
                load_notices(&[SourceFile { bytes, ..file }], None).diagnostics
            }
        };
        let errors: Vec<Code> = diagnostics.iter().filter(|d| d.is_error()).map(|d| d.code).collect();
        let (taken, expected): (bool, &[Code]) = match said {
            Valid => (true, &[]),
            Invalid(code) => (false, &[*code]),
            OnlyValidate(code) => (true, &[*code]),
        };
        assert_eq!(schema_takes, taken, "the schema on {text}");
        assert_eq!(errors, expected, "validate on {text}: {diagnostics:#?}");
    }
}

// Trap 13 (a misspelt key) and trap 15 (attempts that outlast the interval) are rows of it.
#[test]
fn editor_and_validate_agree_on_monitors() {
    agree(FileKind::Monitor, "a.yaml", MONITORS);
    agree(FileKind::Monitor, "a.yaml", COMPARISONS);
}

#[test]
fn editor_and_validate_agree_on_defaults() {
    agree(FileKind::Defaults, "defaults.yaml", DEFAULTS);
}

#[test]
fn editor_and_validate_agree_on_settings() {
    agree(FileKind::Settings, "monitorctl.yaml", SETTINGS);
}

#[test]
fn editor_and_validate_agree_on_status_pages() {
    let whole: Vec<_> = PAGES.iter().map(|(row, said)| (page(row), *said)).collect();
    let table: Vec<_> = whole.iter().map(|(text, said)| (text.as_str(), *said)).collect();
    agree(FileKind::Page, "status.yaml", &table);
    agree(FileKind::Notice, "notices/a.md", NOTICES);
}

/// The table is worth something only if it has every field in it, taken and refused.
#[test]
fn the_table_covers_every_field() {
    let schema = &compiled(FileKind::Monitor).schema;
    for key in schema["properties"].as_object().expect("fields").keys() {
        let with = |wanted: fn(Said) -> bool| {
            MONITORS
                .iter()
                .chain(COMPARISONS)
                .any(|(text, said)| wanted(*said) && text.contains(&format!("{key}: ")))
        };
        assert!(with(|said| said == Valid), "{key} is never taken");
        if key != "json" {
            assert!(with(|said| said != Valid), "{key} is never refused");
        }
    }
}
