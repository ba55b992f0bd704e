//! In another place than it was meant for: the wrong region, the wrong directory, a folder inside of the repository. And what
//! is typed with small slips.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Output;

use serde_json::Value;
use support::aws::Aws;
use support::{Api, Repository, hand};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder without any file.
fn empty() -> Repository {
    let repository = Repository::new(&[]);
    repository.remove("monitorctl.yaml");
    repository
}

fn shop(api: &Api) -> Repository {
    Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))])
}

/// As it runs from a folder of the repository.
fn within(repository: &Repository, folder: &str, args: &[&str]) -> Output {
    let mut command = repository.command(args);
    command.current_dir(repository.path(folder)).output().expect("it runs")
}

#[test]
fn a_wrong_region_is_named_with_the_account_and_the_likely_cause_by_every_command() {
    let (api, aws) = (Api::start(), Aws::start());
    let repository = shop(&api);
    let run = |args: &[&str]| {
        let mut command = repository.command(args);
        aws.reach(&mut command).env("MONITORCTL_STORE", "dynamodb").env("AWS_REGION", "us-east-1");
        command.output().expect("it runs")
    };
    for args in [
        &["status"] as &[_],
        &["check", "--all"],
        &["check", "--log", "json"],
        &["check", "--dir", "monitors"],
        &["diff"],
        &["sync", "--yes"],
        &["sync", "--log", "json", "--yes"],
        &["sync", "--undo", "last", "--yes"],
        &["pull", "--drift"],
        &["explain", "shop"],
        &["silence", "list"],
        &["silence", "add", "shop", "--for", "1h", "--reason", "x"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = text(&output.stderr);
        let place = "does not exist in region us-east-1 of account 123456789012";
        assert_eq!(said.matches(place).count(), 1, "{args:?}: {said}");
        assert!(said.contains("table `api_health_") && said.contains("(AWS_REGION)"), "{args:?}: {said}");
        assert!(!said.contains("ResourceNotFound"), "{args:?}: {said}");
    }
    // To make the tables there would be a second installation: the topic is in the right region.
    let doctor = run(&["doctor", "--format", "json"]);
    let findings: Value = serde_json::from_slice(&doctor.stdout).expect("JSON");
    let tables: Vec<_> = findings["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["check"] == "table")
        .collect();
    assert_eq!(tables.len(), 3, "{findings:#}");
    for finding in tables {
        let what = finding["what"].as_str().expect("words");
        assert!(
            what.contains("in region us-east-1 of account 123456789012, but the topic is in eu-west-1"),
            "{what}"
        );
        assert_eq!(finding["fix"], "export AWS_REGION=eu-west-1");
    }
}

#[test]
fn a_region_that_does_not_exist_is_named() {
    let (api, aws) = (Api::start(), Aws::start());
    let repository = shop(&api);
    let run = |region: &str, endpoint: Option<&str>| {
        let mut command = repository.command(&["status"]);
        aws.reach(&mut command).env("MONITORCTL_STORE", "dynamodb").env("AWS_REGION", region);
        if let Some(endpoint) = endpoint {
            command.env("AWS_ENDPOINT_URL", endpoint);
        }
        let output = command.output().expect("it runs");
        (output.status.code(), text(&output.stderr))
    };
    for region in ["eu-west-1 ", "eu_west_1", "eu-west-1\n", "Frankfurt (eu-central-1)"] {
        let (code, said) = run(region, None);
        assert_eq!(code, Some(7), "{said}");
        assert!(said.contains(&format!("{region:?}")) && said.contains("AWS_REGION=eu-central-1"), "{said}");
    }
    // No server is there, as for a region that is misspelt.
    let (code, said) = run("eu-wst-1", Some("http://127.0.0.1:9"));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("(region eu-wst-1)") && said.contains("AWS_REGION"), "{said}");
}

#[test]
fn a_place_without_settings_is_said_to_have_none() {
    let repository = empty();
    for args in
        [&["diff"] as &[_], &["sync", "--yes"], &["pull", "--drift"], &["sync", "--undo", "last", "--yes"]]
    {
        let run = repository.run(args);
        run.exits(3);
        let said = text(&run.stderr);
        assert!(said.contains("no monitorctl.yaml here or above"), "{args:?}: {said}");
        assert!(said.contains("-C DIR") && said.contains("monitorctl init"), "{args:?}: {said}");
    }
    // Nothing here at all is most likely the wrong directory, which is no sound installation.
    let run = repository.run(&["doctor"]);
    run.exits(1);
    assert!(text(&run.stdout).contains("most likely the wrong directory"), "{}", text(&run.stdout));
    // Where the settings are, the store is only not made yet.
    repository.write("monitorctl.yaml", "owner: acme/monitors\n");
    let run = repository.run(&["check"]);
    run.exits(1);
    let said = text(&run.stderr);
    assert!(said.contains("help: `monitorctl sync` creates it"), "{said}");
    assert!(!said.contains("-C DIR"), "{said}");
}

#[test]
fn a_file_without_a_byte_is_no_store_and_stays_so() {
    let repository = shop(&Api::start());
    repository.write(".monitorctl/store.db", "");
    for args in [&["status"] as &[_], &["check"], &["explain", "shop"], &["silence", "list"]] {
        let run = repository.run(args);
        run.exits(1);
        assert!(text(&run.stderr).contains("no store found"), "{args:?}: {}", text(&run.stderr));
        assert_eq!(repository.read(".monitorctl/store.db"), "", "{args:?}");
    }
    repository.run(&["sync", "--yes"]).exits(0);
}

#[test]
fn paths_mean_where_they_were_typed() {
    let api = Api::start();
    let repository = shop(&api);
    repository.commit();
    repository.write("ops/fail.script", "up, fail*2\n");
    repository.write("ops/monitors/till.yaml", &api.monitor("till", "/till"));
    let below = |args: &[&str]| {
        let output = within(&repository, "ops", args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    below(&["sync", "--yes", "--store", "embedded:mine.db"]);
    assert!(repository.path("ops/mine.db").exists() && !repository.path("mine.db").exists());
    assert!(below(&["status", "--store", "embedded:mine.db"]).contains("shop"));
    // From elsewhere in the repository the one at its root is meant.
    repository.run(&["sync", "--yes", "--store", "embedded:root.db"]).exits(0);
    assert!(below(&["status", "--store", "embedded:root.db"]).contains("shop"));
    assert!(!repository.path("ops/root.db").exists());
    assert!(below(&["simulate", "shop", "--outcomes", "@fail.script"]).contains("DOWN"));
    assert!(below(&["simulate", "shop", "--outcomes", "@ops/fail.script"]).contains("DOWN"));
    assert!(below(&["check", "--dir", "monitors", "--store", "embedded:try.db"]).contains("till"));
    // A folder that is named is the one here; without a name it is the catalog of the repository.
    assert!(below(&["diff", "monitors", "--store", "embedded:new.db"]).contains("+ till"));
    assert!(below(&["diff", "--store", "embedded:new.db"]).contains("+ shop"));
    repository.write("ops/monitors/bad.yaml", "id: bad\n");
    below(&["validate"]);
    assert_eq!(within(&repository, "ops", &["validate", "monitors"]).status.code(), Some(3));
}

#[test]
fn settings_are_no_monitor_wherever_they_are_named() {
    let repository = shop(&Api::start());
    for args in [
        &["validate", "."] as &[_],
        &["validate", "monitorctl.yaml"],
        &["validate", "./monitorctl.yaml", "monitors/shop.yaml"],
        &["diff", "."],
    ] {
        repository.run(args).exits(0);
    }
    repository.write("monitorctl.yaml", "owner: acme/monitors\nowners: x\n");
    for args in [&["validate", "monitorctl.yaml"] as &[_], &["validate", "."]] {
        let run = repository.run(args);
        run.exits(3);
        assert!(text(&run.stdout).contains("unknown key `owners`"), "{}", text(&run.stdout));
    }
}

#[test]
fn init_puts_nothing_where_it_would_break_what_is_there() {
    let repository = Repository::new(&[("monitors/web/shop.yaml", "id: shop\nurl: http://127.0.0.1:9/\n")]);
    for folder in ["monitors", "monitors/web"] {
        let output = within(&repository, folder, &["init"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("part of the catalog"), "{}", text(&output.stderr));
        assert!(!repository.path(folder).join("monitorctl.yaml").exists());
    }
    // Another catalog beside it may well be meant, and takes the place of the first one there.
    repository.write("ops/readme", "");
    let output = within(&repository, "ops", &["init"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr).contains("monitorctl.yaml does not apply in this folder"),
        "{}",
        text(&output.stderr)
    );

    let bare = empty();
    bare.git(&["init", "-q", "--bare"]);
    bare.run(&["init"]).exits(1);
    assert!(!bare.path("monitorctl.yaml").exists());

    for (in_the_way, wanted) in [("monitors", "is not a folder"), ("schema", "is not a folder")] {
        let repository = empty();
        repository.write(in_the_way, "");
        let run = repository.run(&["init"]);
        run.exits(1);
        let words = format!("{in_the_way} exists, but {wanted}");
        assert!(text(&run.stderr).contains(&words), "{}", text(&run.stderr));
    }
    let repository = empty();
    repository.write("monitorctl.yaml/x", "");
    let run = repository.run(&["init"]);
    run.exits(1);
    assert!(text(&run.stderr).contains("monitorctl.yaml exists, but is not a file"), "{}", text(&run.stderr));
}

#[test]
fn a_worktree_is_a_repository_as_any_other() {
    let repository = empty();
    repository.git(&["init", "-q", "-b", "main"]);
    repository.git(&["remote", "add", "origin", "git@github.com:acme/shop.git"]);
    repository.run(&["init"]).exits(0);
    repository.git(&["add", "-A"]);
    repository.git(&["commit", "-q", "-m", "monitors"]);
    repository.git(&["worktree", "add", "-q", "other", "-b", "other"]);
    for args in [&["validate"] as &[_], &["sync", "--yes"], &["status"]] {
        let output = within(&repository, "other/monitors", args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output.stderr));
    }
    assert!(repository.path("other/.monitorctl/store.db").exists());
    assert!(!repository.path(".monitorctl").exists());
}

#[test]
fn a_pulled_monitor_makes_no_settings_and_is_named_however_short_its_id() {
    let repository = Repository::new(&[("monitors/a.yaml", "id: a\nurl: http://127.0.0.1:9/\n")]);
    repository.run(&["sync", "--yes"]).exits(0);
    let url = serde_json::json!({"url": {"S": "http://127.0.0.1:9/x"}});
    hand::put(&repository, "monitorctl", &url);
    hand::edit(&repository, "a", &url);
    let run = repository.run(&["pull", "--unmanaged"]);
    run.exits(0);
    assert!(!repository.path("monitors/monitorctl.yaml").exists());
    assert!(repository.path("monitors/monitorctl-2.yaml").exists());
    repository.remove("monitors/a.yaml");
    let run = repository.run(&["pull", "--drift"]);
    run.exits(4);
    assert!(text(&run.stderr).contains("warning: a: was edited in the table"), "{}", text(&run.stderr));
}

#[test]
fn a_list_of_networks_may_have_gaps() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    for list in [" ", ",", "10.0.0.0/8,", "10.0.0.0/8, ,fd00::/8", ",10.0.0.0/8"] {
        let mut command = repository.command(&["check", "--all"]);
        let output = command.env("MONITORCTL_ALLOW", list).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{list:?}: {}", text(&output.stderr));
    }
    let mut command = repository.command(&["check", "--all"]);
    assert_eq!(
        command.env("MONITORCTL_ALLOW", "10.0.0.0/8 fd00::/8").output().expect("it runs").status.code(),
        Some(2)
    );
}

#[test]
fn a_silence_ends_by_its_selector_as_it_was_typed() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    for typed in ["shop, s*", "shop", " shop ,s*"] {
        repository.run(&["silence", "add", typed, "--for", "1h", "--reason", "x"]).exits(0);
        repository.run(&["silence", "end", typed]).exits(0);
    }
    repository.run(&["silence", "end", "shop"]).exits(2);
    for until in ["14:30", "2026-12-01 14:30", "tomorrow"] {
        let run = repository.run(&["silence", "add", "shop", "--until", until, "--reason", "x"]);
        run.exits(2);
        assert!(text(&run.stderr).contains("write a time like 2026-12-01T14:30Z"), "{}", text(&run.stderr));
    }
}

#[test]
fn the_line_for_cron_has_the_store_that_was_named_and_is_one_line() {
    let api = Api::start();
    let repository = shop(&api);
    let cron = |args: &[&str], set: &[(&str, &str)]| {
        let mut command = repository.command(&[args, &["init", "--cron"]].concat());
        command.env_remove("MONITORCTL_STORE").envs(set.iter().copied()).output().expect("it runs")
    };
    let output = cron(
        &["--store", "embedded:my store.db"],
        &[("MONITORCTL_SECRETS", "TOKEN"), ("TOKEN", "s3cret-value")],
    );
    let line = text(&output.stdout);
    assert!(line.contains(" MONITORCTL_SECRETS=TOKEN MONITORCTL_STORE='embedded:my store.db' /"), "{line}");
    assert!(!line.contains("s3cret"), "{line}");
    let words = text(&output.stderr);
    assert!(words.contains("no store at my store.db yet: run `monitorctl sync` first"), "{words}");
    assert!(words.contains("${env:NAME}"), "{words}");
    assert!(
        text(&cron(&[], &[("MONITORCTL_STORE", "dynamodb")]).stdout).contains("MONITORCTL_STORE=dynamodb")
    );
    let output = cron(&[], &[("APP_ENVIRONMENT", "a\nb")]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""));
    assert!(text(&output.stderr).contains("line break"), "{}", text(&output.stderr));
}

