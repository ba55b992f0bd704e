//! The log of a run as lines of JSON; its last one is a summary in CloudWatch's embedded metric format.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::prober::self_check_json;
use super::{RunReport, Tally};
use crate::alert::{Alert, Notification};
use crate::message::HEADLINE;
use crate::monitor::MonitorId;
use crate::state::{Held, SelfCheck};
use crate::suppress::{DiscardReason, SuppressionReason};
use crate::transition::Confirmed;

/// The namespace of the metrics.
const NAMESPACE: &str = "monitorctl";

/// What every line of a run says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogRun {
    /// Holder id of the run.
    pub id: String,
    pub shard: String,
    pub environment: Option<String>,
    /// Known once the store has given the time.
    pub slot: Option<u64>,
    /// Known once the lease was granted.
    pub epoch: Option<u64>,
}

/// What happens in a run.
#[derive(Debug, Clone, Copy)]
pub enum LogEvent<'a> {
    /// The lease was granted.
    Acquired,
    /// The state of a renamed monitor follows it.
    Moved { from: &'a MonitorId, to: &'a MonitorId },
    /// A confirmed change was committed.
    Changed { monitor: &'a MonitorId, confirmed: &'a Confirmed, why: &'a str },
    /// There is an alert to send.
    Pending(&'a Alert),
    /// It is not sent, for this reason, and stays pending.
    Suppressed { monitor: &'a MonitorId, reason: &'a SuppressionReason },
    /// What happened needs no notification any more.
    Discarded(&'a MonitorId, &'a DiscardReason),
    /// Its channel accepted a message.
    Delivered(&'a Notification),
    /// What was delivered is written down.
    Acknowledged(&'a Notification),
    /// It is not, so the next run sends it again.
    Unacknowledged { message: &'a Notification, why: &'a str },
    /// The channel did not take a message.
    Refused { message: &'a Notification, why: &'a str },
    /// The run has doubted its own network, and asked the canaries if there are any.
    Looked(&'a SelfCheck),
    /// A secret changed under way, and so many monitors are probed again.
    Reread(usize),
    /// Something went wrong without stopping the run.
    Problem(&'a str),
    /// The end, which every run has once: its summary.
    Ended(RunEnd<'a>),
}

/// How a run ended.
#[derive(Debug, Clone, Copy)]
pub enum RunEnd<'a> {
    /// It held the lease and came through, whatever it found.
    CompletedRun(&'a RunReport),
    /// The lease was not granted: another run has the work, or it is done.
    NotOurs(&'a Held),
    /// It could not do its work, for this reason.
    Failed(&'a str),
}

/// One line. `at` is when it is written.
pub fn line(at: Timestamp, run: &LogRun, event: &LogEvent<'_>) -> Value {
    let LogRun { id, shard, environment, slot, epoch } = run;
    let (level, message, details) = said(at, event);
    let mut line = Map::new();
    line.insert("time".to_owned(), at.to_string().into());
    line.insert("level".to_owned(), level.into());
    line.insert("message".to_owned(), message.into());
    line.insert("run".to_owned(), id.as_str().into());
    line.insert("shard".to_owned(), shard.as_str().into());
    line.insert("slot".to_owned(), (*slot).into());
    line.insert("epoch".to_owned(), (*epoch).into());
    if let Some(environment) = environment {
        line.insert("environment".to_owned(), environment.as_str().into());
    }
    if let Value::Object(details) = details {
        line.extend(details);
    }
    if let LogEvent::Ended(end) = event {
        line.extend(metrics(at, environment.is_some(), end));
    }
    Value::Object(line)
}

/// The level, the message, and the fields of one kind of event.
fn said(now: Timestamp, event: &LogEvent<'_>) -> (&'static str, String, Value) {
    match event {
        LogEvent::Acquired => ("info", "acquired the lease".to_owned(), Value::Null),
        LogEvent::Moved { from, to } => (
            "info",
            format!("{from} was renamed to {to}"),
            json!({"monitor": to.as_str(), "formerly": from.as_str()}),
        ),
        LogEvent::Changed { monitor, confirmed, why } => (
            "info",
            format!("{monitor} is {}", confirmed.health.as_str()),
            json!({
                "monitor": monitor.as_str(),
                "health": confirmed.health.as_str(),
                "why": why,
                "since": confirmed.since.to_string(),
                "seq": confirmed.seq,
            }),
        ),
        LogEvent::Pending(alert) => (
            "info",
            format!("alert pending: {} {}", alert.word(), alert.monitor.id),
            json!({"alert_id": alert.id, "monitor": alert.monitor.id.as_str(), "channel": alert.route.channel.to_string()}),
        ),
        LogEvent::Suppressed { monitor, reason } => (
            "info",
            format!("no alert for {monitor}, {}", reason.text(now)),
            json!({
                "monitor": monitor.as_str(),
                "by": reason.kind(),
                "until": reason.until().map(|until| until.to_string()),
            }),
        ),
        LogEvent::Discarded(monitor, why) => {
            ("info", format!("discarded: {monitor} {why}"), json!({"monitor": monitor.as_str()}))
        }
        LogEvent::Delivered(message) => {
            ("info", format!("delivered: {}", message.message.headline(HEADLINE)), of_message(message))
        }
        LogEvent::Acknowledged(message) => {
            ("info", format!("acknowledged: {}", message.message.headline(HEADLINE)), of_message(message))
        }
        LogEvent::Unacknowledged { message, why } => (
            "error",
            format!("delivered, but not acknowledged: {}: {why}", message.message.headline(HEADLINE)),
            of_message(message),
        ),
        LogEvent::Refused { message, why } => (
            "error",
            format!("not delivered: {}: failed to {why}", message.message.headline(HEADLINE)),
            of_message(message),
        ),
        LogEvent::Looked(check) => {
            let level = if check.is_blind() { "error" } else { "warn" };
            (level, check.to_string(), json!({"prober": self_check_json(check)}))
        }
        LogEvent::Reread(number) => (
            "info",
            "a secret changed; monitors refused with the old value are probed again".to_owned(),
            json!({"monitors": number}),
        ),
        LogEvent::Problem(problem) => ("warn", (*problem).to_owned(), Value::Null),
        LogEvent::Ended(end) => said_last(end),
    }
}

fn said_last(end: &RunEnd<'_>) -> (&'static str, String, Value) {
    match end {
        RunEnd::CompletedRun(report) => ("info", report.summary(), Value::Null),
        RunEnd::NotOurs(Held::By { holder, host, expires, .. }) => {
            let details = json!({"holder": holder, "host": host, "expires": expires.to_string()});
            ("info", "another check is running".to_owned(), details)
        }
        RunEnd::NotOurs(Held::Contended) => {
            ("info", "another check is taking the lock at this moment".to_owned(), json!({}))
        }
        RunEnd::NotOurs(Held::OtherPeriod { period, host, at }) => {
            let details = json!({"period_s": period.as_secs(), "host": host, "at": at.to_string()});
            ("warn", "checks with another period are at work".to_owned(), details)
        }
        RunEnd::NotOurs(Held::Done { slot, at: _ }) => {
            ("info", "this scheduled run is already done".to_owned(), json!({"done": slot}))
        }
        RunEnd::Failed(why) => ("error", (*why).to_owned(), Value::Null),
    }
}

fn of_message(message: &Notification) -> Value {
    let alerts: Vec<_> = message.alerts.iter().map(|alert| alert.id.as_str()).collect();
    json!({"alert_id": message.id(), "alerts": alerts, "channel": message.channel.to_string()})
}

/// A metric: its name, its unit, its value.
type Metric = (&'static str, &'static str, Value);

/// The embedded metric format: CloudWatch makes metrics of the values that `_aws` names.
fn metrics(at: Timestamp, has_environment: bool, end: &RunEnd<'_>) -> Map<String, Value> {
    let (failed, not_ours, found) = match end {
        RunEnd::CompletedRun(report) => (0, 0, found(at, report)),
        // A run that did nothing has nothing to average.
        RunEnd::NotOurs(_) => (0, 1, Vec::new()),
        RunEnd::Failed(_) => (1, 0, Vec::new()),
    };
    let mut values = vec![("Failed", "Count", json!(failed)), ("NotOurs", "Count", json!(not_ours))];
    values.extend(found);
    let named: Vec<_> = values.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let dimensions = if has_environment { json!([["environment"]]) } else { json!([[]]) };
    let directive = json!({
        "Timestamp": at.as_millisecond(),
        "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": named}],
    });
    let mut fields: Map<_, _> = values.into_iter().map(|(name, _, value)| (name.to_owned(), value)).collect();
    fields.insert("_aws".to_owned(), directive);
    fields
}

fn found(at: Timestamp, report: &RunReport) -> Vec<Metric> {
    let Tally { pass, degraded, fail, unknown, skipped } = report.tally();
    let delivered: usize = report.messages.iter().map(|message| message.alerts.len()).sum();
    vec![
        ("Probed", "Count", json!(pass + degraded + fail + unknown)),
        ("Pass", "Count", json!(pass)),
        ("Degraded", "Count", json!(degraded)),
        ("Fail", "Count", json!(fail)),
        ("Unknown", "Count", json!(unknown)),
        ("Skipped", "Count", json!(skipped)),
        ("Blind", "Count", json!(u8::from(report.self_check.is_blind()))),
        ("Pending", "Count", json!(report.pending)),
        ("PendingAge", "Seconds", json!(report.pending_age(at).as_secs())),
        ("Suppressed", "Count", json!(report.suppressed.len())),
        ("Delivered", "Count", json!(delivered)),
        ("Problems", "Count", json!(report.problems.len())),
        ("DurationMs", "Milliseconds", json!(u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX))),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::alert::testing::{arn, confirmed, down, messages, now, up};
    use crate::report::StoreUse;
    use crate::state::ProberHealth;
    use crate::transition::Health;

    #[test]
    fn every_event_is_a_line_with_its_run() {
        let run = LogRun {
            id: "01RUN".to_owned(),
            shard: "0".to_owned(),
            environment: Some("prod".to_owned()),
            slot: Some(7),
            epoch: Some(3),
        };
        let alert = down("payments-api");
        let former = MonitorId::parse("shop-payments").expect("an id");
        let message = messages(vec![down("payments-api"), up("cart-api")], &arn("x")).remove(0);
        let report = RunReport {
            run: run.id.clone(),
            epoch: 3,
            slot: 7,
            started_at: now(),
            took: Duration::from_millis(1234),
            notified_after: Some(Duration::from_millis(56)),
            lines: Vec::new(),
            self_check: SelfCheck::sample(ProberHealth::Blind),
            not_due: 4,
            messages: vec![message.clone()],
            pending: 1,
            pending_since: Some(now() - Duration::from_mins(7)),
            suppressed: Vec::new(),
            discarded: 0,
            store: StoreUse { requests: 8, read_units: 2.5, write_units: 3.0 },
            problems: Vec::new(),
        };
        let suppressed = SuppressionReason::Maintenance { reason: Some("patching".to_owned()), until: now() };
        let refused = Held::By {
            holder: "01OTHER".to_owned(),
            epoch: 6,
            expires: now(),
            host: Some("prober-2".to_owned()),
            process: None,
        };
        let confirmed = confirmed(Health::Down, 3);
        let events = [
            LogEvent::Acquired,
            LogEvent::Moved { from: &former, to: &alert.monitor.id },
            LogEvent::Changed {
                monitor: &alert.monitor.id,
                confirmed: &confirmed,
                why: "HTTP 503, expected 200",
            },
            LogEvent::Pending(&alert),
            LogEvent::Suppressed { monitor: &alert.monitor.id, reason: &suppressed },
            LogEvent::Discarded(&alert.monitor.id, &DiscardReason::Parent(former.clone())),
            LogEvent::Delivered(&message),
            LogEvent::Acknowledged(&message),
            LogEvent::Unacknowledged { message: &message, why: "the table states is throttled" },
            LogEvent::Refused { message: &message, why: "get an answer in the time of this run" },
            LogEvent::Looked(&report.self_check),
            LogEvent::Reread(2),
            LogEvent::Problem("the lease ran out before the end of the run"),
            LogEvent::Ended(RunEnd::CompletedRun(&report)),
            LogEvent::Ended(RunEnd::NotOurs(&refused)),
            LogEvent::Ended(RunEnd::NotOurs(&Held::Done { slot: 7, at: None })),
            LogEvent::Ended(RunEnd::NotOurs(&Held::OtherPeriod {
                period: Duration::from_secs(30),
                host: "prober-2".to_owned(),
                at: now(),
            })),
            LogEvent::Ended(RunEnd::Failed("error: the table states does not exist")),
        ];
        let lines: Vec<_> = events.iter().map(|event| line(now(), &run, event).to_string()).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }
}
