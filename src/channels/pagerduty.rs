//! PagerDuty, by its Events API v2. Pure.
//!
//! Requests and answers: <https://developer.pagerduty.com/docs/send-alert-event>. Limits:
//! <https://developer.pagerduty.com/docs/events-api-v2-overview>.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::escape::is_plain_url;
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, SecretText, TextLimit};
use crate::message::{AlertParts, Grouping, Message, MessageLink, NextStep, cut, cut_middle};
use crate::monitor::is_hidden;

/// Units of a summary, and of a key.
const SUMMARY: usize = 1_024;
const KEY: usize = 255;

/// Alerts that have an incident each. PagerDuty takes about 120 events a minute, and no one answers 50 calls.
const EACH: usize = 50;

#[derive(Debug)]
pub struct PagerDutyChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PagerDutySettings {
    /// Integration key of a service (Events API v2), as a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/pagerduty}")]
    pub key: SecretText,
    /// Service region of the account.
    #[schemars(extend("default" = "us"))]
    pub region: Option<ServiceRegion>,
    /// Another address for events, such as a proxy of yours.
    #[schemars(example = &"https://events.pagerduty.com")]
    pub server: Option<String>,
}

/// Where an account of PagerDuty lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ServiceRegion {
    Us,
    Eu,
}

impl Channel for PagerDutyChannel {
    const KIND: &'static str = "pagerduty";
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Incidents { up_to: EACH },
        bytes: 512_000,
        pace: Duration::from_millis(500),
        texts: &[
            TextLimit { path: "payload/summary", each: SUMMARY, all: SUMMARY },
            TextLimit { path: "dedup_key", each: KEY, all: KEY },
        ],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["key"];

    type Settings = PagerDutySettings;

    fn secrets(settings: &mut PagerDutySettings) -> Vec<(&'static str, &mut SecretText)> {
        vec![("key", &mut settings.key)]
    }

    fn render(settings: &PagerDutySettings, message: &Message) -> Vec<ChannelRequest> {
        let server = match (&settings.server, settings.region) {
            (Some(server), _) => server.trim_end_matches('/'),
            (None, Some(ServiceRegion::Eu)) => "https://events.eu.pagerduty.com",
            (None, Some(ServiceRegion::Us) | None) => "https://events.pagerduty.com",
        };
        let url = SecretText::new(format!("{server}/v2/enqueue"));
        let layout = |sheet: &Sheet<'_>| {
            let events = events(sheet).into_iter().map(|mut event| {
                event["routing_key"] = settings.key.reveal().into();
                ChannelRequest::json(&url, &event)
            });
            events.collect::<Vec<_>>()
        };
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

/// One incident for the alert, or one for a storm; and the end of every incident that is over.
fn events(sheet: &Sheet<'_>) -> Vec<Value> {
    let message = sheet.message;
    let storm = format!("storm/{}", message.channel);
    let opens = match message.only() {
        _ if message.is_good() => None,
        Some(alert) => Some(trigger(sheet, &alert.record.incident_key, Some(alert))),
        None => Some(trigger(sheet, &storm, None)),
    };
    let ended = message.alerts.iter().filter(|alert| !alert.record.kind.is_bad());
    let ends = ended.map(|alert| resolve(&alert.record.incident_key));
    // Whether there was a storm is not known here, and an end without a beginning is dropped.
    let all_clear = (message.is_good() && message.lasting == Some(0)).then(|| resolve(&storm));
    opens.into_iter().chain(ends).chain(all_clear).collect()
}

fn resolve(key: &str) -> Value {
    json!({"event_action": "resolve", "dedup_key": cut_middle(key, KEY)})
}

fn trigger(sheet: &Sheet<'_>, key: &str, alert: Option<&AlertParts>) -> Value {
    let message = sheet.message;
    let links = sheet.links.iter().filter(|link| is_plain_url(&link.url));
    let links = links.map(|MessageLink { label, url }| json!({"href": url, "text": label}));
    let record = alert.map(|alert| &alert.record);
    let source = record.map(|record| record.monitor.clone()).or_else(|| message.machine.clone());
    let mut payload = json!({
        "summary": message.headline(SUMMARY),
        "source": source.unwrap_or_else(|| "monitorctl".to_owned()),
        "severity": crate::message::SeverityWord::from(message.severity).as_str(),
        "timestamp": record.map_or_else(|| message.at.to_string(), |record| record.since.clone()),
    });
    // A storm is of no single monitor, and the service wants texts or no field.
    if let Some(record) = record {
        payload["component"] = visible(&record.name).into();
        payload["group"] = visible(&record.group).into();
    }
    payload["class"] = alert.map_or("storm", |alert| alert.word).into();
    payload["custom_details"] = details(sheet);
    json!({
        "event_action": "trigger",
        "dedup_key": cut_middle(key, KEY),
        "client": "monitorctl",
        "links": links.collect::<Vec<_>>(),
        "payload": payload,
    })
}

/// What the page of an incident shows, in its order.
fn details(sheet: &Sheet<'_>) -> Value {
    let mut details = Map::new();
    let mut add = |label: &str, value: &str| {
        let known = details.get(label).and_then(Value::as_str).map(|known| format!("{known}; "));
        let value = format!("{}{}", known.unwrap_or_default(), visible(value));
        details.insert(label.to_owned(), value.into());
    };
    for fact in &sheet.facts {
        add(fact.label, &fact.value);
    }
    for (label, value) in [("Answer", &sheet.excerpt), ("Cause", &sheet.cause), ("More", &sheet.rest)] {
        if let Some(value) = value {
            add(label, value);
        }
    }
    for NextStep { purpose, command } in &sheet.steps {
        add(purpose, command);
    }
    for (line, number) in sheet.lines.iter().zip(1..) {
        add(&format!("{number:02}"), line);
    }
    add("Alert", &cut(&sheet.footer, SUMMARY));
    Value::Object(details)
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect()
}
