//! A channel that refuses notifications, as `check` meets it: its service answers as the real one does.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, unused_imports, reason = "the tests of other programs use the rest")]
#[path = "support/receivers/mod.rs"]
mod receivers;
#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use receivers::{Receiver, Slack, SlackHook};
use serde_json::Value;
use support::{Api, Repository};

const SETTINGS: &str = "owner: acme/monitors
channels:
  chat: { kind: slack, url: \"${env:CHAT}\" }
  log: { kind: file }
";

/// Runs the program with the address of the webhook in its environment; gives what it prints.
fn run(repository: &Repository, chat: &str, args: &[&str], code: i32) -> String {
    let mut command = repository.command(args);
    let output = command.env("CHAT", chat).env("MONITORCTL_SECRETS", "CHAT").output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    text
}

#[test]
fn a_removed_webhook_is_reported_on_the_other_channel_and_tried_again_by_hand() {
    let (api, slack) = (Api::start(), Receiver::start(Slack::default()));
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.write("monitorctl.yaml", SETTINGS);
    let run = |args: &[&str], code| run(&repository, &slack.url(), args, code);
    let headlines = || -> Vec<_> {
        let alerts = repository.alerts().into_iter();
        alerts.map(|alert| alert["headline"].as_str().expect("a text").to_owned()).collect()
    };
    run(&["sync", "--yes"], 0);
    run(&["check", "--all"], 0);
    slack.service().hook = SlackHook::Removed;
    api.answer(503);
    run(&["check", "--all"], 0);
    let refused = run(&["check", "--all"], 4);
    assert!(refused.contains("it refuses: HTTP 404: no_service"), "{refused}");
    let [down, channel] = headlines().try_into().expect("two alerts");
    assert_eq!(down, "CRITICAL DOWN shop: HTTP 503, expected 200");
    assert!(channel.starts_with("CRITICAL CHANNEL DOWN chat: refuses notifications since "), "{channel}");
    assert!(channel.ends_with(" UTC: HTTP 404: no_service; 1 is waiting"), "{channel}");
    let shown = [refused, repository.read(".monitorctl/alerts.jsonl")].concat();
    assert!(!shown.contains(&slack.url()), "P10: the address of the webhook is a secret: {shown}");

    // Its address is the same, so no run can know that it works again.
    slack.service().hook = SlackHook::Works;
    let requests = slack.requests().len();
    run(&["check", "shop"], 4);
    assert_eq!(slack.requests().len(), requests, "the next try is in an hour");
    run(&["check", "--all"], 0);
    let texts = slack.texts();
    assert!(texts.len() == 1 && texts[0].contains("DOWN shop: HTTP 503"), "{texts:?}");
    let last = headlines().pop().expect("an alert");
    assert!(last.starts_with("CHANNEL UP chat: accepts notifications again after "), "{last}");
}

#[test]
fn status_and_doctor_say_which_channel_refuses_and_which_was_never_proven() {
    let (api, slack) = (Api::start(), Receiver::start(Slack::default()));
    let repository = Repository::new(&[("monitors/shop.yaml", &api.monitor("shop", "/shop"))]);
    repository.write("monitorctl.yaml", SETTINGS);
    let run = |args: &[&str], code| run(&repository, &slack.url(), args, code);
    run(&["sync", "--yes"], 0);
    run(&["check", "--all"], 0);
    assert!(!run(&["status"], 0).contains("channel:"), "nothing is known of it");
    let unproven = run(&["doctor"], 0);
    assert!(unproven.contains("the channel chat was never proven"), "{unproven}");
    assert!(unproven.contains("fix: monitorctl notify test chat"), "{unproven}");
    assert!(!unproven.contains("channel log"), "a file needs no proof: {unproven}");

    slack.service().hook = SlackHook::Removed;
    api.answer(503);
    run(&["check", "--all"], 0);
    run(&["check", "--all"], 4);
    let status = run(&["status"], 0);
    let line = status.lines().find(|line| line.starts_with("channel: ")).expect("a line");
    assert!(line.starts_with("channel: chat refuses notifications since "), "{line}");
    assert!(line.ends_with(" UTC: HTTP 404: no_service; 1 is waiting"), "{line}");
    let json: Value = serde_json::from_str(&run(&["status", "--format", "json"], 0)).expect("JSON");
    let [chat, log] = json["channels"].as_array().expect("a list").as_slice() else { panic!("{json}") };
    assert_eq!(
        (&chat["name"], &chat["health"], &chat["waiting"]),
        (&"chat".into(), &"down".into(), &1.into())
    );
    assert_eq!(chat["why"], "refuses notifications: HTTP 404: no_service");
    assert_eq!((&log["name"], &log["health"], &log["waiting"]), (&"log".into(), &"up".into(), &0.into()));
    assert!(log["accepted_at"].is_string(), "{log}");
    let refuses = run(&["doctor"], 1);
    assert!(refuses.contains("the channel chat refuses notifications since "), "{refuses}");
    let shown = [status, json.to_string(), refuses].concat();
    assert!(!shown.contains(&slack.url()), "P10: the address of the webhook is a secret: {shown}");

    let mut command = repository.command(&["doctor"]);
    let output = command.env("MONITORCTL_SECRETS", "CHAT").output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("${env:CHAT} is not set"), "{text}");
}
