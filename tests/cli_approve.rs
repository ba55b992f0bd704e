//! Reviewed before the merge, and approved after it: what `sync` does in a workflow.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "only the repository is used here")]
mod support;

use std::process::Output;

use serde_json::Value;
use support::Repository;

/// A file of `n` monitors that are never probed.
fn many(n: usize) -> String {
    let monitors: Vec<_> = (0..n).map(|n| format!("id: m{n}\nurl: http://api.example/{n}\n")).collect();
    monitors.join("---\n")
}

/// So many monitors, synced.
fn synced(monitors: usize) -> Repository {
    let repository = Repository::new(&[("monitors/all.yaml", &many(monitors))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

/// The digest of the plan of now.
fn digest(repository: &Repository) -> String {
    let json = repository.run(&["diff", "--format", "json"]).stdout;
    let plan: Value = serde_json::from_slice(&json).expect("JSON");
    plan["digest"].as_str().expect("a digest").to_owned()
}

/// A run in a workflow, and what it says on standard error.
fn job(repository: &Repository, args: &[&str], code: i32) -> String {
    let mut command = repository.command(args);
    command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_ACTOR", "octocat");
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let said = String::from_utf8(stderr).expect("UTF-8");
    assert_eq!(status.code(), Some(code), "{args:?}\n{}\n{said}", String::from_utf8_lossy(&stdout));
    said
}

#[test]
fn only_a_plan_with_a_risk_has_to_be_the_reviewed_one() {
    let repository = synced(6);
    let reviewed = {
        repository.write("monitors/all.yaml", &many(5));
        digest(&repository)
    };
    // Main moves: another monitor goes as well.
    repository.write("monitors/all.yaml", &many(4));
    let said = job(&repository, &["sync", "--yes", "--reviewed", &reviewed], 5);
    let expected = "error: main has moved since the review, so this is not the reviewed plan; it removes or disables \
                    2 monitors; nothing was written";
    assert!(said.contains(expected), "{said}");
    let now = digest(&repository);
    let command = format!("to approve exactly this plan: monitorctl sync --expect-plan {now} --approve");
    assert!(said.contains(&command), "{said}");
    assert!(said.contains(&format!("on GitHub, run the workflow with the input `approve`: {now}")), "{said}");
    for unknown in [&["sync", "--yes", "--reviewed", ""][..], &["sync", "--yes", "--reviewed"]] {
        let said = job(&repository, unknown, 5);
        assert!(
            said.contains("no review of this plan is known; it removes or disables 2 monitors"),
            "{said}"
        );
    }
    // Without a risk any plan goes, and with one the reviewed plan does.
    repository.write("monitors/all.yaml", &many(7));
    job(&repository, &["sync", "--yes", "--reviewed", &reviewed], 0);
    repository.write("monitors/all.yaml", &many(5));
    let reviewed = digest(&repository);
    job(&repository, &["sync", "--yes", "--reviewed", &reviewed], 0);
    assert!(job(&repository, &["sync", "--yes", "--reviewed="], 0).is_empty(), "nothing to do");
    job(&repository, &["sync", "--yes", "--reviewed", "sha256:1"], 2);
    job(&repository, &["sync", "--yes", "--reviewed", &reviewed, "--expect-plan", &reviewed], 2);
}

#[test]
fn the_safety_limits_hold_for_a_reviewed_plan_until_it_is_approved() {
    let repository = synced(6);
    repository.write("monitors/all.yaml", &many(2));
    let reviewed = digest(&repository);
    let said = job(&repository, &["sync", "--yes", "--reviewed", &reviewed], 5);
    assert!(said.contains("error: the plan was refused for 1 reason; nothing was written"), "{said}");
    let command = format!(
        "to approve exactly this plan (--allow-loss 4): monitorctl sync --expect-plan {reviewed} --approve"
    );
    assert!(said.contains(&command), "{said}");
    // Another plan with as many losses is not the approved one.
    repository.write("monitors/all.yaml", &many(2).replace("api.example/1", "api.example/other"));
    job(&repository, &["sync", "--yes", "--expect-plan", &reviewed, "--approve"], 6);
    repository.write("monitors/all.yaml", &many(2));
    let said = job(&repository, &["sync", "--yes", "--expect-plan", &reviewed, "--approve"], 0);
    assert!(said.contains("applied 4 changes; ") && said.contains("approved by octocat"), "{said}");
    let runs = job(&repository, &["sync", "--undo", "01J", "--yes"], 2);
    assert!(runs.contains(", approved by octocat"), "{runs}");
    // A job that runs twice is done.
    job(&repository, &["sync", "--yes", "--expect-plan", &reviewed, "--approve"], 0);
}

#[test]
fn an_approval_names_its_plan_and_who_gave_it() {
    let repository = synced(6);
    repository.write("monitors/all.yaml", &many(2));
    let digest = digest(&repository);
    let said = job(&repository, &["sync", "--yes", "--approve"], 2);
    assert!(said.contains("error: --approve needs the digest of the plan that it approves"), "{said}");
    assert!(said.contains("--expect-plan sha256:… --approve"), "{said}");
    job(&repository, &["sync", "--yes", "--expect-plan", &digest, "--approve", "--allow-loss", "4"], 2);
    let long = format!("--approve={}", "x".repeat(101));
    job(&repository, &["sync", "--yes", "--expect-plan", &digest, &long], 2);
    let said = job(&repository, &["sync", "--yes", "--expect-plan", &digest, "--approve=jane"], 0);
    assert!(said.contains("approved by jane"), "{said}");
}

#[test]
fn what_nothing_allows_is_not_approved_either() {
    let protected = many(3).replace("id: m0\n", "id: m0\nprotect: true\n");
    let repository = Repository::new(&[("monitors/all.yaml", &protected)]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/all.yaml", "id: m1\nurl: http://api.example/1\n");
    let approved = digest(&repository);
    let said = job(&repository, &["sync", "--yes", "--expect-plan", &approved, "--approve"], 5);
    assert!(!said.contains("to approve"), "{said}");
    repository.write("monitors/bad.yaml", "id: bad\n");
    job(&repository, &["sync", "--yes", "--expect-plan", &approved, "--approve"], 3);
}

#[test]
fn a_monitor_of_another_owner_is_taken_over_by_the_digest_that_named_it() {
    let repository = synced(1);
    repository.write("monitorctl.yaml", "owner: acme/platform\n");
    let before = digest(&repository);
    let said = job(&repository, &["sync", "--yes", "--reviewed", &before], 5);
    assert!(said.contains("to approve exactly this plan: "), "{said}");
    repository.write("monitors/all.yaml", &many(1).replace("example/0", "example/other"));
    job(&repository, &["sync", "--yes", "--expect-plan", &before, "--approve"], 6);
    repository.write("monitors/all.yaml", &many(1));
    let said = job(&repository, &["sync", "--yes", "--expect-plan", &before, "--approve"], 0);
    assert!(said.contains("applied 1 change; "), "{said}");
    repository.run(&["diff", "--exit-code"]).exits(0);
    let doctor = String::from_utf8(repository.run(&["doctor"]).stdout).expect("UTF-8");
    assert!(doctor.contains("last sync 2") && doctor.contains(", approved by octocat"), "{doctor}");
    assert!(doctor.contains("none of acme/monitors, which synced here before"), "{doctor}");
}

#[test]
fn monitors_that_are_taken_over_weaker_need_no_second_approval() {
    let repository = synced(6);
    repository.write("monitorctl.yaml", "owner: acme/platform\n");
    let weaker = many(6).replace("\nurl:", "\ninterval: 1h\nurl:");
    repository.write("monitors/all.yaml", &weaker);
    let plan = digest(&repository);
    job(&repository, &["sync", "--yes", "--reviewed", &plan], 5);
    let said = job(&repository, &["sync", "--yes", "--expect-plan", &plan, "--approve"], 0);
    assert!(said.contains("applied 6 changes; ") && said.contains("approved by octocat"), "{said}");
}

#[test]
fn an_owner_takes_a_new_name_with_all_its_monitors() {
    let repository = synced(6);
    repository.write("monitorctl.yaml", "owner: acme/platform\n");
    repository.run(&["sync", "--yes"]).exits(5);
    let unknown = job(&repository, &["sync", "--yes", "--rename-owner", "acme/other"], 2);
    assert!(unknown.contains("the owner acme/other has no monitor in the table"), "{unknown}");
    assert!(unknown.contains("the table has monitors of acme/monitors (6 monitors)"), "{unknown}");
    repository.run(&["sync", "--yes", "--rename-owner", "acme/platform"]).exits(2);
    repository.write("monitors/all.yaml", &many(3));
    repository.run(&["sync", "--yes", "--rename-owner", "acme/monitors"]).exits(5);
    repository.write("monitors/all.yaml", &many(6));
    let plan = repository.run(&["diff", "--rename-owner", "acme/monitors"]);
    plan.exits(0);
    let shown = String::from_utf8(plan.stdout).expect("UTF-8");
    assert!(shown.contains("acme/monitors gives 6 monitors to acme/platform"), "{shown}");
    assert!(shown.contains("Monitors active: 6."), "{shown}");
    repository.run(&["sync", "--yes", "--rename-owner", "acme/monitors"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
    let doctor = repository.run(&["doctor"]).stdout;
    let doctor = String::from_utf8(doctor).expect("UTF-8");
    assert!(doctor.contains("monitors in the table: 6 of acme/platform"), "{doctor}");
}

#[test]
fn a_selector_takes_over_a_part_of_what_another_owner_has() {
    let repository = synced(3);
    repository.write("monitorctl.yaml", "owner: acme/platform\n");
    repository.write("monitors/all.yaml", &many(2));
    let said = job(&repository, &["sync", "--yes", "--take-over", "acme/monitors:x*"], 2);
    assert!(said.contains("--take-over acme/monitors: no monitor matches x*"), "{said}");
    job(&repository, &["sync", "--yes", "--take-over", "acme/monitors"], 2);
    let said = job(&repository, &["sync", "--yes", "--take-over", "acme/monitors:m*"], 0);
    assert!(said.contains("applied 2 changes; "), "{said}");
    let doctor = String::from_utf8(repository.run(&["doctor"]).stdout).expect("UTF-8");
    assert!(doctor.contains("2 of acme/platform, 1 of acme/monitors"), "{doctor}");
}
