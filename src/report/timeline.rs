//! What a simulation gave, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::paint::{FAINT, STRONG, WARN, column, health_style, health_word, paint};
use super::workflow::inert;
use crate::alert::Route;
use crate::monitor::{
    ChannelName, ChannelPolicy, Monitor, MonitorId, count, format_duration, marked, minute,
};
use crate::simulation::{Difference, Moment, Notice, Play, Timeline};
use crate::transition::{Health, StreakProgress};

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// Where the words below a run begin.
const INDENT: usize = 11;

/// A line for each run in which something is to be seen; the last line sums the alerts up, as `--expect` takes them.
pub fn timeline_text(timeline: &Timeline, play: &Play<'_>) -> String {
    let mut text = heading(timeline, play);
    text.push_str(&policy_lines(play));
    text.push('\n');
    text.push_str(&run_lines(timeline));
    let _ = writeln!(text, "\n{}", paint(STRONG, &summary(timeline)));
    inert(text)
}

/// A line for each run in which something is to be seen.
pub fn run_lines(timeline: &Timeline) -> String {
    let mut text = String::new();
    let lines: Vec<_> = timeline.moments.chunk_by(|one, next| is_quiet(one) && is_more(one, next)).collect();
    for moments in lines {
        if let [first, rest @ ..] = moments {
            line(&mut text, timeline, first, rest.len());
        }
    }
    text
}

fn heading(timeline: &Timeline, play: &Play<'_>) -> String {
    format!(
        "{}: a probe every {} from {}\n",
        paint(STRONG, play.lead.monitor.id.as_str()),
        format_duration(timeline.apart),
        minute(timeline.from),
    )
}

/// What the policy asks for, and what the channels take.
pub fn policy_lines(play: &Play<'_>) -> String {
    let monitor = play.lead.monitor;
    let policy = &monitor.alert;
    let mut text = String::new();
    let remind = policy
        .remind
        .map_or("no reminder".to_owned(), |first| format!("first reminder after {}", format_duration(first)));
    let rules = format!(
        "health gets worse after {}, better after {}; {remind}",
        count(policy.failures, "probe"),
        count(policy.successes, "probe"),
    );
    let _ = writeln!(text, "{}", paint(FAINT, &rules));
    let channels: Vec<_> = play.lead.routes.to.iter().filter_map(selective).collect();
    if !channels.is_empty() {
        let _ = writeln!(text, "{}", paint(FAINT, &channels.join("; ")));
    }
    let assumed = assumed(monitor, play);
    if !assumed.is_empty() {
        let note =
            format!("depends on {}, assumed to be up (change with --parent ID=SCRIPT)", assumed.join(", "));
        let _ = writeln!(text, "{}", paint(FAINT, &note));
    }
    text
}

/// `chat takes only critical, only what is DOWN for 30m`: what a channel does not take; `None` if it takes everything.
fn selective(route: &Route) -> Option<String> {
    let ChannelPolicy { severities, after, reminders } = &route.policy;
    let mut parts = Vec::new();
    if severities.len() < ChannelPolicy::default().severities.len() {
        let names: Vec<_> = severities.iter().rev().map(ToString::to_string).collect();
        parts.push(format!("only {}", names.join(" and ")));
    }
    parts.extend(after.map(|after| format!("only what is DOWN for {}", format_duration(after))));
    if !reminders {
        parts.push("no reminders".to_owned());
    }
    (!parts.is_empty()).then(|| format!("{} takes {}", route.channel.name, parts.join(", ")))
}

/// The parents of which the script says nothing.
fn assumed<'a>(monitor: &'a Monitor, play: &Play<'_>) -> Vec<&'a str> {
    let alerts = |id: &&MonitorId| play.parents.iter().all(|part| part.monitor.id != **id);
    monitor.depends_on.iter().filter(alerts).map(MonitorId::as_str).collect()
}

/// Whether nothing is to be said of it but that it was.
fn is_quiet(moment: &Moment) -> bool {
    !moment.is_eventful() && moment.progress.is_none() && moment.change.is_none()
}

/// Whether `next` is the same once more.
fn is_more(one: &Moment, next: &Moment) -> bool {
    let outcome = |moment: &Moment| moment.probe.as_ref().map(|(outcome, _)| *outcome);
    is_quiet(next)
        && outcome(one) == outcome(next)
        && one.health == next.health
        && one.flapping == next.flapping
        && one.parents == next.parents
}

