//! What each service says where it accepts, waits or refuses.

use std::time::Duration;

use super::{ready, samples};
use crate::channels::{ChannelAnswer, HttpAnswer, Receipt};

fn http(status: u16, body: &str) -> ChannelAnswer {
    ChannelAnswer::Http(HttpAnswer { status, retry_after: None, body: body.to_owned() })
}

fn receipt(kind: &str, answer: &ChannelAnswer) -> Receipt {
    let sample = samples().into_iter().find(|sample| sample["kind"] == kind).expect("a sample");
    ready(&sample).receipt(answer)
}

#[test]
fn slack_says_ok_or_why_not() {
    let refused = |text: &str| Receipt::Refused(text.to_owned());
    assert_eq!(receipt("slack", &http(200, "ok")), Receipt::Accepted);
    assert_eq!(receipt("slack", &http(200, "<html>login</html>")), refused("HTTP 200: <html>login</html>"));
    assert_eq!(receipt("slack", &http(404, "no_service")), refused("HTTP 404: no_service"));
    assert_eq!(receipt("slack", &http(400, "invalid_blocks")), refused("HTTP 400: invalid_blocks"));
    let wait = Some(Duration::from_secs(30));
    let limited = HttpAnswer { status: 429, retry_after: wait, body: String::new() };
    assert_eq!(receipt("slack", &ChannelAnswer::Http(limited)), Receipt::Later(wait));
}

#[test]
fn a_reason_never_shows_the_secret_of_its_channel() {
    let said = http(404, "no route to https://hooks.slack.example/services/T0/B0/secret here");
    assert_eq!(receipt("slack", &said), Receipt::Refused("HTTP 404: no route to [redacted] here".to_owned()));
}

#[test]
fn telegram_says_ok_in_its_body_and_how_long_to_wait() {
    let refused = |text: &str| Receipt::Refused(text.to_owned());
    assert_eq!(receipt("telegram", &http(200, r#"{"ok":true,"result":{}}"#)), Receipt::Accepted);
    let unknown = r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#;
    assert_eq!(receipt("telegram", &http(400, unknown)), refused("HTTP 400: Bad Request: chat not found"));
    assert_eq!(receipt("telegram", &http(200, "<html>")), refused("HTTP 200: <html>"));
    let limited = r#"{"ok":false,"error_code":429,"parameters":{"retry_after":5}}"#;
    assert_eq!(receipt("telegram", &http(429, limited)), Receipt::Later(Some(Duration::from_secs(5))));
    // The server repeats the URL, which holds the token.
    let echo = r#"{"ok":false,"description":"no method for value-of-TELEGRAM"}"#;
    assert_eq!(receipt("telegram", &http(404, echo)), refused("HTTP 404: no method for [redacted]"));
}

#[test]
fn the_others_answer_as_http_and_smtp_say() {
    assert_eq!(receipt("pagerduty", &http(202, r#"{"status":"success"}"#)), Receipt::Accepted);
    assert_eq!(receipt("pagerduty", &http(429, "")), Receipt::Later(None));
    assert!(matches!(receipt("pagerduty", &http(400, "invalid event")), Receipt::Refused(_)));
    assert_eq!(receipt("teams", &http(202, "")), Receipt::Accepted);
    assert_eq!(receipt("discord", &http(200, "{}")), Receipt::Accepted);
    assert_eq!(receipt("alertmanager", &http(200, "")), Receipt::Accepted);
    assert!(matches!(receipt("webhook", &http(410, "")), Receipt::Refused(_)), "it is gone for good");
    let sent = ChannelAnswer::Smtp { code: 250, text: "queued".to_owned() };
    assert_eq!(receipt("email", &sent), Receipt::Accepted);
}
