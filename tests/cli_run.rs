//! `diff`, `sync`, `check` and `status` as they are typed, in a scrubbed environment, against a real endpoint.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

mod on_aws;
#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Api, Repository};

#[test]
fn a_repository_is_reconciled_probed_and_shown() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    insta::assert_snapshot!("diff", repository.shown(&["diff"], &api));
    insta::assert_snapshot!("sync", repository.shown(&["sync", "--yes"], &api));
    // P8: a second sync writes nothing.
    insta::assert_snapshot!("sync_again", repository.shown(&["sync", "--yes"], &api));
    insta::assert_snapshot!("check_up", repository.shown(&["check"], &api));
    insta::assert_snapshot!("status_up", repository.shown(&["status"], &api));
}

#[test]
fn an_outage_is_notified_once_and_its_end_too() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    api.answer(503);
    repository.run(&["check", "--all", "--exit-code"]).exits(0);
    insta::assert_snapshot!("check_down", repository.shown(&["check", "--all", "--exit-code"], &api));
    repository.run(&["check", "--all", "--exit-code"]).exits(20);
    repository.run(&["status", "--exit-code"]).exits(20);
    api.answer(200);
    repository.run(&["check", "--all", "--exit-code"]).exits(0);
    let subjects: Vec<_> = repository.alerts().iter().map(|alert| alert["headline"].clone()).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert_eq!(subjects[0], "CRITICAL DOWN shop: HTTP 503, expected 200");
    assert!(subjects[1].as_str().is_some_and(|subject| subject.starts_with("UP shop: recovered after ")));
}

