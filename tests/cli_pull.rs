//! `pull` as it is typed, against items that were put in or edited by hand.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "what other tests of the command line need, too")]
mod support;

use serde_json::{Value, json};
use support::Repository;
use support::hand::{edit, put, put_with};

const SHOP: &str = "\
# yaml-language-server: $schema=../schema/monitor.schema.json

# The shop, and the cart behind it.
id: shop
url: https://shop.example/health # public
timeout: 5s # measured
headers: { accept: text/plain, authorization: \"Bearer ${env:SHOP}\" }
---
id: cart
url: https://cart.example/health
expect:
  # anything good
  status: [200, 204]
";

fn repository() -> Repository {
    let repository =
        Repository::new(&[("monitors/shop.yaml", SHOP), ("monitors/defaults.yaml", "team: web\n")]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

fn text(text: &str) -> Value {
    json!({"S": text})
}

fn read(repository: &Repository, folder: &str, name: &str) -> String {
    let files = repository.files(folder);
    let file = files.iter().find(|file| file.file_name().is_some_and(|other| other == name));
    std::fs::read_to_string(file.expect(name)).expect("text")
}

fn said(repository: &Repository, args: &[&str], expected: i32) -> String {
    let run = repository.run(args);
    run.exits(expected);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    format!("{}--- stderr\n{}", text(&run.stdout), text(&run.stderr))
}

/// The shop as sync wrote it, but for a slower timeout, without a team, and with this authorization.
fn edited_shop(authorization: &str) -> Value {
    json!({
        "url": text("https://shop.example/health"),
        "timeout": text("9s"),
        "headers": {"M": {"accept": text("text/plain"), "authorization": text(authorization)}},
    })
}

#[test]
fn a_live_edit_comes_back_into_its_file_and_then_there_is_nothing_to_sync() {
    let repository = repository();
    insta::assert_snapshot!(said(&repository, &["pull", "--drift"], 0), @r#"
    --- stderr
    no edits to write back
    "#);
    edit(&repository, "shop", &edited_shop("Bearer ${env:SHOP}"));
    edit(
        &repository,
        "cart",
        &json!({
            "url": text("https://cart.example/health"),
            "team": text("web"),
            "expect": {"M": {"status": {"L": [{"N": "200"}, {"N": "204"}, text("3xx")]}}},
        }),
    );
    insta::assert_snapshot!(said(&repository, &["pull", "--drift"], 0), @r#"
    ~ cart  monitors/shop.yaml:9
        expect.status  [200,204] → [200,204,"3xx"]
    ~ shop  monitors/shop.yaml:4
        team     web → (none)
        timeout  5s → 9s
    --- stderr
    2 monitors written back; review with `git diff`
    "#);
    insta::assert_snapshot!(read(&repository, "monitors", "shop.yaml"), @r#"
    # yaml-language-server: $schema=../schema/monitor.schema.json

    # The shop, and the cart behind it.
    id: shop
    url: https://shop.example/health # public
    timeout: 9s # measured
    headers: { accept: text/plain, authorization: "Bearer ${env:SHOP}" }
    team: null
    ---
    id: cart
    url: https://cart.example/health
    expect:
      # anything good
      status: [200, 204, 3xx]
    "#);
    repository.run(&["diff", "--exit-code"]).exits(10);
    assert_eq!(repository.files("monitors").len(), 2, "nothing else is left in the folder");
}

#[test]
fn what_the_file_says_beyond_the_live_edit_stays_and_is_the_only_thing_to_sync() {
    let repository = repository();
    edit(&repository, "shop", &edited_shop("Bearer ${env:SHOP}"));
    repository.write(
        "monitors/shop.yaml",
        &SHOP.replace("timeout: 5s # measured\n", "timeout: 5s # measured\ninterval: 5m\n"),
    );
    insta::assert_snapshot!(said(&repository, &["pull", "--drift"], 0), @r#"
    ~ shop  monitors/shop.yaml:4
        team     web → (none)
        timeout  5s → 9s
    --- stderr
    shop was also edited in monitors/shop.yaml, in other fields; the next sync applies those
    1 monitor written back; review with `git diff`
    "#);
    let diff: Value =
        serde_json::from_slice(&repository.run(&["diff", "--format", "json"]).stdout).expect("JSON");
    let paths: Vec<_> =
        diff["changes"][0]["fields"].as_array().expect("a list").iter().map(|f| f["path"].clone()).collect();
    assert_eq!(paths, ["interval"]);

    // The same field on both sides: which one is meant is unknown, and the other monitors come back all the same.
    let repository = self::repository();
    edit(&repository, "shop", &edited_shop("Bearer ${env:SHOP}"));
    edit(&repository, "cart", &json!({"url": text("https://cart.example/live")}));
    let file = SHOP.replace("timeout: 5s", "timeout: 7s");
    repository.write("monitors/shop.yaml", &file);
    insta::assert_snapshot!(said(&repository, &["pull", "--drift"], 4), @r#"
    ~ cart  monitors/shop.yaml:9
        expect.status  [200,204] → (none)
        team           web → (none)
        url            https://cart.example/health → https://cart.example/live
    --- stderr
    warning: monitors/shop.yaml:4: shop: was edited both in the table and in its file since the last sync
             `monitorctl diff` shows both; write the right value into the file and sync, or pass `--overwrite ID`
    1 monitor written back; review with `git diff`
    "#);
    assert!(
        read(&repository, "monitors", "shop.yaml").starts_with(file.split("---").next().expect("a part"))
    );
    repository.run(&["pull", "--drift", "--overwrite", "shop"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(10);
}

#[test]
fn what_was_put_in_by_hand_becomes_files_that_read_the_same() {
    let repository = repository();
    put(
        &repository,
        "eu/pay.api",
        &json!({"url": text("https://pay.example/"), "body": text("- x: # \u{1b}[2J"), "method": text("POST"), "group": text("eu/pay"), "timeout": text("3000ms")}),
    );
    put(&repository, "defaults", &json!({"url": text("https://d.example/"), "team": text("yes")}));
    put(&repository, "escape", &json!({"url": text("https://d.example/"), "group": text("../../etc")}));
    put(&repository, "invalid", &json!({"url": text("https://d.example/"), "timeout": text("9h")}));
    let format = json!({"format": {"N": "99"}});
    put_with(&repository, "newer", &json!({"url": text("https://n.example/")}), &format);
    put_with(
        &repository,
        "other",
        &json!({"url": text("https://o.example/")}),
        &json!({"owner": text("acme/other")}),
    );
    insta::assert_snapshot!(said(&repository, &["pull", "--unmanaged"], 4), @r#"
    + defaults    monitors/defaults-2.yaml:3
    + eu/pay.api  monitors/eu/pay/eu-pay.api.yaml:3
    --- stderr
    warning: item `newer` has the newer format 99
             a newer monitorctl uses this table; update this one
    warning: escape: its group is not a folder path; name a folder with `--out`
    warning: invalid: the stored item is invalid: `timeout` must be between 100ms and 1m
    2 new files written; review the files, then adopt the monitors with `monitorctl sync`
    "#);
    insta::assert_snapshot!(read(&repository, "monitors/eu/pay", "eu-pay.api.yaml"), @r#"
    # yaml-language-server: $schema=../../../schema/monitor.schema.json

    id: eu/pay.api
    url: https://pay.example/
    method: POST
    body: "- x: # \u001B[2J"
    timeout: 3s
    team: null
    "#);
    insta::assert_snapshot!(read(&repository, "monitors", "defaults-2.yaml"), @r#"
    # yaml-language-server: $schema=../schema/monitor.schema.json

    id: defaults
    url: https://d.example/
    team: "yes"
    "#);
    repository.run(&["validate"]).exits(0);
    // They are there now, so a second time writes nothing.
    insta::assert_snapshot!(said(&repository, &["pull", "--unmanaged", "--only", "d*,eu/*"], 0), @r#"
    --- stderr
    defaults is already in monitors/defaults-2.yaml:3; adopt it with `monitorctl sync --adopt defaults`
    eu/pay.api is already in monitors/eu/pay/eu-pay.api.yaml:3; adopt it with `monitorctl sync --adopt eu/pay.api`
    no new files written
    "#);
    // Adopted, they are as stored.
    repository.run(&["sync", "--yes", "--adopt", "defaults,eu/*"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
    repository.run(&["pull", "--drift", "--only", "defaults,shop"]).exits(0);
}

#[test]
fn new_files_go_where_they_are_wanted() {
    let repository = repository();
    put(&repository, "pay", &json!({"url": text("https://pay.example/")}));
    put(&repository, "bank", &json!({"url": text("https://bank.example/")}));
    repository.run(&["pull", "--unmanaged", "--out", "elsewhere"]).exits(2);
    repository.run(&["pull", "--unmanaged", "--out", "monitors/../x"]).exits(2);
    repository.run(&["pull", "--unmanaged", "--only", "pax"]).exits(2);
    let run = repository.run(&[
        "pull",
        "--unmanaged",
        "--out",
        "monitors/unmanaged",
        "--only",
        "p*",
        "--format",
        "json",
    ]);
    run.exits(0);
    let report: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(
        report["written"],
        json!([{"action": "create", "id": "pay", "span": {"file": "monitors/unmanaged/pay.yaml", "line": 3}, "fields": [], "redacted": []}])
    );
    assert_eq!(repository.files("monitors/unmanaged").len(), 1);
    repository.run(&["validate"]).exits(0);
}

// P10: no value of a secret in a file or on a stream.
#[test]
fn a_literal_credential_in_the_table_is_never_written_or_shown() {
    let repository = repository();
    put(
        &repository,
        "payments-api",
        &json!({
            "url": text("https://pay.example/?token=hunter2hunter2&page=1"),
            "headers": {"M": {"Authorization": text("Bearer hunter2"), "x-api-key": {"N": "4242424242"}}},
        }),
    );
    edit(&repository, "shop", &edited_shop("Bearer hunter2"));
    let text = said(&repository, &["pull", "--unmanaged", "--drift"], 0);
    insta::assert_snapshot!(text, @r#"
    ~ shop          monitors/shop.yaml:4
        team     web → (none)
        timeout  5s → 9s
    + payments-api  monitors/payments-api.yaml:3
    --- stderr
    warning: shop: headers.authorization is a literal credential in the table; the file is unchanged, and the next sync restores its value; rotate the exposed credential
    warning: payments-api: headers.x-api-key is a literal credential in the table and was not written; set the variable PAYMENTS_API_X_API_KEY to its whole value on the machine that runs check, and rotate the exposed credential
    warning: payments-api: headers.authorization is a literal credential in the table and was not written; set the variable PAYMENTS_API_AUTHORIZATION to its whole value on the machine that runs check, and rotate the exposed credential
    warning: payments-api: url.token is a literal credential in the table and was not written; set the variable PAYMENTS_API_URL_TOKEN to that part on the machine that runs check, and rotate the exposed credential
    1 monitor written back; review with `git diff`
    1 new file written; review the files, then adopt the monitors with `monitorctl sync --adopt ID`
    "#);
    insta::assert_snapshot!(read(&repository, "monitors", "payments-api.yaml"), @r#"
    # yaml-language-server: $schema=../schema/monitor.schema.json

    id: payments-api
    url: "https://pay.example/?token=${env:PAYMENTS_API_URL_TOKEN}&page=1"
    headers:
      authorization: "${env:PAYMENTS_API_AUTHORIZATION}"
      x-api-key: "${env:PAYMENTS_API_X_API_KEY}"
    team: null
    "#);
    let json = said(&repository, &["pull", "--unmanaged", "--drift", "--format", "json"], 0);
    for shown in [
        text,
        json,
        read(&repository, "monitors", "payments-api.yaml"),
        read(&repository, "monitors", "shop.yaml"),
    ] {
        assert!(!shown.contains("hunter2") && !shown.contains("42424242"), "{shown}");
    }
    repository.run(&["validate"]).exits(0);
}

#[test]
fn what_to_pull_has_to_be_said() {
    let said = said(&repository(), &["pull"], 2);
    assert!(said.contains("--unmanaged") && said.contains("--drift"), "{said}");
}
