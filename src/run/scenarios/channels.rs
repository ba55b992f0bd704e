//! Monitors that notify several channels: each is notified by itself.

use super::watched::monitor;
use super::world::World;
use crate::deliver::recording::IsDown;
use crate::monitor::ChannelId;
use crate::transition::Health;

const BOTH: &[&str] = &["chat", "oncall"];

/// What each channel accepted: `oncall DOWN payments`.
fn notified(world: &World) -> Vec<String> {
    let words = world.accepted().into_iter();
    words.map(|alert| format!("{} {} {}", alert.route.channel.name, alert.word(), alert.monitor.id)).collect()
}

#[tokio::test]
async fn a_channel_that_refuses_delays_no_other_and_gets_its_alert_later() {
    let mut world = World::where_broke(&[monitor("payments").to(BOTH)], &["payments"]).await;
    world.channel("chat", IsDown::Yes);
    assert_eq!(world.run().await.notified.pending, 1);
    assert_eq!(notified(&world), ["oncall DOWN payments"]);
    world.run().await;
    assert_eq!(notified(&world).len(), 1, "who knows it is not notified again");
    world.repair("payments");
    world.run().await;
    assert_eq!(notified(&world)[1..], ["oncall UP payments"]);
    world.discard().await;
    assert_eq!(notified(&world)[2..], ["chat WAS DOWN payments"]);
}

#[tokio::test]
async fn a_channel_that_is_added_hears_of_what_is_down_and_not_of_what_is_over() {
    let of = |to: &[&str]| [monitor("payments").to(to), monitor("search").to(to)];
    let mut world = World::where_broke(&of(&["oncall"]), &["payments"]).await;
    world.run().await;
    world.sync(&of(BOTH)).await;
    world.discard().await;
    assert_eq!(notified(&world), ["oncall DOWN payments", "chat DOWN payments"]);
    world.break_("search");
    world.discard().await;
    let mut last = notified(&world)[2..].to_vec();
    last.sort();
    assert_eq!(last, ["chat DOWN search", "oncall DOWN search"]);
}

#[tokio::test]
async fn a_channel_that_is_taken_away_gets_one_last_message_if_it_heard_of_an_outage() {
    let of = |to: &[&str]| [monitor("payments").to(to), monitor("search").to(to)];
    let mut world = World::where_broke(&of(BOTH), &["payments"]).await;
    world.run().await;
    world.sync(&of(&["oncall"])).await;
    // A last message that is refused comes later.
    world.channel("chat", IsDown::Yes);
    assert_eq!(world.run().await.notified.pending, 1);
    world.discard().await;
    let mut first = notified(&world)[..2].to_vec();
    first.sort();
    assert_eq!(first, ["chat DOWN payments", "oncall DOWN payments"]);
    assert_eq!(notified(&world)[2..], ["chat REROUTED payments"]);
    assert!(world.accepted()[2].id.ends_with(".1.x"));
    let chat = ChannelId::parse("chat").expect("a channel");
    let row = world.row("payments").await;
    assert_eq!((row.confirmed.health, row.delivered.contains_key(&chat)), (Health::Down, false));
    world.repair("payments");
    world.discard().await;
    assert_eq!(notified(&world)[3..], ["oncall UP payments"]);
}

#[tokio::test]
async fn a_monitor_that_is_removed_is_closed_on_each_channel_that_heard_of_it() {
    let mut world =
        World::where_broke(&[monitor("payments").to(BOTH), monitor("search")], &["payments"]).await;
    world.channel("chat", IsDown::Yes);
    world.run().await;
    world.sync(&[monitor("search")]).await;
    world.run().await;
    world.discard().await;
    let mut all = notified(&world);
    all.sort();
    assert_eq!(all, ["chat NOT WATCHED payments", "oncall DOWN payments", "oncall NOT WATCHED payments"]);
}

/// A world whose chat has this policy.
async fn with_chat(fields: serde_json::Value) -> World {
    let mut world = World::watching(&[]).await;
    let fields = fields.as_object().cloned().expect("an object");
    world.settings.channels.insert("chat".to_owned(), fields);
    world.sync(&[monitor("payments").to(BOTH)]).await;
    world.run().await;
    world
}

#[tokio::test]
async fn an_escalation_hears_only_of_what_lasts() {
    let mut world = with_chat(serde_json::json!({"kind": "file", "after": "5m"})).await;
    world.break_("payments");
    world.run().await;
    world.repair("payments");
    world.run().await;
    assert_eq!(notified(&world), ["oncall DOWN payments", "oncall UP payments"], "it was over in time");
    world.break_("payments");
    for _ in 0..3 {
        world.run().await;
    }
    assert_eq!(notified(&world)[2..], ["oncall DOWN payments"]);
    world.run().await;
    assert_eq!(notified(&world)[3..], ["chat DOWN payments"]);
    world.repair("payments");
    world.run().await;
    let mut last = notified(&world)[4..].to_vec();
    last.sort();
    assert_eq!(last, ["chat UP payments", "oncall UP payments"]);
    world.discard().await;
}

#[tokio::test]
async fn a_channel_hears_only_of_its_severities() {
    let mut world = with_chat(serde_json::json!({"kind": "file", "severities": ["warning"]})).await;
    world.break_("payments");
    world.run().await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(notified(&world), ["oncall DOWN payments", "oncall UP payments"]);
}
