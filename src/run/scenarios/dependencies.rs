//! A monitor that is down because of another one: the alert is about the other one.

use std::time::Duration;

use super::watched::{Watched, monitor};
use super::world::World;
use crate::suppress::{DiscardReason, SuppressionReason};
use crate::transition::Health;

/// The shop cannot work without auth.
fn shop() -> Watched {
    monitor("shop").depends_on(&["auth"])
}

fn suppressed(completed: &crate::run::outcome::CompletedRun) -> Vec<&SuppressionReason> {
    completed.notified.suppressed.iter().map(|(_, reason)| reason).collect()
}

#[tokio::test]
async fn of_a_monitor_whose_parent_is_down_no_notification_is_sent_and_it_is_probed_all_the_same() {
    let mut world = World::where_broke(&[monitor("auth"), shop()], &["auth", "shop"]).await;
    let completed = world.run().await;
    let mut probed = world.probed();
    probed.sort();
    assert_eq!(probed, ["auth", "shop"]);
    assert_eq!(world.notified(), ["DOWN auth"]);
    assert_eq!(world.row("shop").await.confirmed.health, Health::Down);
    let why = suppressed(&completed).remove(0).text(world.now());
    assert_eq!(why, "suppressed: depends on auth, which is DOWN");
    assert!(!completed.is_partial(), "{completed:?}");
}

#[tokio::test]
async fn the_message_about_a_parent_names_who_waits_for_it() {
    let till = monitor("till").depends_on(&["auth"]);
    let mut world = World::where_broke(&[monitor("auth"), shop(), till], &["auth", "shop", "till"]).await;
    world.run().await;
    let delivered = world.accepted();
    let waiting: Vec<_> = delivered[0].waiting.iter().map(crate::monitor::MonitorId::as_str).collect();
    assert_eq!((delivered.len(), waiting), (1, vec!["shop", "till"]));
    world.repair("auth");
    world.run().await;
    assert!(world.accepted()[1].waiting.is_empty(), "it is good again");
}

#[tokio::test]
async fn a_child_that_comes_back_with_its_parent_is_discarded_without_a_message() {
    let mut world = World::where_broke(&[monitor("auth"), shop()], &["auth", "shop"]).await;
    world.run().await;
    world.run().await;
    world.repair("auth");
    world.repair("shop");
    let completed = world.run().await;
    let discarded: Vec<_> =
        completed.notified.discarded.iter().map(|one| (one.accepted.monitor.as_str(), &one.why)).collect();
    let auth = crate::monitor::MonitorId::parse("auth").expect("an id");
    assert_eq!(discarded, [("shop", &DiscardReason::Parent(auth))]);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN auth", "UP auth"]);
}

#[tokio::test]
async fn a_child_that_stays_down_when_its_parent_is_back_is_notified_once_it_was_probed_again() {
    let mut world = World::where_broke(&[monitor("auth"), shop()], &["auth", "shop"]).await;
    world.run().await;
    world.repair("auth");
    let completed = world.run().await;
    // Both were probed beside each other: what was seen of the shop may be of a moment before.
    assert_eq!(world.notified(), ["DOWN auth", "UP auth"]);
    assert!(
        matches!(suppressed(&completed)[..], [SuppressionReason::ParentReturned(_)]),
        "{:?}",
        completed.notified.suppressed
    );
    world.run().await;
    assert_eq!(world.notified(), ["DOWN auth", "UP auth", "DOWN shop"]);
    world.repair("shop");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN auth", "UP auth", "DOWN shop", "UP shop"]);
}

// A child that is rarely probed does not alert by what was seen before its parent came back.
#[tokio::test]
async fn a_child_that_is_not_due_when_its_parent_is_back_waits_for_its_next_probe() {
    let monitors = [monitor("auth"), shop().interval("10m")];
    let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
    while world.row("shop").await.confirmed.health != Health::Down {
        world.run().await;
    }
    world.repair("auth");
    world.repair("shop");
    for _ in 0..6 {
        world.run().await;
    }
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN auth", "UP auth"]);
}

