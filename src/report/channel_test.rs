//! What channels said to a test, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::paint::{BAD, FAINT, GOOD, STRONG, paint};
use super::spoken::one_line;
use crate::monitor::ChannelId;

/// The version of the shape of the JSON form.
const FORMAT_VERSION: u32 = 1;

/// A channel that was tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelTest {
    pub channel: ChannelId,
    /// `slack`; `None` if no version of this program knows it.
    pub kind: Option<&'static str>,
    /// In the order in which they were accepted.
    pub accepted: Vec<TestMessage>,
    /// Why the next one was not, and what to do about it. After that nothing was sent.
    pub failed: Option<TestFailure>,
}

/// A message that a channel accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestMessage {
    pub id: String,
    /// `DOWN`
    pub word: &'static str,
    pub took: Duration,
}

/// Why a message was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFailure {
    /// `refused: HTTP 404: no_service`
    pub why: String,
    pub help: Option<String>,
}

/// A line each, with what to do below one that failed.
pub fn channel_tests_text(tests: &[ChannelTest]) -> String {
    let mut text = String::new();
    for test in tests {
        let ChannelTest { channel, kind, accepted, failed } = test;
        let kind = kind.map(|kind| format!(" ({kind})")).unwrap_or_default();
        let name = paint(STRONG, &name(channel, tests));
        let words: Vec<_> = accepted.iter().map(|message| message.word).collect();
        match failed {
            None => {
                let took: Duration = accepted.iter().map(|message| message.took).sum();
                let accepted = paint(GOOD, "accepted");
                let _ = writeln!(
                    text,
                    "{name}{kind}: {accepted} {} in {} ms",
                    words.join(", "),
                    took.as_millis()
                );
            }
            Some(TestFailure { why, help }) => {
                let before = if words.is_empty() {
                    String::new()
                } else {
                    format!("accepted {}, then ", words.join(", "))
                };
                let _ = writeln!(text, "{name}{kind}: {before}{}", paint(BAD, &one_line(why)));
                if let Some(help) = help {
                    let _ = writeln!(text, "  {} {help}", paint(FAINT, "help:"));
                }
            }
        }
    }
    text
}

/// Its name alone, unless two owners have one of that name.
fn name(channel: &ChannelId, tests: &[ChannelTest]) -> String {
    let is_only = tests.iter().filter(|test| test.channel.name == channel.name).count() == 1;
    if is_only { channel.name.to_string() } else { channel.to_string() }
}

pub fn channel_tests_json(tests: &[ChannelTest]) -> Value {
    let test = |ChannelTest { channel, kind, accepted, failed }: &ChannelTest| {
        json!({
            "channel": channel.name.as_str(),
            "owner": channel.owner,
            "kind": kind,
            "accepted": failed.is_none(),
            "messages": accepted.iter().map(message).collect::<Vec<_>>(),
            "failure": failed.as_ref().map(|TestFailure { why, help }| json!({"why": why, "help": help})),
        })
    };
    json!({"format_version": FORMAT_VERSION, "channels": tests.iter().map(test).collect::<Vec<_>>()})
}

fn message(TestMessage { id, word, took }: &TestMessage) -> Value {
    json!({"id": id, "word": word, "ms": u64::try_from(took.as_millis()).unwrap_or(u64::MAX)})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(channel: &str) -> ChannelTest {
        let message =
            |word, ms| TestMessage { id: "test.1".to_owned(), word, took: Duration::from_millis(ms) };
        ChannelTest {
            channel: ChannelId::parse(channel).expect("a channel"),
            kind: Some("slack"),
            accepted: vec![message("DOWN", 120), message("UP", 95)],
            failed: None,
        }
    }

    fn text(tests: &[ChannelTest]) -> String {
        anstream::adapter::strip_str(&channel_tests_text(tests)).to_string()
    }

    #[test]
    fn each_channel_is_a_line_and_a_failure_says_what_to_do() {
        let why = "refused: HTTP 404: no_service".to_owned();
        let failed = Some(TestFailure { why, help: Some("make a new one".to_owned()) });
        let none = ChannelTest { accepted: Vec::new(), failed: failed.clone(), ..accepted("shop#oncall") };
        let half = ChannelTest { failed, ..accepted("shop#pager") };
        let half = ChannelTest { accepted: half.accepted[..1].to_vec(), ..half };
        assert_eq!(
            text(&[accepted("shop#chat"), none, half]),
            "chat (slack): accepted DOWN, UP in 215 ms\n\
             oncall (slack): refused: HTTP 404: no_service\n  help: make a new one\n\
             pager (slack): accepted DOWN, then refused: HTTP 404: no_service\n  help: make a new one\n"
        );
    }

    #[test]
    fn channels_of_one_name_show_their_owners() {
        let text = text(&[accepted("a#chat"), accepted("b#chat")]);
        assert!(text.starts_with("a#chat (slack)") && text.contains("\nb#chat (slack)"), "{text}");
    }
}
