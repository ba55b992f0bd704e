//! What is published to a topic, before an edge publishes it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::monitor::TopicArn;

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub topic: TopicArn,
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
    /// As SNS counts: the message and the names, types and values of its attributes.
    pub fn size(&self) -> usize {
        let Self { topic: _, subject, message, attributes, order: _ } = self;
        let attribute = |attribute: &Attribute| {
            attribute.name.len() + attribute.value.data_type().len() + attribute.value.text().len()
        };
        subject.len() + message.len() + attributes.iter().map(attribute).sum::<usize>()
    }
}

impl AttributeValue {
    /// SNS takes no empty value.
    pub fn of(values: BTreeSet<String>) -> Option<Self> {
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
