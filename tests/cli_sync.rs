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
    assert!(repository.read("summary").contains("<h3>monitorctl: 1 to add</h3>"));
    assert_eq!(run(&["diff"]).status.code(), Some(2), "a store has to be named");
}

#[test]
fn a_plan_is_written_in_several_formats_at_once() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    let formats = ["-o", "json=plan.json", "-o", "markdown=plan.md", "--output", "github=plan.txt"];
    for command in [vec!["diff"], vec!["sync", "--yes"]] {
        repository.run(&[command, formats.to_vec()].concat()).exits(0);
        let plan: Value = serde_json::from_str(&repository.read("plan.json")).expect("JSON");
        assert_eq!(plan["summary"]["creates"], 1);
        let page = repository.read("plan.md");
        assert!(page.starts_with("<!-- monitorctl:diff owner=acme/monitors env= -->\n"), "{page}");
        assert!(repository.read("plan.txt").starts_with("Plan: 1 to add"));
    }
}

#[test]
fn an_output_that_cannot_be_written_ends_sync_before_it_writes_anything() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes", "-o", "yaml=plan.yaml"]).exits(2);
    repository.run(&["sync", "--yes", "-o", "json"]).exits(2);
    repository.run(&["sync", "--yes", "-o", "json=a", "-o", "text=a"]).exits(2);
    repository.run(&["sync", "--yes", "-o", "json=missing/plan.json"]).exits(1);
    repository.run(&["sync", "--yes", "-o", "json=monitors"]).exits(1);
    repository.run(&["diff", "--exit-code"]).exits(10);
}

#[test]
fn a_job_on_github_gets_outputs_and_a_summary() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.write("outputs", "of=another step, without an end of line");
    let run = |args: &[&str]| {
        let mut command = repository.command(args);
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_OUTPUT", "outputs");
        command.env("GITHUB_STEP_SUMMARY", "summary").output().expect("it runs")
    };
    assert!(run(&["diff"]).status.success());
    let outputs = repository.read("outputs");
    let lines: Vec<_> = outputs.lines().collect();
    assert_eq!(
        lines[1..8],
        [
            "has_changes=true",
            "creates=1",
            "updates=0",
            "losses=0",
            "drift=0",
            "left_out=0",
            "approvable=false"
        ],
        "{outputs}"
    );
    assert!(
        lines[8].strip_prefix("plan_digest=sha256:").is_some_and(|digest| digest.len() == 64),
        "{outputs}"
    );
    assert_eq!(lines.len(), 9, "{outputs}");
    assert!(repository.read("summary").contains("<h3>monitorctl: 1 to add</h3>"));
    assert!(run(&["sync", "--yes"]).status.success());
    assert!(run(&["diff"]).status.success());
    assert!(repository.read("outputs").contains("\nhas_changes=false\n"));
}

// Trap 21: changes are not an error, and have a code of their own.
#[test]
fn pending_changes_have_an_exit_code_of_their_own() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["diff"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(10);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
    repository.run(&["diff", "--no-such-flag"]).exits(2);
}

#[test]
fn sync_without_a_confirmation_writes_nothing() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync"]).exits(8);
    repository.run(&["diff", "--exit-code"]).exits(10);
}

// Trap 12: half a catalog, or none, is never the order to remove the rest.
#[test]
fn a_faulty_or_empty_catalog_removes_nothing() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
        ("monitors/cart.yaml", &api.monitor("cart", "/cart")),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/cart.yaml", "id: cart\nurl: [");
    repository.run(&["sync", "--yes"]).exits(3);
    for nothing in ["", "# moved elsewhere\n", "---\n", "null\n"] {
        repository.write("monitors/cart.yaml", nothing);
        repository.run(&["sync", "--yes"]).exits(3);
    }
    repository.remove("monitors/cart.yaml");
    repository.remove("monitors/shop.yaml");
    repository.run(&["diff"]).exits(5);
    repository.run(&["sync", "--yes"]).exits(5);
    repository.remove("monitors");
    repository.run(&["sync", "--yes"]).exits(1);
    let status: Value =
        serde_json::from_slice(&repository.run(&["status", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(status["monitors"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_removed_file_removes_its_monitor() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
        ("monitors/cart.yaml", &api.monitor("cart", "/cart")),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.remove("monitors/cart.yaml");
    insta::assert_snapshot!("sync_removal", repository.shown(&["sync", "--yes"], &api));
    let run = repository.run(&["check", "--all", "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["monitors"].as_array().map(Vec::len), Some(1));
    // It can come back.
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
}

#[test]
fn sync_needs_an_owner_and_ci_needs_a_store() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    let in_ci = repository.command(&["diff"]).env("CI", "true").env_remove("MONITORCTL_STORE").output();
    let in_ci = in_ci.expect("it runs");
    assert_eq!(in_ci.status.code(), Some(2), "{}", String::from_utf8_lossy(&in_ci.stderr));
    repository.remove("monitorctl.yaml");
    repository.run(&["sync", "--yes"]).exits(3);
}
