//! What people see who write monitors in an editor: yaml-language-server, which editors run on YAML, with the committed
//! schemas. Needs node and npm, so it is no part of plain `cargo test`: `cargo test --test editor`

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod client;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::Command as Program;
use serde_json::Value;

use client::Server;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Where npm put the server; the first test on a machine installs the version of the lock file there.
fn modules() -> PathBuf {
    let folder = here("target/editor");
    fs::create_dir_all(&folder).expect("a folder");
    // Tests run beside each other, in processes of their own.
    let turn = fs::File::create(folder.join("lock")).expect("a file");
    turn.lock().expect("a lock");
    let modules = folder.join("node_modules");
    let lock = |folder: &Path| fs::read(folder.join("package-lock.json")).ok();
    if lock(&folder) != lock(&here("tests/editor")) || !modules.join("yaml-language-server").is_dir() {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(here("tests/editor").join(name), folder.join(name)).expect("a file");
        }
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        let status = Command::new("npm").current_dir(&folder).args(install).status();
        assert!(status.expect("npm runs").success(), "npm ci failed");
    }
    modules
}

/// Documents without `id: a` and `url:` in front, and whether anything in them is wrong. Only what the schema can say:
/// `schema_parity` has the rest.
const DOCUMENTS: &[(&str, bool)] = &[
    ("", true),
    ("interval: 2m\ntimeout: 5s", true),
    ("runbook: null\nretry: null\nmethod: null\nredirects: null\ntags: null", true),
    ("expect: { status: [200, 3xx, '404'] }", true),
    ("expect:\n  json:\n    - { path: $.a, equals: null }", true),
    ("headers: { accept: null, x-a: b }", true),
    ("method: POST\njson: { a: [1, null] }", true),
    ("maintenance:\n  - { starts: 2026-12-01T02:00, for: 2h, repeats: FREQ=WEEKLY;BYDAY=SU }", true),
    ("interval: 120", false),
    ("name: $${var:x}", true),
    ("interval: $${var:x}", false),
    ("redirects: ${vars:x}", false),
    ("interval: 2 minutes", false),
    ("timuot: 5s", false),
    ("method: TRACE", false),
    ("redirects: 99", false),
    ("retry: { attempts: 1, on: [body] }", false),
    ("expect: { status: 600 }", false),
    ("expect: { status: [200-299] }", false),
    ("expect: { latency: 5s }", false),
    ("expect:\n  body: {}", false),
    ("tags: [a, a]", false),
    ("alert: { failures: 0 }\nteam: two words", false),
    ("enabled: yes", false),
    ("maintenance:\n  - { for: 2h }", false),
];

/// The lines in which `validate` finds an error.
fn of_validate(text: &str) -> BTreeSet<u64> {
    let mut program = Program::cargo_bin("monitorctl").expect("the program is built");
    let output = program.env_clear().args(["validate", "--format", "json", "-"]).write_stdin(text).output();
    let report: Value = serde_json::from_slice(&output.expect("it runs").stdout).expect("JSON");
    let found = report["diagnostics"].as_array().expect("diagnostics").iter();
    found.filter(|one| one["severity"] == "error").filter_map(|one| one["line"].as_u64()).collect()
}

#[test]
fn the_editor_finds_faults_in_the_lines_in_which_validate_does() {
    let mut server = Server::start(&modules(), &here("schema"));
    for (number, (lines, is_valid)) in DOCUMENTS.iter().enumerate() {
        let text = format!("id: a\nurl: https://a.example/\n{lines}\n");
        let found = server.open(&format!("monitors/{number}.yaml"), &text);
        let in_editor: BTreeSet<u64> = found
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["range"]["start"]["line"].as_u64())
            .map(|line| line + 1)
            .collect();
        assert_eq!(in_editor, of_validate(&text), "{text}{found}");
        assert_eq!(in_editor.is_empty(), *is_valid, "{text}");
        assert!(!found.to_string().contains("null\\\""), "no text proposes to write null: {found}");
    }
}

