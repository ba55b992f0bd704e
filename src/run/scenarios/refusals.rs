//! Channels that refuse notifications: other channels hear of it, and the rest of the alerts do not wait for it.

use std::time::Duration;

use serde_json::json;

use super::watched::{Watched, monitor};
use super::world::{PERIOD, STATES, World};
use crate::deliver::recording::ChannelManner;
use crate::run::outcome::CompletedRun;
use crate::transition::Health;

const CHAT: &str = "@channel#shop#chat";

const BOTH: &[&str] = &["chat", "oncall"];

/// What each channel accepted: `oncall DOWN payments`.
fn notified(world: &World) -> Vec<String> {
    let words = world.accepted().into_iter();
    words.map(|alert| format!("{} {} {}", alert.route.channel.name, alert.word(), alert.subject())).collect()
}

fn both() -> [Watched; 2] {
    [monitor("payments").to(BOTH), monitor("search").to(BOTH)]
}

/// A world whose chat refuses everything, and whose first monitor has just broken.
async fn refusing() -> World {
    let world = World::where_broke(&both(), &["payments"]).await;
    world.channel("chat", ChannelManner::Refuses);
    world
}

/// So many runs, one after the other.
async fn runs(world: &mut World, number: u32) -> CompletedRun {
    for _ in 1..number {
        world.run().await;
    }
    world.run().await
}

/// Runs of an hour.
fn an_hour() -> u32 {
    u32::try_from(Duration::from_hours(1).as_secs() / PERIOD.as_secs()).expect("a few")
}

#[tokio::test]
async fn another_channel_hears_once_that_one_refuses_and_the_refused_one_is_tried_hourly() {
    let mut world = refusing().await;
    let first = world.run().await;
    assert_eq!(notified(&world), ["oncall DOWN payments", "default CHANNEL DOWN chat"]);
    assert!(first.is_partial(), "something is left");
    let row = world.row(CHAT).await;
    assert_eq!(row.confirmed.health, Health::Down);
    assert_eq!(row.why, "refuses notifications: HTTP 404: no_service");
    assert_eq!(world.tries("chat"), 1);
    let alert = &world.accepted()[1];
    assert_eq!(alert.waiting.len(), 1, "payments waits");
    world.break_("search");
    let last = runs(&mut world, an_hour() - 1).await;
    assert_eq!(world.tries("chat"), 1, "nothing is sent to it for an hour");
    assert_eq!(last.notified.pending(), 2);
    assert!(last.problems[0].starts_with("chat refuses notifications since 10:04 UTC: HTTP 404: no_service; 2 are waiting, and the next try is at 11:04 UTC"), "{:?}", last.problems);
    assert_eq!(notified(&world)[2..], ["oncall DOWN search"]);
    world.run().await;
    assert_eq!(world.tries("chat"), 2);
    world.mend_channel("chat");
    world.repair("search");
    runs(&mut world, an_hour() - 1).await;
    assert_eq!(notified(&world)[3..], ["oncall UP search"], "it has not been tried");
    world.run().await;
    let mut last = notified(&world)[4..].to_vec();
    last.sort();
    assert_eq!(last, ["chat DOWN payments", "chat WAS DOWN search", "default CHANNEL UP chat"]);
    world.discard().await;
}

#[tokio::test]
async fn another_definition_is_tried_at_once_and_so_is_everything_by_hand() {
    let mut world = refusing().await;
    world.run().await;
    world.next_slot();
    let process = world.process().all();
    world.finish(process).await.completed();
    assert_eq!(world.tries("chat"), 2, "`check --all` asks for everything");
    let repaired = json!({"kind": "webhook", "url": "https://example.com/", "secret": "${env:KEY}"});
    world.settings.channels.insert("chat".to_owned(), repaired.as_object().cloned().expect("an object"));
    world.sync(&both()).await;
    world.run().await;
    assert_eq!(world.tries("chat"), 2, "its secret does not resolve, so nothing is sent");
    assert_eq!(world.row(CHAT).await.why, "cannot be used: ${env:KEY} is not set on this machine");
    world.run().await;
    assert_eq!(notified(&world).len(), 2, "other channels know that it takes none");
    let file = json!({"kind": "file"}).as_object().cloned().expect("an object");
    world.settings.channels.insert("chat".to_owned(), file);
    world.sync(&both()).await;
    world.mend_channel("chat");
    world.run().await;
    let mut last = notified(&world)[2..].to_vec();
    last.sort();
    assert_eq!(last, ["chat DOWN payments", "default CHANNEL UP chat"]);
    world.discard().await;
}

