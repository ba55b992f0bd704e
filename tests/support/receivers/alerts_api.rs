//! The API of Alertmanager that takes alerts, for tests of failures; Alertmanager itself is in `tests/support/alertmanager`.
//!
//! <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>, `postableAlerts`, and
//! `postAlertsHandler` in `api/v2/api.go`. What is valid: `Alert.Validate` in
//! <https://github.com/prometheus/common/blob/main/model/alert.go>.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::{Accepted, Answer, Request, Service, Verdict};

type Labels = BTreeMap<String, String>;

/// `resolve_timeout`, where an alert has no end.
const RESOLVE_TIMEOUT: Duration = Duration::from_mins(5);

#[derive(Default)]
pub struct AlertsApi {
    /// By its labels, which are its identity: until when it fires.
    alerts: BTreeMap<Labels, Timestamp>,
}

/// An alert as it is parsed; what is not named here is ignored.
#[derive(Deserialize)]
struct PostedAlert {
    labels: Option<Labels>,
    annotations: Option<Labels>,
    #[serde(rename = "startsAt", default, deserialize_with = "time")]
    starts_at: Option<Timestamp>,
    #[serde(rename = "endsAt", default, deserialize_with = "time")]
    ends_at: Option<Timestamp>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

impl AlertsApi {
    /// What fires at this time.
    pub fn firing(&self, now: Timestamp) -> Vec<Labels> {
        self.alerts.iter().filter(|(_, ends)| **ends > now).map(|(labels, _)| labels.clone()).collect()
    }
}

impl Service for AlertsApi {
    fn path(&self) -> String {
        "/api/v2/alerts".to_owned()
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if request.path != self.path() {
            return refused(404, 404, &format!("path {} was not found", request.path));
        }
        let alerts = match parsed(request) {
            Ok(alerts) => alerts,
            Err(verdict) => return verdict,
        };
        let (mut accepted, mut errors) = (Vec::new(), Vec::new());
        let now = Timestamp::now();
        // "Make a best effort to insert all alerts that are valid."
        for (alert, body) in &alerts {
            match valid(alert, now) {
                Ok((labels, ends)) => {
                    let state = if ends > now { "firing" } else { "resolved" };
                    let pairs: Vec<_> =
                        labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    let text = format!("{state}: {}", pairs.join(" "));
                    accepted.push(Accepted::new(Some(&text), text.clone(), body));
                    self.alerts.insert(labels, ends);
                }
                Err(error) => errors.push(error),
            }
        }
        match (&errors[..], &accepted[..]) {
            ([], _) => Verdict::Accepted(Answer::text(200, ""), accepted),
            (_, []) => Verdict::Refused(Answer::json(400, &json!(errors.join("; ")))),
            _ => Verdict::Accepted(Answer::json(400, &json!(errors.join("; "))), accepted),
        }
    }

    /// Alertmanager itself has no such limit; a proxy in front of it may.
    fn busy(&self, after: u32) -> Answer {
        Answer::text(429, "Too Many Requests").with("retry-after", &after)
    }
}

fn refused(status: u16, code: u16, message: &str) -> Verdict {
    Verdict::Refused(Answer::json(status, &json!({"code": code, "message": message})))
}

/// What the generated part of the API checks; a single fault refuses the whole request.
fn parsed(request: &Request) -> Result<Vec<(PostedAlert, Value)>, Verdict> {
    let kind = request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/json") {
        let message = format!("unsupported media type \"{kind}\", only [application/json] are allowed");
        return Err(refused(415, 415, &message));
    }
    if request.body.is_empty() {
        return Err(refused(422, 602, "alerts in body is required"));
    }
    let unreadable = |error: serde_json::Error| {
        refused(400, 400, &format!("parsing alerts body from \"\" failed, because {error}"))
    };
    let bodies: Vec<Value> = serde_json::from_slice(&request.body).map_err(unreadable)?;
    let mut alerts = Vec::new();
    for (number, body) in bodies.into_iter().enumerate() {
        let alert = PostedAlert::deserialize(&body).map_err(unreadable)?;
        alerts.push((number, alert, body));
    }
    for (number, alert, _) in &alerts {
        if alert.labels.is_none() {
            return Err(refused(422, 602, &format!("{number}.labels in body is required")));
        }
        let link = alert.generator_url.as_deref().unwrap_or_default();
        // An address, or a path.
        if !link.is_empty() && !link.starts_with('/') && url::Url::parse(link).is_err() {
            let message = format!("{number}.generatorURL in body must be of type uri: \"{link}\"");
            return Err(refused(422, 601, &message));
        }
    }
    Ok(alerts.into_iter().map(|(_, alert, body)| (alert, body)).collect())
}

/// What Alertmanager checks of each alert: its labels, and until when it fires.
fn valid(alert: &PostedAlert, now: Timestamp) -> Result<(Labels, Timestamp), String> {
    let starts = alert.starts_at.or(alert.ends_at).unwrap_or(now);
    let ends = alert.ends_at.unwrap_or(now + RESOLVE_TIMEOUT);
    let mut labels = alert.labels.clone().unwrap_or_default();
    // An empty label is none.
    labels.retain(|_, value| !value.is_empty());
    if ends < starts {
        return Err("start time must be before end time".to_owned());
    }
    check_names(&labels).map_err(|name| format!("invalid label set: invalid name \"{name}\""))?;
    if labels.is_empty() {
        return Err("at least one label pair required".to_owned());
    }
    let annotations = alert.annotations.clone().unwrap_or_default();
    check_names(&annotations).map_err(|name| format!("invalid annotations: invalid name \"{name}\""))?;
    Ok((labels, ends))
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`; gives the first that is none.
fn check_names(pairs: &Labels) -> Result<(), &str> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    pairs.keys().find(|name| !is_name(name)).map_or(Ok(()), |name| Err(name))
}
