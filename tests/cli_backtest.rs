//! `diff --backtest` and `simulate --from-incident` as they are typed, on history that runs have written.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::hand::put_results;
use support::{Api, Repository};

/// A pass with 200 in some 12 ms, and a failure with 503.
const PASS: [u8; 4] = [0b0000_0000, 0, 200, 58];
const FAIL: [u8; 4] = [0b1001_0100, 1, 247, 58];

fn plan(repository: &Repository, args: &[&str]) -> Value {
    let run = repository.run(&[&["diff", "--format", "json"], args].concat());
    run.exits(0);
    serde_json::from_slice(&run.stdout).expect("JSON")
}

fn text(repository: &Repository, args: &[&str]) -> String {
    let run = repository.run(args);
    run.exits(0);
    String::from_utf8(run.stdout).expect("UTF-8")
}

/// A synced monitor with the results of these runs.
fn watched(api: &Api, letters: &str) -> Repository {
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    for letter in letters.chars() {
        api.answer(if letter == 'p' { 200 } else { 503 });
        repository.run(&["check", "--all"]).exits(0);
    }
    repository
}

#[test]
fn the_alerts_of_real_runs_are_those_of_the_stored_policy() {
    let api = Api::start();
    let repository = watched(&api, "ppfpffp");
    assert_eq!(repository.alerts().len(), 2, "DOWN and UP");
    let changed = format!("{}alert: {{ failures: 1 }}\n", api.monitor("shop", "/shop"));
    repository.write("monitors/shop.yaml", &changed);
    let backtest = plan(&repository, &["--backtest", "1d"])["backtest"].take();
    let shop = &backtest["monitors"][0];
    assert_eq!((&shop["id"], &shop["results"]), (&"shop".into(), &7.into()), "{backtest}");
    assert_eq!(shop["alerts_before"], serde_json::json!({"DOWN": 1, "UP": 1}));
    assert_eq!(shop["alerts_after"], serde_json::json!({"DOWN": 2, "UP": 2}));
    assert_eq!(shop["outages"].as_array().map(Vec::len), Some(2));
    assert_eq!(plan(&repository, &[])["backtest"], Value::Null);
}

#[test]
fn a_calmer_policy_names_the_outages_that_are_alerted_later_or_not_at_all() {
    let api = Api::start();
    let repository = watched(&api, "p");
    let now = Timestamp::now();
    // A result every ten minutes for two days: some short outages, and a long one on the first day.
    let result = |run: i64| {
        let fails = run % 60 < 2 || (70..90).contains(&run);
        (now - SignedDuration::from_mins(10 * (300 - run)), if fails { FAIL } else { PASS })
    };
    put_results(&repository, (2..300).map(result));
    let changed =
        format!("{}alert: {{ failures: 4 }}\nretry: {{ attempts: 2 }}\n", api.monitor("shop", "/shop"));
    repository.write("monitors/shop.yaml", &changed);
    let page = text(&repository, &["diff", "--backtest", "3d"]);
    for line in [
        "Backtest on the results of the last 3d:\n  shop\n      alerts 10 → 2 (DOWN 5 → 1, UP 5 → 1)\n",
        " UTC (3h20m) is alerted after 30m instead of 10m\n",
        "      4 outages cause no alert any more; the longest lasted 20m, from ",
        "      the results begin at ",
        "      not replayed: retry\n",
        "  alerts 10 → 2; 4 outages cause no alert any more, 1 outage is alerted later\n",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let comment = text(&repository, &["diff", "--backtest", "3d", "--format", "markdown"]);
    assert!(comment.contains("```text\nBacktest on the results of the last 3d:\n  shop\n"), "{comment}");
    // The last day has fewer results, and not the long outage.
    let short = text(&repository, &["diff", "--backtest", "1d"]);
    assert!(short.contains("alerts 4 → 0 (DOWN 2 → 0, UP 2 → 0)"), "{short}");
}

#[test]
fn a_new_monitor_has_no_results_and_a_change_of_tags_no_backtest() {
    let api = Api::start();
    let repository = watched(&api, "pp");
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.write("monitors/shop.yaml", &format!("{}tags: [eu]\n", api.monitor("shop", "/shop")));
    let page = text(&repository, &["diff", "--backtest", "30d"]);
    assert!(page.contains("  cart\n      no results yet\n"), "{page}");
    assert!(page.contains("no results yet of 1 added or changed monitor\n"), "{page}");
    repository.run(&["diff", "--backtest", "91d"]).exits(2);
    repository.run(&["diff", "--backtest", "1d", "--offline", "--base", "HEAD"]).exits(2);
}

#[test]
fn an_incident_is_replayed_with_the_policy_in_the_files() {
    let api = Api::start();
    let repository = watched(&api, "ppffpp");
    let simulate = |args: &[&str]| repository.run(&[&["simulate"], args].concat());
    simulate(&["--from-incident", "shop/1", "--expect", "down, up"]).exits(0);
    // By the key that its messages have.
    let alert = repository.alerts()[0]["alerts"][0].clone();
    let key = alert["incident_key"].as_str().expect("a key");
    simulate(&["--from-incident", key, "--expect", "down, up"]).exits(0);

    let calmer =
        format!("{}alert: {{ failures: 3 }}\nretry: {{ attempts: 2 }}\n", api.monitor("shop", "/shop"));
    repository.write("monitors/shop.yaml", &calmer);
    simulate(&["--from-incident", "shop/1", "--expect", "none"]).exits(0);
    simulate(&["shop", "--from-incident", "shop/1", "--expect", "down"]).exits(21);
    let run = simulate(&["--from-incident", "shop/1"]);
    run.exits(0);
    let text = String::from_utf8(run.stdout).expect("UTF-8");
    for line in [
        "shop: incident 1, ",
        ": HTTP 503, expected 200\n",
        "  status=503      UP        1 of 3 towards DOWN\n",
        "not replayed: retry\n",
        "with the stored policy: 2 alerts: DOWN at ",
        "\nno alert\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let run = simulate(&["--from-incident", "shop/1", "--format", "json"]);
    run.exits(0);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!((&report["incident"]["n"], &report["not_replayed"][0]), (&1.into(), &"retry".into()));
    assert_eq!(report["runs"].as_array().map(Vec::len), Some(6));
    assert_eq!(report["alerts_stored"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["alerts"].as_array().map(Vec::len), Some(0));
}

#[test]
fn an_incident_that_is_not_stored_says_what_there_is() {
    let api = Api::start();
    let repository = watched(&api, "pffp");
    let said = |args: &[&str], code| {
        let run = repository.run(args);
        run.exits(code);
        String::from_utf8(run.stderr).expect("UTF-8")
    };
    let other = said(&["simulate", "--from-incident", "shop/7"], 2);
    assert!(
        other.contains("shop has no incident 7") && other.contains("its last ones are shop/1"),
        "{other}"
    );
    let unknown = said(&["simulate", "--from-incident", "cart/1"], 2);
    assert!(unknown.contains("no stored incident of this monitor"), "{unknown}");
    let odd = said(&["simulate", "--from-incident", "shop"], 2);
    assert!(odd.contains("write MONITOR/NUMBER, such as payments-api/3"), "{odd}");
    said(&["simulate", "shop", "--from-incident", "shop/1", "--outcomes", "up"], 2);
    said(&["simulate", "shop"], 2);
}
