//! The first hours with the program: whose monitors these are, in the wrong directory, by cron, and what a selector
//! matches.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{Api, Repository, hand};

fn said(stderr: &[u8]) -> String {
    String::from_utf8_lossy(stderr).into_owned()
}

/// A folder without any file, as before `init`.
fn empty() -> Repository {
    let repository = Repository::new(&[]);
    repository.remove("monitorctl.yaml");
    repository
}

#[test]
fn init_takes_the_owner_from_the_git_remote() {
    for (remote, owner) in [
        ("git@github.com:acme/api-monitors.git", "acme/api-monitors"),
        ("https://x:token@github.com/acme/shop.git", "acme/shop"),
        ("ssh://git@gitlab.example:2222/acme/platform/eu/monitors.git", "acme/platform/eu/monitors"),
    ] {
        let repository = empty();
        repository.git(&["init", "-q"]);
        repository.git(&["remote", "add", "origin", remote]);
        let run = repository.run(&["init"]);
        run.exits(0);
        assert!(
            said(&run.stderr).contains(&format!("check the owner in monitorctl.yaml: {owner}")),
            "{}",
            said(&run.stderr)
        );
        let settings = repository.read("monitorctl.yaml");
        assert!(settings.lines().any(|line| line == format!("owner: {owner}")), "{settings}");
        assert!(!settings.contains("token"), "{settings}");
        repository.run(&["validate"]).exits(0);
        repository.run(&["sync", "--yes"]).exits(0);
    }
}

#[test]
fn without_a_remote_there_is_no_owner_and_no_sync_until_someone_names_one() {
    for is_git in [false, true] {
        let repository = empty();
        if is_git {
            repository.git(&["init", "-q"]);
        }
        repository.run(&["init"]).exits(0);
        let settings = repository.read("monitorctl.yaml");
        assert!(settings.lines().any(|line| line == "owner:"), "{settings}");
        repository.run(&["validate"]).exits(0);
        let run = repository.run(&["sync", "--yes"]);
        run.exits(3);
        assert!(
            said(&run.stderr).contains("names no owner") && said(&run.stderr).contains("owner: payments/"),
            "{}",
            said(&run.stderr)
        );
        repository.write("monitorctl.yaml", &settings.replace("\nowner:\n", "\nowner: payments/monitors\n"));
        repository.run(&["sync", "--yes"]).exits(0);
    }
}

