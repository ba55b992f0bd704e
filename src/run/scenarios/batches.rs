//! Rows that are stored batch by batch, with what they owe going out beside that, and faults between the batches.

use std::time::Duration;

use super::endpoints::Manner;
use super::process::{End, Process, Running, TRIES};
use super::watched::{Watched, monitor};
use super::world::World;
use crate::deliver::recording::Mode;
use crate::store::testing::Failure;
use crate::transition::Health;

const MANY: [&str; 30] = [
    "a00", "a01", "a02", "a03", "a04", "a05", "a06", "a07", "a08", "a09", "a10", "a11", "a12", "a13", "a14",
    "a15", "a16", "a17", "a18", "a19", "a20", "a21", "a22", "a23", "a24", "a25", "a26", "a27", "a28", "a29",
];

/// One critical, one warning, one that is good again, and one with its first of two failures; a row in each batch.
async fn mixed() -> World {
    let monitors = [
        monitor("minor").severity("warning"),
        monitor("search"),
        monitor("login").failures(2),
        monitor("vital").severity("critical"),
    ];
    let mut world = World::watching(&monitors).await;
    world.run().await;
    world.break_("search");
    world.run().await;
    world.repair("search");
    for id in ["minor", "login", "vital"] {
        world.break_(id);
    }
    world.shared.in_batches_of(1);
    world.next_slot();
    world
}

/// How many requests the store gets from a run in which nothing goes wrong.
async fn requests() -> usize {
    let mut world = mixed().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    plug.requests()
}

#[tokio::test]
async fn what_is_critical_is_stored_first_and_what_needs_no_notification_last() {
    // Two queries read; the lease and its record came before them.
    let mut stored = Vec::new();
    for request in 1..=requests().await {
        let mut world = mixed().await;
        let process = world.process().dying_after(request);
        assert!(matches!(world.finish(process).await, End::Died));
        for (id, health) in [("vital", Health::Down), ("minor", Health::Down), ("search", Health::Up)] {
            if world.row(id).await.confirmed.health == health && !stored.contains(&id) {
                stored.push(id);
            }
        }
        if world.row("login").await.confirmed.streak.is_some() && !stored.contains(&"login") {
            stored.push("login");
        }
    }
    assert_eq!(stored, ["vital", "minor", "search", "login"]);
}

async fn all_is_delivered(mut world: World, case: &str) {
    world.discard().await;
    let mut delivered = world.notified();
    delivered.sort();
    delivered.dedup();
    assert_eq!(delivered, ["DOWN login", "DOWN minor", "DOWN search", "DOWN vital", "UP search"], "{case}");
}

#[tokio::test]
async fn a_process_that_dies_between_two_batches_loses_nothing() {
    for request in 1..=requests().await {
        for death in [Process::dying_before, Process::dying_after] {
            let mut world = mixed().await;
            let process = death(world.process(), request);
            assert!(matches!(world.finish(process).await, End::Died));
            all_is_delivered(world, &request.to_string()).await;
        }
    }
}

#[tokio::test]
async fn trouble_between_two_batches_loses_nothing() {
    for request in 1..=requests().await {
        for failure in [Failure::Internal, Failure::Denied, Failure::Conflict] {
            let mut world = mixed().await;
            let process = world.process().failing(request, failure, TRIES + 1);
            world.finish(process).await;
            all_is_delivered(world, &format!("{request} {failure:?}")).await;
        }
        let mut world = mixed().await;
        let process = world.process().losing_answer(request);
        world.finish(process).await;
        all_is_delivered(world, &format!("{request} lost")).await;
    }
}

// I5 and I7: what comes after the lease is not written, and what is not written is not notified.
#[tokio::test]
async fn a_process_that_freezes_between_two_batches_goes_on_with_nothing_that_is_stale() {
    for request in 1..=requests().await {
        let mut world = mixed().await;
        let process = world.process();
        process.plug.hold_before(request);
        let running = world.freeze(process).await;
        world.next_slot();
        let other = world.process();
        world.finish(other).await;
        world.wake(running).await;
        all_is_delivered(world, &request.to_string()).await;
    }
}

