//! `validate`, `schema` and `init` as they are typed, in a scrubbed environment.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

fn monitorctl(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("monitorctl").expect("the program is built");
    command.env_clear().current_dir(folder);
    command
}

/// Everything that a run shows: exit code, stdout, stderr.
fn run(folder: &Path, args: &[&str]) -> String {
    shown(monitorctl(folder).args(args).output().expect("it runs"))
}

fn shown(output: std::process::Output) -> String {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    format!("exit {code}\n--- stdout\n{}--- stderr\n{}", text(output.stdout), text(output.stderr))
}

fn faulty() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/faulty")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

#[test]
fn every_fault_of_every_file_is_reported_in_one_run() {
    insta::assert_snapshot!("validate_short", run(&faulty(), &["validate", "--format", "short"]));
}

#[test]
fn text_shows_the_lines_of_the_file_and_masks_secrets() {
    let text = run(&faulty(), &["validate", "--format", "text"]);
    assert!(!text.contains("abcdefg") && !text.contains("user:pw"), "a secret is shown");
    insta::assert_snapshot!("validate_text", text);
}

#[test]
fn json_has_positions_for_programs() {
    let args = ["validate", "--format", "json", "monitors/taken.yaml", "monitors/broken.yaml"];
    insta::assert_snapshot!("validate_json", run(&faulty(), &args));
}

/// Promise 10: no format shows the value of a secret.
#[test]
fn no_format_shows_a_credential() {
    for format in ["text", "short", "json", "github", "sarif"] {
        let text = run(&faulty(), &["validate", "--format", format]);
        assert!(!text.contains("abcdefg") && !text.contains("user:pw"), "{format}");
    }
}

#[test]
fn the_monitors_of_this_repository_are_valid() {
    let text = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["validate", "--strict"]);
    assert!(text.starts_with("exit 0\n--- stdout\n--- stderr\n"), "{text}");
}

#[test]
fn the_schemas_of_this_repository_are_fresh() {
    let text = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["schema", "--check"]);
    assert!(text.starts_with("exit 0\n"), "{text}");
}

#[test]
fn one_monitor_is_read_from_standard_input() {
    // It belongs to no repository, so the settings of the one around it are not looked at, and no one
    // knows which topics it may name.
    let folder = folder(&[("monitorctl.yaml", "owner: [")]);
    let output = monitorctl(folder.path())
        .args(["validate", "-", "--format", "short"])
        .write_stdin("id: a\nurl: https://a\nintervall: 5m\nalert: { to: [elsewhere] }\n")
        .output()
        .expect("it runs");
    insta::assert_snapshot!(shown(output), @r"
    exit 3
    --- stdout
    <stdin>:3:1: error[unknown_key]: unknown key `intervall`, did you mean `interval`?
    --- stderr
    1 error (1 file read)
    ");
}

/// Trap 12: nothing to read is never a catalog without monitors.
#[test]
fn a_missing_folder_is_an_error_and_an_empty_one_invalid() {
    let folder = folder(&[("monitors/README.md", "")]);
    insta::assert_snapshot!(run(folder.path(), &["validate", "nowhere"]), @r"
    exit 1
    --- stdout
    --- stderr
    error: cannot read nowhere: No such file or directory (os error 2)
      help: name another path or pass `-C DIR`; `monitorctl init` starts a repository
    ");
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "short"]), @r"
    exit 3
    --- stdout
    monitors:1:1: error[empty_catalog]: no monitor files found; `monitorctl init` writes an example; or name the folder of the monitors
    --- stderr
    1 error (0 files read)
    ");
}

/// Trap 12: a truncated file is never the order to remove its monitors.
#[test]
fn a_file_without_a_monitor_is_invalid() {
    let folder = folder(&[("monitors/a.yaml", ""), ("monitors/b.YAML", "# later\n")]);
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "short"]), @r"
    exit 3
    --- stdout
    monitors/a.yaml:1:1: error[empty_file]: no monitor in this file; restore its content; to remove its monitors, delete the file
    monitors/b.YAML:1:1: error[empty_file]: no monitor in this file; restore its content; to remove its monitors, delete the file
    --- stderr
    2 errors (2 files read)
    ");
}

