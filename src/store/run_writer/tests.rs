//! The lease, its fence and its acknowledgements, against tables in memory.

use serde_json::json;

use super::super::testing::{Failure, Shared, rows};
use super::super::unreadable::UnreadableReason;
use super::*;
use crate::clock::manual::Hand;
use crate::monitor::{ChannelId, Monitor, MonitorId};
use crate::state::{DeadHolder, Delivered, HolderProcess, Row, Shard, SkippedRange, Write, is_due};
use crate::transition::Health;

const TABLE: &str = "api_health_states";

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn lease(holder: &str, slot: u64) -> Lease {
    Lease::sample(holder, slot)
}

async fn granted(store: &Store, lease: Lease) -> RunWriter {
    match store.acquire(&lease).await.expect("it answers") {
        Acquired::Granted { run, .. } => run,
        Acquired::Refused(held) => panic!("refused: {held:?}"),
    }
}

async fn refused(store: &Store, lease: Lease) -> Held {
    match store.acquire(&lease).await.expect("it answers") {
        Acquired::Granted { run, .. } => panic!("granted: {run:?}"),
        Acquired::Refused(held) => held,
    }
}

fn done(slot: u64) -> Held {
    Held::Done { slot, at: Some(now()) }
}

fn ended(slot: u64, run: &str) -> LastOk {
    LastOk {
        period: Duration::from_mins(2),
        in_a_row: 1,
        slot,
        at: now(),
        run: run.to_owned(),
        probed: 9,
        up: 4,
        degraded: 3,
        down: 2,
        unknown: 1,
        skipped: 5,
        range: Some(SkippedRange { from: u64::MAX, to: 7, since: Some(3) }),
        host: "prober-1".to_owned(),
        took: Duration::from_millis(1234),
        recorded: Some(7),
        rolled_up: Some(now()),
    }
}

#[tokio::test]
async fn a_lease_has_one_holder_until_it_is_released() {
    let shared = Shared::new(Hand::at(now()).clock());
    let (one, two) = (shared.open(), shared.open());
    let run = granted(&one, lease("one", 7)).await;
    assert_eq!((run.epoch(), run.holder()), (1, "one"));
    let expires = now() + Duration::from_secs(110);
    let held = Held::By {
        holder: "one".to_owned(),
        epoch: 1,
        expires,
        host: Some("host-1".to_owned()),
        process: None,
    };
    assert_eq!(refused(&two, lease("two", 7)).await, held);
    assert_eq!(refused(&two, lease("two", 8)).await, held);
    assert_eq!(run.release(Ending::Done(ended(7, "one"))).await.expect("it answers"), Released::Done);
    assert_eq!(refused(&two, lease("two", 7)).await, done(7));
    assert_eq!(refused(&two, lease("two", 6)).await, done(7));
    assert_eq!(refused(&two, Lease { again: true, ..lease("two", 6) }).await, done(7));
    let Acquired::Granted { run, before } = two.acquire(&lease("two", 8)).await.expect("it answers") else {
        panic!("slot 8 is free")
    };
    assert_eq!(run.epoch(), 2);
    let record = RunRecord {
        holder: None,
        host: Some("host-1".to_owned()),
        process: None,
        epoch: 1,
        expires,
        slot: 7,
        done: true,
        last_ok: Some(ended(7, "one")),
    };
    assert_eq!(before, Some(record));
}

#[tokio::test]
async fn the_lease_of_a_dead_holder_is_taken_over_but_no_other_one() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let process = Some(HolderProcess::sample(17));
    let _killed = granted(&store, Lease { process: process.clone(), ..lease("one", 7) }).await;
    let held = refused(&store, lease("two", 7)).await;
    let Held::By { process: found, .. } = &held else { panic!("{held:?}") };
    assert_eq!(*found, process);
    assert_eq!(held.dead(|_| false), None);
    let dead = held.dead(|process| process.pid == 17).expect("it is gone");
    // Another run was faster: the lease that was found dead is not the one that is held now.
    for other in
        [DeadHolder { epoch: 2, ..dead.clone() }, DeadHolder { holder: "other".to_owned(), ..dead.clone() }]
    {
        refused(&store, Lease { instead_of: Some(other), ..lease("two", 7) }).await;
    }
    let late = Lease { instead_of: Some(dead.clone()), ..lease("two", 6) };
    refused(&store, late).await;
    let run = granted(&store, Lease { instead_of: Some(dead.clone()), ..lease("two", 7) }).await;
    assert_eq!(run.epoch(), 2);
    let held = refused(&store, Lease { instead_of: Some(dead), ..lease("three", 7) }).await;
    // It has no process that anybody could look at.
    assert_eq!(held.dead(|_| true), None);
}

