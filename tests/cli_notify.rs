//! `notify test` as it is typed, against services that judge as the real ones do.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, unused_imports, reason = "the tests of the stubs use all of it")]
#[path = "support/receivers/mod.rs"]
mod receivers;
#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use std::process::Output;

use receivers::{Failure, PagerDuty, Receiver, Slack, SlackHook};
use serde_json::Value;
use support::Repository;

const SHOP: &str = "id: shop\nurl: https://shop.example/\nalert: { to: [oncall] }\n";

const SETTINGS: &str = "owner: acme/monitors
channels:
  chat: { kind: slack, url: '${env:SLACK}', severities: [warning] }
  oncall: { kind: pagerduty, key: '${env:PAGER}', server: SERVER }
";

/// A repository with a chat and a pager.
struct Team {
    chat: Receiver<Slack>,
    pager: Receiver<PagerDuty>,
    repository: Repository,
}

/// How the program ended.
struct Ended {
    code: Option<i32>,
    text: String,
    errors: String,
}

impl Team {
    fn new() -> Self {
        let (chat, pager) = (Receiver::start(Slack::default()), Receiver::start(PagerDuty::default()));
        let settings = SETTINGS.replace("SERVER", &pager.base());
        let repository = Repository::new(&[("monitors/shop.yaml", SHOP), ("monitorctl.yaml", &settings)]);
        Self { chat, pager, repository }
    }

    fn synced() -> Self {
        let team = Self::new();
        team.repository.run(&["sync", "--yes"]).exits(0);
        team
    }

    fn run(&self, args: &[&str]) -> Ended {
        self.run_with(args, &self.chat.url())
    }

    fn run_with(&self, args: &[&str], chat: &str) -> Ended {
        let mut command = self.repository.command(args);
        command.env("SLACK", chat).env("PAGER", PagerDuty::KEY);
        let Output { status, stdout, stderr } = command.output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ended { code: status.code(), text: text(stdout), errors: text(stderr) }
    }
}

impl Ended {
    fn exits(&self, expected: i32) -> &Self {
        assert_eq!(self.code, Some(expected), "\n{}\n{}", self.text, self.errors);
        self
    }

