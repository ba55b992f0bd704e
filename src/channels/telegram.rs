//! Telegram, by a bot. Pure.
//!
//! Requests and answers: <https://core.telegram.org/bots/api#sendmessage>. Markup:
//! <https://core.telegram.org/bots/api#html-style>. Pace: <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{HttpAnswer, reason};
use super::escape::angles;
use super::markup::Markup;
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelAnswer, ChannelLimits, ChannelRequest, Receipt, SecretText, TextLimit};
use crate::message::{Grouping, Message};
use crate::written::{Code, Path, Violation};

/// Where bots are served.
const SERVER: &str = "https://api.telegram.org";

/// Units of the headline.
const HEADLINE: usize = 200;

const MARKUP: Markup = Markup {
    bold: ["<b>", "</b>"],
    code: ["<code>", "</code>"],
    link: ["", ""],
    escape: angles,
    escape_code: angles,
    line: 1_000,
};

#[derive(Debug)]
pub struct TelegramChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TelegramSettings {
    /// Token of the bot, as a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/telegram}")]
    pub token: SecretText,
    /// Id of the chat, such as -1001234567890, or the @name of a public channel.
    #[schemars(extend("type" = ["string", "integer"]), example = -1_001_234_567_890_i64)]
    pub chat_id: Value,
    /// A Bot API server of your own; default: Telegram's.
    #[schemars(example = &"https://telegram.internal.example")]
    pub server: Option<String>,
}

impl Channel for TelegramChannel {
    const KIND: &'static str = "telegram";
    /// The characters are counted without markup, so this is on the safe side. One message a second in a chat.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 64 * 1024,
        pace: Duration::from_secs(1),
        texts: &[TextLimit { path: "text", each: 4_096, all: 4_096 }],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["token"];

    type Settings = TelegramSettings;

    fn secrets(settings: &mut TelegramSettings) -> Vec<(&'static str, &mut SecretText)> {
        vec![("token", &mut settings.token)]
    }

    fn check(settings: &TelegramSettings, at: &Path, violations: &mut Vec<Violation>) {
        let is_chat =
            settings.chat_id.is_i64() || settings.chat_id.as_str().is_some_and(|name| !name.is_empty());
        if !is_chat {
            let path = at.key("chat_id");
            let message = format!("`{path}` must be the number of a chat or the @name of a channel");
            violations.push(Violation::new(Code::WrongType, path, message));
        }
    }

    fn render(settings: &TelegramSettings, message: &Message) -> Vec<ChannelRequest> {
        let server = settings.server.as_deref().unwrap_or(SERVER).trim_end_matches('/');
        let url = SecretText::new(format!("{server}/bot{}/sendMessage", settings.token.reveal()));
        let layout = |sheet: &Sheet<'_>| {
            vec![ChannelRequest::json(
                &url,
                &json!({
                    "chat_id": settings.chat_id,
                    "text": text(sheet),
                    "parse_mode": "HTML",
                    "link_preview_options": {"is_disabled": true},
                }),
            )]
        };
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }

    /// `ok` says it, whatever the status; where it is too much, `parameters.retry_after` says for how many seconds.
    fn receipt(answer: &ChannelAnswer) -> Receipt {
        match answer {
            ChannelAnswer::Http(answer) => receipt(answer),
            ChannelAnswer::Smtp { .. } => answer.receipt(),
        }
    }
}

fn receipt(answer: &HttpAnswer) -> Receipt {
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if said["ok"] == true {
        return Receipt::Accepted;
    }
    let description = said["description"].as_str().unwrap_or(&answer.body);
    match answer.receipt() {
        Receipt::Accepted | Receipt::Refused(_) => {
            Receipt::Refused(reason(&format!("HTTP {}", answer.status), description))
        }
        Receipt::Later(after) => {
            Receipt::Later(said["parameters"]["retry_after"].as_u64().map(Duration::from_secs).or(after))
        }
    }
}

fn text(sheet: &Sheet<'_>) -> String {
    let headline = format!("<b>{}</b>", MARKUP.text(&sheet.message.headline(HEADLINE)));
    let (lines, steps) = (MARKUP.lines(sheet).join("\n"), MARKUP.steps(sheet).join("\n"));
    let footer = format!("<i>{}</i>", MARKUP.text(&sheet.footer));
    let parts = [headline, lines, steps, footer].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n\n")
}
