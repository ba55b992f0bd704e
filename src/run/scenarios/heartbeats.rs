//! What the alarm hears that watches whether runs do their work: writes of the history table.

use std::time::Duration;

use super::process::End;
use super::watched::monitor;
use super::world::World;
use crate::store::testing::Failure;

/// The operation by which the history table is written, and no other one.
const WRITE: &str = "BatchWriteItem";

/// A run that has a row to write and a result to keep.
async fn eventful() -> World {
    let mut world = World::where_broke(&[monitor("payments"), monitor("search")], &["payments"]).await;
    world.next_slot();
    world
}

// Trap 38: the dead-man switch is fed by an attempt instead of a success.
#[tokio::test]
async fn a_run_that_fails_or_does_not_commit_writes_no_history() {
    let mut world = eventful().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    let operations = plug.operations();
    let first_write = operations.iter().position(|operation| operation == WRITE).expect("it is written");
    for request in 1..=first_write {
        for (failure, times) in [(Failure::Denied, 1), (Failure::Internal, 4)] {
            let mut world = eventful().await;
            let process = world.process().failing(request, failure, times);
            let plug = process.plug.clone();
            let end = world.finish(process).await;
            let is_done = match &end {
                End::CompletedRun(completed) => completed.unstored.is_empty(),
                End::NotOurs(_) | End::Failed(_) | End::Died | End::Frozen => false,
            };
            let case = format!("{} {failure:?}", operations[request - 1]);
            assert_eq!(plug.operations().contains(&WRITE.to_owned()), is_done, "{case}");
        }
    }
    // Nor does one that another run overtook.
    let commit =
        operations.iter().position(|operation| operation == "TransactWriteItems").expect("it commits");
    let mut world = eventful().await;
    let process = world.process();
    let plug = process.plug.clone();
    plug.hold_before(commit + 1);
    let running = world.freeze(process).await;
    world.next_slot();
    let other = world.process();
    world.finish(other).await.completed();
    world.wake(running).await.completed();
    assert!(!plug.operations().contains(&WRITE.to_owned()), "{:?}", plug.operations());
}

// Trap 38: and a run that has no result to keep is a success all the same.
#[tokio::test]
async fn a_done_run_without_results_writes_a_heartbeat() {
    let mut world = World::watching(&[monitor("payments").interval("24h")]).await;
    world.run().await;
    for _ in 0..2 {
        world.next_slot();
        let process = world.process();
        let (plug, store) = (process.plug.clone(), process.store());
        let completed = world.finish(process).await.completed();
        assert_eq!(completed.judged.len(), 0, "nothing is due");
        let writes = plug.operations().iter().filter(|operation| *operation == WRITE).count();
        assert_eq!(writes, 1, "{:?}", plug.operations());
        // I11: the lease, the release, and the heartbeat.
        assert!(store.consumed().write_units <= 3.0, "{:?}", store.consumed());
    }
    // One that skipped everything has come to its end too.
    let mut world = World::watching(&[monitor("payments")]).await;
    world.run().await;
    world.next_slot();
    let process = world.process().deadline(Duration::ZERO);
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    assert!(plug.operations().contains(&WRITE.to_owned()), "{:?}", plug.operations());
    // One for a single monitor says nothing about the others.
    let process = world.process().only("payments").deadline(Duration::ZERO);
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    assert!(!plug.operations().contains(&WRITE.to_owned()), "{:?}", plug.operations());
}
