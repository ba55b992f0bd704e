//! Topics, secrets and logs as they are typed, against AWS as far as it is needed. The tables stay in a file.

use std::process::Output;

use serde_json::Value;

use super::support::aws::{Aws, DEFAULT_TOPIC};
use super::support::{Api, Repository};

const ONCALL: &str = "arn:aws:sns:eu-west-1:123456789012:oncall.fifo";

const SETTINGS: &str = "\
owner: acme/monitors
environment: prod
channels: { oncall: { kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:oncall.fifo' } }
";

/// Runs a command that reaches AWS.
fn run(repository: &Repository, aws: &Aws, args: &[&str]) -> Output {
    aws.reach(&mut repository.command(args)).output().expect("it runs")
}

fn check(repository: &Repository, aws: &Aws) -> (Option<i32>, Value) {
    let args = ["check", "--all", "--notify", "sns", "--format", "json"];
    let output = run(repository, aws, &args);
    (output.status.code(), serde_json::from_slice(&output.stdout).expect("JSON"))
}

/// Two monitors that go down at once, for two topics.
fn shop(api: &Api) -> Repository {
    let monitor =
        |id, topic| format!("{}alert: {{ failures: 1, to: [{topic}] }}\n", api.monitor(id, "/shop"));
    let files = [("monitors/a.yaml", monitor("a", "default")), ("monitors/b.yaml", monitor("b", "oncall"))];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let repository = Repository::new(&files);
    repository.write("monitorctl.yaml", SETTINGS);
    repository
}

#[test]
fn topics_are_planned_synced_and_used() {
    let (api, aws) = (Api::start(), Aws::start());
    let repository = shop(&api);
    repository.run(&["diff", "--exit-code"]).exits(10);
    repository.run(&["sync", "--yes"]).exits(0);
    // P8
    repository.run(&["diff", "--exit-code"]).exits(0);
    api.answer(503);
    // The machine has no checkout: what a name means comes from the table.
    repository.remove("monitorctl.yaml");
    assert_eq!(check(&repository, &aws).0, Some(0));
    let mut published = aws.published();
    published.sort();
    let subject = |id| format!("CRITICAL DOWN {id}: HTTP 503, expected 200");
    assert_eq!(published, [(DEFAULT_TOPIC.to_owned(), subject("a")), (ONCALL.to_owned(), subject("b"))]);

    // A topic alone is a change, too.
    repository.write("monitorctl.yaml", &SETTINGS.replace("oncall.fifo", "other"));
    let diff = String::from_utf8(repository.run(&["diff", "--exit-code"]).stdout).expect("UTF-8");
    assert!(diff.contains("channels.oncall.topic") && diff.contains("1 setting to change"), "{diff}");
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["diff", "--exit-code"]).exits(0);
}

#[test]
fn a_topic_that_is_gone_holds_up_no_other_and_loses_nothing() {
    let (api, aws) = (Api::start(), Aws::start());
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    api.answer(503);
    aws.remove_topic(ONCALL);
    let (code, report) = check(&repository, &aws);
    assert_eq!((code, &report["summary"]["pending"]), (Some(4), &1.into()));
    let problem = report["problems"][0].as_str().expect("a problem");
    assert!(problem.contains("the topic does not exist"), "{problem}");
    let [(_, down), (other, channel)] = aws.published().try_into().expect("two messages");
    assert_eq!(
        (other.as_str(), down.as_str()),
        (DEFAULT_TOPIC, "CRITICAL DOWN a (prod): HTTP 503, expected 200")
    );
    assert!(
        channel.starts_with("CRITICAL CHANNEL DOWN oncall (prod): refuses notifications since "),
        "{channel}"
    );
    aws.create_topic(ONCALL);
    let (code, report) = check(&repository, &aws);
    assert_eq!((code, &report["summary"]["pending"]), (Some(0), &0.into()));
    let last: Vec<_> = aws.published().into_iter().skip(2).map(|(topic, _)| topic).collect();
    assert_eq!(last, [ONCALL, DEFAULT_TOPIC], "the alert, and that the channel accepts again");
}

#[test]
fn a_name_that_the_settings_do_not_know_is_refused_where_it_is_written() {
    let api = Api::start();
    let repository = shop(&api);
    repository.write("monitorctl.yaml", &SETTINGS.replace("oncall:", "on-call:"));
    for command in ["validate", "diff", "sync"] {
        let run = repository.run(&[command]);
        run.exits(3);
        let said = String::from_utf8([run.stdout, run.stderr].concat()).expect("UTF-8");
        assert!(
            said.contains("unknown channel `oncall`") && said.contains("did you mean `on-call`?"),
            "{said}"
        );
    }
}

#[test]
fn a_topic_that_is_asked_for_must_be_set_and_valid() {
    let api = Api::start();
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    for topic in [None, Some("alerts")] {
        let mut command = repository.command(&["check", "--notify", "sns"]);
        command.env("AWS_REGION", "eu-west-1");
        command.envs(topic.map(|topic| ("SNS_TOPIC_ARN", topic)));
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("SNS_TOPIC_ARN") && said.contains("help:"), "{said}");
    }
}

// A token that was rotated while the run was on its way is no outage.
#[test]
fn a_refused_monitor_reads_its_secret_again_before_it_counts() {
    let (api, aws) = (Api::start(), Aws::start());
    let monitor = format!(
        "{}headers: {{ authorization: \"Bearer ${{ssm:/shop/token}}\" }}\n",
        api.monitor("shop", "/shop")
    );
    let repository = Repository::new(&[("monitors/shop.yaml", &monitor)]);
    repository.run(&["sync", "--yes"]).exits(0);
    api.demand("bearer t2-value");
    aws.parameter(&["t1-value", "t2-value"]);
    let (code, report) = check(&repository, &aws);
    assert_eq!((code, &report["monitors"][0]["verdict"]), (Some(0), &"pass".into()), "{report}");
    assert_eq!((api.requests().len(), aws.requests().len()), (2, 2));
    // The same value again: the answer counts, and there is no third attempt.
    aws.parameter(&["t1-value"]);
    let (_, report) = check(&repository, &aws);
    assert_eq!(report["monitors"][0]["faults"][0]["actual"], "HTTP 401");
    assert_eq!((api.requests().len(), aws.requests().len()), (3, 4));
    assert!(!report.to_string().contains("t1-value"));
}