#[tokio::test]
async fn a_parent_that_fails_and_is_not_decided_holds_its_child_back_until_it_is() {
    let monitors = [monitor("auth").failures(2), shop()];
    let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
    let completed = world.run().await;
    assert_eq!(world.notified(), [""; 0]);
    assert!(
        matches!(suppressed(&completed)[..], [SuppressionReason::ParentFails(_)]),
        "{:?}",
        completed.notified.suppressed
    );
    world.run().await;
    assert_eq!(world.notified(), ["DOWN auth"]);
}

#[tokio::test]
async fn a_parent_that_failed_once_delays_its_child_and_loses_nothing() {
    let monitors = [monitor("auth").failures(2), shop()];
    for (repaired, delivered) in [(&["auth"] as &[&str], "DOWN shop"), (&["auth", "shop"], "WAS DOWN shop")] {
        let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
        world.run().await;
        for id in repaired {
            world.repair(id);
        }
        world.run().await;
        assert_eq!(world.notified(), [delivered]);
        world.discard().await;
        assert_eq!(world.notified(), [delivered]);
    }
}

// Fails, passes and fails again: never enough to be DOWN, and its child is not suppressed for ever.
#[tokio::test]
async fn a_parent_that_is_never_decided_does_not_hide_its_child() {
    let monitors = [monitor("auth").failures(10), shop()];
    let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
    for _ in 0..8 {
        world.run().await;
    }
    assert_eq!((world.notified(), world.row("auth").await.confirmed.health), (vec![], Health::Up));
    world.run().await;
    assert_eq!(world.notified(), ["DOWN shop"], "a quarter of an hour is enough");
}

// The closing message of what was delivered is never suppressed.
#[tokio::test]
async fn a_child_that_people_know_of_is_notified_as_up_although_its_parent_is_down() {
    let mut world = World::where_broke(&[monitor("auth"), shop()], &["shop"]).await;
    world.run().await;
    world.break_("auth");
    world.run().await;
    world.repair("shop");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN shop", "DOWN auth", "UP shop"]);
}

#[tokio::test]
async fn an_outage_of_a_child_that_began_before_its_parents_is_notified() {
    let monitors = [monitor("auth"), shop()];
    let mut world = World::where_broke(&monitors, &["shop"]).await;
    let id = world.silence("shop", Duration::from_mins(9)).await;
    for _ in 0..3 {
        world.run().await;
    }
    world.break_("auth");
    world.run().await;
    world.end_silence(&id).await;
    world.repair("shop");
    world.repair("auth");
    world.discard().await;
    // Ten minutes before auth, in a silence that ended before it was good again.
    assert_eq!(world.notified(), ["DOWN auth", "UP auth", "WAS DOWN shop"]);
}

#[tokio::test]
async fn maintenance_of_a_parent_suppresses_its_children_too() {
    let monitors = [monitor("auth").maintained("2026-11-20T10:03", "6m"), shop()];
    let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
    world.run().await;
    world.repair("auth");
    world.repair("shop");
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

// One hop is enough: each is down by itself.
#[tokio::test]
async fn in_a_chain_only_the_first_is_notified() {
    let monitors = [monitor("auth"), shop(), monitor("till").depends_on(&["shop"])];
    let mut world = World::where_broke(&monitors, &["auth", "shop", "till"]).await;
    world.run().await;
    world.run().await;
    assert_eq!(world.notified(), ["DOWN auth"]);
    for id in ["auth", "shop", "till"] {
        world.repair(id);
    }
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN auth", "UP auth"]);
}

// validate refuses a circle, but the table may hold one.
#[tokio::test]
async fn monitors_in_a_circle_do_not_hold_each_other_back() {
    let monitors = [monitor("auth").depends_on(&["shop"]), shop()];
    let mut world = World::where_broke(&monitors, &["auth", "shop"]).await;
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN auth", "DOWN shop"]);
}

#[tokio::test]
async fn a_parent_that_is_switched_off_or_gone_suppresses_nothing() {
    for monitors in [&[monitor("auth").off(), shop()] as &[_], &[shop()]] {
        let mut world = World::where_broke(&[monitor("auth"), shop()], &["auth"]).await;
        world.run().await;
        world.sync(monitors).await;
        world.break_("shop");
        world.run().await;
        assert_eq!(world.notified(), ["DOWN auth", "DOWN shop", "NOT WATCHED auth"]);
    }
}
