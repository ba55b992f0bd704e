//! What runs leave behind on DynamoDB, as `history` and `report` read it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

/// One pass, an outage of two failed probes, and its end.
fn after_an_outage() -> World {
    let world = World::new();
    world.sync();
    world.check().exits(0);
    world.api.answer(503);
    world.check().exits(0);
    world.check().exits(0);
    world.api.answer(200);
    world.check().exits(0);
    world
}

fn printed(world: &World, args: &[&str]) -> Value {
    let run = world.run(args);
    run.exits(0);
    run.json()
}

#[test]
fn history_and_report_have_the_outage_that_was_notified() {
    let world = after_an_outage();
    let history = printed(&world, &["history", "shop", "--format", "json"]);
    let outages = history["outages"].as_array().expect("outages");
    assert_eq!(outages.len(), 1, "{history:#}");
    assert_eq!((&outages[0]["n"], &outages[0]["cause"]), (&json!(1), &json!("HTTP 503, expected 200")));
    let figures = &history["figures"];
    let probes = ["probes", "probes_passed", "probes_failed"].map(|name| figures[name].clone());
    assert_eq!(probes, [4, 2, 2], "{history:#}");
    let report = printed(&world, &["report", "--period", "24h", "--format", "json"]);
    assert_eq!(report["totals"]["outages"], 1);
    assert_eq!(report["totals"]["figures"]["probes_failed"], 2);
    let journal = printed(&world, &["history", "--format", "json"]);
    assert_eq!(journal["changes"].as_array().map(Vec::len), Some(2), "{journal:#}");
}

/// Puts each result once more, as of `ago`.
fn results_also_began(world: &World, ago: SignedDuration) {
    let table = world.table("history");
    let query = json!({
        "TableName": table,
        "KeyConditionExpression": "series = :s",
        "ExpressionAttributeValues": {":s": {"S": "ledger#0#0"}},
    });
    for item in world.call("dynamodb", "query", &query)["Items"].as_array().expect("items") {
        let mut item = item.clone();
        let at: i128 = item["at"]["N"].as_str().and_then(|at| at.parse().ok()).expect("a time");
        item["at"] = json!({"N": (at - ago.as_millis()).to_string()});
        world.call("dynamodb", "put_item", &json!({"TableName": table, "Item": item}));
    }
}

#[test]
fn a_month_that_is_over_is_stored_by_its_first_report_and_read_by_the_others() {
    let world = after_an_outage();
    // Longer ago than the longest month: the month of it is over.
    let ago = SignedDuration::from_hours(32 * 24);
    results_also_began(&world, ago);
    let month = (Timestamp::now() - ago).strftime("%Y-%m").to_string();
    let args = ["report", "--period", &month, "--format", "json"];
    let first = printed(&world, &args);
    assert!(first["stored_at"].is_string(), "{first:#}");
    let scan = json!({
        "TableName": world.table("history"),
        "FilterExpression": "begins_with(series, :s)",
        "ExpressionAttributeValues": {":s": {"S": "month#"}},
    });
    assert!(world.call("dynamodb", "scan", &scan)["Count"].as_u64() >= Some(1));
    assert_eq!(printed(&world, &args), first);
}
