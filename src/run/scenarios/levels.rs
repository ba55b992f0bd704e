//! Channels of levels: a run posts all that lasts, whether or not anything has changed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::watched::{Watched, monitor};
use super::world::World;
use crate::channels::ChannelKind;
use crate::deliver::recording::ChannelManner;
use crate::message::{Grouping, LevelParts};

/// The name of the channel.
const LEVELS: &str = "levels";

/// Payments, whose alerts go there.
fn payments() -> Watched {
    monitor("payments").to(&[LEVELS])
}

/// A world with a channel of levels that has this label of its own.
async fn with_levels(monitors: &[Watched], cluster: &str) -> World {
    let mut world = World::watching(&[]).await;
    label(&mut world, cluster);
    world.sync(monitors).await;
    world.run().await;
    world
}

fn label(world: &mut World, cluster: &str) {
    let kind = ChannelKind::ALL.iter().find(|kind| kind.limits().grouping == Grouping::Levels);
    let kind = kind.expect("a kind of levels").as_str();
    let fields = json!({"kind": kind, "url": "http://127.0.0.1:9093", "labels": {"cluster": cluster}});
    let fields = fields.as_object().cloned().expect("an object");
    world.settings.channels.insert(LEVELS.to_owned(), fields);
}

async fn where_payments_is_down() -> World {
    let mut world = with_levels(&[payments(), monitor("search")], "eu").await;
    world.break_("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world
}

/// What was posted again: each monitor, with its labels and times.
fn again(world: &World) -> Vec<(String, LevelParts)> {
    let messages = world.posted_again().into_iter();
    let alerts = messages.flat_map(|message| message.message.alerts);
    alerts.map(|alert| (alert.record.monitor, alert.level)).collect()
}

fn labels(level: &LevelParts) -> String {
    let labels = level.labels.iter().map(|(name, value)| format!("{name}={value}"));
    labels.collect::<Vec<_>>().join(" ")
}

fn minutes_after(at: Timestamp, minutes: i64) -> Timestamp {
    at + SignedDuration::from_mins(minutes)
}

/// The clock of a world stands still, but that of a request goes on by milliseconds.
fn is_about(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).unsigned_abs() < Duration::from_secs(1)
}

// Trap 41
#[tokio::test]
async fn what_is_down_is_posted_by_every_run_with_an_end_beyond_the_next_ones() {
    let mut world = where_payments_is_down().await;
    assert_eq!(again(&world), [], "the alert itself has posted it");
    for runs in 1..=3 {
        let done = world.run().await;
        assert_eq!((done.problems.len(), done.notices.len(), done.notified.messages.len()), (0, 0, 0));
        let posted = again(&world);
        assert_eq!(posted.len(), runs);
        let (id, level) = &posted[runs - 1];
        assert_eq!(id, "payments");
        // Two runs may be lost, and what they would have posted does not end.
        assert!(is_about(level.ends_at, minutes_after(world.now(), 10)), "{level:?}");
    }
    assert_eq!(world.notified(), ["DOWN payments"], "nothing of that is an alert");
    let row = world.row("payments").await;
    world.run().await;
    assert_eq!(world.row("payments").await, row, "nor is anything written for it");
}

#[tokio::test]
async fn an_end_is_posted_for_a_quarter_of_an_hour_and_then_no_more() {
    let mut world = where_payments_is_down().await;
    world.run().await;
    world.repair("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
    let before = again(&world).len();
    let ended = world.now();
    for _ in 0..12 {
        world.run().await;
    }
    let ends: Vec<_> = again(&world).split_off(before).into_iter().map(|(_, level)| level.ends_at).collect();
    // Two minutes a run.
    assert_eq!(ends.len(), 7);
    assert!(ends.iter().all(|end| *end == ends[0] && is_about(*end, ended)), "{ends:?}");
}

#[tokio::test]
async fn a_suppression_prevents_the_first_post_and_ends_nothing() {
    let mut world = where_payments_is_down().await;
    world.silence("*", Duration::from_hours(1)).await;
    world.run().await;
    assert_eq!(again(&world).len(), 1, "it is known to be DOWN, and goes on being posted");
    world.break_("search");
    let sync = [payments(), monitor("search").to(&[LEVELS])];
    world.sync(&sync).await;
    for _ in 0..3 {
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments"]);
    assert!(again(&world).iter().all(|(id, _)| id == "payments"));
    world.end_silences().await;
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "DOWN search"]);
}

#[tokio::test]
async fn labels_stay_what_they_were_whatever_is_edited_while_it_lasts() {
    let mut world = where_payments_is_down().await;
    world.run().await;
    let before = labels(&again(&world)[0].1);
    assert_eq!(before, "cluster=eu monitor=payments severity=critical");
    label(&mut world, "us");
    world.sync(&[payments().severity("info").renamed("checkout"), monitor("search")]).await;
    world.run().await;
    world.repair("payments");
    world.run().await;
    world.run().await;
    let posted = again(&world);
    assert_eq!(posted.len(), 3);
    assert!(posted.iter().all(|(_, level)| labels(level) == before), "{posted:?}");
    let accepted = world.accepted();
    assert!(accepted.iter().all(|alert| alert.level.labels == posted[0].1.labels), "{accepted:?}");
    world.break_("payments");
    world.run().await;
    world.run().await;
    let next = again(&world).pop().expect("it is posted again").1;
    assert_eq!(labels(&next), "cluster=us monitor=checkout severity=info");
}

#[tokio::test]
async fn a_channel_that_does_not_take_levels_is_a_notice_and_no_undelivered_alert() {
    let mut world = where_payments_is_down().await;
    world.channel(LEVELS, ChannelManner::Down);
    let done = world.run().await;
    assert_eq!(done.notices.len(), 1, "{:?}", done.notices);
    let expected = "1 alert could not be renewed; the next run tries again: failed to reach the channel";
    assert!(done.notices[0].starts_with(expected), "{:?}", done.notices);
    assert!(!done.is_partial(), "{:?}", done.problems);
    // What is new and not delivered is a problem, and the channel is left alone after that.
    world.repair("payments");
    let done = world.run().await;
    assert!(done.is_partial() && done.notices.is_empty(), "{:?}", done.notices);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn what_is_switched_off_removed_or_rerouted_ends() {
    for gone in [vec![payments().off()], vec![], vec![payments().to(&["chat"])]] {
        let mut world = where_payments_is_down().await;
        let rest = [monitor("search")];
        world.sync(&[gone, rest.to_vec()].concat()).await;
        world.run().await;
        world.run().await;
        let ended = world.accepted().into_iter().filter(|alert| alert.route.is_of_levels()).nth(1);
        let level = ended.expect("an end was posted").level;
        assert!(level.ended.is_some_and(|end| end <= minutes_after(world.now(), 1)), "{level:?}");
        let count = again(&world).len();
        world.pass(Duration::from_mins(20));
        world.run().await;
        assert!(again(&world).len() == count, "{:?}", again(&world));
        assert!(again(&world).iter().all(|(_, level)| level.ends_at <= world.now()));
    }
}

#[tokio::test]
async fn a_channel_of_levels_gets_no_reminders() {
    let mut world = with_levels(&[payments().remind("10m")], "eu").await;
    world.break_("payments");
    for _ in 0..10 {
        world.run().await;
    }
    assert_eq!(world.notified(), ["DOWN payments"]);
    assert_eq!(again(&world).len(), 9);
}

#[tokio::test]
async fn a_run_without_levels_posts_nothing() {
    let mut world = with_levels(&[payments()], "eu").await;
    world.run().await;
    assert_eq!(again(&world), []);
}