/// One run, and how many more are like it.
fn line(text: &mut String, timeline: &Timeline, moment: &Moment, more: usize) {
    let outcome = moment.probe.as_ref().map_or("no probe".to_owned(), |(outcome, _)| outcome.to_string());
    let outcome = if more > 0 { format!("{outcome} ×{}", more + 1) } else { outcome };
    let after = format_duration(moment.after);
    let health = column(health_style(moment.health), &health_word(moment.health), 9);
    let said = said(moment).join(", ");
    let line = format!("{after:>9}  {outcome:<15} {health} {said}");
    let _ = writeln!(text, "{}", line.trim_end());
    let mut below = |label: &str, words: &str| {
        let _ = writeln!(text, "{:INDENT$}{} {words}", "", column(STRONG, label, 8));
    };
    for notice in &moment.alerts {
        below(if notice.monitor == timeline.monitor { "alert" } else { "parent" }, &notice.subject);
        let whereabouts = format!("{} to {}", notice.id, notice.channels());
        below("", &paint(FAINT, &whereabouts));
    }
    if let Some(reason) = &moment.suppressed {
        below("no alert", &paint(WARN, &marked(reason.text(moment.at))));
    }
    if let Some(discarded) = &moment.discarded {
        below("discarded", &paint(WARN, &format!("it {discarded}")));
    }
}

/// What there is to say about the state after a run.
fn said(moment: &Moment) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(StreakProgress { count, of, towards }) = moment.progress {
        said.push(format!("{count} of {of} towards {}", health_word(towards)));
    }
    if moment.change.is_some() {
        said.push("confirmed".to_owned());
    }
    if moment.flapping {
        said.push("flapping".to_owned());
    }
    let parents = moment.parents.iter().filter(|(_, health)| *health != Health::New);
    said.extend(parents.map(|(id, health)| format!("{id} is {}", health_word(*health))));
    said
}

/// `2 alerts: DOWN at 12m, UP at 14m`
pub fn summary(timeline: &Timeline) -> String {
    let alerts: Vec<_> =
        timeline.alerts().map(|(notice, at)| format!("{} at {}", notice.word, format_duration(at))).collect();
    match alerts.as_slice() {
        [] => "no alert".to_owned(),
        alerts => format!("{}: {}", count(alerts.len(), "alert"), alerts.join(", ")),
    }
}

/// Every run that the text is made of. `difference` is there if something was expected.
pub fn timeline_json(timeline: &Timeline, play: &Play<'_>, difference: Option<&Option<Difference>>) -> Value {
    let Timeline { monitor, from, apart, moments: _ } = timeline;
    json!({
        "format_version": FORMAT_VERSION,
        "monitor": monitor.as_str(),
        "from": from.to_string(),
        "period_s": play.period.as_secs(),
        "probe_every_s": apart.as_secs(),
        "assumed_up": assumed(play.lead.monitor, play),
        "runs": runs_json(timeline),
        "alerts": alerts_json(timeline),
        "as_expected": difference.map(Option::is_none),
        "difference": difference.and_then(|difference| difference.as_ref()).map(ToString::to_string),
    })
}

pub fn runs_json(timeline: &Timeline) -> Value {
    timeline.moments.iter().map(moment).collect()
}

pub fn alerts_json(timeline: &Timeline) -> Value {
    let alert = |(notice, at): (&Notice, Duration)| json!({ "alert": notice.word, "after_s": at.as_secs(), "id": notice.id });
    timeline.alerts().map(alert).collect()
}

fn moment(moment: &Moment) -> Value {
    let Moment {
        at,
        after,
        probe,
        health,
        progress,
        change,
        flapping,
        parents,
        alerts,
        suppressed,
        discarded,
    } = moment;
    json!({
        "at": at.to_string(),
        "after_s": after.as_secs(),
        "outcome": probe.as_ref().map(|(outcome, _)| outcome.to_string()),
        "verdict": probe.as_ref().map(|(_, judgement)| judgement.verdict.as_str()),
        "why": probe.as_ref().map(|(_, judgement)| judgement.why()),
        "health": health.as_str(),
        "progress": progress.map(|StreakProgress { count, of, towards }| json!({
            "count": count, "of": of, "towards": towards.as_str(),
        })),
        "change": change,
        "flapping": flapping,
        "parents": parents.iter().map(|(id, health)| json!({
            "id": id.as_str(), "health": health.as_str(),
        })).collect::<Vec<_>>(),
        "alerts": alerts.iter().map(|notice| json!({
            "monitor": notice.monitor.as_str(),
            "alert": notice.word,
            "id": notice.id,
            "channels": notice.channels.iter().map(ChannelName::as_str).collect::<Vec<_>>(),
            "subject": notice.subject,
        })).collect::<Vec<_>>(),
        "suppressed": suppressed.as_ref().map(|reason| super::silence::suppression_json(reason, *at)),
        "discarded": discarded.as_ref().map(ToString::to_string),
    })
}
