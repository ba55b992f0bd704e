//! `history` as it is typed, on what real runs left behind.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

/// Monitors `blog` (always UP) and `shop`, which was DOWN once.
fn checked(api: &Api) -> Repository {
    let text =
        |id, path| format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path));
    let repository = Repository::new(&[
        ("monitors/blog.yaml", text("blog", "/blog").as_str()),
        ("monitors/web/shop.yaml", format!("{}name: Shop\n", text("shop", "/shop")).as_str()),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    for status in [200, 503, 200] {
        api.answer_on("/shop", status);
        repository.run(&["check", "--all"]).exits(0);
    }
    repository
}

fn stdout(repository: &Repository, args: &[&str]) -> String {
    let run = repository.run(args);
    run.exits(0);
    String::from_utf8(run.stdout).expect("UTF-8")
}

fn json(repository: &Repository, args: &[&str]) -> Value {
    serde_json::from_str(&stdout(repository, args)).expect("JSON")
}

#[test]
fn a_monitor_has_its_outages_changes_and_results() {
    let api = Api::start();
    let repository = checked(&api);
    let text = stdout(&repository, &["history", "shop"]);
    for part in
        ["shop (Shop)  UP for ", "2 of 3 passed", "HTTP 503", "OUTAGES", "DOWN → UP", "RESULTS BY HOUR"]
    {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    let json = json(&repository, &["history", "shop", "--since", "2h", "--format", "json"]);
    assert_eq!(json["monitor"]["group"], "web");
    assert_eq!((&json["figures"]["probes"], &json["figures"]["probes_failed"]), (&3.into(), &1.into()));
    assert_eq!(json["outages"][0]["reason"], "status");
    let to: Vec<_> =
        json["changes"].as_array().expect("changes").iter().map(|change| change["to"].clone()).collect();
    assert_eq!(to, ["down", "up"]);
    let csv = stdout(&repository, &["history", "shop", "--since", "90d", "--format", "csv"]);
    let passed: u32 =
        csv.lines().skip(1).filter_map(|line| line.split(',').nth(9)?.parse::<u32>().ok()).sum();
    assert_eq!((csv.lines().count(), passed), (92, 2), "{csv}");
}

#[test]
fn the_journal_has_the_changes_of_all_monitors_and_also_of_removed_ones() {
    let api = Api::start();
    let repository = checked(&api);
    repository.remove("monitors/web");
    repository.run(&["sync", "--yes", "--allow-loss", "1"]).exits(0);
    let text = stdout(&repository, &["history"]);
    assert!(text.contains("shop") && text.contains("UP → DOWN"), "{text}");
    let csv = stdout(&repository, &["history", "--format", "csv"]);
    let of_shop = csv.lines().filter(|line| line.contains(",shop,")).count();
    assert_eq!(of_shop, 2, "{csv}");
}

#[test]
fn what_cannot_be_shown_says_what_to_type() {
    let api = Api::start();
    let repository = checked(&api);
    for (args, said) in [
        (["history", "shup", "--since=7d"], "did you mean shop?"),
        (["history", "shop", "--since=2999-01-01"], "is in the future"),
        (["history", "shop", "--since=801d"], "--since 800d"),
        (["history", "shop", "--since=later"], "a date such as 2026-11-20"),
    ] {
        let run = repository.run(&args);
        run.exits(2);
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
}
