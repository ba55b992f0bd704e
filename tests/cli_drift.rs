//! What `diff` and `sync` make of a table that was edited by hand.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "what other tests of the command line need, too")]
mod support;

use serde_json::{Value, json};
use support::hand::{self, edit, put_with, set};
use support::{Api, Repository};

const SHOP: &str = "id: shop\nurl: https://shop.example/health\ntimeout: 5s\n";
const CART: &str = "id: cart\nurl: https://cart.example/health\n";

fn synced() -> Repository {
    let repository = Repository::new(&[("monitors/shop.yaml", SHOP), ("monitors/cart.yaml", CART)]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

fn text(text: &str) -> Value {
    json!({"S": text})
}

/// Everything that a run said, which ends as expected.
fn said(repository: &Repository, args: &[&str], expected: i32) -> String {
    let run = repository.run(args);
    run.exits(expected);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    format!("{}{}", text(&run.stdout), text(&run.stderr))
}

// A file cannot bring a credential there, but a hand can (P10).
#[test]
fn a_literal_credential_in_the_table_is_shown_by_nothing() {
    let repository = synced();
    let spec = json!({
        "url": text("https://user:hunter2-hunter2@shop.example/?api_key=sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
        "headers": {"M": {"x-api-key": text("sk_live_4eC39HqLyjWDarjtT1zdp7dc")}},
        "json": {"M": {"password": text("hunter2-hunter2")}},
        "method": text("POST"),
    });
    edit(&repository, "shop", &spec);
    for args in [
        &["diff"][..],
        &["diff", "--full"],
        &["diff", "--drift"],
        &["diff", "--format", "json"],
        &["diff", "--format", "markdown"],
        &["diff", "--format", "github"],
        &["diff", "--explain", "shop.url"],
        &["diff", "--explain", "shop.headers"],
        &["diff", "--explain", "shop.json"],
    ] {
        let said = said(&repository, args, 0);
        assert!(said.contains("shop") || said.contains("1 drift to revert"), "{args:?}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("sk_live"), "{args:?}: {said}");
    }
}

#[test]
fn drift_is_shown_by_itself_also_where_the_file_changed_too() {
    let repository = synced();
    assert!(said(&repository, &["diff", "--drift", "--exit-code"], 0).contains("No drift"));
    edit(&repository, "shop", &json!({"url": text("https://shop.example/health"), "timeout": text("9s")}));
    repository.write("monitors/shop.yaml", &SHOP.replace("5s", "7s"));
    repository.write("monitors/cart.yaml", &CART.replace("/health", "/ping"));
    let shown = said(&repository, &["diff", "--drift", "--exit-code"], 11);
    assert!(shown.contains("shop") && !shown.contains("cart"), "{shown}");
    assert!(shown.contains("Drift: 1 monitor edited by hand in the table."), "{shown}");
    // A look has no guard and no name by which it could be applied.
    assert!(!shown.contains("Guard") && !shown.contains("sha256"), "{shown}");
    let shown = said(&repository, &["diff", "--drift", "--format", "markdown"], 0);
    assert!(shown.contains("edited by hand") && !shown.contains("Guard"), "{shown}");
    said(&repository, &["diff", "--exit-code"], 12);
}

#[test]
fn the_same_in_another_spelling_is_no_change() {
    let repository = synced();
    edit(
        &repository,
        "shop",
        &json!({"url": text("HTTPS://shop.example:443/health"), "timeout": text("5000ms")}),
    );
    said(&repository, &["diff", "--exit-code"], 0);
}

/// Every way to damage an item whose owner stays readable, as what a hand writes over it.
fn damages() -> Vec<(&'static str, Value)> {
    let url = || ("url", text("https://shop.example/health"));
    let spec = |more: (&str, Value)| json!({"M": {url().0: url().1, more.0: more.1}});
    let deep = (0..30).fold(json!({"N": "1"}), |inner, _| json!({"L": [inner]}));
    vec![
        ("spec", spec(("tags", json!({"SS": ["a", "b"]})))),
        ("spec", spec(("tags", json!({"NS": ["1", "2"]})))),
        ("spec", spec(("body", json!({"B": "AAAA"})))),
        ("spec", text("gone")),
        ("spec", json!({"L": []})),
        ("fingerprint", json!({"N": "1"})),
        ("format", text("one")),
        ("generation", json!({"N": "1.5"})),
        ("synced_at", text("yesterday")),
        ("formerly", text("a")),
        // These read, and mean nothing, or more than a file may say.
        ("spec", json!({"M": {}})),
        ("spec", json!({"M": {"url": {"N": "1"}}})),
        ("spec", spec(("bogus", text("a")))),
        ("spec", spec(("redirects", json!({"N": "1E+30"})))),
        ("spec", spec(("expect", json!({"M": {"body": {"M": {"not_contains": text("${env:A}")}}}})))),
        ("spec", spec(("json", deep))),
    ]
}

// Trap 26: what a file cannot cure stays broken for ever.
#[test]
fn an_item_of_ours_that_does_not_read_is_drift_and_is_replaced_from_its_file() {
    let repository = synced();
    for (attribute, value) in damages() {
        set(&repository, "shop", attribute, &value);
        let shown = said(&repository, &["diff", "--exit-code"], 11);
        assert!(shown.contains("shop  monitors/shop.yaml:1"), "{attribute} {value}: {shown}");
        let shown = said(&repository, &["sync", "--yes"], 0);
        assert!(shown.contains("applied 1 change;"), "{attribute} {value}: {shown}");
        said(&repository, &["diff", "--exit-code"], 0);
    }
}

#[test]
fn an_item_of_ours_that_does_not_read_goes_with_its_file_or_moves_with_it() {
    for (attribute, value) in damages() {
        let repository = synced();
        set(&repository, "shop", attribute, &value);
        repository.write("monitors/shop.yaml", &SHOP.replace("id: shop", "id: store\nmoved_from: shop"));
        said(&repository, &["sync", "--yes"], 0);
        set(&repository, "store", attribute, &value);
        repository.remove("monitors/shop.yaml");
        let shown = said(&repository, &["sync", "--yes"], 0);
        assert!(shown.contains("applied 1 change;"), "{attribute} {value}: {shown}");
        let shown = said(&repository, &["diff", "--exit-code"], 0);
        assert!(!shown.contains("malformed"), "{attribute} {value}: {shown}");
        // The id is free again.
        repository.write("monitors/shop.yaml", SHOP);
        said(&repository, &["sync", "--yes"], 0);
        said(&repository, &["diff", "--exit-code"], 0);
    }
}

#[test]
fn an_item_of_ours_that_does_not_read_stops_no_undo() {
    for (attribute, value) in damages() {
        let repository = synced();
        repository.write("monitors/shop.yaml", &SHOP.replace("5s", "7s"));
        repository.write("monitors/cart.yaml", &CART.replace("/health", "/ping"));
        said(&repository, &["sync", "--yes"], 0);
        set(&repository, "shop", attribute, &value);
        let shown = said(&repository, &["sync", "--undo", "last", "--yes"], 0);
        assert!(shown.contains("applied 2 changes"), "{attribute} {value}: {shown}");
        repository.write("monitors/shop.yaml", SHOP);
        repository.write("monitors/cart.yaml", CART);
        said(&repository, &["diff", "--exit-code"], 0);
    }
    // What was damaged before a run stays as the run put it right; the rest goes back.
    let repository = synced();
    set(&repository, "shop", "spec", &text("gone"));
    repository.write("monitors/cart.yaml", &CART.replace("/health", "/ping"));
    said(&repository, &["sync", "--yes"], 0);
    let shown = said(&repository, &["sync", "--undo", "last", "--yes"], 4);
    assert!(shown.contains("applied 1 change") && shown.contains("is unreadable: shop"), "{shown}");
    repository.write("monitors/cart.yaml", CART);
    said(&repository, &["diff", "--exit-code"], 0);
}

// P11: one bad item never stops the others.
#[test]
fn an_item_that_does_not_read_and_says_no_owner_is_left_out_and_the_rest_is_synced() {
    let repository = synced();
    let tags = json!({"url": text("https://shop.example/health"), "tags": {"SS": ["a", "b"]}});
    put_with(&repository, "shop", &tags, &json!({}));
    repository.write("monitors/shop.yaml", &SHOP.replace("5s", "7s"));
    repository.write("monitors/cart.yaml", &CART.replace("/health", "/ping"));
    let shown = said(&repository, &["diff"], 0);
    assert!(shown.contains("warning: item `shop`") && shown.contains("~ cart"), "{shown}");
    assert!(shown.contains("is unreadable: shop; sync applies the rest and exits with 4."), "{shown}");
    let shown = said(&repository, &["sync", "--yes"], 4);
    assert!(shown.contains("applied 1 change;"), "{shown}");
    assert!(shown.contains("not synced, because the stored item is unreadable: shop"), "{shown}");
    let shown = said(&repository, &["diff", "--exit-code"], 0);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    // As its help says: what is deleted is made anew, if a file has it.
    assert!(shown.contains("delete it in the table: sync recreates monitors"), "{shown}");
    put_with(
        &repository,
        "shop",
        &json!({"url": text("https://shop.example/health")}),
        &json!({
            "owner": text("acme/monitors"),
        }),
    );
    said(&repository, &["sync", "--yes"], 0);
}

// A newer version wrote it, so the history that would come along is unknown.
#[test]
fn what_moves_from_an_item_that_does_not_read_waits_and_what_goes_is_named() {
    let repository = synced();
    let newer = json!({"owner": text("acme/monitors"), "format": {"N": "99"}});
    put_with(&repository, "shop", &json!({"url": text("https://shop.example/health")}), &newer);
    let moved = SHOP.replace(
        "id: shop",
        "id: store
moved_from: shop",
    );
    repository.write("monitors/shop.yaml", &moved);
    let shown = said(&repository, &["sync", "--yes"], 4);
    assert!(shown.contains("is unreadable: store (moved from shop)"), "{shown}");
    repository.remove("monitors/shop.yaml");
    let shown = said(&repository, &["sync", "--yes"], 4);
    assert!(shown.contains("is unreadable: shop (to be removed)"), "{shown}");
}

#[test]
fn a_protected_item_is_not_taken_over_without_its_protection() {
    let repository = synced();
    let spec = json!({"url": text("https://bank.example/"), "protect": {"BOOL": true}});
    put_with(&repository, "bank", &spec, &json!({}));
    repository.write("monitors/bank.yaml", "id: bank\nurl: https://bank.example/\n");
    let shown = said(&repository, &["sync", "--adopt", "bank", "--yes"], 5);
    assert!(shown.contains("bank is protected"), "{shown}");
    repository.write("monitors/bank.yaml", "id: bank\nurl: https://bank.example/\nprotect: true\n");
    said(&repository, &["sync", "--adopt", "bank", "--yes"], 0);
    // Neither does it lose it on the way to another id.
    repository.write("monitors/bank.yaml", "id: bank-2\nurl: https://bank.example/\nmoved_from: bank\n");
    let shown = said(&repository, &["sync", "--yes"], 5);
    assert!(shown.contains("is protected"), "{shown}");
}

#[test]
fn a_monitor_that_was_deleted_in_the_table_is_said_to_be_missing_there() {
    let api = Api::start();
    let repository = Repository::new(&[
        ("monitors/cart.yaml", &api.monitor("cart", "/cart")),
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
    ]);
    // Before the first sync, that is nothing special.
    repository.run(&["sync", "--yes"]).exits(0);
    hand::delete(&repository, "cart");
    let run = repository.run(&["pull", "--drift"]);
    run.exits(0);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        said.contains("cart (monitors/cart.yaml:1) is not in the table; the next sync writes it"),
        "{said}"
    );
    assert!(!said.contains("shop ("), "{said}");
    repository.run(&["pull", "--drift", "--only", "cart"]).exits(0);
}

#[test]
fn an_empty_table_and_an_undo_say_what_they_are() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.run(&["sync", "--yes"]).exits(0);
    let undone = repository.run(&["sync", "--undo", "last", "--yes"]);
    undone.exits(0);
    let shown = String::from_utf8_lossy(&undone.stdout).into_owned();
    assert!(shown.starts_with("owner acme/monitors · undo of 01"), "{shown}");
    hand::delete(&repository, "shop");
    let run = repository.run(&["check", "--all"]);
    run.exits(0);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(said.contains("the config table has no monitors; next step: monitorctl sync"), "{said}");
}
