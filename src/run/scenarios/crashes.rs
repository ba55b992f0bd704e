//! A process that dies after each step of the protocol: whatever it left, the next run goes on from there.

use super::process::{DEAD, End, Process};
use super::recorded::has_its_last_change_in_the_journal;
use super::watched::monitor;
use super::world::{World, heard};
use crate::deliver::recording::Mode;

/// One that breaks, one that comes back, one with its first of two failures: a run that has everything to do.
async fn eventful() -> World {
    let monitors = [monitor("payments"), monitor("search"), monitor("login").failures(2)];
    let mut world = World::watching(&monitors).await;
    world.break_("search");
    world.run().await;
    world.repair("search");
    world.break_("payments");
    world.break_("login");
    world.next_slot();
    world
}

/// How many requests the store gets from a run in which nothing goes wrong.
async fn requests() -> usize {
    let mut world = eventful().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    plug.requests()
}

/// Lets a run die, and the next ones go on.
async fn dies(death: impl FnOnce(Process) -> Process) -> World {
    let mut world = eventful().await;
    let process = death(world.process());
    let end = world.finish(process).await;
    assert!(matches!(end, End::Died), "{end:?}");
    // A run that comes before the lease has run out leaves the dead one's slot alone, unless it was done already.
    let eager = world.process();
    if let End::CompletedRun(completed) = world.finish(eager).await {
        assert_eq!(completed.epoch, 2, "the process died before it had a lease");
    }
    world.discard().await;
    for id in ["login", "payments", "search"] {
        let newest = world.incidents(id).await.into_iter().next();
        assert_eq!(newest, world.row(id).await.confirmed.incident, "the history knows the incident of {id}");
    }
    has_its_last_change_in_the_journal(&world, &["login", "payments", "search"]).await;
    world
}

/// Both are notified; once, or again with the same id if the process died between sending and writing it down.
fn delivered_everything(world: &World, case: &str) {
    let mut delivered = world.notified();
    let times = delivered.len();
    delivered.sort();
    delivered.dedup();
    assert_eq!(delivered, ["DOWN login", "DOWN payments", "DOWN search", "UP search"], "{case}");
    assert!(times <= 6, "{case}: {:?}", world.notified());
}

#[tokio::test]
async fn a_process_may_die_before_any_of_its_requests() {
    for request in 1..=requests().await {
        let world = dies(|process| process.dying_before(request)).await;
        delivered_everything(&world, &format!("before {request}"));
    }
}

#[tokio::test]
async fn a_process_may_die_after_any_of_its_requests() {
    for request in 1..=requests().await {
        let world = dies(|process| process.dying_after(request)).await;
        delivered_everything(&world, &format!("after {request}"));
    }
}

// Trap 5: notified before it is stored, a crash is a duplicate with another id.
#[tokio::test]
async fn a_process_that_dies_between_accept_and_acknowledge_notifies_again_with_the_same_id() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.topic(Mode::DieAfterAccepting);
    world.next_slot();
    let process = world.process();
    let end = world.finish(process).await;
    assert!(matches!(end, End::Died), "{end:?}");
    assert_eq!(heard(&world.row("payments").await).seq, 0);
    world.discard().await;
    let accepted = world.accepted();
    assert_eq!(world.notified(), ["DOWN payments", "DOWN payments"]);
    assert_eq!(accepted[0].id, accepted[1].id);
}

#[tokio::test]
async fn two_processes_that_die_one_after_the_other_lose_nothing() {
    let requests = requests().await;
    for first in (1..=requests).step_by(2) {
        let mut world = eventful().await;
        for request in [first, requests + 1 - first] {
            let process = world.process().dying_after(request);
            world.finish(process).await;
            world.next_slot();
        }
        world.discard().await;
    }
}

#[tokio::test]
async fn a_process_that_dies_while_the_topic_is_down_owes_it_all_the_same() {
    for request in 1..=requests().await {
        let mut world = eventful().await;
        world.topic(Mode::Down);
        let process = world.process().dying_before(request);
        world.finish(process).await;
        world.repair("payments");
        world.run().await;
        world.discard().await;
    }
}

// A run that was killed must not leave the ones after it without work until its lease runs out.
#[tokio::test]
async fn the_next_run_on_the_same_machine_takes_over_from_a_killed_one_at_once() {
    for request in 1..=requests().await {
        let case = format!("after {request}");
        let mut world = eventful().await;
        let killed = world.process().on_machine_of_the_dead(DEAD).dying_after(request);
        let end = world.finish(killed).await;
        assert!(matches!(end, End::Died), "{case}: {end:?}");
        let next = world.process().on_machine_of_the_dead(DEAD + 1);
        match world.finish(next).await {
            End::CompletedRun(_) => {}
            end @ (End::NotOurs(_) | End::Failed(_) | End::Died | End::Frozen) => {
                // All that was left to the dead one was to leave.
                assert!(request == requests().await, "{case}: {end:?}");
            }
        }
        world.discard().await;
        delivered_everything(&world, &case);
    }
}