    fn says(&self, part: &str) -> &Self {
        assert!(
            self.text.contains(part) || self.errors.contains(part),
            "{part}: {}\n{}",
            self.text,
            self.errors
        );
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

#[test]
fn every_channel_gets_a_down_and_an_up_that_say_they_are_a_test() {
    let team = Team::synced();
    let run = team.run(&["notify", "test"]);
    run.exits(0)
        .says("chat (slack): accepted DOWN, UP in ")
        .says("oncall (pagerduty): accepted DOWN, UP in ");
    let texts = team.chat.texts();
    assert!(texts[0].contains("[TEST] CRITICAL DOWN example-api: a simulated failure"), "{texts:?}");
    assert!(texts[1].contains("[TEST] UP example-api: recovered after 1m"), "{texts:?}");
    assert!(team.chat.refused().is_empty() && team.pager.refused().is_empty());
    // What was triggered is resolved.
    let events: Vec<_> = team.pager.accepted().into_iter().map(|event| event.body).collect();
    assert_eq!(events.iter().map(|event| &event["event_action"]).collect::<Vec<_>>(), ["trigger", "resolve"]);
    assert_eq!(events[0]["dedup_key"], events[1]["dedup_key"]);
    assert!(events[0]["dedup_key"].as_str().is_some_and(|key| key.starts_with("test.")), "{}", events[0]);
    assert!(team.pager.service().open().is_empty());
}

#[test]
fn a_test_proves_the_channels_that_accept_it_and_changes_nothing_else_in_the_tables() {
    let team = Team::synced();
    let proven = || {
        let status = team.run(&["status", "--format", "json"]).json();
        let channels = status["channels"].as_array().expect("a list").clone();
        let accepted = channels.iter().filter(|channel| channel["accepted_at"].is_string());
        accepted.map(|channel| channel["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    team.run(&["notify", "test", "--files"]).exits(0);
    assert!(proven().is_empty(), "the table may have other channels than the files");
    team.chat.service().hook = SlackHook::Removed;
    team.run(&["notify", "test"]).exits(4);
    assert_eq!(proven(), ["oncall"]);
    team.chat.service().hook = SlackHook::Works;
    team.run(&["notify", "test", "chat"]).exits(0);
    assert_eq!(proven(), ["chat", "oncall"]);
    let status = team.run(&["status", "--format", "json"]).json();
    assert_eq!((&status["monitors"][0]["health"], &status["last_run"]), (&"new".into(), &Value::Null));
    assert_eq!(team.repository.alerts().len(), 0);
}

#[test]
fn a_channel_that_refuses_is_named_with_its_answer_and_the_others_are_tested() {
    let team = Team::synced();
    team.chat.service().hook = SlackHook::Removed;
    let run = team.run(&["notify", "test"]);
    run.exits(4)
        .says("chat (slack): refused: HTTP 404: no_service\n  help: check in the service that its webhook");
    run.says("oncall (pagerduty): accepted DOWN, UP in ");
    assert_eq!(team.chat.requests().len(), 1, "after a refusal nothing is sent");
    let json = team.run(&["notify", "test", "chat", "--format", "json"]).exits(4).json();
    let [chat] = json["channels"].as_array().expect("a list").as_slice() else { panic!("one: {json}") };
    assert_eq!(chat["failure"]["why"], "refused: HTTP 404: no_service");
    assert_eq!((&chat["channel"], &chat["accepted"]), (&"chat".into(), &false.into()));
}

#[test]
fn a_channel_that_is_busy_for_a_moment_accepts_on_another_try() {
    let team = Team::synced();
    team.chat.fail_times(1, Failure::Status(503));
    team.run(&["notify", "test", "chat", "--health", "down"]).exits(0).says("accepted DOWN in");
    assert_eq!(team.chat.accepted().len(), 1);
}

#[test]
fn a_secret_that_this_machine_lacks_is_named_and_its_value_never() {
    let team = Team::synced();
    let run = team.run_with(&["notify", "test", "chat"], "");
    run.exits(4).says("chat (slack): not sent: ${env:SLACK} is not set on this machine");
    let run = team.run_with(&["notify", "test", "chat"], "http://127.0.0.1:1/services/s3cret");
    run.exits(4).says("no answer in 3 tries");
    assert!(!run.text.contains("s3cret") && !run.errors.contains("s3cret"), "{}", run.text);
}

#[test]
fn channels_of_the_files_are_tested_before_a_sync() {
    let team = Team::new();
    team.run(&["notify", "test"]).exits(1).says("no store found");
    team.run(&["notify", "test", "--files", "chat"]).exits(0).says("chat (slack): accepted DOWN, UP");
    // Those of the monitor, and its own words.
    let run = team.run(&["notify", "test", "--files", "--monitor", "shop", "--health", "degraded"]);
    assert_eq!(run.exits(0).text.lines().count(), 1, "{}", run.text);
    run.says("oncall (pagerduty): accepted DEGRADED");
    let texts = team.pager.texts();
    assert!(texts[0].contains("[TEST] WARNING DEGRADED shop"), "{texts:?}");
    assert!(!team.repository.path(".monitorctl").exists(), "it makes no store");
}

#[test]
fn without_any_channel_the_file_of_the_machine_is_tested() {
    let repository = Repository::new(&[("monitors/shop.yaml", "id: shop\nurl: https://shop.example/\n")]);
    repository.run(&["sync", "--yes"]).exits(0);
    repository.run(&["notify", "test"]).exits(0);
    let alerts = repository.alerts();
    assert_eq!(alerts.iter().map(|alert| &alert["test"]).collect::<Vec<_>>(), [&Value::Bool(true); 2]);
    assert_ne!(alerts[0]["id"], alerts[1]["id"]);
}

#[test]
fn what_does_not_exist_is_an_error_with_a_suggestion() {
    let team = Team::synced();
    team.run(&["notify", "test", "chta"]).exits(2).says("unknown channel chta").says("did you mean chat?");
    team.run(&["notify", "test", "x"]).exits(2).says("the channels are chat, oncall, default");
    team.run(&["notify", "test", "--monitor", "shopp"]).exits(2).says("did you mean shop?");
    team.run(&["notify", "test", "--health", "new"]).exits(2).says("possible values: down, degraded, up");
    assert!(team.chat.requests().is_empty() && team.pager.requests().is_empty());
}
