//! Microsoft Teams, by a workflow that posts what a webhook receives. Pure.
//!
//! Requests: <https://support.microsoft.com/en-us/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498>.
//! Cards: <https://adaptivecards.io/explorer/AdaptiveCard.html>. Markdown in cards:
//! <https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format>.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::escape::{is_plain_url, markdown};
use super::markup::Markup;
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, SecretText};
use crate::message::{Grouping, Message, MessageFact, MessageLink, NextStep};
use crate::monitor::Severity;

/// Units of the headline.
const HEADLINE: usize = 300;

/// A card knows neither code nor a bare link; what is bold or monospaced is an element of its own.
const MARKUP: Markup = Markup {
    bold: ["", ""],
    code: ["", ""],
    link: ["", ""],
    escape: markdown,
    escape_code: markdown,
    line: 2_000,
};

#[derive(Debug)]
pub struct TeamsChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamsSettings {
    /// URL of a workflow. It is a credential, so it is a reference such as ${env:NAME}.
    #[schemars(example = &"${ssm:/prod/teams}")]
    pub url: SecretText,
}

impl Channel for TeamsChannel {
    const KIND: &'static str = "teams";
    /// Teams says about 28 KB for a message; where others measured it, 21 KB passed
    /// (<https://learn.microsoft.com/en-us/connectors/teams/#known-issues-and-limitations-with-actions>). 4 requests a second.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 20_000,
        pace: Duration::from_millis(250),
        texts: &[],
        counts: &[],
    };
    const CREDENTIALS: &'static [&'static str] = &["url"];

    type Settings = TeamsSettings;

    fn secrets(settings: &mut TeamsSettings) -> Vec<(&'static str, &mut SecretText)> {
        vec![("url", &mut settings.url)]
    }

    fn render(settings: &TeamsSettings, message: &Message) -> Vec<ChannelRequest> {
        let layout = |sheet: &Sheet<'_>| vec![ChannelRequest::json(&settings.url, &body(sheet))];
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

fn body(sheet: &Sheet<'_>) -> Value {
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "msteams": {"width": "Full"},
        // What a phone shows.
        "fallbackText": MARKUP.text(&sheet.message.headline(HEADLINE)),
        "body": elements(sheet),
        "actions": actions(sheet),
    });
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card});
    json!({"type": "message", "attachments": [attachment]})
}

fn elements(sheet: &Sheet<'_>) -> Vec<Value> {
    let message = sheet.message;
    let text = |text: &str| json!({"type": "TextBlock", "text": MARKUP.text(text), "wrap": true});
    let mut elements = vec![json!({
        "type": "TextBlock",
        "text": MARKUP.text(&message.headline(HEADLINE)),
        "size": "Medium",
        "weight": "Bolder",
        "color": color(message),
        "wrap": true,
    })];
    elements.extend(sheet.cause.iter().chain(&sheet.lines).chain(&sheet.rest).map(|line| text(line)));
    if !sheet.facts.is_empty() {
        let facts = sheet.facts.iter();
        let facts =
            facts.map(|MessageFact { label, value }| json!({"title": label, "value": MARKUP.text(value)}));
        elements.push(json!({"type": "FactSet", "facts": facts.collect::<Vec<_>>()}));
    }
    elements.extend(sheet.excerpt.iter().map(|excerpt| monospaced(&format!("Answer: {excerpt}"))));
    for NextStep { purpose, command } in &sheet.steps {
        elements.push(text(&format!("{purpose}:")));
        elements.push(monospaced(command));
    }
    elements.push(json!({
        "type": "TextBlock",
        "text": MARKUP.text(&sheet.footer),
        "isSubtle": true,
        "size": "Small",
        "wrap": true,
    }));
    elements
}

fn monospaced(text: &str) -> Value {
    json!({"type": "TextBlock", "text": MARKUP.text(text), "fontType": "Monospace", "spacing": "None", "wrap": true})
}

/// A link that is no URL would make the card invalid.
fn actions(sheet: &Sheet<'_>) -> Vec<Value> {
    let links = sheet.links.iter().filter(|link| is_plain_url(&link.url));
    links
        .map(|MessageLink { label, url }| json!({"type": "Action.OpenUrl", "title": label, "url": url}))
        .collect()
}

fn color(message: &Message) -> &'static str {
    if message.is_good() {
        return "Good";
    }
    match message.severity {
        Severity::Critical => "Attention",
        Severity::Warning => "Warning",
        Severity::Info => "Accent",
    }
}
