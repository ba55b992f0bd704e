//! `run` as it is typed: a loop in a process of its own, against a real endpoint.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Api, Repository};

/// A repository with a monitor that the shortest loop probes in each run, and that is down at the first fail.
fn repository(api: &Api) -> Repository {
    let monitor = format!(
        "{}interval: 10s\ntimeout: 3s\nretry: {{ attempts: 0 }}\nalert: {{ failures: 1 }}\n",
        api.monitor("shop", "/shop")
    );
    let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

fn start(repository: &Repository, args: &[&str]) -> Child {
    let mut run = repository.command(&[&["run", "--every", "10s"], args].concat());
    run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Waits until something has happened.
fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(40), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends it with SIGTERM; gives its exit code and what it printed.
fn end(child: Child) -> (Option<i32>, String, String) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn subjects(repository: &Repository) -> Vec<String> {
    let alerts = repository.path(".monitorctl/alerts.jsonl");
    let Ok(text) = std::fs::read_to_string(alerts) else { return Vec::new() };
    // The last line may be half written.
    let alerts = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    alerts.filter_map(|alert| alert["headline"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_loop_notifies_an_outage_and_its_end_until_it_is_ended() {
    let api = Api::start();
    let repository = repository(&api);
    let running = start(&repository, &[]);
    until("the first run comes at once", || !api.requests().is_empty());
    api.answer(503);
    until("the outage is notified", || subjects(&repository).len() == 1);
    // Two runs in a row are a loop, once the second one is recorded.
    thread::sleep(Duration::from_millis(500));
    let beside = repository.run(&["check"]);
    beside.exits(0);
    let words = String::from_utf8_lossy(&beside.stderr).into_owned();
    assert!(words.contains("checks every 10s") && words.contains("--all --period 2m"), "{words}");
    api.answer(200);
    until("its end is notified", || subjects(&repository).len() == 2);
    let before = api.requests().len();
    api.delay(Duration::from_mins(2));
    until("another run is at work", || api.requests().len() > before);
    let begun = Instant::now();
    let (code, stdout, stderr) = end(running);
    assert!(begun.elapsed() < Duration::from_secs(5), "it does not wait for the probe");
    assert_eq!(code, Some(143));
    let subjects = subjects(&repository);
    assert!(subjects[0].starts_with("CRITICAL DOWN shop: HTTP 503"), "{subjects:?}");
    assert!(subjects[1].starts_with("UP shop"), "{subjects:?}");
    for part in
        ["shop is DOWN: HTTP 503, expected 200", "DOWN shop: HTTP 503", "shop is UP", "1 monitor probed in"]
    {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert!(stderr.contains("checking every 10s"), "{stderr}");
    assert!(stderr.contains("ending after the run at work"), "{stderr}");
    // The lease was given back.
    api.delay(Duration::ZERO);
    repository.run(&["check", "--all"]).exits(0);
    repository.run(&["status", "--exit-code"]).exits(0);
}

#[test]
fn a_store_that_goes_away_is_said_once_and_so_is_its_return() {
    let api = Api::start();
    let repository = repository(&api);
    let mut running = start(&repository, &["--format", "json"]);
    let mut stdout = running.stdout.take().expect("it is piped");
    until("the first run comes at once", || !api.requests().is_empty());
    let (store, away) = (repository.path(".monitorctl"), repository.path("away"));
    thread::sleep(Duration::from_secs(1));
    std::fs::rename(&store, &away).expect("it moves");
    let before = api.requests().len();
    // Two runs at least.
    thread::sleep(Duration::from_secs(19));
    assert_eq!(api.requests().len(), before, "there are no monitors");
    std::fs::rename(&away, &store).expect("it moves back");
    until("it works again", || api.requests().len() > before);
    thread::sleep(Duration::from_secs(1));
    let (code, _, stderr) = end(running);
    assert_eq!(code, Some(143));
    assert_eq!(stderr.matches("no store found").count(), 1, "{stderr}");
    assert!(stderr.contains("works again after"), "{stderr}");
    let mut text = String::new();
    stdout.read_to_string(&mut text).expect("UTF-8");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON line a run")).collect();
    assert_eq!(lines[0]["summary"]["probed"], 1, "{text}");
    assert!(lines.iter().any(|line| line["failed"]["exit"] == 1), "{text}");
    assert!(lines.last().is_some_and(|line| line["run"].is_object()), "{text}");
}

#[test]
fn wrong_settings_end_a_loop_at_its_start() {
    let api = Api::start();
    let repository = repository(&api);
    for (args, code, words) in [
        (&["run", "--every", "5s"][..], 2, "at least 10s"),
        (&["run", "--every", "2h"], 2, "at most 1h"),
        (&["run", "--every", "10s500ms"], 2, "whole seconds"),
        (&["run", "--dir", "missing"], 1, "missing"),
        (&["run", "--store", "embedded:missing.db"], 1, "no store found"),
        (&["run", "--notify", "sns"], 3, "SNS_TOPIC_ARN is not set"),
        (&["run", "--allow", "x"], 2, "--allow"),
    ] {
        let run = repository.run(args);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(said.contains(words), "{args:?}: {said}");
        run.exits(code);
    }
    assert!(api.requests().is_empty());
}

#[test]
fn a_loop_over_files_reads_them_in_every_run() {
    let api = Api::start();
    let repository = repository(&api);
    let running = start(&repository, &["--dir", "monitors"]);
    until("the first run comes at once", || !api.requests().is_empty());
    let added = format!("{}interval: 10s\ntimeout: 3s\n", api.monitor("search", "/search"));
    repository.write("monitors/search.yaml", &added);
    repository.write("monitors/bad.yaml", "id: bad\nurl: nowhere\n");
    until("the new monitor is probed", || api.requests().iter().any(|head| head.contains("/search")));
    thread::sleep(Duration::from_secs(1));
    let (code, stdout, stderr) = end(running);
    assert_eq!(code, Some(143));
    assert!(stdout.contains("2 monitors probed"), "{stdout}");
    assert!(stderr.contains("monitors/bad.yaml:2:6"), "{stderr}");
}

/// The repository with a status page, which `sync` stored.
fn with_page(api: &Api) -> Repository {
    let repository = repository(api);
    let page =
        "id: public\ntitle: Acme\nurl: https://a.example\ncomponents: [{ name: Shop, monitors: [shop] }]\n";
    repository.write("status.yaml", page);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

#[test]
fn a_loop_writes_the_status_page_after_a_change() {
    let api = Api::start();
    let repository = with_page(&api);
    let running = start(&repository, &["--page", "public"]);
    let indicator = || {
        let text = std::fs::read_to_string(repository.path("public/api/v2/status.json")).ok()?;
        let status: Value = serde_json::from_str(&text).ok()?;
        status["status"]["indicator"].as_str().map(str::to_owned)
    };
    until("the first run writes it", || indicator().as_deref() == Some("none"));
    api.answer(503);
    until("the outage is shown", || indicator().is_some_and(|indicator| indicator != "none"));
    assert_eq!(end(running).0, Some(143));
}

#[test]
fn a_bucket_that_does_not_answer_makes_no_run_be_skipped() {
    let api = Api::start();
    let repository = with_page(&api);
    // It takes connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", silent.local_addr().expect("an address"));
    let mut run = repository.command(&["run", "--every", "10s", "--page", "s3://acme-status/public"]);
    run.env("AWS_ENDPOINT_URL_S3", endpoint).env("AWS_REGION", "eu-central-1");
    run.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    let running = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    until("a run came at its time", || api.requests().len() == 2);
    until("the next one comes", || api.requests().len() == 3);
    let (code, _, stderr) = end(running);
    assert_eq!(code, Some(143));
    assert!(stderr.contains("could not write the status page to s3://acme-status/public"), "{stderr}");
    assert!(!stderr.contains("skipped"), "{stderr}");
}
