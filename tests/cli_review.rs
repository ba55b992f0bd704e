//! What a reviewer reads of a pull request in a repository of several services: places, causes and what to do.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::Repository;
use support::hand::edit;

/// Two services with so many monitors each, synced from the first commit.
fn services(number: usize) -> Repository {
    let repository = Repository::new(&[]);
    for service in ["cart", "shop"] {
        let defaults =
            format!("team: {service}\ninterval: 2m\ntimeout: 5s\nexpect: {{latency: {{down: 3s}}}}\n");
        repository.write(&format!("monitors/{service}/defaults.yaml"), &defaults);
        for n in 1..=number {
            let monitor = format!("id: {service}-{n}\nurl: https://{service}-{n}.example.com/health\n");
            repository.write(&format!("monitors/{service}/{service}-{n}.yaml"), &monitor);
        }
    }
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(repository: &Repository, args: &[&str]) -> String {
    text(&repository.run(args).stdout)
}

fn json(repository: &Repository, args: &[&str]) -> Value {
    let plan = shown(repository, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&plan).expect("JSON")
}

#[test]
fn a_value_that_goes_from_the_defaults_names_where_it_was() {
    let repository = services(3);
    repository.git(&["checkout", "-q", "-b", "change"]);
    repository.write("monitors/shop/defaults.yaml", "team: shop\ninterval: 2m\ntimeout: 5s\n");
    repository.commit();
    for args in [&["diff", "--base", "main"][..], &["diff", "--offline", "--base", "main"]] {
        let text = shown(&repository, args);
        assert!(text.contains("      was monitors/shop/defaults.yaml:4"), "{text}");
        let comment = shown(&repository, &[args, &["--format", "markdown"]].concat());
        assert!(comment.contains("<code>was monitors/shop/defaults.yaml:4</code>"), "{comment}");
        let plan = json(&repository, args);
        let field = &plan["changes"][0]["fields"][0];
        assert_eq!(field["was"]["file"], "monitors/shop/defaults.yaml", "{field:#}");
        assert_eq!(field["inherited"], Value::Null);
    }
    // With another change in its own file, the line of the field names it.
    repository.write("monitors/shop/shop-1.yaml", "id: shop-1\nurl: https://shop-1.example.com/live\n");
    let text = shown(&repository, &["diff", "--base", "main"]);
    let row = text.lines().find(|line| line.contains("expect.latency.down  3s (removed)"));
    assert!(row.is_some_and(|row| row.ends_with("was monitors/shop/defaults.yaml:4")), "{text}");
}

#[test]
fn a_fork_behind_main_does_not_remove_what_others_merged() {
    let repository = services(2);
    repository.git(&["checkout", "-q", "-b", "fork"]);
    repository.git(&["checkout", "-q", "main"]);
    repository.write("monitors/cart/new.yaml", "id: new\nurl: https://new.example.com/\n");
    repository.commit();
    repository.git(&["checkout", "-q", "fork"]);
    let none = repository.run(&["diff", "--offline", "--base", "main", "--exit-code"]);
    none.exits(0);
    assert!(text(&none.stdout).contains("main has moved on by 1 commit"), "{}", text(&none.stdout));
    repository.write("monitors/bank.yaml", "id: bank\nurl: https://bank.example.com/\n");
    repository.commit();
    let fork = repository.run(&["diff", "--offline", "--base", "main", "--exit-code"]);
    fork.exits(10);
    let plan = text(&fork.stdout);
    assert!(plan.contains("+ bank") && !plan.contains("- new"), "{plan}");
    assert!(plan.contains("Plan: 1 to add, 0 to change, 0 to remove, 4 unchanged."), "{plan}");
    // Without the commit where it began, that comes first.
    repository.git(&["checkout", "-q", "--orphan", "unrelated"]);
    repository.commit();
    let offline = ["diff", "--offline", "--base", "main", "--format"];
    let shown = |format: &str| shown(&repository, &[&offline[..], &[format]].concat());
    let warning = "main has moved on by 2 commits";
    let second = shown("text").lines().nth(1).expect("a line").to_owned();
    assert!(second.contains(warning), "{}", shown("text"));
    let third = shown("markdown").lines().nth(3).expect("a line").to_owned();
    assert!(third.contains(warning), "{}", shown("markdown"));
    let json: Value = serde_json::from_str(&shown("json")).expect("JSON");
    assert!(json["notes"][0].as_str().expect("a note").contains(warning), "{json:#}");
}

#[test]
fn a_refused_plan_without_the_table_suggests_no_command() {
    let repository = services(2);
    repository.remove("monitors/shop");
    repository.write("monitors/bank.yaml", "id: bank\nurl: https://bank.example.com/\n");
    for format in ["text", "markdown", "github"] {
        let run = repository.run(&["diff", "--offline", "--base", "main", "--format", format]);
        run.exits(5);
        let shown = text(&run.stdout);
        assert!(!shown.contains("--allow-loss") && !shown.contains("sha256:"), "{format}: {shown}");
        let says = shown.contains("without the table, so it cannot be approved");
        assert!(says || format == "github", "{format}: {shown}");
    }
    let mut command = repository.command(&["diff", "--offline", "--base", "main", "--format", "json"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", "outputs");
    let run = command.output().expect("it runs");
    let record: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(record["digest"], Value::Null);
    repository.write("plan.json", &text(&run.stdout));
    let saved = repository.run(&["sync", "--yes", "--plan", "plan.json"]);
    saved.exits(2);
    assert!(text(&saved.stderr).contains("plan.json has no digest"), "{}", text(&saved.stderr));
    repository.remove("plan.json");
    let outputs = repository.read("outputs");
    assert!(outputs.contains("\napprovable=false\nplan_digest=\n"), "{outputs}");
    // Against the table there is one.
    let run = repository.run(&["diff"]);
    assert!(text(&run.stdout).contains("To allow exactly that: monitorctl sync"), "{}", text(&run.stdout));
}

#[test]
fn a_default_that_is_no_longer_written_out_is_no_change() {
    let repository = services(3);
    repository
        .write("monitors/shop/defaults.yaml", "team: shop\ntimeout: 5s\nexpect: {latency: {down: 3s}}\n");
    let text = shown(&repository, &["diff"]);
    assert!(text.contains("= interval 2m → 2m (default) for 3 monitors  same effect"), "{text}");
    assert!(
        text.contains("0 to change, 0 to remove, 3 to rewrite with the same effect, 3 unchanged."),
        "{text}"
    );
    let plan = json(&repository, &["diff"]);
    assert_eq!(plan["summary"]["updates"], 0, "{plan:#}");
    assert_eq!(plan["summary"]["rewrites"], 3);
    // Beside a change it is a quiet line, and no part of what is weakened.
    repository
        .write("monitors/shop/defaults.yaml", "team: shop\ntimeout: 9s\nexpect: {latency: {down: 3s}}\n");
    let text = shown(&repository, &["diff"]);
    assert!(text.contains("3 monitors weakened: timeout 5s → 9s\n"), "{text}");
    assert!(text.contains("interval  2m → 2m (default)  same effect"), "{text}");
    // After a sync there is nothing left to say.
    repository.run(&["sync", "--yes", "--allow-weaker", "3"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
}

#[test]
fn an_edited_monitor_stays_in_the_entry_of_its_cause_and_is_marked() {
    let repository = services(25);
    repository.git(&["checkout", "-q", "-b", "change"]);
    let defaults = repository.read("monitors/shop/defaults.yaml");
    repository.write("monitors/shop/defaults.yaml", &defaults.replace("interval: 2m", "interval: 5m"));
    repository.commit();
    let item = |interval: &str, timeout: &str| {
        serde_json::json!({
            "url": {"S": "https://shop-7.example.com/health"}, "group": {"S": "shop"}, "team": {"S": "shop"},
            "interval": {"S": interval}, "timeout": {"S": timeout},
            "expect": {"M": {"latency": {"M": {"down": {"S": "3s"}}}}},
        })
    };
    // Another field than the change is about, and the same one.
    for (edited, row) in [(item("2m", "9s"), "timeout  9s → 5s"), (item("1h", "5s"), "interval  1h → 5m")]
    {
        edit(&repository, "shop-7", &edited);
        let text = shown(&repository, &["diff", "--base", "main"]);
        assert!(text.contains("~ interval 2m → 5m for 25 monitors  weaker"), "{text}");
        assert!(text.contains("edited by hand since") && text.contains(row), "{text}");
        let comment = shown(&repository, &["diff", "--base", "main", "--format", "markdown"]);
        assert!(comment.contains("<code>~ interval 2m → 5m for 25 monitors</code>"), "{comment}");
        assert!(comment.contains("edited by hand since"), "{comment}");
        let causes = json(&repository, &["diff", "--base", "main"])["causes"].clone();
        assert_eq!(causes.as_array().map(Vec::len), Some(1), "{causes:#}");
    }
}

#[test]
fn a_misspelt_former_id_is_annotated_at_its_file() {
    let repository = services(3);
    repository.remove("monitors/shop/shop-2.yaml");
    let renamed = "id: store-2\nurl: https://shop-2.example.com/health\nmoved_from: shop-22\n";
    repository.write("monitors/shop/store-2.yaml", renamed);
    let annotations = shown(&repository, &["diff", "--format", "github"]);
    let start = "::warning file=monitors/shop/store-2.yaml,line=1,title=";
    let line = annotations.lines().find(|line| line.starts_with(start));
    let message = "`moved_from: shop-22` is no monitor of the table; did you mean `shop-2`?";
    assert!(line.is_some_and(|line| line.ends_with(message)), "{annotations}");
    let comment = shown(&repository, &["diff", "--format", "markdown"]);
    let note =
        "<code>moved_from: shop-22</code> is no monitor of the table; did you mean <code>shop-2</code>?";
    assert!(comment.contains(note), "{comment}");
    let hint = "write <code>moved_from: shop-2</code> to keep its history";
    assert!(comment.contains(hint), "{comment}");
}

#[test]
fn a_changed_channel_names_its_line_in_the_settings() {
    let repository = services(3);
    let settings = |topic: &str| {
        let topic = format!("arn:aws:sns:eu-west-1:123456789012:{topic}");
        format!("owner: acme/monitors\nchannels:\n  default:\n    kind: sns\n    topic: {topic}\n")
    };
    repository.write("monitorctl.yaml", &settings("oncall-of-the-platform-team-in-europe"));
    repository.run(&["sync", "--yes", "--allow-weaker", "6"]).exits(0);
    repository.write("monitorctl.yaml", &settings("oncall-of-the-platform-team-in-america"));
    let text = shown(&repository, &["diff"]);
    let row = text.lines().find(|line| line.trim_start().starts_with("channels.default.topic"));
    assert!(row.is_some_and(|row| row.ends_with("from monitorctl.yaml:5")), "{text}");
    // Cut short, the two still differ.
    let headline = text.lines().nth(1).expect("a line");
    assert!(headline.contains("-europe → ") && headline.ends_with("-america"), "{text}");
    let annotations = shown(&repository, &["diff", "--format", "github"]);
    assert!(annotations.contains("file=monitorctl.yaml,line="), "{annotations}");
}

#[test]
fn a_renamed_folder_is_one_entry() {
    let repository = services(25);
    repository.git(&["mv", "monitors/shop", "monitors/store"]);
    repository.commit();
    let text = shown(&repository, &["diff", "--base", "HEAD~1"]);
    assert!(text.contains("~ group shop → store for 25 monitors"), "{text}");
    assert!(text.contains("0 to add, 25 to change, 0 to remove, 25 unchanged."), "{text}");
    assert_eq!(json(&repository, &["diff", "--base", "HEAD~1"])["causes"].as_array().map(Vec::len), Some(1));
    // The team goes with the folder, and is one more field of the same entry.
    let defaults = repository.read("monitors/store/defaults.yaml").replace("team: shop", "team: store");
    repository.write("monitors/store/defaults.yaml", &defaults);
    assert_eq!(json(&repository, &["diff", "--base", "HEAD~1"])["causes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn refusals_fit_a_terminal_of_80_columns() {
    let repository = services(25);
    repository.remove("monitors/shop");
    let text = shown(&repository, &["diff"]);
    let refusal = text.lines().skip_while(|line| !line.starts_with("refused:"));
    let refusal: Vec<_> = refusal.take_while(|line| !line.starts_with("To allow")).collect();
    assert!(!refusal.is_empty() && refusal.iter().all(|line| line.chars().count() <= 80), "{text}");
}

// Before, such a plan was empty: an edit by hand passed the safety limits, the protection and the review.
#[test]
fn an_edit_that_was_pulled_is_a_change_for_the_reviewer_and_counts_as_one() {
    let repository = services(3);
    repository.write(
        "monitors/shop/shop-2.yaml",
        "id: shop-2\nurl: https://shop-2.example.com/health\nprotect: true\n",
    );
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    let item = |name: &str, more: &[(&str, Value)]| {
        let mut spec = serde_json::json!({
            "url": {"S": format!("https://{name}.example.com/health")}, "group": {"S": "shop"}, "team": {"S": "shop"},
            "interval": {"S": "2m"}, "timeout": {"S": "5s"},
            "expect": {"M": {"latency": {"M": {"down": {"S": "3s"}}}}},
        });
        spec.as_object_mut()
            .expect("a map")
            .extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        spec
    };
    let flag = |value: bool| serde_json::json!({"BOOL": value});
    edit(&repository, "shop-1", &item("shop-1", &[("enabled", flag(false))]));
    edit(&repository, "shop-3", &item("shop-3", &[("interval", serde_json::json!({"S": "10m"}))]));
    repository.git(&["checkout", "-q", "-b", "pulled"]);
    repository.run(&["pull", "--drift"]).exits(0);
    repository.commit();
    let text = shown(&repository, &["diff", "--base", "main"]);
    for said in [
        "1 monitor lost: shop-1",
        "1 monitor weakened: interval 2m → 10m",
        "* shop-1  monitors/shop/shop-1.yaml:1  loss",
        "enabled  true (default) → false",
        "the files have the edit, so sync keeps it",
        "0 to change, 0 to remove, 2 drift to keep",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let comment = shown(&repository, &["diff", "--base", "main", "--format", "markdown"]);
    assert!(comment.contains("2 drift to keep") && !comment.contains("no change of its own"), "{comment}");
    let plan = json(&repository, &["diff", "--base", "main"]);
    assert_eq!((&plan["has_changes"], &plan["summary"]["losses"]), (&true.into(), &1.into()), "{plan:#}");
    repository.run(&["diff", "--exit-code"]).exits(10);
    // Without a review it is not applied; with its digest it is, and there is nothing left to do.
    repository.run(&["sync", "--yes", "--reviewed", ""]).exits(5);
    repository.run(&["sync", "--yes", "--reviewed", plan["digest"].as_str().expect("a digest")]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);

    edit(&repository, "shop-2", &item("shop-2", &[("enabled", flag(false)), ("protect", flag(true))]));
    repository.run(&["pull", "--drift"]).exits(0);
    let run = repository.run(&["diff"]);
    run.exits(5);
    assert!(crate::text(&run.stdout).contains("shop-2 is protected"), "{}", crate::text(&run.stdout));
}
