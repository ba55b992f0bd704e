//! `diff` as it is typed: against the table, against a commit, with a probe, and one field explained.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use support::{Api, Repository};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Two commits: a monitor, and a change of it with a second one.
fn changed(api: &Api) -> Repository {
    let defaults = "interval: 4m\n";
    let repository = Repository::new(&[
        ("monitors/defaults.yaml", defaults),
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
    ]);
    repository.commit();
    repository.write("monitors/shop.yaml", &format!("{}timeout: 5s\n", api.monitor("shop", "/shop")));
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.commit();
    repository
}

#[test]
fn without_credentials_files_are_compared_with_those_of_a_commit() {
    let api = Api::start();
    let repository = changed(&api);
    let run = repository.run(&["diff", "--offline", "--base", "main~1", "--exit-code"]);
    run.exits(10);
    let shown = text(&run.stdout);
    assert!(shown.contains("~ shop") && shown.contains("+ cart") && shown.contains("timeout"), "{shown}");
    // Nothing was opened, so nothing was made.
    assert!(
        !repository.files(".").iter().any(|path| path.ends_with(".monitorctl")),
        "{:?}",
        repository.files(".")
    );
    repository.run(&["diff", "--offline", "--base", "main", "--exit-code"]).exits(0);
    let unknown = repository.run(&["diff", "--offline", "--base", "nowhere"]);
    unknown.exits(2);
    assert!(text(&unknown.stderr).contains("no commit \"nowhere\" here"), "{}", text(&unknown.stderr));
    repository.run(&["diff", "--offline"]).exits(2);
}

#[test]
fn a_base_that_someone_named_and_is_not_there_is_an_error() {
    let api = Api::start();
    let repository = changed(&api);
    for args in [&["diff", "--base", "nope"][..], &["sync", "--yes", "--base", "nope"]] {
        let run = repository.run(args);
        run.exits(2);
        assert!(text(&run.stderr).contains("no commit \"nope\" here"), "{}", text(&run.stderr));
    }
    // The base of a pull request is only guessed.
    let mut guessed = repository.command(&["diff"]);
    let guessed = guessed.env("GITHUB_BASE_REF", "nope").output().expect("it runs");
    let shown = text(&guessed.stdout);
    assert!(
        guessed.status.success() && shown.contains("\"origin/nope\" here: the causes of changes are unknown"),
        "{shown}"
    );
}

#[test]
fn where_git_fails_an_older_commit_is_not_let_through() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.git(&["checkout", "-q", "HEAD~1"]);
    repository.run(&["sync", "--yes"]).exits(5);
    let mut foreign = repository.command(&["sync", "--yes"]);
    let foreign = foreign.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").output().expect("it runs");
    let shown = text(&foreign.stdout);
    assert_eq!(foreign.status.code(), Some(5), "{shown}");
    assert!(shown.contains("detected dubious ownership") && shown.contains("safe.directory"), "{shown}");
    assert!(!shown.contains("not in a git repository"), "{shown}");
    let head = repository.read(".git/HEAD");
    repository.write(".git/HEAD", "junk");
    repository.run(&["sync", "--yes"]).exits(5);
    repository.write(".git/HEAD", &head);
    repository.git(&["checkout", "-q", "--orphan", "unborn"]);
    let unborn = repository.run(&["sync", "--yes"]);
    unborn.exits(5);
    assert!(text(&unborn.stdout).contains("no commit is checked out"), "{}", text(&unborn.stdout));
}

/// The commit that the table names for a monitor.
fn applied(repository: &Repository, id: &str) -> String {
    let shown = text(&repository.run(&["diff", "--explain", &format!("{id}.url")]).stdout);
    let (_, rest) = shown.split_once("commit ").expect("the table names a commit");
    rest.split([' ', ',', '\n']).next().unwrap_or_default().to_owned()
}

#[test]
fn the_commit_that_is_judged_is_the_one_that_is_written_down() {
    let api = Api::start();
    let repository = changed(&api);
    let elsewhere = "0123456789abcdef0123456789abcdef01234567";
    let mut sync = repository.command(&["sync", "--yes"]);
    let sync = sync.env("GITHUB_SHA", elsewhere).output().expect("it runs");
    assert!(sync.status.success(), "{}", text(&sync.stderr));
    let commit = applied(&repository, "shop");
    assert!(repository.read(".git/refs/heads/main").starts_with(&commit), "{commit}");
    repository.run(&["diff", "--exit-code"]).exits(0);
}

