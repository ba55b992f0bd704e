//! The words of a message, written for the person it wakes: what, why, since when, what comes next. The most
//! important stands first, in lines of 80 characters of plain text.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::layout::{ascii_line, wrap, wrap_line};
use super::notification::{MessageDetail, PartNumber};
use super::storm;
use super::{Alert, AlertKind, prober};
use crate::monitor::{MonitorId, age, ago, format_duration, minutes_near, moment, moments, rough_duration};
use crate::transition::{FlapChanges, STABLE_AFTER, Unwatched};
use crate::verdict::Judgement;

/// SNS wants less than 100 characters in the subject of a mail.
const SUBJECT: usize = 99;

/// `[prod] DOWN payments-api: HTTP 503, expected 200`, or the counts for many.
pub fn subject(alerts: &[Alert], part: PartNumber, environment: Option<&str>, now: Timestamp) -> String {
    let prefix = environment.map(|name| format!("[{name}] ")).unwrap_or_default();
    let said = match alerts {
        [only] => format!("{} {}{}", only.word(), only.monitor.id, tail(only, now)),
        many => {
            let ids: Vec<_> = many.iter().map(|alert| alert.monitor.id.as_str()).collect();
            format!("{}: {}", heading(many, part), ids.join(", "))
        }
    };
    ascii_line(&format!("{prefix}{said}"), SUBJECT)
}

/// The part of a subject after the id.
fn tail(alert: &Alert, now: Timestamp) -> String {
    if alert.monitor.id.is_prober() {
        return prober::tail(alert, now);
    }
    if let Some(changes) = alert.flapping_changes {
        return changes_of_a_flapping(alert, changes);
    }
    match (alert.kind, alert.ended()) {
        (AlertKind::Down | AlertKind::NeverUp | AlertKind::Flapping | AlertKind::Degraded, _) => {
            alert.reason().map(|reason| format!(": {reason}")).unwrap_or_default()
        }
        (AlertKind::StillDown | AlertKind::StillDegraded, _) => {
            let reason = alert.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!(" for {}{reason}", rough_duration(age(alert.since, now)))
        }
        (AlertKind::Up, Some((incident, _))) => incident
            .duration()
            .map(|time| format!(": recovered after {}", rough_duration(time)))
            .unwrap_or_default(),
        (AlertKind::Over, Some((incident, closed))) => {
            format!(" {}, is up again", minutes_near(incident.opened_at, closed, now))
        }
        (AlertKind::Unwatched, incident) => {
            let why = incident
                .and_then(|(incident, _)| incident.unwatched)
                .map_or("no longer watched", Unwatched::as_str);
            let lasted = incident.and_then(|(incident, _)| incident.duration()).map(rough_duration);
            lasted.map_or(format!(": {why}"), |time| format!(": {why}, it was DOWN for {time}"))
        }
        (AlertKind::Rerouted, _) => {
            format!(": it is {}, and its alerts go elsewhere now", alert.health.as_str().to_uppercase())
        }
        (AlertKind::Up, None) => ": recovered".to_owned(),
        (AlertKind::Over, None) => ", recovered".to_owned(),
    }
}

/// `: 6 changes in 34m`, `: stable after 8 changes`
fn changes_of_a_flapping(alert: &Alert, FlapChanges { count, from, to }: FlapChanges) -> String {
    if alert.kind == AlertKind::Flapping {
        return format!(": {count} changes in {}", rough_duration(age(from, to)));
    }
    let reason = alert.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!(", stable after {count} changes{reason}")
}

/// `3 DOWN, 1 UP in payments (part 1 of 2)`
fn heading(alerts: &[Alert], part: PartNumber) -> String {
    let words: Vec<_> = alerts.iter().map(Alert::word).collect();
    let runs = words.chunk_by(|a, b| a == b);
    let counts: Vec<_> = runs.filter_map(|run| Some(format!("{} {}", run.len(), run.first()?))).collect();
    let groups: BTreeSet<_> = alerts.iter().map(|alert| alert.monitor.group.as_str()).collect();
    let place = match groups.first() {
        Some(_) if groups.len() > 1 => format!(" in {} groups", groups.len()),
        Some(group) if !group.is_empty() => format!(" in {group}"),
        Some(_) | None => String::new(),
    };
    let part = if part.of > 1 { format!(" (part {} of {})", part.number, part.of) } else { String::new() };
    format!("{}{place}{part}", counts.join(", "))
}

