//! The workflow that is shipped, from pull request to approval: its scripts run in their order, as its example calls
//! them, with git, the program and a table each for staging and prod.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects by unwrapping it")]
#![cfg(unix)]

mod expression;
mod gh;
mod hub;
mod yaml;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hub::{From, Hub, Run};

/// Writes a script that can be started.
fn write_program(path: &Path, script: &str) {
    std::fs::write(path, script).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a program");
}

/// A file of `n` monitors that are never probed.
fn many(n: usize) -> String {
    let monitors: Vec<_> = (0..n).map(|n| format!("id: m{n}\nurl: https://api.example/{n}\n")).collect();
    monitors.join("---\n")
}

/// Twelve monitors, of which two may go without an approval.
fn hub() -> Hub {
    Hub::new(&[("monitorctl.yaml", "owner: acme/monitors\n"), ("monitors/all.yaml", &many(12))])
}

/// The log of a job, which must have come out so.
fn log<'a>(run: &'a Run, job: &str, is_ok: bool) -> &'a str {
    let job = run.jobs.get(job).unwrap_or_else(|| panic!("{job} did not run: {run:#?}"));
    assert_eq!(job.is_ok, is_ok, "{}", job.log);
    &job.log
}

fn names(run: &Run) -> Vec<&str> {
    run.jobs.keys().map(String::as_str).collect()
}

/// The digest after these words.
fn digest<'a>(text: &'a str, words: &str) -> &'a str {
    let (_, after) = text.split_once(words).unwrap_or_else(|| panic!("no {words:?} in {text}"));
    let length = "sha256:".len() + 64;
    after
        .get(..length)
        .filter(|digest| digest.starts_with("sha256:"))
        .unwrap_or_else(|| panic!("no digest: {after}"))
}

#[test]
fn a_pull_request_has_a_comment_for_each_environment_which_is_kept_up_to_date() {
    let hub = hub();
    let (number, run) = hub.open(From::Branch, &[("monitors/all.yaml", &many(13))]);
    assert_eq!(names(&run), ["prod/diff", "prod/validate", "staging/diff", "staging/validate"]);
    for environment in ["staging", "prod"] {
        log(&run, &format!("{environment}/validate"), true);
        log(&run, &format!("{environment}/diff"), true);
        let job = &run.jobs[&format!("{environment}/diff")];
        assert_eq!(job.roles, [format!("arn:aws:iam::123456789012:role/monitorctl-{environment}-diff")]);
        assert!(job.summary.contains("1 to add"), "{}", job.summary);
    }
    let comments = hub.comments();
    assert_eq!(comments.len(), 2);
    for (comment, environment) in comments.iter().zip(["staging", "prod"]) {
        let body = &comment.body;
        assert!(body.starts_with(&format!("<!-- monitorctl:plan {environment}-. -->\n")), "{body}");
        assert!(
            body.contains(&format!("env <code>{environment}</code>")) && body.contains("1 to add"),
            "{body}"
        );
    }
    hub.update(number, &[("monitors/all.yaml", &many(14))]);
    assert!(hub.comments().iter().all(|comment| comment.body.contains("2 to add")));
    // Nothing is left to change: what is there says so.
    let run = hub.update(number, &[("monitors/all.yaml", &format!("# all of them\n{}", many(12)))]);
    log(&run, "prod/diff", true);
    let says_so = |body: &str| {
        body.contains("</code>: No changes: 12 monitors are up to date</h3>")
            && body.contains("</code> changes nothing.</p>")
    };
    assert!(hub.comments().iter().all(|comment| says_so(&comment.body)), "{:?}", hub.comments());
    // GitHub takes 65,536 characters.
    hub.update(number, &[("monitors/all.yaml", &many(512))]);
    for comment in hub.comments() {
        assert!(comment.body.contains("500 to add") && comment.body.len() < 65_536, "{}", comment.body);
    }
    // Files with a fault have no plan.
    let run = hub.update(number, &[("monitors/all.yaml", "id: m0\n")]);
    log(&run, "staging/validate", false);
    log(&run, "prod/diff", false);
    assert!(hub.comments().iter().all(|comment| comment.body.contains("in the files</h3>")));
    assert_eq!(hub.comments().len(), 2);
}

