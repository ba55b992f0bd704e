//! Whom a run probes: on demand, after a signal, and when the time is up.

use std::time::Duration;

use super::endpoints::Manner;
use super::process::Process;
use super::watched::{Watched, monitor};
use super::world::World;
use crate::monitor::Idle;
use crate::run::RunError;
use crate::state::Held;
use crate::verdict::Verdict;

fn three() -> [Watched; 3] {
    ["login", "payments", "search"].map(monitor)
}

#[tokio::test]
async fn everything_twice_in_one_slot_is_two_pieces_of_evidence() {
    let mut world = World::where_broke(&[monitor("payments").failures(3)], &["payments"]).await;
    world.run().await;
    for _ in 0..2 {
        let process = world.process().all();
        world.finish(process).await.completed();
    }
    assert_eq!(world.probed().len(), 3);
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn a_run_for_one_monitor_leaves_the_slot_open_for_the_others() {
    let mut world = World::where_broke(&three(), &["payments", "search"]).await;
    world.next_slot();
    let process = world.process().only("payments");
    world.finish(process).await.completed();
    assert_eq!(world.probed(), ["payments"]);
    assert_eq!(world.notified(), ["DOWN payments"]);
    let process = world.process();
    world.finish(process).await.completed();
    let mut probed = world.probed().split_off(1);
    probed.sort();
    assert_eq!(probed, ["login", "payments", "search"]);
    assert_eq!(world.notified(), ["DOWN payments", "DOWN search"]);
}

#[tokio::test]
async fn a_run_for_one_monitor_after_the_slot_is_done_makes_nothing_due_again() {
    let mut world = World::watching(&three()).await;
    world.run().await;
    for manual in [true, false] {
        let process = world.process();
        let process = if manual { process.only("payments") } else { process };
        world.finish(process).await;
    }
    assert_eq!(world.probed().iter().filter(|id| *id != "payments").count(), 2);
}

#[tokio::test]
async fn a_monitor_that_is_not_there_is_an_error_and_the_slot_stays_open() {
    let mut world = World::watching(&three()).await;
    let process = world.process().only("missing");
    let error = world.finish(process).await.failed();
    assert!(
        matches!(&error, RunError::NothingMatches(idle) if *idle == Idle::Id("missing".to_owned())),
        "{error:?}"
    );
    let process = world.process();
    assert_eq!(world.finish(process).await.completed().judged.len(), 3);
}

/// Lets a run end early; gives the monitors it skipped, in the order of their ids. Afterwards `id` is up.
async fn stopped_while_probing(world: &mut World, id: &str) -> Vec<String> {
    world.next_slot();
    let process: Process = world.process();
    world.endpoints.set(id, Manner::Stopping(process.stop.clone()));
    let completed = world.finish(process).await.completed();
    world.repair(id);
    let skipped = completed.judged.iter().filter(|judged| judged.judgement.verdict == Verdict::Skipped);
    let mut skipped: Vec<_> = skipped.map(|judged| judged.watched.monitor.id.to_string()).collect();
    skipped.sort();
    skipped
}

#[tokio::test]
async fn what_a_stopped_run_did_not_reach_is_skipped_and_comes_first_the_next_time() {
    // Hourly, so that none of them is due in the next slot by itself.
    let hourly = three().map(|watched| watched.interval("1h"));
    let mut world = World::watching(&hourly).await;
    let mut other = World::watching(&hourly).await;
    other.run().await;
    let order = other.probed();
    let mut unreached = order[1..].to_vec();
    let skipped = stopped_while_probing(&mut world, &order[1]).await;
    unreached.sort();
    assert_eq!(skipped, unreached);
    world.run().await;
    assert_eq!(world.probed(), order[1..]);
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

#[tokio::test]
async fn a_stopped_run_notifies_what_it_knows_and_gives_its_lease_back() {
    let mut world = World::watching(&three()).await;
    world.run().await;
    let order = world.probed();
    world.break_(&order[0]);
    stopped_while_probing(&mut world, &order[1]).await;
    assert_eq!(world.notified(), [format!("DOWN {}", order[0])]);
    let process = world.process();
    let refused = world.finish(process).await.refused();
    assert!(matches!(refused, Held::Done { slot, .. } if slot == world.slot()), "{refused:?}");
}

#[tokio::test]
async fn a_run_without_time_skips_everything_and_nothing_is_down() {
    let mut world = World::where_broke(&three(), &["payments"]).await;
    world.next_slot();
    let process = world.process().deadline(Duration::ZERO);
    let completed = world.finish(process).await.completed();
    assert!(completed.judged.iter().all(|judged| judged.judgement.verdict == Verdict::Skipped));
    assert_eq!((world.probed().len(), world.notified().len()), (0, 0));
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

// Trap 20: what no run has time for has no result; it comes first in the next one, so that no monitor stops silently.
#[tokio::test]
async fn what_cannot_begin_any_more_is_skipped_and_comes_first_in_the_next_run() {
    let mut world = World::watching(&three()).await;
    world.run().await;
    for id in ["login", "payments", "search"] {
        world.endpoints.set(id, Manner::Silent);
    }
    let mut judged = Vec::new();
    for _ in 0..3 {
        world.next_slot();
        // One after the other: there is time for one that hangs.
        let process = world.process().deadline(Duration::from_millis(400));
        let completed = world.finish(process).await.completed();
        let made = |judged: &&crate::run::Judged| judged.judgement.verdict != Verdict::Skipped;
        judged
            .extend(completed.judged.iter().filter(made).map(|judged| judged.watched.monitor.id.to_string()));
    }
    judged.sort();
    assert_eq!(judged, ["login", "payments", "search"]);
}

#[tokio::test]
async fn a_run_with_another_period_locks_no_one_out() {
    let mut world = World::watching(&three()).await;
    world.run().await;
    // Its slots have far higher numbers, then far lower ones.
    for period in [Duration::from_mins(1), Duration::from_mins(5)] {
        let process = world.process().all().scheduled_every(period);
        world.finish(process).await.completed();
    }
    world.break_("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn a_new_monitor_does_not_wait_for_its_first_slot() {
    let mut world = World::watching(&three()).await;
    world.run().await;
    let mut monitors: Vec<_> = ["a", "b", "c", "d"].map(|id| monitor(id).interval("24h")).into();
    monitors.extend(three());
    world.sync(&monitors).await;
    let completed = world.run().await;
    assert_eq!(completed.judged.len(), 7);
}

#[tokio::test]
async fn a_monitor_that_is_switched_off_is_not_probed_by_name_either() {
    let mut world = World::watching(&[monitor("payments"), monitor("search").off()]).await;
    let process = world.process().only("search");
    let error = world.finish(process).await.failed();
    assert!(matches!(error, RunError::Disabled { .. }), "{error:?}");
}
