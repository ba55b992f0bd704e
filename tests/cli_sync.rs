//! The ways of `sync` that are not straight: killed and run again, taken back, held to what was reviewed.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "only the repository and the endpoint are used here")]
mod support;

use std::process::Stdio;

use serde_json::Value;
use support::{Api, Repository};

/// A file of `n` monitors that are never probed.
fn many(n: usize) -> String {
    let monitors: Vec<_> = (0..n).map(|n| format!("id: m{n}\nurl: http://api.example/{n}\n")).collect();
    monitors.join("---\n")
}

/// Kills a sync once it has begun to write; `None` if it came to its end before.
fn killed(repository: &Repository) -> Option<()> {
    let mut command = repository.command(&["sync", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let bytes = || -> u64 {
        let files = repository.files(".monitorctl");
        files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|file| file.len()).sum()
    };
    // The empty tables take less, and all monitors more.
    while bytes() < 300_000 {
        if child.try_wait().expect("it is a child").is_some() {
            return None;
        }
        std::thread::yield_now();
    }
    child.kill().expect("it is a child");
    child.wait().expect("it is a child").code().is_none().then_some(())
}

#[test]
fn a_sync_that_was_killed_goes_on_where_it_was() {
    let text = many(1_000);
    let interrupted = (0..10).find_map(|_| {
        let repository = Repository::new(&[("monitors/all.yaml", &text)]);
        std::fs::create_dir_all(repository.files(".").first()?.parent()?.join(".monitorctl")).ok()?;
        killed(&repository)?;
        // A reviewer sees the whole of it, and its digest is what goes on.
        let reviewed = repository.run(&["diff", "--format", "json"]);
        let plan: Value = serde_json::from_slice(&reviewed.stdout).expect("JSON");
        let digest = plan["digest"].as_str().expect("a digest");
        let run = repository.run(&["sync", "--yes", "--expect-plan", digest]);
        run.exits(0);
        let output = String::from_utf8(run.stderr).expect("UTF-8");
        output.contains("parts were applied before").then_some((repository, output))
    });
    let (repository, output) = interrupted.expect("one of ten is caught in the middle");
    assert!(output.contains("applied 1000 changes, ") && output.contains(" of them before; "), "{output}");
    assert!(output.contains("the catalog is at generation 11; undo: "), "{output}");
    repository.run(&["diff", "--exit-code"]).exits(0);
    let undo = repository.run(&["sync", "--undo", "last", "--yes", "--allow-loss", "1000"]);
    undo.exits(0);
    let json = repository.run(&["diff", "--format", "json"]);
    let plan: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&plan["generation"], &plan["summary"]["creates"]), (&22.into(), &1_000.into()));
}

#[test]
fn a_run_is_taken_back_and_brought_again() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
        ("monitors/cart.yaml", &api.monitor("cart", "/cart")),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/shop/v2"));
    repository.remove("monitors/cart.yaml");
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["sync", "--undo", "last"]).exits(8);
    insta::assert_snapshot!("undo", repository.shown(&["sync", "--undo", "last", "--yes"], &api));
    repository.run(&["diff", "--exit-code"]).exits(10);
    repository.run(&["sync", "--undo", "last", "--yes"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
    insta::assert_snapshot!("undo_unknown", repository.shown(&["sync", "--undo", "01J", "--yes"], &api));
}

#[test]
fn what_changed_again_is_not_taken_back_unless_it_is_left_out() {
    let api = Api::start();
    let monitor = |path: &str| api.monitor("shop", path);
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &monitor("/1")),
        ("monitors/cart.yaml", &api.monitor("cart", "/1")),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/shop.yaml", &monitor("/2"));
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/2"));
    let second = repository.run(&["sync", "--yes"]);
    let output = String::from_utf8(second.stderr).expect("UTF-8");
    let run = output.trim().rsplit(' ').next().expect("a name").to_owned();
    repository.write("monitors/shop.yaml", &monitor("/3"));
    repository.run(&["sync", "--yes"]).exits(0);
    insta::assert_snapshot!("undo_refused", repository.shown(&["sync", "--undo", &run, "--yes"], &api));
    let args = ["sync", "--undo", &run, "--yes", "--only", "!shop"];
    insta::assert_snapshot!("undo_in_part", repository.shown(&args, &api));
}

