//! An alert becomes the parts of a message.

use std::time::Duration;

use jiff::Timestamp;

use super::{Alert, channel, level, words};
use crate::message::{
    AlertParts, AlertRecord, FaultRecord, FlappingRecord, HealthWord, IncidentRecord, LevelParts,
    MessageLink, NextStep, PhaseRecord, ProbeRecord, UnwatchedWord, cut,
};
use crate::monitor::{IdSubject, MonitorId};
use crate::observation::Fault;
use crate::state::Level;
use crate::transition::{FlapChanges, Health, Incident, Unwatched};
use crate::verdict::Judgement;

/// UTF-16 units of what was seen, and of what was expected. A probe quotes less.
const FAULT: usize = 700;

/// Everything that a message says about one alert.
pub fn parts(alert: &Alert, now: Timestamp, period: Duration) -> AlertParts {
    AlertParts {
        record: record(alert),
        word: alert.word(),
        subject: alert.subject(),
        tail: words::tail(alert, now),
        symptom: symptom(alert),
        when: words::when_of_list(alert, now),
        facts: words::facts(alert, now).into_facts(),
        excerpt: excerpt(alert),
        next: next(alert),
        links: links(alert),
        level: level_parts(&alert.level, now, period),
    }
}

/// What was seen, in a few words.
fn symptom(alert: &Alert) -> Option<String> {
    if let Some(fault) = alert.faults().0.first() {
        return Some(fault.actual.clone());
    }
    // As it is stored: `HTTP 503, expected 200`.
    let why = alert.why.as_ref()?;
    Some(why.split_once(", expected ").map_or(why.as_str(), |(actual, _)| actual).to_owned())
}

/// What this run saw of the answer. The answer to what is good again says nothing new.
fn excerpt(alert: &Alert) -> Option<String> {
    alert.evidence.as_ref().filter(|_| alert.kind.is_bad())?.excerpt.clone()
}

/// Commands that can be pasted. An id has no character that a shell reads.
fn next(alert: &Alert) -> Vec<NextStep> {
    let step = |purpose, command: &str| NextStep { purpose, command: format!("monitorctl {command}") };
    if !alert.kind.is_bad() {
        return Vec::new();
    }
    let id = &alert.monitor.id;
    // What beats is not reached from here.
    let look = || match alert.monitor.ask.beat_rule() {
        None => step("Probe it now", &format!("check {id}")),
        Some(_) => step("See its past", &format!("history {id}")),
    };
    match id.subject() {
        IdSubject::Monitor => vec![
            step("See why", &format!("explain {id}")),
            look(),
            step("Silence it", &format!("silence add {id} --for 1h --reason 'being repaired'")),
        ],
        IdSubject::Prober => {
            vec![step("Examine this machine", "doctor"), step("Show the health of every monitor", "status")]
        }
        IdSubject::Channel(_) => channel::next(),
    }
}

fn links(alert: &Alert) -> Vec<MessageLink> {
    let runbook = alert.monitor.runbook.iter();
    runbook.map(|url| MessageLink { label: "Runbook", url: url.clone() }).collect()
}

fn level_parts(Level { labels, starts, ended }: &Level, now: Timestamp, period: Duration) -> LevelParts {
    let by_itself = || now.checked_add(level::lasts(period)).unwrap_or(now);
    LevelParts { labels: labels.clone(), starts_at: *starts, ends_at: ended.unwrap_or_else(by_itself) }
}

fn record(alert: &Alert) -> AlertRecord {
    let Alert {
        id,
        route: _,
        monitor,
        kind,
        incident_key,
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
        level: _,
    } = alert;
    let (faults, more_faults) = alert.faults();
    let (waiting, more_waiting) = alert.first_waiting();
    AlertRecord {
        id: id.clone(),
        monitor: monitor.id.to_string(),
        group: monitor.group.clone(),
        name: monitor.title().to_owned(),
        description: monitor.description.clone(),
        kind: *kind,
        incident_key: incident_key.to_string(),
        reminder: *reminders,
        health: (*health).into(),
        since: since.to_string(),
        severity: alert.severity().into(),
        team: monitor.team.clone(),
        tags: monitor.tags.iter().cloned().collect(),
        method: monitor.ask.method().map(str::to_owned),
        url: monitor.url.to_string(),
        reason: alert.reason(),
        faults: faults.iter().map(fault_record).collect(),
        more_faults,
        probe: evidence.as_ref().map(probe_record),
        incident: incident.as_ref().map(incident_record),
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

fn fault_record(Fault { kind, actual, expected }: &Fault) -> FaultRecord {
    FaultRecord { kind: kind.as_str(), actual: cut(actual, FAULT), expected: cut(expected, FAULT) }
}

fn probe_record(judgement: &Judgement) -> ProbeRecord {
    let phases = judgement.phases.iter();
    ProbeRecord {
        at: judgement.at.to_string(),
        code: judgement.code.filter(|code| *code != 0),
        latency_ms: judgement.latency.map(millis),
        attempts: judgement.attempts,
        phases: phases.map(|(name, took)| PhaseRecord { name, ms: millis(took) }).collect(),
    }
}

fn incident_record(incident: &Incident) -> IncidentRecord {
    let Incident { n, opened_at, closed_at, cause, unwatched } = incident;
    IncidentRecord {
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

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<Health> for HealthWord {
    fn from(health: Health) -> Self {
        match health {
            Health::New => Self::New,
            Health::Up => Self::Up,
            Health::Degraded => Self::Degraded,
            Health::Down => Self::Down,
        }
    }
}
