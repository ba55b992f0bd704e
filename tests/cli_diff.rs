//! `diff` as it is typed: against the table, against a commit, with a probe, and one field explained.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use support::{Api, Repository};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Two commits: a monitor, and a change of it with a second one.
fn changed(api: &Api) -> Repository {
    let defaults = "interval: 4m\n";
    let repository = Repository::new(&[
        ("monitors/defaults.yaml", defaults),
        ("monitors/shop.yaml", &api.monitor("shop", "/shop")),
    ]);
    repository.commit();
    repository.write("monitors/shop.yaml", &format!("{}timeout: 5s\n", api.monitor("shop", "/shop")));
    repository.write("monitors/cart.yaml", &api.monitor("cart", "/cart"));
    repository.commit();
    repository
}

#[test]
fn without_credentials_files_are_compared_with_those_of_a_commit() {
    let api = Api::start();
    let repository = changed(&api);
    let run = repository.run(&["diff", "--offline", "--base", "main~1", "--exit-code"]);
    run.exits(10);
    let shown = text(&run.stdout);
    assert!(shown.contains("~ shop") && shown.contains("+ cart") && shown.contains("timeout"), "{shown}");
    // Nothing was opened, so nothing was made.
    assert!(
        !repository.files(".").iter().any(|path| path.ends_with(".monitorctl")),
        "{:?}",
        repository.files(".")
    );
    repository.run(&["diff", "--offline", "--base", "main", "--exit-code"]).exits(0);
    let unknown = repository.run(&["diff", "--offline", "--base", "nowhere"]);
    unknown.exits(1);
    assert!(
        text(&unknown.stderr).contains("there is no commit \"nowhere\" here"),
        "{}",
        text(&unknown.stderr)
    );
    repository.run(&["diff", "--offline"]).exits(2);
}

#[test]
fn added_and_changed_monitors_are_probed_and_nothing_is_written() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/cart.yaml", &format!("{}timeout: 3s\n", api.monitor("cart", "/cart")));
    api.answer(503);
    let run = repository.run(&["diff", "--probe"]);
    run.exits(0);
    let shown = text(&run.stdout);
    assert!(shown.contains("1 of 1 added and changed monitor would be DOWN now"), "{shown}");
    assert!(shown.contains("HTTP 503, expected 200"), "{shown}");
    // Nobody was told, and no state was made.
    assert!(repository.alerts().is_empty());
    assert!(
        text(&repository.run(&["status"]).stdout).contains("NEW"),
        "{}",
        text(&repository.run(&["status"]).stdout)
    );
}

#[test]
fn a_field_is_explained_from_the_file_to_the_table() {
    let api = Api::start();
    let repository = changed(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.write("monitors/defaults.yaml", "interval: 6m\n");
    let explained = |field: &str| {
        let run = repository.run(&["diff", "--explain", field]);
        run.exits(0);
        text(&run.stdout)
    };
    let interval = explained("shop.interval");
    assert!(interval.contains("files    6m  monitors/defaults.yaml:1"), "{interval}");
    assert!(interval.contains("table    4m  commit "), "{interval}");
    assert!(interval.contains("default  2m"), "{interval}");
    let status = explained("shop.expect");
    assert!(status.contains("shop.expect.status") && status.contains("monitors/shop.yaml:3"), "{status}");
    repository.run(&["diff", "--explain", "shop.nothing"]).exits(2);
    repository.run(&["diff", "--explain", "nobody.url"]).exits(2);
}
