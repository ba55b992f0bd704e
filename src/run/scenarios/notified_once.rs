//! What is notified, and how often, when at most the topic is in trouble.

use super::watched::monitor;
use super::world::{World, heard};
use crate::deliver::recording::Mode;
use crate::transition::Health;

#[tokio::test]
async fn an_outage_is_notified_once_when_it_begins_and_once_when_it_ends() {
    let mut world = World::where_broke(&[monitor("payments").failures(2)], &["payments"]).await;
    world.run().await;
    assert_eq!(world.notified(), [""; 0], "one failure is not two");
    for _ in 0..3 {
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.repair("payments");
    for _ in 0..3 {
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
    let incarnation = world.row("payments").await.incarnation;
    let ids: Vec<_> = world.accepted().into_iter().map(|alert| alert.id).collect();
    assert_eq!(ids, [format!("payments.{incarnation}.1"), format!("payments.{incarnation}.2")]);
    world.discard().await;
}

#[tokio::test]
async fn a_new_monitor_that_is_up_is_nothing_to_notify() {
    let mut world = World::watching(&[monitor("payments")]).await;
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

#[tokio::test]
async fn a_new_monitor_that_never_came_up_is_notified_once() {
    let mut world = World::watching(&[monitor("payments").failures(2)]).await;
    world.break_("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

// Trap 5: delivered is set before sending, or persisted without a memory of what is pending.
#[tokio::test]
async fn what_the_topic_refused_is_notified_by_the_next_run() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.topic(Mode::Down);
    let completed = world.run().await;
    assert!(completed.is_partial() && completed.notified.pending() == 1, "{:?}", completed.notified);
    assert_eq!(heard(&world.row("payments").await).seq, 0);
    world.topic(Mode::Accept);
    assert_eq!(world.run().await.notified.messages.len(), 1);
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

// Trap 16: one send that is stuck blocks the probes. This one answers once the last monitor is probed: were anything to wait for it, it would answer too late.
#[tokio::test]
async fn a_topic_that_does_not_answer_delays_neither_the_probes_nor_another_topic() {
    let monitors = [monitor("payments").to(&["dead"]), monitor("search").to(&["alive"]), monitor("login")];
    let mut world = World::watching(&monitors).await;
    world.run().await;
    world.topic(Mode::Down);
    world.break_("payments");
    world.run().await;
    world.break_("search");
    assert_eq!(world.run().await.notified.pending(), 2);
    world.topic(Mode::Accept);
    world.hold_topic_until_probed("dead", "login");
    let completed = world.run().await;
    assert!(!completed.is_partial(), "{completed:?}");
    // The oldest alert is pending for the one that does not answer.
    assert_eq!(world.notified(), ["DOWN search", "DOWN payments", "DOWN login"]);
    world.discard().await;
    assert_eq!(world.notified().len(), 3);
}

#[tokio::test]
async fn an_outage_that_could_not_be_delivered_in_time_is_notified_once_as_over() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.topic(Mode::Down);
    world.run().await;
    world.repair("payments");
    world.run().await;
    world.discard().await;
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
    let alert = world.accepted().remove(0);
    let incident = alert.incident.expect("the message shows the incident");
    assert_eq!((alert.seq, incident.n, incident.closed_at.is_some()), (2, 1, true));
}

// Trap 8: a roll-up hides the second outage inside the first.
#[tokio::test]
async fn a_second_outage_that_began_while_the_topic_was_down_is_notified() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.run().await;
    world.topic(Mode::Down);
    world.repair("payments");
    world.run().await;
    world.break_("payments");
    world.run().await;
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "DOWN payments"]);
    let (seq, n): (Vec<_>, Vec<_>) = world
        .accepted()
        .iter()
        .map(|alert| (alert.seq, alert.incident.as_ref().map(|incident| incident.n)))
        .unzip();
    assert_eq!((seq, n), (vec![1, 3], vec![Some(1), Some(2)]));
}

#[tokio::test]
async fn monitors_that_break_together_share_a_message_and_each_has_its_own_id() {
    let monitors = [monitor("payments"), monitor("search"), monitor("login")];
    let mut world = World::where_broke(&monitors, &["payments", "search"]).await;
    assert_eq!(world.run().await.notified.messages.len(), 1);
    // Trap 8: the set is what is compared, so a third one is not hidden behind the two.
    world.break_("login");
    assert_eq!(world.run().await.notified.messages.len(), 1);
    assert_eq!(world.notified(), ["DOWN payments", "DOWN search", "DOWN login"]);
    world.discard().await;
    assert_eq!(world.notified().len(), 3);
}

// Trap 4: editing a monitor drops its counters, and never its incident.
#[tokio::test]
async fn an_edit_starts_the_counters_again() {
    let mut world = World::where_broke(&[monitor("payments").failures(3)], &["payments"]).await;
    world.run().await;
    world.run().await;
    world.sync(&[monitor("payments").failures(2)]).await;
    world.run().await;
    assert_eq!(world.row("payments").await.confirmed.health, Health::Up, "two failures were of the old text");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

// Trap 4
#[tokio::test]
async fn an_edit_leaves_an_open_incident_open_and_its_end_is_notified() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.run().await;
    let before = world.row("payments").await.confirmed.incident;
    world.sync(&[monitor("payments").failures(4)]).await;
    world.run().await;
    assert_eq!(world.row("payments").await.confirmed.incident, before);
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}
