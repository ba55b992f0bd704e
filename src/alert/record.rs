//! The JSON form of a message, for programs: a version of its own, with its schema.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

use super::notification::MessageDetail;
use super::record_words::{AlertKindWord, HealthWord, SeverityWord};
use super::storm::reasons;
use super::{Alert, Notification};
use crate::monitor::MonitorId;
use crate::observation::Fault;
use crate::transition::{FlapChanges, Incident, Unwatched};
use crate::verdict::Judgement;

/// The version of the shape of a record.
const RECORD_FORMAT: u32 = 1;

/// The message as a JSON object. `at` is when it is sent.
pub fn record(message: &Notification, at: Timestamp) -> Value {
    serde_json::to_value(MessageRecord::new(message, at)).unwrap_or_default()
}

/// The JSON Schema of [`record`], as it is committed.
pub fn record_schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<MessageRecord>();
    format!("{:#}\n", schema.to_value())
}

/// # Alert message
///
/// The JSON record that queues, functions and web hooks get when they subscribe to a topic. Every field is always
/// present, null without a value; a later version may add fields.
#[derive(Serialize, JsonSchema)]
struct MessageRecord {
    /// Version of this format; it changes when a field changes its meaning or disappears.
    format_version: u32,
    /// Id of the alert, or of the digest. A duplicate carries the same id.
    id: String,
    /// Time of sending, RFC 3339.
    at: String,
    /// Environment of the monitors, such as prod.
    environment: Option<String>,
    /// The ARN of the topic, or its name on a machine without AWS.
    topic: String,
    /// Folder of the monitors; null if there are several.
    group: Option<String>,
    /// The highest severity of the alerts.
    severity: SeverityWord,
    /// The subject of the mail.
    subject: String,
    /// The text of the mail; null in a storm, where it repeats `others`.
    body: Option<String>,
    /// The number of alerts, those of `others` included.
    count: usize,
    /// Most severe first, then by id; never empty. In a storm, only the first of them.
    alerts: Vec<AlertRecord>,
    /// The other alerts of a storm, grouped by reason; empty if there is no storm.
    others: Vec<OthersRecord>,
}

/// Alerts of a storm with the same kind and reason.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Others")]
struct OthersRecord {
    kind: AlertKindWord,
    /// Reason in one line.
    reason: Option<String>,
    /// By monitor, the end of its alert id: `a1b2c3d4.3` of `payments-api` for the alert `payments-api.a1b2c3d4.3`.
    alerts: BTreeMap<String, String>,
}

/// The alert of one monitor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Alert")]
struct AlertRecord {
    /// monitor, incarnation and number of the change: `payments-api.a1b2c3d4.3`
    id: String,
    /// `@prober` is monitorctl itself: `down` while it cannot reach the network.
    monitor: String,
    /// The folder of the monitor.
    group: String,
    /// Display name; default: the id.
    name: String,
    kind: AlertKindWord,
    /// Number of the reminder; 0 if this is not a reminder.
    reminder: u32,
    health: HealthWord,
    /// When this health began, RFC 3339.
    since: String,
    severity: SeverityWord,
    team: Option<String>,
    tags: Vec<String>,
    /// HTTP method; null for a check that is not HTTP.
    method: Option<String>,
    /// URL with secrets as references.
    url: String,
    /// Reason in one line.
    reason: Option<String>,
    /// Faults that the probe of this run found.
    faults: Vec<FaultRecord>,
    /// Number of faults beyond those.
    more_faults: usize,
    /// The probe of this run, if it shows the change.
    probe: Option<ProbeRecord>,
    /// The incident, if it was opened or closed.
    incident: Option<IncidentRecord>,
    /// Failing monitors that depend on it and send no alerts of their own: the first of them.
    waiting: Vec<String>,
    /// Number of such monitors beyond those.
    more_waiting: usize,
    /// Number of earlier changes of its health without a notification.
    undelivered: u64,
    /// Changes while it flapped, if this alert is about flapping.
    flapping_changes: Option<FlappingRecord>,
    runbook: Option<String>,
    /// Place of its definition: `monitors/payments.yaml:14`
    source: Option<String>,
    /// Git commit of its last change.
    commit: Option<String>,
    /// Time of the sync, RFC 3339.
    synced_at: Option<String>,
}

/// Changes of a monitor while it flapped.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RecentChanges")]
struct FlappingRecord {
    /// Number of changes of its health.
    changes: u64,
    /// The first of them, RFC 3339.
    from: String,
    /// The last one so far, RFC 3339.
    to: String,
}

/// A failed expectation.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fault")]
struct FaultRecord {
    /// `dns`, `connect`, `tls`, `timeout`, `redirect`, `protocol`, `blocked`, `body_too_large` or `secret`; or, after
    /// an answer, `status`, `latency`, `header`, `body`, `json` or `certificate`.
    kind: &'static str,
    actual: String,
    expected: String,
}

/// One probe.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Probe")]
struct ProbeRecord {
    /// Start, RFC 3339.
    at: String,
    /// HTTP status; null without an answer, and for a check that is not HTTP.
    code: Option<u16>,
    latency_ms: Option<u64>,
    attempts: u32,
    /// The phases of the last attempt in their order, without those that were not reached or not needed.
    phases: Vec<PhaseRecord>,
}

