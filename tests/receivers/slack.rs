//! Slack.

use serde_json::{Value, json};

use crate::client::{post, send};
use crate::receivers::{Failure, Receiver, Slack, SlackHook};

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn check(payload: &Value, status: u16, answer: &str) {
    let slack = Receiver::start(Slack::default());
    let reply = post(&slack.url(), payload);
    assert_eq!((reply.status, reply.body.as_str()), (status, answer), "{payload}");
    assert_eq!(slack.accepted().len(), usize::from(status == 200), "{payload}");
    assert_eq!(slack.refused().len(), usize::from(status != 200), "{payload}");
}

#[test]
fn the_messages_of_the_documentation_are_accepted() {
    check(&json!({"text": "Hello, world."}), 200, "ok");
    check(
        &json!({
            "text": "Danny Torrence left a 1 star review for your property.",
            "blocks": [
                section("Danny Torrence left the following review for your property:"),
                {"type": "divider"},
                {"type": "header", "text": {"type": "plain_text", "text": "A Heartfelt Header", "emoji": true}},
                {"type": "section", "block_id": "section789", "fields": [{"type": "mrkdwn", "text": "*Average Rating*\n1.0"}]},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": "*Author:* T. M. Schwartz"}]},
            ],
        }),
        200,
        "ok",
    );
}

#[test]
fn a_message_without_any_text_is_refused() {
    check(&json!({}), 400, "no_text");
    check(&json!({"text": " "}), 400, "no_text");
    check(&json!({"blocks": [{"type": "divider"}]}), 400, "no_text");
    check(&json!({"blocks": [section("only blocks")]}), 200, "ok");
}

#[test]
fn what_is_no_message_is_refused() {
    check(&json!(["text"]), 400, "invalid_payload");
    check(&json!({"text": 7}), 400, "invalid_payload");
    let slack = Receiver::start(Slack::default());
    let reply = send("POST", &slack.url(), &[("content-type", "application/json")], b"{").expect("an answer");
    assert_eq!((reply.status, reply.body.as_str()), (400, "invalid_payload"));
    let unmarked = send("POST", &slack.url(), &[], br#"{"text": "hi"}"#).expect("an answer");
    assert_eq!(unmarked.body, "invalid_payload", "the content type does not match");
    assert_eq!(send("GET", &slack.url(), &[], b"").expect("an answer").status, 405);
}

#[test]
fn blocks_have_limits_of_number_and_length() {
    let invalid = |blocks: Value| check(&json!({"text": "t", "blocks": blocks}), 400, "invalid_blocks");
    let valid = |blocks: Value| check(&json!({"text": "t", "blocks": blocks}), 200, "ok");
    let header =
        |length| json!({"type": "header", "text": {"type": "plain_text", "text": "h".repeat(length)}});
    let fields = |number, length: usize| {
        let field = json!({"type": "mrkdwn", "text": "f".repeat(length)});
        json!([{"type": "section", "fields": vec![field; number]}])
    };
    valid(json!(vec![section("b"); 50]));
    invalid(json!(vec![section("b"); 51]));
    valid(json!([section(&"s".repeat(3_000))]));
    invalid(json!([section(&"s".repeat(3_001))]));
    valid(json!([header(150)]));
    invalid(json!([header(151)]));
    valid(fields(10, 1_000));
    invalid(fields(11, 1));
    invalid(fields(1, 2_001));
    let long: Vec<_> = vec![section(&"s".repeat(3_000)); 5];
    check(&json!({"text": "t", "blocks": long}), 400, "msg_blocks_too_long");
}

#[test]
fn blocks_have_a_shape() {
    let invalid = |block: Value| check(&json!({"text": "t", "blocks": [block]}), 400, "invalid_blocks");
    check(&json!({"text": "t", "blocks": {"type": "divider"}}), 400, "invalid_blocks_format");
    invalid(json!({"type": "paragraph", "text": "x"}));
    invalid(json!({"type": "section"}));
    invalid(json!({"type": "section", "text": "no object"}));
    invalid(json!({"type": "section", "text": {"type": "markdown", "text": "x"}}));
    invalid(json!({"type": "section", "text": {"type": "mrkdwn", "text": ""}}));
    invalid(json!({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": true}}));
    invalid(json!({"type": "header", "text": {"type": "mrkdwn", "text": "headers are plain"}}));
    invalid(json!({"type": "context", "elements": []}));
    let twice = json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]);
    check(&json!({"text": "t", "blocks": twice}), 400, "invalid_blocks");
}

#[test]
fn a_webhook_that_no_longer_works_says_why() {
    let slack = Receiver::start(Slack::default());
    let stranger = slack.url().replace("XXXX", "YYYY");
    assert_eq!(post(&stranger, &json!({"text": "hi"})).body, "no_service");
    for (hook, status, answer) in [
        (SlackHook::Removed, 404, "no_service"),
        (SlackHook::ChannelArchived, 410, "channel_is_archived"),
        (SlackHook::ChannelGone, 404, "channel_not_found"),
        (SlackHook::Prohibited, 403, "action_prohibited"),
        (SlackHook::TeamDisabled, 403, "team_disabled"),
    ] {
        slack.service().hook = hook;
        let reply = post(&slack.url(), &json!({"text": "hi"}));
        assert_eq!((reply.status, reply.body.as_str()), (status, answer));
    }
    slack.service().hook = SlackHook::Works;
    assert_eq!(post(&slack.url(), &json!({"text": "hi"})).status, 200);
    assert_eq!(slack.accepted().len(), 1);
}

#[test]
fn a_limit_of_the_rate_says_in_the_header_when_to_come_again() {
    let slack = Receiver::start(Slack::default());
    slack.fail_times(1, Failure::Busy(30));
    let reply = post(&slack.url(), &json!({"text": "hi"}));
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("30")));
    assert_eq!(post(&slack.url(), &json!({"text": "hi"})).status, 200);
}

#[test]
fn the_record_has_the_text_that_people_read_and_whom_it_wakes() {
    let slack = Receiver::start(Slack::default());
    let hostile =
        json!({"text": "a &lt;b&gt; &amp; c", "blocks": [section("<!channel> <@U024BE7LH> wake up, @here")]});
    post(&slack.url(), &hostile);
    let quiet = json!({"type": "section", "text": {"type": "mrkdwn", "text": "&lt;!channel&gt; @here", "verbatim": true}});
    post(&slack.url(), &json!({"text": "quiet", "blocks": [quiet]}));
    let accepted = slack.accepted();
    assert!(accepted[0].text.starts_with("a <b> & c\n"), "{:?}", accepted[0]);
    assert_eq!(accepted[0].mentions, ["<!channel>", "<@U024BE7LH>", "@here"]);
    assert_eq!(accepted[1].text, "quiet\n<!channel> @here");
    assert!(accepted[1].mentions.is_empty(), "{:?}", accepted[1]);
}
