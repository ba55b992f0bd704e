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
    assert!(first.contains("13 files written, 0 unchanged"), "{first}");
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

/// What `check` says that writes the page into `public`, and the manifest that it leaves there.
fn check(repository: &Repository, exit: i32) -> (String, String) {
    let run = repository.run(&["check", "--all", "--page", "public"]);
    run.exits(exit);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let manifest = std::fs::read_to_string(repository.path("public/manifest.json")).unwrap_or_default();
    (text(&run.stdout) + &text(&run.stderr), manifest)
}

/// The manifest of a run that wrote the page so many seconds before.
fn aged(manifest: &str, seconds: i64) -> String {
    let mut manifest: Value = serde_json::from_str(manifest).expect("JSON");
    let written = manifest["run"]["written_at"].as_i64().expect("a time");
    manifest["run"]["written_at"] = (written - seconds).into();
    manifest.to_string()
}

#[test]
fn a_run_writes_the_stored_page_after_a_change_and_every_five_minutes_and_no_sooner() {
    let api = Api::start();
    let repository = checked(&api);
    // The machine that runs `check` has no files.
    repository.remove("status.yaml");
    let (_, first) = check(&repository, 0);
    let html = || repository.read("public/index.html");
    assert!(html().contains("Web shop") && html().contains("answers with errors"), "{}", html());
    assert!(!first.contains(&api.url()), "{first}");

    repository.write("public/index.html", "by hand");
    let (_, second) = check(&repository, 0);
    assert_eq!((second.as_str(), html().as_str()), (first.as_str(), "by hand"), "nothing changed");

    api.answer_on("/shop", 503);
    let (_, third) = check(&repository, 0);
    assert_ne!(third, second);
    let status: Value = serde_json::from_str(&repository.read("public/api/v2/status.json")).expect("JSON");
    assert_ne!(status["status"]["indicator"], "none");

    // With a run every two minutes, the next one comes in time.
    for (seconds, is_written) in [(150, false), (200, true)] {
        repository.write("public/manifest.json", &aged(&third, seconds));
        repository.write("public/index.html", "by hand");
        check(&repository, 0);
        assert_eq!(html() != "by hand", is_written, "{seconds}");
    }
}

#[test]
fn sync_stores_notices_too_and_the_next_run_shows_them() {
    let api = Api::start();
    let repository = checked(&api);
    check(&repository, 0);
    let notice =
        "---\ncomponents: [blog]\nstatus: investigating\nat: 2026-01-01T00:00Z\n---\nThe fonts are odd.\n";
    repository.write(
        "notices/fonts.md",
        &notice
            .replace("2026-01-01T00:00Z", &jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    );
    check(&repository, 0);
    assert!(!repository.read("public/index.html").contains("fonts are odd"), "it is not synced");
    let diff = repository.run(&["diff"]);
    let text = String::from_utf8_lossy(&diff.stdout).into_owned();
    assert!(text.contains("notices.fonts.md") && text.contains("The fonts are odd."), "{text}");
    repository.run(&["sync", "--yes"]).exits(0);
    check(&repository, 0);
    assert!(repository.read("public/index.html").contains("fonts are odd"));
    let again = repository.run(&["sync", "--yes"]);
    let said = String::from_utf8_lossy(&[again.stdout, again.stderr].concat()).into_owned();
    assert!(said.contains("No changes"), "{said}");
    // A page that is wrong is not stored.
    repository.write("status.yaml", &STATUS.replace("title: Acme", "titel: Acme"));
    repository.run(&["sync", "--yes"]).exits(3);
}

#[test]
fn what_is_wrong_with_a_page_is_said_by_the_run_and_keeps_no_alert_back() {
    let api = Api::start();
    let repository = checked(&api);
    repository.write("status.yaml", &STATUS.replace("[shop]", "[shop, shopp]"));
    repository.run(&["sync", "--yes"]).exits(0);
    let (said, _) = check(&repository, 0);
    assert!(said.contains("status.yaml:5") && said.contains("shopp"), "{said}");
    assert!(repository.read("public/index.html").contains("Web shop"));

    // The place is taken by a folder of others.
    repository.remove("public/manifest.json");
    repository.write("public/index.html", "mine");
    api.answer_on("/shop", 503);
    let before = repository.alerts().len();
    let (said, _) = check(&repository, 4);
    assert!(
        said.contains("could not write the status page to public") && said.contains("not written by"),
        "{said}"
    );
    assert_eq!(
        (repository.alerts().len(), repository.read("public/index.html").as_str()),
        (before + 1, "mine")
    );

    let run = |args: &[&str], exit: i32| {
        let run = repository.run(&[&["check", "--all"], args].concat());
        run.exits(exit);
        String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned()
    };
    let said = run(&["--page", "internal=team"], 4);
    assert!(said.contains("no page `internal`; it has public"), "{said}");
    run(&["--page", "public=team"], 0);
    assert!(repository.path("team/index.html").exists());
    assert!(run(&["--page", "s3:/bucket"], 2).contains("begins with s3://"));
    repository.write("team.status.yaml", &STATUS.replace("id: public", "id: team"));
    repository.run(&["sync", "--yes"]).exits(0);
    let said = run(&["--page", "other"], 4);
    assert!(said.contains("several pages (public, team)"), "{said}");
    repository.remove("status.yaml");
    repository.remove("team.status.yaml");
    repository.run(&["sync", "--yes"]).exits(0);
    assert!(run(&["--page", "other"], 0).contains("has no status page"), "it is no failure");
}

#[test]
fn a_component_without_a_monitor_is_shown_without_a_state_and_a_run_of_files_takes_their_page() {
    let api = Api::start();
    let repository = checked(&api);
    repository.write("status.yaml", &STATUS.replace("[shop]", "[gone]"));
    let run = repository.run(&["check", "--all", "--dir", ".", "--page", "public"]);
    run.exits(0);
    let summary: Value =
        serde_json::from_str(&repository.read("public/api/v2/components.json")).expect("JSON");
    let names: Vec<_> =
        summary["components"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Web shop", "Blog"]);
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
