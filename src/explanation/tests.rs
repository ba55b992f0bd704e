//! What is explained, from rows as `check` leaves them.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{Explanation, ExplanationFacts, Membership, NextAlert, Pending, Prospect, explain};
use crate::monitor::{Monitor, MonitorId, Selector, Window};
use crate::simulation::{Actor, Outcome, Script, Stage};
use crate::state::{Backlog, Row};
use crate::suppress::{Ruling, StoredSilence, SuppressionReason};
use crate::transition::{Health, Unwatched};
use crate::verdict::Verdict;

const PERIOD: Duration = Duration::from_mins(2);

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).expect("in range")
}

fn monitor(text: &str) -> Monitor {
    Monitor::sample(text, "https://a.example")
}

/// The rows after runs at 0:00, 0:02 and so on, in which each monitor has seen what its script says.
fn rows(parts: &[(&Monitor, &str)]) -> Vec<Row> {
    let mut stage = Stage::new(parts.iter().map(|(monitor, _)| Actor::of(monitor)), [], &[]);
    let outcomes: Vec<Vec<Outcome>> = parts
        .iter()
        .map(|(_, script)| Script::parse(script).expect("a script").outcomes(PERIOD).expect("short"))
        .collect();
    for run in 0..outcomes[0].len() {
        let now = at(2 * i64::try_from(run).expect("small"));
        let seen = parts.iter().zip(&outcomes).filter_map(|((monitor, _), outcomes)| {
            Some((monitor.id.clone(), outcomes.get(run)?.judgement(monitor, now)))
        });
        stage.run(&seen.collect::<BTreeMap<_, _>>(), now);
    }
    parts.iter().filter_map(|(monitor, _)| stage.row(&monitor.id).cloned()).collect()
}

/// A minute after the last run, which was at minute `last`.
fn facts(subject: &Monitor, rows: Vec<Row>, last: u64) -> ExplanationFacts<'_> {
    ExplanationFacts {
        subject: Actor::of(subject),
        membership: Membership::Watched,
        others: Vec::new(),
        rows,
        silences: &[],
        backlog: Backlog { last_slot: Some(last / 2), ..Backlog::default() },
        period: PERIOD,
        environment: None,
        now: at(i64::try_from(last).expect("small") + 1),
    }
}

fn prospect(explanation: &Explanation, verdict: Verdict) -> &Prospect {
    let prospects = &explanation.next.as_ref().expect("it is watched").prospects;
    prospects.iter().find(|prospect| prospect.verdict == verdict).expect("each verdict has one")
}

fn delivered(explanation: &Explanation, verdict: Verdict) -> Vec<&str> {
    prospect(explanation, verdict).alerts.iter().map(|notice| notice.word).collect()
}

/// The alert that is pending for the one channel.
fn pending(explanation: &Explanation) -> &Pending {
    let [channel] = explanation.channels.as_slice() else { panic!("{:?}", explanation.channels) };
    channel.pending.as_ref().expect("an alert is pending")
}

fn page_minute(explanation: &Explanation) -> Option<i64> {
    match explanation.page.as_ref()? {
        NextAlert::At { at, .. } => Some(at.as_second() / 60),
        NextAlert::Known(_) | NextAlert::Suppressed(_) | NextAlert::NotBefore(_) => None,
    }
}

#[test]
fn the_next_run_is_explained_for_each_verdict() {
    let shop = monitor("shop");
    let explained = explain(&facts(&shop, rows(&[(&shop, "up, fail")]), 2));
    assert_eq!(explained.progress.map(|p| (p.count, p.of, p.towards)), Some((1, 2, Health::Down)));
    let next = explained.next.as_ref().expect("it is watched");
    assert_eq!((next.slot, next.at), (2, at(4)));
    assert_eq!(delivered(&explained, Verdict::Fail), ["DOWN"]);
    assert!(prospect(&explained, Verdict::Fail).alerts[0].id.ends_with(".1"));
    assert_eq!(prospect(&explained, Verdict::Fail).health, Health::Down);
    let pass = prospect(&explained, Verdict::Pass);
    assert_eq!((pass.health, pass.is_change, pass.progress), (Health::Up, false, None));
    assert_eq!(delivered(&explained, Verdict::Degraded), ["DEGRADED"], "it departs for the second time");
    let unknown = prospect(&explained, Verdict::Unknown);
    assert_eq!(unknown.progress, explained.progress, "it freezes what is counted");
    assert_eq!(page_minute(&explained), Some(4));
    assert_eq!(explained.time_to_page, (Duration::from_mins(2), Duration::from_secs(250)));
}

#[test]
fn a_page_comes_with_the_run_that_confirms_it_wherever_the_slots_of_the_monitor_lie() {
    for name in ["a", "b", "c", "d"] {
        let rare = Monitor { interval: Duration::from_mins(10), ..monitor(name) };
        let explained = explain(&facts(&rare, rows(&[(&rare, "up")]), 0));
        let due = explained.next.as_ref().expect("it is watched").at.as_second() / 60;
        assert!((2..=10).contains(&due), "{due}");
        assert_eq!(page_minute(&explained), Some(due + 10), "{name}");
    }
}