/// The whole message: one alert in full, some as a list and in full, many as a list, a storm by its reasons.
pub fn body(
    alerts: &[Alert],
    detail: MessageDetail,
    part: PartNumber,
    environment: Option<&str>,
    now: Timestamp,
) -> String {
    if let [only] = alerts {
        return block(only, environment, now);
    }
    let place = environment.map(|environment| format!(", {environment}")).unwrap_or_default();
    let mut text = format!("{}{place}\n\n", heading(alerts, part));
    if let Some(cause) = storm::common_cause(alerts) {
        wrap_line(&mut text, &cause);
        text.push('\n');
    }
    match detail {
        MessageDetail::Full | MessageDetail::List => {
            for alert in alerts {
                entry(&mut text, alert, now);
            }
        }
        MessageDetail::Storm => storm::by_reason(&mut text, alerts),
    }
    match detail {
        MessageDetail::Full => {
            for alert in alerts {
                let _ = write!(text, "\n{}\n\n{}", "-".repeat(40), block(alert, environment, now));
            }
        }
        MessageDetail::List | MessageDetail::Storm => {
            text.push_str("\nA notification follows when the health of one of them changes.\n");
            text.push_str("`monitorctl status` shows their health now.\n");
        }
    }
    text
}

/// One alert of a list.
fn entry(text: &mut String, alert: &Alert, now: Timestamp) {
    let when = match (alert.kind, &alert.incident) {
        (AlertKind::Up | AlertKind::Over | AlertKind::Unwatched, Some(incident)) => {
            let was = if alert.monitor.id.is_prober() { "was blind" } else { "was down" };
            format!(
                "{was} {}",
                minutes_near(incident.opened_at, incident.closed_at.unwrap_or(alert.since), now)
            )
        }
        _ => format!("since {} ({})", moment(alert.since), ago(alert.since, now)),
    };
    wrap(text, alert.word(), &format!("{}, {when}", alert.monitor.id));
    let cause = alert.reason().or_else(|| alert.incident.as_ref().map(|incident| incident.cause.clone()));
    if let Some(cause) = cause {
        wrap(text, "", &cause);
    }
}

fn block(alert: &Alert, environment: Option<&str>, now: Timestamp) -> String {
    let monitor = &alert.monitor;
    if monitor.id.is_prober() {
        return prober::block(alert, environment, now);
    }
    let name = match &monitor.name {
        Some(name) => format!("{name} ({})", monitor.id),
        None => monitor.id.to_string(),
    };
    let place = environment.map(|environment| format!(", {environment}")).unwrap_or_default();
    let mut text = String::new();
    wrap(&mut text, alert.word(), &format!("{name}{place}"));
    text.push('\n');
    why(&mut text, alert);
    when(&mut text, alert, now);
    waiting(&mut text, alert);
    if let Some(runbook) = &monitor.runbook {
        wrap(&mut text, "runbook", runbook);
    }
    text.push('\n');
    // Of a monitor that is gone there may be nothing left but its name.
    if !monitor.url.is_empty() {
        wrap(&mut text, "probe", &monitor.request_line());
    }
    if let Some(phases) = alert.evidence.as_ref().map(measured).filter(|phases| !phases.is_empty()) {
        wrap(&mut text, "phases", &phases);
    }
    origin(&mut text, alert, now);
    if let Some(team) = &monitor.team {
        wrap(&mut text, "team", team);
    }
    wrap(&mut text, "severity", &alert.severity().to_string());
    wrap(&mut text, "next", &next(alert));
    wrap(&mut text, "alert", &alert.id);
    text
}

/// Actual against expected, fault by fault.
fn why(text: &mut String, alert: &Alert) {
    let (faults, more) = alert.faults();
    for fault in faults {
        wrap(text, "actual", &fault.actual);
        wrap(text, "expected", &fault.expected);
        text.push('\n');
    }
    if more > 0 {
        wrap(text, "", &format!("and {more} more faults"));
        text.push('\n');
    }
    if let (true, Some(why)) = (faults.is_empty(), &alert.why) {
        wrap(text, "why", why);
    }
}

/// The dependent monitors whose alerts this one replaces.
fn waiting(text: &mut String, alert: &Alert) {
    let (ids, more) = alert.first_waiting();
    if ids.is_empty() {
        return;
    }
    let count = ids.len() + more;
    let ids: Vec<_> = ids.iter().map(MonitorId::as_str).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let who = if count == 1 {
        "1 dependent monitor without an alert of its own".to_owned()
    } else {
        format!("{count} dependent monitors without alerts of their own")
    };
    let value = format!("{who}: {}{more}", ids.join(", "));
    wrap(text, "with it", &value);
}

