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
    // Zero and not absent, so that a dashboard can tell them apart.
    let pending = "monitorctl_alerts_pending{channel=\"default\",shard=\"0\"} 0\n";
    assert!(first.contains(pending) && !first.contains("environment="), "{first}");

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

/// The values of all windows.
fn availability(text: &str, monitor: &str) -> Vec<String> {
    let begins = format!("monitorctl_availability_ratio{{monitor=\"{monitor}\"");
    let lines = text.lines().filter(|line| line.starts_with(&begins));
    lines.filter_map(|line| Some(line.split_once(",window=")?.1.to_owned())).collect()
}

/// The same file with another time of the run, and another availability of `shop`.
fn altered(text: &str, run_at: &str, shop: &str) -> String {
    let altered = |line: &str| match line.rsplit_once(' ') {
        Some((name, _)) if name.starts_with("monitorctl_run_timestamp_seconds{") => {
            format!("{name} {run_at}\n")
        }
        Some((name, _)) if name.starts_with("monitorctl_availability_ratio{monitor=\"shop\"") => {
            format!("{name} {shop}\n")
        }
        Some(_) | None => format!("{line}\n"),
    };
    text.lines().map(altered).collect()
}

#[test]
fn the_availability_is_carried_over_within_an_hour_and_read_from_the_history_after_it() {
    let api = Api::start();
    let repository = repository(&api);
    api.answer_on("/shop?trace=1", 503);
    let check = |args: &[&str]| {
        repository.run(&[&["check", "--metrics", "m.prom"], args].concat()).exits(0);
        repository.read("m.prom")
    };
    let of_all = |ratio: &str| ["24h", "7d", "30d"].map(|window| format!("\"{window}\"}} {ratio}"));
    let first = check(&["--all"]);
    // 0, or more if a second began between the begin of the run and that of the incident.
    let of_shop = availability(&first, "shop");
    assert!(of_shop.len() == 3 && of_shop.iter().all(|line| !line.ends_with(" 1")), "{first}");
    assert_eq!(availability(&first, "blog"), of_all("1"));
    // No history has such a value. Written in the year 2100, so no hour ended since then.
    repository.write("m.prom", &altered(&first, "4102444800", "7.5"));
    assert_eq!(availability(&check(&["blog"]), "shop"), of_all("7.5"));
    // Written in 1970.
    repository.write("m.prom", &altered(&first, "0", "7.5"));
    let read_again = availability(&check(&["blog"]), "shop");
    assert!(read_again.len() == 3 && read_again.iter().all(|line| !line.ends_with(" 7.5")), "{read_again:?}");
}

#[test]
fn a_monitor_that_the_file_lacks_is_read_from_the_history_within_the_hour() {
    let api = Api::start();
    let repository = repository(&api);
    let check = |id: &str| {
        repository.run(&["check", id, "--metrics", "m.prom"]).exits(0);
        repository.read("m.prom")
    };
    let first = check("blog");
    assert_eq!((availability(&first, "shop").len(), availability(&first, "blog").len()), (0, 3), "{first}");
    repository.write("m.prom", &altered(&first, "4102444800", "7.5"));
    assert_eq!(availability(&check("shop"), "shop").len(), 3);
}

#[test]
fn a_monitor_in_maintenance_since_its_first_probe_has_no_availability() {
    let api = Api::start();
    let hour_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let starts = hour_ago.strftime("%Y-%m-%dT%H:%M");
    let window = format!("maintenance: [{{ starts: {starts}, for: 3h }}]");
    let text = format!("{}{window}\n", api.monitor("shop", "/shop"));
    let repository = Repository::new(&[("monitors/shop.yaml", text.as_str())]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["check", "--all", "--metrics", "m.prom"]).exits(0);
    let text = repository.read("m.prom");
    assert_eq!(value(&text, "probe_success", "shop").as_deref(), Some("1"));
    assert!(!text.contains("monitorctl_availability_ratio{"), "{text}");
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

#[test]
fn each_environment_has_a_file_of_its_own_and_its_name_at_each_value() {
    let api = Api::start();
    let repository = repository(&api);
    let channels = "channels: { night: { kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:night' } }";
    let settings =
        format!("owner: acme/monitors\n{channels}\nenvironments: {{ staging: {{}}, prod: {{}} }}\n");
    repository.write("monitorctl.yaml", &settings);
    let run = |args: &[&str]| {
        let mut command = repository.command(args);
        support::repository::Run::from(command.env_remove("MONITORCTL_STORE").output().expect("it runs"))
    };
    for environment in ["staging", "prod"] {
        run(&["sync", "--yes", "--env", environment]).exits(0);
    }
    run(&["check", "--env", "staging", "--metrics", "m.prom"]).exits(0);
    let text = repository.read("m.prom");
    let mut values = text.lines().filter(|line| !line.starts_with('#'));
    assert!(values.all(|line| line.contains("environment=\"staging\"")), "{text}");
    for channel in ["acme/monitors#night", "default"] {
        let labels = format!("channel=\"{channel}\",shard=\"0\",environment=\"staging\"");
        assert!(text.contains(&format!("monitorctl_alerts_pending{{{labels}}} 0\n")), "{text}");
    }

    let other = run(&["check", "--env", "prod", "--metrics", "m.prom"]);
    other.exits(4);
    let said = String::from_utf8([other.stdout, other.stderr].concat()).expect("UTF-8");
    assert!(said.contains("m.prom has those of shard 0 of environment staging"), "{said}");
    assert_eq!(repository.read("m.prom"), text, "it is left alone");
}
