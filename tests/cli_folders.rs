//! A repository with several folders of monitors: what each command reads, from the top, from a folder below, and with `-C`.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]
#![cfg(unix)]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Output;

use serde_json::Value;
use support::{Api, Repository, hand};

const SETTINGS: &str = "owner: acme/shop\nfolders: [services/*/monitors, ops/monitors]\n";

/// Two services and a folder of operations, each with one monitor; and a file that is none.
fn monorepo(api: &Api) -> Repository {
    let repository = Repository::new(&[
        ("services/payments/monitors/web.yaml", &api.monitor("pay-web", "/pay")),
        ("services/payments/monitors/eu/web.yaml", &api.monitor("pay-eu", "/pay")),
        ("services/search/monitors/web.yaml", &api.monitor("search-web", "/search")),
        ("services/search/deploy.yaml", "kind: Deployment\n"),
        ("ops/monitors/dns.yaml", &api.monitor("ops-dns", "/ops")),
    ]);
    repository.write("monitorctl.yaml", SETTINGS);
    repository
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// As it runs from a folder of the repository.
fn within(repository: &Repository, folder: &str, args: &[&str]) -> Output {
    let mut command = repository.command(args);
    command.current_dir(repository.path(folder)).output().expect("it runs")
}

/// The id and the group of each monitor that is added.
fn groups(repository: &Repository) -> Vec<(String, String)> {
    let json = repository.run(&["diff", "--format", "json"]).stdout;
    let plan: Value = serde_json::from_slice(&json).expect("JSON");
    let changes = plan["changes"].as_array().expect("a list").iter();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let group = |change: &Value| {
        let fields = change["fields"].as_array().expect("a list").iter();
        fields.filter(|field| field["path"] == "group").map(|field| word(&field["after"])).collect::<String>()
    };
    changes.map(|change| (word(&change["id"]), group(change))).collect()
}

#[test]
fn every_command_takes_the_whole_from_wherever_it_runs() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    let top = repository.path("").display().to_string();
    for (args, words) in [
        (&["validate"][..], "4 monitors are valid (5 files read)"),
        (&["diff"], "4 monitors are up to date"),
        (&["diff", "--offline", "--base", "HEAD"], "4 monitors are up to date"),
        (&["diff", "--base", "HEAD"], "4 monitors are up to date"),
        (&["sync", "--yes"], "4 monitors are up to date"),
        (&["pull", "--drift"], "no edits to write back"),
        (&["check", "--dir", ".", "--all"], "ops-dns"),
        (&["check", "--all"], "ops-dns"),
        (&["simulate", "pay-eu", "--outcomes", "up*2"], "pay-eu"),
        (&["doctor"], "the owner is acme/shop"),
        (&["status"], "ops-dns"),
    ] {
        let here = repository.command(args).output().expect("it runs");
        let top = [&["-C", &top][..], args].concat();
        let from_above = within(&repository, "services", &top);
        let mut runs = vec![here, from_above];
        // There, the dot is another folder.
        if !args.contains(&".") {
            runs.push(within(&repository, "services/payments/monitors/eu", args));
        }
        for run in runs {
            let shown = text(&run.stdout) + &text(&run.stderr);
            assert_eq!(run.status.code(), Some(0), "{args:?}: {shown}");
            assert!(shown.contains(words), "{args:?}: {shown}");
            assert!(!shown.contains("not synced"), "{args:?}: {shown}");
        }
    }
}

#[test]
fn a_group_is_the_path_without_monitors_and_another_folder_changes_none() {
    let api = Api::start();
    let repository = monorepo(&api);
    let expected = [
        ("ops-dns", "ops"),
        ("pay-eu", "services/payments/eu"),
        ("pay-web", "services/payments"),
        ("search-web", "services/search"),
    ];
    let expected = expected.map(|(id, group)| (id.to_owned(), group.to_owned()));
    assert_eq!(groups(&repository), expected);
    // However the folders are listed, each file is read once, and its group is the same.
    repository.write("monitors/eu/top.yaml", &api.monitor("top", "/top"));
    repository.write(
        "monitorctl.yaml",
        "owner: acme/shop\nfolders: [ops/monitors, services/p*/monitors, ./services/*/monitors/, monitors]\n",
    );
    let found = groups(&repository);
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found[..4], expected);
    assert_eq!(found[4], ("top".to_owned(), "eu".to_owned()));
    let run = repository.run(&["diff", "--only", "group:services"]);
    run.exits(0);
    assert!(text(&run.stdout).contains("3 to add"), "{}", text(&run.stdout));
}

