//! Rules that a schema cannot say, on a document with its defaults merged. They cost time, so they are for
//! files only; what is stored has passed them.

use std::collections::BTreeMap;

use super::build;
use super::diagnostic::Code;
use super::headers;
use super::maintenance;
use super::path::Path;
use super::proof;
use super::raw::{Method, RawMonitor};
use super::raw_comparisons::{RawBodyComparisons, RawComparisons, RawJsonAssertion};
use super::raw_expect::{RawExpect, RawWarn};
use super::status_facts;
use super::suggest::suggest;
use super::text_forms::{HeaderForm, TopicName};
use super::timing;
use super::tried::PathCheck;
use super::violation::Violation;
use crate::assert::Comparison;
use crate::json::JsonPath;
use crate::kinds::KindName;
use crate::kinds::http::DEFAULT_REDIRECTS;
use crate::kinds::tcp::RawDialog;
use crate::monitor::{DEFAULT_TOPIC, Decimal, Pattern, TopicArn};

/// Complains of everything that `build` does not look at. Returns the assertions that are worth trying.
pub fn check(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Vec<PathCheck<Violation>> {
    let mut unreadable = Vec::new();
    let timing = timing::read(raw, &mut unreadable);
    // `build` complains of a duration out of bounds; what does not fit such a one is no second fault.
    let mut misfits = Vec::new();
    timing::fit(&timing, &build::retry(raw.retry.as_ref(), &timing), &mut misfits);
    misfits.retain(|misfit| !unreadable.iter().any(|other: &Violation| misfit.concerns(&other.path)));
    violations.append(&mut misfits);
    if let Some(names) = &raw.headers {
        headers::forbidden(names.keys(), violations);
        headers::twice(&Path::from("headers"), names.keys(), violations);
    }
    sent_body(raw, violations);
    dialog(raw, violations);
    maintenance::check(raw, violations);
    let warn = raw.warn.as_ref().map(|RawWarn(warn)| warn);
    for (top, expect) in [("expect", raw.expect.as_ref()), ("warn", warn)] {
        let Some(expect) = expect else { continue };
        expectations(top, expect, violations);
        head(raw.method, top, expect, violations);
    }
    // `build` makes them once more, and complains of them then.
    let expected = build::expect(raw, &timing, &mut Vec::new());
    let path_checks = proof::check(&expected.assertions, violations);
    if let Some(expect) = &raw.expect {
        status_facts::check(&expected, raw.redirects.unwrap_or(DEFAULT_REDIRECTS), violations);
        unencrypted(raw, expect, violations);
    }
    path_checks
}

/// A name that monitorctl.yaml does not say would send the alert to the default topic, where those who wait for
/// it do not look.
pub fn unknown_topic(raw: &RawMonitor, topics: &BTreeMap<String, TopicArn>) -> Option<Violation> {
    let TopicName(name) = raw.alert.as_ref()?.topic.as_ref()?;
    if name == DEFAULT_TOPIC || topics.contains_key(name) || TopicArn::parse(name).is_ok() {
        return None;
    }
    let violation = Violation::new(Code::UnknownTopic, "alert.topic", format!("unknown topic `{name}`"))
        .label("not in `topics:` of monitorctl.yaml");
    Some(match suggest(name, topics.keys().map(String::as_str)) {
        Some(meant) => violation.help(format!("did you mean `{meant}`?")),
        None => violation.help(format!("add `topics: {{ {name}: arn:aws:sns:… }}` to monitorctl.yaml")),
    })
}

fn sent_body(raw: &RawMonitor, violations: &mut Vec<Violation>) {
    let method = match raw.method {
        None | Some(Method::Get) => "GET",
        Some(Method::Head) => "HEAD",
        Some(Method::Post | Method::Put | Method::Patch | Method::Delete | Method::Options) => return,
    };
    let bodies = [
        ("body", raw.body.is_some() && raw.json.is_none()),
        ("json", raw.json.is_some() && raw.body.is_none()),
    ];
    for (key, given) in bodies {
        if given {
            violations.push(
                Violation::new(Code::IgnoredBody, key, format!("most servers ignore the body of a {method}"))
                    .on_key()
                    .label(format!("sent with {method}"))
                    .help("write `method: POST`"),
            );
        }
    }
}

fn expectations(top: &str, expect: &RawExpect, violations: &mut Vec<Violation>) {
    let RawExpect { status: _, latency: _, headers, body, json, certificate: _, tls: _ } = expect;
    let top = Path::from(top);
    if let Some(assertions) = headers {
        let path = top.key("headers");
        headers::twice(&path, assertions.keys(), violations);
        for (name, form) in assertions {
            if let Some(HeaderForm::Comparisons(comparisons)) = form {
                compared(&path.key(name), &comparisons.0, violations);
            }
        }
    }
    if let Some(RawBodyComparisons(comparisons)) = body {
        compared(&top.key("body"), comparisons, violations);
    }
    for (index, RawJsonAssertion(assertion)) in json.iter().flatten().enumerate() {
        let path = top.key("json").index(index);
        patterns_of_path(&path, assertion, violations);
        compared(&path, assertion, violations);
    }
}

/// What holds for the comparisons of any subject.
fn compared(path: &Path, raw: &RawComparisons, violations: &mut Vec<Violation>) {
    for (key, texts) in raw.texts() {
        if let ("matches" | "not_matches", Some(texts)) = (key, texts) {
            for (place, text) in texts.placed(&path.key(key)) {
                pattern(place, text, violations);
            }
        }
    }
    absent(path, raw, violations);
    no_number(path, raw.less_than.as_ref(), raw.greater_than.as_ref(), violations);
}

fn patterns_of_path(path: &Path, assertion: &RawComparisons, violations: &mut Vec<Violation>) {
    // `build` has complained of a path that is none.
    let json_path = assertion.path.as_deref().and_then(|text| JsonPath::parse(text).ok());
    for written in json_path.iter().flat_map(JsonPath::patterns) {
        if let Err(error) = Pattern::parse(written.as_str()) {
            let message = format!("`{path}.path` has an invalid regular expression: {error}");
            violations.push(
                Violation::new(Code::InvalidPattern, path.key("path"), message).label("not a pattern").help(
                    "match() and search() take patterns of RFC 9485; use single quotes to keep backslashes",
                ),
            );
        }
    }
}

/// Bounds that leave no number between them.
fn no_number(path: &Path, most: Option<&Decimal>, least: Option<&Decimal>, violations: &mut Vec<Violation>) {
    if let (Some(most), Some(least)) = (most, least)
        && least >= most
    {
        violations.push(
            Violation::new(
                Code::NeverPasses,
                path.key("greater_than"),
                format!("no number is above {least} and below {most}"),
            )
            .label("never passes")
            .also(path.key("less_than"), "conflicts with this"),
        );
    }
}

/// What is absent has no value to compare.
fn absent(path: &Path, raw: &RawComparisons, violations: &mut Vec<Violation>) {
    if raw.exists != Some(false) {
        return;
    }
    let others = raw.comparisons();
    if let Some(other) = others.iter().find(|other| !matches!(other, Comparison::Exists(_))) {
        let other = other.key();
        violations.push(
            Violation::new(
                Code::NeverPasses,
                path.key("exists"),
                format!("`exists: false` and `{other}` can never both pass"),
            )
            .label("must be absent")
            .also(path.key(other), "but have this value"),
        );
    }
}

fn pattern(path: Path, text: &str, violations: &mut Vec<Violation>) {
    // `build` has complained of what is too long.
    if Pattern::stored(text).is_ok()
        && let Err(error) = Pattern::parse(text)
    {
        let message = format!("`{path}` is not a regular expression: {error}");
        violations.push(
            Violation::new(Code::InvalidPattern, path, message)
                .label("not a pattern")
                .help("use single quotes to keep backslashes"),
        );
    }
}

/// The answer to a HEAD has no body that could be held against anything.
fn head(method: Option<Method>, top: &str, expect: &RawExpect, violations: &mut Vec<Violation>) {
    if method != Some(Method::Head) {
        return;
    }
    for (key, given) in [("body", expect.body.is_some()), ("json", expect.json.is_some())] {
        if given {
            violations.push(
                Violation::new(
                    Code::NeverPasses,
                    Path::from(top).key(key),
                    "the answer to a HEAD has no body",
                )
                .on_key()
                .label("never passes")
                .also("method", "because of this")
                .help("write `method: GET`"),
            );
        }
    }
}

/// Without TLS there is no certificate; only a redirect could lead to one.
fn unencrypted(raw: &RawMonitor, expect: &RawExpect, violations: &mut Vec<Violation>) {
    let url = raw.url.as_deref().unwrap_or_default();
    let (message, help) = match KindName::of_url(url) {
        KindName::Http if url.starts_with("http://") && raw.redirects == Some(0) => {
            ("an http URL has no certificate", "write https:// in the url")
        }
        KindName::Tcp if !starts_tls(raw) => (
            "a connection without TLS has no certificate",
            "write tls:// in the url, or a step `starttls: true` in the dialog",
        ),
        KindName::Http | KindName::Tcp | KindName::Tls => return,
    };
    if expect.certificate.is_some() {
        violations.push(
            Violation::new(Code::NeverPasses, "expect.certificate", message)
                .on_key()
                .label("never passes")
                .also("url", "because of this")
                .help(help),
        );
    }
}

fn starts_tls(raw: &RawMonitor) -> bool {
    raw.dialog.as_ref().and_then(|dialog| dialog.build().ok()).is_some_and(|dialog| dialog.starts_tls())
}

/// Patterns are compiled for files only.
fn dialog(raw: &RawMonitor, violations: &mut Vec<Violation>) {
    let Some(RawDialog::Steps(steps)) = &raw.dialog else { return };
    for (index, step) in steps.iter().enumerate() {
        if let Some(text) = &step.expect {
            pattern(Path::from("dialog").index(index).key("expect"), text, violations);
        }
    }
}
