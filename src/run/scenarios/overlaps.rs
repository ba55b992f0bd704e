//! Runs beside each other: overlapping cron entries, two machines, and a process that was frozen.

use super::process::{End, Running};
use super::watched::monitor;
use super::world::World;
use crate::deliver::recording::Mode;
use crate::state::Held;

/// The request that commits.
const COMMIT: usize = 5;

async fn broken() -> World {
    let mut world = World::where_broke(&[monitor("payments"), monitor("search")], &["payments"]).await;
    world.next_slot();
    world
}

async fn requests() -> usize {
    let mut world = broken().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    plug.requests()
}

/// A run that stands still in the `request`-th request, before or after it was executed.
async fn frozen(world: &mut World, request: usize, executed: bool) -> Running {
    let process = world.process();
    if executed {
        process.plug.hold_after(request);
    } else {
        process.plug.hold_before(request);
    }
    world.freeze(process).await
}

// Trap 19: overlapping cron runs send twice.
#[tokio::test]
async fn the_second_run_of_a_slot_has_nothing_to_do() {
    let mut world = broken().await;
    for _ in 0..2 {
        let process = world.process();
        world.finish(process).await;
    }
    assert_eq!(world.notified(), ["DOWN payments"]);
    assert_eq!(world.probed().len(), 2);
    let process = world.process();
    let refused = world.finish(process).await.refused();
    assert!(matches!(refused, Held::Done { slot, .. } if slot == world.slot()), "{refused:?}");
}

// Trap 19
#[tokio::test]
async fn of_two_runs_at_once_exactly_one_probes_and_notifies() {
    for (request, executed) in (1..=requests().await).flat_map(|request| [(request, false), (request, true)])
    {
        let case = format!("{request} {executed}");
        let mut world = broken().await;
        let first = frozen(&mut world, request, executed).await;
        let second = world.process();
        let ends = [world.finish(second).await, world.wake(first).await];
        let completed = ends.iter().filter(|end| matches!(end, End::CompletedRun(_))).count();
        let refused = ends.iter().filter(|end| matches!(end, End::NotOurs(_))).count();
        assert_eq!((completed, refused), (1, 1), "{case}: {ends:?}");
        assert_eq!(world.notified(), ["DOWN payments"], "{case}");
        assert_eq!(world.probed().len(), 2, "{case}");
    }
}

#[tokio::test]
async fn a_run_that_wakes_after_its_lease_changes_nothing_and_notifies_nothing_new() {
    let release = requests().await;
    for (request, executed) in (1..=release).flat_map(|request| [(request, false), (request, true)]) {
        let case = format!("{request} {executed}");
        let mut world = broken().await;
        let late = frozen(&mut world, request, executed).await;
        world.repair("payments");
        world.run().await;
        let (rows, delivered) = ((world.row("payments").await, world.row("search").await), world.notified());
        let late = world.wake(late).await;
        // One that had not even asked for the lease comes too late for its slot.
        if let End::CompletedRun(late) = &late {
            let released = request == release && executed;
            assert_eq!(late.is_partial(), !released, "{case}: {late:?}");
        }
        assert_eq!((world.row("payments").await, world.row("search").await), rows, "{case}: {late:?}");
        assert_eq!(world.notified(), delivered, "{case}: {late:?}");
        world.discard().await;
    }
}

#[tokio::test]
async fn an_old_observation_never_overwrites_what_a_later_run_saw() {
    let mut world = broken().await;
    let late = frozen(&mut world, COMMIT, false).await;
    assert_eq!(late.plug.operations().last().map(String::as_str), Some("TransactWriteItems"));
    world.repair("payments");
    world.run().await;
    let completed = world.wake(late).await.completed();
    assert_eq!(completed.problems, ["lost the lease before everything was stored; the next run continues"]);
    assert_eq!(world.notified(), [""; 0], "payments was up again before anybody knew");
}

#[tokio::test]
async fn a_run_that_wakes_late_does_not_reopen_an_incident_in_the_history() {
    let mut world = broken().await;
    let late = frozen(&mut world, COMMIT, true).await;
    world.repair("payments");
    world.run().await;
    let closed = world.incidents("payments").await;
    assert!(closed.len() == 1 && closed[0].closed_at.is_some(), "{closed:?}");
    world.wake(late).await.completed();
    assert_eq!(world.incidents("payments").await, closed);
}

// P3
#[tokio::test]
async fn a_run_that_wakes_late_does_not_come_with_old_notifications_after_the_newer_ones() {
    let mut world = broken().await;
    let late = frozen(&mut world, COMMIT, true).await;
    world.repair("payments");
    world.topic(Mode::Down);
    world.run().await;
    world.topic(Mode::Accept);
    world.run().await;
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
    world.wake(late).await.completed();
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
}
