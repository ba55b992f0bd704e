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
use super::raw_expect::{RawBodyComparisons, RawExpect, RawHeaderComparisons, RawJsonAssertion};
use super::text_forms::HeaderForm;
use super::timing::{self, Timing};
use super::violation::Violation;
use super::{bounds, maintenance, references, sizes, storable, tls, web};
use crate::monitor::{
    AlertPolicy, Backoff, Comparison, Decimal, Expectations, HeaderAssertion, JsonAssertion, LatencyBounds,
    Monitor, MonitorId, Origin, Pattern, Retry, RetryClass, Severity, Spec, StatusSet, Template,
};

/// What is said of a stored item that breaks more rules than anybody reads about.
const MOST_VIOLATIONS: usize = 10;

/// Monitors that one may depend on.
const MOST_PARENTS: usize = 20;

/// How many redirects are followed where nothing is said.
pub const DEFAULT_REDIRECTS: u8 = 5;

/// The monitor of a stored spec, or everything that is wrong with it.
pub fn monitor_from_spec(id: MonitorId, spec: &Spec, origin: Origin) -> Result<Monitor, Vec<String>> {
    let fields = spec.fields();
    let raw = RawMonitor::deserialize(fields)
        .map_err(|error| vec![sizes::cut(&error.to_string(), sizes::MESSAGE_CHARS)])?;
    let mut violations = Vec::new();
    // A hand may have written what no file could have brought there.
    storable::check(id.as_str(), fields, &mut violations);
    references::misplaced(fields, &mut violations);
    bounds::stored(&raw, &mut violations);
    match build(id, &raw, origin, &mut violations) {
        Some(monitor) if violations.is_empty() => Ok(monitor),
        Some(_) | None => {
            let words = |violation: Violation| sizes::cut(&violation.message, sizes::MESSAGE_CHARS);
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
    let headers = headers(raw, violations);
    let body = body(raw, violations);
    let tls = tls::policy(raw.tls.as_ref(), violations);
    let expect = expect(raw.expect.as_ref(), &timing, violations);
    let depends_on = depends_on(raw, violations);
    let maintenance = maintenance::read(raw, violations);
    Some(Monitor {
        id,
        name: raw.name.clone(),
        group: raw.group.clone().unwrap_or_default(),
        url: url?,
        method: method(raw.method).to_owned(),
        headers,
        body,
        interval: timing.interval,
        timeout: timing.timeout,
        redirects: raw.redirects.unwrap_or(DEFAULT_REDIRECTS),
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

fn body(raw: &RawMonitor, violations: &mut Vec<Violation>) -> Option<Template> {
    match (&raw.body, &raw.json) {
        (Some(text), None) => template(&Path::from("body"), text, violations),
        (None, Some(value)) => template(&Path::from("json"), &value.to_string(), violations),
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

pub fn expect(raw: Option<&RawExpect>, timing: &Timing, violations: &mut Vec<Violation>) -> Expectations {
    let latency = LatencyBounds { degraded: timing.degraded, down: timing.down };
    let certificate = timing.certificate.clone();
    let Some(raw) = raw else { return Expectations { latency, certificate, ..Expectations::default() } };
    let RawExpect { status, latency: _, headers, body, json, certificate: _ } = raw;
    bounds::check(raw, violations);
    let mut headers: Vec<HeaderAssertion> = headers
        .iter()
        .flatten()
        .filter_map(|(name, form)| {
            let comparisons = header_comparisons(form.as_ref()?);
            (!comparisons.is_empty())
                .then(|| HeaderAssertion { name: name.to_ascii_lowercase(), comparisons })
        })
        .collect();
    headers.sort_by(|one, two| one.name.cmp(&two.name));
    Expectations {
        status: status.as_ref().map_or_else(StatusSet::default, |form| StatusSet(form.0.clone())),
        latency,
        headers,
        body: body.as_ref().map(body_comparisons).unwrap_or_default(),
        json: json.iter().flatten().filter_map(|raw| json_assertion(raw, violations)).collect(),
        certificate,
    }
}

fn header_comparisons(form: &HeaderForm) -> Vec<Comparison> {
    match form {
        HeaderForm::Equals(text) => vec![Comparison::Equals(Value::String(text.clone()))],
        HeaderForm::Comparisons(raw) => {
            let RawHeaderComparisons {
                equals,
                not_equals,
                contains,
                not_contains,
                matches,
                less_than,
                greater_than,
                exists,
            } = &**raw;
            let text = |text: &Option<String>| text.clone().map(Value::String);
            compare(Operands {
                equals: text(equals),
                not_equals: text(not_equals),
                contains,
                not_contains,
                matches,
                less_than: less_than.clone(),
                greater_than: greater_than.clone(),
                exists: *exists,
            })
        }
    }
}

fn body_comparisons(raw: &RawBodyComparisons) -> Vec<Comparison> {
    let RawBodyComparisons { equals, not_equals, contains, not_contains, matches, less_than, greater_than } =
        raw;
    compare(Operands {
        equals: equals.clone().map(Value::String),
        not_equals: not_equals.clone().map(Value::String),
        contains,
        not_contains,
        matches,
        less_than: less_than.clone(),
        greater_than: greater_than.clone(),
        exists: None,
    })
}

fn json_assertion(raw: &RawJsonAssertion, violations: &mut Vec<Violation>) -> Option<JsonAssertion> {
    let RawJsonAssertion {
        path,
        equals,
        not_equals,
        contains,
        not_contains,
        matches,
        less_than,
        greater_than,
        length,
        shorter_than,
        longer_than,
        equals_path,
        not_equals_path,
        less_than_path,
        greater_than_path,
        exists,
    } = raw;
    let Some(path) = path else {
        violations.push(Violation::new(Code::MissingKey, "expect.json", "missing key `path` in expect.json"));
        return None;
    };
    let mut comparisons = compare(Operands {
        equals: equals.clone(),
        not_equals: not_equals.clone(),
        contains,
        not_contains,
        matches,
        less_than: less_than.clone(),
        greater_than: greater_than.clone(),
        exists: *exists,
    });
    let only_of_json = [
        length.map(Comparison::Length),
        shorter_than.map(Comparison::ShorterThan),
        longer_than.map(Comparison::LongerThan),
        equals_path.clone().map(Comparison::EqualsPath),
        not_equals_path.clone().map(Comparison::NotEqualsPath),
        less_than_path.clone().map(Comparison::LessThanPath),
        greater_than_path.clone().map(Comparison::GreaterThanPath),
    ];
    comparisons.extend(only_of_json.into_iter().flatten());
    Some(JsonAssertion { path: path.clone(), comparisons })
}

/// What the comparisons of headers, bodies and JSON values have in common.
struct Operands<'a> {
    equals: Option<Value>,
    not_equals: Option<Value>,
    contains: &'a Option<String>,
    not_contains: &'a Option<String>,
    matches: &'a Option<String>,
    less_than: Option<Decimal>,
    greater_than: Option<Decimal>,
    exists: Option<bool>,
}

fn compare(operands: Operands<'_>) -> Vec<Comparison> {
    let Operands { equals, not_equals, contains, not_contains, matches, less_than, greater_than, exists } =
        operands;
    let comparisons = [
        exists.map(Comparison::Exists),
        equals.map(Comparison::Equals),
        not_equals.map(Comparison::NotEquals),
        contains.clone().map(Comparison::Contains),
        not_contains.clone().map(Comparison::NotContains),
        matches.as_deref().map(|text| Comparison::Matches(Pattern::trusted(text))),
        less_than.map(Comparison::LessThan),
        greater_than.map(Comparison::GreaterThan),
    ];
    comparisons.into_iter().flatten().collect()
}