#[test]
fn defaults_hold_below_their_own_folder_alone() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.write("monitorctl.yaml", "owner: acme/shop\nfolders: [monitors, services/*/monitors]\n");
    repository.write("monitors/top.yaml", &api.monitor("top", "/top"));
    repository.write("monitors/defaults.yaml", "interval: 7m\n");
    repository.write("services/payments/monitors/defaults.yaml", "team: payments\n");
    // This one is in no folder of the catalog.
    repository.write("services/payments/defaults.yaml", "interval: 9m\n");
    let explained = |field: &str| {
        let run = repository.run(&["diff", "--explain", field]);
        run.exits(0);
        text(&run.stdout)
    };
    assert!(explained("top.interval").contains("7m"), "{}", explained("top.interval"));
    for id in ["pay-eu", "search-web"] {
        let interval = explained(&format!("{id}.interval"));
        assert!(!interval.contains("7m") && !interval.contains("9m"), "{interval}");
    }
    assert!(explained("pay-eu.team").contains("payments"));
    // Values for all folders: a link.
    repository.write("shared/defaults.yaml", "interval: 11m\n");
    let link = repository.path("services/search/monitors/defaults.yaml");
    std::os::unix::fs::symlink("../../../shared/defaults.yaml", link).expect("a link");
    assert!(explained("search-web.interval").contains("11m"), "{}", explained("search-web.interval"));
    let base = "services/payments/monitors/defaults.yaml:1";
    assert!(explained("pay-eu.team").contains(base), "{}", explained("pay-eu.team"));
}

#[test]
fn an_id_is_unique_over_all_folders() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.write("ops/monitors/web.yaml", &api.monitor("pay-web", "/other"));
    let run = repository.run(&["validate"]);
    run.exits(3);
    let shown = text(&run.stdout);
    assert!(shown.contains("the id `pay-web` is taken"), "{shown}");
    assert!(shown.contains("ops/monitors/web.yaml") && shown.contains("services/payments/monitors/web.yaml"));
}

#[test]
fn a_folder_that_is_typed_is_a_part_to_look_at_and_no_catalog_to_sync() {
    let api = Api::start();
    let repository = monorepo(&api);
    for (typed, words) in [
        ("services/payments/monitors", "2 monitors are valid"),
        ("services/payments/monitors/eu", "1 monitor is valid"),
        ("services/payments", "2 monitors are valid"),
        ("services", "3 monitors are valid (4 files read)"),
        (".", "4 monitors are valid (5 files read)"),
    ] {
        let run = repository.run(&["validate", typed]);
        run.exits(0);
        assert!(text(&run.stderr).contains(words), "{typed}: {}", text(&run.stderr));
    }
    let inside = within(&repository, "services/payments", &["validate", "monitors/web.yaml"]);
    assert!(text(&inside.stderr).contains("1 monitor is valid"), "{}", text(&inside.stderr));
    let tried = repository.run(&["check", "--dir", "services/search", "--all"]);
    tried.exits(0);
    assert!(text(&tried.stdout).contains("search-web") && !text(&tried.stdout).contains("pay-web"));
    for (typed, words) in [
        ("services/payments/monitors", "--only group:services/payments`"),
        ("services/payments/monitors/eu", "--only group:services/payments/eu`"),
        ("services", "--only group:services`"),
        ("ops/monitors/dns.yaml", "--only ID`"),
    ] {
        for args in [&["diff", typed][..], &["sync", "--yes", typed], &["pull", "--drift", typed]] {
            let run = repository.run(args);
            run.exits(2);
            let said = text(&run.stderr);
            assert!(
                said.contains("is only a part of the catalog services/*/monitors, ops/monitors"),
                "{said}"
            );
            assert!(said.contains(words), "{args:?}: {said}");
        }
    }
    repository.write("other/x.yaml", &api.monitor("x", "/x"));
    let run = repository.run(&["sync", "--yes", "other"]);
    run.exits(2);
    let said = text(&run.stderr);
    assert!(
        said.contains("other is no folder of the catalog; monitorctl.yaml lists services/*/monitors"),
        "{said}"
    );
    repository.run(&["sync", "--yes", "."]).exits(0);
}

