//! A message as SNS takes it: what stands in which field, and how large it is.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Alert, Notification, record};
use crate::monitor::digest;

/// SNS takes 256 KiB with the attributes; a little is kept for what a part of many says about itself.
pub const LIMIT: usize = 256 * 1024 - 1024;

/// Longest id of a deduplication.
const DEDUPLICATION_ID: usize = 128;

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub subject: String,
    /// A JSON object with a text for each protocol (`MessageStructure=json`).
    pub message: String,
    /// What filter policies of subscriptions choose by.
    pub attributes: Vec<Attribute>,
    /// What a FIFO topic needs.
    pub order: Option<FifoOrder>,
}

/// One message attribute. SNS takes no empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub name: &'static str,
    pub value: AttributeValue,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// `String`
    One(String),
    /// `String.Array`: a filter that wants any of them gets the message.
    Several(Vec<String>),
}

/// Messages of one group come in the order in which they were sent; one with a known id within 5 minutes is
/// dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FifoOrder {
    pub group: String,
    pub deduplication: String,
}

impl Publication {
    /// `at` is when it is sent.
    pub fn of(message: &Notification, at: Timestamp) -> Self {
        Self {
            subject: message.subject.clone(),
            message: by_protocol(message, at).to_string(),
            attributes: attributes(message),
            order: message.topic.is_fifo().then(|| order(message)),
        }
    }

    /// As SNS counts: the message and the names, types and values of its attributes.
    pub fn size(&self) -> usize {
        let Self { subject, message, attributes, order: _ } = self;
        let attribute = |attribute: &Attribute| {
            attribute.name.len() + attribute.value.data_type().len() + attribute.value.text().len()
        };
        subject.len() + message.len() + attributes.iter().map(attribute).sum::<usize>()
    }
}

impl AttributeValue {
    fn of(values: BTreeSet<String>) -> Option<Self> {
        let mut values: Vec<_> = values.into_iter().filter(|value| !value.is_empty()).collect();
        match values.len() {
            0 => None,
            1 => values.pop().map(Self::One),
            _ => Some(Self::Several(values)),
        }
    }

    pub fn data_type(&self) -> &'static str {
        match self {
            Self::One(_) => "String",
            Self::Several(_) => "String.Array",
        }
    }

    pub fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Several(texts) => Value::from(texts.as_slice()).to_string(),
        }
    }
}

/// People get the text, a phone the subject, and everything else is a program. The record stands here once: four
/// copies of it would be most of the 256 KiB.
fn by_protocol(message: &Notification, at: Timestamp) -> Value {
    json!({
        "default": record(message, at).to_string(),
        "email": message.body,
        "application": message.subject,
        "sms": message.subject,
    })
}

/// A message of many has all the values of its alerts: with the gravest alone, a subscriber who waits for warnings
/// would miss one that travels beside an outage.
fn attributes(message: &Notification) -> Vec<Attribute> {
    let each = |value: &dyn Fn(&Alert) -> Option<String>| message.alerts.iter().filter_map(value).collect();
    let one = |value: Option<&str>| value.map(str::to_owned).into_iter().collect();
    let values: [(&'static str, BTreeSet<String>); 6] = [
        ("environment", one(message.environment.as_deref())),
        ("severity", each(&|alert| Some(alert.severity().to_string()))),
        ("team", each(&|alert| alert.monitor.team.clone())),
        ("group", message.groups.clone()),
        ("health", each(&|alert| Some(alert.health.as_str().to_owned()))),
        ("alert_id", one(Some(&message.id))),
    ];
    let attribute = |(name, values)| AttributeValue::of(values).map(|value| Attribute { name, value });
    values.into_iter().filter_map(attribute).collect()
}

/// DOWN and UP of a monitor have ids of their own (their `seq` differs), so neither swallows the other.
fn order(message: &Notification) -> FifoOrder {
    let group = match message.alerts.as_slice() {
        [only] => only.monitor.id.to_string(),
        // A FIFO topic gets every alert by itself.
        _ => message.id.clone(),
    };
    let id = &message.id;
    let deduplication = if id.len() <= DEDUPLICATION_ID { id.clone() } else { digest(id) };
    FifoOrder { group, deduplication }
}
