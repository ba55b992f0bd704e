//! Monitors that notify several channels: each is notified by itself.

use super::process::End;
use super::watched::monitor;
use super::world::World;
use crate::channels::ChannelDefinition;
use crate::deliver::recording::ChannelManner;
use crate::inventory::MachineChannel;
use crate::monitor::ChannelId;
use crate::run::outcome::{CompletedRun, RunError};
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
    world.channel("chat", ChannelManner::Down);
    assert_eq!(world.run().await.notified.pending(), 1);
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
    world.channel("chat", ChannelManner::Down);
    assert_eq!(world.run().await.notified.pending(), 1);
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
    world.channel("chat", ChannelManner::Down);
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

/// A world whose only channel has these fields.
async fn with_only_chat(fields: &serde_json::Value) -> World {
    let mut world = World::watching(&[]).await;
    only_chat(&mut world, fields);
    world.sync(&[monitor("payments")]).await;
    world
}

fn only_chat(world: &mut World, fields: &serde_json::Value) {
    let fields = fields.as_object().cloned().expect("an object");
    world.settings.channels = [("chat".to_owned(), fields)].into();
}

/// The next cron entry, on a machine that notifies this by itself.
async fn end_on(world: &mut World, machine: MachineChannel) -> End {
    world.next_slot();
    let process = world.process().with_machine_channel(machine);
    world.finish(process).await
}

async fn run_on(world: &mut World, machine: MachineChannel) -> CompletedRun {
    end_on(world, machine).await.completed()
}

#[tokio::test]
async fn a_machine_without_a_topic_notifies_the_channels_of_the_owner() {
    let mut world = with_only_chat(&serde_json::json!({"kind": "file"})).await;
    run_on(&mut world, MachineChannel::Unset).await;
    world.break_("payments");
    let last = run_on(&mut world, MachineChannel::Unset).await;
    assert!(!last.is_partial(), "{:?}", last.problems);
    assert_eq!(notified(&world), ["chat DOWN payments"]);
}

#[tokio::test]
async fn an_alert_without_a_channel_stays_pending_until_there_is_one() {
    // No version of this program knows this kind.
    let mut world = with_only_chat(&serde_json::json!({"kind": "pigeon"})).await;
    run_on(&mut world, MachineChannel::Unset).await;
    world.break_("payments");
    let last = run_on(&mut world, MachineChannel::Unset).await;
    assert_eq!((last.notified.pending(), last.is_partial()), (1, true));
    let said = last.problems.join("\n");
    assert!(said.contains("alerts of payments have no channel; define one under `channels:`"), "{said}");
    assert!(said.contains("failed to find a channel: SNS_TOPIC_ARN is not set on this machine"), "{said}");
    assert_eq!(notified(&world), [""; 0]);
    only_chat(&mut world, &serde_json::json!({"kind": "file"}));
    world.sync(&[monitor("payments")]).await;
    run_on(&mut world, MachineChannel::Unset).await;
    assert_eq!(notified(&world), ["chat DOWN payments"]);
}

#[tokio::test]
async fn a_run_that_could_notify_no_one_fails() {
    let mut world = World::watching(&[]).await;
    world.settings.channels.clear();
    world.sync(&[monitor("payments")]).await;
    let error = end_on(&mut world, MachineChannel::Unset).await.failed();
    assert!(matches!(error, RunError::NoChannel), "{error:?}");
    run_on(&mut world, MachineChannel::File(ChannelDefinition::file())).await;
}

#[tokio::test]
async fn the_first_channel_of_an_owner_takes_over_from_the_file_once() {
    let file = || MachineChannel::File(ChannelDefinition::file());
    let mut world = World::watching(&[]).await;
    world.settings.channels.clear();
    world.sync(&[monitor("payments")]).await;
    run_on(&mut world, file()).await;
    world.break_("payments");
    run_on(&mut world, file()).await;
    assert_eq!(notified(&world), ["default DOWN payments"]);
    only_chat(&mut world, &serde_json::json!({"kind": "file"}));
    world.reroute(&[monitor("payments")]).await;
    for _ in 0..3 {
        run_on(&mut world, file()).await;
    }
    let mut since = notified(&world)[1..].to_vec();
    since.sort();
    assert_eq!(since, ["chat DOWN payments", "default REROUTED payments"]);
}
