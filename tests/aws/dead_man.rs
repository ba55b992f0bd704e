//! The dead-man alarm: what it watches stops when the runs stop doing their work, whatever it is that stops them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::proxy::{Asked, Fate, Proxy};
use crate::world::World;

/// The table whose writes the alarm watches, by its name in Terraform.
fn watched() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("infra/terraform/module/alarms.tf");
    let text = fs::read_to_string(file).expect("the alarms");
    let (_, alarm) = text.split_once(r#""aws_cloudwatch_metric_alarm" "dead_man""#).expect("the alarm");
    let (_, dimension) = alarm.split_once("TableName = aws_dynamodb_table.").expect("a table");
    let (alarm, _) = alarm.split_once("TableName = ").expect("a table");
    assert!(alarm.contains("\"ConsumedWriteCapacityUnits\""), "it watches writes");
    dimension.split('.').next().expect("a name").to_owned()
}

/// A world in which `shop` is up and known, behind a proxy.
fn healthy() -> (World, Proxy) {
    let world = World::new();
    let proxy = Proxy::before(world.moto.endpoint());
    let world = world.behind(proxy.endpoint());
    world.sync();
    world.check().exits(0);
    (world, proxy)
}

/// Whether a request is about a table, alone or in a batch or a transaction.
fn is_about(asked: &Asked, table: &str) -> bool {
    asked.service == "dynamodb" && asked.about.to_string().contains(&format!("\"{table}\""))
}

/// The writes that came by, tables in their order in the requests.
fn writes(proxy: &Proxy, table: &str) -> Vec<String> {
    let is_write = |asked: &Asked| {
        ["PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"].contains(&&*asked.operation)
    };
    let asked = proxy.asked().into_iter();
    asked.filter(|asked| is_write(asked) && is_about(asked, table)).map(|asked| asked.operation).collect()
}

fn items(world: &World, table: &str) -> Value {
    world.call("dynamodb", "scan", &json!({"TableName": table, "Select": "COUNT"}))["Count"].take()
}

// Trap 38: the lease is taken before anything can fail, so writes of its table prove an attempt and no success.
#[test]
fn only_a_run_that_did_its_work_writes_what_the_dead_man_alarm_watches() {
    let (world, proxy) = healthy();
    let (configs, states) = (world.table("configs"), world.table("states"));
    let table = world.table(&watched());
    let deny = |operation: &'static str, table: String| {
        proxy.plan(move |asked| {
            if asked.operation == operation && is_about(asked, &table) { Fate::Denied } else { Fate::Forward }
        });
    };
    proxy.plan(|_| Fate::Forward);
    world.check().exits(0);
    assert!(!writes(&proxy, &table).is_empty(), "a quiet run feeds the alarm: {:?}", proxy.asked());

    // Two fails would be DOWN, which a run below may not commit.
    world.api.answer(503);
    world.check().exits(0);
    let before = items(&world, &table);
    for (operation, of) in [("Query", &configs), ("Query", &states), ("TransactWriteItems", &states)] {
        deny(operation, of.clone());
        let run = world.check();
        assert_ne!(run.code, Some(0), "{operation} on {of} was denied\n{}\n{}", run.stdout, run.stderr);
        assert_eq!(writes(&proxy, &table), [""; 0], "{operation} on {of} was denied");
        assert!(!writes(&proxy, &states).is_empty(), "it took the lease all the same");
        assert_eq!(items(&world, &table), before);
    }

    proxy.plan(|_| Fate::Forward);
    world.check().exits(0);
    assert!(!writes(&proxy, &table).is_empty(), "and the next good run feeds it again");
}

#[test]
fn a_run_that_is_denied_what_it_needs_says_so_in_the_metric_of_its_last_line() {
    let (world, proxy) = healthy();
    let table = world.table("configs");
    proxy.plan(move |asked| {
        if asked.operation == "Query" && is_about(asked, &table) { Fate::Denied } else { Fate::Forward }
    });
    let run = world.run(&["check", "--all", "--log", "json"]);
    let last = run.stderr.lines().last().expect("a summary");
    let summary: Value = serde_json::from_str(last).expect("a line of JSON");
    assert_eq!(summary["Failed"], 1, "{last}");
    let dimensions = &summary["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
    assert_eq!((dimensions, &summary["environment"]), (&json!([["environment"]]), &json!("prod")), "{last}");
}
