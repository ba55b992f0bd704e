//! Promise 6: every fault of every file in one run. Each kind of fault is planted beside each other one, in one
//! document, in two documents of a file and in two files, and both are found.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::Circumstances;
use crate::config::Code;
use crate::config::DefinedVariables;
use crate::config::Definitions;
use crate::config::Diagnostic;
use crate::config::Extent;
use crate::config::SourceFile;
use crate::config::load_with_lints;
use crate::config::settings;

/// One fault: fields of a monitor by their paths, and lines as they are.
struct PlantedFault {
    code: Code,
    /// Path and value in flow style; `-` leaves the field out.
    fields: &'static [(&'static str, &'static str)],
    lines: &'static str,
}

const fn fields(code: Code, fields: &'static [(&'static str, &'static str)]) -> PlantedFault {
    PlantedFault { code, fields, lines: "" }
}

const fn lines(code: Code, lines: &'static str) -> PlantedFault {
    PlantedFault { code, fields: &[], lines }
}

const FAULTS: &[PlantedFault] = &[
    lines(Code::YamlSyntax, "name: [\n"),
    lines(Code::YamlSyntax, "runbook: \"open\n"),
    lines(Code::YamlSyntax, "tls:\n\tinsecure: true\n"),
    lines(Code::YamlUnsupported, "? [a]\n: b\n"),
    lines(Code::YamlUnsupported, "protect: !odd true\n"),
    lines(Code::YamlUnsupported, "tags: !odd [x]\n"),
    lines(Code::DuplicateKey, "enabled: true\nenabled: true\n"),
    lines(Code::DuplicateKey, "tags: [x]\ntags: [y]\n"),
    fields(Code::DuplicateKey, &[("headers.X-A", "a"), ("headers.x-a", "b")]),
    lines(
        Code::TooLarge,
        "? aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaLONG\n: 1\n",
    ),
    fields(Code::UnknownKey, &[("bogus", "1")]),
    fields(Code::UnknownKey, &[("expect.bogus", "1")]),
    fields(Code::UnknownKey, &[("alert.success-threshhold", "1")]),
    fields(Code::MissingKey, &[("url", "-")]),
    fields(Code::MissingKey, &[("maintenance", "[{for: 2h}]")]),
    fields(Code::WrongType, &[("interval", "120")]),
    fields(Code::WrongType, &[("name", "true")]),
    fields(Code::WrongType, &[("expect.latency.down", "5")]),
    fields(Code::WrongType, &[("expect.json", "{path: $.a, equals: 1}")]),
    fields(Code::UnknownValue, &[("method", "TRACE")]),
    fields(Code::UnknownValue, &[("retry.on", "[body]")]),
    fields(Code::BadFormat, &[("expect.status", "[200-299]")]),
    fields(Code::BadFormat, &[("timeout", "2 minutes")]),
    fields(Code::BadFormat, &[("id", "'@x'")]),
    fields(Code::BadFormat, &[("headers.'a b'", "x")]),
    fields(Code::BadFormat, &[("depends_on", "[B]")]),
    fields(Code::BadFormat, &[("maintenance", "[{starts: 2026-13-01T02:00, for: 2h}]")]),
    fields(Code::OutOfBounds, &[("redirects", "99")]),
    fields(Code::OutOfBounds, &[("retry.wait", "61s")]),
    fields(Code::OutOfBounds, &[("alert.failures", "0")]),
    fields(Code::OutOfBounds, &[("expect.certificate.down", "1m")]),
    fields(Code::OutOfBounds, &[("expect.json", "[{path: $.n, length: 1e30}]")]),
    fields(Code::OutOfBounds, &[("expect.json", "[{path: $.m, longer_than: 18446744073709551616}]")]),
    fields(Code::Repeated, &[("tags", "[r, r]")]),
    fields(Code::Repeated, &[("retry.on", "[dns, dns]")]),
    fields(Code::Empty, &[("expect.body", "{}")]),
    fields(Code::Empty, &[("expect.status", "[]")]),
    fields(Code::Empty, &[("name", "''")]),
    fields(Code::Contradiction, &[("method", "POST"), ("body", "x"), ("json", "{a: 1}")]),
    fields(Code::Contradiction, &[("expect.certificate.degraded", "3d"), ("expect.certificate.down", "3d")]),
    fields(Code::Contradiction, &[("expect.latency.degraded", "5s"), ("expect.latency.down", "4s")]),
    fields(Code::Contradiction, &[("tls.client_certificate", "'${ssm:/c}'")]),
    fields(Code::InvalidUrl, &[("url", "'https://a:99999/'")]),
    fields(Code::InvalidHeader, &[("headers.content-length", "'1'")]),
    fields(Code::InvalidPattern, &[("expect.headers.x.matches", "'('")]),
    fields(Code::InvalidPattern, &[("expect.body.matches", "'('")]),
    fields(Code::InvalidPath, &[("expect.json", "[{path: '$[', equals: 1}]")]),
    fields(Code::InvalidSecret, &[("headers.x-b", "'${vault:x}'")]),
    fields(Code::InvalidSecret, &[("tls.ca", "'${vault:x}'")]),
    fields(Code::MisplacedReference, &[("expect.body.not_contains", "'${env:BAD_MODE}'")]),
    fields(Code::MisplacedReference, &[("name", "'${env:NAME}'")]),
    fields(Code::UndefinedVariable, &[("headers.x-u", "'${var:undefined}'")]),
    fields(Code::ReservedSecret, &[("headers.x-r", "'${env:AWS_SECRET_ACCESS_KEY}'")]),
    fields(Code::LiteralCredential, &[("headers.x-api-key", "abcdef123")]),
    fields(Code::LiteralCredential, &[("body", "'password=hunter2&x=1'"), ("method", "POST")]),
    fields(Code::LiteralCredential, &[("url", "'https://me:hunter2@a.example/'")]),
    fields(Code::UnknownChannel, &[("alert.to", "[nowhere]")]),
    fields(Code::UnknownMonitor, &[("depends_on", "[missing]")]),
    fields(Code::DependencyCycle, &[("depends_on", "[ID]")]),
    fields(Code::NeverPasses, &[("expect.headers.y", "{less_than: 1, greater_than: 1}")]),
    fields(Code::NeverPasses, &[("method", "HEAD"), ("expect.body.contains", "x")]),
    fields(Code::DuplicateId, &[("id", "taken")]),
    fields(Code::IgnoredBody, &[("body", "x")]),
    fields(Code::TightTiming, &[("timeout", "40s"), ("retry.attempts", "1")]),
    fields(Code::ClearTextCredential, &[("url", "'http://a.example/'"), ("headers.x-t", "'${env:T}'")]),
    // A redirect that is followed would lead to TLS, perhaps.
    fields(
        Code::UnusedTls,
        &[("url", "'http://a.example/'"), ("redirects", "0"), ("expect.status", "302"), ("tls.ca", "/a.pem")],
    ),
    fields(Code::SingleFailure, &[("retry.attempts", "0"), ("alert.failures", "1")]),
    fields(Code::BelowPeriod, &[("interval", "90s")]),
    fields(Code::AcceptsServerError, &[("expect.status", "5xx")]),
    fields(Code::SlowParent, &[("depends_on", "[slow]")]),
    fields(Code::NeverFails, &[("expect.json", "[{path: '$.items[?@.a == 1 && @.a == 2]', exists: false}]")]),
    fields(
        Code::FindsNothing,
        &[("expect.json", "[{path: '$.items[?@.a == 1 && @.a == 2]', exists: true}]")],
    ),
    fields(Code::BelowTheTop, &[("expect.json", "[{path: \"$[?@.status == 'down']\", exists: false}]")]),
    fields(Code::MissingEqualsMissing, &[("expect.json", "[{path: '$.items[?@.a == @.b]', exists: false}]")]),
    fields(Code::Empty, &[("expect.headers.z", "")]),
    fields(Code::FollowedRedirect, &[("expect.status", "301")]),
    fields(Code::AmbiguousScalar, &[("expect.json", "[{path: $.am, equals: no}]")]),
    lines(Code::TrailingLineBreak, "expect:\n  json:\n  - path: $.tr\n    contains: |\n      x\n"),
    lines(Code::TakesNothingBack, "runbook: # none\n"),
    fields(Code::NoTeam, &[]),
    fields(Code::NoRunbook, &[]),
];

