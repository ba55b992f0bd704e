//! What beats say, moment by moment.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::cron::CronSchedule;
use super::rule::{BeatRule, Cadence};
use super::*;

const HOUR: Duration = Duration::from_hours(1);

fn at(text: &str) -> Timestamp {
    let text = if text.len() == 16 { format!("{text}:00Z") } else { text.to_owned() };
    text.parse().expect("a time")
}

fn every(hours: u64, grace: u64) -> BeatRule {
    BeatRule {
        cadence: Cadence::Every(HOUR * u32::try_from(hours).expect("few")),
        grace: Duration::from_hours(grace),
    }
}

fn schedule(text: &str, zone: &str, grace: u64) -> BeatRule {
    let schedule = CronSchedule::parse(text, zone).expect(text);
    BeatRule { cadence: Cadence::Schedule(schedule), grace: Duration::from_hours(grace) }
}

fn end(text: &str, result: BeatResult) -> BeatEnd {
    BeatEnd { at: at(text), result, message: None }
}

/// First seen on the 1st at 00:00.
fn beats(start: &str, last_end: Option<BeatEnd>) -> Beats {
    Beats {
        first_seen: Some(at("2026-11-01T00:00")),
        last_start: (!start.is_empty()).then(|| at(start)),
        last_end,
    }
}

/// `in time`, `awaited`, or the fault.
fn said(rule: &BeatRule, beats: &Beats, asked: &str) -> String {
    let finding = find(rule, beats, at(asked));
    match (&finding, finding.unmet()) {
        (BeatFinding::InTime { .. }, None) => "in time".to_owned(),
        (BeatFinding::Awaited { .. }, None) => "awaited".to_owned(),
        (_, Some(Unmet { actual, expected })) => format!("{actual}, expected {expected}"),
        (other, None) => panic!("{other:?}"),
    }
}

#[test]
fn a_beat_is_overdue_once_its_time_and_the_grace_are_over() {
    let ok = |text| beats("", Some(end(text, BeatResult::Ok)));
    let daily = every(24, 2);
    let overdue = "no beat since 2026-11-05 03:00 UTC, expected one by 2026-11-06 05:00 UTC";
    for (known, asked, expected) in [
        (ok("2026-11-05T03:00"), "2026-11-05T03:00", "in time"),
        (ok("2026-11-05T03:00"), "2026-11-06T05:00", "in time"),
        (ok("2026-11-05T03:00"), "2026-11-06T05:01", overdue),
        // A monitor that no beat came of yet has as long as every other one.
        (beats("", None), "2026-11-02T02:00", "awaited"),
        (beats("", None), "2026-11-02T02:01", "no beat yet, expected one by 2026-11-02 02:00 UTC"),
        // Its row was never seen: it is seen now.
        (Beats::default(), "2026-11-05T03:00", "awaited"),
        // It beat, and was then not watched for a while.
        (ok("2026-10-05T03:00"), "2026-11-02T02:00", "awaited"),
        (
            ok("2026-10-05T03:00"),
            "2026-11-02T02:01",
            "no beat since 2026-10-05 03:00 UTC, expected one by 2026-11-02 02:00 UTC",
        ),
    ] {
        assert_eq!(said(&daily, &known, asked), expected, "{known:?} {asked}");
    }
}

