//! A topic of Amazon SNS: mail, SMS, queues, functions and chat behind one name. Pure.
//!
//! A text for each protocol: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>. Amazon Q in chat takes a schema
//! of its own: <https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html>.

use std::collections::BTreeSet;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::escape::{angles, angles_and_ticks, escaped};
use super::markup::Markup;
use super::plain::text_of;
use super::publication::{Attribute, AttributeValue, FifoOrder, Publication};
use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, SecretText};
use crate::message::{AlertParts, Grouping, Message, NextStep, cut, record};
use crate::monitor::{TOPIC_ARN_PATTERN, TopicArn, digest};
use crate::written::{Code, Path, Violation};

/// SNS takes less than 100 characters in the subject of a mail.
const SUBJECT: usize = 99;

/// Longest id of a deduplication.
const DEDUPLICATION_ID: usize = 128;

/// Alerts whose values are attributes, however little room there is.
const VALUES: usize = 10;

/// UTF-16 units that chat shows of a title, of the text and of a next step.
const CHAT_TITLE: usize = 250;
const CHAT_TEXT: usize = 3_000;
const CHAT_STEP: usize = 300;

/// Chat is Slack or Teams; this reads well in both.
const MARKUP: Markup = Markup {
    bold: ["*", "*"],
    code: ["`", "`"],
    link: ["", ""],
    escape: angles,
    escape_code: angles_and_ticks,
    line: 1_000,
};

#[derive(Debug)]
pub struct SnsChannel;

/// What it has of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnsSettings {
    /// ARN of the topic.
    #[schemars(
        regex(pattern = TOPIC_ARN_PATTERN),
        extend("patternErrorMessage" = "write the ARN of a topic like arn:aws:sns:eu-west-1:123456789012:oncall"),
        example = &"arn:aws:sns:eu-west-1:123456789012:oncall"
    )]
    pub topic: String,
    /// Write for Amazon Q Developer in chat applications, which brings the topic to Slack or Teams.
    #[schemars(extend("default" = false))]
    pub chat: Option<bool>,
}

impl Channel for SnsChannel {
    const KIND: &'static str = "sns";
    /// 256 KiB with the attributes. Over 10 messages a second SNS switches a mail subscription off.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 256 * 1024,
        pace: Duration::from_millis(200),
        texts: &[],
        counts: &[],
    };

    const HAS_TLS: bool = false;

    type Settings = SnsSettings;

    fn secrets(_settings: &mut SnsSettings) -> Vec<(&'static str, &mut SecretText)> {
        Vec::new()
    }

    fn check(settings: &SnsSettings, at: &Path, violations: &mut Vec<Violation>) {
        if let Err(error) = TopicArn::parse(&settings.topic) {
            let path = at.key("topic");
            violations.push(Violation::new(Code::BadFormat, path.clone(), format!("`{path}`: {error}")));
        }
    }

    /// A FIFO topic keeps the order of each monitor's messages, so every alert has its own.
    fn grouping(settings: &SnsSettings) -> Grouping {
        let is_fifo = TopicArn::parse(&settings.topic).is_ok_and(|topic| topic.is_fifo());
        if is_fifo { Grouping::Each { up_to: usize::MAX } } else { Grouping::Together }
    }

    fn render(settings: &SnsSettings, message: &Message) -> Vec<ChannelRequest> {
        let Ok(topic) = TopicArn::parse(&settings.topic) else { return Vec::new() };
        let layout = |sheet: &Sheet<'_>| {
            vec![ChannelRequest::Sns(Publication {
                topic: topic.clone(),
                subject: ascii_line(&message.headline(SUBJECT)),
                message: by_protocol(sheet, settings.chat.unwrap_or(false)).to_string(),
                attributes: attributes(sheet),
                order: topic.is_fifo().then(|| order(message)),
            })]
        };
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}

