//! What a try of a channel does to its record, and what people hear of it.

use super::super::{MOST_REFUSED, message_key};
use super::*;
use crate::state::Delivered;
use crate::transition::Health;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(minutes * 60).expect("in range")
}

fn trial(failure: Option<ChannelFailure>) -> ChannelTrial {
    ChannelTrial { failure, ..ChannelTrial::default() }
}

fn refuses() -> ChannelTrial {
    trial(Some(ChannelFailure::Refuses("HTTP 404: no_service".to_owned())))
}

fn unusable() -> ChannelTrial {
    trial(Some(ChannelFailure::Unusable("${env:HOOK} is not set on this machine".to_owned())))
}

fn unreached() -> ChannelTrial {
    trial(Some(ChannelFailure::Unreached("connection refused".to_owned())))
}

fn accepts(minutes: i64) -> ChannelTrial {
    ChannelTrial { accepted: Some(at(minutes)), ..ChannelTrial::default() }
}

fn dislikes(alert: &str) -> ChannelTrial {
    let refused = [(message_key(alert), "HTTP 400: invalid_payload".to_owned())].into();
    ChannelTrial { refused, ..ChannelTrial::default() }
}

/// The record and the row after tries of one channel at these minutes, by runs of rising epochs.
fn play(tries: &[(i64, ChannelTrial)]) -> (ChannelRecord, Option<Row>) {
    let channel = Monitor::channel(&ChannelId::parse("shop#chat").expect("a channel"));
    let (mut record, mut row) = (ChannelRecord::default(), None::<Row>);
    for (epoch, (minutes, trial)) in (1..).zip(tries) {
        let now = at(*minutes);
        record = record.after(trial, "one", now);
        let by = Decider { holder: "run", epoch, now };
        let routed = || BTreeSet::from([ChannelId::of_machine()]);
        let write = ChannelVerdict::of(trial, &record, now).decide(by, row.as_ref(), &channel, routed);
        row = write.map(|write| write.row().clone()).or(row);
    }
    (record, row)
}

/// Health, start and reason after tries; `None` where there is no row.
fn check(tries: &[(i64, ChannelTrial)], expected: Option<(Health, i64, &str)>) {
    let (_, row) = play(tries);
    let found = row.as_ref().map(|row| (row.confirmed.health, row.confirmed.since, row.why.as_str()));
    assert_eq!(found, expected.map(|(health, since, why)| (health, at(since), why)), "{tries:?}");
}

#[test]
fn people_hear_at_once_of_a_refusal_and_after_an_hour_of_an_outage() {
    const REFUSES: &str = "refuses notifications: HTTP 404: no_service";
    check(&[(0, accepts(0))], None);
    check(&[(0, refuses())], Some((Health::Down, 0, REFUSES)));
    check(&[(0, refuses()), (60, refuses())], Some((Health::Down, 0, REFUSES)));
    check(&[(0, refuses()), (60, accepts(60))], Some((Health::Up, 60, "")));
    check(
        &[(0, unusable())],
        Some((Health::Down, 0, "cannot be used: ${env:HOOK} is not set on this machine")),
    );
    check(&[(0, unreached()), (59, unreached())], None);
    let outage = [(0, unreached()), (2, unreached()), (60, unreached())];
    check(&outage, Some((Health::Down, 0, "does not answer: connection refused")));
    check(&[(0, unreached()), (59, accepts(59)), (61, unreached())], None);
    check(
        &[(0, refuses()), (60, unusable())],
        Some((Health::Down, 0, "cannot be used: ${env:HOOK} is not set on this machine")),
    );
    // That it does not answer does not say that it would accept.
    check(&[(0, refuses()), (60, unreached())], Some((Health::Down, 0, REFUSES)));
}

#[test]
fn a_message_that_is_refused_as_it_is_says_nothing_of_a_channel_that_accepted_others() {
    const ONE: &str = "refuses notifications: HTTP 400: invalid_payload";
    check(&[(0, accepts(0)), (2, dislikes("a.1"))], None);
    check(&[(0, dislikes("a.1"))], Some((Health::Down, 0, ONE)));
    let mut many: Vec<_> =
        (1..).zip(0..MOST_REFUSED).map(|(n, id)| (n, dislikes(&format!("m{id}.1")))).collect();
    many.insert(0, (0, accepts(0)));
    check(&many[..MOST_REFUSED], None);
    let why = "refuses notifications: 20 messages, the last one: HTTP 400: invalid_payload";
    check(&many, Some((Health::Down, 20, why)));
    assert_eq!(play(&many).0.refused_at, Some(at(20)), "it is tried hourly now");
}

#[test]
fn what_was_refused_waits_an_hour_unless_the_definition_changes() {
    let closed = |tries: &[(i64, ChannelTrial)], definition: &str, minutes: i64| {
        play(tries).0.closed_until(definition, at(minutes)).is_some()
    };
    assert!(closed(&[(0, refuses())], "one", 59));
    assert!(!closed(&[(0, refuses())], "one", 60));
    assert!(!closed(&[(0, refuses())], "two", 1));
    assert!(!closed(&[(0, refuses()), (60, accepts(60))], "one", 61));
    // Nothing was sent, or no one answered: each run tries.
    assert!(!closed(&[(0, unusable())], "one", 1));
    assert!(!closed(&[(0, unreached())], "one", 1));
    let (record, _) = play(&[(0, accepts(0)), (0, dislikes("a.1"))]);
    let holds = |alert, definition, minutes| record.holds(&message_key(alert), definition, at(minutes));
    assert!(holds("a.1", "one", 59) && !holds("a.1", "one", 60));
    assert!(!holds("a.2", "one", 1) && !holds("a.1", "two", 1));
    assert_eq!(record.closed_until("one", at(1)), None);
}

#[test]
fn a_record_changes_only_where_something_is_new() {
    let (record, _) = play(&[(0, accepts(0))]);
    assert_eq!(record.after(&accepts(60), "one", at(60)), record, "an acceptance a day is enough");
    assert_eq!(record.after(&accepts(1440), "one", at(1440)).proven_at, Some(at(1440)));
    let (record, _) = play(&[(0, unreached())]);
    assert_eq!(record.after(&unreached(), "one", at(2)), record, "the outage goes on");
    let (record, _) = play(&[(0, accepts(0)), (0, dislikes("a.1"))]);
    let after = record.after(&dislikes("b.1"), "one", at(240));
    assert_eq!(after.refused_messages.len(), 1, "what was not tried for hours is pending no more");
    assert_eq!(record.after(&accepts(1), "two", at(1)).refused_messages.len(), 0);
}

#[test]
fn other_channels_are_entered_as_if_they_knew_it_to_be_fine() {
    let (_, row) = play(&[(0, refuses())]);
    let row = row.expect("a row");
    assert_eq!((row.revision, row.confirmed.seq), (1, 1));
    let known = Delivered::new(0, Health::Up, at(0));
    assert_eq!(row.delivered, [(ChannelId::of_machine(), known)].into());
}

#[test]
fn a_reason_has_its_time() {
    let since = "14:02 UTC";
    assert_eq!(
        takes_none("refuses notifications: HTTP 404: no_service", since),
        "refuses notifications since 14:02 UTC: HTTP 404: no_service"
    );
    assert_eq!(takes_none("", since), "takes no notifications since 14:02 UTC");
}
