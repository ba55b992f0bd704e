//! Slack's incoming webhooks.
//!
//! Errors and their words: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>, "Handling errors".
//! Their status codes: <https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>.

use serde_json::{Value, json};

use super::slack_blocks::{self, Fault};
use super::{Accepted, Answer, Request, Service, Verdict};

/// <https://docs.slack.dev/legacy/legacy-messaging/legacy-message-attachments>
const ATTACHMENTS: usize = 100;

#[derive(Default)]
pub struct Slack {
    pub hook: SlackHook,
}

/// What has become of the webhook and its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SlackHook {
    #[default]
    Works,
    Removed,
    ChannelArchived,
    ChannelGone,
    /// The workspace has a restriction on posts by webhooks.
    Prohibited,
    TeamDisabled,
}

impl SlackHook {
    fn refusal(self) -> Option<Answer> {
        match self {
            Self::Works => None,
            Self::Removed => Some(Answer::text(404, "no_service")),
            Self::ChannelArchived => Some(Answer::text(410, "channel_is_archived")),
            Self::ChannelGone => Some(Answer::text(404, "channel_not_found")),
            Self::Prohibited => Some(Answer::text(403, "action_prohibited")),
            Self::TeamDisabled => Some(Answer::text(403, "team_disabled")),
        }
    }
}

impl Service for Slack {
    /// As in the documentation.
    fn path(&self) -> String {
        "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX".to_owned()
    }

    fn judge(&mut self, request: &Request) -> Verdict {
        if request.path != self.path() {
            return Verdict::Refused(Answer::text(404, "no_service"));
        }
        if let Some(refusal) = self.hook.refusal() {
            return Verdict::Refused(refusal);
        }
        // "verify your content body matches your content type and is structurally valid"
        let Some(payload) = request.json().filter(Value::is_object) else {
            return refused("invalid_payload");
        };
        match judge(&payload) {
            Ok(message) => Verdict::Accepted(Answer::text(200, "ok"), vec![message]),
            Err(error) => refused(error),
        }
    }

    /// "HTTP 429 Too Many Requests error, a JSON object …, and a `Retry-After` header":
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    fn busy(&self, after: u32) -> Answer {
        Answer::json(429, &json!({"ok": false, "error": "rate_limited"})).with("retry-after", &after)
    }
}

fn refused(error: &str) -> Verdict {
    Verdict::Refused(Answer::text(400, error))
}

fn judge(payload: &Value) -> Result<Accepted, &'static str> {
    let text = match &payload["text"] {
        Value::Null => "",
        Value::String(text) => text,
        _ => return Err("invalid_payload"),
    };
    let blocks = slack_blocks::read(&payload["blocks"]).map_err(|fault| match fault {
        Fault::NotBlocks => "invalid_blocks_format",
        Fault::Invalid => "invalid_blocks",
        Fault::TooLong => "msg_blocks_too_long",
    })?;
    let attachments = payload["attachments"].as_array().map_or(0, Vec::len);
    if attachments > ATTACHMENTS {
        return Err("too_many_attachments");
    }
    if text.trim().is_empty() && blocks.texts.is_empty() && attachments == 0 {
        return Err("no_text");
    }
    // Where there are blocks, the text is what a notification shows.
    let mut shown = vec![unescaped(text)];
    shown.extend(blocks.texts.iter().map(|text| unescaped(text)));
    let mut mentions = slack_blocks::mentions(text, payload["link_names"] != json!(true));
    mentions.extend(blocks.mentions);
    Ok(Accepted::new(None, shown.join("\n"), payload).mentioning(mentions))
}

/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