#[test]
fn a_pattern_without_a_folder_is_a_warning_and_a_named_folder_that_is_missing_an_error() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.write(
        "monitorctl.yaml",
        "owner: acme/shop\nfolders:\n  - services/*/monitors\n  - jobs/*/monitors\n",
    );
    let run = repository.run(&["validate", "--format", "short"]);
    run.exits(0);
    let warning = "monitorctl.yaml:4:5: warning[unmatched_folder]: no folder matches `jobs/*/monitors`";
    assert!(text(&run.stdout).contains(warning), "{}", text(&run.stdout));
    let run = repository.run(&["sync", "--yes"]);
    run.exits(0);
    assert!(
        text(&run.stderr).contains("warning: no folder matches jobs/*/monitors"),
        "{}",
        text(&run.stderr)
    );
    // The others are still validated; but to sync them would remove what the missing folder held.
    repository.write("monitorctl.yaml", "owner: acme/shop\nfolders: [services/*/monitors, jobs]\n");
    repository.write("services/search/monitors/bad.yaml", "id: bad\n");
    let run = repository.run(&["validate", "--format", "short"]);
    run.exits(1);
    let shown = text(&run.stdout);
    assert!(
        shown.contains("monitorctl.yaml:2:32: error[unreadable]: the folder jobs does not exist")
            && shown.contains("missing_key"),
        "{shown}"
    );
    repository.remove("services/search/monitors/bad.yaml");
    repository.run(&["sync", "--yes"]).exits(1);
    repository.write("monitorctl.yaml", "owner: acme/shop\nfolders: ['jobs/*']\n");
    for args in [&["diff"][..], &["sync", "--yes"], &["pull", "--drift"]] {
        let run = repository.run(args);
        run.exits(1);
        let said = text(&run.stderr);
        assert!(said.contains("no folder matches jobs/*, which monitorctl.yaml lists"), "{args:?}: {said}");
    }
    // Each error has its line, whatever else the settings say.
    for (settings, place) in [
        ("folders: ['jobs/*']\n", "2:11: error[unreadable]: no folder matches jobs/*"),
        ("folders:\n  - jobs\n  - lists\n", "3:5: error[unreadable]: the folder jobs does not exist"),
        (
            "environments:\n  e:\n    folders: [jobs]\n",
            "4:15: error[unreadable]: the folder jobs does not exist",
        ),
        ("", "1:1: error[unreadable]: the folder monitors does not exist"),
    ] {
        repository.write("monitorctl.yaml", &format!("owner: acme/shop\n{settings}"));
        let args = ["validate", "--format", "short", "--all-environments"];
        let run = repository.run(&args[..if settings.contains("environments") { 4 } else { 3 }]);
        run.exits(1);
        let shown = text(&run.stdout);
        assert!(shown.contains(&format!("monitorctl.yaml:{place}")), "{settings}: {shown}");
        assert!(shown.contains("make the folder") && !shown.contains("-C DIR"), "{settings}: {shown}");
    }
    // Settings that list no folder say nothing of what no file uses.
    repository.write("monitorctl.yaml", "owner: acme/shop\nfolders: []\nvars: {domain: example.com}\n");
    let run = repository.run(&["validate", "--format", "short"]);
    run.exits(3);
    assert!(!text(&run.stdout).contains("unused_variable"), "{}", text(&run.stdout));
    for folder in ["../ops", "/srv/monitors", "services/**", "."] {
        repository.write("monitorctl.yaml", &format!("owner: acme/shop\nfolders: ['{folder}']\n"));
        let run = repository.run(&["validate", "--format", "short"]);
        run.exits(3);
        let shown = text(&run.stdout);
        assert!(shown.contains("monitorctl.yaml:2:11: error[bad_format]"), "{folder}: {shown}");
        assert!(shown.contains("a folder is a path below monitorctl.yaml"), "{folder}: {shown}");
    }
}

#[test]
fn an_environment_has_folders_of_its_own() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.write(
        "monitorctl.yaml",
        "owner: acme/shop
folders: [services/*/monitors]
environments:
  staging: {tables: {config: st_c, state: st_s, history: st_h}}
  prod: {folders: [services/*/monitors, ops/monitors]}
",
    );
    for (environment, number) in [("staging", "3 to add"), ("prod", "4 to add")] {
        let run = repository.run(&["diff", "--env", environment]);
        assert!(text(&run.stdout).contains(number), "{}", text(&run.stdout));
    }
    repository.write("ops/monitors/bad.yaml", "id: bad\n");
    let run = repository.run(&["validate", "--all-environments", "--format", "short"]);
    run.exits(3);
    assert!(text(&run.stdout).contains("(in prod)"), "{}", text(&run.stdout));
    repository.run(&["validate", "--env", "staging"]).exits(0);
}

