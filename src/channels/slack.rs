//! Slack, by an incoming webhook. Pure.
//!
//! Requests: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>. Limits of blocks:
//! <https://docs.slack.dev/reference/block-kit/blocks>. Escapes:
//! <https://docs.slack.dev/messaging/formatting-message-text>.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::reason;
use super::escape::{angles, angles_and_ticks, paged};
use super::markup::Markup;
use super::sheet::{Sheet, fitting};
use super::{
    Channel, ChannelAnswer, ChannelLimits, ChannelRequest, CountLimit, Receipt, SecretText, TextLimit,
};
use crate::message::{Grouping, Message};

/// Units of the text of a header block.
const HEADER: usize = 150;

/// Units of the text of a section.
const SECTION: usize = 3_000;

const MARKUP: Markup = Markup {
    bold: ["*", "*"],
    code: ["`", "`"],
    link: ["<", ">"],
    escape: angles,
    escape_code: angles_and_ticks,
    line: 2_000,
};

#[derive(Debug)]
pub struct SlackChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlackSettings {
    /// URL of an incoming webhook. It is a credential, so it is a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/slack}")]
    pub url: SecretText,
}

impl Channel for SlackChannel {
    const KIND: &'static str = "slack";
    /// About one message a second: <https://docs.slack.dev/apis/web-api/rate-limits>. All blocks together: Slack refuses
    /// about 13,000 characters with `msg_blocks_too_long`, which no page says
    /// (<https://github.com/slackapi/bolt-js/issues/2509>).
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 100_000,
        pace: Duration::from_secs(1),
        texts: &[
            TextLimit { path: "text", each: 4_000, all: 4_000 },
            TextLimit { path: "blocks/*/text/text", each: SECTION, all: 12_000 },
            TextLimit { path: "blocks/**", each: SECTION, all: 12_000 },
        ],
        counts: &[CountLimit { path: "blocks", most: 50 }],
    };
    const CREDENTIALS: &'static [&'static str] = &["url"];

    type Settings = SlackSettings;

    fn secrets(settings: &mut SlackSettings) -> Vec<(&'static str, &mut SecretText)> {
        vec![("url", &mut settings.url)]
    }

    fn render(settings: &SlackSettings, message: &Message) -> Vec<ChannelRequest> {
        let layout = |sheet: &Sheet<'_>| vec![ChannelRequest::json(&settings.url, &body(sheet))];
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }

    /// 200 comes with `ok`; anything else says why in plain text: `no_service`, `invalid_blocks`, `channel_is_archived`.
    fn receipt(answer: &ChannelAnswer) -> Receipt {
        match answer {
            ChannelAnswer::Http(answer) if answer.status == 200 && answer.body.trim() != "ok" => {
                Receipt::Refused(reason("HTTP 200", &answer.body))
            }
            ChannelAnswer::Http(_) | ChannelAnswer::Smtp { .. } => answer.receipt(),
        }
    }
}

fn body(sheet: &Sheet<'_>) -> Value {
    let headline = sheet.message.headline(HEADER);
    let mut blocks =
        vec![json!({"type": "header", "text": {"type": "plain_text", "text": headline, "emoji": false}})];
    for lines in [MARKUP.lines(sheet), MARKUP.steps(sheet)] {
        blocks.extend(
            paged(&lines, SECTION)
                .into_iter()
                .map(|text| json!({"type": "section", "text": text_object(&text)})),
        );
    }
    blocks.push(json!({"type": "context", "elements": [text_object(&MARKUP.text(&sheet.footer))]}));
    // What phones and screen readers show.
    json!({ "text": MARKUP.text(&headline), "blocks": blocks })
}

/// `verbatim`: Slack makes no link of a name that looks like one, and no mention of `@everyone`.
fn text_object(text: &str) -> Value {
    json!({"type": "mrkdwn", "text": text, "verbatim": true})
}
