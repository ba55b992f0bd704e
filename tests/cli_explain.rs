//! `explain` as it is typed: what it says comes true.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

fn explained(repository: &Repository, id: &str) -> Value {
    let run = repository.run(&["explain", id, "--format", "json"]);
    run.exits(0);
    serde_json::from_slice(&run.stdout).expect("JSON")
}

/// What the next run would do after this verdict.
fn prospect<'a>(explained: &'a Value, verdict: &str) -> &'a Value {
    let prospects = explained["next_run"]["if"].as_array().expect("it is watched");
    prospects.iter().find(|prospect| prospect["verdict"] == verdict).expect("each verdict has one")
}

#[test]
fn what_the_next_run_would_do_is_what_it_does() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    let new = explained(&repository, "shop");
    assert_eq!((&new["health"], &new["since"]), (&"new".into(), &Value::Null));
    repository.run(&["check", "--all"]).exits(0);
    api.answer(503);
    repository.run(&["check", "--all"]).exits(0);

    let failing = explained(&repository, "shop");
    assert_eq!(failing["why"], "HTTP 503, expected 200");
    assert_eq!((&failing["progress"]["count"], &failing["progress"]["of"]), (&1.into(), &2.into()));
    let promised = prospect(&failing, "fail")["alerts"][0].clone();
    assert_eq!((&promised["alert"], &promised["channels"][0]), (&"DOWN".into(), &"default".into()));
    assert_eq!(failing["page"]["soonest_s"], 120);
    assert_eq!(failing["results"].as_array().map(Vec::len), Some(2));
    assert_eq!(failing["past"]["figures"]["probes_failed"], 1, "{failing:#}");
    assert_eq!(failing["monitor"]["source"], "monitors/shop.yaml:1");

    repository.run(&["check", "--all"]).exits(0);
    assert_eq!(repository.alerts()[0]["alerts"][0]["id"], promised["id"]);
    let down = explained(&repository, "shop");
    assert_eq!((&down["health"], &down["incident"]["n"]), (&"down".into(), &1.into()));
    assert_eq!(down["page"]["known_since"], down["channels"][0]["delivered"]["at"]);
    let text = repository.run(&["explain", "shop"]);
    text.exits(0);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.starts_with("shop  DOWN since ") && text.contains("already notified: DOWN"), "{text}");

    let disabled = format!("{}enabled: false\n", api.monitor("shop", "/shop"));
    repository.write("monitors/shop.yaml", &disabled);
    repository.run(&["sync", "--yes", "--allow-loss", "1"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    let text = String::from_utf8_lossy(&repository.run(&["explain", "shop"]).stdout).into_owned();
    assert!(text.contains("\ndelivered NOT WATCHED, "), "{text}");
}

#[test]
fn a_silence_is_named_with_who_said_so_and_why() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    repository.run(&["silence", "add", "shop", "--for", "30m", "--reason", "deploying"]).exits(0);
    let up = explained(&repository, "shop");
    let why = up["suppressions"][0]["why"].as_str().expect("a text");
    assert!(why.starts_with("suppressed until ") && why.ends_with(": deploying"), "{why}");
    api.answer(503);
    for _ in 0..2 {
        repository.run(&["check", "--all"]).exits(0);
    }
    let down = explained(&repository, "shop");
    assert_eq!(
        (&down["channels"][0]["pending"]["alert"]["alert"], &down["channels"][0]["pending"]["next_run"]),
        (&"DOWN".into(), &"holds".into())
    );
    assert_eq!(down["channels"][0]["pending"]["suppressed"]["by"], "silence");
    assert!(down["page"]["at"].as_str() > up["suppressions"][0]["until"].as_str(), "{down}");
}

#[test]
fn what_is_not_watched_or_not_there_has_a_clear_answer() {
    let api = Api::start();
    let shop = api.monitor("shop", "/shop");
    let cart = api.monitor("cart", "/cart");
    let repository = Repository::new(&[("monitors/shop.yaml", &shop), ("monitors/cart.yaml", &cart)]);
    repository.run(&["sync", "--yes"]).exits(0);
    insta::assert_snapshot!("explain_unknown", repository.shown(&["explain", "shpo"], &api));

    repository.write("monitors/shop.yaml", &format!("{shop}enabled: false\n"));
    repository.run(&["sync", "--yes", "--allow-loss", "2"]).exits(0);
    let off = explained(&repository, "shop");
    assert_eq!(
        (&off["watched"], &off["next_run"], &off["page"]),
        (&"disabled".into(), &Value::Null, &Value::Null)
    );

    let moved = format!("{}moved_from: cart\n", api.monitor("basket", "/cart"));
    repository.write("monitors/cart.yaml", &moved);
    repository.run(&["sync", "--yes"]).exits(0);
    insta::assert_snapshot!("explain_renamed", repository.shown(&["explain", "cart"], &api));
    assert_eq!(explained(&repository, "basket")["watched"], "yes");

    repository.remove("monitors/shop.yaml");
    repository.run(&["sync", "--yes", "--allow-loss", "2"]).exits(0);
    assert_eq!(explained(&repository, "shop")["watched"], "removed");
}
