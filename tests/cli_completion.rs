//! Completion as shells do it: with the script that the program prints.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Command;

use support::Repository;

const SHOP: &str = "id: shop\nurl: https://shop.example/\n---\nid: shop-eu\nurl: https://eu.shop.example/\n";

/// Asks again until bash offers `expected`: on a busy machine the time limit leaves out what came late.
fn assert_offered(repository: &Repository, line: &str, expected: &[&str]) {
    let is_offered = || offered(repository, line) == expected;
    assert!((0..50).any(|_| is_offered()), "{line}: {:?}", offered(repository, line));
}

/// What bash offers for the last word of `line`; standard error has to be empty.
fn offered(repository: &Repository, line: &str) -> Vec<String> {
    let program = env!("CARGO_BIN_EXE_monitorctl");
    let script = format!(
        "PATH=\"$(dirname '{program}'):$PATH\"; source <(monitorctl completions bash)
         COMP_WORDS=({line}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); COMP_TYPE=9
         _clap_complete_monitorctl monitorctl \"${{COMP_WORDS[$COMP_CWORD]}}\"
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", &script]).current_dir(repository.path(".")).env_clear();
    bash.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", repository.path("."));
    let output = bash.output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    words.lines().filter(|word| !word.is_empty() && !word.starts_with('-')).map(str::to_owned).collect()
}

#[test]
fn ids_come_from_the_files_and_silences_from_the_store() {
    let repository = Repository::new(&[("monitors/eu/shop.yaml", SHOP)]);
    assert_offered(&repository, "monitorctl status ''", &["shop", "shop-eu"]);
    assert_offered(&repository, "monitorctl explain shop-", &["shop-eu"]);
    assert_offered(&repository, "monitorctl diff --only shop-", &["shop-eu"]);
    assert_offered(&repository, "monitorctl -C monitors/eu status shop-", &["shop-eu"]);
    assert!(!repository.path(".monitorctl").exists(), "completion makes no store");

    assert_offered(&repository, "monitorctl silence end ''", &[""; 0]);
    assert!(!repository.path(".monitorctl").exists(), "completion makes no store");
    repository.run(&["sync", "--yes"]).exits(0);
    let silence = ["silence", "add", "shop-*", "--for", "1h", "--reason", "a move"];
    repository.run(&silence).exits(0);
    assert_offered(&repository, "monitorctl silence end 'shop'", &["shop-*"]);
    // Its id, too.
    assert!((0..50).any(|_| offered(&repository, "monitorctl silence end ''").len() == 2));
}

#[test]
fn what_is_wrong_with_the_place_is_not_said_while_a_line_is_typed() {
    let broken = [
        ("monitors/a.yaml", "id: [\n"),
        ("monitorctl.yaml", "owner: [\n"),
        (".monitorctl/store.db", "no store"),
    ];
    let repository = Repository::new(&broken);
    for line in [
        "monitorctl status x",
        "monitorctl silence end x",
        "monitorctl -C nowhere explain x",
        "monitorctl --store what silence end x",
    ] {
        assert_eq!(offered(&repository, line), [""; 0], "{line}");
    }
}
