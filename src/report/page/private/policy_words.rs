//! How a monitor is watched, in words: what is sent, what must hold, and when it alerts. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::shown::shown;
use crate::monitor::{
    CertificateBounds, Expectations, IpChoice, IpVersion, LatencyBounds, Monitor, count, format_duration,
    rough_duration, rough_limit,
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
        ("Expects", expected(&monitor.expect)),
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

/// Which parts are sent beside the URL. What they hold may be a credential, so it is not shown.
fn sent(monitor: &Monitor) -> Vec<String> {
    let sent = monitor.ask.sent();
    let name =
        |field: &str, key: &str| if key.is_empty() { field.to_owned() } else { format!("{field} {key}") };
    let parts: BTreeSet<_> = sent.iter().map(|one| name(one.field, one.key)).collect();
    parts.into_iter().map(|part| shown(&part)).collect()
}

fn expected(expect: &Expectations) -> Vec<String> {
    let Expectations { latency, certificate, assertions } = expect;
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
    assertion.chain(slow).chain(expiry).collect()
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
