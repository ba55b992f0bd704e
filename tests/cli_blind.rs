//! A machine that cannot reach the network, with the real program.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use serde_json::Value;
use support::{Api, Repository};

/// No server listens there.
const NOWHERE: &str = "http://127.0.0.1:1/";

fn repository(canary: &str) -> Repository {
    let monitor = |id: &str| format!("id: {id}\nurl: {NOWHERE}{id}\nretry: {{ attempts: 0 }}\n");
    let files = ["a", "b", "c"].map(|id| (format!("monitors/{id}.yaml"), monitor(id)));
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let repository = Repository::new(&files);
    repository.write("monitorctl.yaml", &settings(canary));
    repository
}

fn settings(canary: &str) -> String {
    format!("owner: acme/monitors\ncanaries: [\"{canary}\"]\n")
}

fn json(repository: &Repository, args: &[&str]) -> Value {
    serde_json::from_slice(&repository.run(args).stdout).expect("JSON")
}

// Trap 9: the prober's own network dies and everything is DOWN.
#[test]
fn a_machine_that_reaches_nothing_says_so_once_and_what_it_sees_once_a_canary_answers() {
    let repository = repository(NOWHERE);
    repository.run(&["sync", "--yes"]).exits(0);
    for _ in 0..3 {
        repository.run(&["check", "--all"]).exits(4);
    }
    let said =
        || -> Vec<Value> { repository.alerts().iter().map(|alert| alert["headline"].clone()).collect() };
    let blind = "CRITICAL BLIND @prober: cannot reach the network: the canary does not answer, nor do 3 of 3 monitors";
    assert_eq!(said().len(), 1, "{:?}", said());
    assert!(said()[0].as_str().is_some_and(|subject| subject.starts_with(blind)), "{:?}", said());
    let report = json(&repository, &["check", "--all", "--format", "json"]);
    assert_eq!(
        (&report["prober"]["prober_health"], &report["summary"]["unknown"]),
        (&"blind".into(), &3.into())
    );
    let status = json(&repository, &["status", "--format", "json"]);
    assert_eq!((&status["prober"]["blind"], &status["last_run"]["unknown"]), (&true.into(), &3.into()));
    assert_eq!(status["monitors"][0]["health"], "unknown");
    repository.run(&["status", "--exit-code"]).exits(20);
    let explained = json(&repository, &["explain", "a", "--format", "json"]);
    let problem = explained["problems"][0].as_str().unwrap_or_default();
    assert!(problem.starts_with("blind since "), "{explained}");
    repository.run(&["explain", "@prober"]).exits(2);

    let api = Api::start();
    api.answer(503);
    repository.write("monitorctl.yaml", &settings(&api.url()));
    repository.run(&["diff", "--exit-code"]).exits(10);
    repository.run(&["sync", "--yes"]).exits(0);
    let report = json(&repository, &["check", "--all", "--format", "json"]);
    assert_eq!(
        (&report["prober"]["prober_health"], &report["summary"]["fail"]),
        (&"vouched".into(), &3.into())
    );
    repository.run(&["check", "--all"]).exits(0);
    assert!(said()[1].as_str().is_some_and(|subject| subject.starts_with("SEES AGAIN @prober")));
    assert!(
        said()[2].as_str().is_some_and(|subject| subject.starts_with("CRITICAL 3 DOWN: connection refused")),
        "{:?}",
        said()
    );
    assert_eq!(said().len(), 3);
}

// Without a table the canaries are those of the files.
#[test]
fn check_from_files_asks_the_canaries_of_the_files() {
    let repository = repository(NOWHERE);
    let report = json(&repository, &["check", "--dir", "monitors", "--format", "json"]);
    assert_eq!(report["prober"]["prober_health"], "blind");
    assert_eq!(report["prober"]["canaries"][0]["outcome"], "silence");
    repository.write("monitorctl.yaml", "owner: acme/monitors\n");
    let report = json(&repository, &["check", "--all", "--dir", "monitors", "--format", "json"]);
    assert_eq!(
        (&report["prober"]["prober_health"], &report["summary"]["fail"]),
        (&"unvouched".into(), &3.into())
    );
}

#[test]
fn doctor_asks_every_canary_and_says_what_it_answers() {
    let api = Api::start();
    api.answer(503);
    let repository = repository(NOWHERE);
    let canaries = format!("owner: acme/monitors\ncanaries: [\"{NOWHERE}\", \"{}/\"]\n", api.url());
    repository.write("monitorctl.yaml", &canaries);
    repository.run(&["sync", "--yes"]).exits(0);
    let said = String::from_utf8(repository.run(&["doctor"]).stdout).expect("UTF-8");
    assert!(said.contains("answers: HTTP 503"), "{said}");
    assert!(said.contains("the canary http://127.0.0.1:1/ does not answer: connection refused"), "{said}");
}
