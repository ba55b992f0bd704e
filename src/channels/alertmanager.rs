//! Prometheus Alertmanager, which groups, routes and repeats by itself. Pure.
//!
//! It takes levels: every run posts all that is not good with a time at which it would end by itself, and what recovered
//! with the time at which it did. <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Channel, ChannelLimits, ChannelRequest, HttpRequest, SecretText};
use crate::message::{AlertParts, Grouping, HEADLINE, Message, Purpose, SeverityWord, cut};
use crate::monitor::is_hidden;
use crate::written::{Code, Path, Violation};

/// The shortest time after which an alert ends unless a run posts it again.
const SHORTEST: Duration = Duration::from_mins(10);

/// Probes that may be missed in that time.
const MISSED: u32 = 3;

/// Alerts of one request.
const ALERTS: usize = 50;

/// UTF-16 units of an annotation.
const ANNOTATION: usize = 500;

#[derive(Debug)]
pub struct AlertmanagerChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertmanagerSettings {
    /// URL of Alertmanager, without /api/v2.
    #[schemars(example = &"http://10.0.0.5:9093")]
    pub url: SecretText,
    /// Labels for every alert, beside alertname, monitor, group, team, severity and environment.
    #[schemars(example = serde_json::json!({"cluster": "eu"}))]
    pub labels: Option<BTreeMap<String, String>>,
    /// User name, if it asks for one.
    pub user: Option<String>,
    /// Password, as a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/alertmanager}")]
    pub password: Option<SecretText>,
}

impl Channel for AlertmanagerChannel {
    const KIND: &'static str = "alertmanager";
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Levels,
        bytes: 1 << 20,
        pace: Duration::ZERO,
        texts: &[],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["password"];

    type Settings = AlertmanagerSettings;

    fn secrets(settings: &mut AlertmanagerSettings) -> Vec<(&'static str, &mut SecretText)> {
        let AlertmanagerSettings { url, labels: _, user: _, password } = settings;
        let password = password.as_mut().map(|password| ("password", password));
        std::iter::once(("url", url)).chain(password).collect()
    }

    fn check(settings: &AlertmanagerSettings, at: &Path, violations: &mut Vec<Violation>) {
        super::rules::check_url(&settings.url, &at.key("url"), violations);
        let first = |c: char| c.is_ascii_alphabetic() || c == '_';
        for name in settings.labels.iter().flatten().map(|(name, _)| name) {
            let is_name =
                name.starts_with(first) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !is_name {
                let path = at.key("labels").key(name);
                let message =
                    format!("`{path}`: a label has letters, digits and '_', and begins with no digit");
                violations.push(Violation::new(Code::BadFormat, path, message).on_key());
            }
        }
        if settings.user.is_some() != settings.password.is_some() {
            let message = format!("`{at}` needs `user` and `password`, or neither");
            violations.push(Violation::new(Code::Contradiction, at.clone(), message));
        }
    }

    fn render(settings: &AlertmanagerSettings, message: &Message) -> Vec<ChannelRequest> {
        let url = SecretText::new(format!("{}/api/v2/alerts", settings.url.reveal().trim_end_matches('/')));
        // Each alert is bounded, so only their number makes a request large.
        let requests = message.alerts.chunks(ALERTS).map(|alerts| {
            let alerts: Vec<_> = alerts.iter().map(|alert| posted(settings, message, alert)).collect();
            ChannelRequest::Http(HttpRequest {
                url: url.clone(),
                headers: authorization(settings).into_iter().collect(),
                body: SecretText::new(Value::from(alerts).to_string()),
            })
        });
        requests.collect()
    }
}

/// RFC 7617.
fn authorization(settings: &AlertmanagerSettings) -> Option<(&'static str, SecretText)> {
    let (user, password) = settings.user.as_ref().zip(settings.password.as_ref())?;
    let pair = STANDARD.encode(format!("{user}:{}", password.reveal()));
    Some(("authorization", SecretText::new(format!("Basic {pair}"))))
}

fn posted(settings: &AlertmanagerSettings, message: &Message, alert: &AlertParts) -> Value {
    let record = &alert.record;
    let began = record.incident.as_ref().map_or(&record.since, |incident| &incident.opened_at);
    let ended =
        record.incident.as_ref().and_then(|incident| incident.closed_at.as_ref()).unwrap_or(&record.since);
    let ends =
        if record.kind.is_bad() { expires(message.at, alert.interval).to_string() } else { ended.clone() };
    json!({
        "labels": labels(settings, message, alert),
        "annotations": annotations(message, alert),
        "startsAt": began,
        "endsAt": ends,
    })
}

fn expires(now: Timestamp, interval: Duration) -> Timestamp {
    let after = (interval * MISSED).max(SHORTEST);
    now.checked_add(after).unwrap_or(now)
}

/// They say which alert it is, so none of them may change while it lasts: neither the health nor its severity.
fn labels(settings: &AlertmanagerSettings, message: &Message, alert: &AlertParts) -> Map<String, Value> {
    let record = &alert.record;
    let own = settings.labels.iter().flatten().map(|(name, value)| (name.as_str(), value.clone()));
    let test = match message.purpose {
        Purpose::Alert => String::new(),
        Purpose::Test => "true".to_owned(),
    };
    let ours = [
        ("alertname", "MonitorDown".to_owned()),
        ("monitor", record.monitor.clone()),
        ("group", record.group.clone()),
        ("team", record.team.clone().unwrap_or_default()),
        ("severity", SeverityWord::from(alert.severity).as_str().to_owned()),
        ("environment", message.environment.clone().unwrap_or_default()),
        ("test", test),
    ];
    // An empty label is none.
    let labels = own.chain(ours).filter(|(_, value)| !value.is_empty());
    labels.map(|(name, value)| (name.to_owned(), visible(&value).into())).collect()
}

fn annotations(message: &Message, alert: &AlertParts) -> Map<String, Value> {
    let facts =
        alert.facts.iter().map(|fact| format!("{}: {}", fact.label, visible(&cut(&fact.value, ANNOTATION))));
    let steps = alert.next.iter().map(|step| step.command.clone());
    let runbook = alert.links.iter().map(|link| visible(&link.url)).next().unwrap_or_default();
    let all = [
        ("summary", message.headline_of(alert, HEADLINE)),
        ("description", cut(&facts.collect::<Vec<_>>().join("\n"), 4 * ANNOTATION)),
        ("next_steps", steps.collect::<Vec<_>>().join("\n")),
        ("runbook_url", runbook),
        ("alert_id", alert.record.id.clone()),
    ];
    let all = all.into_iter().filter(|(_, value)| !value.is_empty());
    all.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}