/// Kinds that no document of a monitor has: files, folders, machines and notices have them.
const OF_FILES: &[Code] = &[
    Code::Unreadable,
    Code::NotUtf8,
    Code::EmptyFile,
    Code::SeveralDocuments,
    Code::EmptyCatalog,
    Code::UnmatchedFolder,
    Code::UnusedVariable,
    Code::UnusedChannel,
    Code::NoNotification,
    Code::MessageTooLarge,
    Code::UnofferedSecret,
    Code::UnknownComponent,
];

/// Pairs of which the one mends or replaces the other, by a word of each.
const EXCLUSIVE: &[(&str, &str, &str)] = &[
    ("method: POST", "body: x", "servers read the body of a POST"),
    ("id: '@x'", "['@x'", "what is no id cannot be depended on"),
    ("matches: '('", "less_than", "of two comparisons with one value the first fault is enough"),
];

/// A map of fields, or a value.
#[derive(Clone)]
enum FieldTree {
    Leaf(String),
    Map(BTreeMap<String, FieldTree>),
}

impl FieldTree {
    /// Puts a value at a path; lists are joined. `false` where another value is there.
    fn put(&mut self, path: &[&str], value: &str) -> bool {
        let Self::Map(fields) = self else { return false };
        let Some((first, rest)) = path.split_first() else { return false };
        let first = (*first).to_owned();
        if rest.is_empty() {
            return match fields.get_mut(&first) {
                None => {
                    fields.insert(first, Self::Leaf(value.to_owned()));
                    true
                }
                Some(Self::Leaf(there)) if there == value => true,
                Some(Self::Leaf(there))
                    if ["depends_on", "json"].contains(&first.as_str())
                        && there.starts_with('[')
                        && value.starts_with('[') =>
                {
                    let inner = there.strip_suffix(']').unwrap_or(there);
                    *there = format!("{inner}, {}", value.strip_prefix('[').unwrap_or(value));
                    true
                }
                Some(Self::Leaf(_) | Self::Map(_)) => false,
            };
        }
        fields.entry(first).or_insert_with(|| Self::Map(BTreeMap::new())).put(rest, value)
    }