#[test]
fn a_pull_request_that_changes_no_monitor_has_no_comment() {
    let hub = hub();
    let (_, run) = hub.open(From::Branch, &[("monitors/all.yaml", &format!("# all of them\n{}", many(12)))]);
    log(&run, "prod/diff", true);
    assert!(hub.comments().is_empty(), "{:?}", hub.comments());
}

#[test]
fn a_fork_gets_a_plan_of_the_files_and_no_credentials() {
    let hub = hub();
    let (number, run) = hub.open(From::Fork, &[("monitors/all.yaml", &many(11))]);
    assert_eq!(names(&run), ["prod/validate", "staging/validate"]);
    for job in run.jobs.values() {
        assert!(job.is_ok && job.roles.is_empty() && job.summary.contains("1 to remove"), "{job:#?}");
    }
    assert!(hub.comments().is_empty());
    // What was not reviewed with its table is not applied by its merge.
    let said = log(&hub.merge(number), "staging/sync", false).to_owned();
    assert!(said.contains("::notice::no reviewed plan was found"), "{said}");
    assert!(said.contains("no review of this plan is known; it removes or disables 1 monitor"), "{said}");
}

#[test]
fn a_merge_applies_the_reviewed_plan_to_staging_and_then_to_prod() {
    let hub = hub();
    let (number, _) = hub.open(From::Branch, &[("monitors/all.yaml", &many(11))]);
    let run = hub.merge(number);
    assert_eq!(names(&run), ["prod/sync", "prod/validate", "staging/sync", "staging/validate"]);
    for environment in ["staging", "prod"] {
        let said = log(&run, &format!("{environment}/sync"), true);
        assert!(said.contains("reviewed at ") && said.contains("applied 1 change; "), "{said}");
        let job = &run.jobs[&format!("{environment}/sync")];
        assert_eq!(job.roles, [format!("arn:aws:iam::123456789012:role/monitorctl-{environment}-sync")]);
    }
}

#[test]
fn a_plan_without_a_risk_is_applied_wherever_main_has_moved() {
    let hub = hub();
    let (number, _) =
        hub.open(From::Branch, &[("monitors/more.yaml", "id: more\nurl: https://api.example/\n")]);
    hub.change_main(&[("monitors/other.yaml", "id: other\nurl: https://api.example/\n")]);
    let said = log(&hub.merge(number), "prod/sync", true).to_owned();
    assert!(said.contains("applied 1 change; "), "{said}");
}

#[test]
fn a_plan_with_a_risk_needs_an_approval_where_main_has_moved() {
    let hub = hub();
    let (first, _) = hub.open(From::Branch, &[("monitors/all.yaml", &many(11))]);
    let (second, _) =
        hub.open(From::Branch, &[("monitors/more.yaml", "id: more\nurl: https://api.example/\n")]);
    let moved = &[("monitors/more.yaml", "id: more\nurl: https://api.example/other\n")];
    // Both are merged before one is synced, as where a queue drops a job.
    let refused = {
        hub.merge_unsynced(second);
        hub.merge(first)
    };
    let said = log(&refused, "staging/sync", false);
    assert!(
        said.contains("error: main has moved since the review, so this is not the reviewed plan"),
        "{said}"
    );
    assert_eq!(names(&refused), ["staging/sync", "staging/validate"], "prod is not reached");
    let approved = digest(said, "with the input `approve`: ").to_owned();
    // Main moves on: that approval is of another plan.
    log(&hub.change_main(moved), "staging/sync", false);
    let said = log(&hub.dispatch("staging", &approved), "staging/sync", false).to_owned();
    assert!(said.contains("this is not the reviewed plan"), "{said}");
    // A reviewer of the next change sees what was merged and not applied, and decides on that as well.
    let (third, _) =
        hub.open(From::Branch, &[("monitors/last.yaml", "id: last\nurl: https://api.example/\n")]);
    assert!(log(&hub.merge(third), "prod/sync", true).contains("applied 3 changes; "));
}