#[tokio::test]
async fn a_manual_run_repeats_a_slot_that_is_done() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = granted(&store, lease("one", 7)).await;
    run.release(Ending::Done(ended(7, "one"))).await.expect("it answers");
    let run = granted(&store, Lease { again: true, ..lease("two", 7) }).await;
    assert_eq!(run.epoch(), 2);
    let record = store.state_reader(&Shard::sample()).run().await.expect("it reads").expect("it is there");
    assert_eq!((record.done, record.last_ok), (false, Some(ended(7, "one"))));
}

#[tokio::test]
async fn a_slot_that_was_given_up_is_open() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = granted(&store, lease("one", 7)).await;
    assert_eq!(run.release(Ending::GivenUp).await.expect("it answers"), Released::Done);
    assert_eq!(granted(&store, lease("two", 7)).await.epoch(), 2);
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_its_holder_is_reported() {
    let hand = Hand::at(now());
    let shared = Shared::new(hand.clock());
    let (one, two) = (shared.open(), shared.open());
    let first = granted(&one, lease("one", 7)).await;
    // The second process has seen a response, so it lives by the servers' time.
    two.state_reader(&Shard::sample()).run().await.expect("it reads");
    hand.advance(Duration::from_secs(110));
    assert!(matches!(refused(&two, lease("two", 8)).await, Held::By { .. }));
    hand.advance(Duration::from_millis(1));
    assert_eq!(granted(&two, lease("two", 8)).await.epoch(), 2);
    let released = first.release(Ending::Done(ended(7, "one"))).await.expect("it answers");
    assert_eq!(released, Released::Overtaken);
}

#[tokio::test]
async fn a_lease_says_what_is_left_of_it_by_the_clock_of_the_servers() {
    let hand = Hand::at(now());
    let store = Shared::new(hand.clock()).open();
    let run = granted(&store, lease("one", 7)).await;
    assert_eq!(run.left(), Duration::from_secs(110));
    hand.advance(Duration::from_secs(109));
    assert_eq!(run.left(), Duration::from_secs(1));
    hand.advance(Duration::from_secs(9));
    assert_eq!(run.left(), Duration::ZERO);
}

// Trap 39: a list of what is left to do grows until the lease cannot be released.
#[tokio::test]
async fn a_release_costs_one_write_unit_however_many_monitors_were_skipped() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let monitors: Vec<_> =
        (0..60_000).map(|n| Monitor::sample(&format!("team-{n}/monitor-{n}"), "http://m.example")).collect();
    let run = granted(&store, lease("one", 7)).await;
    let range = SkippedRange::over(&monitors, 0, 7, Duration::from_mins(2));
    let last_ok = LastOk { skipped: 60_000, range, ..ended(7, "one") };
    let before = store.consumed().write_units;
    let released = run.release(Ending::Done(last_ok.clone())).await.expect("it answers");
    assert_eq!((released, store.consumed().write_units - before), (Released::Done, 1.0));
    let record = store.state_reader(&Shard::sample()).run().await.expect("it reads").expect("it is there");
    assert_eq!(record.last_ok, Some(last_ok.clone()));
    let backlog = last_ok.into_backlog(Duration::from_mins(2));
    assert!(monitors.iter().all(|monitor| is_due(monitor, Duration::from_mins(2), 8, &backlog)));
}

#[tokio::test]
async fn lost_answers_change_nothing() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    shared.plug().lose_answer(1);
    let run = granted(&store, lease("one", 7)).await;
    assert_eq!(run.epoch(), 2);
    shared.plug().lose_answer(1);
    assert_eq!(run.release(Ending::Done(ended(7, "one"))).await.expect("it answers"), Released::Done);
    assert_eq!(shared.plug().operations(), ["UpdateItem"; 4]);
}

#[tokio::test]
async fn a_fence_that_was_raised_is_ours_although_the_answer_was_lost() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let mut run = granted(&store, lease("one", 7)).await;
    shared.plug().lose_answer(1);
    assert_eq!(run.raise(41).await.expect("it answers"), Raised::Done);
    assert_eq!(run.epoch(), 42);
}

