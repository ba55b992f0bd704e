//! The config table: synced, put in by hand, and larger than a page.

use serde_json::{Value, json};

use crate::proxy::Proxy;
use crate::world::World;

/// What the AWS CLI puts in with just the key and a URL.
fn by_hand(id: &str, url: &str) -> Value {
    json!({"shard": {"S": "0"}, "monitor": {"S": id}, "spec": {"M": {"url": {"S": url}}}})
}

fn put(world: &World, item: &Value) {
    world.call("dynamodb", "put_item", &json!({"TableName": world.table("configs"), "Item": item}));
}

fn ids(report: &Value) -> Vec<&str> {
    let monitors = report["monitors"].as_array().expect("a list");
    monitors.iter().map(|monitor| monitor["id"].as_str().expect("an id")).collect()
}

#[test]
fn what_sync_writes_is_there_for_others_and_a_second_sync_writes_nothing() {
    let world = World::new();
    world.run(&["diff", "--exit-code"]).exits(10);
    world.sync();
    let key = json!({"shard": {"S": "0"}, "monitor": {"S": "shop"}});
    let with = json!({"TableName": world.table("configs"), "Key": key});
    let item = &world.call("dynamodb", "get_item", &with)["Item"];
    assert_eq!(item["owner"]["S"], "acme/monitors");
    assert_eq!(item["spec"]["M"]["url"]["S"], format!("{}/shop", world.api.url()));
    assert_eq!(item["source"]["S"], "monitors/shop.yaml:1");
    world.sync();
    assert_eq!(&world.call("dynamodb", "get_item", &with)["Item"], item);
    world.run(&["diff", "--exit-code"]).exits(0);
}

#[test]
fn a_monitor_put_in_by_hand_is_checked_and_sync_leaves_it_alone() {
    let world = World::new();
    put(&world, &by_hand("by-hand", &format!("{}/by-hand", world.api.url())));
    world.sync();
    let run = world.check();
    assert_eq!(ids(&run.exits(0).json()), ["by-hand", "shop"]);
    let status = world.run(&["status", "--format", "json"]);
    assert_eq!(ids(&status.exits(0).json()), ["by-hand", "shop"]);
    let asked = world.api.requests();
    assert!(asked.iter().any(|head| head.starts_with("GET /by-hand ")), "{asked:?}");
}

#[test]
fn a_bad_item_is_reported_and_stops_no_other() {
    let world = World::new();
    world.sync();
    put(&world, &json!({"shard": {"S": "0"}, "monitor": {"S": "a-bad-one"}, "spec": {"S": "not a map"}}));
    let run = world.check();
    let report = run.exits(4).json();
    assert_eq!(ids(&report), ["shop"]);
    assert!(run.stdout.contains("a-bad-one"), "{}", run.stdout);
}

#[test]
fn without_a_topic_alerts_need_a_channel_of_the_table() {
    let world = World::new();
    world.sync();
    let check = || {
        let mut command = world.command(&["check", "--all"]);
        command.env_remove("SNS_TOPIC_ARN").output().expect("it runs")
    };
    let failed = check();
    let said = String::from_utf8_lossy(&failed.stderr);
    assert_eq!(failed.status.code(), Some(3), "{said}");
    assert!(said.contains("SNS_TOPIC_ARN is not set and no repository synced `channels:`"), "{said}");
    world.repository.write("monitorctl.yaml", "owner: acme/monitors\nchannels: { here: { kind: file } }\n");
    world.sync();
    assert_eq!(check().status.code(), Some(0));
}

#[test]
fn a_table_larger_than_a_page_is_read_to_its_end() {
    let world = World::new();
    let proxy = Proxy::before(world.moto.endpoint());
    let world = world.behind(proxy.endpoint());
    let monitors = 150;
    for number in 0..monitors {
        let mut item = by_hand(&format!("m{number:03}"), &format!("{}/{number}", world.api.url()));
        // 1 MB is a page.
        item["note"] = json!({"S": "x".repeat(10_000)});
        put(&world, &item);
    }
    proxy.plan(|_| crate::proxy::Fate::Forward);
    let run = world.check();
    assert_eq!(ids(&run.exits(0).json()).len(), monitors);
    let queries = proxy.asked().into_iter().filter(|asked| asked.operation == "Query").count();
    assert!(queries >= 3, "the configs in two pages and the states: {queries}");
}
