//! Discord.

use serde_json::{Value, json};

use crate::client::{post, send};
use crate::receivers::{Discord, Failure, Receiver};

/// The errors of the refusal.
fn errors(message: &Value) -> Value {
    let discord = Receiver::start(Discord::default());
    let reply = post(&discord.url(), message);
    let body = reply.json();
    assert_eq!((reply.status, &body["code"]), (400, &json!(50035)), "{message}");
    assert_eq!(body["message"], "Invalid Form Body");
    assert!(discord.accepted().is_empty());
    body["errors"].clone()
}

fn too_long(most: usize) -> Value {
    json!({"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": format!("Must be {most} or fewer in length.")}]})
}

fn embed(embed: &Value) -> Value {
    json!({"embeds": [embed]})
}

fn code(reply: &crate::client::Reply) -> (u16, u64) {
    (reply.status, reply.json()["code"].as_u64().expect("a code"))
}

#[test]
fn a_message_is_sent_back_only_to_who_waits() {
    let discord = Receiver::start(Discord::default());
    let message = json!({
        "content": "Hello, World!",
        "tts": false,
        "embeds": [{
            "title": "Hello, Embed!", "description": "This is an embedded message.", "color": 0x00ff_0000,
            "url": "https://example.com", "timestamp": "2026-11-28T21:00:00.000Z", "author": {"name": "monitorctl"},
            "fields": [{"name": "since", "value": "14:02", "inline": true}], "footer": {"text": "web-1"},
        }],
    });
    let reply = post(&discord.url(), &message);
    assert_eq!((reply.status, &reply.json()["content"]), (200, &json!("Hello, World!")));
    let reply = post(&discord.url().replace("?wait=true", ""), &message);
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    let text = "Hello, World!\nmonitorctl\nHello, Embed!\nThis is an embedded message.\nsince\n14:02\nweb-1";
    assert_eq!(discord.texts(), [text, text]);
}

#[test]
fn each_part_has_its_longest_text() {
    assert_eq!(errors(&json!({"content": "c".repeat(2_001)}))["content"], too_long(2_000));
    let part = |name: &str, length: usize| {
        errors(&embed(&json!({name: "t".repeat(length)})))["embeds"]["0"][name].clone()
    };
    assert_eq!(part("title", 257), too_long(256));
    assert_eq!(part("description", 4_097), too_long(4_096));
    let field = |name: usize, value: usize| {
        let field = json!({"name": "n".repeat(name), "value": "v".repeat(value)});
        errors(&embed(&json!({"title": "t", "fields": [field]})))["embeds"]["0"]["fields"]["0"].clone()
    };
    assert_eq!(field(257, 1)["name"], too_long(256));
    assert_eq!(field(1, 1_025)["value"], too_long(1_024));
    assert_eq!(field(0, 1)["name"]["_errors"][0]["code"], "BASE_TYPE_REQUIRED");
    let inner = |part: &Value| errors(&embed(part))["embeds"]["0"].clone();
    assert_eq!(inner(&json!({"footer": {"text": "f".repeat(2_049)}}))["footer"]["text"], too_long(2_048));
    assert_eq!(inner(&json!({"author": {"name": "a".repeat(257)}}))["author"]["name"], too_long(256));
    assert_eq!(
        inner(&json!({"title": "t", "fields": [{"value": "v"}]}))["fields"]["0"]["name"]["_errors"][0]["code"],
        "BASE_TYPE_REQUIRED"
    );
}

#[test]
fn there_are_limits_of_number_and_of_the_sum() {
    let fields = vec![json!({"name": "n", "value": "v"}); 26];
    assert_eq!(errors(&embed(&json!({"fields": fields})))["embeds"]["0"]["fields"], too_long(25));
    let embeds = vec![json!({"title": "t"}); 11];
    assert_eq!(errors(&json!({"embeds": embeds}))["embeds"], too_long(10));
    let sum = json!({"embeds": [{"description": "d".repeat(3_000)}, {"description": "d".repeat(3_001)}]});
    let expected =
        json!({"code": "MAX_EMBED_SIZE_EXCEEDED", "message": "Embed size exceeds maximum size of 6000"});
    assert_eq!(errors(&sum)["embeds"]["_errors"][0], expected);
    let discord = Receiver::start(Discord::default());
    let full = json!({"content": "c".repeat(2_000), "embeds": [{"description": "d".repeat(3_000)}, {"description": "d".repeat(3_000)}]});
    assert_eq!(post(&discord.url(), &full).status, 200);
}

#[test]
fn values_have_their_kinds() {
    let inner = |part: &Value| errors(&embed(part))["embeds"]["0"].clone();
    assert_eq!(errors(&json!({"content": 7}))["content"]["_errors"][0]["code"], "STRING_TYPE_CONVERT");
    assert_eq!(errors(&json!({"embeds": {}}))["embeds"]["_errors"][0]["code"], "LIST_TYPE_CONVERT");
    assert_eq!(errors(&json!({"embeds": ["x"]}))["embeds"]["0"]["_errors"][0]["code"], "MODEL_TYPE_CONVERT");
    assert!(inner(&json!({"title": "t", "color": 0x0100_0000})).get("color").is_some());
    assert!(inner(&json!({"title": "t", "url": "runbook"})).get("url").is_some());
    assert!(inner(&json!({"title": "t", "timestamp": "yesterday"})).get("timestamp").is_some());
}

#[test]
fn what_is_no_message_is_refused() {
    let discord = Receiver::start(Discord::default());
    assert_eq!(code(&post(&discord.url(), &json!({"content": ""}))), (400, 50006));
    assert_eq!(code(&post(&discord.url(), &json!({"embeds": []}))), (400, 50006));
    let agent = ("user-agent", "monitorctl");
    let broken = send("POST", &discord.url(), &[agent, ("content-type", "application/json")], b"{");
    assert_eq!(code(&broken.expect("an answer")), (400, 50109));
    let anonymous = send("POST", &discord.url(), &[("content-type", "application/json")], b"{}");
    assert_eq!(anonymous.expect("an answer").status, 403);
    assert_eq!(code(&post(&discord.url().replace('?', "x?"), &json!({"content": "hi"}))), (401, 50027));
    assert_eq!(
        code(&post(&discord.url().replace("webhooks/2", "webhooks/1"), &json!({"content": "hi"}))),
        (404, 10015)
    );
    discord.service().deleted = true;
    assert_eq!(code(&post(&discord.url(), &json!({"content": "hi"}))), (404, 10015));
    assert!(discord.accepted().is_empty());
}

#[test]
fn the_content_wakes_whom_it_names_unless_that_is_not_allowed() {
    let discord = Receiver::start(Discord::default());
    let content = "@everyone <@80351110224678912> <@&165511591545143296>";
    post(&discord.url(), &json!({"content": content}));
    post(&discord.url(), &json!({"content": content, "allowed_mentions": {"parse": []}}));
    post(&discord.url(), &json!({"content": content, "allowed_mentions": {"parse": ["users"]}}));
    post(&discord.url(), &embed(&json!({"description": content})));
    let woken: Vec<_> = discord.accepted().iter().map(|message| message.mentions.len()).collect();
    assert_eq!(woken, [3, 0, 1, 0]);
}

#[test]
fn a_limit_of_the_rate_says_in_the_header_and_the_body_when_to_come_again() {
    let discord = Receiver::start(Discord::default());
    discord.fail_times(1, Failure::Busy(65));
    let reply = post(&discord.url(), &json!({"content": "hi"}));
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("65")));
    assert_eq!(
        reply.json(),
        json!({"message": "You are being rate limited.", "retry_after": 64.57, "global": false})
    );
}
