//! Reminders of what is still bad.

use std::time::Duration;

use super::watched::monitor;
use super::world::World;
use crate::deliver::recording::Mode;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn reminders_come_later_and_later_and_none_comes_once_it_is_up() {
    let mut world = World::where_broke(&[monitor("payments").remind("4h")], &["payments"]).await;
    world.run().await;
    let mut hours = Vec::new();
    for hour in 1..=100 {
        let before = world.notified().len();
        world.pass(HOUR);
        world.run().await;
        if world.notified().len() > before {
            hours.push(hour);
        }
    }
    // A run comes two minutes after the hour, so each starts a little later.
    assert_eq!(hours, [4, 12, 28, 52, 76, 100]);
    let incarnation = world.row("payments").await.incarnation;
    let ids: Vec<_> = world.accepted().into_iter().map(|alert| alert.id).collect();
    assert_eq!(ids[0], format!("payments.{incarnation}.1"));
    assert_eq!(ids[1..3], [format!("payments.{incarnation}.1.r1"), format!("payments.{incarnation}.1.r2")]);
    world.repair("payments");
    world.run().await;
    world.pass(24 * HOUR);
    world.discard().await;
    assert_eq!(world.notified()[6..], ["STILL DOWN payments", "UP payments"]);
    let up = world.accepted().pop().expect("it was delivered");
    assert!(up.incident.is_some_and(|incident| incident.closed_at.is_some()), "its end is delivered as such");
}

// Trap 3: the time of the last reminder is not stored elsewhere, so each restart sends one.
#[tokio::test]
async fn neither_a_new_process_nor_an_edit_makes_a_reminder_come_early() {
    let mut world = World::where_broke(&[monitor("payments").remind("1h")], &["payments"]).await;
    world.run().await;
    for failures in [2, 3, 4] {
        world.sync(&[monitor("payments").remind("1h").failures(failures)]).await;
        let process = world.process().all();
        world.finish(process).await.completed();
        world.pass(15 * Duration::from_mins(1));
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.pass(15 * Duration::from_mins(1));
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments", "STILL DOWN payments"]);
    // A rename takes along what was delivered, and when.
    world.sync(&[monitor("payments").remind("1h").renamed("checkout")]).await;
    world.run().await;
    assert_eq!(world.notified().len(), 2);
}

#[tokio::test]
async fn after_a_long_pause_the_end_of_an_outage_is_notified_and_no_reminder_of_it() {
    let mut world = World::where_broke(&[monitor("payments").remind("1h")], &["payments"]).await;
    world.run().await;
    world.pass(48 * HOUR);
    world.repair("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn a_reminder_that_the_topic_refused_comes_with_the_next_run_and_once() {
    let mut world = World::where_broke(&[monitor("payments").remind("1h")], &["payments"]).await;
    world.run().await;
    world.pass(HOUR);
    world.topic(Mode::Down);
    assert_eq!(world.run().await.notified.pending(), 1);
    world.topic(Mode::Accept);
    for _ in 0..5 {
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments", "STILL DOWN payments"]);
}

// The first good probe of two came before the topic accepted the outage: its end is delivered as such.
#[tokio::test]
async fn the_end_of_an_outage_that_was_notified_late_says_how_long_it_was() {
    let mut world = World::where_broke(&[monitor("payments").successes(2)], &["payments"]).await;
    world.topic(Mode::Down);
    world.run().await;
    world.repair("payments");
    world.run().await;
    world.topic(Mode::Accept);
    world.pass(Duration::from_secs(1));
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
    let up = world.accepted().pop().expect("it was delivered");
    assert!(up.incident.is_some_and(|incident| incident.closed_at.is_some()));
}
