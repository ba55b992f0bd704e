//! The JSON form of a message, for programs.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Alert, Message};

/// The version of the shape of [`record`].
pub const RECORD_FORMAT: u32 = 1;

/// The message as a JSON object. `at` is when it is sent.
pub fn record(message: &Message, at: Timestamp) -> Value {
    let Message { id, topic, group, severity, subject, body, alerts } = message;
    json!({
        "format_version": RECORD_FORMAT,
        "id": id,
        "at": at.to_string(),
        "topic": topic,
        "group": group,
        "severity": severity.to_string(),
        "subject": subject,
        "body": body,
        "alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
    })
}

fn alert(alert: &Alert) -> Value {
    let incident = alert.incident.as_ref().map(|incident| {
        json!({
            "n": incident.n,
            "opened_at": incident.opened_at.to_string(),
            "closed_at": incident.closed_at.map(|at| at.to_string()),
            "cause": incident.cause,
        })
    });
    json!({
        "id": alert.id,
        "monitor": alert.monitor.id.as_str(),
        "name": alert.monitor.title(),
        "news": alert.news.word(),
        "health": alert.health.as_str(),
        "since": alert.since.to_string(),
        "reasons": alert.reasons,
        "url": alert.monitor.url.to_string(),
        "team": alert.monitor.team,
        "runbook": alert.monitor.runbook,
        "source": alert.monitor.origin.source,
        "commit": alert.monitor.origin.commit,
        "incident": incident,
    })
}
