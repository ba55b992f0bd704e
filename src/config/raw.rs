//! A monitor as it is written, without rules. The JSON Schema is derived from these types, so their
//! comments are what an editor shows.
//!
//! Every field is optional here: `null` takes back what a `defaults.yaml` sets, and what has to be there
//! is said by the schema (`required`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::raw_expect::RawExpect;
use super::raw_maintenance::RawWindow;
use super::raw_tls::RawTls;
use super::text_forms::{DurationText, HeaderText, IdText, Label, Link, TopicName};
use crate::monitor::ID_PATTERN;

/// # Monitor
///
/// One endpoint that is watched. A file holds one or more of these, divided by `---`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Monitor")]
pub struct RawMonitor {
    /// Names the monitor in tables, alerts and on the command line. Unique, and never changes: a new id is
    /// a new monitor without history.
    #[schemars(
        required,
        regex(pattern = ID_PATTERN),
        extend("patternErrorMessage" = "an id has 1 to 128 characters of a-z, 0-9, '.', '_', '/' and '-', the first a letter or a digit"),
        example = &"payments-api"
    )]
    #[expect(
        dead_code,
        reason = "it is read from the document, where it has its place; the type makes the schema"
    )]
    pub id: Option<String>,

    /// What people call it; the id if left out.
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[^\x00-\x1f\x7f]*$"),
        extend("patternErrorMessage" = "a name is one line of text"), example = &"Payments API")]
    pub name: Option<String>,

    /// The address that is probed: absolute, http or https. A secret is written as a reference, such as
    /// ${env:NAME}.
    #[schemars(
        required,
        regex(pattern = r"^(https?://[^\s/?#]\S*|\$\{\S+)$"),
        extend("patternErrorMessage" = "a URL begins with http:// or https:// and a host, and has no spaces"),
        example = &"https://payments.example.com/health"
    )]
    pub url: Option<String>,

    /// HTTP method of the request.
    #[schemars(extend("default" = "GET"))]
    pub method: Option<Method>,

    /// Headers of the request. Secrets are references to the environment, SSM or Secrets Manager, such as
    /// ${env:NAME}.
    #[schemars(
        extend("propertyNames" = {
            "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "patternErrorMessage": "a header name is made of letters, digits and !#$%&'*+.^_`|~-"
        }),
        example = serde_json::json!({"accept": "application/json", "authorization": "Bearer ${env:API_TOKEN}"})
    )]
    pub headers: Option<BTreeMap<String, Option<HeaderText>>>,

    /// Text that is sent as the body. Not together with json.
    #[schemars(example = &"{\"ping\": true}")]
    pub body: Option<String>,

    /// Value that is sent as a JSON body, with content-type application/json. Not together with body.
    #[schemars(example = serde_json::json!({"ping": true}))]
    pub json: Option<Value>,

    /// Time from one probe to the next: 1m to 24h, and not below the period of the cron entry.
    #[schemars(extend("default" = "2m", "examples" = ["1m", "5m", "1h"]))]
    pub interval: Option<DurationText>,

    /// Longest time for one attempt, redirects included: at most 60s.
    #[schemars(extend("default" = "10s", "examples" = ["5s", "30s"]))]
    pub timeout: Option<DurationText>,

    /// How many redirects are followed. 0 takes the redirect itself as the answer.
    #[schemars(range(min = 0, max = 20), extend("default" = 5))]
    pub redirects: Option<u8>,

    /// Further attempts before a failed probe counts.
    pub retry: Option<RawRetry>,

    /// Whom the probe trusts, and as whom it shows itself.
    pub tls: Option<RawTls>,

    /// What makes an answer a good one.
    pub expect: Option<RawExpect>,

    /// When a change of health becomes a message, and to whom.
    pub alert: Option<RawAlert>,

    /// Monitors of this repository without which this one cannot work. While one of them is DOWN, nobody is told
    /// that this one is not good either; it is probed all the same.
    #[schemars(extend("uniqueItems" = true), length(max = 20), example = serde_json::json!(["auth-api"]))]
    pub depends_on: Option<Vec<IdText>>,

    /// Times in which nobody is told that it is not good; it is probed all the same.
    #[schemars(
        extend("uniqueItems" = true),
        length(max = 20),
        example = serde_json::json!([{"starts": "2026-12-01T02:00", "for": "2h", "repeats": "FREQ=WEEKLY;BYDAY=SU"}])
    )]
    pub maintenance: Option<Vec<RawWindow>>,

    /// Who looks after it. Shown in alerts, and a message attribute that SNS filters can use.
    #[schemars(example = &"payments")]
    pub team: Option<Label>,

    /// Words to select monitors by.
    #[schemars(extend("uniqueItems" = true), length(max = 20), example = serde_json::json!(["checkout", "eu"]))]
    pub tags: Option<Vec<Label>>,

    /// Link to what to do when it is down; part of every alert.
    #[schemars(example = &"https://wiki.example.com/payments")]
    pub runbook: Option<Link>,

    /// With true, sync refuses to remove or disable it in one step: first this goes, then the monitor.
    #[schemars(extend("default" = false))]
    pub protect: Option<bool>,

    /// The id that this monitor had before. sync moves its state, incident and history here instead of beginning
    /// anew; after that the line may go.
    #[schemars(
        regex(pattern = ID_PATTERN),
        extend("patternErrorMessage" = "an id has 1 to 128 characters of a-z, 0-9, '.', '_', '/' and '-', the first a letter or a digit"),
        example = &"legacy-login"
    )]
    #[expect(
        dead_code,
        reason = "it is read from the document, where it has its place; the type makes the schema"
    )]
    pub moved_from: Option<String>,

    /// With false it is kept but not probed.
    #[schemars(extend("default" = true))]
    pub enabled: Option<bool>,

    /// The folder; only in stored monitors, never written by hand.
    #[schemars(skip)]
    pub group: Option<String>,
}

