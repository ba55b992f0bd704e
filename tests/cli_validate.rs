//! The formats of `validate` that other programs read, as it is typed, in a scrubbed environment.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Standard output of `validate` with these arguments, and the exit code.
fn validate(folder: &Path, args: &[&str]) -> (String, i32) {
    let mut command = Command::cargo_bin("monitorctl").expect("the program is built");
    // The fixtures stand for a repository of their own: paths begin in them.
    let output = command
        .env_clear()
        .env("GIT_CEILING_DIRECTORIES", here("tests/fixtures"))
        .current_dir(folder)
        .arg("validate")
        .args(args)
        .output()
        .expect("it runs");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code().expect("an exit code"))
}

fn sarif(folder: &Path) -> Value {
    let (text, _) = validate(folder, &["--format", "sarif"]);
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let schema =
        std::fs::read_to_string(here("tests/fixtures/sarif/sarif-schema-2.1.0.json")).expect("the schema");
    // The published pattern of a language has a bracket too many, which no strict reader of patterns takes.
    let schema: Value = serde_json::from_str(&schema.replace("{2}]?$", "{2}$")).expect("JSON");
    let validator = jsonschema::draft7::new(&schema).expect("a schema");
    let violations: Vec<String> =
        validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(violations, Vec::<String>::new());
    log
}

#[test]
fn sarif_is_what_its_schema_says_with_and_without_findings() {
    let found = sarif(&here("tests/fixtures/faulty"));
    let run = &found["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert!(results.len() > 20, "{}", results.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    let none = sarif(&here("."));
    assert_eq!(none["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn sarif_points_at_bytes_and_characters_and_at_the_other_place() {
    let log = sarif(&here("tests/fixtures/faulty"));
    let results = log["runs"][0]["results"].as_array().expect("results");
    let twice = results.iter().find(|result| result["ruleId"] == "duplicate_id").expect("an id used twice");
    insta::assert_snapshot!("sarif_duplicate_id", format!("{twice:#}"));
}

#[test]
fn annotations_stand_at_the_lines_of_the_files() {
    let (text, code) = validate(&here("tests/fixtures/faulty"), &["--format", "github"]);
    assert_eq!(code, 3);
    insta::assert_snapshot!("validate_github", text);
}

/// The fixture of credentials without its marks, and what stands between them.
fn secrets() -> (String, Vec<String>) {
    let marked = std::fs::read_to_string(here("tests/fixtures/credentials/secrets.yaml")).expect("a fixture");
    let (_, marked) = marked.split_once("\nid:").expect("a comment and documents");
    let marked = format!("id:{}", marked.replace('¦', ""));
    let secrets = marked.split('«').skip(1).filter_map(|rest| rest.split_once('»'));
    // The first line of a longer one says enough, and short ones are parts of ordinary words.
    let secrets = secrets.filter_map(|(secret, _)| secret.lines().next().map(str::to_owned));
    (marked.replace(['«', '»'], ""), secrets.filter(|secret| secret.len() > 6).collect())
}

/// Promise 10, for every credential that is known of, and also where a file cannot be read.
#[test]
fn no_format_shows_any_credential() {
    let (text, secrets) = secrets();
    assert!(secrets.len() > 40, "{}", secrets.len());
    let folder = tempfile::tempdir().expect("a folder");
    let monitors = folder.path().join("monitors");
    std::fs::create_dir(&monitors).expect("a folder");
    let commented: Vec<String> = text.lines().map(|line| format!("# {line}\n{{ x: [\n")).collect();
    std::fs::write(monitors.join("commented.yaml"), commented.join("---\n")).expect("a file");
    std::fs::write(monitors.join("broken.yaml"), text.replace("\n---\n", "\n\tx: 1\n---\n")).expect("a file");
    std::fs::write(monitors.join("a.yaml"), text).expect("a file");
    for format in ["text", "short", "json", "github", "sarif"] {
        let (text, code) = validate(folder.path(), &["--format", format]);
        assert_eq!(code, 3);
        for secret in &secrets {
            let at = text.find(secret.as_str()).map(|at| &text[at.saturating_sub(200)..at + 50]);
            assert_eq!(at, None, "{secret} in {format}");
        }
    }
}

/// Runs git in `folder`, as a made-up author.
fn git(folder: &Path, args: &[&str]) {
    let who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    let output = std::process::Command::new("git").current_dir(folder).args(who).args(args).output();
    assert!(output.expect("git runs").status.success(), "{args:?}");
}

#[test]
fn only_what_changed_files_have_to_do_with_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("monitors/old.yaml", "id: old\nurl: https://a\nbogus: 1\n");
    write("monitors/eu/old.yaml", "id: eu\nurl: https://a\nbogus: 2\n");
    write("monitors/eu/defaults.yaml", "team: x\n");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    let report = || validate(folder.path(), &["--format", "short", "--changed-since", "main"]);
    assert_eq!(report(), (String::new(), 0));

    write("monitors/new.yaml", "id: old\nurl: https://b\n");
    let (text, code) = report();
    assert_eq!(
        (text.as_str(), code),
        (
            "monitors/old.yaml:1:5: error[duplicate_id]: the id `old` is taken; give one of them another id\n",
            3
        )
    );

    std::fs::remove_file(folder.path().join("monitors/new.yaml")).expect("there");
    std::fs::remove_file(folder.path().join("monitors/eu/defaults.yaml")).expect("there");
    let (text, code) = report();
    let fault = "monitors/eu/old.yaml:3:1: error[unknown_key]: unknown key `bogus`; the keys here are ";
    assert!(text.starts_with(fault) && text.lines().count() == 1, "{text}");
    assert_eq!(code, 3);
}

#[cfg(unix)]
#[test]
fn a_fault_behind_a_link_is_reported_where_what_it_leads_to_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    for (path, text) in
        [("monitors/a.yaml", "id: a\nurl: https://a\n"), ("shared.yaml", "id: s\nurl: https://s\n")]
    {
        std::fs::create_dir_all(at("monitors")).expect("a folder");
        std::fs::write(at(path), text).expect("a file");
    }
    std::os::unix::fs::symlink("../shared.yaml", at("monitors/link.yaml")).expect("a link");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "first"]);
    let report = || validate(folder.path(), &["--format", "short", "--changed-since", "main"]);
    assert_eq!(report(), (String::new(), 0));
    std::fs::write(at("shared.yaml"), "id: s\nurl: https://s\nbogus: 1\n").expect("a file");
    let fault = "monitors/link.yaml:3:1: error[unknown_key]: unknown key `bogus`; the keys here are ";
    let (text, code) = report();
    assert!(text.starts_with(fault) && text.lines().count() == 1, "{text}");
    assert_eq!(code, 3);
}

