//! `beat` as it is typed, and what `check` and `status` make of it.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::fs;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::Repository;

const BACKUP: &str = "id: backup\nheartbeat: {every: 24h, grace: 2h}\n";

/// A repository whose one monitor was looked at by a run.
fn watched() -> Repository {
    let repository = Repository::new(&[("monitors/backup.yaml", BACKUP)]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    repository
}

/// The monitor, as `status` has it after another run.
fn status(repository: &Repository) -> Value {
    repository.run(&["check", "--all"]).exits(0);
    let run = repository.run(&["status", "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    report["monitors"][0].clone()
}

fn beat(repository: &Repository, args: &[&str]) -> Output {
    repository.command(&[&["beat", "backup"], args].concat()).stdin(Stdio::null()).output().expect("it runs")
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_program_says_how_it_is_and_the_next_run_believes_it() {
    let repository = watched();
    assert_eq!(status(&repository)["health"], "new");
    let beats: [(&[&str], &str); 4] =
        [(&[], "up"), (&["fail", "--message", "disk full"], "down"), (&["start"], "down"), (&["ok"], "up")];
    for (args, health) in beats {
        assert_eq!(said(&beat(&repository, args)), (Some(0), String::new(), String::new()), "{args:?}");
        // Only the alert of the failure quotes the message.
        let check = repository.command(&["check", "--all"]).output().expect("it runs");
        let (_, out, words) = said(&check);
        assert_eq!((out + &words).contains("disk full"), args.contains(&"fail"), "{args:?}");
        assert_eq!(status(&repository)["health"], health, "{args:?}");
    }
    assert_eq!(repository.alerts().len(), 2, "{:?}", repository.alerts());
    let text = String::from_utf8(repository.run(&["status"]).stdout).expect("text");
    assert!(text.contains("last beat ") && text.contains("; due by "), "{text}");
}

#[test]
fn an_alert_about_beats_proposes_no_probe() {
    let repository = watched();
    assert_eq!(beat(&repository, &["fail"]).status.code(), Some(0));
    let (_, out, words) = said(&repository.command(&["check", "--all"]).output().expect("it runs"));
    let text = out + &words;
    assert!(text.contains("See its past: monitorctl history backup"), "{text}");
    assert!(!text.contains("Probe it now"), "{text}");
}

#[test]
fn a_beat_that_no_run_awaits_is_stored_and_named() {
    let repository = watched();
    let output = repository.command(&["beat", "backupp"]).output().expect("it runs");
    let (code, _, words) = said(&output);
    assert_eq!(code, Some(0));
    assert!(words.contains("no run has seen a heartbeat monitor backupp yet"), "{words}");
    repository.run(&["beat", "@run"]).exits(2);
    repository.run(&["beat", "backup", "fail", "--", "true"]).exits(2);
}

#[test]
fn a_command_runs_between_its_beats_as_if_it_ran_alone() {
    let repository = watched();
    let output = beat(&repository, &["--", "sh", "-c", "echo out; echo err >&2"]);
    assert_eq!(said(&output), (Some(0), "out\n".to_owned(), "err\n".to_owned()));
    assert_eq!(status(&repository)["health"], "up");
    let output = beat(&repository, &["--", "sh", "-c", "echo one; echo 'two: bad' >&2; exit 42"]);
    assert_eq!(output.status.code(), Some(42));
    let found = status(&repository);
    let last = &found["beats"]["last_end"];
    assert_eq!((&found["health"], &last["result"]), (&"down".into(), &"fail".into()));
    let message = last["message"].as_str().expect("a text");
    assert!(message.starts_with("exit code 42 / ") && message.contains("two: bad"), "{message}");
    assert_eq!(beat(&repository, &["--", "no-such-program"]).status.code(), Some(127));
    let found = status(&repository);
    let message = found["beats"]["last_end"]["message"].as_str().expect("a text");
    assert!(message.contains("cannot run no-such-program"), "{message}");
}

#[test]
fn a_command_that_leaves_something_running_is_over_when_it_ends() {
    let repository = watched();
    let begun = Instant::now();
    assert_eq!(beat(&repository, &["--", "sh", "-c", "sleep 60 & echo started"]).status.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_signal_goes_on_to_the_command() {
    let repository = watched();
    let script = "trap 'echo ending; exit 9' TERM; touch ready; while :; do sleep 0.1; done";
    let child = repository
        .command(&["beat", "backup", "--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let (ready, begun) = (repository.path("ready"), Instant::now());
    while !ready.exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the command never came");
        thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(9), b"ending\n".as_slice()));
    assert_eq!(status(&repository)["beats"]["last_end"]["result"], "fail");
}

#[test]
fn a_command_runs_where_it_was_typed_and_also_where_no_beat_can_be_stored() {
    let repository = watched();
    fs::create_dir(repository.path("sub")).expect("a folder");
    let sub = repository.path("sub");
    let command = |store: &str| {
        let mut command =
            repository.command(&["--store", store, "beat", "backup", "--", "sh", "-c", "pwd; exit 3"]);
        command.current_dir(&sub).output().expect("it runs")
    };
    let broken = repository.path("monitors/backup.yaml");
    let (code, out, words) = said(&command(&format!("embedded:{}", broken.display())));
    assert_eq!(
        (code, out.trim()),
        (Some(3), sub.canonicalize().expect("it is there").to_str().expect("UTF-8"))
    );
    assert!(words.contains("the beat of backup is not stored: "), "{words}");
}