#[tokio::test]
async fn a_topic_that_is_down_between_two_batches_is_notified_everything_later() {
    for mode in [Mode::Down, Mode::DieAfterAccepting] {
        let mut world = mixed().await;
        world.topic(mode);
        let process = world.process();
        world.finish(process).await;
        all_is_delivered(world, &format!("{mode:?}")).await;
    }
}

fn many(severity: &str) -> Vec<Watched> {
    MANY.iter().map(|id| monitor(id).severity(severity).without_retry()).collect()
}

#[tokio::test]
async fn many_that_break_at_once_wait_for_all_batches_and_are_one_message() {
    let mut world = World::where_broke(&many("critical"), &MANY).await;
    world.shared.in_batches_of(4);
    let completed = world.run().await;
    assert_eq!((completed.notified.messages.len(), world.notified().len()), (1, 30));
    world.discard().await;
}

/// Thirty that broke at once, in a run that the table holds in the middle of its batches.
async fn held_between_batches() -> (World, Running) {
    let broken = async || {
        let mut world = World::where_broke(&many("critical"), &MANY).await;
        world.shared.in_batches_of(4);
        world.next_slot();
        world
    };
    let mut world = broken().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    let writes = plug.operations();
    let batches = (1..).zip(&writes).filter(|(_, operation)| *operation == "TransactWriteItems");
    let (fifth, _) = { batches }.nth(4).expect("eight batches");
    let mut world = broken().await;
    let process = world.process();
    process.plug.hold_before(fifth);
    let running = world.freeze(process).await;
    (world, running)
}

// People wait for a first word no longer than a moment, however long the table takes for the rest.
#[tokio::test]
async fn a_first_notification_goes_out_before_the_last_batch_is_stored() {
    let (mut world, mut running) = held_between_batches().await;
    tokio::time::pause();
    running.beside_the_held_request(Duration::from_secs(1)).await;
    tokio::time::resume();
    let first = world.notified().len();
    assert!(first > 0 && first < MANY.len(), "{first}");
    world.wake(running).await.completed();
    let mut delivered = world.notified();
    delivered.sort();
    assert_eq!(delivered, MANY.map(|id| format!("DOWN {id}")));
    world.discard().await;
}

#[tokio::test]
async fn a_run_that_ends_between_two_batches_leaves_the_rest_to_the_next() {
    let (mut world, mut running) = held_between_batches().await;
    tokio::time::pause();
    running.beside_the_held_request(Duration::from_secs(1)).await;
    tokio::time::resume();
    drop(running);
    world.discard().await;
    let mut delivered = world.notified();
    delivered.sort();
    delivered.dedup();
    assert_eq!(delivered, MANY.map(|id| format!("DOWN {id}")));
}

// The alert of a child is not sent because it happens to be stored before the parent that explains it.
#[tokio::test]
async fn suppression_does_not_depend_on_the_order_of_the_batches() {
    let monitors = [
        monitor("shop").severity("critical").depends_on(&["till"]),
        monitor("till").severity("warning").without_retry(),
    ];
    let mut world = World::watching(&monitors).await;
    world.run().await;
    world.shared.in_batches_of(1);
    world.break_("shop");
    world.break_("till");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN till"]);
    world.discard().await;
}

// An endpoint that hangs goes DOWN although its timeout is longer than the run.
#[tokio::test]
async fn an_endpoint_that_hangs_is_down_whatever_the_deadline() {
    let mut world = World::watching(&[monitor("payments")]).await;
    world.run().await;
    world.endpoints.set("payments", Manner::Silent);
    world.next_slot();
    let process = world.process().deadline(Duration::from_millis(400));
    let completed = world.finish(process).await.completed();
    assert_eq!(world.notified(), ["DOWN payments"]);
    assert!(
        completed.problems.iter().any(|problem| problem.contains("does not fit into a run of")),
        "{:?}",
        completed.problems
    );
    world.repair("payments");
    world.discard().await;
}
