//! A channel that refuses notifications, as `check` meets it: its service answers as the real one does.

#![expect(clippy::expect_used, reason = "a test says what it expects by unwrapping it")]

#[expect(dead_code, unused_imports, reason = "the tests of other programs use the rest")]
#[path = "support/receivers/mod.rs"]
mod receivers;
#[expect(dead_code, reason = "each test program uses its part of it")]
mod support;

use receivers::{Receiver, Slack, SlackHook};
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
