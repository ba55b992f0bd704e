//! `report` as it is typed, on what real runs left behind.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use support::{Api, Repository, hand};

const FORMATS: [&str; 5] = ["text", "markdown", "json", "csv", "html"];

/// Monitors `blog` in no group, and `web/shop`, which was DOWN once.
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

#[test]
fn a_report_has_groups_totals_and_the_longest_outages_in_every_format() {
    let api = Api::start();
    let repository = checked(&api);
    for format in FORMATS {
        let text = stdout(&repository, &["report", "--period", "24h", "--slo", "99.9", "--format", format]);
        for part in ["shop", "blog", "web"] {
            assert!(text.contains(part), "{format}: {part} is missing:\n{text}");
        }
    }
    let text = stdout(&repository, &["report"]);
    for part in
        ["Availability in the last 30d", "Without a group", "All groups", "LONGEST OUTAGES", "DEFINITIONS"]
    {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    let json = stdout(&repository, &["report", "group:web", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["totals"]["monitors"], &json["totals"]["outages"]), (&1.into(), &1.into()));
    assert_eq!(json["totals"]["figures"]["probes"], 3);
    let csv = stdout(&repository, &["report", "--format", "csv"]);
    assert_eq!(csv.matches("\r\n").count(), 3, "{csv}");
}

#[test]
fn a_month_that_is_over_has_the_same_bytes_after_the_catalog_changed() {
    let api = Api::start();
    let repository = checked(&api);
    // Longer ago than the longest month: the month of it is over.
    let ago = SignedDuration::from_hours(32 * 24);
    let month = (Timestamp::now() - ago).strftime("%Y-%m").to_string();
    hand::copy_results_back(&repository, i64::try_from(ago.as_millis()).expect("a time"));
    let all = |repository: &Repository| {
        FORMATS.map(|format| stdout(repository, &["report", "--period", &month, "--format", format]))
    };
    let first = all(&repository);
    assert!(first[0].contains("2 of 3") && first[2].contains("\"stored_at\": \"2"), "{first:?}");
    // One is removed, the other one gets another name and group.
    repository.remove("monitors/web");
    repository.remove("monitors/blog.yaml");
    let moved = format!("{}name: Weblog\nalert: {{ failures: 1 }}\n", api.monitor("blog", "/blog"));
    repository.write("monitors/pages/blog.yaml", &moved);
    repository.run(&["sync", "--yes", "--allow-loss", "1"]).exits(0);
    assert_eq!(first, all(&repository));
    let shop = stdout(&repository, &["report", "shop", "--period", &month]);
    assert!(shop.contains("shop") && !shop.contains("blog"), "{shop}");
}

#[test]
fn what_cannot_be_reported_on_says_what_to_write() {
    let api = Api::start();
    let repository = checked(&api);
    for (args, said) in [
        (["report", "--period=2999-01"], "the month 2999-01 has not begun"),
        (["report", "--period=october"], "write a month such as 2026-10"),
        (["report", "--period=801d"], "write 800d or less"),
        (["report", "--slo=0.999"], "such as 99.95"),
        (["report", "shup"], "no monitor shup"),
    ] {
        let run = repository.run(&args);
        run.exits(2);
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
}