#[test]
fn a_secret_that_cannot_be_read_is_a_fault_of_its_monitors_alone() {
    let api = Api::start();
    let secret = |id| format!("{}headers: {{ x-key: \"${{ssm:/{id}}}\" }}\n", api.monitor(id, "/shop"));
    let repository =
        Repository::new(&[("monitors/a.yaml", &secret("a")), ("monitors/b.yaml", &api.monitor("b", "/b"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    let output = repository
        .command(&["check", "--all", "--format", "json"])
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output();
    let report: Value = serde_json::from_slice(&output.expect("it runs").stdout).expect("JSON");
    assert_eq!(
        report["monitors"][0]["faults"][0]["actual"],
        "${ssm:/a} cannot be read: no AWS region is set"
    );
    assert_eq!(report["monitors"][1]["verdict"], "pass");
}

#[test]
fn a_log_for_programs_has_the_run_in_every_line_and_ends_with_the_metrics() {
    let (api, aws) = (Api::start(), Aws::start());
    let repository = shop(&api);
    repository.run(&["sync", "--yes"]).exits(0);
    api.answer(503);
    let output = run(&repository, &aws, &["check", "--all", "--notify", "sns", "--log", "json"]);
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        for field in ["time", "level", "message", "run", "shard", "slot", "epoch"] {
            assert!(line.get(field).is_some_and(|value| !value.is_null()), "{field} is missing in {line}");
        }
    }
    let about = |text: &str| {
        lines.iter().filter(|line| line["message"].as_str().is_some_and(|m| m.contains(text))).count()
    };
    assert_eq!(
        [about("a is down"), about("alert pending"), about("delivered: "), about("acknowledged: ")],
        [1, 2, 2, 2],
        "{said}"
    );
    let with_alert = lines.iter().filter(|line| line["alert_id"].is_string()).count();
    assert_eq!(with_alert, 6, "{said}");
    let summary = lines.last().expect("a summary");
    let metrics = summary["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().expect("metrics");
    assert!(
        metrics.iter().all(|metric| summary[metric["Name"].as_str().expect("a name")].is_number()),
        "{summary}"
    );
    assert_eq!(
        (&summary["Probed"], &summary["Fail"], &summary["Delivered"]),
        (&2.into(), &2.into(), &2.into())
    );
    assert_eq!(summary["_aws"]["CloudWatchMetrics"][0]["Dimensions"], serde_json::json!([["environment"]]));
}

/// The run ends with this exit code and one summary, which says this of `Failed` and `NotOurs`.
fn ends(repository: &Repository, args: &[&str], code: i32, failed: u8, not_ours: u8) -> Value {
    let run = repository.run(&[&["--log", "json", "check"], args].concat());
    run.exits(code);
    let said = String::from_utf8(run.stderr).expect("UTF-8");
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let summaries = lines.iter().filter(|line| line["_aws"].is_object()).count();
    assert_eq!(summaries, 1, "{said}");
    assert!(lines.iter().all(|line| line["run"] == lines[0]["run"] && line["shard"] == "0"), "{said}");
    let last = lines.last().expect("a line").clone();
    assert_eq!((&last["Failed"], &last["NotOurs"]), (&failed.into(), &not_ours.into()), "{said}");
    assert!(last["run"].as_str().is_some_and(|run| run.len() == 26), "{said}");
    last
}

#[test]
fn every_run_ends_with_one_summary_also_one_that_fails_or_has_nothing_to_do() {
    let api = Api::start();
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.run(&["sync", "--yes"]).exits(0);
    assert_eq!(ends(&repository, &["--all"], 0, 0, 0)["Problems"], 0);
    // A period so long that no slot ends under the test's hands.
    let slow = ["--period", "24h"];
    ends(&repository, &slow, 0, 0, 0);
    let refused = ends(&repository, &slow, 0, 0, 1);
    assert_eq!((&refused["level"], &refused["Probed"]), (&"info".into(), &Value::Null));
    assert!(refused["slot"].is_number(), "{refused}");
    let unknown = ends(&repository, &["nowhere"], 2, 1, 0);
    assert_eq!((&unknown["level"], &unknown["epoch"]), (&"error".into(), &3.into()));
    assert!(unknown["message"].as_str().is_some_and(|m| m.contains("no monitor nowhere")));
    ends(&repository, &["--dir", "gone"], 1, 1, 0);
    ends(&repository, &["NO ID"], 2, 1, 0);
    repository.write("monitorctl.yaml", "owner: [");
    ends(&repository, &[], 3, 1, 0);
    // People get the words alone.
    let said = String::from_utf8(repository.run(&["check"]).stderr).expect("UTF-8");
    assert_eq!((said.matches("error: ").count(), said.contains("_aws")), (1, false), "{said}");
}

#[test]
fn the_version_names_the_commit() {
    let version = String::from_utf8(Repository::new(&[]).run(&["--version"]).stdout).expect("UTF-8");
    let pattern = regex::Regex::new(r"^monitorctl \d+\.\d+\.\d+( \([0-9a-f]{12}\))?\n$").expect("a pattern");
    assert!(pattern.is_match(&version), "{version}");
}
