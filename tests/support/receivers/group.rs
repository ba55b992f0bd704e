//! What Alertmanager sends to a webhook of its own: groups of alerts.
//!
//! <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>

use serde_json::Value;

use super::{Accepted, Answer, Request, Service, Verdict};

/// Takes every group; each alert in it counts as a message.
#[derive(Default)]
pub struct AlertGroups {
    groups: Vec<Value>,
}

impl AlertGroups {
    /// Each notification, in order.
    pub fn groups(&self) -> &[Value] {
        &self.groups
    }
}

impl Service for AlertGroups {
    fn path(&self) -> String {
        "/groups".to_owned()
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        let Some(group) = request.json().filter(|group| group["version"] == "4") else {
            return Verdict::Refused(Answer::text(400, "no group of version 4"));
        };
        let alerts = group["alerts"].as_array().into_iter().flatten().map(message).collect();
        self.groups.push(group);
        Verdict::Accepted(Answer::text(200, ""), alerts)
    }

    /// Alertmanager retries 5xx and 429.
    fn busy(&self, after: u32) -> Answer {
        Answer::text(429, "Too Many Requests").with("retry-after", &after)
    }
}

fn message(alert: &Value) -> Accepted {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (state, labels) = (text(&alert["status"]), &alert["labels"]);
    let id = format!("{state} {}", text(&alert["fingerprint"]));
    let read = format!("{state}: {} {}", text(&labels["alertname"]), text(&labels["monitor"]));
    Accepted::new(Some(&id), read, alert)
}
