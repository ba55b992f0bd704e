//! Tests of the library that take long: its store on moto, and properties with all of their cases.
//!
//! `cargo test` leaves this target out, so that it stays fast and needs no Python; `.ci/run` names it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

#[expect(dead_code, reason = "the tests of the program work on it by boto3 too")]
#[path = "../support/moto/mod.rs"]
mod moto;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The variable that names the endpoint of moto for `store::backing`.
const BACKING: &str = "MONITORCTL_TEST_BACKING";

/// The variable that asks `testing::cases` for all cases.
const ALL_CASES: &str = "MONITORCTL_TEST_ALL_CASES";

/// Tests of the store that are about the embedded store itself, or about what moto does not do.
const NOT_FOR_MOTO: &[&str] = &[
    // Files, and locks between processes.
    "store::embedded::",
    // Units as DynamoDB counts them; moto does not count.
    "store::costs::",
    "store::meter::",
    "store::run_writer::tests::a_release_costs_one_write_unit_however_many_monitors_were_skipped",
    // moto counts an attribute that is replaced twice: its old value and its new one.
    "commands::survival::what_is_just_small_enough_fits_also_into_the_record_of_its_change",
    // moto forgets the token of a transaction, so it takes a repetition for another one.
    "store::configs::tests::a_batch_whose_answer_is_lost_is_done_once",
];

/// Each test whose number of cases is `testing::cases`.
const PROPERTIES: &[&str] = &[
    "run::scenarios::properties::whatever_happens_every_change_is_notified_and_nothing_else",
    "config::edit::round_trip::",
];

/// The program that holds the tests of the library.
fn library() -> PathBuf {
    let build = ["test", "--locked", "--lib", "--no-run", "--message-format=json"];
    let output = Command::new(env!("CARGO"))
        .args(build)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut built = messages.filter(|message| message["profile"]["test"] == true);
    built.find_map(|message| message["executable"].as_str().map(PathBuf::from)).expect("it was built")
}

/// Runs tests of the library, of which there are at least `least`.
fn run(command: &mut Command, least: usize) {
    let output = command.output().expect("the tests run");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}");
    let passed = report.lines().filter(|line| line.ends_with("... ok")).count();
    assert!(passed >= least, "only {passed} ran\n{report}");
}

/// Every test of the store is written once; plugs, clock and counting of requests are the same. A difference is one
/// between two implementations of DynamoDB.
#[test]
fn the_tests_of_the_store_pass_against_moto() {
    let moto = moto::Moto::shared();
    let mut command = Command::new(library());
    command.args(["store::", "commands::survival::"]).env(BACKING, moto.endpoint());
    for tests in NOT_FOR_MOTO {
        command.args(["--skip", tests]);
    }
    run(&mut command, 40);
}

#[test]
fn the_long_properties_hold_for_all_of_their_cases() {
    run(Command::new(library()).args(PROPERTIES).env(ALL_CASES, "1"), PROPERTIES.len());
}