#[test]
fn pointing_at_a_field_shows_what_it_means_its_default_and_an_example() {
    let mut server = Server::start(&modules(), &here("schema"));
    let text = "id: a\nurl: https://a\ninterval: 5m\nmethod: GET\nexpect:\n  status: 200\nalert:\n  failures: 2\n  remind: 4h\n";
    server.open("monitors/a.yaml", text);
    for (line, column, words) in [
        (2, 2, ["Time between two probes", "Default: 2m.", "1m"].as_slice()),
        (3, 2, &["HTTP method of the request", "Default: GET.", "POST"]),
        (5, 4, &["Accepted status codes", "Default: 2xx.", "200"]),
        (7, 4, &["Failed probes in a row that open an incident", "Default: 2."]),
        (8, 4, &["Reminder while it is down", "4h"]),
    ] {
        let shown = server.hover("monitors/a.yaml", line, column);
        for word in words {
            assert!(shown.contains(word), "{word} is not in {shown}");
        }
        assert!(!shown.contains("800ms") && !shown.contains("null"), "{shown}");
    }
}

#[test]
fn what_is_proposed_is_valid_and_never_null() {
    let mut server = Server::start(&modules(), &here("schema"));
    let start = "id: a\nurl: https://a.example/\n";
    for (number, (lines, line, column, expected)) in [
        ("interval: ", 2, 10, ["2m", "1m", "5m", "1h"].as_slice()),
        ("timeout: ", 2, 9, &["10s", "5s", "30s"]),
        ("method: ", 2, 8, &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
        ("enabled: ", 2, 9, &["true", "false"]),
        ("retry: ", 2, 7, &[]),
        ("runbook: ", 2, 9, &["https://wiki.example.com/payments"]),
        ("alert:\n  severity: ", 3, 12, &["critical", "info", "warning"]),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("monitors/proposed-{number}.yaml");
        server.open(&name, &format!("{start}{lines}\n"));
        let proposed: Vec<String> =
            server.completion(&name, line, column).into_iter().map(|(label, _)| label).collect();
        assert_eq!(proposed, expected, "{lines}");
        for value in &proposed {
            let text = format!("{start}{lines}{value}\n");
            assert_eq!(of_validate(&text), BTreeSet::new(), "{text}");
        }
    }
    server.open("monitors/keys.yaml", &format!("{start}\n"));
    let keys = server.completion("monitors/keys.yaml", 2, 0);
    for key in ["interval", "expect", "alert", "tags"] {
        let insert = keys.iter().find(|(label, _)| label == key).map(|(_, insert)| insert.as_str());
        assert!(insert.is_some_and(|insert| insert.starts_with(&format!("{key}:"))), "{key}: {insert:?}");
    }
    assert!(keys.iter().all(|(label, insert)| label != "null" && !insert.contains("null")), "{keys:?}");
}

#[test]
fn a_status_page_has_the_schema_of_its_name_and_the_faults_that_validate_finds() {
    let mut server = Server::start(&modules(), &here("schema"));
    let start = "id: public\ntitle: Acme\nurl: https://status.acme.example\n";
    for (name, rest, line) in [
        ("status.yaml", "components: [{name: A, monitors: [a]}]\n", None),
        ("eu.status.yaml", "components: [{name: A, monitors: [a]}]\ndayz: 3\n", Some(4)),
        ("us.status.yaml", "components: [{name: A, monitors: [a], combine: best}]\n", Some(3)),
    ] {
        let found = server.open(name, &format!("{start}{rest}"));
        let lines: Vec<_> = found
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["range"]["start"]["line"].as_u64())
            .collect();
        assert_eq!(lines, line.map(Some).into_iter().collect::<Vec<_>>(), "{rest}{found}");
    }
    server.open("shown.status.yaml", &format!("{start}components: []\ndays: 30\n"));
    let shown = server.hover("shown.status.yaml", 4, 1);
    assert!(shown.contains("Days with a bar") && shown.contains("Default: 90."), "{shown}");
}
