//! A monitor that changes too often: one alert says so, and one says how it ended.

use std::time::Duration;

use super::process::End;
use super::watched::{Watched, monitor};
use super::world::{STATES, World, heard};
use crate::deliver::recording::Mode;

/// Breaks and repairs it in turn, a change in each run. It is up before the first.
async fn change(world: &mut World, times: usize) {
    for number in 0..times {
        if number % 2 == 0 {
            world.break_("payments");
        } else {
            world.repair("payments");
        }
        world.run().await;
    }
}

/// Known to be up.
async fn up(payments: Watched) -> World {
    World::where_broke(&[payments], &[]).await
}

/// Runs until it was stable for half an hour.
async fn stable(world: &mut World) {
    for _ in 0..16 {
        world.run().await;
    }
}

const BEFORE: [&str; 6] =
    ["DOWN payments", "UP payments", "DOWN payments", "UP payments", "DOWN payments", "FLAPPING payments"];

#[tokio::test]
async fn after_five_changes_in_an_hour_one_alert_says_that_it_flaps_and_one_how_it_ended() {
    let mut world = up(monitor("payments")).await;
    change(&mut world, 12).await;
    assert_eq!(world.notified(), BEFORE);
    stable(&mut world).await;
    assert_eq!(world.notified()[6..], ["UP payments"]);
    let incarnation = world.row("payments").await.incarnation;
    let accepted = world.accepted();
    let ids: Vec<_> = accepted[5..].iter().map(|alert| alert.id.clone()).collect();
    assert_eq!(ids, [format!("payments.{incarnation}.6.f"), format!("payments.{incarnation}.12")]);
    let recent_changes = accepted[6].flapping_changes.expect("it shows what happened");
    assert_eq!(
        (recent_changes.count, recent_changes.to.duration_since(recent_changes.from).as_secs()),
        (12, 22 * 60)
    );
    assert_eq!(accepted[6].undelivered, 0);
    // What comes after that is notified as ever.
    change(&mut world, 2).await;
    world.discard().await;
    assert_eq!(world.notified()[7..], ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn one_that_stays_down_is_notified_as_down_after_half_an_hour_and_reminded_of_then() {
    let mut world = up(monitor("payments").remind("1h")).await;
    change(&mut world, 7).await;
    for _ in 0..13 {
        world.run().await;
    }
    assert_eq!(world.notified(), BEFORE, "28 minutes are not 30");
    stable(&mut world).await;
    assert_eq!(world.notified()[6..], ["DOWN payments"]);
    world.pass(Duration::from_hours(1));
    world.run().await;
    assert_eq!(world.notified()[7..], ["STILL DOWN payments"]);
}

#[tokio::test]
async fn its_end_is_notified_also_if_nothing_changed_after_the_alert_that_it_flaps() {
    let mut world = up(monitor("payments")).await;
    change(&mut world, 6).await;
    let row = world.row("payments").await;
    assert_eq!((heard(&row).seq, heard(&row).flapping), (6, Some(6)));
    stable(&mut world).await;
    stable(&mut world).await;
    assert_eq!(world.notified()[6..], ["UP payments"]);
    let row = world.row("payments").await;
    assert_eq!((heard(&row).seq, heard(&row).flapping), (6, None));
}

#[tokio::test]
async fn a_flapping_that_could_not_be_delivered_is_one_message_when_the_topic_is_back() {
    let mut world = up(monitor("payments")).await;
    world.topic(Mode::Down);
    change(&mut world, 8).await;
    world.topic(Mode::DieAfterAccepting);
    world.next_slot();
    let process = world.process();
    assert!(matches!(world.finish(process).await, End::Died));
    world.topic(Mode::Accept);
    world.break_("payments");
    world.run().await;
    assert_eq!(world.notified(), ["FLAPPING payments"; 2]);
    let accepted = world.accepted();
    assert_eq!(accepted[0].id, accepted[1].id, "the same alert, whatever came after it");
    stable(&mut world).await;
    world.discard().await;
    assert_eq!(world.notified()[2..], ["DOWN payments"]);
}

#[tokio::test]
async fn one_that_was_stable_before_a_channel_accepted_is_one_message_too() {
    let mut world = up(monitor("payments")).await;
    world.topic(Mode::Down);
    change(&mut world, 8).await;
    stable(&mut world).await;
    world.discard().await;
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
}

#[tokio::test]
async fn after_a_long_pause_the_probes_say_how_it_is_and_not_the_time() {
    let mut world = up(monitor("payments")).await;
    change(&mut world, 6).await;
    world.pass(Duration::from_hours(24));
    world.break_("payments");
    world.run().await;
    assert_eq!(world.notified()[6..], ["DOWN payments"]);
    world.discard().await;
}

#[tokio::test]
async fn one_that_is_removed_while_it_flaps_is_notified() {
    let (payments, login) = (monitor("payments"), monitor("login"));
    let mut world = World::where_broke(&[payments, login.clone()], &[]).await;
    change(&mut world, 7).await;
    world.sync(&[login]).await;
    world.discard().await;
    assert_eq!(world.notified()[6..], ["NOT WATCHED payments"]);
}

// An older version writes what was delivered without what it does not know.
#[tokio::test]
async fn what_an_older_version_acknowledges_in_between_is_notified_no_second_time() {
    let mut world = up(monitor("payments")).await;
    change(&mut world, 6).await;
    let mut item = world.shared.get(STATES, "payments").expect("it is there");
    item["delivered"]["M"]["default"]["M"].as_object_mut().expect("a map").remove("flapping");
    world.shared.put(STATES, &item);
    stable(&mut world).await;
    assert_eq!(world.notified(), BEFORE);
    assert!(
        world.shared.get(STATES, "payments").is_some_and(|item| item["flapping"]["M"]["seq"]["N"] == "6")
    );
}