#[test]
fn annotations_have_paths_from_the_top_of_the_repository() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.commit();
    // The settings lie in a folder of a larger repository.
    repository.write("platform/monitorctl.yaml", SETTINGS);
    repository.write("platform/ops/monitors/a.yaml", &api.monitor("a", "/a"));
    repository.write("platform/ops/monitors/bad.yaml", "id: bad\n");
    let file = "platform/ops/monitors/bad.yaml";
    let top = repository.path("platform").display().to_string();
    for format in ["github", "sarif"] {
        for run in [
            within(&repository, "platform", &["validate", "--format", format]),
            within(&repository, "platform/ops/monitors", &["validate", "--format", format]),
            within(&repository, "ops", &["-C", &top, "validate", "--format", format]),
        ] {
            let shown = text(&run.stdout);
            assert!(shown.contains(file), "{format}: {shown}");
        }
    }
    repository.remove("platform/ops/monitors/bad.yaml");
    let args = &["sync", "--yes", "--store", "embedded:p.db"];
    assert_eq!(within(&repository, "platform", args).status.code(), Some(0));
    repository.write("platform/ops/monitors/a.yaml", &(api.monitor("a", "/a") + "\ninterval: 1h\n"));
    let diff = within(&repository, "platform", &["diff", "--format", "github", "--store", "embedded:p.db"]);
    let shown = text(&diff.stdout);
    assert!(shown.contains("::notice file=platform/ops/monitors/a.yaml,line="), "{shown}");
}

#[test]
fn a_pulled_monitor_goes_to_the_folder_of_its_group() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let item = |group: Option<&str>| {
        let mut item = serde_json::json!({"url": {"S": "http://127.0.0.1:9/x"}});
        if let Some(group) = group {
            item["group"] = serde_json::json!({"S": group});
        }
        item
    };
    hand::put(&repository, "new-eu", &item(Some("services/search/eu")));
    hand::put(&repository, "lost", &item(None));
    let run = within(&repository, "services/payments", &["pull", "--unmanaged"]);
    let shown = text(&run.stdout) + &text(&run.stderr);
    assert_eq!(run.status.code(), Some(4), "{shown}");
    assert!(repository.path("services/search/monitors/eu/new-eu.yaml").exists(), "{shown}");
    assert!(
        shown.contains("its group is that of no folder of the catalog; name a folder with `--out`"),
        "{shown}"
    );
    let args = &["pull", "--unmanaged", "--out", "monitors/new"];
    let run = within(&repository, "services/payments", args);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(repository.path("services/payments/monitors/new/lost.yaml").exists());
    let run = within(&repository, "services/payments", &["pull", "--unmanaged", "--out", "elsewhere"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("is not a folder inside ops/monitors or services/payments/monitors"));
    repository.run(&["validate"]).exits(0);
}

#[test]
fn a_change_of_the_list_is_compared_with_the_list_of_the_base() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.write("monitorctl.yaml", "owner: acme/shop\nfolders: [services/*/monitors]\n");
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitorctl.yaml", SETTINGS);
    for args in [&["diff", "--offline", "--base", "HEAD"][..], &["diff", "--base", "HEAD"]] {
        let run = repository.run(args);
        run.exits(0);
        let shown = text(&run.stdout);
        assert!(shown.contains("1 to add") && shown.contains("3 unchanged"), "{args:?}: {shown}");
        assert!(!shown.contains("merged, not applied"), "{args:?}: {shown}");
    }
    let run = repository.run(&["validate", "--changed-since", "HEAD"]);
    run.exits(0);
}

#[test]
fn init_makes_no_file_beside_the_folders_that_are_listed() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.run(&["init"]).exits(0);
    assert!(!repository.path("monitors").exists());
    let inside = within(&repository, "services/payments/monitors/eu", &["init"]);
    assert_eq!(inside.status.code(), Some(1));
    assert!(text(&inside.stderr).contains("part of the catalog"), "{}", text(&inside.stderr));
}

#[test]
fn monitors_that_are_lost_by_the_list_of_folders_name_its_line() {
    let api = Api::start();
    let repository = monorepo(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    let shown = |settings: &str, args: &[&str]| {
        repository.write("monitorctl.yaml", settings);
        text(&repository.run(args).stdout)
    };
    let narrowed = shown("owner: acme/shop\nfolders: [services/search/monitors, ops/monitors]\n", &["diff"]);
    let words = "2 lost monitors are still in files that `folders:` (monitorctl.yaml:2) does not read: services/payments/monitors/eu/web.yaml, services/payments/monitors/web.yaml";
    let joined = narrowed.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(joined.contains(words), "{narrowed}");
    // A file that is gone is not the fault of the list.
    repository.remove("ops/monitors/dns.yaml");
    repository.write("ops/monitors/other.yaml", &api.monitor("other", "/ops"));
    let gone = shown(SETTINGS, &["diff"]);
    assert!(gone.contains("ops-dns") && !gone.contains("does not read"), "{gone}");
}
