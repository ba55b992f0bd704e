//! Alerts, and the messages that carry them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{News, Told, words};
use crate::monitor::{Monitor, Severity, digest};
use crate::observation::{Fault, Phases};
use crate::transition::{Confirmed, Health, Incident};
use crate::verdict::Judgement;

/// One monitor's news, with everything a reader at 3 am needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// `<monitor>.<g>.<k>`: the same for every attempt to tell the same change.
    pub id: String,
    pub monitor: Monitor,
    pub news: News,
    /// The confirmed change that is told.
    pub k: u64,
    pub health: Health,
    pub since: Timestamp,
    pub incident: Option<Incident>,
    /// Why it is not good, one line each; empty for good news.
    pub reasons: Vec<String>,
    pub phases: Option<Phases>,
    /// Confirmed changes that nobody was told of before this one.
    pub untold: u64,
}

/// One message to one topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The alert's id, or one of its own for a message of many.
    pub id: String,
    /// A name from the settings, or an ARN.
    pub topic: String,
    pub group: String,
    /// The gravest of its alerts.
    pub severity: Severity,
    /// ASCII, at most 100 characters, no line break: what SNS takes for a mail.
    pub subject: String,
    pub body: String,
    /// The gravest news first, then by id.
    pub alerts: Vec<Alert>,
}

impl Alert {
    /// The alert for one change. `judgement` is this run's, if the monitor was probed in it; `why` is the
    /// stored reason for when it was not.
    pub fn new(
        monitor: &Monitor,
        g: &str,
        confirmed: &Confirmed,
        told: &Told,
        news: News,
        judgement: Option<&Judgement>,
        why: &str,
    ) -> Self {
        let bad = matches!(news, News::Down | News::NeverUp | News::Degraded);
        let faults = judgement.map_or(&[][..], |judgement| judgement.faults.as_slice());
        let reasons = match (bad, faults) {
            (false, _) => Vec::new(),
            (true, []) => Some(why.to_owned()).filter(|why| !why.is_empty()).into_iter().collect(),
            (true, faults) => faults.iter().map(Fault::to_string).collect(),
        };
        Self {
            id: format!("{}.{g}.{}", monitor.id, confirmed.k),
            monitor: monitor.clone(),
            news,
            k: confirmed.k,
            health: confirmed.health,
            since: confirmed.since,
            // An incident that ended before the last message is none of this one's business.
            incident: confirmed
                .incident
                .clone()
                .filter(|incident| incident.closed_at.is_none_or(|closed| closed > told.at)),
            reasons,
            phases: judgement.map(|judgement| judgement.phases),
            untold: (confirmed.k - told.k).saturating_sub(1),
        }
    }
}

impl Alert {
    /// What people know once this was accepted at `at`.
    pub fn told(&self, at: Timestamp) -> Told {
        Told { k: self.k, health: self.health, at, reminders: 0 }
    }
}

/// Puts alerts into messages, one per topic and group, the longest owed first.
pub fn compose(alerts: Vec<Alert>, environment: Option<&str>, now: Timestamp) -> Vec<Message> {
    let mut groups: BTreeMap<(String, String), Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        let key = (alert.monitor.alert.topic.clone(), alert.monitor.group.clone());
        groups.entry(key).or_default().push(alert);
    }
    let mut messages: Vec<_> = groups
        .into_iter()
        .map(|((topic, group), mut alerts)| {
            alerts.sort_by(|a, b| (a.news, &a.monitor.id).cmp(&(b.news, &b.monitor.id)));
            let id = match alerts.as_slice() {
                [only] => only.id.clone(),
                many => {
                    let ids: Vec<_> = many.iter().map(|alert| alert.id.as_str()).collect();
                    format!("digest.{}", digest(&ids.join(" ")).chars().take(16).collect::<String>())
                }
            };
            Message {
                id,
                topic,
                severity: alerts.iter().map(severity).max().unwrap_or(Severity::Info),
                subject: words::subject(&alerts, &group, environment),
                body: words::body(&alerts, environment, now),
                group,
                alerts,
            }
        })
        .collect();
    messages.sort_by_key(|message| message.alerts.iter().map(|alert| alert.since).min());
    messages
}

/// Slow is not down: what merely works less well is never more than a warning.
fn severity(alert: &Alert) -> Severity {
    match alert.news {
        News::Degraded => alert.monitor.alert.severity.min(Severity::Warning),
        News::Down | News::NeverUp | News::Up | News::Over => alert.monitor.alert.severity,
    }
}
