//! How a monitor is watched, in words: what is sent, what must hold, and when it alerts. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::shown::shown;
use crate::monitor::{
    CertificateBounds, Expectations, IpChoice, IpVersion, LatencyBounds, Monitor, Pem, TlsPolicy, TlsVersion,
    Trust, count, format_duration, rough_duration, rough_limit,
};
use crate::plan::{best_time_to_alert, worst_time_to_alert};
use crate::report::page::wording::{length, moment};
use crate::suppress::next_window;

/// A word, and the sentences that belong to it.
pub struct PolicyLine {
    pub term: &'static str,
    pub sentences: Vec<String>,
}

/// Everything that decides about a monitor, where runs come in every `period`.
pub fn policy_lines(monitor: &Monitor, period: Duration, now: Timestamp) -> Vec<PolicyLine> {
    let lines = [
        ("Probed", probed(monitor)),
        ("Sends", sent(monitor)),
        ("Expects", expected(monitor)),
        ("TLS", session(&monitor.tls)),
        ("Confirmed", vec![confirmed(monitor)]),
        ("Alerts", alerts(monitor, period)),
        ("Depends on", monitor.depends_on.iter().map(ToString::to_string).collect()),
        ("Maintenance", maintenance(monitor, now)),
    ];
    let line = |(term, sentences)| PolicyLine { term, sentences };
    lines.into_iter().map(line).filter(|line| !line.sentences.is_empty()).collect()
}

fn probed(monitor: &Monitor) -> Vec<String> {
    if monitor.ask.beat_rule().is_some() {
        return vec!["Each run looks at the beats.".to_owned()];
    }
    let mut sentences = vec![format!(
        "Every {}. An attempt ends after {}.",
        format_duration(monitor.interval),
        format_duration(monitor.timeout)
    )];
    let retry = &monitor.retry;
    if retry.attempts > 0 {
        let attempts = count(usize::from(retry.attempts), "further attempt");
        sentences.push(format!("Up to {attempts}, the first one after {}.", format_duration(retry.wait)));
    }
    sentences.extend(match monitor.ip {
        IpChoice::Any => None,
        IpChoice::Only(IpVersion::V4) => Some("Over IPv4 only.".to_owned()),
        IpChoice::Only(IpVersion::V6) => Some("Over IPv6 only.".to_owned()),
        IpChoice::Both => Some("Over IPv6 and over IPv4.".to_owned()),
    });
    sentences.extend(monitor.resolver.map(|server| format!("Names are looked up at {server}.")));
    sentences
}

/// Which parts are sent beside the URL, and to whom if not to the endpoint. What they hold may be a credential, so of that
/// only the references are shown.
fn sent(monitor: &Monitor) -> Vec<String> {
    let lines = monitor.ask.sent().into_iter().map(|one| {
        let names = [one.field, one.key].into_iter().filter(|name| !name.is_empty()).map(str::to_owned);
        let references = one.text.secrets().map(ToString::to_string);
        // The URL of a proxy is what is sent to it.
        let to = match (one.to.server(), one.to.relay()) {
            (Some(url), None) => Some(format!("to {url}")),
            (_, Some(url)) if url.secrets().next().is_none() => Some(url.to_string()),
            (_, Some(_)) | (None, None) => None,
        };
        shown(&names.chain(references).chain(to).collect::<Vec<_>>().join(" "))
    });
    lines.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whom the monitor trusts, and as whom it shows itself.
fn session(policy: &TlsPolicy) -> Vec<String> {
    let TlsPolicy { trust, client, server_name, min } = policy;
    let place = |pem: &Pem| match pem {
        Pem::File(path) => path.clone(),
        Pem::Secret(template) => template.to_string(),
    };
    let trust = match trust {
        Trust::System => None,
        Trust::Only(pem) => Some(format!("It trusts only the certificates in {}.", place(pem))),
        Trust::Anyone => Some("It accepts any certificate.".to_owned()),
    };
    let client = client.as_ref().map(|client| {
        let (certificate, key) = (place(&client.certificate), place(&client.key));
        format!("It shows the certificate in {certificate}, with the key in {key}.")
    });
    let name = server_name.as_ref().map(|name| format!("The certificate must be for {name}."));
    let min = (*min != TlsVersion::default()).then(|| format!("No version before {}.", min.as_str()));
    [trust, client, name, min].into_iter().flatten().map(|line| shown(&line)).collect()
}

fn expected(monitor: &Monitor) -> Vec<String> {
    let Expectations { latency, certificate, assertions } = &monitor.expect;
    let by_kind = monitor.ask.expected().into_iter();
    let by_kind = by_kind.map(|(subject, words)| shown(&format!("{}: {words}", subject.field())));
    let assertion = assertions.iter().map(|assertion| {
        let mut must = Vec::with_capacity(assertion.must.len());
        for comparison in &assertion.must {
            must.push(comparison.expectation());
        }
        // Of a list, the field alone does not say which entry it is.
        let field = assertion.field();
        let part = if field.ends_with(&assertion.part) { "" } else { &assertion.part };
        let gap = if part.is_empty() { "" } else { " " };
        shown(&format!("{field}{gap}{part}: {}", must.join(", and ")))
    });
    let LatencyBounds { degraded, down } = latency;
    let slow = [("degraded", degraded), ("DOWN", down)].into_iter().filter_map(|(state, bound)| {
        Some(format!("An answer that takes {} or longer is {state}.", format_duration((*bound)?)))
    });
    let CertificateBounds { degraded, down } = certificate;
    let expiry = [("degraded", degraded), ("DOWN", down)].into_iter().filter_map(|(state, bound)| {
        Some(format!("Within {} of the end of the certificate it is {state}.", format_duration((*bound)?)))
    });
    by_kind.chain(assertion).chain(slow).chain(expiry).collect()
}

fn confirmed(monitor: &Monitor) -> String {
    let times = |number: u32| match number {
        1 => "1 result".to_owned(),
        _ => format!("{number} results in a row"),
    };
    let alert = &monitor.alert;
    format!("It is worse after {}, and better after {}.", times(alert.failures), times(alert.successes))
}

/// The same times as `explain` has them.
fn alerts(monitor: &Monitor, period: Duration) -> Vec<String> {
    let alert = &monitor.alert;
    let channels: Vec<_> = alert.to.iter().map(ToString::to_string).collect();
    let soonest = rough_duration(best_time_to_alert(monitor, period));
    let latest = rough_limit(worst_time_to_alert(monitor, period));
    let time = if monitor.ask.beat_rule().is_some() {
        format!("At the latest {latest} after its last beat.")
    } else {
        format!("{soonest} to {latest} (worst case) after it stops answering.")
    };
    let mut sentences = vec![format!("Severity {}, to {}.", alert.severity, channels.join(", ")), time];
    sentences
        .extend(alert.remind.map(|remind| format!("A first reminder after {}.", format_duration(remind))));
    sentences
}

fn maintenance(monitor: &Monitor, now: Timestamp) -> Vec<String> {
    let under_way = monitor.is_in_maintenance(now).then(|| "Under way.".to_owned());
    let next = next_window(monitor, now).map(|(span, reason)| {
        let lasts = length(span.to.duration_since(span.from).as_secs());
        let reason = reason.map(|reason| format!(": {}", shown(reason))).unwrap_or_default();
        format!("Next {}, for {lasts}{reason}", moment(span.from))
    });
    under_way.into_iter().chain(next).collect()
}
