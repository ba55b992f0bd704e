//! Processes of the program that are killed, hung up or stopped, and what the next ones find.
//!
//! Only `/proc` says which process is gone or holds a lock, so what needs that is tested on Linux.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Api, Repository};

fn signal(name: &str, child: &Child) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

/// A check that probes an endpoint which does not answer.
fn waiting_check(repository: &Repository, api: &Api, args: &[&str]) -> Child {
    let before = api.requests().len();
    let check = repository
        .command(&[&["check"], args].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let begun = Instant::now();
    while api.requests().len() == before {
        assert!(begun.elapsed() < Duration::from_secs(20), "the probe never came");
        thread::yield_now();
    }
    check
}

fn one_monitor() -> (Api, Repository) {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    (api, repository)
}

/// The verdict of a check now.
fn verdict(repository: &Repository, args: &[&str]) -> Value {
    let run = repository.run(&[&["check", "--format", "json"], args].concat());
    serde_json::from_slice::<Value>(&run.stdout).expect("JSON")["monitors"][0]["verdict"].take()
}

#[cfg(target_os = "linux")]
#[test]
fn the_check_after_a_killed_one_takes_over_at_once() {
    for args in [&[][..], &["--all"]] {
        let (api, repository) = one_monitor();
        api.delay(Duration::from_secs(20));
        let mut check = waiting_check(&repository, &api, args);
        check.kill().expect("it is ours");
        check.wait().expect("it ended");
        api.delay(Duration::ZERO);
        assert_eq!(verdict(&repository, args), "pass", "{args:?}");
    }
}

#[test]
fn a_check_that_is_stopped_keeps_its_lease() {
    let (api, repository) = one_monitor();
    api.delay(Duration::from_secs(20));
    let mut check = waiting_check(&repository, &api, &[]);
    signal("-STOP", &check);
    let next = repository.run(&["check"]);
    next.exits(0);
    let words = String::from_utf8_lossy(&next.stderr).into_owned();
    assert!(words.contains("Another check is running on "), "{words}");
    assert!(words.contains(&format!(" as process {} ", check.id())), "{words}");
    check.kill().expect("it is ours");
    check.wait().expect("it ended");
}

#[test]
fn a_check_whose_terminal_is_closed_gives_its_lease_back() {
    for (name, code) in [("-HUP", 129), ("-INT", 130), ("-QUIT", 131), ("-TERM", 143)] {
        let (api, repository) = one_monitor();
        api.delay(Duration::from_secs(20));
        let check = waiting_check(&repository, &api, &["--all", "--format", "json"]);
        signal(name, &check);
        let output = check.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(code), "{name}");
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["monitors"][0]["verdict"], "skipped", "{name}");
        let status = repository.run(&["status", "--format", "json"]);
        let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
        assert!(!status["last_run"].is_null(), "it was released: {status}");
        api.delay(Duration::ZERO);
        assert_eq!(verdict(&repository, &["--all"]), "pass", "{name}");
    }
}

#[test]
fn a_check_under_nohup_goes_on_when_the_terminal_is_closed() {
    let (api, repository) = one_monitor();
    api.delay(Duration::from_secs(2));
    let program = env!("CARGO_BIN_EXE_monitorctl");
    let mut nohup = repository.command(&[]);
    let environment: Vec<_> =
        nohup.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    nohup = Command::new("nohup");
    nohup.env_clear().envs(environment).current_dir(repository.path("."));
    let check = nohup.args([program, "check", "--all", "--format", "json"]).stdin(Stdio::null());
    let check = check.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let begun = Instant::now();
    while api.requests().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the probe never came");
        thread::yield_now();
    }
    signal("-HUP", &check);
    let output = check.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
}

/// Runs a command against a locked store; what it says, and how long it took.
fn refused(repository: &Repository, args: &[&str]) -> (String, Duration) {
    let begun = Instant::now();
    let run = repository.run(args);
    run.exits(1);
    (String::from_utf8_lossy(&run.stderr).into_owned(), begun.elapsed())
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_keeps_the_store_locked_is_named() {
    let (_api, repository) = one_monitor();
    let lock = File::open(repository.path(".monitorctl/store.db.lock")).expect("it is there");
    lock.lock().expect("it is free");
    let (words, took) = refused(&repository, &["status"]);
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert!(words.contains(&format!(" is locked by process {} (", std::process::id())), "{words}");
    assert!(!words.contains("writable"), "{words}");
}

/// Set for the process that holds a transaction: the path of the store.
const HOLDS: &str = "MONITORCTL_TEST_HOLDS_A_TRANSACTION";

/// Begins a transaction on the store and keeps it, in a process that this program starts for the test below.
#[test]
fn holds_a_transaction_if_asked_to() {
    let Some(store) = std::env::var_os(HOLDS) else { return };
    let connection = rusqlite::Connection::open(store).expect("it opens");
    connection.execute_batch("BEGIN IMMEDIATE").expect("it is free");
    let _ = writeln!(std::io::stderr(), "locked");
    thread::sleep(Duration::from_mins(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_was_stopped_in_a_transaction_is_named() {
    let (_api, repository) = one_monitor();
    let mut holder = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "holds_a_transaction_if_asked_to", "--nocapture"])
        .env(HOLDS, repository.path(".monitorctl/store.db"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stderr = BufReader::new(holder.stderr.take().expect("it is piped"));
    stderr.lines().map_while(Result::ok).find(|line| line == "locked").expect("it locks the store");
    signal("-STOP", &holder);
    let (words, took) = refused(&repository, &["check", "--all"]);
    let expected = format!(" is locked by process {} (", holder.id());
    assert!(words.contains(&expected) && words.contains("holds_a_transaction_if_asked_to"), "{words}");
    assert!(words.contains("which is stopped") && !words.contains("writable"), "{words}");
    assert!(words.contains(&format!("kill -CONT {}", holder.id())), "{words}");
    assert!(took < Duration::from_secs(25), "{took:?}");
    holder.kill().expect("it is ours");
    holder.wait().expect("it ended");
    repository.run(&["check", "--all"]).exits(0);
}
