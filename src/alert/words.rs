//! The words of a message: plain text that says what, why, since when and what comes next.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{Timestamp, Unit};

use super::{Alert, News};
use crate::monitor::format_duration;
use crate::observation::Phases;

/// Characters that SNS takes in the subject of a mail.
const SUBJECT_LIMIT: usize = 100;

/// Alerts of one message that are told in full. Nobody reads more at 3 am, and a message has a limit of size.
const DETAILED: usize = 5;

/// `[prod] DOWN payments-api: HTTP 503, expected 200`, or the counts for many.
pub fn subject(alerts: &[Alert], group: &str, environment: Option<&str>) -> String {
    let prefix = environment.map(|name| format!("[{name}] ")).unwrap_or_default();
    let said = match alerts {
        [only] => format!("{} {}{}", only.news.word(), only.monitor.id, tail(only)),
        many => {
            let place = if group.is_empty() { String::new() } else { format!(" in {group}") };
            let ids: Vec<_> = many.iter().map(|alert| alert.monitor.id.as_str()).collect();
            format!("{}{place}: {}", counts(many), ids.join(", "))
        }
    };
    ascii_line(&format!("{prefix}{said}"), SUBJECT_LIMIT)
}

/// The part of a subject after the id.
fn tail(alert: &Alert) -> String {
    match alert.news {
        News::Down | News::NeverUp | News::Degraded => {
            alert.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default()
        }
        News::Up => downtime(alert).map(|time| format!(": good again after {time}")).unwrap_or_default(),
        News::Over => downtime(alert).map(|time| format!(" for {time}, is up now")).unwrap_or_default(),
    }
}

/// `3 DOWN, 1 UP`
fn counts(alerts: &[Alert]) -> String {
    let words: Vec<_> = alerts.iter().map(|alert| alert.news.word()).collect();
    let runs = words.chunk_by(|a, b| a == b);
    let parts: Vec<_> = runs.filter_map(|run| Some(format!("{} {}", run.len(), run.first()?))).collect();
    parts.join(", ")
}

/// The whole message: a block for each alert, or a line for each of many.
pub fn body(alerts: &[Alert], environment: Option<&str>, now: Timestamp) -> String {
    if alerts.len() > DETAILED {
        return list(alerts);
    }
    let blocks: Vec<_> = alerts.iter().map(|alert| block(alert, environment, now)).collect();
    blocks.join("\n----------------------------------------\n\n")
}

fn list(alerts: &[Alert]) -> String {
    let mut text = format!("{}\n\n", counts(alerts));
    for alert in alerts {
        let reason = alert.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default();
        let _ = writeln!(
            text,
            "{} {}{reason} (since {})",
            alert.news.word(),
            alert.monitor.id,
            moment(alert.since)
        );
    }
    text.push_str("\n`monitorctl status ID` shows each of them in full.\n");
    text
}

fn block(alert: &Alert, environment: Option<&str>, now: Timestamp) -> String {
    let monitor = &alert.monitor;
    let title = match &monitor.name {
        Some(name) => format!("{name} ({})", monitor.id),
        None => monitor.id.to_string(),
    };
    let mut text = format!("{} {title}\n", alert.news.word());
    for reason in &alert.reasons {
        let _ = writeln!(text, "  {reason}");
    }
    text.push('\n');
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "{label:<10}{value}");
    };
    line("what", sentence(alert));
    match (alert.news, &alert.incident) {
        (News::Up | News::Over, Some(incident)) => {
            let until = incident.closed_at.unwrap_or(alert.since);
            line("when", format!("{} to {}", moment(incident.opened_at), moment(until)));
            line("cause", incident.cause.clone());
        }
        _ => line("since", format!("{} ({})", moment(alert.since), ago(alert.since, now))),
    }
    line("probe", format!("{} {}", monitor.method, monitor.url));
    if let Some(phases) = alert.phases.map(phases).filter(|text| !text.is_empty()) {
        line("phases", phases);
    }
    if let Some(source) = &monitor.origin.source {
        let commit = monitor.origin.commit.as_ref().map(|commit| format!(" at {commit}")).unwrap_or_default();
        line("defined", format!("{source}{commit}"));
    }
    if let Some(runbook) = &monitor.runbook {
        line("runbook", runbook.clone());
    }
    if let Some(team) = &monitor.team {
        line("team", team.clone());
    }
    line("severity", monitor.alert.severity.to_string());
    if let Some(environment) = environment {
        line("env", environment.to_owned());
    }
    // A late message is about one change that could not be told; only more than that is worth a word.
    if alert.untold > u64::from(alert.news == News::Over) {
        let times = if alert.untold == 1 { "once".to_owned() } else { format!("{} times", alert.untold) };
        line("untold", format!("its health changed {times} before this that no message could tell"));
    }
    line("next", next(alert).to_owned());
    line("alert", alert.id.clone());
    text
}

fn sentence(alert: &Alert) -> String {
    let failures = alert.monitor.alert.failures;
    let times = if failures == 1 { "once".to_owned() } else { format!("{failures} times in a row") };
    match alert.news {
        News::Down => format!("it failed {times}"),
        News::NeverUp => {
            let place = alert.monitor.origin.source.as_deref();
            let place = place.map(|source| format!("; look at {source} first")).unwrap_or_default();
            format!("it never came up since it was added: it failed {times}{place}")
        }
        News::Degraded => "it works, but not as well as it should".to_owned(),
        News::Up => match downtime(alert) {
            Some(time) => format!("it is good again after {time}"),
            None => "it is good again".to_owned(),
        },
        News::Over => match downtime(alert) {
            Some(time) => format!("it was down for {time} and is good again; this message is late"),
            None => "it was not good for a while and is good again; this message is late".to_owned(),
        },
    }
}

fn next(alert: &Alert) -> &'static str {
    match alert.news {
        News::Down | News::NeverUp | News::Degraded => "one message when this changes; nothing until then",
        News::Up | News::Over => "nothing to do",
    }
}

fn downtime(alert: &Alert) -> Option<String> {
    alert.incident.as_ref()?.duration().map(rough)
}

/// `dns 2 ms · connect 11 ms · wait 130 ms`, in ASCII.
pub fn phases(phases: Phases) -> String {
    let Phases { dns, connect, tls, wait, read } = phases;
    let named = [("dns", dns), ("connect", connect), ("tls", tls), ("wait", wait), ("read", read)];
    let parts: Vec<_> = named
        .iter()
        .filter_map(|(name, time)| time.map(|time| format!("{name} {} ms", time.as_millis())))
        .collect();
    parts.join(", ")
}

/// A duration to the second; under a minute people want no more, over it neither.
fn rough(duration: Duration) -> String {
    format_duration(Duration::from_secs(duration.as_secs()))
}

fn moment(at: Timestamp) -> String {
    let whole = at.round(Unit::Second).unwrap_or(at);
    whole.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn ago(since: Timestamp, now: Timestamp) -> String {
    match Duration::try_from(now.duration_since(since)) {
        Ok(duration) if duration >= Duration::from_secs(1) => format!("{} ago", rough(duration)),
        _ => "just now".to_owned(),
    }
}

/// One line of printable ASCII, cut to `limit`.
fn ascii_line(text: &str, limit: usize) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect();
    if plain.len() <= limit {
        return plain;
    }
    let kept: String = plain.chars().take(limit - 3).collect();
    format!("{}...", kept.trim_end())
}
