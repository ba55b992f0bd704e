//! The JSON form of a message, for programs: a version of its own, with its schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::words::{HealthWord, SeverityWord, UnwatchedWord};
use super::{AlertGroup, AlertKind, AlertParts, HEADLINE, Message, Purpose, groups};

/// The version of the shape of a record.
const RECORD_FORMAT: u32 = 1;

/// How much of a message a record shows: alerts with every field, and names of the others.
#[derive(Debug, Clone, Copy)]
pub struct RecordSize {
    /// Alerts that are shown in full, if there are no more.
    pub full: usize,
    /// Names of the others.
    pub others: usize,
}

impl RecordSize {
    pub const LARGEST: Self = Self { full: 50, others: 10_000 };
}

/// The message as a JSON object.
pub fn record(message: &Message, size: RecordSize) -> Value {
    serde_json::to_value(MessageRecord::new(message, size)).unwrap_or_default()
}

/// The JSON Schema of [`record`], as it is committed.
pub fn record_schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<MessageRecord>();
    format!("{:#}\n", schema.to_value())
}

/// # Alert message
///
/// The JSON record that programs get: web hooks, the local file, and queues and functions behind a topic. Every field is always
/// present, null without a value; a later version may add fields.
#[derive(Serialize, JsonSchema)]
struct MessageRecord {
    /// Version of this format; it changes when a field changes its meaning or disappears.
    format_version: u32,
    /// Id of the alert, or of the digest. A duplicate carries the same id.
    id: String,
    /// Time of sending, RFC 3339.
    at: String,
    /// Whether this only tries the channel (`notify test`).
    test: bool,
    /// Environment of the monitors, such as prod.
    environment: Option<String>,
    /// Name of the machine that sent it.
    machine: Option<String>,
    /// Name of the channel.
    channel: String,
    /// Folder of the monitors; null if there are several.
    group: Option<String>,
    /// The highest severity of the alerts.
    severity: SeverityWord,
    /// The message in one line, as people read it.
    headline: String,
    /// What all or most of the alerts have in common.
    cause: Option<String>,
    /// The number of alerts, those of `others` and `more` included.
    count: usize,
    /// Most severe first, then by id; never empty. In a storm of more than 50, only the first of them.
    alerts: Vec<AlertRecord>,
    /// The other alerts of a storm, grouped by reason; empty if there is no storm.
    others: Vec<OthersRecord>,
    /// Number of alerts beyond those; `monitorctl status --down` shows them.
    more: usize,
}

/// Alerts of a storm with the same kind and reason.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Others")]
struct OthersRecord {
    kind: AlertKind,
    /// Reason in one line.
    reason: Option<String>,
    /// By monitor, the end of its alert id: `a1b2c3d4.3` of `payments-api` for the alert `payments-api.a1b2c3d4.3`.
    alerts: BTreeMap<String, String>,
}

/// The alert of one monitor.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Alert")]
pub struct AlertRecord {
    /// monitor, incarnation and number of the change: `payments-api.a1b2c3d4.3`
    pub id: String,
    /// `@prober` is monitorctl itself: `down` while it cannot reach the network. `@channel#owner#name` is a channel: `down`
    /// while it takes no notifications.
    pub monitor: String,
    /// The folder of the monitor.
    pub group: String,
    /// Display name; default: the id.
    pub name: String,
    /// What it is, in a few sentences.
    pub description: Option<String>,
    pub kind: AlertKind,
    /// Key of the incident: owner, monitor, incarnation and number, as they were when it began. All alerts of an incident have
    /// the same key on a channel, from the first one to the end.
    pub incident_key: String,
    /// Number of the reminder; 0 if this is not a reminder.
    pub reminder: u32,
    pub health: HealthWord,
    /// When this health began, RFC 3339.
    pub since: String,
    pub severity: SeverityWord,
    pub team: Option<String>,
    pub tags: Vec<String>,
    /// HTTP method; null for a check that is not HTTP.
    pub method: Option<String>,
    /// URL with secrets as references.
    pub url: String,
    /// Reason in one line.
    pub reason: Option<String>,
    /// Faults that the probe of this run found.
    pub faults: Vec<FaultRecord>,
    /// Number of faults beyond those.
    pub more_faults: usize,
    /// The probe of this run, if it shows the change.
    pub probe: Option<ProbeRecord>,
    /// The incident, if it was opened or closed.
    pub incident: Option<IncidentRecord>,
    /// Failing monitors that depend on it and send no alerts of their own: the first of them.
    pub waiting: Vec<String>,
    /// Number of such monitors beyond those.
    pub more_waiting: usize,
    /// Number of earlier changes of its health without a notification.
    pub undelivered: u64,
    /// Changes while it flapped, if this alert is about flapping.
    pub flapping_changes: Option<FlappingRecord>,
    pub runbook: Option<String>,
    /// Place of its definition: `monitors/payments.yaml:14`
    pub source: Option<String>,
    /// Git commit of its last change.
    pub commit: Option<String>,
    /// Time of the sync, RFC 3339.
    pub synced_at: Option<String>,
}

