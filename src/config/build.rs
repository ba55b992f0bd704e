//! The one door to a [`Monitor`]: raw fields in, valid values or complaints out.
//!
//! `check` comes through here for every item of the config table, so nothing in this file compiles a
//! pattern or applies a schema; what costs time is done by `rules`, before a monitor is stored.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::diagnostic::Code;
use super::path::Path;
use super::raw::{Method, RawAlert, RawBackoff, RawMonitor, RawRetry, RawRetryClass, RawSeverity};
use super::raw_comparisons::{RawBodyComparisons, RawJsonAssertion};
use super::raw_expect::{RawExpect, RawWarn};
use super::text_forms::HeaderForm;
use super::timing::{self, Timing};
use super::violation::Violation;
use super::{applies, bounds, maintenance, references, sizes, storable, tls, web};
use crate::assert::{Assertion, Comparison, Consequence, StatusSet, Subject};
use crate::kinds::http::{DEFAULT_REDIRECTS, Payload, Request};
use crate::kinds::tcp::{Dialog, RawDialog};
use crate::kinds::tls::RawSession;
use crate::kinds::{Ask, KindName};
use crate::monitor::{
    AlertPolicy, Backoff, Expectations, LatencyBounds, Monitor, MonitorId, Origin, Retry, RetryClass,
    Severity, Spec, Template, clip,
};

/// What is said of a stored item that breaks more rules than anybody reads about.
const MOST_VIOLATIONS: usize = 10;

/// Monitors that one may depend on.
const MOST_PARENTS: usize = 20;

/// The monitor of a stored spec, or everything that is wrong with it.
pub fn monitor_from_spec(id: MonitorId, spec: &Spec, origin: Origin) -> Result<Monitor, Vec<String>> {
    let fields = spec.fields();
    let raw = RawMonitor::deserialize(fields)
        .map_err(|error| vec![clip(&error.to_string(), sizes::MESSAGE_CHARS)])?;
    let mut violations = Vec::new();
    // A hand may have written what no file could have brought there.
    storable::check(id.as_str(), fields, &mut violations);
    applies::check(fields, &mut violations);
    references::misplaced(fields, &mut violations);
    bounds::stored(&raw, &mut violations);
    match build(id, &raw, origin, &mut violations) {
        Some(monitor) if violations.is_empty() => Ok(monitor),
        Some(_) | None => {
            let words = |violation: Violation| clip(&violation.message, sizes::MESSAGE_CHARS);
            Err(violations.into_iter().take(MOST_VIOLATIONS).map(words).collect())
        }
    }
}

/// `None` if the URL is missing; with complaints the monitor is not to be used.
pub fn build(
    id: MonitorId,
    raw: &RawMonitor,
    origin: Origin,
    violations: &mut Vec<Violation>,
) -> Option<Monitor> {
    let timing = timing::read(raw, violations);
    let url = url(raw, violations);
    let ask = ask(raw, violations);
    let tls = tls::policy(raw.tls.as_ref(), violations);
    let expect = expect(raw, &timing, violations);
    let depends_on = depends_on(raw, violations);
    let maintenance = maintenance::read(raw, violations);
    Some(Monitor {
        id,
        name: raw.name.clone(),
        group: raw.group.clone().unwrap_or_default(),
        url: url?,
        ask,
        interval: timing.interval,
        timeout: timing.timeout,
        retry: retry(raw.retry.as_ref(), &timing),
        tls,
        expect,
        alert: alert(raw.alert.as_ref(), &timing),
        depends_on,
        maintenance,
        team: raw.team.as_ref().map(|team| team.0.clone()),
        tags: raw.tags.iter().flatten().map(|tag| tag.0.clone()).collect(),
        runbook: raw.runbook.as_ref().map(|link| link.0.clone()),
        protect: raw.protect.unwrap_or(false),
        enabled: raw.enabled.unwrap_or(true),
        origin,
    })
}

pub fn method(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Get) | None => "GET",
        Some(Method::Head) => "HEAD",
        Some(Method::Post) => "POST",
        Some(Method::Put) => "PUT",
        Some(Method::Patch) => "PATCH",
        Some(Method::Delete) => "DELETE",
        Some(Method::Options) => "OPTIONS",
    }
}

