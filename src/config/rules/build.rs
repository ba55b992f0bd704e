//! The one door to a [`Monitor`]: raw fields in, valid values or complaints out.
//!
//! `check` comes through here for every item of the config table, so nothing in this file compiles a
//! pattern or applies a schema; what costs time is done by `rules`, before a monitor is stored.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::credentials::references;
use crate::config::raw::text_forms::ChannelNameText;
use crate::config::raw::{RawAlert, RawBackoff, RawMonitor, RawRetry, RawRetryClass, RawSeverity};
use crate::config::rules::bounds;
use crate::config::rules::ip;
use crate::config::rules::maintenance;
use crate::config::rules::storable;
use crate::config::rules::timing::{self, Timing};
use crate::config::rules::tls;
use crate::config::rules::web;
use crate::config::schema::applies::{self, kind_of};
use crate::config::sizes;
use crate::kinds::{Built, KindName, OwnFields, Scrutiny};
use crate::monitor::{
    AlertPolicy, Backoff, ChannelName, Expectations, LatencyBounds, Monitor, MonitorId, Origin, Retry,
    RetryClass, Severity, Spec, Template, clip,
};
use crate::written::{Code, Path, Violation, read_resolver, template};

/// What is said of a stored item that breaks more rules than anybody reads about.
const MOST_VIOLATIONS: usize = 10;

/// Monitors that one may depend on.
const MOST_PARENTS: usize = 20;

/// A document as it is read, before its rules.
#[derive(Debug)]
pub struct RawDocument {
    pub shared: RawMonitor,
    /// Of its kind of check.
    pub own: OwnFields,
}

impl RawDocument {
    /// Fields that the kind does not have are passed over.
    pub fn read(kind: KindName, fields: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        let meant = references::unescaped(fields);
        Ok(Self { shared: RawMonitor::deserialize(meant.as_ref())?, own: kind.read(&meant)? })
    }

    /// One that says nothing.
    pub fn empty(kind: KindName) -> Self {
        Self { shared: RawMonitor::default(), own: kind.nothing() }
    }
}

/// The monitor of a stored spec, or everything that is wrong with it.
pub fn monitor_from_spec(id: MonitorId, spec: &Spec, origin: Origin) -> Result<Monitor, Vec<String>> {
    let fields = spec.fields();
    let RawDocument { shared, own } = RawDocument::read(kind_of(fields), fields)
        .map_err(|error| vec![clip(&error.to_string(), sizes::MESSAGE_CHARS)])?;
    let mut violations = Vec::new();
    // A hand may have written what no file could have brought there.
    storable::check(id.as_str(), fields, &mut violations);
    applies::check(fields, &mut violations);
    references::misplaced(fields, &mut violations);
    bounds::stored(&shared, &mut violations);
    let built = own.build(Scrutiny::Stored, &mut violations);
    match build(id, &shared, built, origin, &mut violations) {
        Some(monitor) if violations.is_empty() => Ok(monitor),
        Some(_) | None => {
            let words = |violation: Violation| clip(&violation.message, sizes::MESSAGE_CHARS);
            Err(violations.into_iter().take(MOST_VIOLATIONS).map(words).collect())
        }
    }
}

/// `None` if the URL is missing; with violations the monitor is not to be used.
pub fn build(
    id: MonitorId,
    raw: &RawMonitor,
    Built { ask, assertions }: Built,
    origin: Origin,
    violations: &mut Vec<Violation>,
) -> Option<Monitor> {
    let timing = timing::read(raw, violations);
    let kind = ask.kind();
    // What is not reached has no address.
    let url = if kind.in_place_of_url().is_some() { Some(Template::default()) } else { url(raw, violations) };
    let ip = ip::read(raw.ip, raw.url.as_deref(), violations);
    let resolver = read_resolver(raw.resolver.as_ref(), violations);
    let tls = tls::policy(raw.tls.as_ref(), violations);
    let depends_on = depends_on(raw, violations);
    let maintenance = maintenance::read(raw, violations);
    Some(Monitor {
        id,
        name: raw.name.clone(),
        description: raw.description.clone(),
        group: raw.group.clone().unwrap_or_default(),
        url: url?,
        ip,
        resolver,
        ask,
        interval: timing.interval,
        timeout: timing.timeout,
        retry: retry(raw.retry.as_ref(), &timing),
        tls,
        alert: alert(raw.alert.as_ref(), kind, &timing),
        expect: Expectations {
            latency: LatencyBounds { degraded: timing.degraded, down: timing.down },
            certificate: timing.certificate,
            assertions,
        },
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

fn alert(raw: Option<&RawAlert>, kind: KindName, timing: &Timing) -> AlertPolicy {
    let implied = AlertPolicy { failures: kind.failures(), ..AlertPolicy::default() };
    let Some(RawAlert { failures, successes, remind: _, severity, to, excerpt }) = raw else {
        return implied;
    };
    // What is no name was reported at its place.
    let names = to.iter().flatten().filter_map(|ChannelNameText(name)| ChannelName::parse(name).ok());
    let to: BTreeSet<_> = names.collect();
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
        to: if to.is_empty() { implied.to } else { to },
        excerpt: excerpt.unwrap_or(implied.excerpt),
    }
}

fn depends_on(raw: &RawMonitor, violations: &mut Vec<Violation>) -> BTreeSet<MonitorId> {
    let mut ids = BTreeSet::new();
    let number = raw.depends_on.as_ref().map_or(0, Vec::len);
    violations.extend(Violation::of_length("depends_on", number, MOST_PARENTS));
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