    fn flow(&self) -> String {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::Map(fields) => {
                let fields = fields.iter().map(|(key, value)| format!("{key}: {}", value.flow()));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// A document with these faults; `None` where they want different values of one field.
fn document(id: &str, faults: &[&PlantedFault]) -> Option<String> {
    let mut fields = FieldTree::Map(BTreeMap::new());
    for (path, value) in faults.iter().flat_map(|fault| fault.fields) {
        let path: Vec<&str> = path.split('.').collect();
        if !fields.put(&path, value) {
            return None;
        }
    }
    let FieldTree::Map(fields) = &mut fields else { return None };
    for (key, value) in [("id", id.to_owned()), ("url", format!("https://{id}.example.com/"))] {
        fields.entry(key.to_owned()).or_insert(FieldTree::Leaf(value));
    }
    fields.retain(|_, value| !matches!(value, FieldTree::Leaf(value) if value == "-"));
    let own = match fields.get("id") {
        Some(FieldTree::Leaf(own)) => own.clone(),
        Some(FieldTree::Map(_)) | None => id.to_owned(),
    };
    if let Some(FieldTree::Leaf(on)) = fields.get_mut("depends_on") {
        *on = on.replace("ID", &own);
    }
    let of_fields: Vec<&str> = fields.keys().map(String::as_str).collect();
    let lines: String =
        faults.iter().map(|fault| fault.lines).collect::<String>().replace("LONG", &"x".repeat(1000));
    let keys: Vec<&str> = lines.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key).collect();
    let is_in_both = |key: &&str| {
        of_fields.contains(key) || faults.iter().filter(|fault| fault.lines.contains(*key)).count() > 1
    };
    if keys.iter().filter(|key| key.chars().all(char::is_alphabetic)).any(is_in_both) {
        return None;
    }
    // The key that cannot be read stands between the others.
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| format!("{key}: {}\n", value.flow())).collect();
    let (first, last) = fields.split_at(1);
    Some(format!("{}{lines}{}", first.concat(), last.concat()))
}

fn file(path: &str, text: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile { path: path.to_owned(), group: String::new(), bytes: text.into() }
}

fn found(files: &[SourceFile]) -> Vec<Diagnostic> {
    // Most others have a team and a runbook, and one has the id `taken`.
    let others = ["taken", "o1", "o2", "o3", "o4"];
    let other = |id: &&str| format!("id: {id}\nurl: https://o\nteam: t\nrunbook: https://r\n");
    let mut files = files.to_vec();
    let slow = other(&"slow") + "interval: 24h\n";
    let texts: Vec<_> = others.iter().map(other).chain([slow]).collect();
    files.insert(0, file("_others.yaml", texts.join("---\n")));
    let channels = BTreeMap::new();
    let circumstances = Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer: None };
    load_with_lints(
        &files,
        Definitions { channels: Some(&channels), variables: Some(&DefinedVariables::default()) },
        circumstances,
    )
    .diagnostics
}

/// What is missing of the codes, each as often as it was planted.
fn missing(diagnostics: &[Diagnostic], codes: &[Code]) -> Option<Code> {
    let number = |code: &Code| codes.iter().filter(|other| *other == code).count();
    codes.iter().copied().find(|code| diagnostics.iter().filter(|d| d.code == *code).count() < number(code))
}

fn is_exclusive(text: &str) -> bool {
    EXCLUSIVE.iter().any(|(one, two, _)| text.contains(one) && text.contains(two))
}

