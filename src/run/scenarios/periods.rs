//! Loops and cron entries with different periods on one table.

use std::time::Duration;

use super::watched::monitor;
use super::world::World;
use crate::state::Held;

const OTHER: Duration = Duration::from_secs(30);

/// A world in which cron has made two runs, each of them 2 minutes after the last.
async fn with_cron() -> World {
    let mut world = World::watching(&[monitor("payments")]).await;
    world.run().await;
    world.run().await;
    world
}

#[tokio::test]
async fn a_loop_beside_a_live_one_with_another_period_is_refused() {
    let mut world = with_cron().await;
    world.pass(Duration::from_mins(1));
    let last = world.now() - Duration::from_mins(1);
    let process = world.process().scheduled_every(OTHER);
    let refused = world.finish(process).await.refused();
    let expected = Held::OtherPeriod { period: Duration::from_mins(2), host: "host-1".to_owned(), at: last };
    assert_eq!(refused, expected);
    // It does not end the other one, which goes on.
    world.run().await;
}

#[tokio::test]
async fn a_loop_takes_over_from_one_that_is_gone_for_three_periods() {
    let mut world = with_cron().await;
    world.pass(Duration::from_mins(6));
    let process = world.process().scheduled_every(OTHER);
    world.finish(process).await.completed();
}

#[tokio::test]
async fn one_run_alone_is_no_loop() {
    let mut world = World::watching(&[monitor("payments")]).await;
    world.run().await;
    world.pass(Duration::from_mins(1));
    for _ in 0..2 {
        let process = world.process().scheduled_every(OTHER);
        world.finish(process).await.completed();
        world.pass(OTHER);
    }
    let process = world.process();
    assert!(matches!(world.finish(process).await.refused(), Held::OtherPeriod { period: OTHER, .. }));
}

#[tokio::test]
async fn a_run_by_hand_takes_the_period_of_the_loop_and_does_not_stop_it() {
    let mut world = World::watching(&[monitor("payments")]).await;
    for _ in 0..2 {
        let process = world.process().scheduled_every(OTHER);
        world.finish(process).await.completed();
        world.pass(OTHER);
    }
    for by_hand in [world.process().all(), world.process().only("payments")] {
        world.finish(by_hand).await.completed();
    }
    world.pass(OTHER);
    let process = world.process().scheduled_every(OTHER);
    world.finish(process).await.completed();
    world.pass(OTHER);
    let process = world.process();
    assert!(matches!(world.finish(process).await.refused(), Held::OtherPeriod { period: OTHER, .. }));
}

#[tokio::test]
async fn runs_by_hand_are_no_loop_however_many_there_are() {
    let mut world = World::watching(&[monitor("payments")]).await;
    for _ in 0..3 {
        let process = world.process().all();
        world.finish(process).await.completed();
    }
    let process = world.process().scheduled_every(OTHER);
    world.finish(process).await.completed();
}

#[tokio::test]
async fn who_replaces_the_period_stops_the_others() {
    let mut world = with_cron().await;
    let process = world.process().replacing_period(OTHER);
    world.finish(process).await.completed();
    world.pass(OTHER);
    let process = world.process();
    assert!(matches!(world.finish(process).await.refused(), Held::OtherPeriod { period: OTHER, .. }));
    let process = world.process().scheduled_every(OTHER);
    world.finish(process).await.completed();
}