#[tokio::test]
async fn an_outage_is_no_refusal_and_other_channels_hear_of_it_after_an_hour() {
    let mut world = World::where_broke(&both(), &["payments"]).await;
    world.channel("chat", ChannelManner::Down);
    runs(&mut world, an_hour()).await;
    assert_eq!(notified(&world), ["oncall DOWN payments"]);
    assert_eq!(world.tries("chat"), usize::try_from(an_hour()).expect("few"), "each run tries it");
    world.run().await;
    assert_eq!(notified(&world)[1..], ["default CHANNEL DOWN chat"]);
    assert_eq!(world.row(CHAT).await.why, "does not answer: it is down");
    world.discard().await;
    let mut last = notified(&world)[2..].to_vec();
    last.sort();
    assert_eq!(last, ["chat DOWN payments", "default CHANNEL UP chat"]);
}

#[tokio::test]
async fn a_message_that_is_refused_as_it_is_delays_no_other() {
    let mut world = World::where_broke(&both(), &["search"]).await;
    world.run().await;
    world.repair("search");
    world.run().await;
    world.channel("chat", ChannelManner::Dislikes("payments"));
    world.break_("payments");
    world.break_("search");
    world.run().await;
    let heard: Vec<_> = notified(&world).into_iter().filter(|line| line.starts_with("chat")).collect();
    assert_eq!(
        heard,
        ["chat DOWN search", "chat UP search", "chat DOWN search"],
        "a half of the message passed"
    );
    let tries = world.tries("chat");
    let last = runs(&mut world, an_hour() - 1).await;
    assert_eq!(world.tries("chat"), tries, "the refused one waits an hour");
    assert_eq!(last.problems, ["chat refused 1 alert; it is tried each hour"]);
    world.run().await;
    assert_eq!(world.tries("chat"), tries + 1);
    world.mend_channel("chat");
    runs(&mut world, an_hour()).await;
    world.discard().await;
    assert_eq!(notified(&world).last().map(String::as_str), Some("chat DOWN payments"));
}

#[tokio::test]
async fn the_only_channel_has_no_other_and_its_alerts_stay_pending() {
    let mut world = World::watching(&[]).await;
    world.settings.channels.clear();
    world.sync(&[monitor("payments")]).await;
    world.run().await;
    world.break_("payments");
    world.channel("default", ChannelManner::Refuses);
    let last = runs(&mut world, 2).await;
    assert_eq!((notified(&world).len(), last.notified.pending()), (0, 1));
    assert_eq!(world.row("@channel#default").await.confirmed.health, Health::Down);
}

#[tokio::test]
async fn a_channel_that_is_taken_away_is_closed_where_it_was_notified() {
    let mut world = refusing().await;
    world.run().await;
    drop(world.settings.channels.remove("chat"));
    world.sync(&[monitor("payments").to(&["oncall"]), monitor("search").to(&["oncall"])]).await;
    world.run().await;
    assert_eq!(notified(&world)[2..], ["default CHANNEL REMOVED chat"]);
}

// I11: a run that only waits writes nothing about channels.
#[tokio::test]
async fn a_refusal_costs_a_write_an_hour() {
    let mut world = refusing().await;
    world.run().await;
    let before = world.shared.get(STATES, CHAT);
    assert!(before.is_some());
    runs(&mut world, 5).await;
    assert_eq!(world.shared.get(STATES, CHAT), before);
}