#[test]
fn a_warning_leaves_a_catalog_valid() {
    let folder = folder(&[("monitors/a.yaml", "id: a\nurl: https://a\nbody: x\n")]);
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "short"]), @r"
    exit 0
    --- stdout
    monitors/a.yaml:3:1: warning[ignored_body]: most servers ignore the body of a GET; write `method: POST`
    --- stderr
    1 monitor is valid, 1 warning (1 file read)
    ");
}

#[test]
fn a_warning_counts_as_an_error_where_that_is_asked_for() {
    let folder = folder(&[("monitors/a.yaml", "id: a\nurl: https://a\ninterval: 1m\n")]);
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "short", "--strict"]), @r"
    exit 3
    --- stdout
    monitors/a.yaml:3:11: warning[below_period]: check runs every 2m, so an interval of 1m becomes 2m; make the interval longer; if check or run comes more often, set --period or MONITORCTL_PERIOD
    --- stderr
    1 monitor is valid, 1 warning (1 file read)
    --strict treats warnings as errors
    ");
    let text = run(folder.path(), &["validate", "--strict", "--period", "1m"]);
    assert!(text.starts_with("exit 0\n--- stdout\n--- stderr\n"), "{text}");
}

#[test]
fn what_init_writes_is_valid_and_a_second_init_changes_nothing() {
    let folder = folder(&[(".gitignore", "target")]);
    insta::assert_snapshot!("init", run(folder.path(), &["init"]));
    let ignored = std::fs::read_to_string(folder.path().join(".gitignore")).expect("there");
    assert_eq!(ignored, "target\n.monitorctl/\n");
    assert!(run(folder.path(), &["validate", "--strict"]).starts_with("exit 0\n--- stdout\n--- stderr\n"));
    assert!(run(folder.path(), &["schema", "--check"]).starts_with("exit 0\n"));

    let settings = folder.path().join("monitorctl.yaml");
    std::fs::write(&settings, "owner: mine\n").expect("writable");
    let again = run(folder.path(), &["init"]);
    assert!(!again.contains("wrote") && !again.contains("added"), "{again}");
    assert_eq!(std::fs::read_to_string(settings).expect("there"), "owner: mine\n");
}