#[test]
fn programs_get_json_with_the_documented_fields() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    api.answer(500);
    let run = repository.run(&["check", "--dir", "monitors", "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["format_version"], 1);
    let monitor = &report["monitors"][0];
    assert_eq!(
        (&monitor["id"], &monitor["verdict"], &monitor["health"]),
        (&"shop".into(), &"fail".into(), &"new".into())
    );
    assert_eq!(monitor["code"], 500);
    assert_eq!(monitor["faults"][0]["kind"], "status");
    assert_eq!(monitor["faults"][0]["actual"], "HTTP 500");
    assert_eq!(monitor["faults"][0]["expected"], "200");
    assert!(monitor["latency_ms"].is_number() && monitor["phases"][0]["ms"].is_number());
    assert_eq!(report["alerts"], Value::Array(vec![]));

    let diff: Value =
        serde_json::from_slice(&repository.run(&["diff", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(diff["summary"]["creates"], 1);
    assert_eq!(diff["changes"][0]["span"]["file"], "monitors/shop.yaml");
    let status: Value =
        serde_json::from_slice(&repository.run(&["status", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(status["format_version"], 1);
}

#[test]
fn a_renamed_monitor_is_shown_and_notified_as_if_it_had_always_been_called_so() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    api.answer(503);
    for _ in 0..2 {
        repository.run(&["check", "--all"]).exits(0);
    }
    let status = || -> Value {
        let status = repository.run(&["status", "--format", "json"]);
        serde_json::from_slice::<Value>(&status.stdout).expect("JSON")["monitors"].take()
    };
    let before = status();
    let moved = format!("{}moved_from: shop\n", api.monitor("checkout", "/shop"));
    repository.write("monitors/shop.yaml", &moved);
    repository.run(&["sync", "--yes"]).exits(0);
    // It was not checked under its new id yet.
    let mut expected = before;
    expected[0]["id"] = "checkout".into();
    assert_eq!(status(), expected);
    repository.run(&["check", "--all"]).exits(0);
    let after = status();
    assert_eq!((&after[0]["health"], &after[0]["since"]), (&expected[0]["health"], &expected[0]["since"]));
    let results = |status: &Value| status[0]["results"].as_array().expect("results").clone();
    assert_eq!(results(&after)[..2], results(&expected));
    assert_eq!(results(&after).len(), 3);
    api.answer(200);
    repository.run(&["check", "--all"]).exits(0);
    let alerts: Vec<_> =
        repository.alerts().iter().map(|alert| alert["alerts"][0]["monitor"].clone()).collect();
    assert_eq!(alerts, ["shop", "checkout"]);
}

// P11: one bad file never stops the others.
#[test]
fn check_from_files_probes_what_is_valid_and_says_what_is_not() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
        ("monitors/bad.yaml", "id: bad\nurl: nowhere\n"),
    ]);
    let run = repository.run(&["check", "--dir", "monitors", "--format", "json"]);
    run.exits(3);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["monitors"][0]["verdict"], "pass");
    assert!(String::from_utf8_lossy(&run.stderr).contains("monitors/bad.yaml:2:6"));
}

// P11: one bad file never stops the others.
#[test]
fn faulty_settings_stop_a_check_only_where_they_hide_the_names_of_the_tables() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    let named =
        [("DDB_CONFIG_TABLE", "configs"), ("DDB_STATE_TABLE", "states"), ("DDB_HISTORY_TABLE", "history")];
    for (settings, is_safe) in [
        ("owner: acme/monitors\nowners: x\n", true),
        ("owner: 7\ncanaries: [nowhere]\n", true),
        ("owner: [\n", false),
        ("owner: x\ntables: {config: 'a b'}\n", false),
        ("owner: x\ntable: {config: configs}\n", false),
    ] {
        repository.write("monitorctl.yaml", settings);
        let run = repository.run(&["check", "--all"]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(said.contains("monitorctl.yaml:"), "{said}");
        if is_safe {
            run.exits(0);
            assert!(String::from_utf8_lossy(&run.stdout).contains("1 monitor probed"), "{settings}");
            assert!(said.contains("checking the stored monitors without these settings"), "{said}");
        } else {
            run.exits(3);
            assert!(said.contains("check reads the names of the tables there"), "{said}");
            assert!(
                said.contains("or set DDB_CONFIG_TABLE, DDB_STATE_TABLE and DDB_HISTORY_TABLE"),
                "{said}"
            );
            let mut command = repository.command(&["check", "--all"]);
            let output = command.envs(named).output().expect("it runs");
            assert_ne!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        }
        repository.run(&["check", "--dir", "monitors"]).exits(3);
    }
}

// P10 and trap 13: a secret is used and never shown; an unset one is a fault, not an empty text.
#[test]
fn a_secret_reaches_the_endpoint_and_nothing_else() {
    let api = Api::start();
    let monitor =
        format!("{}headers: {{ x-token: \"${{env:SHOP_TOKEN}}\" }}\n", api.monitor("shop", "/echo"));
    let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
    repository.run(&["sync", "--yes"]).exits(0);
    let unset = repository.run(&["check", "--all"]);
    assert!(String::from_utf8_lossy(&unset.stdout).contains("secret: ${env:SHOP_TOKEN} is not set"));
    api.answer(500);
    for _ in 0..2 {
        let output = repository
            .command(&["check", "--all"])
            .env("SHOP_TOKEN", "hunter2-value")
            .output()
            .expect("it runs");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
    }
    assert!(api.requests().iter().any(|request| request.contains("x-token: hunter2-value")));
    for file in repository.files(".monitorctl") {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!String::from_utf8_lossy(&bytes).contains("hunter2"), "{}", file.display());
    }
}

// Trap 18: the address of the metadata service is never talked to, in whatever spelling.
#[test]
fn a_metadata_address_is_blocked() {
    let repository = Repository::new(&[
        ("monitors/a.yaml", "id: a\nurl: http://169.254.169.254/latest/meta-data/\n"),
        ("monitors/b.yaml", "id: b\nurl: http://0xA9FEA9FE/\n"),
        ("monitors/c.yaml", "id: c\nurl: \"http://[::ffff:169.254.169.254]/\"\n"),
    ]);
    let run =
        repository.run(&["check", "--dir", "monitors", "--allow", "169.254.0.0/16", "--format", "json"]);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    for monitor in report["monitors"].as_array().expect("a list") {
        assert_eq!(monitor["faults"][0]["kind"], "blocked", "{monitor}");
    }
}

// Trap 19: overlapping runs send twice elsewhere.
#[test]
fn two_checks_at_once_notify_once() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    api.answer(503);
    repository.run(&["check", "--all"]).exits(0);
    for _ in 0..3 {
        let both = [0, 1].map(|_| {
            repository
                .command(&["check", "--all"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it starts")
        });
        for mut child in both {
            assert_eq!(child.wait().expect("it ends").code(), Some(0));
        }
    }
    let ids: Vec<_> = repository.alerts().iter().map(|alert| alert["id"].clone()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[test]
fn status_can_be_read_while_a_check_is_at_work() {
    let api = Api::start();
    api.delay(Duration::from_millis(300));
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    let mut check = repository
        .command(&["check", "--all"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    for _ in 0..5 {
        repository.run(&["status"]).exits(0);
    }
    assert_eq!(check.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_term_signal_ends_a_run_early_and_nothing_is_down_for_it() {
    let api = Api::start();
    api.delay(Duration::from_secs(20));
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    let begun = Instant::now();
    let check = repository
        .command(&["check", "--all", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    while api.requests().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the probe never came");
        thread::yield_now();
    }
    let killed = std::process::Command::new("kill").args(["-TERM", &check.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
    let output = check.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(143));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["monitors"][0]["verdict"], "skipped");
    // The lease was given back: the next run does not have to wait for it.
    api.delay(Duration::ZERO);
    let next = repository.run(&["check", "--all", "--format", "json"]);
    let report: Value = serde_json::from_slice(&next.stdout).expect("JSON");
    assert_eq!(report["monitors"][0]["verdict"], "pass");
}

#[test]
fn an_unknown_monitor_is_a_usage_error() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "shopp"]).exits(2);
    repository.run(&["status", "shopp"]).exits(2);
    repository.run(&["check", "shop"]).exits(0);
}

/// Runs the program on a disk on which no file grows over `kib` KiB. It gets an error, and is not killed.
fn on_a_full_disk(repository: &Repository, kib: u64, args: &[&str]) -> Option<i32> {
    // Shells count in blocks of 512 bytes or of 1 KiB.
    let script = "trap '' XFSZ; ulimit -f 1; head -c 4096 /dev/zero > probe 2> /dev/null; wc -c < probe";
    let block = repository.shell(script).output().expect("sh runs").stdout;
    let block: u64 = String::from_utf8_lossy(&block).trim().parse().expect("a number");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kib * 1024 / block);
    let mut command = repository.shell(&script);
    command.arg(env!("CARGO_BIN_EXE_monitorctl")).args(args).status().expect("it runs").code()
}

// Trap 5: what the channel did not take stays pending, and what it took half of was not taken.
#[test]
fn an_alert_for_which_the_disk_has_no_room_comes_whole_once_there_is_room() {
    const KIB: u64 = 8 << 10;
    let api = Api::start();
    let monitors: String = (0..20)
        .map(|n| format!("---\n{}", api.monitor(&format!("shop-{n}"), "/shop")))
        .collect::<Vec<_>>()
        .concat();
    let repository = Repository::new(&[("monitors/shop.yaml", &monitors)]);
    repository.run(&["sync", "--yes"]).exits(0);
    api.answer(503);
    repository.run(&["check", "--all"]).exits(0);
    // Room for the beginning of a record.
    let length = usize::try_from(KIB * 1024 - 200).expect("it fits");
    let before = format!("{{\"padding\":\"{}\"}}\n", "x".repeat(length));
    repository.write(".monitorctl/alerts.jsonl", &before);
    for _ in 0..2 {
        assert_eq!(on_a_full_disk(&repository, KIB, &["check", "--all"]), Some(4), "they stay pending");
        assert!(repository.read(".monitorctl/alerts.jsonl") == before, "half a record is left");
    }
    // What a process leaves that is killed while it writes.
    repository.write(".monitorctl/alerts.jsonl", &format!("{before}{{\"format_version\":1,\"id\":\"dig"));
    repository.run(&["check", "--all"]).exits(0);
    repository.run(&["check", "--all"]).exits(0);
    let alerts = repository.alerts();
    assert_eq!(alerts.len(), 2, "the padding and one digest");
    assert_eq!(alerts[1]["alerts"].as_array().map(Vec::len), Some(20));
}
