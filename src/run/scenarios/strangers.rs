//! Items that this version cannot read: each is a problem of its own, and never one of the others (P11).

use crate::state::Shard;
use serde_json::{Value, json};

use super::watched::monitor;
use super::world::{CONFIGS, STATES, World};

async fn two() -> World {
    let mut world = World::watching(&[monitor("payments"), monitor("search")]).await;
    world.run().await;
    world
}

/// Puts the item of `payments` in the way, changed by `change`; gives it as it is then.
fn spoil(world: &World, table: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut item = world.shared.get(table, "payments").expect("it is there");
    change(&mut item);
    world.shared.put(table, &item);
    item
}

async fn search_goes_on_alone(world: &mut World, table: &str, item: &Value, problem: &str) {
    world.break_("payments");
    world.break_("search");
    let completed = world.run().await;
    assert_eq!(completed.problems.len(), 1, "{:?}", completed.problems);
    assert!(completed.problems[0].contains(problem), "{:?}", completed.problems);
    assert_eq!(world.probed(), ["search"]);
    assert_eq!(world.notified(), ["DOWN search"]);
    assert_eq!(world.shared.get(table, "payments").as_ref(), Some(item), "it was written");
}

#[tokio::test]
async fn a_row_of_a_newer_format_is_left_alone() {
    let mut world = two().await;
    world.forget("payments");
    let item = spoil(&world, STATES, |item| item["format"] = json!({"N": "2"}));
    search_goes_on_alone(&mut world, STATES, &item, "`payments` has the newer format 2").await;
}

#[tokio::test]
async fn a_row_that_does_not_read_never_stops_the_others() {
    let mut world = two().await;
    world.forget("payments");
    let item = spoil(&world, STATES, |item| item["health"] = json!({"S": "sideways"}));
    search_goes_on_alone(&mut world, STATES, &item, "`payments` is malformed").await;
}

#[tokio::test]
async fn a_monitor_of_a_newer_format_is_not_probed_and_never_stops_the_others() {
    let mut world = two().await;
    let item = spoil(&world, CONFIGS, |item| item["format"] = json!({"N": "2"}));
    search_goes_on_alone(&mut world, CONFIGS, &item, "`payments` has the newer format 2").await;
}

#[tokio::test]
async fn a_monitor_that_makes_no_sense_never_stops_the_others() {
    let mut world = two().await;
    let item = spoil(&world, CONFIGS, |item| item["spec"]["M"]["timeout"] = json!({"S": "soon"}));
    search_goes_on_alone(&mut world, CONFIGS, &item, "payments").await;
}

#[tokio::test]
async fn what_a_newer_version_added_to_a_row_survives_a_run() {
    let mut world = two().await;
    spoil(&world, STATES, |item| item["mystery"] = json!({"S": "kept"}));
    world.break_("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    assert_eq!(world.shared.get(STATES, "payments").expect("it is there")["mystery"]["S"], "kept");
}

#[tokio::test]
async fn a_run_record_of_a_newer_version_stops_the_run_before_it_touches_anything() {
    let mut world = two().await;
    let mut record = world.shared.get(STATES, "@run").expect("it is there");
    record["format"] = json!({"N": "2"});
    world.shared.put(STATES, &record);
    world.next_slot();
    let store = world.shared.open();
    let before = store.state_reader(&Shard::sample()).read().await.expect("it reads").rows;
    let process = world.process();
    world.finish(process).await.failed();
    assert_eq!(world.probed(), [""; 0]);
    assert_eq!(store.state_reader(&Shard::sample()).read().await.expect("it reads").rows, before);
    assert_eq!(world.shared.get(STATES, "@run"), Some(record));
}

#[tokio::test]
async fn a_counter_that_cannot_be_counted_on_is_malformed_and_stops_no_other() {
    let mut world = two().await;
    world.forget("payments");
    let item = spoil(&world, STATES, |item| item["revision"] = json!({"N": "18446744073709551615"}));
    search_goes_on_alone(&mut world, STATES, &item, "`payments` is malformed").await;
}

#[tokio::test]
async fn a_run_item_that_was_deleted_by_hand_freezes_nothing() {
    let mut world = two().await;
    for _ in 0..3 {
        world.run().await;
    }
    world.break_("payments");
    world.run().await;
    world.shared.delete(STATES, "@run");
    world.repair("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}