#[test]
fn a_commit_that_is_not_here_is_a_usage_error() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("monitors")).expect("a folder");
    std::fs::write(folder.path().join("monitors/a.yaml"), "id: a\nurl: https://a\n").expect("a file");
    assert_eq!(validate(folder.path(), &["--changed-since", "main"]), (String::new(), 2));
    git(folder.path(), &["init", "-q", "-b", "main"]);
    assert_eq!(validate(folder.path(), &["--changed-since", "nowhere"]), (String::new(), 2));
}

/// A folder `monitors` with these files.
fn monitors(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let monitors = folder.path().join("monitors");
    std::fs::create_dir(&monitors).expect("a folder");
    for (path, text) in files {
        std::fs::write(monitors.join(path), text).expect("a file");
    }
    folder
}

#[test]
fn every_format_says_on_its_line_what_was_meant() {
    let folder = monitors(&[("a.yaml", "id: a\nurl: https://a\ntimeuot: 5s\n")]);
    let hint = "unknown key `timeuot`, did you mean `timeout`?";
    for format in ["short", "github", "sarif"] {
        let (text, code) = validate(folder.path(), &["--format", format]);
        assert!(text.lines().any(|line| line.contains(hint)), "{format}: {text}");
        assert_eq!(code, 3);
    }
    let (text, _) = validate(folder.path(), &["--format", "json"]);
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["diagnostics"][0]["help"], "did you mean `timeout`?");
}

