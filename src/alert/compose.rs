//! Alerts become messages.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::publication::{LIMIT, Publication};
use super::{Alert, Topic, words};
use crate::monitor::{Severity, digest};

/// One message to one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The alert's id, or one of its own for a message of many.
    pub id: String,
    pub topic: Topic,
    pub group: String,
    pub environment: Option<String>,
    /// The gravest of its alerts.
    pub severity: Severity,
    /// ASCII, short, no line break: what SNS takes for a mail.
    pub subject: String,
    pub body: String,
    /// The gravest news first, then by id.
    pub alerts: Vec<Alert>,
}

/// Where a message stands among those that tell the same news together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// From 1.
    pub number: usize,
    pub of: usize,
}

/// Puts alerts into messages, one per topic and group, the longest owed first. What is too much for one message
/// is put into several; nothing is left out. A FIFO topic keeps the order of each monitor's messages, so there
/// every alert has its own.
pub fn compose(alerts: Vec<Alert>, environment: Option<&str>, now: Timestamp) -> Vec<Message> {
    let mut groups: BTreeMap<_, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        let alone = alert.topic.is_fifo().then(|| alert.id.clone());
        let key = (alert.topic.clone(), alert.monitor.group.clone(), alone);
        groups.entry(key).or_default().push(alert);
    }
    let mut messages = Vec::new();
    for mut alerts in groups.into_values() {
        alerts.sort_by(|a, b| (a.news, &a.monitor.id).cmp(&(b.news, &b.monitor.id)));
        let parts = split(alerts, environment, now);
        let of = parts.len();
        let numbered = parts.into_iter().enumerate();
        let made =
            numbered.filter_map(|(i, alerts)| message(alerts, Part { number: i + 1, of }, environment, now));
        messages.extend(made);
    }
    messages.sort_by_key(|message| message.alerts.iter().map(|alert| alert.since).min());
    messages
}

/// Parts that fit, in the same order. One alert always does: its texts are bounded.
fn split(alerts: Vec<Alert>, environment: Option<&str>, now: Timestamp) -> Vec<Vec<Alert>> {
    let whole = message(alerts.clone(), Part { number: 1, of: 1 }, environment, now);
    let size = whole.map_or(0, |message| Publication::of(&message, now).size());
    if size <= LIMIT || alerts.len() < 2 {
        return vec![alerts];
    }
    let length = alerts.len().div_ceil(size.div_ceil(LIMIT).max(2));
    let chunks = alerts.chunks(length).map(<[Alert]>::to_vec);
    chunks.flat_map(|part| split(part, environment, now)).collect()
}

fn message(alerts: Vec<Alert>, part: Part, environment: Option<&str>, now: Timestamp) -> Option<Message> {
    let first = alerts.first()?;
    Some(Message {
        id: id(&alerts),
        topic: first.topic.clone(),
        group: first.monitor.group.clone(),
        environment: environment.map(str::to_owned),
        severity: alerts.iter().map(Alert::severity).max()?,
        subject: words::subject(&alerts, part, environment, now),
        body: words::body(&alerts, part, environment, now),
        alerts,
    })
}

/// The same alerts have the same id, whoever sends them and however often.
fn id(alerts: &[Alert]) -> String {
    match alerts {
        [only] => only.id.clone(),
        many => {
            let ids: Vec<_> = many.iter().map(|alert| alert.id.as_str()).collect();
            format!("digest.{}", digest(&ids.join(" ")).chars().take(16).collect::<String>())
        }
    }
}