// Another transaction checks the fence, or moves a row, at the very moment of ours.
#[tokio::test]
async fn a_write_that_meets_a_transaction_is_tried_again_and_no_more_than_five_times() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    shared.plug().fail(1, Failure::Conflict, 4);
    let mut run = granted(&store, lease("one", 7)).await;
    assert_eq!((run.epoch(), shared.plug().requests()), (1, 5));
    let row = rows(1, run.holder(), run.epoch()).remove(0);
    run.commit(&[Write::Create(row.clone())]).await;
    let delivered = |seq| Delivered::new(seq, Health::Down, now());
    shared.plug().fail(1, Failure::Conflict, 4);
    run.acknowledge(&[accepted(&row.monitor, delivered(1))]).await.expect("it is written");
    assert_eq!(
        store.state_reader(&Shard::sample()).read().await.expect("it reads").rows[0]
            .delivered_to(&ChannelId::of_machine())
            .seq,
        1
    );
    shared.plug().fail(1, Failure::Conflict, 4);
    assert_eq!(run.raise(9).await.expect("it is written"), Raised::Done);
    shared.plug().fail(1, Failure::Conflict, 5);
    let before = shared.plug().requests();
    let error = run.acknowledge(&[accepted(&row.monitor, delivered(2))]).await.expect_err("it gives up");
    assert!(matches!(error, StoreError::Contended { .. }), "{error:?}");
    assert_eq!(shared.plug().requests() - before, 5);
    shared.plug().fail(1, Failure::Conflict, 4);
    assert_eq!(run.release(Ending::GivenUp).await.expect("it is written"), Released::Done);
}

#[tokio::test]
async fn a_lease_that_others_ask_for_at_the_same_moment_is_held() {
    let shared = Shared::new(Hand::at(now()).clock());
    let (one, two) = (shared.open(), shared.open());
    // On first use there is nothing to see of the others.
    shared.plug().fail(1, Failure::Conflict, 5);
    assert_eq!(refused(&two, lease("two", 7)).await, Held::Contended);
    let run = granted(&one, lease("one", 7)).await;
    let expires = now() + Duration::from_secs(110);
    shared.plug().fail(1, Failure::Conflict, 5);
    let held = Held::By {
        holder: "one".to_owned(),
        epoch: 1,
        expires,
        host: Some("host-1".to_owned()),
        process: None,
    };
    assert_eq!(refused(&two, lease("two", 7)).await, held);
    run.release(Ending::Done(ended(7, "one"))).await.expect("it answers");
    shared.plug().fail(1, Failure::Conflict, 5);
    assert_eq!(refused(&two, lease("two", 7)).await, done(7));
    shared.plug().fail(1, Failure::Conflict, 5);
    assert_eq!(refused(&two, lease("two", 8)).await, Held::Contended);
}

#[tokio::test]
async fn a_run_record_of_a_newer_version_is_left_alone() {
    let shared = Shared::new(Hand::at(now()).clock());
    let item =
        json!({"shard": {"S": "0"}, "monitor": {"S": "@run"}, "epoch": {"N": "3"}, "format": {"N": "2"}});
    shared.put(TABLE, &item);
    let error = shared.open().acquire(&lease("one", 7)).await.expect_err("it is not ours");
    let StoreError::Unreadable(unreadable) = error else { panic!("{error:?}") };
    assert_eq!(unreadable.reason, UnreadableReason::Newer { format: 2 });
    assert_eq!(shared.get(TABLE, "@run"), Some(item));
}

#[tokio::test]
async fn what_was_delivered_only_moves_on() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = granted(&store, lease("one", 7)).await;
    let row = rows(1, run.holder(), run.epoch()).remove(0);
    let monitor = row.monitor.clone();
    run.commit(&[Write::Create(row.clone())]).await;
    let delivered = |seq, reminders| Delivered { reminders, ..Delivered::new(seq, Health::Down, now()) };
    for (seq, reminders, stored) in
        [(2, 0, (2, 0)), (1, 0, (2, 0)), (2, 0, (2, 0)), (2, 1, (2, 1)), (2, 0, (2, 1)), (3, 0, (3, 0))]
    {
        run.acknowledge(&[accepted(&monitor, delivered(seq, reminders))]).await.expect("it answers");
        let states = store.state_reader(&Shard::sample()).read().await.expect("it reads");
        assert_eq!(
            (heard(&states.rows[0]).seq, heard(&states.rows[0]).reminders),
            stored,
            "{seq} {reminders}"
        );
        assert_eq!(states.rows[0].revision, row.revision);
    }
    // That it flaps is said of a change, and then how it ended, of the same one; neither comes back.
    let flapping = |flapping| Delivered { flapping, ..delivered(4, 0) };
    for (delivered, stored) in
        [(Some(4), Some(4)), (Some(4), Some(4)), (None, None), (None, None), (Some(4), None)]
    {
        run.acknowledge(&[accepted(&monitor, flapping(delivered))]).await.expect("it answers");
        let states = store.state_reader(&Shard::sample()).read().await.expect("it reads");
        assert_eq!((heard(&states.rows[0]).seq, heard(&states.rows[0]).flapping), (4, stored));
    }
    // A monitor that is gone stays gone.
    let gone = MonitorId::parse("gone").expect("an id");
    run.acknowledge(&[accepted(&gone, delivered(1, 0))]).await.expect("it answers");
    assert_eq!(store.state_reader(&Shard::sample()).read().await.expect("it reads").rows.len(), 1);
}