#[test]
fn one_that_no_one_has_seen_is_due_at_once() {
    let rare = Monitor { interval: Duration::from_hours(1), ..monitor("shop") };
    let explained = explain(&facts(&rare, Vec::new(), 6));
    assert_eq!(explained.row, None);
    assert_eq!(explained.next.as_ref().map(|next| next.slot), Some(4));
    assert_eq!(prospect(&explained, Verdict::Pass).health, Health::Up);
    assert_eq!(delivered(&explained, Verdict::Pass), [""; 0]);
}

#[test]
fn what_was_notified_is_known_with_the_reminder_that_comes_next() {
    let mut shop = monitor("shop");
    shop.alert.remind = Some(Duration::from_hours(4));
    let explained = explain(&facts(&shop, rows(&[(&shop, "up, fail*2")]), 4));
    let [channel] = explained.channels.as_slice() else { panic!("{:?}", explained.channels) };
    assert_eq!(channel.pending, None);
    assert_eq!(channel.reminder.map(|(_, due)| due), Some(at(244)));
    assert_eq!(explained.page, Some(NextAlert::Known(at(4))));
    assert_eq!(delivered(&explained, Verdict::Pass), ["UP"]);
    assert_eq!(delivered(&explained, Verdict::Fail), [""; 0]);
}

#[test]
fn a_silence_and_a_window_are_said_and_the_page_comes_after_both() {
    let mut shop = monitor("shop");
    let window = |starts, hours| Window::parse(starts, Duration::from_hours(hours), "UTC", None, None);
    shop.maintenance.push(window("1970-01-01T00:00", 1).expect("a window"));
    shop.maintenance.push(window("1970-01-09T00:00", 1).expect("a window"));
    let silence = StoredSilence {
        id: "one".to_owned(),
        selector: Selector::parse("*").expect("a selector"),
        starts: at(0),
        ends: at(90),
        reason: "deploying".to_owned(),
        by: "x@host".to_owned(),
    };
    let silences = [silence];
    let facts = ExplanationFacts { silences: &silences, ..facts(&shop, rows(&[(&shop, "up*2")]), 2) };
    let explained = explain(&facts);
    let kinds: Vec<_> = explained.suppressions.iter().map(SuppressionReason::kind).collect();
    assert_eq!(kinds, ["silence", "maintenance"], "what lasts longest comes first");
    assert_eq!(page_minute(&explained), Some(90));
    let next = explained.next_window.map(|(span, _)| span.from.as_second());
    assert_eq!(next, Some(8 * 24 * 3600));
}

#[test]
fn an_alert_that_is_pending_says_why_it_waits() {
    let mut shop = monitor("shop");
    let window = Window::parse("1970-01-01T00:00", Duration::from_hours(1), "UTC", None, None);
    shop.maintenance.push(window.expect("a window"));
    let explained = explain(&facts(&shop, rows(&[(&shop, "up, fail*2")]), 4));
    let pending = pending(&explained);
    assert_eq!(pending.notice.word, "DOWN");
    assert!(
        matches!(pending.ruling, Ruling::Suppress(SuppressionReason::Maintenance { .. })),
        "{:?}",
        pending.ruling
    );
}

#[test]
fn under_a_parent_that_is_down_no_one_would_be_paged() {
    let auth = monitor("auth");
    let mut shop = monitor("shop");
    shop.depends_on.insert(id("auth"));
    let rows = rows(&[(&auth, "up, fail*2"), (&shop, "up*3")]);
    let facts = ExplanationFacts { others: vec![Actor::of(&auth)], ..facts(&shop, rows, 4) };
    let explained = explain(&facts);
    assert_eq!(explained.suppressions, [SuppressionReason::ParentDown(id("auth"))]);
    assert_eq!(explained.page, Some(NextAlert::Suppressed(SuppressionReason::ParentDown(id("auth")))));
}

#[test]
fn what_flaps_says_until_when() {
    let shop = Monitor {
        alert: crate::monitor::AlertPolicy { failures: 1, ..monitor("shop").alert },
        ..monitor("shop")
    };
    let explained = explain(&facts(&shop, rows(&[(&shop, "up, (fail, up)*4")]), 16));
    assert_eq!(explained.flapping_until, Some(at(46)));
    // It changes once more at 18, so it is stable half an hour after that.
    assert_eq!(page_minute(&explained), Some(48));
}

#[test]
fn one_that_is_switched_off_has_no_next_probe_and_what_people_believe_is_put_right() {
    let shop = Monitor { enabled: false, ..monitor("shop") };
    let rows = rows(&[(&monitor("shop"), "up, fail*2")]);
    let membership = Membership::Unwatched(Unwatched::Disabled);
    let explained = explain(&ExplanationFacts { membership, ..facts(&shop, rows, 4) });
    assert_eq!((&explained.next, &explained.page), (&None, &None));
    assert!(explained.channels.iter().all(|channel| channel.reminder.is_none()));
    let pending = pending(&explained);
    assert_eq!((pending.notice.word, &pending.ruling), ("NOT WATCHED", &Ruling::Notify));
}
