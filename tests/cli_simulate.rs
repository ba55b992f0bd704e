//! `simulate` as it is typed: the test of a policy in a repository.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

const SHOP: &str = "\
id: shop
url: https://shop.example/
alert: { failures: 2, remind: 30m }
depends_on: [auth-api]
maintenance: [{ starts: 2026-01-05T06:00, for: 1h, reason: patching }]
";

/// A shop that depends on an API, and no store.
fn repository() -> Repository {
    let auth = "id: auth-api\nurl: https://auth.example/\nalert: { failures: 1 }\n";
    Repository::new(&[("monitors/shop.yaml", SHOP), ("monitors/auth.yaml", auth)])
}

fn simulate(args: &[&str]) -> Vec<String> {
    ["simulate", "shop"].iter().chain(args).map(ToString::to_string).collect()
}

fn shown(args: &[&str]) -> String {
    let args = simulate(args);
    repository().shown(&args.iter().map(String::as_str).collect::<Vec<_>>(), &Api::start())
}

fn exits(args: &[&str], code: i32) {
    let args = simulate(args);
    repository().run(&args.iter().map(String::as_str).collect::<Vec<_>>()).exits(code);
}

#[test]
fn a_script_is_a_time_line_of_what_people_hear() {
    insta::assert_snapshot!("simulate", shown(&["--outcomes", "up*9, fail, up, timeout for 34m, up"]));
}

#[test]
fn what_holds_an_alert_back_is_said() {
    insta::assert_snapshot!(
        "simulate_held",
        shown(&["--outcomes", "up, fail*4, up", "--parent", "auth-api=up, fail*3, up"])
    );
    insta::assert_snapshot!(
        "simulate_window",
        shown(&["--outcomes", "up*2, fail*3, up", "--from", "2026-01-05T05:58Z"])
    );
}

#[test]
fn a_test_of_a_policy_passes_or_shows_the_difference() {
    let script = ["--outcomes", "up*3, fail, up, fail*2, up"];
    exits(&[&script[..], &["--expect", "down at 12m, up at 14m"]].concat(), 0);
    exits(&[&script[..], &["--expect", "down, up"]].concat(), 0);
    exits(&[&script[..], &["--expect", "none"]].concat(), 21);
    exits(&["--outcomes", "(up, fail)*9", "--expect", "none"], 0);
    insta::assert_snapshot!(
        "simulate_differs",
        shown(&[&script[..], &["--expect", "down at 12m, up at 16m"]].concat())
    );
}

#[test]
fn scripts_and_expectations_may_stand_in_files() {
    let repository = repository();
    repository.write("tests/outage.script", "# A deployment that goes wrong\nup*3\nfail*2  # twice\nup\n");
    repository.write("tests/outage.alerts", "down at 8m\nup at 10m\n");
    let args = ["simulate", "shop", "--outcomes", "@tests/outage.script", "--expect", "@tests/outage.alerts"];
    repository.run(&args).exits(0);
    // A job of CI has no store, and needs none.
    let mut in_ci = repository.command(&args);
    assert!(
        in_ci.env("CI", "true").env_remove("MONITORCTL_STORE").output().expect("it runs").status.success()
    );
    repository.write("tests/outage.script", "up*3\nfial*2");
    insta::assert_snapshot!("simulate_bad_file", repository.shown(&args, &Api::start()));
}

#[test]
fn what_makes_no_sense_says_where() {
    insta::assert_snapshot!("simulate_bad_script", shown(&["--outcomes", "up*3, timeuot, up"]));
    insta::assert_snapshot!("simulate_bad_alert", shown(&["--outcomes", "up", "--expect", "down, ip at 4m"]));
    exits(&["--outcomes", "up", "--parent", "auth-api"], 2);
    exits(&["--outcomes", "up", "--parent", "shop=up"], 2);
    exits(&["--outcomes", "up", "--parent", "auth-api=up", "--parent", "auth-api=up"], 2);
    exits(&["--outcomes", "(up*9999)*2"], 2);
    exits(&["--outcomes", "@missing"], 1);
    let repository = repository();
    insta::assert_snapshot!(
        "simulate_unknown",
        repository.shown(&["simulate", "shopp", "--outcomes", "up"], &Api::start())
    );
    repository.write("monitors/bad.yaml", "id: bad\nurl: nowhere\n");
    repository.run(&["simulate", "shop", "--outcomes", "up"]).exits(3);
}

#[test]
fn programs_get_every_run_and_whether_it_was_as_expected() {
    let run = repository().run(&[
        "simulate",
        "shop",
        "--outcomes",
        "up, status=503*2, up",
        "--expect",
        "down at 4m",
        "--format",
        "json",
    ]);
    run.exits(21);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(report["format_version"], 1);
    assert_eq!(report["as_expected"], false);
    assert_eq!(report["difference"], "  DOWN at 4m\n+ UP at 6m");
    let down = &report["runs"][2];
    assert_eq!((&down["health"], &down["change"]), (&"down".into(), &1.into()));
    assert_eq!(down["why"], "HTTP 503, expected 2xx");
    assert_eq!(down["alerts"][0]["subject"], "CRITICAL DOWN shop: HTTP 503, expected 2xx");
    assert_eq!(report["runs"][1]["progress"]["count"], 1);
    assert_eq!(report["alerts"].as_array().map(Vec::len), Some(2));
}

#[test]
fn it_writes_nothing_at_all() {
    let repository = repository();
    repository.run(&["simulate", "shop", "--outcomes", "up, fail*2"]).exits(0);
    assert_eq!(repository.files(".").len(), 2, "the settings and the monitors");
}

#[test]
fn channels_get_what_their_policies_take() {
    let settings = "owner: acme/monitors\nchannels:\n  chat: { kind: file }\n  oncall: { kind: file, after: 10m, severities: [critical] }\n";
    let shop = "id: shop\nurl: https://shop.example/\nalert: { to: [chat, oncall] }\n";
    let repository = Repository::new(&[("monitors/shop.yaml", shop), ("monitorctl.yaml", settings)]);
    let args = [
        "simulate",
        "shop",
        "--outcomes",
        "up, fail*7, up",
        "--expect",
        "down at 4m, down at 12m, up at 16m",
    ];
    let run = repository.run(&args);
    run.exits(0);
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    assert!(text.contains("oncall takes only critical, only what is DOWN for 10m"), "{text}");
    assert!(text.contains(" to oncall") && text.contains(" to chat, oncall"), "{text}");
    // A name that stands for all channels.
    let args = ["simulate", "shop", "--outcomes", "up, fail*3, up", "--expect", "down at 4m, up at 8m"];
    repository.write("monitors/shop.yaml", "id: shop\nurl: https://shop.example/\n");
    repository.run(&args).exits(0);
}
