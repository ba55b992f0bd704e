//! PagerDuty's Events API v2.
//!
//! Fields and answers: <https://developer.pagerduty.com/docs/send-alert-event> and
//! <https://developer.pagerduty.com/docs/events-api-v2-overview>; the schema:
//! <https://github.com/PagerDuty/api-schema/blob/main/reference/events-v2/openapiv3.json>. Words of some errors:
//! <https://github.com/envato/pagerduty/issues/70>, <https://github.com/blockpane/tenderduty/issues/10>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Accepted, Answer, Request, Service, Verdict, units};

/// "Events API payloads are limited to 512 KB".
const LARGEST: usize = 512 * 1024;

/// `payload.summary`
const SUMMARY: usize = 1_024;

/// `dedup_key`
const KEY: usize = 255;

/// The integration keys that exist, and the incidents that are open.
pub struct PagerDuty {
    keys: Vec<String>,
    /// By integration key and `dedup_key`: the summary. "Subsequent events … only apply to the open alert if the events
    /// are sent via the same `routing_key`".
    open: BTreeMap<(String, String), String>,
    made: usize,
    dropped: Vec<String>,
}

impl PagerDuty {
    /// The key of the example in the schema.
    pub const KEY: &str = "e93facc04764012d7bfb002500d5d1a6";

    /// The `dedup_key` of each open incident, and what it is about.
    pub fn open(&self) -> BTreeMap<String, String> {
        self.open.iter().map(|((_, key), summary)| (key.clone(), summary.clone())).collect()
    }

    /// The `dedup_key` of each event that found no open incident to act on: "be dropped (for acknowledge and resolve
    /// events)". The sender does not learn of it.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// A further service with an integration of its own.
    pub fn add_key(&mut self, key: &str) {
        self.keys.push(key.to_owned());
    }

    fn apply(&mut self, event: &Value) -> Verdict {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (routing, action) = (text(&event["routing_key"]), text(&event["event_action"]));
        let key = event["dedup_key"].as_str().map_or_else(|| self.made_key(), str::to_owned);
        let answer =
            Answer::json(202, &json!({"status": "success", "message": "Event processed", "dedup_key": key}));
        let incident = (routing, key.clone());
        let summary = match action.as_str() {
            "trigger" => {
                let summary = text(&event["payload"]["summary"]);
                self.open.entry(incident).or_insert_with(|| summary.clone());
                summary
            }
            _ if !self.open.contains_key(&incident) => {
                self.dropped.push(key.clone());
                return Verdict::Lost(answer, format!("{action} of {key}, which is not open"));
            }
            "resolve" => self.open.remove(&incident).unwrap_or_default(),
            _ => self.open[&incident].clone(),
        };
        let id = format!("{action} {key}");
        Verdict::Accepted(answer, vec![Accepted::new(Some(&id), format!("{action}: {summary}"), event)])
    }

    /// "If omitted, it will be generated automatically".
    fn made_key(&mut self) -> String {
        self.made += 1;
        format!("made-{}", self.made)
    }
}

impl Default for PagerDuty {
    fn default() -> Self {
        Self { keys: vec![Self::KEY.to_owned()], open: BTreeMap::new(), made: 0, dropped: Vec::new() }
    }
}

impl Service for PagerDuty {
    fn path(&self) -> String {
        "/v2/enqueue".to_owned()
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if request.path != self.path() {
            return Verdict::Refused(Answer::text(404, "Not Found"));
        }
        if request.body.len() > LARGEST {
            return Verdict::Refused(Answer::text(413, "Request Entity Too Large"));
        }
        let Some(event) = request.json().filter(Value::is_object) else {
            let (status, message) = ("Unrecognized object", "Event object format is unrecognized");
            return invalid(status, message, &["JSON parse error".to_owned()]);
        };
        let errors = errors(&event);
        if !errors.is_empty() {
            return invalid("invalid event", "Event object is invalid", &errors);
        }
        let known =
            event["routing_key"].as_str().is_some_and(|key| self.keys.iter().any(|known| known == key));
        if !known {
            return invalid("invalid key", "Event object is invalid", &["Invalid routing key".to_owned()]);
        }
        self.apply(&event)
    }