fn when(text: &mut String, alert: &Alert, now: Timestamp) {
    let since = format!("{} ({})", moment(alert.since), ago(alert.since, now));
    if let Some(FlapChanges { count, from, to }) = alert.flapping_changes {
        wrap(text, "changes", &format!("{count}, {}", moments(from, to)));
    }
    if alert.kind == AlertKind::Flapping {
        wrap(text, "now", &format!("{} since {since}", alert.health.as_str()));
        return;
    }
    let failures = alert.monitor.alert.failures;
    let times = if failures == 1 { "1 probe".to_owned() } else { format!("{failures} probes in a row") };
    match alert.kind {
        AlertKind::Down => wrap(text, "since", &format!("{since}, {times} failed")),
        AlertKind::NeverUp => {
            wrap(text, "since", &format!("{since}, {times} failed"));
            let place =
                alert.monitor.origin.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
            wrap(
                text,
                "note",
                &format!("never passed since it was added; check the definition first{place}"),
            );
        }
        AlertKind::Degraded => wrap(text, "since", &since),
        AlertKind::StillDown | AlertKind::StillDegraded => {
            wrap(text, "since", &since);
            wrap(
                text,
                "reminder",
                &format!("number {}; nothing has changed since the last notification", alert.reminders),
            );
        }
        AlertKind::Rerouted => {
            wrap(text, "since", &since);
            wrap(text, "note", "its alerts go to other channels now; this is the last one here");
        }
        AlertKind::Flapping | AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => {}
    }
    match (&alert.incident, alert.kind) {
        (Some(incident), AlertKind::Up | AlertKind::Over | AlertKind::Degraded | AlertKind::Unwatched)
            if incident.closed_at.is_some() =>
        {
            let until = incident.closed_at.unwrap_or(alert.since);
            let lasted = incident.duration().map(rough_duration).unwrap_or_default();
            wrap(text, "was down", &format!("{lasted}, {}", moments(incident.opened_at, until)));
            wrap(text, "cause", &incident.cause);
        }
        (_, AlertKind::Up) if alert.flapping_changes.is_some() => wrap(text, "since", &since),
        (_, AlertKind::Up | AlertKind::Unwatched) => {
            wrap(text, "since", &format!("{since}; it was degraded before"));
        }
        (_, AlertKind::Over) => wrap(text, "since", &since),
        (
            _,
            AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded
            | AlertKind::Rerouted,
        ) => {}
    }
    if alert.kind == AlertKind::Over {
        wrap(text, "late", "it recovered; no notification could be delivered while it lasted");
    }
    if alert.kind == AlertKind::Unwatched {
        let why = alert.incident.as_ref().and_then(|incident| incident.unwatched);
        let why = match why {
            Some(Unwatched::Disabled) => "it was disabled (`enabled: false`)",
            Some(Unwatched::Removed) => "it was removed",
            None => "it was disabled or removed",
        };
        let note = format!("{why} and is no longer watched; its health is unknown");
        wrap(text, "note", &note);
    }
    // A late message is about one change that was not delivered; only more than that is worth a word.
    if alert.undelivered > u64::from(matches!(alert.kind, AlertKind::Over | AlertKind::Unwatched)) {
        let times =
            if alert.undelivered == 1 { "once".to_owned() } else { format!("{} times", alert.undelivered) };
        wrap(text, "before", &format!("its health changed {times} without a notification"));
    }
}

/// What changed last, and where: the first suspect.
fn origin(text: &mut String, alert: &Alert, now: Timestamp) {
    let origin = &alert.monitor.origin;
    let commit = origin.commit.as_ref().map(|commit| format!("commit {commit}"));
    let place = [origin.source.clone(), commit].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let Some(synced_at) = origin.synced_at else {
        if !place.is_empty() {
            wrap(text, "defined", &place);
        }
        return;
    };
    let apart = alert.since.duration_since(synced_at).unsigned_abs();
    let relation = match alert.kind {
        AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => ago(synced_at, now),
        _ if synced_at <= alert.since => format!("{} before the problem began", rough_duration(apart)),
        _ => format!("{} after the problem began", rough_duration(apart)),
    };
    wrap(text, "synced", &format!("{} ({relation})", moment(synced_at)));
    if !place.is_empty() {
        wrap(text, "", &place);
    }
}

fn next(alert: &Alert) -> String {
    let every = format_duration(alert.monitor.interval);
    match alert.kind {
        AlertKind::Flapping => {
            let stable = rough_duration(STABLE_AFTER.unsigned_abs());
            format!("a probe every {every}; a notification with its health once it is stable for {stable}")
        }
        AlertKind::Down
        | AlertKind::NeverUp
        | AlertKind::Degraded
        | AlertKind::StillDown
        | AlertKind::StillDegraded => {
            let wait = alert.monitor.alert.wait_before(alert.reminders);
            let reminder = |wait| format!("a reminder after {}", format_duration(wait));
            let meanwhile = wait.map_or("no reminder".to_owned(), reminder);
            format!("a probe every {every}; a notification when its health changes, {meanwhile}")
        }
        AlertKind::Up | AlertKind::Over => "nothing to do".to_owned(),
        AlertKind::Rerouted => "no notifications here; `monitorctl explain` shows its channels".to_owned(),
        AlertKind::Unwatched => "no probes and no notifications until it is watched again".to_owned(),
    }
}

/// `dns 2 ms, connect 11 ms, wait 130 ms; 2 attempts`
fn measured(judgement: &Judgement) -> String {
    let parts: Vec<_> =
        judgement.phases.iter().map(|(name, took)| format!("{name} {} ms", took.as_millis())).collect();
    let attempts = match judgement.attempts {
        0 | 1 => String::new(),
        number if parts.is_empty() => format!("{number} attempts"),
        number => format!("; attempt {number}"),
    };
    format!("{}{attempts}", parts.join(", "))
}
