//! A monitor as it is written, without rules. The JSON Schema is derived from these types, so their
//! comments are what an editor shows.
//!
//! The fields that one kind of check has stand with it, in `kinds`.
//!
//! Every field is optional here: `null` takes back what a `defaults.yaml` sets, and what has to be there
//! is said by the schema (`required`).

pub mod expect;
pub mod ip;
pub mod maintenance;
pub mod text_forms;
pub mod tls;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::raw::expect::{RawExpect, RawWarn};
use crate::config::raw::ip::RawIp;
use crate::config::raw::maintenance::RawWindow;
use crate::config::raw::text_forms::{ChannelNameText, IdText, Label, Link};
use crate::config::raw::tls::RawTls;
use crate::kinds::KindName;
use crate::monitor::ID_PATTERN;
use crate::written::DurationText;

/// # Monitor
///
/// One watched endpoint. A file holds one or more monitors, separated by `---`. Every value takes variables of
/// monitorctl.yaml: `${var:name}`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Monitor", deny_unknown_fields)]
pub struct RawMonitor {
    /// Id of the monitor in tables, alerts and on the command line. It is unique and never changes: a new id is a
    /// new monitor without history.
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

    /// Display name; default: the id.
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[^\x00-\x1f\x7f]*$"),
        extend("patternErrorMessage" = "a name is one line of text"), example = &"Payments API")]
    pub name: Option<String>,

    /// What it is and what its users lose without it, in a few sentences. Part of every message.
    #[schemars(length(min = 1, max = 500), regex(pattern = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"),
        extend("patternErrorMessage" = "a description is text, without tabs and control characters"),
        example = &"Takes the payments of the shop. Without it, no one can check out.")]
    pub description: Option<String>,

    /// URL to probe. Its scheme decides the kind of check.
    #[schemars(
        required,
        description = format!(
            "URL to probe. Its scheme decides the kind of check: {}. Write a secret as a reference, such as ${{env:NAME}}.",
            KindName::url_examples()
        ),
        regex(pattern = KindName::url_pattern()),
        extend("patternErrorMessage" = format!("a URL is {}, and has no spaces", KindName::url_examples())),
        example = &"https://payments.example.com/health"
    )]
    pub url: Option<String>,

    /// Version of IP to probe over. With both, each has to pass by itself.
    #[schemars(extend("default" = "any"))]
    pub ip: Option<RawIp>,

    /// Name server that resolves its names, by address, with a port if it is not 53. Without it, those of the machine.
    #[schemars(regex(pattern = r"^[0-9A-Fa-f:.\[\]]+$"),
        extend("patternErrorMessage" = "a resolver is an address, or address:port"), example = &"10.0.0.2", example = &"[2001:db8::53]:5353")]
    pub resolver: Option<String>,

    /// Time between two probes: 10s to 24h, at least the period of `check` or `run`.
    #[schemars(extend("default" = "2m", "examples" = ["1m", "5m", "1h"]))]
    pub interval: Option<DurationText>,

    /// Time limit of one attempt including redirects, at most 60s.
    #[schemars(extend("default" = "10s", "examples" = ["5s", "30s"]))]
    pub timeout: Option<DurationText>,

    /// Retries before a failed probe counts.
    pub retry: Option<RawRetry>,

    /// Trusted certificates and the client certificate.
    pub tls: Option<RawTls>,

    /// Expectations on the answer.
    pub expect: Option<RawExpect>,

    /// Conditions that make a good answer degraded.
    #[expect(dead_code, reason = "the kind of check reads what is in it; the type makes the schema")]
    pub warn: Option<RawWarn>,

    /// When and where alerts are sent.
    pub alert: Option<RawAlert>,

    /// Monitors of this repository that this one depends on. While one of them is DOWN, alerts of this monitor
    /// are suppressed; probes continue.
    #[schemars(extend("uniqueItems" = true), length(max = 20), example = serde_json::json!(["auth-api"]))]
    pub depends_on: Option<Vec<IdText>>,

    /// Times in which its alerts are suppressed; probes continue.
    #[schemars(
        extend("uniqueItems" = true),
        length(max = 20),
        example = serde_json::json!([{"starts": "2026-12-01T02:00", "for": "2h", "repeats": "FREQ=WEEKLY;BYDAY=SU"}])
    )]
    pub maintenance: Option<Vec<RawWindow>>,

    /// Team that owns it. Shown in alerts, and a message attribute for SNS filters.
    #[schemars(example = &"payments")]
    pub team: Option<Label>,

    /// Tags to select monitors by.
    #[schemars(extend("uniqueItems" = true), length(max = 20), example = serde_json::json!(["checkout", "eu"]))]
    pub tags: Option<Vec<Label>>,

    /// Link to instructions for an outage; part of every alert.
    #[schemars(example = &"https://wiki.example.com/payments")]
    pub runbook: Option<Link>,

    /// With true, sync refuses to remove or disable it until you sync false.
    #[schemars(extend("default" = false))]
    pub protect: Option<bool>,

    /// Former id of this monitor. sync moves its state, incident and history to the new id; then remove this
    /// line.
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

    /// With false the monitor stays in the table, but is not probed.
    #[schemars(extend("default" = true))]
    pub enabled: Option<bool>,

    /// The folder; only in stored monitors, never written by hand.
    #[schemars(skip)]
    pub group: Option<String>,
}

/// Retries before a failed probe counts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRetry {
    /// Number of retries.
    #[schemars(range(min = 0, max = 5), extend("default" = 1))]
    pub attempts: Option<u8>,

    /// Pause before the first retry.
    #[schemars(extend("default" = "2s", "examples" = ["500ms", "5s"]))]
    pub wait: Option<DurationText>,

    /// How the pause grows: not at all, by wait each time, or by doubling.
    #[schemars(extend("default" = "fixed"))]
    pub backoff: Option<RawBackoff>,

    /// Failures to retry.
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

/// When and where alerts are sent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAlert {
    /// Failed probes in a row that open an incident.
    #[schemars(range(min = 1, max = 10), extend("default" = 2))]
    pub failures: Option<u32>,

    /// Passed probes in a row that close it.
    #[schemars(range(min = 1, max = 10), extend("default" = 1))]
    pub successes: Option<u32>,

    /// Reminder while it is down or degraded: first after this time, then after twice as long each time, at most once
    /// a day: 10m to 7d. Without it there are no reminders.
    #[schemars(extend("examples" = ["4h", "1d"]))]
    pub remind: Option<DurationText>,

    /// Severity of its alerts; a message attribute for SNS filters.
    #[schemars(extend("default" = "critical"))]
    pub severity: Option<RawSeverity>,

    /// Channels of its alerts, by their names in monitorctl.yaml.
    #[schemars(length(min = 1), extend("uniqueItems" = true, "default" = ["default"]))]
    pub to: Option<Vec<ChannelNameText>>,

    /// Whether messages quote the beginning of an answer that did not pass. Values of secrets are removed from it.
    #[schemars(extend("default" = true))]
    pub excerpt: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawSeverity {
    Info,
    Warning,
    Critical,
}