/// Methods that make sense for a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum Method {
    #[serde(alias = "get")]
    Get,
    #[serde(alias = "head")]
    Head,
    #[serde(alias = "post")]
    Post,
    #[serde(alias = "put")]
    Put,
    #[serde(alias = "patch")]
    Patch,
    #[serde(alias = "delete")]
    Delete,
    #[serde(alias = "options")]
    Options,
}

/// Further attempts before a failed probe counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRetry {
    /// Attempts beyond the first.
    #[schemars(range(min = 0, max = 5), extend("default" = 1))]
    pub attempts: Option<u8>,

    /// Pause before the first of them.
    #[schemars(extend("default" = "2s", "examples" = ["500ms", "5s"]))]
    pub wait: Option<DurationText>,

    /// How the pause grows: not at all, by wait each time, or to twice the one before.
    #[schemars(extend("default" = "fixed"))]
    pub backoff: Option<RawBackoff>,

    /// Which failures are worth another attempt.
    #[schemars(length(min = 1), extend("uniqueItems" = true, "default" = ["dns", "connect", "tls", "timeout"]))]
    pub on: Option<Vec<RawRetryClass>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawRetryClass {
    Dns,
    Connect,
    Tls,
    Timeout,
    Protocol,
    Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawBackoff {
    Fixed,
    Linear,
    Exponential,
}

/// When a change of health becomes a message, and to whom.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAlert {
    /// Bad probes in a row that open an incident.
    #[schemars(range(min = 1, max = 10), extend("default" = 2))]
    pub failures: Option<u32>,

    /// Good probes in a row that close it.
    #[schemars(range(min = 1, max = 10), extend("default" = 1))]
    pub successes: Option<u32>,

    /// Tells again that it is still down or degraded after this time, then after twice as long each time, and at most
    /// once a day from then on: 10m to 7d. Without it nobody is reminded.
    #[schemars(extend("examples" = ["4h", "1d"]))]
    pub remind: Option<DurationText>,

    /// How loud the alert is; a message attribute that SNS filters can use.
    #[schemars(extend("default" = "critical"))]
    pub severity: Option<RawSeverity>,

    /// Where alerts go: the name of a topic, or the ARN of one.
    #[schemars(extend("default" = "default"))]
    pub topic: Option<TopicName>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawSeverity {
    Info,
    Warning,
    Critical,
}

/// Tells `equals: null` from no `equals` at all.
pub fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}
