//! `page` as it is typed, on what real runs left behind.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

const STATUS: &str = "\
id: public
title: Acme
url: https://status.acme.example
components:
  - { name: Web shop, monitors: [shop] }
  - { name: Blog, monitors: ['tag:blog'] }
";

/// `shop` was DOWN and is UP again, `blog` is always UP.
fn checked(api: &Api) -> Repository {
    let text =
        |id, path| format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path));
    let repository = Repository::new(&[
        ("monitors/blog.yaml", format!("{}tags: [blog]\n", text("blog", "/blog")).as_str()),
        ("monitors/shop.yaml", text("shop", "/shop").as_str()),
        ("status.yaml", STATUS),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    for status in [200, 503, 200] {
        api.answer_on("/shop", status);
        repository.run(&["check", "--all"]).exits(0);
    }
    repository
}

#[test]
fn a_page_is_written_from_what_the_runs_stored_and_only_what_changed_is_written_again() {
    let api = Api::start();
    let repository = checked(&api);
    let page = || {
        let run = repository.run(&["page", "--out", "public"]);
        run.exits(0);
        String::from_utf8(run.stdout).expect("UTF-8")
    };
    let first = page();
    assert!(first.contains("12 files written, 0 unchanged"), "{first}");
    let read = |name: &str| std::fs::read_to_string(repository.path("public").join(name)).expect(name);
    let html = read("index.html");
    assert!(html.contains("Web shop") && html.contains("answers with errors"), "{html}");
    // A public page never shows where the endpoints are.
    assert!(!html.contains(&api.url()), "{html}");
    let status: Value = serde_json::from_str(&read("api/v2/status.json")).expect("JSON");
    assert_eq!(status["status"]["indicator"], "none");
    let incidents: Value = serde_json::from_str(&read("api/v2/incidents.json")).expect("JSON");
    assert_eq!(incidents["incidents"].as_array().map(Vec::len), Some(1));
    // Only index.html shows how long ago something was.
    let second = page();
    let written = ["public: 0 files written, ", "public: 1 file written, "];
    assert!(written.iter().any(|written| second.starts_with(written)), "{second}");
}

#[test]
fn a_place_is_asked_for_and_an_address_that_others_reach_is_refused() {
    let api = Api::start();
    let repository = checked(&api);
    let refused = |args: &[&str], why: &str| {
        let run = repository.run(args);
        run.exits(2);
        let text = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(text.contains(why), "{text}");
    };
    refused(&["page"], "--out");
    refused(&["page", "--serve", "0.0.0.0:8080"], "loopback only");
    refused(&["page", "--out", "s3:/bucket"], "begins with s3://");
    refused(&["page", "none.yaml", "--out", "public"], "there is no none.yaml");
    assert!(!repository.path("public").exists());
}
