//! `--metrics FILE`, as Prometheus finds the file after a run.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::{Api, Repository};

fn repository(api: &Api) -> Repository {
    let text =
        |id, path| format!("{}alert: {{ failures: 1 }}\nretry: {{ attempts: 0 }}\n", api.monitor(id, path));
    let repository = Repository::new(&[
        ("monitors/shop.yaml", text("shop", "/shop?trace=1").as_str()),
        ("monitors/blog.yaml", text("blog", "/blog").as_str()),
    ]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository
}

/// The value of a metric of a monitor.
fn value(text: &str, name: &str, monitor: &str) -> Option<String> {
    let begins = format!("{name}{{monitor=\"{monitor}\"");
    let line = text.lines().find(|line| line.starts_with(&begins))?;
    line.rsplit_once(' ').map(|(_, value)| value.to_owned())
}

#[test]
fn a_run_leaves_its_metrics_for_every_reader_and_one_of_a_monitor_keeps_those_of_the_others() {
    let api = Api::start();
    let repository = repository(&api);
    let file = repository.path("monitorctl.prom");
    let read = || fs::read_to_string(&file).expect("it was written");
    repository.run(&["check", "--metrics", "monitorctl.prom"]).exits(0);
    let first = read();
    assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o644);
    assert_eq!(value(&first, "probe_success", "blog").as_deref(), Some("1"));
    assert!(!first.contains("trace="), "{first}");

    api.answer_on("/blog", 503);
    repository.run(&["check", "blog", "--metrics", "monitorctl.prom"]).exits(0);
    let second = read();
    assert_eq!(value(&second, "probe_success", "blog").as_deref(), Some("0"));
    let carried = "monitorctl_probe_timestamp_seconds";
    assert_eq!(value(&second, carried, "shop"), value(&first, carried, "shop"));
    assert!(second.contains("reason=\"status\"} 1"), "{second}");
    let down = second.lines().find(|line| line.contains("\"blog\"") && line.contains("health=\"down\""));
    assert!(down.is_some_and(|line| line.ends_with(" 1")), "{second}");
}

#[test]
fn a_run_that_is_not_ours_leaves_the_file_alone() {
    let api = Api::start();
    let repository = repository(&api);
    repository.run(&["check"]).exits(0);
    // The scheduled run of this time is done.
    repository.run(&["check", "--metrics", "monitorctl.prom"]).exits(0);
    assert!(!repository.path("monitorctl.prom").exists());
}

#[test]
fn a_file_of_another_program_stays_and_is_a_problem_of_the_run() {
    let api = Api::start();
    let repository = repository(&api);
    let file = repository.path("notes.txt");
    fs::write(&file, "mine\n").expect("it writes");
    let run = repository.run(&["check", "--metrics", "notes.txt"]);
    run.exits(4);
    let text = String::from_utf8([run.stdout, run.stderr].concat()).expect("UTF-8");
    assert!(text.contains("monitorctl did not write notes.txt"), "{text}");
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "mine\n");
}
