//! An API fails and comes back, and each alert is sent once, in order, with what its readers need to route it.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::World;

/// The attributes of a message as a queue gets them.
fn attribute<'a>(message: &'a Value, name: &str) -> &'a Value {
    &message["MessageAttributes"][name]["Value"]
}

#[test]
fn an_outage_is_notified_with_its_attributes_and_so_is_its_end() {
    let world = World::new();
    world.sync();
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0], "nothing has happened yet");

    world.api.answer(503);
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0], "one fail is no outage");
    world.check().exits(0);
    let messages = world.messages();
    let [down] = messages.as_slice() else { panic!("one message: {messages:?}") };
    assert_eq!(down["Subject"], "CRITICAL DOWN shop (prod): HTTP 503, expected 200");
    assert_eq!(down["TopicArn"], world.topic);
    for (name, value) in
        [("environment", "prod"), ("severity", "critical"), ("team", "payments"), ("health", "down")]
    {
        assert!(attribute(down, name).to_string().contains(value), "{name}: {down}");
    }
    // A queue is read by a program, and gets the JSON form.
    let record: Value = serde_json::from_str(down["Message"].as_str().expect("a text")).expect("JSON");
    assert_eq!(record["format_version"], 1);
    assert_eq!(record["alerts"][0]["monitor"], "shop");
    let id = record["id"].as_str().expect("an id");
    assert!(attribute(down, "alert_id").to_string().contains(id), "{down}");

    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0], "it is known already");

    world.api.answer(200);
    world.check().exits(0);
    let messages = world.messages();
    let [up] = messages.as_slice() else { panic!("one message: {messages:?}") };
    assert!(up["Subject"].as_str().is_some_and(|s| s.starts_with("UP shop (prod)")), "{up}");
    assert!(attribute(up, "health").to_string().contains("up"), "{up}");
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0]);

    let delivered = world.row("shop")["delivered"]["M"]["default"]["M"]["seq"].clone();
    assert_eq!(delivered, world.row("shop")["seq"], "what is true is delivered");
    let incidents = json!({
        "TableName": world.table("history"),
        "KeyConditionExpression": "series = :s",
        "ExpressionAttributeValues": {":s": {"S": "incident#shop"}},
    });
    assert_eq!(world.call("dynamodb", "query", &incidents)["Count"], 1);
}

#[test]
fn a_renamed_monitor_takes_its_state_along() {
    let world = World::new();
    world.sync();
    world.api.answer(503);
    world.check().exits(0);
    world.check().exits(0);
    assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"]);
    let before = world.row("shop");

    let moved =
        format!("{}moved_from: shop\nalert: {{ failures: 2 }}\n", world.api.monitor("checkout", "/shop"));
    world.repository.write("monitors/shop.yaml", &moved);
    world.sync();
    world.check().exits(0);
    assert_eq!(world.subjects(), [""; 0], "it is known already");
    let after = world.row("checkout");
    for field in ["incarnation", "health", "since", "seq", "incident", "delivered"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    // What is left behind is marked, and never read.
    assert_eq!(world.row("shop")["moved_to"]["S"], "checkout");

    world.api.answer(200);
    world.check().exits(0);
    let subjects = world.subjects();
    assert!(subjects.len() == 1 && subjects[0].starts_with("UP checkout (prod)"), "{subjects:?}");
}

#[test]
fn two_checks_at_once_notify_once() {
    let world = World::new();
    world.sync();
    world.check().exits(0);
    world.api.answer(503);
    world.check().exits(0);
    for _ in 0..3 {
        let both = [0, 1].map(|_| {
            let mut command = world.command(&["check", "--all"]);
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
        });
        for mut child in both {
            assert_eq!(child.wait().expect("it ends").code(), Some(0));
        }
    }
    assert_eq!(world.subjects(), ["CRITICAL DOWN shop (prod): HTTP 503, expected 200"]);
}