/// People get the text, a phone the subject, and everything else is a program. The record stands here once: four
/// copies of it would be most of the 256 KiB.
fn by_protocol(sheet: &Sheet<'_>, chat: bool) -> Value {
    let message = sheet.message;
    let short = ascii_line(&message.headline(SUBJECT));
    let mut texts = json!({
        "default": record(message, sheet.size.record).to_string(),
        "email": text_of(sheet),
        "application": short,
        "sms": short,
    });
    if chat {
        texts["https"] = chat_text(sheet).to_string().into();
    }
    texts
}

/// One line of printable ASCII; SNS takes nothing else in a subject. The mark of a cut takes three characters.
fn ascii_line(text: &str) -> String {
    let text = if text.contains('…') { cut(text, SUBJECT - 4) } else { text.to_owned() };
    let plain: String = text
        .replace('…', "...")
        .chars()
        .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
        .take(SUBJECT)
        .collect();
    plain.trim().to_owned()
}

/// The custom notification of Amazon Q Developer in chat applications, version 1.0.
fn chat_text(sheet: &Sheet<'_>) -> Value {
    let message = sheet.message;
    let lines = MARKUP.lines(sheet);
    let step = |NextStep { purpose, command }: &&NextStep| cut(&format!("{purpose}: {command}"), CHAT_STEP);
    let steps: Vec<_> = sheet.steps.iter().map(step).collect();
    let thread = message.only().map_or(&message.id, |alert| &alert.record.incident_key);
    json!({
        "version": "1.0",
        "source": "custom",
        "id": message.id,
        "content": {
            "textType": "client-markdown",
            "title": escaped(&message.headline(CHAT_TITLE), CHAT_TITLE, angles),
            "description": cut(&lines.join("\n"), CHAT_TEXT),
            "nextSteps": steps,
            "keywords": keywords(message),
        },
        "metadata": {"threadId": thread, "summary": message.headline(CHAT_TITLE)},
    })
}

fn keywords(message: &Message) -> Vec<String> {
    let mut words: BTreeSet<_> = message.alerts.iter().map(|alert| alert.word.to_owned()).collect();
    words.extend(message.environment.clone());
    words.into_iter().collect()
}

/// A message of many has the values of its alerts: with the gravest alone, a subscriber who waits for warnings
/// would miss one that travels beside an outage. Of a storm with a thousand teams, those of the gravest have to do.
fn attributes(sheet: &Sheet<'_>) -> Vec<Attribute> {
    let message = sheet.message;
    let most = sheet.size.record.others.max(VALUES);
    let each = |value: &dyn Fn(&AlertParts) -> Option<String>| {
        message.alerts.iter().take(most).filter_map(value).collect()
    };
    let one = |value: Option<&str>| value.map(str::to_owned).into_iter().collect();
    let values: [(&'static str, BTreeSet<String>); 6] = [
        ("environment", one(message.environment.as_deref())),
        ("severity", each(&|alert| Some(alert.record.severity.as_str().to_owned()))),
        ("team", each(&|alert| alert.record.team.clone())),
        ("group", each(&|alert| Some(alert.record.group.clone()))),
        ("health", each(&|alert| Some(alert.record.health.as_str().to_owned()))),
        ("alert_id", one(Some(&message.id))),
    ];
    let attribute = |(name, values)| AttributeValue::of(values).map(|value| Attribute { name, value });
    values.into_iter().filter_map(attribute).collect()
}

/// DOWN and UP of a monitor have ids of their own (their `seq` differs), so neither swallows the other.
fn order(message: &Message) -> FifoOrder {
    let group = match message.only() {
        Some(only) => only.record.monitor.clone(),
        // A FIFO topic gets every alert by itself.
        None => message.id.clone(),
    };
    let id = &message.id;
    let deduplication = if id.len() <= DEDUPLICATION_ID { id.clone() } else { digest(id) };
    FifoOrder { group, deduplication }
}
