//! Discord, by a webhook of a channel. Pure.
//!
//! Requests: <https://discord.com/developers/docs/resources/webhook#execute-webhook>. Limits of embeds:
//! <https://discord.com/developers/docs/resources/message#embed-object-embed-limits>. Pace:
//! <https://discord.com/developers/docs/topics/rate-limits>.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::escape::{markdown, ticks};
use super::markup::Markup;
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, CountLimit, SecretText, TextLimit};
use crate::message::{Grouping, Message};
use crate::monitor::Severity;

/// Units of the title of an embed.
const TITLE: usize = 256;

/// The same before its escapes.
const HEADLINE: usize = 120;

const MARKUP: Markup = Markup {
    bold: ["**", "**"],
    code: ["`", "`"],
    // Without a preview of the page.
    link: ["<", ">"],
    escape: markdown,
    escape_code: ticks,
    line: 1_000,
};

#[derive(Debug)]
pub struct DiscordChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscordSettings {
    /// URL of a webhook. It is a credential, so it is a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/discord}")]
    pub url: SecretText,
}

impl Channel for DiscordChannel {
    const KIND: &'static str = "discord";
    /// A webhook takes 5 requests in 2 seconds, which no page promises: the headers of the answer say it.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 100_000,
        pace: Duration::from_millis(500),
        texts: &[
            TextLimit { path: "content", each: 2_000, all: 2_000 },
            TextLimit { path: "embeds/*/title", each: TITLE, all: TITLE },
            TextLimit { path: "embeds/*/description", each: 4_096, all: 4_096 },
            TextLimit { path: "embeds/*/footer/text", each: 2_048, all: 2_048 },
            TextLimit { path: "embeds/**", each: 4_096, all: 6_000 },
        ],
        counts: &[CountLimit { path: "embeds", most: 10 }],
    };
    const CREDENTIALS: &'static [&'static str] = &["url"];

    type Settings = DiscordSettings;

    fn secrets(settings: &mut DiscordSettings) -> Vec<(&'static str, &mut SecretText)> {
        vec![("url", &mut settings.url)]
    }

    /// With `wait=true` the answer says whether the message was stored, and not only that the request was read.
    fn render(settings: &DiscordSettings, message: &Message) -> Vec<ChannelRequest> {
        let url = settings.url.reveal();
        let sign = if url.contains('?') { '&' } else { '?' };
        let url = SecretText::new(format!("{url}{sign}wait=true"));
        let layout = |sheet: &Sheet<'_>| vec![ChannelRequest::json(&url, &body(sheet))];
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

fn body(sheet: &Sheet<'_>) -> Value {
    let message = sheet.message;
    let headline = MARKUP.text(&message.headline(HEADLINE));
    let lines = [MARKUP.lines(sheet), MARKUP.steps(sheet)].concat();
    let embed = json!({
        "title": headline,
        "description": lines.join("\n"),
        "color": color(message),
        "footer": {"text": MARKUP.text(&sheet.footer)},
        "timestamp": message.at.to_string(),
    });
    // A phone shows the content, and nothing mentions anyone.
    json!({"content": headline, "embeds": [embed], "allowed_mentions": {"parse": []}})
}

/// Red, amber, blue; green where nothing needs to be done.
fn color(message: &Message) -> u32 {
    if message.is_good() {
        return 0x002e_b886;
    }
    match message.severity {
        Severity::Critical => 0x00d0_021b,
        Severity::Warning => 0x00f5_a623,
        Severity::Info => 0x004a_90e2,
    }
}