#[test]
fn a_refused_plan_is_approved_by_its_digest_in_one_environment_after_the_other() {
    let hub = hub();
    let (number, run) = hub.open(From::Branch, &[("monitors/all.yaml", &many(6))]);
    log(&run, "prod/diff", false);
    let comments = hub.comments();
    for (comment, environment) in comments.iter().zip(["staging", "prod"]) {
        let how = format!(
            "run the workflow with the digest above as <code>approve</code> and <code>{environment}</code> as <code>environment</code>."
        );
        assert!(comment.body.contains(&how), "{}", comment.body);
    }
    let reviewed = digest(&comments[1].body, "Plan <code>").to_owned();
    let refused = hub.merge(number);
    let said = log(&refused, "staging/sync", false);
    assert!(said.contains("error: the plan was refused for 1 reason"), "{said}");
    let approve = digest(said, "with the input `approve`: ");
    assert_eq!(approve, reviewed, "both tables are the same here");
    let run = hub.dispatch("staging", approve);
    let said = log(&run, "staging/sync", true);
    assert!(said.contains("applied 6 changes; ") && said.contains("approved by octocat"), "{said}");
    assert!(run.jobs["staging/sync"].summary.contains("approved by octocat"));
    // What is approved for staging is not for prod.
    let approve = digest(log(&run, "prod/sync", false), "with the input `approve`: ");
    let run = hub.dispatch("prod", approve);
    assert!(log(&run, "prod/sync", true).contains("approved by octocat"));
    log(&hub.dispatch("prod", ""), "prod/sync", true);
}

#[test]
fn errors_of_files_stand_in_the_comment_with_their_places() {
    let hub = hub();
    let broken = format!("{}---\nid: odd\nurl: https://api.example/odd\ninterval: often\n", many(12));
    let (number, run) = hub.open(From::Branch, &[("monitors/all.yaml", &broken)]);
    log(&run, "prod/diff", false);
    for comment in hub.comments() {
        assert!(comment.body.contains("1 error in the files</h3>"), "{}", comment.body);
        assert!(comment.body.contains("\nmonitors/all.yaml:39:11: "), "{}", comment.body);
        assert!(comment.body.contains("<p>There is no plan of <code>"), "{}", comment.body);
    }
    hub.update(number, &[("monitors/all.yaml", &many(13))]);
    assert!(hub.comments().iter().all(|comment| !comment.body.contains("in the files")));
}

#[test]
fn a_refusal_that_no_digest_approves_is_not_said_to_have_one() {
    let protected = "---\nid: kept\nurl: https://api.example/kept\nprotect: true\n";
    let all = format!("{}{protected}", many(12));
    let hub = Hub::new(&[("monitorctl.yaml", "owner: acme/monitors\n"), ("monitors/all.yaml", &all)]);
    let (_, run) = hub.open(From::Branch, &[("monitors/all.yaml", &many(12))]);
    log(&run, "prod/diff", false);
    for comment in hub.comments() {
        let body = comment.body;
        assert!(body.contains("kept is protected") && body.contains("no digest can approve it"), "{body}");
        assert!(!body.contains("with the digest above"), "{body}");
    }
}

