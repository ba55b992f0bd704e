//! Prometheus Alertmanager, which groups, routes and repeats by itself. Pure.
//!
//! It takes levels: every run posts all that is not good with a time at which it would end by itself, and what recovered
//! with the time at which it did. Alerts with the same labels are one alert. <https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml>

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Channel, ChannelLimits, ChannelRequest, HttpRequest, SecretText};
use crate::message::{AlertParts, Grouping, HEADLINE, LevelParts, Message, Purpose, cut};
use crate::monitor::is_hidden;
use crate::written::{Code, Path, Violation};

/// The name of every alert: a label, so the same for DEGRADED and DOWN.
const NAME: &str = "MonitorDown";

/// Labels that are ours.
const OURS: &[&str] = &["alertname", "monitor", "group", "team", "severity", "environment", "test"];

/// Labels of one channel, and bytes of a name and of a value: the row of a monitor keeps them while an alert lasts.
const LABELS: usize = 10;
const LABEL: usize = 100;

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
    #[schemars(example = &"monitorctl")]
    pub user: Option<SecretText>,
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
        let AlertmanagerSettings { url, labels: _, user, password } = settings;
        let pairs = [("user", user.as_mut()), ("password", password.as_mut())].into_iter();
        let pairs = pairs.filter_map(|(field, text)| Some((field, text?)));
        std::iter::once(("url", url)).chain(pairs).collect()
    }

    fn check(settings: &AlertmanagerSettings, at: &Path, violations: &mut Vec<Violation>) {
        super::rules::check_url(&settings.url, &at.key("url"), violations);
        check_labels(settings.labels.iter().flatten(), &at.key("labels"), violations);
        if settings.user.is_some() != settings.password.is_some() {
            let message = format!("`{at}` needs `user` and `password`, or neither");
            violations.push(Violation::new(Code::Contradiction, at.clone(), message));
        }
    }

    fn labels(settings: &AlertmanagerSettings) -> BTreeMap<String, String> {
        settings.labels.clone().unwrap_or_default()
    }

    fn render(settings: &AlertmanagerSettings, message: &Message) -> Vec<ChannelRequest> {
        let url = SecretText::new(format!("{}/api/v2/alerts", settings.url.reveal().trim_end_matches('/')));
        // Each alert is bounded, so only their number makes a request large.
        let requests = message.alerts.chunks(ALERTS).map(|alerts| {
            let alerts: Vec<_> = alerts.iter().map(|alert| posted(message, alert)).collect();
            ChannelRequest::Http(HttpRequest {
                url: url.clone(),
                headers: authorization(settings).into_iter().collect(),
                body: SecretText::new(Value::from(alerts).to_string()),
            })
        });
        requests.collect()
    }
}

fn check_labels<'a>(
    labels: impl Iterator<Item = (&'a String, &'a String)>,
    at: &Path,
    violations: &mut Vec<Violation>,
) {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let mut count = 0;
    for (name, value) in labels {
        count += 1;
        let path = at.key(name);
        let is_name = name.starts_with(first) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if OURS.contains(&name.as_str()) {
            let message = format!("`{path}`: monitorctl sets this label itself");
            violations.push(Violation::new(Code::Contradiction, path, message).on_key());
        } else if !is_name {
            let message = format!("`{path}`: a label has letters, digits and '_', and begins with no digit");
            violations.push(Violation::new(Code::BadFormat, path, message).on_key());
        } else if name.len().max(value.len()) > LABEL {
            let message = format!("`{path}`: the name and the value have at most {LABEL} bytes each");
            violations.push(Violation::new(Code::OutOfBounds, path, message));
        }
    }
    if count > LABELS {
        let message = format!("`{at}` has at most {LABELS} labels, found {count}");
        violations.push(Violation::new(Code::OutOfBounds, at.clone(), message));
    }
}

/// RFC 7617.
fn authorization(settings: &AlertmanagerSettings) -> Option<(&'static str, SecretText)> {
    let (user, password) = settings.user.as_ref().zip(settings.password.as_ref())?;
    let pair = STANDARD.encode(format!("{}:{}", user.reveal(), password.reveal()));
    Some(("authorization", SecretText::new(format!("Basic {pair}"))))
}

fn posted(message: &Message, alert: &AlertParts) -> Value {
    let LevelParts { labels: _, starts_at, ends_at } = &alert.level;
    json!({
        "labels": labels(message, alert),
        "annotations": annotations(message, alert),
        "startsAt": starts_at.to_string(),
        "endsAt": ends_at.to_string(),
    })
}

/// They say which alert it is. What may change while it lasts, such as the health, is an annotation.
fn labels(message: &Message, alert: &AlertParts) -> Map<String, Value> {
    let test = match message.purpose {
        Purpose::Alert => String::new(),
        Purpose::Test => "true".to_owned(),
    };
    let ours = [
        ("alertname", NAME.to_owned()),
        ("environment", message.environment.clone().unwrap_or_default()),
        ("test", test),
    ];
    let ours = ours.into_iter().map(|(name, value)| (name.to_owned(), value));
    // An empty label is none.
    let labels = alert.level.labels.clone().into_iter().chain(ours).filter(|(_, value)| !value.is_empty());
    labels.map(|(name, value)| (name, visible(&value).into())).collect()
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
        ("health", alert.record.health.as_str().to_owned()),
        ("alert_id", alert.record.id.clone()),
    ];
    let all = all.into_iter().filter(|(_, value)| !value.is_empty());
    all.map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}
