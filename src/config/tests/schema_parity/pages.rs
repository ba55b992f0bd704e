//! Status pages and notices, with what the schema and `validate` say of each.

use super::Said::{self, Invalid, OnlyValidate, Valid};
use crate::config::Code;

/// Front matter of notices, beside a text.
pub const NOTICES: &[(&str, Said)] = &[
    ("components: [a]\nstatus: resolved\nat: 2026-11-28T09:15:00Z\n", Valid),
    ("components: [a]\nstatus: resolved\nat: 2026-11-28 09:15-03:30\ntitle: null\nincident: null\n", Valid),
    ("components: [a]\nstatus: resolved\n", Invalid(Code::MissingKey)),
    ("components: a\nstatus: resolved\nat: 2026-11-28T09:15:00Z\n", Invalid(Code::WrongType)),
    ("components: [A]\nstatus: resolved\nat: 2026-11-28T09:15:00Z\n", Invalid(Code::BadFormat)),
    ("components: [a]\nstatus: null\nat: 2026-11-28T09:15:00Z\n", Invalid(Code::WrongType)),
    ("components: [a]\nstatus: resolved\nat: 2026-11-28\n", Invalid(Code::BadFormat)),
    ("components: [a]\nstatus: resolved\nat: 2026-11-28T25:15:00Z\n", OnlyValidate(Code::BadFormat)),
    ("components: [a]\nstatus: resolved\nat: 2026-11-28T09:15:00Z\nincident: A\n", Invalid(Code::BadFormat)),
    ("components: [a]\nstatus: resolved\nat: 2026-11-28T09:15:00Z\nauthor: me\n", Invalid(Code::UnknownKey)),
];

/// Rows of fields beside `id`, `title`, `url` and `components`, which the test adds where they are not written.
pub const PAGES: &[(&str, Said)] = &[
    ("", Valid),
    ("id: null", Invalid(Code::WrongType)),
    ("id: A", Invalid(Code::BadFormat)),
    ("id: a/b", Invalid(Code::BadFormat)),
    ("id: 5", Invalid(Code::WrongType)),
    ("title: ''", Invalid(Code::Empty)),
    ("title: no", Valid),
    ("title: \"a\\nb\"", Invalid(Code::BadFormat)),
    ("title: '${env:TITLE}'", OnlyValidate(Code::MisplacedReference)),
    ("url: 'https://status.acme.example/eu/'", Valid),
    ("url: status.acme.example", Invalid(Code::BadFormat)),
    ("url: 'https://status.acme.example/?a=b'", Invalid(Code::BadFormat)),
    ("url: 'https://me@status.acme.example'", Invalid(Code::BadFormat)),
    ("url: 'https://status.acme.example:99999'", OnlyValidate(Code::InvalidUrl)),
    ("components: []", Invalid(Code::Empty)),
    ("components: null", Invalid(Code::WrongType)),
    ("components: {name: a}", Invalid(Code::WrongType)),
    ("components: [null]", Invalid(Code::WrongType)),
    ("components: [{name: a}]", Invalid(Code::MissingKey)),
    ("components: [{monitors: [a]}]", Invalid(Code::MissingKey)),
    ("components: [{name: a, monitors: []}]", Invalid(Code::Empty)),
    ("components: [{name: a, monitors: a}]", Invalid(Code::WrongType)),
    ("components: [{name: a, monitors: [a], id: b_1}]", Valid),
    ("components: [{name: a, monitors: [a], id: null}]", Valid),
    ("components: [{name: a, monitors: [a], id: B}]", Invalid(Code::BadFormat)),
    ("components: [{name: a, monitors: [a], combine: all}]", Valid),
    ("components: [{name: a, monitors: [a], combine: best}]", Invalid(Code::UnknownValue)),
    ("components: [{name: a, monitors: [a], colour: red}]", Invalid(Code::UnknownKey)),
    ("components: [{name: a, monitors: ['tag:a,!team:b', 'group:eu']}]", Valid),
    ("components: [{name: a, monitors: ['tag:']}]", OnlyValidate(Code::BadFormat)),
    ("components: [{name: a, monitors: ['host:a']}]", OnlyValidate(Code::BadFormat)),
    ("components: [{name: 支払い, monitors: [a]}]", OnlyValidate(Code::MissingKey)),
    ("components: [{name: 支払い, id: pay, monitors: [a]}]", Valid),
    ("components: [{name: a, monitors: [a]}, {name: A!, monitors: [a]}]", OnlyValidate(Code::DuplicateId)),
    ("days: 1", Valid),
    ("days: 365", Valid),
    ("days: null", Valid),
    ("days: 0", Invalid(Code::OutOfBounds)),
    ("days: 366", Invalid(Code::OutOfBounds)),
    ("days: 1.5", Invalid(Code::WrongType)),
    ("slo: 99.95", Valid),
    ("slo: 100", Valid),
    ("slo: 0.999", Invalid(Code::OutOfBounds)),
    ("slo: 100.1", Invalid(Code::OutOfBounds)),
    ("slo: '99.9'", Invalid(Code::WrongType)),
    ("slo: 99.9999", OnlyValidate(Code::BadFormat)),
    ("stale_after: 30m", Valid),
    ("stale_after: 600", Invalid(Code::WrongType)),
    ("stale_after: 59s", OnlyValidate(Code::OutOfBounds)),
    ("stale_after: 2d", OnlyValidate(Code::OutOfBounds)),
    ("maintenance: include", Valid),
    ("maintenance: excluded", Invalid(Code::UnknownValue)),
    ("index: true", Valid),
    ("index: yes", Invalid(Code::WrongType)),
    ("indx: true", Invalid(Code::UnknownKey)),
    ("x-any: [1]", Valid),
];

/// The row as a whole page.
pub fn page(row: &str) -> String {
    let fields = [
        ("id", "public"),
        ("title", "Acme"),
        ("url", "'https://status.acme.example'"),
        ("components", "[{name: Payments, monitors: [a]}]"),
    ];
    let missing = fields.iter().filter(|(key, _)| !row.starts_with(&format!("{key}:")));
    let missing: String =
        missing.map(|(key, value)| format!("{key}: {value}\n")).collect::<Vec<_>>().concat();
    format!("{missing}{row}\n")
}
