//! `page --private` as it is typed, on what real runs left behind: what it shows, what a public page never does, and that the
//! two never mix.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::path::{Path, PathBuf};

use support::{Api, Repository};

const STATUS: &str = "\
id: public
title: Acme
url: https://status.acme.example
components:
  - { name: Web shop, monitors: ['tag:canary-tag'] }
  - { name: Blog, monitors: [blog] }
";

/// The value of the secret. The API sends back all that it got, so it is in what every answer says.
const SECRET: &str = "canary-secret-value-9f2c";

/// A monitor each of whose texts has a word of its own that a public page must not show.
fn canary(api: &Api) -> String {
    format!(
        "\
id: canary-id/shop
name: canary-name
description: canary-description
url: {}/canary-path?q=canary-query&key=${{env:CANARY_TOKEN}}
headers: {{ x-canary-header: 'canary-value ${{env:CANARY_TOKEN}}', authorization: 'Bearer ${{env:CANARY_TOKEN}}' }}
expect: {{ status: 200, body: {{ contains: canary-body-rule }} }}
runbook: https://wiki.example/canary-runbook
team: canary-team
tags: [canary-tag]
alert: {{ failures: 1 }}
retry: {{ attempts: 0 }}
maintenance: [{{ starts: {}, for: 1h, timezone: UTC, reason: canary-maintenance }}]
",
        api.url(),
        (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48)).strftime("%Y-%m-%dT%H:%M"),
    )
}

fn run(repository: &Repository, args: &[&str], exit: i32) -> String {
    let mut command = repository.command(args);
    let output = command.env("CANARY_TOKEN", SECRET).output().expect("it runs");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{args:?}\n{text}");
    text
}

/// The canary is DOWN because of its body. `blog` was DOWN and is UP again. A backup has beaten once.
fn checked(api: &Api) -> Repository {
    let blog =
        format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor("blog", "/blog"));
    let repository = Repository::new(&[
        ("monitors/canary-file.yaml", canary(api).as_str()),
        ("monitors/blog.yaml", blog.as_str()),
        ("monitors/backup.yaml", "id: backup\nheartbeat: { every: 24h, grace: 2h }\n"),
        ("status.yaml", STATUS),
    ]);
    run(&repository, &["sync", "--yes"], 0);
    for status in [200, 503, 200] {
        api.answer_on("/blog", status);
        run(&repository, &["check", "--all"], 0);
    }
    repository
}

/// Every file below a folder, with its name in the folder.
fn all(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(all(&path));
        } else {
            let content = std::fs::read_to_string(&path).expect("text");
            found.push((path, content));
        }
    }
    found.sort();
    found
}

#[test]
fn a_public_page_shows_no_text_of_a_monitor_and_a_private_one_shows_all_but_secrets() {
    let api = Api::start();
    let repository = checked(&api);
    run(&repository, &["page", "--out", "public"], 0);
    let public = all(&repository.path("public"));
    let names: Vec<_> = public.iter().map(|(path, _)| path.display().to_string()).collect();
    for name in [
        "index.html",
        "feed.atom",
        "manifest.json",
        "api/v2/incidents.json",
        "badge/blog.svg",
        "incident/web-shop-",
    ] {
        assert!(names.iter().any(|path| path.contains(name)), "{name} is not in {names:?}");
    }
    let address = api.url().replace("http://", "");
    for (path, content) in &public {
        let text = content.to_lowercase();
        for word in ["canary", "wiki.example", "expected 200", "monitors/", SECRET, &address] {
            assert!(!text.contains(word), "{word} is in {}\n{content}", path.display());
        }
    }
    // The outage itself is there, so the monitor was looked at.
    assert!(repository.read("public/index.html").contains("Web shop: answers with errors"));

    let said = run(&repository, &["page", "--private", "--out", "team"], 0);
    assert!(said.starts_with("public (private): "), "{said}");
    let private = all(&repository.path("team"));
    for (path, content) in &private {
        for word in [SECRET, "canary-value"] {
            assert!(!content.contains(word), "{word} is in {}\n{content}", path.display());
        }
    }
    let page = repository.read("team/monitor/canary-id_-shop.html");
    for word in [
        "canary-id/shop",
        "canary-name",
        "canary-description",
        "/canary-path?q=canary-query",
        "x-canary-header",
        "expect.body: to contain &#34;canary-body-rule&#34;",
        "canary-runbook",
        "canary-team",
        "canary-tag",
        "canary-file.yaml:1",
        "canary-maintenance",
        "${env:CANARY_TOKEN}",
        &address,
    ] {
        assert!(page.contains(word), "{word} is not in {page}");
    }
    let index = repository.read("team/index.html");
    for word in ["canary-id_-shop.html", "canary-path", "Not on the public page", "beat every 1d, grace 2h"] {
        assert!(index.contains(word), "{word} is not in {index}");
    }
    assert!(repository.read("team/monitor/blog.html").contains("HTTP 503, expected 200"));
    for name in ["feed.atom", "api", "badge", "days.json"] {
        assert!(!repository.path("team").join(name).exists(), "{name}");
    }
}

#[test]
fn a_folder_of_one_kind_of_page_refuses_the_other_and_stays_as_it_was() {
    let api = Api::start();
    let repository = checked(&api);
    run(&repository, &["page", "--out", "public"], 0);
    run(&repository, &["page", "--private", "--out", "team"], 0);
    let before = [all(&repository.path("public")), all(&repository.path("team"))];
    let now = || [all(&repository.path("public")), all(&repository.path("team"))];

    let said = run(&repository, &["page", "--private", "--out", "public"], 1);
    assert!(said.contains("public holds a public page, and this is a private one"), "{said}");
    assert!(said.contains("only where no one but the team can read"), "{said}");
    let said = run(&repository, &["page", "--out", "team"], 1);
    assert!(said.contains("team holds a private page, and this is a public one"), "{said}");
    // A run writes public pages alone, and alerts all the same.
    let said = run(&repository, &["check", "--all", "--page", "team"], 4);
    assert!(said.contains("team holds a private page"), "{said}");
    assert_eq!(now(), before);

    for folder in ["public", "team"] {
        repository.remove(&format!("{folder}/manifest.json"));
    }
    let before = now();
    for args in [&["page", "--private", "--out", "public"][..], &["page", "--out", "team"]] {
        let said = run(&repository, args, 1);
        assert!(said.contains("holds a page without its manifest.json"), "{said}");
        assert!(said.contains("remove all files of the page first"), "{said}");
    }
    assert_eq!(now(), before);
}