#[tokio::test]
async fn a_digest_is_acknowledged_as_a_whole_around_what_stands_in_the_way() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = granted(&store, lease("one", 7)).await;
    let rows = rows(150, run.holder(), run.epoch());
    run.commit(&rows.iter().cloned().map(Write::Create).collect::<Vec<_>>()).await;
    let delivered = |seq| Delivered::new(seq, Health::Down, now());
    // One has a later delivery already, and one has no row.
    run.acknowledge(&[accepted(&rows[7].monitor, delivered(5))]).await.expect("it answers");
    let gone = MonitorId::parse("gone").expect("an id");
    let digest =
        rows.iter().map(|row| &row.monitor).chain([&gone]).map(|monitor| accepted(monitor, delivered(3)));
    let before = shared.plug().operations().len();
    run.acknowledge(&digest.collect::<Vec<_>>()).await.expect("it answers");
    assert_eq!(shared.plug().operations()[before..], ["TransactWriteItems"; 4]);
    let stored = store.state_reader(&Shard::sample()).read().await.expect("it reads").rows;
    for (row, before) in stored.iter().zip(&rows) {
        let expected = if row.monitor == rows[7].monitor { 5 } else { 3 };
        assert_eq!((heard(row).seq, row.revision), (expected, before.revision), "{}", row.monitor);
    }
    assert_eq!(stored.len(), 150);
}

/// What the channel of the machine accepted of a monitor.
fn accepted(monitor: &MonitorId, delivered: Delivered) -> Acknowledgement {
    let heard = Heard::Delivered(delivered);
    Acknowledgement { monitor: monitor.clone(), channel: ChannelId::of_machine(), heard }
}

fn heard(row: &Row) -> Delivered {
    row.delivered_to(&ChannelId::of_machine())
}

#[tokio::test]
async fn channels_are_acknowledged_apart_and_one_that_is_closed_is_gone() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = granted(&store, lease("one", 7)).await;
    let row = rows(1, run.holder(), run.epoch()).remove(0);
    run.commit(&[Write::Create(row.clone())]).await;
    let chat = ChannelId::parse("acme/shop#on-call").expect("a channel");
    let to_chat = |heard| Acknowledgement { monitor: row.monitor.clone(), channel: chat.clone(), heard };
    let delivered = |seq| Heard::Delivered(Delivered::new(seq, Health::Down, now()));
    let seqs = async || {
        let rows = store.state_reader(&Shard::sample()).read().await.expect("it reads").rows;
        let seqs = rows[0].delivered.iter().map(|(channel, one)| (channel.to_string(), one.seq));
        seqs.collect::<Vec<_>>()
    };
    let machine = ("default".to_owned(), 0);
    for (heard, expected) in [
        (delivered(2), vec![machine.clone(), (chat.to_string(), 2)]),
        (delivered(1), vec![machine.clone(), (chat.to_string(), 2)]),
        (Heard::Closed { seq: 1 }, vec![machine.clone(), (chat.to_string(), 2)]),
        (Heard::Closed { seq: 2 }, vec![machine.clone()]),
        (Heard::Closed { seq: 2 }, vec![machine.clone()]),
    ] {
        run.acknowledge(&[to_chat(heard)]).await.expect("it answers");
        assert_eq!(seqs().await, expected);
    }
    // A monitor that has no row gets none.
    let gone = Acknowledgement { monitor: MonitorId::parse("gone").expect("an id"), ..to_chat(delivered(1)) };
    run.acknowledge(&[gone]).await.expect("it answers");
    assert_eq!(store.state_reader(&Shard::sample()).read().await.expect("it reads").rows.len(), 1);
}
