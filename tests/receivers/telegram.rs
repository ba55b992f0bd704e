//! Telegram.

use serde_json::{Value, json};

use crate::client::{post, send};
use crate::receivers::{Failure, Receiver, Telegram, TelegramChat};

fn html(text: &str) -> Value {
    json!({"chat_id": Telegram::CHAT, "text": text, "parse_mode": "HTML"})
}

/// The description of the refusal.
fn refused(message: &Value, status: u16) -> String {
    let telegram = Receiver::start(Telegram::default());
    let reply = post(&telegram.url(), message);
    let body = reply.json();
    assert_eq!(
        (reply.status, &body["ok"], &body["error_code"]),
        (status, &json!(false), &json!(status)),
        "{message}"
    );
    assert!(telegram.accepted().is_empty());
    body["description"].as_str().expect("a description").to_owned()
}

fn shown(text: &str) -> String {
    let telegram = Receiver::start(Telegram::default());
    let reply = post(&telegram.url(), &html(text));
    assert_eq!((reply.status, &reply.json()["ok"]), (200, &json!(true)), "{text}: {}", reply.body);
    telegram.texts().remove(0)
}

#[test]
fn the_markup_of_the_documentation_is_read() {
    let example = r#"<b>bold <i>italic bold <s>italic bold strikethrough <span class="tg-spoiler">italic bold strikethrough spoiler</span></s> <u>underline italic bold</u></i> bold</b>
<a href="http://www.example.com/">inline URL</a>
<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>
<pre><code class="language-python">pre-formatted</code></pre>
<blockquote expandable>quoted</blockquote>"#;
    let text = shown(example);
    assert!(text.starts_with("bold italic bold italic bold strikethrough italic bold"), "{text}");
    assert!(text.ends_with("inline URL\n👍\npre-formatted\nquoted"), "{text}");
    assert_eq!(
        shown("1 &lt; 2 &amp;&amp; &quot;x&quot; &gt; &#39;y&#x27; &nbsp;"),
        "1 < 2 && \"x\" > 'y' &nbsp;"
    );
    assert_eq!(shown("<B>case</b> <i>empty end</>"), "case empty end");
}

#[test]
fn markup_that_is_none_is_refused() {
    for (text, reason) in [
        ("503 <html>", "Unsupported start tag \"html\" at byte offset 4"),
        ("a < b", "Unsupported start tag \"\" at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>open", "Can't find end tag corresponding to start tag \"b\""),
        ("shut</b>", "Unexpected end tag at byte offset 4"),
        ("<i>a</em   >", "Unmatched end tag at byte offset 4, expected \"</i>\", found \"</em>\""),
        ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("<a =x>", "Empty attribute name in the tag \"a\" at byte offset 0"),
        ("<a href=\"x>", "Unclosed start tag at byte offset 0"),
        ("<a href=a/b>x</a>", "Unexpected end of name token at byte offset 8"),
        ("é<p>", "Unsupported start tag \"p\" at byte offset 2"),
    ] {
        let expected = format!("Bad Request: can't parse entities: {reason}");
        assert_eq!(refused(&html(text), 400), expected, "{text}");
    }
}

#[test]
fn the_limit_counts_what_is_left_after_the_markup() {
    assert_eq!(shown(&format!("<b>{}</b>", "x".repeat(4_096))).len(), 4_096);
    assert_eq!(refused(&html(&"x".repeat(4_097)), 400), "Bad Request: message is too long");
    assert_eq!(shown(&"&lt;".repeat(4_096)).len(), 4_096);
    // Offsets and lengths of Telegram are in UTF-16 code units.
    assert_eq!(refused(&html(&"👍".repeat(2_049)), 400), "Bad Request: message is too long");
}

#[test]
fn a_message_needs_a_chat_and_a_text() {
    assert_eq!(refused(&json!({"text": "hi"}), 400), "Bad Request: chat_id is empty");
    assert_eq!(refused(&json!({"chat_id": 42, "text": "hi"}), 400), "Bad Request: chat not found");
    assert_eq!(refused(&html(""), 400), "Bad Request: message text is empty");
    assert_eq!(refused(&html("<b> </b>"), 400), "Bad Request: message text is empty");
    let markdown = json!({"chat_id": Telegram::CHAT, "text": "*hi*", "parse_mode": "Marked"});
    assert_eq!(refused(&markdown, 400), "Bad Request: unsupported parse_mode");
}

#[test]
fn parameters_come_as_json_or_as_a_form() {
    let telegram = Receiver::start(Telegram::default());
    let number: i64 = Telegram::CHAT.parse().expect("a number");
    assert_eq!(post(&telegram.url(), &json!({"chat_id": number, "text": "a <b> as it is"})).status, 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("chat_id={}&text=hello+there", Telegram::CHAT);
    assert_eq!(send("POST", &telegram.url(), &form, body.as_bytes()).expect("an answer").status, 200);
    assert_eq!(telegram.texts(), ["a <b> as it is", "hello there"]);
    assert_eq!(send("POST", &telegram.url(), &[], body.as_bytes()).expect("an answer").status, 400);
}

#[test]
fn a_bot_needs_its_token_and_a_chat_that_wants_it() {
    let telegram = Receiver::start(Telegram::default());
    let stranger = telegram.url().replace(Telegram::TOKEN, "123456:other");
    assert_eq!(post(&stranger, &html("hi")).json()["description"], "Unauthorized");
    let lost = format!("{}/sendMessage", telegram.base());
    assert_eq!(post(&lost, &html("hi")).status, 404);
    assert_eq!(post(&telegram.url().replace("sendMessage", "sendMail"), &html("hi")).status, 404);
    telegram.service().chat = TelegramChat::Blocked;
    assert_eq!(post(&telegram.url(), &html("hi")).status, 403);
    telegram.service().chat = TelegramChat::Migrated;
    let reply = post(&telegram.url(), &html("hi")).json();
    assert_eq!(reply["parameters"]["migrate_to_chat_id"], Telegram::NEW_CHAT);
}

#[test]
fn a_limit_of_the_rate_says_in_the_body_when_to_come_again() {
    let telegram = Receiver::start(Telegram::default());
    telegram.fail_times(1, Failure::Busy(7));
    let reply = post(&telegram.url(), &html("hi"));
    assert_eq!((reply.status, reply.header("retry-after")), (429, None));
    let expected = json!({
        "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    });
    assert_eq!(reply.json(), expected);
}