#[test]
fn what_begins_has_to_end_within_the_grace_and_what_failed_fails_at_once() {
    let daily = every(24, 2);
    let ok = Some(end("2026-11-05T03:00", BeatResult::Ok));
    let unended = "started at 2026-11-06 02:00 UTC, and did not end, expected an end by 04:00 UTC";
    let failed = "the program failed at 2026-11-05 03:00 UTC, expected a beat `ok`";
    for (known, asked, expected) in [
        (beats("2026-11-06T02:00", ok.clone()), "2026-11-06T04:00", "in time"),
        (beats("2026-11-06T02:00", ok.clone()), "2026-11-06T04:01", unended),
        // Before the first one is due.
        (beats("2026-11-01T02:00", None), "2026-11-01T04:00", "awaited"),
        (
            beats("2026-11-01T02:00", None),
            "2026-11-01T04:01",
            "started at 2026-11-01 02:00 UTC, and did not end, expected an end by 04:00 UTC",
        ),
        // It ended after it began.
        (beats("2026-11-05T02:00", ok), "2026-11-05T09:00", "in time"),
        (
            beats("2026-11-05T02:00", Some(end("2026-11-05T03:00", BeatResult::Fail))),
            "2026-11-05T03:00",
            failed,
        ),
        // A new try is no success yet.
        (
            beats("2026-11-05T04:00", Some(end("2026-11-05T03:00", BeatResult::Fail))),
            "2026-11-05T04:01",
            failed,
        ),
    ] {
        assert_eq!(said(&daily, &known, asked), expected, "{known:?} {asked}");
    }
}

#[test]
fn a_schedule_is_kept_on_its_clock_also_where_that_is_changed() {
    let berlin = schedule("30 2 * * *", "Europe/Berlin", 1);
    for (last, due) in [
        ("2026-11-05T01:31", "2026-11-06T02:30"),
        // A minute too early counts for the time that it is meant for; two do not.
        ("2026-11-05T01:29", "2026-11-06T02:30"),
        ("2026-11-05T01:28", "2026-11-05T02:30"),
        // Put back on October 25: 02:30 comes twice, at 00:30 and at 01:30 UTC. The first is meant, and only that.
        ("2026-10-24T00:40", "2026-10-25T01:30"),
        ("2026-10-25T00:40", "2026-10-26T02:30"),
        // Put forward on March 29: there is no 02:30, and cron begins at 03:30, which is 01:30 UTC.
        ("2026-03-28T01:40", "2026-03-29T02:30"),
        ("2026-03-29T01:10", "2026-03-29T02:30"),
        ("2026-03-29T01:40", "2026-03-30T01:30"),
    ] {
        assert_eq!(berlin.due_after(at(last)), at(due), "{last}");
    }
    let quarters = schedule("*/15 9-10 * * 1-5", "UTC", 1);
    // A Friday, and the Monday after it.
    assert_eq!(quarters.due_after(at("2026-11-06T10:46")), at("2026-11-09T10:00"));
    let known = beats("", Some(end("2026-11-06T10:46", BeatResult::Ok)));
    assert_eq!(said(&quarters, &known, "2026-11-08T12:00"), "in time");
}

#[test]
fn a_beat_of_a_wrong_clock_does_not_count() {
    let future = beats("", Some(end("2027-11-05T03:00", BeatResult::Ok)));
    assert_eq!(said(&every(24, 2), &future, "2026-11-01T12:00"), "awaited");
    assert!(said(&every(24, 2), &future, "2026-11-03T12:00").starts_with("no beat yet"));
}

