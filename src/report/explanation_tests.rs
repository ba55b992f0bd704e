//! What `explain` shows, from rows as `check` leaves them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::explanation::{ExplanationReport, NotifiedChannel, ordinal};
use crate::alert::testing::{at, monitor};
use crate::explanation::{ExplanationFacts, Membership, explain};
use crate::history::{InMaintenance, Sample};
use crate::kinds::Ask;
use crate::kinds::tls::SessionRule;
use crate::monitor::{ChannelName, Monitor, Selector, Window};
use crate::simulation::{Actor, Outcome, Stage};
use crate::state::Backlog;
use crate::suppress::StoredSilence;
use crate::transition::Unwatched;

const PERIOD: Duration = Duration::from_mins(2);

/// At 14:11, after runs at 14:00, 14:02 and so on that saw this.
fn shown(
    monitor: &Monitor,
    outcomes: &[Outcome],
    membership: Membership,
    show: impl Fn(&ExplanationReport<'_>) -> String,
) -> String {
    let mut stage = Stage::new([Actor::of(monitor)], [], &[]);
    let mut samples = Vec::new();
    for (number, outcome) in (0..).zip(outcomes) {
        let at = at("2026-11-22T14:00:00Z") + PERIOD * number;
        let judgement = outcome.judgement(monitor, at);
        let sample = Sample {
            verdict: judgement.verdict,
            reason: None,
            maintenance: InMaintenance::No,
            code: judgement.code,
            latency: None,
        };
        samples.push((at, sample));
        stage.run(&BTreeMap::from([(monitor.id.clone(), judgement)]), at);
    }
    let now = at("2026-11-22T14:11:00Z");
    let silences = [StoredSilence {
        id: "01SILENCE".to_owned(),
        selector: Selector::parse("team:payments").expect("a selector"),
        starts: at("2026-11-22T14:03:00Z"),
        ends: at("2026-11-22T14:33:00Z"),
        reason: "deploying".to_owned(),
        by: "x@host".to_owned(),
    }];
    let slot = u64::try_from(now.as_second()).expect("a time") / PERIOD.as_secs();
    let facts = ExplanationFacts {
        subject: Actor::of(monitor),
        membership,
        others: Vec::new(),
        rows: stage.row(&monitor.id).cloned().into_iter().collect(),
        silences: &silences,
        backlog: Backlog { last_slot: Some(slot), ..Backlog::default() },
        period: PERIOD,
        environment: Some("prod"),
        now,
    };
    show(&ExplanationReport {
        beats: None,
        monitor,
        owner: Some("acme/monitors"),
        channels: monitor.alert.to.iter().map(notified).collect(),
        explanation: explain(&facts),
        samples: Some(samples),
        past: None,
        last_run: None,
        is_stale: true,
        now,
        problems: Vec::new(),
    })
}

fn notified(name: &ChannelName) -> NotifiedChannel {
    NotifiedChannel { name: name.clone(), target: name.to_string(), is_unknown: false }
}

fn coloured(report: &ExplanationReport<'_>) -> String {
    report.text()
}

fn text(report: &ExplanationReport<'_>) -> String {
    anstream::adapter::strip_str(&report.text()).to_string()
}

fn payments() -> Monitor {
    let mut payments = monitor("payments-api");
    payments.alert.remind = Some(Duration::from_hours(4));
    let hours = Duration::from_hours;
    let weekly = Window::parse("2026-11-29T02:00", hours(2), "UTC", Some("FREQ=WEEKLY"), Some("patching"));
    payments.maintenance.push(weekly.expect("a window"));
    payments
}

const UP_THEN_DOWN: [Outcome; 5] =
    [Outcome::Pass, Outcome::Pass, Outcome::Status(503), Outcome::Status(503), Outcome::Status(503)];

#[test]
fn people_read_what_is_what_was_and_what_comes() {
    let payments = payments();
    let stable = Monitor { team: None, ..payments.clone() };
    let off = Membership::Unwatched(Unwatched::Disabled);
    let cases = [
        ("silenced", shown(&payments, &UP_THEN_DOWN, Membership::Watched, text)),
        ("about to be down", shown(&stable, &UP_THEN_DOWN[..3], Membership::Watched, text)),
        ("down", shown(&stable, &UP_THEN_DOWN, Membership::Watched, text)),
        ("never seen", shown(&stable, &[], Membership::Watched, text)),
        ("switched off", shown(&stable, &UP_THEN_DOWN, off, text)),
    ];
    let cases = cases.map(|(name, text)| format!("== {name}\n{text}"));
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn only_an_answer_over_http_has_an_http_code() {
    let last = |monitor: &Monitor| {
        let text = shown(monitor, &UP_THEN_DOWN, Membership::Watched, text);
        text.lines().find(|line| line.contains("results")).map(str::to_owned).unwrap_or_default()
    };
    let answer = last(&payments());
    assert!(answer.contains("fail, HTTP 503"), "{answer}");
    let session = last(&Monitor { ask: Ask::Tls(SessionRule::default()), ..payments() });
    assert!(session.contains("fail, ") && !session.contains("HTTP"), "{session}");
}

#[test]
fn programs_read_every_field() {
    let json = |report: &ExplanationReport<'_>| format!("{:#}", report.json());
    insta::assert_snapshot!(shown(&payments(), &UP_THEN_DOWN, Membership::Watched, json));
}

// Trap 17: what a target or a table says steers no terminal and no runner.
#[test]
fn what_others_wrote_is_shown_and_steers_nothing() {
    let hostile = "x\u{1b}[2J\n::error::boo";
    let mut payments = payments();
    (payments.name, payments.team) = (Some(hostile.to_owned()), Some(hostile.to_owned()));
    payments.runbook = Some(hostile.to_owned());
    let text = shown(&payments, &UP_THEN_DOWN, Membership::Watched, coloured);
    assert!(!text.contains("[2J\n") && !text.contains("\u{1b}[2J"), "{text}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn numbers_are_counted_as_people_do() {
    let numbers = [1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal);
    assert_eq!(numbers, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]);
}
