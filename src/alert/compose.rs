//! Alerts become messages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::notification::{LISTED, MessageDetail, PartNumber};
use super::publication::{LIMIT, Publication};
use super::{Alert, Notification, Topic, words};
use crate::monitor::digest;

/// Groups of one topic that get messages of their own. SNS switches a mail subscription off where more than 10 come in
/// a second, and people do the same.
const GROUPS: usize = 5;

/// What alerts of one message have in common.
#[derive(Debug, Clone, Copy)]
struct Digest<'a> {
    detail: MessageDetail,
    environment: Option<&'a str>,
    now: Timestamp,
}

/// Puts alerts into messages, one per topic and group, the gravest first, and of those the longest pending. Many groups of one topic share one, and
/// what is too much for one message is put into several; nothing is left out. A FIFO topic keeps the order of each
/// monitor's messages, so there every alert has its own.
pub fn compose(alerts: Vec<Alert>, environment: Option<&str>, now: Timestamp) -> Vec<Notification> {
    let mut topics: BTreeMap<_, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        topics.entry((alert.channel.clone(), alert.topic.clone())).or_default().push(alert);
    }
    let together = topics.into_iter().flat_map(|((_, topic), alerts)| together(&topic, alerts));
    let mut messages: Vec<_> = together
        .flat_map(|mut alerts| {
            alerts.sort_by(|a, b| (a.kind, &a.monitor.id).cmp(&(b.kind, &b.monitor.id)));
            let detail = MessageDetail::of(alerts.len());
            split(&alerts, Digest { detail, environment, now })
        })
        .collect();
    let since = |message: &Notification| message.alerts.iter().map(|alert| alert.since).min();
    let is_good = |message: &Notification| !message.alerts.iter().any(|alert| alert.kind.is_bad());
    messages.sort_by_key(|message| (is_good(message), Reverse(message.severity), since(message)));
    messages
}

/// The alerts of a topic that go into one message.
fn together(topic: &Topic, alerts: Vec<Alert>) -> Vec<Vec<Alert>> {
    if topic.is_fifo() {
        return alerts.into_iter().map(|alert| vec![alert]).collect();
    }
    let groups: BTreeSet<_> = alerts.iter().map(|alert| alert.monitor.group.as_str()).collect();
    if groups.len() > GROUPS || alerts.len() > LISTED {
        return vec![alerts];
    }
    let mut groups: BTreeMap<_, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        groups.entry(alert.monitor.group.clone()).or_default().push(alert);
    }
    groups.into_values().collect()
}

/// As few messages as will do, in the order of the alerts. One alert always fits: its texts are bounded.
fn split(alerts: &[Alert], digest: Digest<'_>) -> Vec<Notification> {
    let whole = parts(alerts, 1, digest);
    let size = whole.iter().map(|message| Publication::of(message, digest.now).size()).sum::<usize>();
    if size <= LIMIT || alerts.len() < 2 {
        return whole;
    }
    // Parts are not all of one size, and each has its own beginning.
    let mut number = size.div_ceil(LIMIT).max(2);
    loop {
        let parts = parts(alerts, number, digest);
        let fits = |message: &Notification| Publication::of(message, digest.now).size() <= LIMIT;
        if parts.iter().all(fits) || number >= alerts.len() {
            return parts;
        }
        number += 1 + number / 16;
    }
}

/// About `number` messages of about as many alerts each.
fn parts(alerts: &[Alert], number: usize, digest: Digest<'_>) -> Vec<Notification> {
    let chunks: Vec<_> = alerts.chunks(alerts.len().div_ceil(number).max(1)).collect();
    let of = chunks.len();
    let numbered = chunks.into_iter().zip(1..);
    numbered.filter_map(|(alerts, number)| message(alerts, PartNumber { number, of }, digest)).collect()
}

fn message(alerts: &[Alert], part: PartNumber, digest: Digest<'_>) -> Option<Notification> {
    let Digest { detail, environment, now } = digest;
    Some(Notification {
        id: id(alerts),
        channel: alerts.first()?.channel.clone(),
        topic: alerts.first()?.topic.clone(),
        groups: alerts.iter().map(|alert| alert.monitor.group.clone()).collect(),
        environment: environment.map(str::to_owned),
        severity: alerts.iter().map(Alert::severity).max()?,
        detail,
        subject: words::subject(alerts, part, environment, now),
        body: words::body(alerts, detail, part, environment, now),
        alerts: alerts.to_vec(),
    })
}

/// The same alerts have the same id, whichever run sends them and however often.
fn id(alerts: &[Alert]) -> String {
    match alerts {
        [only] => only.id.clone(),
        many => {
            let ids: Vec<_> = many.iter().map(|alert| alert.id.as_str()).collect();
            format!("digest.{}", digest(&ids.join(" ")).chars().take(16).collect::<String>())
        }
    }
}