#[test]
fn what_is_in_no_commit_is_not_written_down_as_one() {
    let api = Api::start();
    let repository = changed(&api);
    repository.write("monitorctl.yaml", "owner: acme/monitors\nenvironment: prod\n");
    repository.run(&["sync", "--yes"]).exits(0);
    assert!(applied(&repository, "shop").ends_with("-dirty"));
    repository.commit();
    // A copy beside the repository.
    let out = tempfile::tempdir().expect("a folder");
    std::fs::write(out.path().join("shop.yaml"), api.monitor("shop", "/copy")).expect("a file");
    let folder = out.path().to_str().expect("UTF-8");
    repository.run(&["sync", folder, "--yes"]).exits(0);
    assert!(applied(&repository, "shop").ends_with("-dirty"));
}

#[test]
fn no_one_is_accused_of_an_edit_that_no_one_made() {
    let api = Api::start();
    let repository = changed(&api);
    repository.write("shared/linked.yaml", &api.monitor("linked", "/linked"));
    let link = repository.path("monitors/linked.yaml");
    std::os::unix::fs::symlink("../shared/linked.yaml", link).expect("a link");
    repository.write(".gitignore", ".monitorctl/\nlocal.yaml\n");
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    let shown = |args: &[&str]| text(&repository.run(args).stdout);
    // Our own sync took it away, of a branch that is not merged.
    repository.git(&["checkout", "-q", "-b", "without"]);
    repository.remove("monitors/cart.yaml");
    repository.commit();
    repository.run(&["sync", "--yes", "--only", "cart"]).exits(0);
    repository.git(&["checkout", "-q", "main"]);
    let diff = shown(&["diff"]);
    assert!(diff.contains("+ cart") && !diff.contains("by hand"), "{diff}");
    // git ignores this one, and calls it unchanged.
    repository.write("monitors/local.yaml", &api.monitor("local", "/local"));
    let diff = shown(&["diff"]);
    assert!(diff.contains("+ local") && !diff.contains("by hand"), "{diff}");
    repository.remove("monitors/local.yaml");
    // The link is what it was; what it leads to is not.
    repository.write("shared/linked.yaml", &api.monitor("linked", "/v2"));
    assert!(shown(&["diff"]).contains("+ uncommitted"));
    repository.commit();
    let diff = shown(&["diff"]);
    assert!(
        diff.contains("~ linked") && !diff.contains("uncommitted") && !diff.contains("by hand"),
        "{diff}"
    );
    let offline = repository.run(&["diff", "--offline", "--base", "HEAD~1", "--exit-code"]);
    offline.exits(10);
    assert!(!text(&offline.stdout).contains("by hand"), "{}", text(&offline.stdout));
    repository.run(&["sync", "--yes"]).exits(0);
    assert!(shown(&["diff"]).contains("No changes"));
}

#[test]
fn a_clone_that_lacks_the_applied_commit_is_refused_until_the_order_is_known() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/newer"));
    repository.commit();
    let url = format!("file://{}", repository.path("").display());
    let store = format!("embedded:{}", repository.path(".monitorctl/store.db").display());
    repository.git(&["clone", "-q", "--depth", "1", &url, "shallow"]);
    let run = |args: &[&str]| {
        let mut command = repository.command(args);
        let output = command.current_dir(repository.path("shallow")).args(["--store", &store]);
        let output = output.output().expect("it runs");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, shown, _) = run(&["diff"]);
    assert_eq!(code, Some(5), "{shown}");
    let whole = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(whole.contains("is not in this clone, so this commit may be older"), "{shown}");
    assert!(shown.contains("git fetch --unshallow"), "{shown}");
    let unblocking = format!("monitorctl sync --store {store} --allow-rollback");
    assert!(shown.contains(&unblocking), "{shown}");
    let (code, shown, said) = run(&["sync", "--yes", "--allow-rollback"]);
    assert_eq!(code, Some(0), "{shown}{said}");
}

#[test]
fn a_new_monitor_that_takes_any_certificate_shows_it_and_is_no_loss() {
    let repository =
        Repository::new(&[("monitors/a.yaml", "id: a\nurl: https://a.example/\ntls: { insecure: true }\n")]);
    let shown = text(&repository.run(&["diff"]).stdout);
    assert!(
        shown.contains("tls.insecure  false (default) → true  weaker") && shown.contains("Safety limits: ok"),
        "{shown}"
    );
}

#[test]
fn what_was_synced_from_uncommitted_files_is_not_taken_for_the_commit() {
    let api = Api::start();
    let repository = changed(&api);
    repository.write("monitors/shop.yaml", &api.monitor("shop", "/uncommitted"));
    repository.run(&["sync", "--yes"]).exits(0);
    let shown = text(&repository.run(&["diff", "--explain", "shop.url"]).stdout);
    assert!(shown.contains("-dirty"), "{shown}");
    // The commit is known all the same, and its order.
    repository.git(&["checkout", "-q", "HEAD~1", "--", "monitors"]);
    repository.git(&["checkout", "-q", "-f", "HEAD~1"]);
    let refused = repository.run(&["diff"]);
    refused.exits(5);
    assert!(text(&refused.stdout).contains("is older than"), "{}", text(&refused.stdout));
}