// Trap 35
#[test]
fn no_advice_of_ours_names_an_owner_that_two_teams_would_share() {
    let repository = Repository::new(&[("monitors/a.yaml", "id: a\nurl: http://127.0.0.1:9/\n")]);
    repository.write("monitorctl.yaml", "owner:\n");
    // What each of these says to write is refused when it is written.
    let suggestions = [&["sync", "--yes"] as &[_], &["doctor"], &["init"]].map(|args| {
        let run = repository.run(args);
        text(&run.stdout) + &said(&run.stderr)
    });
    let written = regex::Regex::new("owner: ([a-z0-9-]+/[a-z0-9-]+)").expect("a pattern");
    for owner in suggestions.iter().flat_map(|suggestion| written.captures_iter(suggestion)) {
        repository.write("monitorctl.yaml", &format!("owner: {}\n", &owner[1]));
        repository.run(&["sync", "--yes"]).exits(3);
    }
    assert!(suggestions[1].contains("read -rp"), "{}", suggestions[1]);
    // Where the remote has a name, doctor writes it.
    repository.write("monitorctl.yaml", "owner:\n");
    repository.git(&["init", "-q"]);
    repository.git(&["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    let doctor = text(&repository.run(&["doctor"]).stdout);
    let fix = doctor.lines().find_map(|line| line.trim().strip_prefix("fix: sed")).expect("a command");
    assert!(repository.shell(&format!("sed{fix}")).status().expect("sh runs").success());
    repository.run(&["sync", "--yes"]).exits(0);
    assert!(repository.read("monitorctl.yaml").contains("owner: acme/shop"));
}

// Trap 35: an example value left in place gives one team the right over another's monitors.
#[test]
fn the_owner_of_the_examples_is_unowned() {
    let monitor = ("monitors/a.yaml", "id: a\nurl: http://127.0.0.1:9/\n");
    let repository = Repository::new(&[monitor]);
    repository.write("monitorctl.yaml", "owner: acme/api-monitors\n");
    let run = repository.run(&["sync", "--yes"]);
    run.exits(3);
    assert!(said(&run.stderr).contains("is the placeholder of the examples"), "{}", said(&run.stderr));
    // Nothing was written: a look finds no table.
    assert!(!repository.path(".monitorctl/store.db").exists());
    // A repository that is called so has the name by right.
    repository.git(&["init", "-q"]);
    repository.git(&["remote", "add", "origin", "git@github.com:Acme/api-monitors.git"]);
    repository.run(&["sync", "--yes"]).exits(0);
}

// Trap 35
#[test]
fn a_first_sync_from_another_repository_removes_nothing_unasked() {
    let one = Repository::new(&[("monitors/a.yaml", "id: a\nurl: http://127.0.0.1:9/\n")]);
    one.run(&["sync", "--yes"]).exits(0);
    let store = format!("embedded:{}", one.path(".monitorctl/store.db").display());
    for is_git in [false, true] {
        let other = Repository::new(&[("monitors/b.yaml", "id: b\nurl: http://127.0.0.1:9/\n")]);
        if is_git {
            other.commit();
        }
        let run = other.run(&["sync", "--yes", "--store", &store]);
        run.exits(5);
        let shown = String::from_utf8_lossy(&run.stdout).into_owned();
        assert!(shown.contains("1 monitor of this owner would be removed"), "{shown}");
        assert!(shown.contains("two repositories must not share an owner"), "{shown}");
        assert!(shown.contains("--allow-rollback"), "{shown}");
        // What only adds is no danger to anybody, and does not make it the home of the others.
        other.run(&["sync", "--yes", "--store", &store, "--only", "b"]).exits(0);
        other.run(&["sync", "--yes", "--store", &store]).exits(5);
        one.run(&["sync", "--yes", "--allow-loss", "1"]).exits(0);
    }
    // The home itself goes on as ever, and a person who has read the plan allows a move.
    one.write("monitors/c.yaml", "id: c\nurl: http://127.0.0.1:9/\n");
    one.run(&["sync", "--yes"]).exits(0);
    one.remove("monitors/a.yaml");
    one.run(&["sync", "--yes"]).exits(0);
    let moved = Repository::new(&[("monitors/d.yaml", "id: d\nurl: http://127.0.0.1:9/\n")]);
    moved.run(&["sync", "--yes", "--store", &store, "--allow-rollback"]).exits(0);
    moved.write("monitors/d.yaml", "id: e\nurl: http://127.0.0.1:9/\n");
    moved.run(&["sync", "--yes", "--store", &store]).exits(0);
}

fn shop(api: &Api) -> Repository {
    Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

// Trap 37: the wrong directory looks like a new installation.
#[test]
fn a_command_that_reads_makes_no_store() {
    let repository = empty();
    for args in [
        &["status"] as &[_],
        &["check"],
        &["check", "--all"],
        &["explain", "shop"],
        &["silence", "list"],
        &["silence", "add", "shop", "--for", "1h", "--reason", "x"],
    ] {
        let run = repository.run(args);
        run.exits(1);
        let said = said(&run.stderr);
        let place = repository.path(".monitorctl/store.db");
        let place = place.display().to_string();
        assert!(said.contains("no store found: ") && said.contains(&place), "{args:?}: {said}");
        assert!(said.contains("DDB_CONFIG_TABLE") && said.contains("-C DIR"), "{said}");
        assert!(!repository.path(".monitorctl").exists(), "{args:?}");
    }
    // A first look at what a sync would do needs none either.
    let api = Api::start();
    let repository = shop(&api);
    let run = repository.run(&["diff"]);
    run.exits(0);
    assert!(text(&run.stdout).contains("1 to add"), "{}", text(&run.stdout));
    assert!(!repository.path(".monitorctl").exists());
}

// Trap 37
#[test]
fn a_command_works_from_every_folder_of_the_repository() {
    let api = Api::start();
    let repository = shop(&api);
    repository.commit();
    let below = |args: &[&str]| -> Output {
        let mut command = repository.command(args);
        command.current_dir(repository.path("monitors")).output().expect("it runs")
    };
    assert_eq!(below(&["sync", "--yes"]).status.code(), Some(0));
    assert!(repository.path(".monitorctl/store.db").exists());
    let status = below(&["status", "--format", "json"]);
    let status: Value = serde_json::from_slice(&status.stdout).expect("JSON");
    assert_eq!(status["monitors"][0]["id"], "shop");
    // A file is named as it is seen from where the command was typed, and shown as the repository has it.
    repository.write("monitors/bad.yaml", "id: bad\n");
    let validate = below(&["validate", "bad.yaml", "--format", "short"]);
    assert_eq!(validate.status.code(), Some(3));
    assert!(text(&validate.stdout).starts_with("monitors/bad.yaml:"), "{}", text(&validate.stdout));
    assert_eq!(below(&["validate"]).status.code(), Some(3));
    repository.remove("monitors/bad.yaml");
    assert_eq!(below(&["diff", "-o", "json=plan.json"]).status.code(), Some(0));
    assert!(repository.path("monitors/plan.json").exists());
}

#[test]
fn monitors_that_were_never_synced_are_said() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let unsynced = |args: &[&str]| text(&repository.run(args).stderr).contains("not synced: monitorctl sync");
    for args in [&["check", "--all"] as &[_], &["status"]] {
        assert!(!unsynced(args), "{args:?}");
    }
    for n in 0..6 {
        repository.write(&format!("monitors/m{n}.yaml"), &api.monitor(&format!("m{n}"), "/"));
    }
    for args in [&["check", "--all"] as &[_], &["status"]] {
        let said = text(&repository.run(args).stderr);
        assert!(said.contains("6 monitors in files are not synced: monitorctl sync"), "{args:?}: {said}");
    }
    let doctor = repository.run(&["doctor"]);
    assert!(text(&doctor.stdout).contains("6 monitors in files are not synced"), "{}", text(&doctor.stdout));
    repository.run(&["sync", "--yes"]).exits(0);
    // An edit that was not synced counts as well, whatever it is about.
    let shop = api.monitor("shop", "/shop");
    let status = || text(&repository.run(&["status"]).stderr);
    for edit in [
        "name: another",
        "team: web",
        "tags: [eu]",
        "runbook: https://wiki.example.com/shop",
        "interval: 5m",
        "protect: true",
        "enabled: false",
        "timeout: 3s",
        "depends_on: [m0]",
        "maintenance: [{ starts: 2026-12-01T02:00, for: 1h }]",
    ] {
        repository.write("monitors/shop.yaml", &format!("{shop}{edit}\n"));
        assert!(
            status().contains("1 monitor in files is not synced: monitorctl sync"),
            "{edit}: {}",
            status()
        );
    }
    repository.write("monitors/shop.yaml", &shop);
    assert!(!status().contains("synced"), "{}", status());
    // So does a file that is gone, unless there may be anything in a faulty one.
    repository.remove("monitors/m5.yaml");
    let gone = "1 monitor is in no file, but still in the table: monitorctl sync";
    assert!(status().contains(gone), "{}", status());
    repository.write("monitors/m0.yaml", "id: [");
    assert!(!status().contains("in no file"), "{}", status());
}

#[test]
fn a_variable_that_is_set_to_nothing_counts_as_unset() {
    const VARIABLES: [&str; 20] = [
        "APP_ENVIRONMENT",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_PROFILE",
        "AWS_REGION",
        "CI",
        "DDB_CONFIG_TABLE",
        "DDB_HISTORY_TABLE",
        "DDB_STATE_TABLE",
        "GITHUB_ACTIONS",
        "GITHUB_BASE_REF",
        "GITHUB_HEAD_REF",
        "GITHUB_OUTPUT",
        "MONITORCTL_ALLOW",
        "MONITORCTL_LOG",
        "MONITORCTL_NOTIFY",
        "MONITORCTL_PERIOD",
        "MONITORCTL_STORE",
        "NO_COLOR",
        "SNS_TOPIC_ARN",
    ];
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let all: Vec<&str> = VARIABLES.to_vec();
    for names in VARIABLES.chunks(1).chain([all.as_slice()]) {
        for args in [&["check", "--all", "--exit-code"] as &[_], &["validate"], &["diff"]] {
            let mut command = repository.command(args);
            command.envs(names.iter().map(|name| (*name, "")));
            let output = command.output().expect("it runs");
            assert_eq!(output.status.code(), Some(0), "{names:?} {args:?}: {}", text(&output.stderr));
        }
    }
}

#[test]
fn the_line_for_cron_runs_with_nothing_of_a_shell() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let run = repository.run(&["init", "--cron"]);
    run.exits(0);
    let line = text(&run.stdout);
    let command = line.strip_prefix("*/2 * * * * ").expect("every two minutes").replace("\\%", "%");
    let run = Command::new("/bin/sh").env_clear().current_dir("/").args(["-c", &command]).output();
    assert_eq!(run.expect("sh runs").status.code(), Some(0), "{line}");
    let log = repository.read(".monitorctl/check.log");
    assert!(log.contains("shop"), "{log}");
    assert_eq!(api.requests().len(), 1);
}

// Trap 36: a comma that means "or" silences everything.
#[test]
fn a_selector_narrows_across_kinds_in_every_command() {
    let api = Api::start();
    let monitor = |id: &str, team: &str, tag: &str| {
        format!("{}team: {team}\ntags: [{tag}]\n", api.monitor(id, &format!("/{id}")))
    };
    let repository = Repository::new(&[
        ("monitors/a.yaml", &monitor("search-eu", "search", "eu")),
        ("monitors/b.yaml", &monitor("search-us", "search", "us")),
        ("monitors/c.yaml", &monitor("pay-eu", "pay", "eu")),
    ]);
    repository.run(&["sync", "--yes", "--only", "team:search,tag:eu", "--only", "pay-*"]).exits(0);
    let ids = |args: &[&str]| -> Value {
        let run = repository.run(&[args, &["--format", "json"]].concat());
        let mut report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
        report["monitors"].as_array_mut().expect("a list").iter_mut().map(|one| one["id"].take()).collect()
    };
    assert_eq!(ids(&["status"]), json!(["pay-eu", "search-eu"]));
    repository.run(&["sync", "--yes"]).exits(0);
    assert_eq!(ids(&["status", "team:search,tag:eu"]), json!(["search-eu"]));
    assert_eq!(ids(&["check", "team:search,tag:eu"]), json!(["search-eu"]));
    assert_eq!(ids(&["check", "tag:eu,!pay-*", "search-us"]), json!(["search-eu", "search-us"]));
    let silence = |selector: &str| {
        let args = ["silence", "add", selector, "--for", "1h", "--reason", "x", "--format", "json"];
        let run = repository.run(&args);
        run.exits(0);
        serde_json::from_slice::<Value>(&run.stdout).expect("JSON")["silences"][0]["monitors"].take()
    };
    assert_eq!(silence("team:search,tag:eu"), json!(["search-eu"]));
    let run = repository.run(&["status", "team:pay,tag:us"]);
    run.exits(2);
    assert!(said(&run.stderr).contains("no monitor matches all of team:pay,tag:us"), "{}", said(&run.stderr));
}

#[test]
fn many_monitors_are_silenced_only_by_those_who_saw_the_list() {
    let api = Api::start();
    let repository = Repository::new(&[]);
    for n in 0..11 {
        repository.write(&format!("monitors/m{n}.yaml"), &api.monitor(&format!("m{n}"), "/"));
    }
    repository.run(&["sync", "--yes"]).exits(0);
    let silence = ["silence", "add", "m*", "--for", "1h", "--reason", "x"];
    let run = repository.run(&silence);
    run.exits(8);
    let words = said(&run.stderr);
    assert!(words.contains("this matches 11 monitors") && words.contains("m10"), "{words}");
    assert!(words.contains("--yes"), "{words}");
    repository.run(&["silence", "add", "m*,!m10", "--for", "1h", "--reason", "x"]).exits(0);
    repository.run(&[&silence[..], &["--yes"]].concat()).exits(0);
}

#[test]
fn what_was_pulled_is_no_drift_any_more_and_is_adopted_by_its_own_file() {
    let repository = Repository::new(&[("monitors/a.yaml", "id: a\nurl: http://127.0.0.1:9/\n")]);
    repository.run(&["sync", "--yes"]).exits(0);
    let before = hand::get(&repository, "a");
    hand::edit(&repository, "a", &json!({"url": {"S": "http://127.0.0.1:9/"}, "interval": {"S": "5m"}}));
    repository.run(&["pull", "--drift"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(10);
    repository.run(&["sync", "--yes"]).exits(0);
    let renewed = hand::get(&repository, "a");
    assert_ne!(renewed["fingerprint"], before["fingerprint"], "it says what the files say");
    assert_eq!(renewed["spec"]["M"]["interval"], json!({"S": "5m"}));
    repository.run(&["sync", "--yes"]).exits(0);
    assert_eq!(hand::get(&repository, "a"), renewed, "a second sync writes nothing");

    hand::put(&repository, "b", &json!({"url": {"S": "http://127.0.0.1:9/b"}}));
    repository.run(&["pull", "--unmanaged"]).exits(0);
    repository.run(&["diff"]).exits(0);
    repository.run(&["sync", "--yes"]).exits(0);
    assert_eq!(hand::get(&repository, "b")["owner"], json!({"S": "acme/monitors"}));
    // What the file says otherwise is not taken over without a word.
    hand::put(&repository, "c", &json!({"url": {"S": "http://127.0.0.1:9/c"}}));
    repository.write("monitors/c.yaml", "id: c\nurl: http://127.0.0.1:9/other\n");
    repository.run(&["sync", "--yes"]).exits(5);
}