#[test]
fn every_kind_of_fault_is_planted() {
    for code in Code::ALL {
        assert!(
            OF_FILES.contains(code) || FAULTS.iter().any(|fault| fault.code == *code),
            "{code} is never planted"
        );
    }
}

#[test]
fn every_fault_is_found_alone() {
    for fault in FAULTS {
        let text = document("p", &[fault]).expect("one fault fits");
        let found = found(&[file("a.yaml", text.clone())]);
        assert_eq!(missing(&found, &[fault.code]), None, "{text}\n{found:#?}");
    }
}

#[test]
fn no_fault_hides_another_one_in_the_same_document() {
    let mut hidden = Vec::new();
    let mut tried = 0;
    for (i, one) in FAULTS.iter().enumerate() {
        for two in FAULTS.iter().skip(i + 1) {
            let Some(text) = document("p", &[one, two]) else { continue };
            // What is not there cannot be said twice of one document.
            if is_exclusive(&text)
                || one.code == two.code && matches!(one.code, Code::NoTeam | Code::NoRunbook)
            {
                continue;
            }
            tried += 1;
            let found = found(&[file("a.yaml", text.clone())]);
            if let Some(code) = missing(&found, &[one.code, two.code]) {
                let said: Vec<_> = found.iter().map(|d| format!("{}: {}", d.code, d.message)).collect();
                hidden.push(format!("{code} is hidden in\n{text}{}", said.join("\n")));
            }
        }
    }
    assert!(hidden.is_empty(), "{} of {tried}\n\n{}", hidden.len(), hidden.join("\n\n"));
    assert!(tried > 1500, "{tried}");
}

/// Each beside all others at once, once behind them in the file and once in a file of its own.
#[test]
fn no_fault_hides_another_one_in_another_document_or_file() {
    let texts: Vec<String> = FAULTS
        .iter()
        .enumerate()
        .map(|(number, fault)| document(&format!("p{number}"), &[fault]).expect("one fault fits"))
        .collect();
    // A habit of most others is none among so many.
    let is_habit = |code: &Code| matches!(code, Code::NoTeam | Code::NoRunbook);
    let codes: Vec<Code> = FAULTS.iter().map(|fault| fault.code).filter(|code| !is_habit(code)).collect();
    for first in 0..texts.len() {
        let mut turned = texts.clone();
        turned.rotate_left(first);
        let in_one = vec![file("a.yaml", turned.join("---\n"))];
        let in_files = turned.iter().enumerate().map(|(i, text)| file(&format!("f{i}.yaml"), text.clone()));
        for files in [in_one, in_files.collect()] {
            let found = found(&files);
            assert_eq!(missing(&found, &codes), None, "beginning with\n{}", turned[0]);
        }
    }
}

#[test]
fn a_fault_of_a_whole_file_hides_none_in_it_or_beside_it() {
    let no_text = |text: &str| [text.as_bytes(), b"# \xff\n"].concat();
    for fault in FAULTS {
        let text = document("p", &[fault]).expect("one fault fits");
        let found_all = found(&[
            file("a.yaml", no_text(&text)),
            file("defaults.yaml", "interval: 5m\n---\nbogus: 1\n"),
            file("empty.yaml", ""),
            file("large.yaml", vec![b'#'; crate::config::FILE_BYTES + 1]),
        ]);
        // What is inherited may well mend a fault of the timing, or the missing interval.
        let is_of_timing = matches!(fault.code, Code::TightTiming | Code::BelowPeriod);
        let expected =
            [Code::NotUtf8, Code::EmptyFile, Code::SeveralDocuments, Code::TooLarge, Code::UnknownKey];
        assert_eq!(missing(&found_all, &expected), None, "{text}\n{found_all:#?}");
        if !is_of_timing {
            assert_eq!(missing(&found_all, &[fault.code]), None, "{text}\n{found_all:#?}");
        }
    }
}

#[test]
fn faults_of_the_settings_hide_each_other_as_little() {
    let text = "ownr: x\nenvironment: two words\nchannels:\n  chat: {kind: pigeon}\n  \
                on call: {kind: file}\ncanaries: ['https://me:pw@a.example/']\n---\nbogus: 1\n";
    let found: Vec<_> = settings(&file("monitorctl.yaml", text)).1.into_iter().map(|d| d.code).collect();
    let expected = [
        Code::UnknownKey,
        Code::BadFormat,
        Code::UnknownValue,
        Code::BadFormat,
        Code::InvalidUrl,
        Code::UnknownKey,
    ];
    for code in expected {
        assert!(found.contains(&code), "{code} {found:?}");
    }
    assert_eq!(found.iter().filter(|code| **code == Code::UnknownKey).count(), 2, "{found:?}");
}
