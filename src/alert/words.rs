//! The words about one monitor: headline, facts, and what to do next.

use jiff::Timestamp;

use super::fact_list::FactList;
use super::{Alert, AlertKind, channel, prober};
use crate::monitor::{
    IdSubject, MonitorId, age, ago, format_duration, minute_near, minutes_near, moment, moments,
    rough_duration,
};
use crate::transition::{FlapChanges, STABLE_AFTER, Unwatched};
use crate::verdict::Judgement;

/// The part of a headline after the id.
pub fn tail(alert: &Alert, now: Timestamp) -> String {
    match alert.monitor.id.subject() {
        IdSubject::Monitor => {}
        IdSubject::Prober => return prober::tail(alert, now),
        IdSubject::Channel(_) => return channel::tail(alert, now),
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

/// Since when, for a list of alerts.
pub fn when_of_list(alert: &Alert, now: Timestamp) -> String {
    match (alert.kind, &alert.incident) {
        (AlertKind::Up | AlertKind::Over | AlertKind::Unwatched, Some(incident)) => {
            let was = if alert.monitor.id.is_prober() { "was blind" } else { "was down" };
            let closed = incident.closed_at.unwrap_or(alert.since);
            format!("{was} {}", minutes_near(incident.opened_at, closed, now))
        }
        (
            AlertKind::Up
            | AlertKind::Over
            | AlertKind::Unwatched
            | AlertKind::Down
            | AlertKind::NeverUp
            | AlertKind::Flapping
            | AlertKind::Degraded
            | AlertKind::StillDown
            | AlertKind::StillDegraded
            | AlertKind::Rerouted,
            _,
        ) => format!("since {} ({})", minute_near(alert.since, now), ago(alert.since, now)),
    }
}

/// Everything about one monitor that people read.
pub fn facts(alert: &Alert, now: Timestamp) -> FactList {
    match alert.monitor.id.subject() {
        IdSubject::Monitor => {}
        IdSubject::Prober => return prober::facts(alert, now),
        IdSubject::Channel(_) => return channel::facts(alert, now),
    }
    let monitor = &alert.monitor;
    let mut facts = FactList::default();
    if let Some(name) = &monitor.name {
        facts.add("Name", name);
    }
    if let Some(description) = &monitor.description {
        facts.add("About", description);
    }
    why(&mut facts, alert);
    when(&mut facts, alert, now);
    waiting(&mut facts, alert);
    // Of a monitor that is gone there may be nothing left but its name.
    if !monitor.url.is_empty() || monitor.ask.beat_rule().is_some() {
        facts.add("Probe", &monitor.request_line());
    }
    if let Some(phases) = alert.evidence.as_ref().map(measured).filter(|phases| !phases.is_empty()) {
        facts.add("Time", &phases);
    }
    origin(&mut facts, alert, now);
    if let Some(team) = &monitor.team {
        facts.add("Team", team);
    }
    facts.add("Follow-up", &next(alert));
    facts
}

/// Actual against expected, fault by fault.
fn why(facts: &mut FactList, alert: &Alert) {
    let (faults, more) = alert.faults();
    for fault in faults {
        facts.add("Actual", &fault.actual);
        facts.add("Expected", &fault.expected);
    }
    if more > 0 {
        facts.add("More", &format!("{more} more faults"));
    }
    if let (true, Some(why)) = (faults.is_empty(), &alert.why) {
        facts.add("Why", why);
    }
}

/// The dependent monitors whose alerts this one replaces.
fn waiting(facts: &mut FactList, alert: &Alert) {
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
    facts.add("With it", &value);
}

fn when(facts: &mut FactList, alert: &Alert, now: Timestamp) {
    let since = format!("{} ({})", moment(alert.since), ago(alert.since, now));
    if let Some(FlapChanges { count, from, to }) = alert.flapping_changes {
        facts.add("Changes", &format!("{count}, {}", moments(from, to)));
    }
    if alert.kind == AlertKind::Flapping {
        facts.add("Now", &format!("{} since {since}", alert.health.as_str()));
        return;
    }
    let failures = alert.monitor.alert.failures;
    let times = if failures == 1 { "1 probe".to_owned() } else { format!("{failures} probes in a row") };
    match alert.kind {
        AlertKind::Down => facts.add("Since", &format!("{since}, {times} failed")),
        AlertKind::NeverUp => {
            facts.add("Since", &format!("{since}, {times} failed"));
            let place =
                alert.monitor.origin.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
            facts.add("Note", &format!("never passed since it was added; check the definition first{place}"));
        }
        AlertKind::Degraded => facts.add("Since", &since),
        AlertKind::StillDown | AlertKind::StillDegraded => {
            facts.add("Since", &since);
            facts.add(
                "Reminder",
                &format!("number {}; nothing has changed since the last notification", alert.reminders),
            );
        }
        AlertKind::Rerouted => {
            facts.add("Since", &since);
            facts.add("Note", "its alerts go to other channels now; this is the last one here");
        }
        AlertKind::Flapping | AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => {}
    }
    match (&alert.incident, alert.kind) {
        (Some(incident), AlertKind::Up | AlertKind::Over | AlertKind::Degraded | AlertKind::Unwatched)
            if incident.closed_at.is_some() =>
        {
            let until = incident.closed_at.unwrap_or(alert.since);
            let lasted = incident.duration().map(rough_duration).unwrap_or_default();
            facts.add("Was down", &format!("{lasted}, {}", moments(incident.opened_at, until)));
            facts.add("Cause", &incident.cause);
        }
        (_, AlertKind::Up) if alert.flapping_changes.is_some() => facts.add("Since", &since),
        (_, AlertKind::Up | AlertKind::Unwatched) => {
            facts.add("Since", &format!("{since}; it was degraded before"));
        }
        (_, AlertKind::Over) => facts.add("Since", &since),
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
        facts.add("Late", "it recovered; no notification could be delivered while it lasted");
    }
    if alert.kind == AlertKind::Unwatched {
        let why = alert.incident.as_ref().and_then(|incident| incident.unwatched);
        let why = match why {
            Some(Unwatched::Disabled) => "it was disabled (`enabled: false`)",
            Some(Unwatched::Removed) => "it was removed",
            None => "it was disabled or removed",
        };
        let note = format!("{why} and is no longer watched; its health is unknown");
        facts.add("Note", &note);
    }
    // A late message is about one change that was not delivered; only more than that is worth a word.
    if alert.undelivered > u64::from(matches!(alert.kind, AlertKind::Over | AlertKind::Unwatched)) {
        let times =
            if alert.undelivered == 1 { "once".to_owned() } else { format!("{} times", alert.undelivered) };
        facts.add("Before", &format!("its health changed {times} without a notification"));
    }
}

/// What changed last, and where: the first suspect.
fn origin(facts: &mut FactList, alert: &Alert, now: Timestamp) {
    let origin = &alert.monitor.origin;
    let commit = origin.commit.as_ref().map(|commit| format!("commit {commit}"));
    let place = [origin.source.clone(), commit].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let Some(synced_at) = origin.synced_at else {
        if !place.is_empty() {
            facts.add("Defined", &place);
        }
        return;
    };
    let apart = alert.since.duration_since(synced_at).unsigned_abs();
    let relation = match alert.kind {
        AlertKind::Up | AlertKind::Over | AlertKind::Unwatched => ago(synced_at, now),
        _ if synced_at <= alert.since => format!("{} before the problem began", rough_duration(apart)),
        _ => format!("{} after the problem began", rough_duration(apart)),
    };
    let place = if place.is_empty() { place } else { format!(", {place}") };
    facts.add("Changed", &format!("{} ({relation}){place}", moment(synced_at)));
}

fn next(alert: &Alert) -> String {
    let looks = match alert.monitor.ask.beat_rule() {
        Some(_) => "a look at its beats in every run".to_owned(),
        None => format!("a probe every {}", format_duration(alert.monitor.interval)),
    };
    match alert.kind {
        AlertKind::Flapping => {
            let stable = rough_duration(STABLE_AFTER.unsigned_abs());
            format!("{looks}; a notification with its health once it is stable for {stable}")
        }
        AlertKind::Down
        | AlertKind::NeverUp
        | AlertKind::Degraded
        | AlertKind::StillDown
        | AlertKind::StillDegraded => {
            let wait = alert.monitor.alert.wait_before(alert.reminders);
            let reminder = |wait| format!("a reminder after {}", format_duration(wait));
            let meanwhile = wait.map_or("no reminder".to_owned(), reminder);
            format!("{looks}; a notification when its health changes, {meanwhile}")
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