#[test]
fn only_what_was_reviewed_is_applied() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    let reviewed = repository.run(&["diff", "--format", "json"]).stdout;
    let json: Value = serde_json::from_slice(&reviewed).expect("JSON");
    let digest = json["digest"].as_str().expect("a digest");
    repository.write("plan.json", &String::from_utf8(reviewed).expect("UTF-8"));
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/other"));
    insta::assert_snapshot!("plan_stale", repository.shown(&["sync", "--plan", "plan.json", "--yes"], &api));
    repository.run(&["sync", "--expect-plan", digest, "--yes"]).exits(6);
    repository.run(&["sync", "--expect-plan", &digest[..20], "--yes"]).exits(2);
    repository.run(&["sync", "--plan", "monitorctl.yaml", "--yes"]).exits(2);
    repository.remove("monitors/cart.yaml");
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/shop"));
    repository.run(&["sync", "--plan", "plan.json", "--yes"]).exits(0);
    // A job that runs twice is done.
    repository.run(&["sync", "--plan", "plan.json", "--yes"]).exits(0);
    repository.run(&["sync", "--expect-plan", digest, "--yes"]).exits(0);
    repository.run(&["sync", "--expect-plan", digest, "--undo", "last"]).exits(2);
}

#[test]
fn targeting_is_said() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
        ("monitors/cart.yaml", &api.monitor("cart", "/cart")),
    ]);
    insta::assert_snapshot!("only", repository.shown(&["sync", "--only", "shop", "--yes"], &api));
}

