//! `silence` as it is typed, and what `check` and `status` make of it.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

fn json(repository: &Repository, args: &[&str]) -> Value {
    let run = repository.run(&[args, &["--format", "json"]].concat());
    serde_json::from_slice(&run.stdout).expect("JSON")
}

/// A shop that is up, and known to be.
fn watched(api: &Api) -> Repository {
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    repository
}

#[test]
fn what_is_silenced_is_notified_when_the_silence_is_ended() {
    let api = Api::start();
    let repository = watched(&api);
    let silence = ["silence", "add", "sh*", "--for", "30m", "--reason", "deploying"];
    let added = json(&repository, &silence)["silences"][0].clone();
    assert_eq!((&added["selector"], &added["monitors"][0]), (&"sh*".into(), &"shop".into()));

    api.answer(503);
    repository.run(&["check", "--all"]).exits(0);
    assert_eq!(json(&repository, &["check", "--all"])["suppressed"][0]["by"], "silence");
    assert_eq!(repository.alerts().len(), 0);

    let status = json(&repository, &["status"]);
    let shop = &status["monitors"][0];
    assert_eq!((&shop["health"], &shop["pending"]), (&"down".into(), &true.into()));
    assert_eq!(shop["suppressed"]["until"], added["ends"]);
    let why = shop["suppressed"]["why"].as_str().expect("a text");
    assert!(why.starts_with("suppressed until ") && why.ends_with(": deploying"), "{why}");

    let listed = json(&repository, &["silence", "list"]);
    assert_eq!(listed["silences"][0]["id"], added["id"]);
    repository.run(&["silence", "end", "sh*"]).exits(0);
    repository.run(&["silence", "end", "sh*"]).exits(2);
    let listed = json(&repository, &["silence", "list"]);
    assert_eq!(listed["silences"].as_array().map(Vec::len), Some(0));
    repository.run(&["check", "--all"]).exits(0);
    assert_eq!(repository.alerts().len(), 1);
}

#[test]
fn a_silence_that_matches_nothing_or_lasts_too_long_is_refused() {
    let api = Api::start();
    let repository = watched(&api);
    for args in [
        &["silence", "add", "shopp", "--for", "1h", "--reason", "x"] as &[_],
        &["silence", "add", "shop", "--for", "8d", "--reason", "x"],
        &["silence", "add", "shop", "--until", "2020-01-01T00:00Z", "--reason", "x"],
        &["silence", "add", "shop", "--for", "1h", "--until", "2026-12-01T14:30Z", "--reason", "x"],
        &["silence", "add", "shop", "--for", "1h", "--reason", ""],
        &["silence", "add", "shop", "--reason", "x"],
        &["silence", "end", "shop"],
    ] {
        repository.run(args).exits(2);
    }
}

// What a sync does not know it leaves alone: a silence is no drift.
#[test]
fn a_silence_is_nothing_that_sync_would_change() {
    let api = Api::start();
    let repository = watched(&api);
    repository.run(&["silence", "add", "shop", "--for", "1h", "--reason", "x"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
    repository.run(&["sync", "--yes"]).exits(0);
    let listed = json(&repository, &["silence", "list"]);
    assert_eq!(listed["silences"].as_array().map(Vec::len), Some(1));
}
