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
    let output =
        command.env_clear().current_dir(folder).arg("validate").args(args).output().expect("it runs");
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

/// Runs git in `folder`, as somebody.
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
        ("monitors/old.yaml:1:5: error[duplicate_id]: the id `old` is taken\n", 3)
    );

    std::fs::remove_file(folder.path().join("monitors/new.yaml")).expect("there");
    std::fs::remove_file(folder.path().join("monitors/eu/defaults.yaml")).expect("there");
    let (text, code) = report();
    assert_eq!(
        (text.as_str(), code),
        ("monitors/eu/old.yaml:3:1: error[unknown_key]: unknown key `bogus`\n", 3)
    );
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
    let fault = "monitors/link.yaml:3:1: error[unknown_key]: unknown key `bogus`\n";
    assert_eq!(report(), (fault.to_owned(), 3));
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