/// What `check --dir` probed, what it says of the rest, and how it ended.
fn tried(repository: &Repository) -> (Vec<String>, String, Option<i32>) {
    let args = ["check", "--dir", "monitors", "--all", "--format", "json"];
    let output = repository.command(&args).output().expect("it runs");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ids = report["monitors"].as_array().expect("a list").iter();
    let ids = ids.map(|one| one["id"].as_str().expect("an id").to_owned()).collect();
    (ids, report["problems"].to_string(), output.status.code())
}

#[test]
fn a_file_that_cannot_be_read_stops_no_monitor_of_another_one() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let bad = repository.path("monitors/bad.yaml");
    let link = |target: &str| std::os::unix::fs::symlink(target, &bad).expect("a link");
    let elsewhere = empty();
    elsewhere.write("x.yaml", "id: x\n");
    for (target, words) in [
        (elsewhere.path("x.yaml").display().to_string(), "links to"),
        ("nowhere".to_owned(), "cannot read"),
        ("/dev/null".to_owned(), "links to"),
    ] {
        link(&target);
        let (ids, problems, code) = tried(&repository);
        assert_eq!((ids, code), (vec!["shop".to_owned()], Some(3)), "{problems}");
        assert!(
            problems.contains("monitors/bad.yaml:1:1: error[unreadable]") && problems.contains(words),
            "{problems}"
        );
        assert!(!problems.contains("not of ;") && !problems.contains("not of \""), "{problems}");
        // What can be read is still held against the table.
        repository.write("monitors/new.yaml", &api.monitor("new", "/new"));
        let status = text(&repository.run(&["status"]).stderr);
        assert!(status.contains("1 monitor in files is not synced: monitorctl sync"), "{status}");
        repository.remove("monitors/new.yaml");
        repository.remove("monitors/bad.yaml");
    }
}

#[test]
fn of_two_monitors_with_one_id_one_is_tried_out_and_a_folder_without_any_is_a_fault() {
    let api = Api::start();
    let repository = shop(&api);
    repository.write("monitors/shop2.yaml", &api.monitor("shop", "/other"));
    let (ids, problems, code) = tried(&repository);
    assert_eq!((ids, code), (vec!["shop".to_owned()], Some(3)));
    assert!(problems.contains("error[duplicate_id]"), "{problems}");
    assert_eq!(api.requests().len(), 1);
    repository.remove("monitors");
    repository.write("monitors/readme", "");
    let (ids, problems, code) = tried(&repository);
    assert_eq!((ids.len(), code), (0, Some(3)));
    assert!(problems.contains("no monitor files found"), "{problems}");
}
