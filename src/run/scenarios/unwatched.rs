//! Monitors that are switched off or removed: an alert ends what was delivered.

use super::watched::{Watched, monitor};
use super::world::{CONFIGS, World, heard};
use crate::deliver::recording::Mode;
use crate::transition::{Health, Unwatched};

/// Two monitors, one of which is DOWN, and people know it.
async fn one_is_down(payments: &Watched) -> World {
    let mut world = World::where_broke(&[payments.clone(), monitor("login")], &["payments"]).await;
    world.run().await;
    world
}

/// What was delivered after the outage, and how the incident stands in the row and in the history.
async fn closed(world: &World, why: Unwatched) {
    assert_eq!(world.notified(), ["DOWN payments", "NOT WATCHED payments"]);
    let alert = world.accepted().pop().expect("it was delivered");
    let incident = alert.incident.expect("it shows the incident");
    assert_eq!((incident.unwatched, incident.closed_at.is_some()), (Some(why), true));
    let row = world.row("payments").await;
    assert_eq!((row.confirmed.health, row.confirmed.seq, heard(&row).seq), (Health::New, 2, 2));
    assert_eq!(row.confirmed.incident.as_ref(), Some(&incident));
    assert_eq!(world.incidents("payments").await, [incident]);
}

#[tokio::test]
async fn a_monitor_that_is_switched_off_while_down_is_notified_and_begins_anew_when_it_comes_back() {
    let mut world = one_is_down(&monitor("payments")).await;
    world.sync(&[monitor("payments").off(), monitor("login")]).await;
    world.run().await;
    closed(&world, Unwatched::Disabled).await;
    let quiet = world.row("payments").await;
    world.discard().await;
    assert_eq!(world.row("payments").await, quiet, "once is enough");
    world.sync(&[monitor("payments"), monitor("login")]).await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified().len(), 2, "that it comes up needs no alert");
    world.break_("payments");
    world.discard().await;
    assert_eq!(world.notified()[2..], ["DOWN payments"]);
    let ns: Vec<_> = world.incidents("payments").await.iter().map(|incident| incident.n).collect();
    assert_eq!(ns, [2, 1]);
}

#[tokio::test]
async fn a_monitor_that_is_removed_while_down_is_notified_where_its_people_are() {
    let mut world = one_is_down(&monitor("payments").to(&["oncall"])).await;
    world.sync(&[monitor("login")]).await;
    world.run().await;
    closed(&world, Unwatched::Removed).await;
    let alert = world.accepted().pop().expect("it was delivered");
    assert_eq!(alert.route.channel.name.as_str(), "oncall");
    world.discard().await;
    assert_eq!(world.notified().len(), 2);
}

#[tokio::test]
async fn a_monitor_of_which_nothing_is_left_is_notified_all_the_same() {
    let mut world = one_is_down(&monitor("payments").to(&["oncall"])).await;
    world.shared.delete(CONFIGS, "payments");
    world.run().await;
    closed(&world, Unwatched::Removed).await;
    let alert = world.accepted().pop().expect("it was delivered");
    assert_eq!(alert.route.channel.name.as_str(), "oncall", "where it was notified before");
    world.run().await;
    assert_eq!(world.notified().len(), 2);
}

#[tokio::test]
async fn what_could_not_be_notified_before_it_was_removed_is_notified_after_that() {
    let mut world = World::where_broke(&[monitor("payments"), monitor("login")], &["payments"]).await;
    world.topic(Mode::Down);
    world.run().await;
    world.sync(&[monitor("login")]).await;
    world.run().await;
    world.discard().await;
    assert_eq!(world.notified(), ["NOT WATCHED payments"]);
    let incident = world.accepted().remove(0).incident;
    assert!(incident.is_some_and(|incident| incident.closed_at.is_some()));
}

#[tokio::test]
async fn the_end_of_an_outage_is_pending_also_after_the_monitor_is_gone() {
    let mut world = one_is_down(&monitor("payments")).await;
    world.topic(Mode::Down);
    world.repair("payments");
    world.run().await;
    world.sync(&[monitor("login")]).await;
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn a_monitor_that_is_up_again_before_the_alert_that_it_was_switched_off_is_notified_as_up() {
    let mut world = one_is_down(&monitor("payments")).await;
    world.topic(Mode::Down);
    world.sync(&[monitor("payments").off(), monitor("login")]).await;
    world.run().await;
    world.sync(&[monitor("payments"), monitor("login")]).await;
    world.repair("payments");
    world.run().await;
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn failures_from_before_it_was_switched_off_do_not_count() {
    let two = || monitor("payments").failures(2);
    let mut world = World::where_broke(&[two(), monitor("login")], &["payments"]).await;
    world.run().await;
    world.sync(&[two().off(), monitor("login")]).await;
    world.run().await;
    world.sync(&[two(), monitor("login")]).await;
    world.run().await;
    assert_eq!(world.row("payments").await.confirmed.health, Health::Up);
    assert_eq!(world.notified(), [""; 0]);
}

#[tokio::test]
async fn a_run_of_one_monitor_lets_no_other_go() {
    let mut world = one_is_down(&monitor("payments")).await;
    world.sync(&[monitor("login")]).await;
    world.next_slot();
    let process = world.process().only("login");
    world.finish(process).await.completed();
    assert_eq!(world.row("payments").await.confirmed.health, Health::Down);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "NOT WATCHED payments"]);
}

// A table that was emptied, or the wrong one: trap 12.
#[tokio::test]
async fn an_empty_table_ends_no_incident() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.run().await;
    world.shared.delete(CONFIGS, "payments");
    world.run().await;
    assert_eq!(world.row("payments").await.confirmed.health, Health::Down);
    assert_eq!(world.notified(), ["DOWN payments"]);
}