/// Six monitors, four of which are gone from the files after they were synced.
fn losing() -> Repository {
    let repository = Repository::new(&[("monitors/all.yaml", &many(6))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/all.yaml", &many(2));
    repository
}

#[test]
fn the_command_that_allows_a_plan_allows_that_one_only_and_from_where_it_was_asked() {
    let repository = losing();
    let folder = repository.path("").display().to_string();
    let elsewhere = Repository::new(&[]);
    let run =
        |args: &[&str]| elsewhere.command(args).env_remove("MONITORCTL_STORE").output().expect("it runs");
    let refused = run(&["-C", &folder, "sync", "--store", "embedded:.monitorctl/store.db", "--yes"]);
    assert_eq!(refused.status.code(), Some(5));
    let output = String::from_utf8(refused.stdout).expect("UTF-8");
    let command = output.lines().find_map(|line| line.strip_prefix("To allow exactly that: monitorctl "));
    let mut args: Vec<_> = command.expect("a command").split(' ').collect();
    args.push("--yes");
    repository.write("monitors/all.yaml", &many(2).replace("api.example/1", "api.example/other"));
    assert_eq!(run(&args).status.code(), Some(6), "another plan with as many losses");
    repository.write("monitors/all.yaml", &many(2));
    assert_eq!(run(&args).status.code(), Some(0), "{args:?}");
}

#[test]
fn the_summary_of_a_job_says_what_became_of_the_plan() {
    let repository = losing();
    let run = |args: &[&str]| {
        repository.write("summary", "");
        let mut command = repository.command(args);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", "summary")
            .output()
            .expect("it runs");
        let summary = repository.read("summary");
        let (plan, outcome) = summary.split_once("### Outcome: ").expect("an outcome");
        assert!(plan.starts_with("<!-- monitorctl:diff ") || plan.is_empty(), "{plan}");
        outcome.to_owned()
    };
    let refused = run(&["sync", "--yes"]);
    assert!(refused.starts_with("incomplete (exit code 5)\n"), "{refused}");
    assert!(refused.contains("error: the plan was refused for 1 reason; nothing was written"), "{refused}");
    let unconfirmed = run(&["sync", "--allow-loss", "4"]);
    assert!(
        unconfirmed.contains("(exit code 8)\n") && unconfirmed.contains("nothing was written"),
        "{unconfirmed}"
    );
    let stale = run(&["sync", "--yes", "--expect-plan", &format!("sha256:{}", "0".repeat(64))]);
    assert!(
        stale.contains("(exit code 6)\n") && stale.contains("error: this is not the reviewed plan"),
        "{stale}"
    );
    let done = run(&["sync", "--yes", "--allow-loss", "4"]);
    assert!(done.starts_with("done\n") && done.contains("\napplied 4 changes; "), "{done}");
    assert!(done.contains("; undo: monitorctl sync --undo ") && !done.contains('\u{1b}'), "{done}");
    assert!(run(&["sync", "--yes"]).contains("nothing to do"));
}

#[test]
fn what_an_undo_leaves_is_said_only_where_it_is_not_refused() {
    let repository = Repository::new(&[("monitors/all.yaml", &many(1))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/all.yaml", &many(6));
    repository.run(&["sync", "--yes"]).exits(0);
    let output = |args: &[&str], code| {
        let run = repository.run(args);
        run.exits(code);
        String::from_utf8(run.stderr).expect("UTF-8").contains("the files still contain the undone change")
    };
    assert!(!output(&["sync", "--undo", "last", "--yes"], 5));
    assert!(output(&["sync", "--undo", "last", "--yes", "--allow-loss", "5"], 0));
}

/// A full disk is a reason to look whether anything was done.
#[cfg(target_os = "linux")]
#[test]
fn a_plan_that_cannot_be_shown_is_not_applied_and_that_is_said() {
    let repository = Repository::new(&[("monitors/all.yaml", &many(1))]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let output = repository.command(&["sync", "--yes"]).stdout(full).output().expect("it runs");
    let output = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.contains("error: cannot print: ") && output.contains("; nothing was written"), "{output}");
    repository.run(&["diff", "--exit-code"]).exits(10);
}

#[test]
fn two_formats_never_meet_in_one_file_whatever_it_is_called() {
    let repository = Repository::new(&[("monitors/all.yaml", &many(1))]);
    let folder = repository.path("").display().to_string();
    for other in ["./p.json", "monitors/../p.json", &format!("{folder}/p.json")] {
        let run = repository.run(&["diff", "-o", "json=p.json", "-o", &format!("markdown={other}")]);
        run.exits(2);
        let output = String::from_utf8(run.stderr).expect("UTF-8");
        assert!(output.contains("cannot write two formats to "), "{output}");
    }
    repository.run(&["diff", "-o", "json=-"]).exits(2);
    let left = repository.files(".").into_iter().filter(|path| path.display().to_string().contains("p.json"));
    assert_eq!(left.count() + usize::from(repository.path("-").exists()), 0);
    repository.run(&["diff", "-o", "json=/dev/null", "-o", "markdown=/dev/null"]).exits(0);
}

/// What the workflow runs for a fork: nothing is named that needs credentials.
#[test]
fn a_job_without_a_table_compares_the_files_with_those_of_the_base() {
    let repository = Repository::new(&[("monitors/all.yaml", &many(2))]);
    repository.commit();
    repository.git(&["branch", "base"]);
    repository.write("monitors/all.yaml", &many(3));
    repository.commit();
    let run = |args: &[&str]| {
        let mut command = repository.command(args);
        command.env_remove("MONITORCTL_STORE").env("CI", "true").env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_STEP_SUMMARY", "summary").output().expect("it runs")
    };
    let output = run(&["diff", "--offline", "--base", "base", "--format", "github"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(repository.read("summary").contains("### monitorctl: 1 to add"));
    assert_eq!(run(&["diff"]).status.code(), Some(2), "a store has to be named");
}