/// Changes of a monitor while it flapped.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RecentChanges")]
pub struct FlappingRecord {
    /// Number of changes of its health.
    pub changes: u64,
    /// The first of them, RFC 3339.
    pub from: String,
    /// The last one so far, RFC 3339.
    pub to: String,
}

/// A failed expectation.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Fault")]
pub struct FaultRecord {
    /// `dns`, `connect`, `tls`, `timeout`, `redirect`, `protocol`, `blocked`, `body_too_large`, `secret` or `auth`; or, after
    /// an answer, `status`, `latency`, `header`, `body`, `json` or `certificate`, or a word of another kind of check, such
    /// as `dialog`, `rcode`, `answers` or `loss`.
    pub kind: &'static str,
    pub actual: String,
    pub expected: String,
}

/// One probe.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Probe")]
pub struct ProbeRecord {
    /// Start, RFC 3339.
    pub at: String,
    /// HTTP status; null without an answer, and for a check that is not HTTP.
    pub code: Option<u16>,
    pub latency_ms: Option<u64>,
    pub attempts: u32,
    /// The phases of the last attempt in their order, without those that were not reached or not needed.
    pub phases: Vec<PhaseRecord>,
}

/// One phase of a probe.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Phase")]
pub struct PhaseRecord {
    /// `dns`, `connect`, `tls`, `wait` (from the request to the first byte of the answer) or `read`.
    pub name: &'static str,
    pub ms: u64,
}

/// A time in which a monitor was down.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Incident")]
pub struct IncidentRecord {
    /// The number of the incident of this monitor, from 1.
    pub number: u64,
    /// First failed probe, RFC 3339.
    pub opened_at: String,
    /// First passed probe, RFC 3339; null while it lasts.
    pub closed_at: Option<String>,
    pub downtime_seconds: Option<u64>,
    pub cause: String,
    /// Set if it was closed because the monitor is no longer watched; its health is unknown.
    pub unwatched: Option<UnwatchedWord>,
}

impl MessageRecord {
    fn new(message: &Message, size: RecordSize) -> Self {
        let Message { id, channel, at, purpose, environment, machine, severity, cause, lasting: _, alerts } =
            message;
        let (first, rest) =
            if alerts.len() > size.full { alerts.split_at(1) } else { (alerts.as_slice(), &[][..]) };
        let named = rest.get(..size.others).unwrap_or(rest);
        let group = alerts.first().map(|alert| &alert.record.group);
        let is_one_group = alerts.iter().all(|alert| Some(&alert.record.group) == group);
        Self {
            format_version: RECORD_FORMAT,
            id: id.clone(),
            at: at.to_string(),
            test: *purpose == Purpose::Test,
            environment: environment.clone(),
            machine: machine.clone(),
            channel: channel.clone(),
            group: group.filter(|_| is_one_group).cloned(),
            severity: (*severity).into(),
            headline: message.headline(HEADLINE),
            cause: cause.clone(),
            count: alerts.len(),
            alerts: first.iter().map(|alert| alert.record.clone()).collect(),
            others: groups(named).into_iter().map(OthersRecord::new).collect(),
            more: rest.len() - named.len(),
        }
    }
}

impl OthersRecord {
    fn new(AlertGroup { kind, word: _, reason, alerts }: AlertGroup<'_>) -> Self {
        let rest = |record: &AlertRecord| {
            let rest = record.id.strip_prefix(record.monitor.as_str()).unwrap_or(&record.id);
            rest.trim_start_matches('.').to_owned()
        };
        let of = |alert: &AlertParts| (alert.record.monitor.clone(), rest(&alert.record));
        Self { kind, reason, alerts: alerts.into_iter().map(of).collect() }
    }
}
