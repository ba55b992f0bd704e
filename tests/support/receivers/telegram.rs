//! Telegram's Bot API: `sendMessage`, with HTML or without.
//!
//! <https://core.telegram.org/bots/api#sendmessage>, "Making requests", `ResponseParameters`. Descriptions:
//! <https://github.com/botman/driver-telegram/issues/89>, <https://github.com/tdlib/telegram-bot-api/issues/353>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Accepted, Answer, Request, Service, Verdict, html, units};

/// "1-4096 characters after entities parsing"
const TEXT: usize = 4_096;

pub struct Telegram {
    pub chat: TelegramChat,
    sent: usize,
}

/// What has become of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TelegramChat {
    #[default]
    Open,
    /// The bot was removed from it, or blocked.
    Blocked,
    /// It became a supergroup, which has another id.
    Migrated,
}

impl Telegram {
    /// The token of the documentation's example.
    pub const TOKEN: &str = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11";

    pub const CHAT: &str = "-1001234567890";

    /// Where the chat goes when it is migrated.
    pub const NEW_CHAT: i64 = -1_001_987_654_321;

    fn send(&mut self, parameters: &BTreeMap<String, String>) -> Result<(Answer, Accepted), Answer> {
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        match (parameter("chat_id"), self.chat) {
            ("", _) => return Err(bad("chat_id is empty")),
            (Self::CHAT, TelegramChat::Open) => {}
            (Self::CHAT, TelegramChat::Blocked) => {
                return Err(no(403, "Forbidden: bot was blocked by the user", &Value::Null));
            }
            (Self::CHAT, TelegramChat::Migrated) => {
                let description = "Bad Request: group chat was upgraded to a supergroup chat";
                return Err(no(400, description, &json!({"migrate_to_chat_id": Self::NEW_CHAT})));
            }
            _ => return Err(bad("chat not found")),
        }
        let text = match parameter("parse_mode").to_lowercase().as_str() {
            "" => parameter("text").to_owned(),
            "html" => html::text(parameter("text"))
                .map_err(|error| bad(&format!("can't parse entities: {error}")))?,
            // The stub has no reader of the others.
            _ => return Err(bad("unsupported parse_mode")),
        };
        if text.trim().is_empty() {
            return Err(bad("message text is empty"));
        }
        if units(&text) > TEXT {
            return Err(bad("message is too long"));
        }
        self.sent += 1;
        let chat =
            json!({"id": Self::CHAT.parse::<i64>().expect("a number"), "type": "supergroup", "title": "ops"});
        let result = json!({"message_id": self.sent, "date": 1_700_000_000, "chat": chat, "text": text});
        let answer = Answer::json(200, &json!({"ok": true, "result": result}));
        Ok((answer, Accepted::new(None, text, &json!(parameters))))
    }
}

impl Default for Telegram {
    fn default() -> Self {
        Self { chat: TelegramChat::Open, sent: 0 }
    }
}

impl Service for Telegram {
    fn path(&self) -> String {
        format!("/bot{}/sendMessage", Self::TOKEN)
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        let known = format!("/bot{}/", Self::TOKEN);
        let Some(method) = request.path.strip_prefix(&known) else {
            let is_bot = request.path.starts_with("/bot");
            let (status, description) = if is_bot { (401, "Unauthorized") } else { (404, "Not Found") };
            return Verdict::Refused(no(status, description, &Value::Null));
        };
        // "All methods in the Bot API are case-insensitive."
        if !method.eq_ignore_ascii_case("sendMessage") {
            return Verdict::Refused(no(404, "Not Found: method not found", &Value::Null));
        }
        match self.send(&parameters(request)) {
            Ok((answer, message)) => Verdict::Accepted(answer, vec![message]),
            Err(answer) => Verdict::Refused(answer),
        }
    }

    /// In the body alone: `parameters.retry_after`.
    fn busy(&self, after: u32) -> Answer {
        let description = format!("Too Many Requests: retry after {after}");
        no(429, &description, &json!({"retry_after": after}))
    }
}

/// From JSON or a form; what has neither content type is not seen.
fn parameters(request: &Request) -> BTreeMap<String, String> {
    if let Some(Value::Object(fields)) = request.json() {
        let text = |value: Value| if let Value::String(text) = value { text } else { value.to_string() };
        return fields.into_iter().map(|(name, value)| (name, text(value))).collect();
    }
    let is_form = request.header("content-type").is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
    if is_form { request.form().into_iter().collect() } else { BTreeMap::new() }
}

fn bad(description: &str) -> Answer {
    no(400, &format!("Bad Request: {description}"), &Value::Null)
}

fn no(status: u16, description: &str, parameters: &Value) -> Answer {
    let mut body = json!({"ok": false, "error_code": status, "description": description});
    if !parameters.is_null() {
        body["parameters"] = parameters.clone();
    }
    Answer::json(status, &body)
}