/// Two services of a monorepo, with settings that are not at its top.
fn monorepo() -> Hub {
    // The tables of the example.
    let settings = "owner: acme/platform
folders: [services/*/monitors]
environments:
  staging: {tables: {config: staging_api_health_configs}}
  prod: {tables: {config: prod_api_health_configs}}
";
    let service = |name: &str| many(12).replace("id: m", &format!("id: {name}-"));
    Hub::of_monorepo(
        "platform",
        &["platform/services/*/monitors/**", "platform/monitorctl.yaml"],
        &[
            ("README.md", "# shop\n"),
            ("platform/monitorctl.yaml", settings),
            ("platform/services/payments/monitors/all.yaml", &service("pay")),
            ("platform/services/search/monitors/all.yaml", &service("search")),
            ("platform/services/search/monitors/defaults.yaml", "interval: 2m\n"),
            ("platform/services/search/main.py", "print()\n"),
        ],
    )
}

#[test]
fn a_catalog_in_a_folder_has_a_comment_a_queue_and_paths_of_its_own() {
    let hub = monorepo();
    let slower = &[("platform/services/search/monitors/defaults.yaml", "interval: 10m\n")];
    let (number, run) = hub.open(From::Branch, slower);
    let said = log(&run, "prod/diff", false);
    assert!(said.contains("file=platform/services/search/monitors/"), "{said}");
    assert!(!said.contains("file=services/"), "{said}");
    let comments = hub.comments();
    let marks: Vec<_> = comments.iter().filter_map(|comment| comment.body.lines().next()).collect();
    assert_eq!(
        marks,
        ["<!-- monitorctl:plan staging-platform -->", "<!-- monitorctl:plan prod-platform -->"]
    );
    let queues: Vec<_> =
        run.jobs.values().map(|job| job.queue.as_str()).filter(|queue| !queue.is_empty()).collect();
    assert_eq!(queues, ["monitorctl-diff-1-prod-platform", "monitorctl-diff-1-staging-platform"]);
    // A refused plan, approved in one environment after the other.
    let refused = hub.merge(number);
    assert_eq!(refused.jobs["staging/sync"].queue, "monitorctl-sync-staging-platform");
    let approve = digest(log(&refused, "staging/sync", false), "with the input `approve`: ").to_owned();
    let run = hub.dispatch("staging", &approve);
    assert!(log(&run, "staging/sync", true).contains("approved by octocat"));
    let approve = digest(log(&run, "prod/sync", false), "with the input `approve`: ").to_owned();
    assert!(log(&hub.dispatch("prod", &approve), "prod/sync", true).contains("applied 12 changes; "));
    // A fault has its place in the repository as well.
    let (_, run) = hub.open(From::Branch, &[("platform/services/payments/monitors/bad.yaml", "id: bad\n")]);
    let said = log(&run, "prod/validate", false);
    assert!(said.contains("::error file=platform/services/payments/monitors/bad.yaml,line=1,"), "{said}");
}

#[test]
fn a_change_of_other_files_runs_nothing() {
    let hub = monorepo();
    let (number, run) =
        hub.open(From::Branch, &[("README.md", "# Shop\n"), ("platform/services/search/main.py", "x\n")]);
    assert_eq!(names(&run), Vec::<&str>::new());
    assert_eq!(names(&hub.merge(number)), Vec::<&str>::new());
    let run =
        hub.change_main(&[("platform/services/new/monitors/a.yaml", "id: a\nurl: https://api.example/\n")]);
    assert!(log(&run, "prod/sync", true).contains("applied 1 change; "));
}

#[test]
fn the_action_takes_environment_folder_and_approval_as_the_workflow_does() {
    let hub = monorepo();
    let act = |command: &str, approve: &str| {
        hub.act(&serde_json::json!({
            "command": command, "environment": "staging", "working-directory": "platform", "approve": approve,
        }))
    };
    let said = act("validate", "").log;
    assert!(said.contains("24 monitors are valid"), "{said}");
    hub.merge_unsynced(
        hub.open(
            From::Branch,
            &[("platform/services/search/monitors/all.yaml", "id: x\nurl: https://api.example/\n")],
        )
        .0,
    );
    let diff = act("diff", "");
    assert!(!diff.is_ok && diff.log.contains("12 to remove"), "{}", diff.log);
    let refused = act("sync", "");
    assert!(!refused.is_ok, "{}", refused.log);
    let approve = digest(&refused.log, "with the input `approve`: ").to_owned();
    let approved = act("sync", &approve);
    assert!(approved.is_ok && approved.log.contains("approved by octocat"), "{}", approved.log);
    assert!(!act("remove", "").is_ok);
}

#[test]
fn an_artifact_of_a_fork_is_no_review() {
    let hub = hub();
    let (number, run) = hub.open(From::Branch, &[("monitors/all.yaml", &many(11))]);
    log(&run, "staging/diff", true);
    hub.make_runs_of_a_fork();
    let said = log(&hub.merge(number), "staging/sync", false).to_owned();
    assert!(said.contains("no review of this plan is known"), "{said}");
}
