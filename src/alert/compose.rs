//! Alerts become messages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::parts::parts;
use super::{Alert, Notification, cause};
use crate::message::{Grouping, Message, Purpose};
use crate::monitor::{ChannelId, digest};

/// Groups of one channel that get messages of their own. SNS switches a mail subscription off where more than 10 come in
/// a second, and people do the same.
const GROUPS: usize = 5;

/// Alerts of one channel beyond which they are a storm, and share a message whatever their groups.
const LISTED: usize = 50;

/// What all messages of a run say.
#[derive(Debug, Clone, Copy)]
pub struct MessageContext<'a> {
    pub environment: Option<&'a str>,
    /// The name of this machine.
    pub machine: Option<&'a str>,
    pub now: Timestamp,
    /// From one run to the next.
    pub period: Duration,
}

/// Puts alerts into messages, the gravest first, and of those the longest pending. How alerts of one channel
/// share messages is a matter of its kind.
pub fn compose(alerts: Vec<Alert>, context: MessageContext<'_>) -> Vec<Notification> {
    let mut channels: BTreeMap<_, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        channels.entry(alert.route.channel.clone()).or_default().push(alert);
    }
    let of_channel = |(channel, alerts): (ChannelId, Vec<Alert>)| {
        let grouping = alerts.first().map_or(Grouping::Together, |alert| alert.route.grouping);
        let grouped = grouped(alerts, grouping).into_iter();
        grouped.filter_map(|alerts| notification(&channel, alerts, context)).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = channels.into_iter().flat_map(of_channel).collect();
    let since = |one: &Notification| one.alerts.iter().map(|alert| alert.since).min();
    all.sort_by_key(|one| (one.message.is_good(), Reverse(one.message.severity), since(one)));
    all
}

/// The alerts of one channel, by message.
fn grouped(alerts: Vec<Alert>, grouping: Grouping) -> Vec<Vec<Alert>> {
    match grouping {
        Grouping::Each { up_to } if alerts.len() <= up_to => {
            alerts.into_iter().map(|alert| vec![alert]).collect()
        }
        Grouping::Each { up_to: _ } | Grouping::Levels => vec![alerts],
        Grouping::Together => together(alerts),
        Grouping::Incidents { up_to } => incidents(alerts, up_to),
    }
}

/// An end that shares a message with too many others would have to wait for all of them.
fn incidents(alerts: Vec<Alert>, up_to: usize) -> Vec<Vec<Alert>> {
    let each = |alerts: Vec<Alert>| alerts.into_iter().map(|alert| vec![alert]).collect::<Vec<_>>();
    let (bad, ends): (Vec<_>, Vec<_>) = alerts.into_iter().partition(|alert| alert.kind.is_bad());
    let mut messages = if bad.len() > up_to { vec![bad] } else { each(bad) };
    if ends.len() > up_to {
        messages.extend(ends.chunks(up_to.max(1)).map(<[Alert]>::to_vec));
    } else {
        messages.extend(each(ends));
    }
    messages
}

fn together(alerts: Vec<Alert>) -> Vec<Vec<Alert>> {
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

/// The message of these alerts; `None` where there is none.
fn notification(
    channel: &ChannelId,
    mut alerts: Vec<Alert>,
    context: MessageContext<'_>,
) -> Option<Notification> {
    let MessageContext { environment, machine, now, period } = context;
    alerts.sort_by(|a, b| (a.kind, &a.monitor.id).cmp(&(b.kind, &b.monitor.id)));
    let message = Message {
        id: id(&alerts),
        channel: channel.name.to_string(),
        at: now,
        purpose: Purpose::Alert,
        environment: environment.map(str::to_owned),
        machine: machine.map(str::to_owned),
        severity: alerts.iter().map(Alert::severity).max()?,
        cause: cause::common_cause(&alerts),
        lasting: None,
        alerts: alerts.iter().map(|alert| parts(alert, now, period)).collect(),
    };
    Some(Notification { channel: channel.clone(), message, alerts })
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