#[test]
fn what_is_no_schedule_is_refused_in_words() {
    for (text, zone, expected) in [
        ("0 3 * *", "UTC", "a schedule has five fields: minute, hour, day of month, month and day of week"),
        (
            "0 3 * * * UTC",
            "UTC",
            "a schedule has five fields: minute, hour, day of month, month and day of week",
        ),
        ("0 3 L * *", "UTC", "\"L\" is no number, name, `*`, list, range or step"),
        ("0 3 * * 5#3", "UTC", "\"5#3\" is no number, name, `*`, list, range or step"),
        ("0 24 * * *", "UTC", "value must be in range 0..=23; found 24"),
        ("0 3 * * *", "Mars", "\"Mars\" is not a time zone"),
    ] {
        let error = CronSchedule::parse(text, zone).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
    assert!(!CronSchedule::parse("0 3 30 FEB *", "UTC").expect("five fields").comes());
    assert!(CronSchedule::parse("0 3 29 2 *", "UTC").expect("five fields").comes());
}

#[test]
fn a_beat_that_may_come_later_is_weaker() {
    let daily = || schedule("0 3 * * *", "UTC", 2);
    for (before, after, expected) in [
        (every(24, 2), every(25, 2), Some("heartbeat.every")),
        (every(24, 2), every(23, 2), None),
        (every(24, 2), every(24, 3), Some("heartbeat.grace")),
        (daily(), schedule("0 3 * * 1-5", "UTC", 2), Some("heartbeat.schedule")),
        (daily(), schedule("0 4 * * *", "Europe/Berlin", 2), None),
        (daily(), schedule("0 */6 * * *", "UTC", 2), None),
        (every(24, 2), daily(), None),
        (daily(), every(48, 2), Some("heartbeat.every")),
    ] {
        assert_eq!(after.weaker_than(&before), expected, "{before} / {after}");
    }
}

#[test]
fn beats_are_shown_in_a_line() {
    let asked = at("2026-11-05T06:00");
    let shown = |rule: &BeatRule, known: &Beats| find(rule, known, asked).words(known, asked);
    let done = beats("2026-11-05T02:48", Some(end("2026-11-05T03:00", BeatResult::Ok)));
    assert_eq!(shown(&every(1, 2), &done), "last beat 3h ago (12m); due by 06:00 UTC");
    assert_eq!(shown(&every(1, 1), &done), "last beat 3h ago (12m); was due by 05:00 UTC");
    assert_eq!(
        shown(&every(24, 2), &beats("2026-11-05T05:00", None)),
        "no beat yet; running for 1h; was due by 2026-11-02 02:00 UTC"
    );
    let failed = beats("", Some(end("2026-11-05T03:00", BeatResult::Fail)));
    assert_eq!(shown(&every(24, 2), &failed), "last beat 3h ago; it failed");
}

#[test]
fn a_message_is_one_line_within_its_bound() {
    assert_eq!(beat_message("\n a\tb\u{1b}[2J \r\n\n c\n").as_deref(), Some("a b [2J / c"));
    assert_eq!(beat_message(" \n"), None);
    let long = beat_message(&format!("{}end", "é".repeat(5_000))).expect("a message");
    assert!(
        long.starts_with('…') && long.ends_with("end") && long.chars().count() == MESSAGE_CHARS,
        "{long}"
    );
}

proptest! {
    /// Time alone makes nothing better, and a beat is never both in time and overdue.
    #[test]
    fn what_is_overdue_stays_so_until_a_beat_comes(
        last in 0i64..100_000, later in 0i64..400_000, more in 0i64..400_000, hours in 1u64..48, grace in 1u64..12,
    ) {
        let first = at("2026-11-01T00:00");
        let known = beats("", Some(BeatEnd { at: first + Duration::from_secs(last.unsigned_abs()), result: BeatResult::Ok, message: None }));
        let rule = every(hours, grace);
        let asked = |seconds: i64| find(&rule, &known, first + Duration::from_secs(last.unsigned_abs() + seconds.unsigned_abs()));
        let (one, two) = (asked(later), asked(later + more));
        let is_good = |finding: &BeatFinding| finding.unmet().is_none();
        prop_assert!(is_good(&one) || !is_good(&two), "{one:?} {two:?}");
    }

    /// The next time lies after the moment, and no time lies between.
    #[test]
    fn the_next_time_of_a_schedule_is_the_first_one(minutes in 0i64..(4 * 365 * 24 * 60), hour in 0u8..24, minute in 0u8..60) {
        let zone = "Europe/Berlin";
        let found = CronSchedule::parse(&format!("{minute} {hour} * * *"), zone).expect("a schedule");
        let moment = at("2024-01-01T00:00") + Duration::from_mins(minutes.unsigned_abs());
        let next = found.after(moment).expect("each day");
        prop_assert!(next > moment);
        let apart = next.duration_since(moment);
        prop_assert!(apart <= jiff::SignedDuration::from_hours(26), "{apart:?}");
    }
}