#[test]
fn of_ten_thousand_faults_every_format_shows_some_and_says_how_many_more_there_are() {
    let keys = (0..10_000).map(|i| format!("key{i}: 1\n")).collect::<Vec<_>>().concat();
    let folder = monitors(&[("a.yaml", &format!("id: a\nurl: https://a\n{keys}"))]);
    for format in ["text", "short"] {
        let (text, code) = validate(folder.path(), &["--format", format]);
        assert_eq!(code, 3);
        assert_eq!(text.lines().last(), Some("and 9,900 more: 9,900 unknown_key"), "{format}");
        assert!(text.len() < 100_000, "{format}: {}", text.len());
    }
    let (text, _) = validate(folder.path(), &["--format", "json"]);
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["summary"]["errors"], 10_000);
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(1000));
    assert_eq!(
        (&report["omitted"], &report["rest"]),
        (&9000.into(), &"and 9,000 more: 9,000 unknown_key".into())
    );
    let log = sarif(folder.path());
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(1000));
    let notice = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notice["message"]["text"], "and 9,000 more: 9,000 unknown_key");
    let (text, _) = validate(folder.path(), &["--format", "github"]);
    assert!(text.contains("9990 more errors: see the log of this step for the first of them"), "{text}");
    assert!(text.lines().count() < 120, "{}", text.lines().count());
}

/// Trap 17: what a terminal obeys is escaped, and the value of the JSON stays what it was.
#[test]
fn no_format_has_a_raw_character_that_reorders_or_hides_text() {
    let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}'..='\u{200f}' | '\u{7f}'..='\u{9f}' | '\u{1b}');
    let text = "id: a\nurl: https://a\n\"b\\u202e\\u200b\\x9b\": 1\nmethod: \"x\\u202ey\"\n# \u{202e}\nname: '\u{202e}x\u{200b}'\n";
    let folder = monitors(&[("a\u{202e}b.yaml", text)]);
    for format in ["text", "short", "json", "github", "sarif"] {
        let (out, code) = validate(folder.path(), &["--format", format]);
        assert_eq!(code, 3, "{out}");
        assert!(!out.contains(hidden), "{format}: {out:?}");
    }
    let (out, _) = validate(folder.path(), &["--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["diagnostics"][0]["message"], "unknown key `b\u{202e}\u{200b}\u{9b}`");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_one_fault_among_the_others_and_decides_the_exit_code() {
    let folder = monitors(&[("a.yaml", "id: a\nurl: https://a\nbogus: 1\n")]);
    std::os::unix::fs::symlink(".", folder.path().join("monitors/loop")).expect("a link");
    std::os::unix::fs::symlink("nowhere", folder.path().join("monitors/z.yaml")).expect("a link");
    let (text, code) = validate(folder.path(), &["--format", "short"]);
    assert_eq!(code, 1, "{text}");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("monitors/a.yaml:3:1: error[unknown_key]"), "{text}");
    assert!(lines[1].contains("error[unreadable]: monitors/loop links back to a parent folder"), "{text}");
    assert!(
        lines[2].starts_with("monitors/z.yaml:1:1: error[unreadable]: cannot read monitors/z.yaml"),
        "{text}"
    );
}

#[test]
fn a_check_of_files_says_in_its_json_which_monitor_is_invalid_and_where() {
    let folder = monitors(&[("bad.yaml", "id: bad\nurl: https://a\nintervall: 5m\n")]);
    let mut command = Command::cargo_bin("monitorctl").expect("the program is built");
    let args = [
        "check",
        "--dir",
        "monitors",
        "--all",
        "--store",
        "embedded:s.db",
        "--notify",
        "local",
        "--format",
        "json",
    ];
    let output = command.env_clear().current_dir(folder.path()).args(args).output().expect("it runs");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let problems = report["problems"].as_array().expect("problems");
    let place =
        "monitors/bad.yaml:3:1: error[unknown_key]: unknown key `intervall`, did you mean `interval`?";
    assert!(problems.iter().any(|problem| problem == place), "{problems:?}");
}