fn url(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Option<Template> {
    let path = Path::from("url");
    let Some(text) = &raw.url else {
        violations.push(Violation::new(Code::MissingKey, path, "missing key `url`"));
        return None;
    };
    let template = template(&path, text, violations)?;
    violations.extend(web::url_violation(&path, &template));
    Some(template)
}

/// What the kind of check asks for.
fn ask(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Ask {
    match KindName::of_url(raw.url.as_deref().unwrap_or_default()) {
        KindName::Http => Ask::Http(Request {
            method: method(raw.method).to_owned(),
            headers: headers(raw, violations),
            body: body(raw, violations),
            redirects: raw.redirects.unwrap_or(DEFAULT_REDIRECTS),
        }),
        KindName::Tcp => {
            let built = raw.dialog.as_ref().map_or_else(|| Ok(Dialog::default()), RawDialog::build);
            Ask::Tcp(built.unwrap_or_else(|flaws| {
                violations.extend(flaws.into_iter().map(|flaw| Violation::from_flaw("dialog", flaw)));
                Dialog::default()
            }))
        }
        KindName::Tls => {
            let rule = raw.expect.as_ref().and_then(|expect| expect.tls.as_ref());
            Ask::Tls(rule.map(RawSession::build).unwrap_or_default())
        }
    }
}

/// Takes a text apart at its references to secrets.
fn template(path: &Path, text: &str, violations: &mut Vec<Violation>) -> Option<Template> {
    match Template::parse(text) {
        Ok(template) => Some(template),
        Err(error) => {
            violations.push(
                Violation::new(Code::InvalidSecret, path.clone(), format!("`{path}`: {error}"))
                    .label("in this text"),
            );
            None
        }
    }
}

fn headers(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Vec<(String, Template)> {
    let mut headers: Vec<(String, Template)> = Vec::new();
    for (name, value) in raw.headers.iter().flatten() {
        let Some(value) = value else { continue };
        if let Some(value) = template(&Path::from("headers").key(name), &value.0, violations) {
            headers.push((name.to_ascii_lowercase(), value));
        }
    }
    if raw.json.is_some()
        && headers.iter().all(|(name, _)| name != "content-type")
        && let Ok(value) = Template::parse("application/json")
    {
        headers.push(("content-type".to_owned(), value));
    }
    headers.sort_by(|one, two| one.0.cmp(&two.0));
    headers
}

fn body(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Option<Payload> {
    match (&raw.body, &raw.json) {
        (Some(text), None) => template(&Path::from("body"), text, violations).map(Payload::Text),
        (None, Some(value)) => {
            template(&Path::from("json"), &value.to_string(), violations).map(Payload::Json)
        }
        (None, None) => None,
        (Some(_), Some(_)) => {
            violations.push(
                Violation::new(
                    Code::Contradiction,
                    "json",
                    "a request has either `body` or `json`, not both",
                )
                .on_key()
                .label("the second body")
                .also("body", "the first body")
                .help("remove one of them; `body: null` removes an inherited one"),
            );
            None
        }
    }
}

/// The further attempts, with what is implied filled in.
pub fn retry(raw: Option<&RawRetry>, timing: &Timing) -> Retry {
    let implied = Retry::default();
    let on = raw.and_then(|raw| raw.on.as_ref());
    Retry {
        attempts: raw.and_then(|raw| raw.attempts).unwrap_or(implied.attempts),
        wait: timing.wait,
        backoff: match raw.and_then(|raw| raw.backoff) {
            Some(RawBackoff::Fixed) => Backoff::Fixed,
            Some(RawBackoff::Linear) => Backoff::Linear,
            Some(RawBackoff::Exponential) => Backoff::Exponential,
            None => implied.backoff,
        },
        on: on
            .map_or(implied.on, |classes| classes.iter().copied().map(retry_class).collect::<BTreeSet<_>>()),
    }
}

fn retry_class(raw: RawRetryClass) -> RetryClass {
    match raw {
        RawRetryClass::Dns => RetryClass::Dns,
        RawRetryClass::Connect => RetryClass::Connect,
        RawRetryClass::Tls => RetryClass::Tls,
        RawRetryClass::Timeout => RetryClass::Timeout,
        RawRetryClass::Protocol => RetryClass::Protocol,
        RawRetryClass::Status => RetryClass::Status,
    }
}

fn alert(raw: Option<&RawAlert>, timing: &Timing) -> AlertPolicy {
    let implied = AlertPolicy::default();
    let Some(RawAlert { failures, successes, remind: _, severity, topic }) = raw else { return implied };
    AlertPolicy {
        // At least 1, also where the item was written by hand.
        failures: failures.unwrap_or(implied.failures).max(1),
        successes: successes.unwrap_or(implied.successes).max(1),
        remind: timing.remind,
        severity: match severity {
            Some(RawSeverity::Info) => Severity::Info,
            Some(RawSeverity::Warning) => Severity::Warning,
            Some(RawSeverity::Critical) => Severity::Critical,
            None => implied.severity,
        },
        topic: topic.as_ref().map_or(implied.topic, |topic| topic.0.clone()),
    }
}

fn depends_on(raw: &RawMonitor, violations: &mut Vec<Violation>) -> BTreeSet<MonitorId> {
    let mut ids = BTreeSet::new();
    let number = raw.depends_on.as_ref().map_or(0, Vec::len);
    maintenance::too_many("depends_on", number, MOST_PARENTS, violations);
    for (index, id) in raw.depends_on.iter().flatten().enumerate().take(MOST_PARENTS) {
        let path = Path::from("depends_on").index(index);
        match MonitorId::parse(&id.0) {
            Ok(id) => drop(ids.insert(id)),
            Err(error) => {
                violations.push(Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")));
            }
        }
    }
    ids
}

/// Everything that an answer is held against, with the status that is implied.
pub fn expect(raw: &RawMonitor, timing: &Timing, violations: &mut Vec<Violation>) -> Expectations {
    let mut assertions = Vec::new();
    if KindName::of_url(raw.url.as_deref().unwrap_or_default()) == KindName::Http {
        let status = raw.expect.as_ref().and_then(|expect| expect.status.as_ref());
        let status = status.map_or_else(StatusSet::default, |form| StatusSet(form.0.clone()));
        assertions.push(Expectations::status(status));
    }
    if let Some(expect) = &raw.expect {
        read(expect, Consequence::Down, &mut assertions, violations);
    }
    if let Some(RawWarn(warn)) = &raw.warn {
        if let Some(status) = &warn.status {
            let status = Expectations::status(StatusSet(status.0.clone()));
            assertions.push(Assertion { consequence: Consequence::Degraded, ..status });
        }
        read(warn, Consequence::Degraded, &mut assertions, violations);
        for (key, given) in [("latency", warn.latency.is_some()), ("certificate", warn.certificate.is_some())]
        {
            if given {
                let path = Path::from("warn").key(key);
                violations.push(
                    Violation::new(Code::UnknownKey, path, format!("unknown key `{key}` in `warn`"))
                        .on_key()
                        .label("not here")
                        .help(format!("write `expect: {{ {key}: {{ degraded: … }} }}`")),
                );
            }
        }
    }
    Expectations {
        latency: LatencyBounds { degraded: timing.degraded, down: timing.down },
        certificate: timing.certificate.clone(),
        assertions,
    }
}

/// The assertions on the body and the headers; the JSON ones in the order of the file.
fn read(
    raw: &RawExpect,
    consequence: Consequence,
    assertions: &mut Vec<Assertion>,
    violations: &mut Vec<Violation>,
) {
    bounds::check(consequence.key(), raw, violations);
    let RawExpect { status: _, latency: _, headers, body, json, certificate: _, tls: _ } = raw;
    let mut add = |subject, part: String, must: Vec<Comparison>| {
        // An assertion about a path keeps its place in the list.
        if !must.is_empty() || subject == Subject::JSON {
            assertions.push(Assertion { consequence, ..Assertion::new(subject, part, must) });
        }
    };
    if let Some(RawBodyComparisons(body)) = body {
        add(Subject::BODY, String::new(), body.comparisons());
    }
    for RawJsonAssertion(raw) in json.iter().flatten() {
        if let Some(path) = &raw.path {
            add(Subject::JSON, path.clone(), raw.comparisons());
        } else {
            let path = Path::from(consequence.key()).key("json");
            let message = format!("missing key `path` in {path}");
            violations.push(Violation::new(Code::MissingKey, path, message));
            // Without its place, every finding about a later assertion would name the one before it.
            add(Subject::JSON, String::new(), Vec::new());
        }
    }
    let mut headers: Vec<_> = headers
        .iter()
        .flatten()
        .filter_map(|(name, form)| Some((name.to_ascii_lowercase(), form.as_ref()?)))
        .collect();
    headers.sort_by(|one, two| one.0.cmp(&two.0));
    for (name, form) in headers {
        let must = match form {
            HeaderForm::Equals(text) => vec![Comparison::Equals(Value::String(text.clone()))],
            HeaderForm::Comparisons(raw) => raw.0.comparisons(),
        };
        add(Subject::HEADER, name, must);
    }
}