    fn busy(&self, _after: u32) -> Answer {
        // "retry … preferably with a backoff of a few minutes": it does not say when.
        let message = "Requests for this service are arriving too quickly.  Please retry later.";
        Answer::json(429, &json!({"status": "throttle exceeded", "message": message}))
    }
}

fn invalid(status: &str, message: &str, errors: &[String]) -> Verdict {
    Verdict::Refused(Answer::json(400, &json!({"status": status, "message": message, "errors": errors})))
}

fn errors(event: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    match event["routing_key"].as_str().unwrap_or_default() {
        "" => errors.push("'routing_key' is missing or blank".to_owned()),
        key => {
            if key.len() != 32 {
                errors.push("Length of 'routing_key' is incorrect (should be 32 characters)".to_owned());
            }
            if !key.chars().all(|c| c.is_ascii_alphanumeric()) {
                errors.push("'routing_key' cannot contain non-alphanumeric characters.".to_owned());
            }
        }
    }
    let action = event["event_action"].as_str().unwrap_or_default();
    if !["trigger", "acknowledge", "resolve"].contains(&action) {
        errors.push("'event_action' must be one of: trigger, acknowledge, resolve".to_owned());
    }
    match event.get("dedup_key") {
        // "Required unless the `event_type` is `trigger`."
        None if action != "trigger" => errors.push("'dedup_key' is missing or blank".to_owned()),
        Some(key) if !key.as_str().is_some_and(|key| !key.is_empty() && units(key) <= KEY) => {
            errors.push("'dedup_key' must be a string of at most 255 characters".to_owned());
        }
        _ => {}
    }
    if action == "trigger" {
        errors.extend(payload_errors(&event["payload"]));
    }
    errors.extend(context_errors(event));
    errors
}

fn payload_errors(payload: &Value) -> Vec<String> {
    let Some(fields) = payload.as_object() else { return vec!["'payload' is missing or blank".to_owned()] };
    let mut errors = Vec::new();
    for name in ["summary", "source", "severity"] {
        if payload[name].as_str().is_none_or(str::is_empty) {
            errors.push(format!("'payload.{name}' is missing or blank"));
        }
    }
    if payload["summary"].as_str().is_some_and(|summary| units(summary) > SUMMARY) {
        errors.push("'payload.summary' is longer than 1024 characters".to_owned());
    }
    if !["critical", "error", "warning", "info"].contains(&payload["severity"].as_str().unwrap_or_default()) {
        errors.push("'payload.severity' must be one of: critical, warning, error, info".to_owned());
    }
    if payload.get("timestamp").is_some_and(|at| !at.as_str().is_some_and(is_time)) {
        errors.push("'payload.timestamp' is not in ISO 8601".to_owned());
    }
    for name in ["component", "group", "class"] {
        if fields.get(name).is_some_and(|field| !field.is_string()) {
            errors.push(format!("'payload.{name}' must be a string"));
        }
    }
    if fields.get("custom_details").is_some_and(|details| !details.is_object()) {
        errors.push("'payload.custom_details' must be an object".to_owned());
    }
    errors
}

/// `links` and `images`: a list of objects each, and what an object must have.
fn context_errors(event: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    let has_url =
        |item: &Value, name: &str| item[name].as_str().is_some_and(|url| url::Url::parse(url).is_ok());
    for (list, required) in [("links", "href"), ("images", "src")] {
        let Some(items) = event.get(list) else { continue };
        if !items.as_array().is_some_and(|items| items.iter().all(|item| has_url(item, required))) {
            errors.push(format!("'{list}' must be a list of objects with a URL in '{required}'"));
        }
    }
    // "This image must be served via HTTPS."
    let images = event["images"].as_array().into_iter().flatten();
    if images.filter_map(|image| image["src"].as_str()).any(|url| !url.starts_with("https://")) {
        errors.push("'images' must be served via HTTPS".to_owned());
    }
    errors
}

/// ISO 8601, also as the documentation writes it: `2015-07-17T08:42:58.315+0000`.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
        || jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).is_ok()
}