// A program that reads JSON must not be left with an empty answer.
#[test]
fn what_is_wrong_in_the_files_stands_in_the_json_of_each_command_with_its_place() {
    let folder = monitors(&[("good.yaml", "id: good\nurl: http://127.0.0.1:9/\n")]);
    let run = |args: &[&str]| {
        let mut command = Command::cargo_bin("monitorctl").expect("the program is built");
        let command = command.env_clear().current_dir(folder.path()).args(["--store", "embedded:store"]);
        let output = command.args(args).output().expect("it runs");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code().unwrap_or_default(), json)
    };
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("written");
    write("monitorctl.yaml", "owner: shop/monitors\n");
    assert_eq!(run(&["sync", "--yes"]).0, 0);
    write("monitors/bad.yaml", "id: bad\nurl: https://a.example\ntimeuot: 5s\n");
    let place = "monitors/bad.yaml:3:1: error[unknown_key]: unknown key `timeuot`, did you mean `timeout`?";
    for (args, exit) in [
        (&["diff", "--format", "json"][..], 3),
        (&["sync", "--yes", "--format", "json"], 3),
        (&["status", "--format", "json"], 0),
        (&["explain", "good", "--format", "json"], 0),
    ] {
        let (code, json) = run(args);
        let problems = json["problems"].as_array().cloned().unwrap_or_default();
        assert_eq!(code, exit, "{args:?}");
        assert!(
            json["format_version"] == 1 && problems.iter().any(|problem| problem == place),
            "{args:?} {json}"
        );
    }
    write("monitorctl.yaml", "owner: shop/monitors\nodd: 1\n");
    let (code, json) = run(&["diff", "--format", "json"]);
    let first = json["problems"][0].as_str().unwrap_or_default();
    assert!(code == 3 && first.starts_with("monitorctl.yaml:2:1: error[unknown_key]"), "{json}");
}

#[test]
fn channels_are_judged_in_each_environment_by_the_monitors_there() {
    let folder = monitors(&[(
        "shop.yaml",
        "id: shop\nurl: http://127.0.0.1:9/\nalert: { to: ['${var:chat}'], severity: info }\n",
    )]);
    let settings = "owner: shop/monitors
vars: { chat: chat }
channels:
  chat: { kind: file }
  late: { kind: file, after: 30m }
environments:
  prod:
    vars: { chat: oncall }
    channels: { oncall: { kind: file, severities: [critical] } }
  staging: {}
";
    std::fs::write(folder.path().join("monitorctl.yaml"), settings).expect("written");
    let (text, code) = validate(folder.path(), &["--all-environments", "--format", "short"]);
    assert_eq!(code, 0, "{text}");
    let expected = "\
monitorctl.yaml:5:3: warning[unused_channel]: no monitor notifies the channel `late`; remove it, or write it in \
`alert: { to: [late] }` of monitors or of a defaults.yaml
monitors/shop.yaml:3:14: warning[no_notification]: no channel takes a DOWN of this monitor at once: oncall (in prod); add a \
channel whose `severities` has `info`, and which has no `after`
";
    assert_eq!(text, expected);
    // Of one environment alone, nothing is known of what others use.
    let (text, _) = validate(folder.path(), &["--env", "staging", "--format", "short"]);
    assert_eq!(text, "");
}

#[test]
fn status_pages_are_validated_with_the_catalog_or_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    std::fs::create_dir(folder.path().join("monitors")).expect("a folder");
    write("monitorctl.yaml", "owner: acme/shop\n");
    write("monitors/a.yaml", "id: payments-api\nurl: https://a.example/\n");
    let page = |monitor: &str| {
        format!(
            "id: public\ntitle: Acme\nurl: https://status.acme.example\ncomponents:\n  \
             - {{name: Payments, monitors: [{monitor}]}}\n"
        )
    };
    write("status.yaml", &page("payment-api"));
    let unknown =
        "status.yaml:5:33: error[unknown_monitor]: no monitor payment-api, did you mean `payments-api`?\n";
    let short = |args: &[&str]| validate(folder.path(), &[&["--format", "short"], args].concat());
    assert_eq!(short(&[]), (unknown.to_owned(), 3));
    assert_eq!(short(&["monitors"]), (unknown.to_owned(), 3));
    // Alone, it is not held against a catalog, and one file of the catalog is not held against it.
    assert_eq!(short(&["status.yaml"]), (String::new(), 0));
    assert_eq!(short(&["monitors/a.yaml"]), (String::new(), 0));
    write("status.yaml", &page("payments-api"));
    write("eu.status.yaml", &page("payments-api"));
    let twice = "status.yaml:1:5: error[duplicate_id]: two status pages have the id `public`";
    let (found, code) = short(&[]);
    assert!(found.starts_with(twice), "{found}");
    assert_eq!((found.lines().count(), code), (1, 3));
}