#[test]
fn added_and_changed_monitors_are_probed_and_nothing_is_written() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/cart.yaml", &format!("{}timeout: 3s\n", api.monitor("cart", "/cart")));
    api.answer(503);
    let run = repository.run(&["diff", "--probe"]);
    run.exits(0);
    let shown = text(&run.stdout);
    assert!(shown.contains("1 of 1 added and changed monitor would be DOWN now"), "{shown}");
    assert!(shown.contains("HTTP 503, expected 200"), "{shown}");
    // No alert was sent, and no state was made.
    assert!(repository.alerts().is_empty());
    assert!(
        text(&repository.run(&["status"]).stdout).contains("NEW"),
        "{}",
        text(&repository.run(&["status"]).stdout)
    );
}

#[test]
fn a_field_is_explained_from_the_file_to_the_table() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/defaults.yaml", "interval: 6m\n");
    let explained = |field: &str| {
        let run = repository.run(&["diff", "--explain", field]);
        run.exits(0);
        text(&run.stdout)
    };
    let interval = explained("shop.interval");
    assert!(interval.contains("files    6m  monitors/defaults.yaml:1"), "{interval}");
    assert!(interval.contains("table    4m  commit "), "{interval}");
    assert!(interval.contains("default  2m"), "{interval}");
    let status = explained("shop.expect");
    assert!(status.contains("shop.expect.status") && status.contains("monitors/shop.yaml:3"), "{status}");
    repository.run(&["diff", "--explain", "shop.nothing"]).exits(2);
    repository.run(&["diff", "--explain", "missing.url"]).exits(2);
}

#[test]
fn a_branch_that_was_cut_before_a_sync_undoes_nothing_of_it() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.git(&["checkout", "-q", "-b", "side"]);
    repository.write("monitors/blog.yaml", &api.monitor("blog", "/blog"));
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    for n in 1..=3 {
        repository.write(&format!("monitors/new-{n}.yaml"), &api.monitor(&format!("new-{n}"), "/new"));
    }
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
    repository.git(&["checkout", "-q", "side"]);
    for args in [&["diff"][..], &["sync", "--yes"]] {
        let refused = repository.run(args);
        refused.exits(5);
        let shown = text(&refused.stdout);
        let words = "would undo newer changes of 3 monitors: new-1, new-2, new-3";
        assert!(shown.contains("does not contain the applied commit") && shown.contains(words), "{shown}");
        assert!(shown.contains("allowed by --allow-rollback"), "{shown}");
    }
    // With the synced branch merged, or where it changes only what it knows, nothing is in its way.
    repository.git(&["merge", "-q", "--no-edit", "main"]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.git(&["checkout", "-q", "main"]);
    repository.write("README.md", "more\n");
    repository.commit();
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/other"));
    repository.write("monitors/blog.yaml", &api.monitor("blog", "/blog"));
    repository.commit();
    repository.run(&["sync", "--yes"]).exits(0);
}

#[test]
fn a_former_id_that_the_table_does_not_have_is_said_with_the_one_that_was_meant() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/pay.yaml", &api.monitor("pay-9", "/pay")),
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
    ]);
    // A table that is new to the catalog knows no former id at all.
    repository.write("monitors/shop.yaml", &(api.monitor("shop", "/shop") + "moved_from: shop-old\n"));
    let first = repository.run(&["sync", "--yes"]);
    first.exits(0);
    assert!(!text(&first.stdout).contains("is no monitor of the table"), "{}", text(&first.stdout));
    repository.write("monitors/pay.yaml", &(api.monitor("payments", "/pay") + "moved_from: pay-99\n"));
    repository.write("monitors/cart.yaml", &(api.monitor("cart", "/cart") + "moved_from: basket\n"));
    let shown = text(&repository.run(&["diff"]).stdout);
    let near = "monitors/pay.yaml:1: `moved_from: pay-99` is no monitor of the table; did you mean `pay-9`?";
    assert!(shown.contains(near), "{shown}");
    assert!(
        shown.contains("`moved_from: basket` is no monitor of the table; cart starts without a history"),
        "{shown}"
    );
    // A line that did its work is no fault.
    assert!(!shown.contains("shop-old"), "{shown}");
    repository.write("monitors/pay.yaml", &(api.monitor("payments", "/pay") + "moved_from: pay-9\n"));
    assert!(!text(&repository.run(&["diff"]).stdout).contains("moved_from: pay"));
}
