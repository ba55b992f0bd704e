//! `status` as it is typed.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

/// Monitors `blog` (UP) and `shop` (DOWN), which were checked.
fn checked(api: &Api) -> Repository {
    let text =
        |id, path| format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path));
    let repository = Repository::new(&[
        ("monitors/blog.yaml", text("blog", "/blog").as_str()),
        ("monitors/shop.yaml", text("shop", "/shop").as_str()),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    api.answer_on("/shop", 503);
    repository.run(&["check", "--all"]).exits(0);
    repository
}

/// The values of a field of each monitor, in the order in which programs get them.
fn fields(repository: &Repository, order: &str, field: &str) -> Vec<Value> {
    let run = repository.run(&["status", "--sort", order, "--format", "json"]);
    run.exits(0);
    let json: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    json["monitors"].as_array().expect("monitors").iter().map(|monitor| monitor[field].clone()).collect()
}

#[test]
fn the_monitors_come_in_the_order_that_was_asked_for() {
    let api = Api::start();
    let repository = checked(&api);
    assert_eq!(fields(&repository, "health", "id"), ["shop", "blog"]);
    assert_eq!(fields(&repository, "id", "id"), ["blog", "shop"]);
    let latencies = fields(&repository, "latency", "latency_ms");
    let [first, second] = &latencies[..] else { panic!("two monitors: {latencies:?}") };
    assert!(first.as_u64().expect("one") >= second.as_u64().expect("one"), "{latencies:?}");
    // A file is no terminal: what is asked for first comes first.
    let run = repository.run(&["status", "--sort", "id"]);
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    assert!(text.find("blog").expect("it is shown") < text.find("shop").expect("it is shown"), "{text}");
    repository.run(&["status", "--sort", "name"]).exits(2);
}