#[test]
fn a_stale_schema_is_named_with_the_command_that_fixes_it() {
    let folder = folder(&[]);
    run(folder.path(), &["schema", "--write"]);
    std::fs::write(folder.path().join("schema/monitor.schema.json"), "{}").expect("writable");
    std::fs::remove_file(folder.path().join("schema/settings.schema.json")).expect("there");
    insta::assert_snapshot!(run(folder.path(), &["schema", "--check"]), @r"
    exit 3
    --- stdout
    --- stderr
    schema/monitor.schema.json is not of this version
    schema/settings.schema.json is missing
    fix: monitorctl schema --write
    ");
}

#[test]
fn a_printed_schema_is_the_written_one() {
    let folder = folder(&[]);
    run(folder.path(), &["schema", "--write"]);
    for kind in ["monitor", "defaults", "settings"] {
        let output = monitorctl(folder.path()).args(["schema", kind]).output().expect("it runs");
        let written = std::fs::read(folder.path().join(format!("schema/{kind}.schema.json"))).expect("there");
        assert_eq!(output.stdout, written, "{kind}");
    }
}

/// Trap 17: a name is text from outside like any other.
#[cfg(unix)]
#[test]
fn no_name_of_a_file_is_a_command_to_the_runner_or_to_the_terminal() {
    let folder = folder(&[("monitors/a.yaml", "id: a\nurl: https://a\n")]);
    let name = "monitors/q\n::stop-commands::x\u{1b}[2J.yaml";
    std::os::unix::fs::symlink("nowhere", folder.path().join(name)).expect("a link");
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "github"]), @r"
    exit 1
    --- stdout
    ::error file=monitors/q\n%3A%3Astop-commands%3A%3Ax\u{1b}[2J.yaml,line=1,col=1,endLine=1,endColumn=1,title=monitorctl%3A unreadable::cannot read monitors/q\n::stop-commands::x\u{1b}[2J.yaml: No such file or directory (os error 2); name another path or pass `-C DIR`; `monitorctl init` starts a repository
    --- stderr
    1 error (1 file read)
    ");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused_and_nothing_of_it_is_shown() {
    let outside = folder(&[("secret.yaml", "tok: ghs_secretvalue12345: x\n")]);
    let inside = folder(&[
        ("monitors/a.yaml", "id: a\nurl: https://a\n"),
        ("shared/b.yaml", "id: b\nurl: https://b\n"),
    ]);
    let at = |path: &str| inside.path().join(path);
    std::os::unix::fs::symlink("../shared/b.yaml", at("monitors/b.yaml")).expect("a link");
    assert!(run(inside.path(), &["validate"]).contains("2 monitors are valid (2 files read)"));
    for (link, target) in [("x.yaml", "secret.yaml"), ("folder", "")] {
        let (link, target) = (at("monitors").join(link), outside.path().join(target));
        std::os::unix::fs::symlink(target, &link).expect("a link");
        for args in [
            &["validate"][..],
            &["diff"],
            &["diff", "--explain", "a"],
            &["sync", "--yes"],
            &["pull", "--drift"],
        ] {
            std::fs::write(at("monitorctl.yaml"), "owner: me\n").expect("a file");
            let text = run(inside.path(), args);
            assert!(
                text.starts_with("exit 1\n") && text.contains("help: link only inside the repository"),
                "{text}"
            );
            assert!(text.contains("error: monitors/") || text.contains("unreadable"), "{text}");
            assert!(text.contains(", outside "), "{text}");
            assert!(!text.contains("ghs_secret"), "{text}");
        }
        std::fs::remove_file(link).expect("there");
    }
    std::fs::remove_file(at("monitorctl.yaml")).expect("there");
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), at("monitorctl.yaml")).expect("a link");
    let text = run(inside.path(), &["diff"]);
    assert!(text.contains("error: monitorctl.yaml links to ") && !text.contains("ghs_secret"), "{text}");
}

/// Opening a pipe waits for a writer.
#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    let folder = folder(&[("monitors/a.yaml", "id: a\nurl: https://a\n")]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("monitors/f.yaml")).status();
    assert!(made.expect("mkfifo runs").success());
    insta::assert_snapshot!(run(folder.path(), &["validate", "--format", "short"]), @r"
    exit 1
    --- stdout
    monitors/f.yaml:1:1: error[unreadable]: monitors/f.yaml is neither a file nor a folder; replace the pipe or device with a file, or remove it
    --- stderr
    1 error (1 file read)
    ");
}

#[test]
fn a_part_of_a_catalog_is_never_taken_for_the_whole() {
    let folder = folder(&[
        ("monitorctl.yaml", "owner: me\n"),
        ("monitors/pay.yaml", "id: pay\nurl: https://pay\n"),
        ("monitors/web/eu/a.yaml", "id: a\nurl: https://a\n"),
    ]);
    run(folder.path(), &["sync", "--yes"]);
    insta::assert_snapshot!(run(folder.path(), &["sync", "monitors/web/eu", "--yes"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: monitors/web/eu is only a part of the catalog monitors
      help: leave it out, and select the part: `--only group:web/eu`
    ");
    for part in ["monitors/web", "./monitors/web/", "monitors/web/../web", "monitors/web/eu/a.yaml"] {
        for args in [
            &["diff", part][..],
            &["diff", part, "--explain", "a"],
            &["sync", part],
            &["pull", "--drift", part],
        ] {
            let text = run(folder.path(), args);
            assert!(
                text.starts_with("exit 2\n") && text.contains(" is only a part of the catalog monitors"),
                "{text}"
            );
        }
    }
    let whole = folder.path().join("monitors").display().to_string();
    for whole in ["monitors", "monitors/web/..", &whole] {
        assert!(run(folder.path(), &["diff", whole, "--only", "group:web/eu"]).starts_with("exit 0\n"));
    }
}
