//! A store in trouble: retried, or a typed error; and what is notified is stored.

use super::process::{End, TRIES};
use super::watched::monitor;
use super::world::World;
use crate::run::RunError;
use crate::store::StoreError;
use crate::store::testing::Failure;

async fn broken() -> World {
    let mut world = World::where_broke(&[monitor("payments"), monitor("search")], &["payments"]).await;
    world.next_slot();
    world
}

/// The operations of a run in which nothing goes wrong.
async fn operations() -> Vec<String> {
    let mut world = broken().await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    plug.operations()
}

#[tokio::test]
async fn a_lost_answer_to_any_request_changes_nothing() {
    for request in 1..=operations().await.len() {
        let mut world = broken().await;
        let process = world.process().losing_answer(request);
        let completed = world.finish(process).await.completed();
        assert!(!completed.is_partial(), "{request}: {completed:?}");
        assert_eq!(world.notified(), ["DOWN payments"], "{request}");
        world.run().await;
        assert_eq!(world.notified(), ["DOWN payments"], "{request}");
    }
}

#[tokio::test]
async fn a_moment_of_trouble_in_any_request_is_retried() {
    for (request, operation) in (1..).zip(operations().await) {
        let special = match operation.as_str() {
            "TransactWriteItems" => Some(Failure::Conflict),
            "BatchWriteItem" => Some(Failure::LeftOver),
            _ => None,
        };
        for failure in [Failure::Throttled, Failure::Unreachable].into_iter().chain(special) {
            let mut world = broken().await;
            let process = world.process().failing(request, failure, 1);
            let completed = world.finish(process).await.completed();
            assert!(!completed.is_partial(), "{request} {failure:?}: {completed:?}");
            assert_eq!(world.notified(), ["DOWN payments"], "{request} {failure:?}");
        }
    }
}

#[tokio::test]
async fn trouble_that_stays_is_an_error_or_a_problem_and_the_next_run_converges() {
    for request in 1..=operations().await.len() {
        // Two requests are under way at once where the tables are read, and share the failures.
        for (failure, times) in [(Failure::Internal, 2 * TRIES), (Failure::Denied, 1)] {
            let case = format!("{request} {failure:?}");
            let mut world = broken().await;
            let process = world.process().failing(request, failure, times);
            match world.finish(process).await {
                End::CompletedRun(completed) => assert!(completed.is_partial(), "{case}: {completed:?}"),
                End::Failed(RunError::Store(StoreError::Unavailable { .. })) => {
                    assert_eq!(failure, Failure::Internal, "{case}");
                }
                End::Failed(RunError::Store(StoreError::Denied { .. })) => {
                    assert_eq!(failure, Failure::Denied, "{case}");
                }
                end => panic!("{case}: {end:?}"),
            }
            world.discard().await;
            assert!(
                world.notified().iter().all(|delivered| delivered == "DOWN payments"),
                "{case}: {:?}",
                world.notified()
            );
        }
    }
}

// I9
#[tokio::test]
async fn a_table_that_does_not_read_leaves_everything_as_it_is_and_the_slot_open() {
    for query in [3, 4] {
        let mut world = broken().await;
        let process = world.process().failing(query, Failure::Denied, 1);
        world.finish(process).await.failed();
        assert_eq!(world.probed(), [""; 0], "the monitors to probe are unknown");
        let again = world.process();
        world.finish(again).await.completed();
        assert_eq!(world.notified(), ["DOWN payments"]);
    }
}

#[tokio::test]
async fn why_a_run_failed_is_not_hidden_by_a_release_that_fails_too() {
    let mut world = broken().await;
    let process = world.process().failing(4, Failure::Denied, 1).failing(5, Failure::Internal, TRIES);
    let error = world.finish(process).await.failed();
    assert!(matches!(error, RunError::Store(StoreError::Denied { .. })), "{error:?}");
}

#[tokio::test]
async fn evidence_that_could_not_be_stored_is_gathered_again_in_the_next_slot() {
    let seldom = [monitor("payments").interval("20m")];
    // In another world, when it is due: the hash of an id is the same everywhere.
    let mut other = World::where_broke(&seldom, &["payments"]).await;
    let mut slots = 0;
    while other.notified().is_empty() {
        other.run().await;
        slots += 1;
    }
    let mut world = World::where_broke(&seldom, &["payments"]).await;
    for _ in 1..slots {
        world.run().await;
    }
    world.next_slot();
    let process = world.process().failing(5, Failure::Denied, 1);
    assert!(world.finish(process).await.completed().is_partial());
    assert_eq!((world.probed(), world.notified()), (vec!["payments".to_owned()], vec![]));
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

// I11
#[tokio::test]
async fn a_quiet_run_writes_no_row_and_costs_two_write_units_beside_the_ledger() {
    let monitors = [monitor("payments"), monitor("search"), monitor("login")];
    let mut world = World::watching(&monitors).await;
    world.run().await;
    world.next_slot();
    let process = world.process();
    let (plug, store) = (process.plug.clone(), process.store());
    world.finish(process).await.completed();
    let quiet = ["GetItem", "UpdateItem", "Query", "Query", "Query", "BatchWriteItem", "UpdateItem"];
    assert_eq!(plug.operations(), quiet);
    let (lease, ledger) = (2.0, 1.0);
    assert!(store.consumed().write_units <= lease + ledger, "{:?}", store.consumed());
}