/// One phase of a probe.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Phase")]
struct PhaseRecord {
    /// `dns`, `connect`, `tls`, `wait` (from the request to the first byte of the answer) or `read`.
    name: &'static str,
    ms: u64,
}

/// A time in which a monitor was down.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Incident")]
struct IncidentRecord {
    /// The number of the incident of this monitor, from 1.
    number: u64,
    /// First failed probe, RFC 3339.
    opened_at: String,
    /// First passed probe, RFC 3339; null while it lasts.
    closed_at: Option<String>,
    downtime_seconds: Option<u64>,
    cause: String,
    /// Set if it was closed because the monitor is no longer watched; its health is unknown.
    unwatched: Option<UnwatchedWord>,
}

/// Why a monitor is no longer watched.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Unwatched")]
enum UnwatchedWord {
    /// It is disabled (`enabled: false`).
    Disabled,
    /// It was removed from the files or the table.
    Removed,
}

impl MessageRecord {
    fn new(message: &Notification, at: Timestamp) -> Self {
        let Notification {
            id,
            channel: _,
            topic,
            groups,
            environment,
            severity,
            detail,
            subject,
            body,
            alerts,
        } = message;
        let (first, rest) = match detail {
            MessageDetail::Full | MessageDetail::List => (alerts.as_slice(), &[][..]),
            MessageDetail::Storm => alerts.split_at(alerts.len().min(1)),
        };
        Self {
            format_version: RECORD_FORMAT,
            id: id.clone(),
            at: at.to_string(),
            environment: environment.clone(),
            topic: topic.to_string(),
            group: groups.first().filter(|_| groups.len() == 1).cloned(),
            severity: (*severity).into(),
            subject: subject.clone(),
            body: rest.is_empty().then(|| body.clone()),
            count: alerts.len(),
            alerts: first.iter().map(AlertRecord::new).collect(),
            others: reasons(rest).into_iter().map(OthersRecord::new).collect(),
        }
    }
}

impl OthersRecord {
    fn new((first, reason, alerts): (&Alert, Option<String>, Vec<&Alert>)) -> Self {
        let rest = |alert: &Alert| {
            let rest = alert.id.strip_prefix(alert.monitor.id.as_str()).unwrap_or(&alert.id);
            rest.trim_start_matches('.').to_owned()
        };
        Self {
            kind: first.kind.into(),
            reason,
            alerts: alerts.into_iter().map(|alert| (alert.monitor.id.to_string(), rest(alert))).collect(),
        }
    }
}

impl AlertRecord {
    fn new(alert: &Alert) -> Self {
        let Alert {
            id,
            channel: _,
            topic: _,
            monitor,
            kind,
            seq: _,
            reminders,
            health,
            heard: _,
            began: _,
            since,
            incident,
            evidence,
            why: _,
            undelivered,
            flapping: _,
            flapping_changes,
            waiting: _,
        } = alert;
        let (faults, more_faults) = alert.faults();
        let (waiting, more_waiting) = alert.first_waiting();
        Self {
            id: id.clone(),
            monitor: monitor.id.to_string(),
            group: monitor.group.clone(),
            name: monitor.title().to_owned(),
            kind: (*kind).into(),
            reminder: *reminders,
            health: (*health).into(),
            since: since.to_string(),
            severity: alert.severity().into(),
            team: monitor.team.clone(),
            tags: monitor.tags.iter().cloned().collect(),
            method: monitor.ask.method().map(str::to_owned),
            url: monitor.url.to_string(),
            reason: alert.reason(),
            faults: faults.iter().map(FaultRecord::new).collect(),
            more_faults,
            probe: evidence.as_ref().map(ProbeRecord::new),
            incident: incident.as_ref().map(IncidentRecord::new),
            waiting: waiting.iter().map(MonitorId::to_string).collect(),
            more_waiting,
            undelivered: *undelivered,
            flapping_changes: flapping_changes.map(|FlapChanges { count, from, to }| FlappingRecord {
                changes: count,
                from: from.to_string(),
                to: to.to_string(),
            }),
            runbook: monitor.runbook.clone(),
            source: monitor.origin.source.clone(),
            commit: monitor.origin.commit.clone(),
            synced_at: monitor.origin.synced_at.map(|at| at.to_string()),
        }
    }
}

impl FaultRecord {
    fn new(Fault { kind, actual, expected }: &Fault) -> Self {
        Self { kind: kind.as_str(), actual: actual.clone(), expected: expected.clone() }
    }
}

impl ProbeRecord {
    fn new(judgement: &Judgement) -> Self {
        let phases = judgement.phases.iter();
        Self {
            at: judgement.at.to_string(),
            code: judgement.code.filter(|code| *code != 0),
            latency_ms: judgement.latency.map(millis),
            attempts: judgement.attempts,
            phases: phases.map(|(name, took)| PhaseRecord { name, ms: millis(took) }).collect(),
        }
    }
}

impl IncidentRecord {
    fn new(incident: &Incident) -> Self {
        let Incident { n, opened_at, closed_at, cause, unwatched } = incident;
        Self {
            number: *n,
            opened_at: opened_at.to_string(),
            closed_at: closed_at.map(|at| at.to_string()),
            downtime_seconds: incident.duration().map(|duration| duration.as_secs()),
            cause: cause.clone(),
            unwatched: unwatched.map(|why| match why {
                Unwatched::Disabled => UnwatchedWord::Disabled,
                Unwatched::Removed => UnwatchedWord::Removed,
            }),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
