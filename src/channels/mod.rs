//! The kinds of channels, a file each: how it is written, what a message becomes, and what an answer means. Pure.
//!
//! The list below is the only place that knows all kinds. Everything outside speaks of [`ChannelDefinition`] and
//! [`ChannelRequest`], and never of what one kind brings. Nothing here sends: `deliver` does.

#[macro_use]
mod dispatch;
mod answer;
mod channel;
mod definition;
mod escape;
mod limits;
mod mail;
mod markup;
mod plain;
mod publication;
mod request;
mod rules;
mod secret;
mod sheet;
#[cfg(test)]
mod tests;
mod trust;

pub mod alertmanager;
pub mod discord;
pub mod email;
pub mod file;
pub mod pagerduty;
pub mod slack;
pub mod sns;
pub mod teams;
pub mod telegram;
pub mod webhook;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::{Map, Value};

pub use answer::{ChannelAnswer, HttpAnswer, Receipt};
pub use channel::Channel;
pub use definition::{ChannelDefinition, ReadyChannel, channel_schema, is_of_policy, written_policy};
pub use limits::{ChannelLimits, CountLimit, TextLimit};
pub use mail::Mail;
pub use plain::plain_text;
pub use publication::{Attribute, FifoOrder, Publication};
pub use request::{ChannelRequest, HttpRequest};
pub use secret::SecretText;
pub use trust::ChannelTrust;

use crate::message::{Grouping, Message};
use crate::written::{Path, Violation};

// A new kind goes to the end.
channels! {
    File(file::FileChannel),
    Sns(sns::SnsChannel),
    Slack(slack::SlackChannel),
    Discord(discord::DiscordChannel),
    Telegram(telegram::TelegramChannel),
    Teams(teams::TeamsChannel),
    PagerDuty(pagerduty::PagerDutyChannel),
    Webhook(webhook::WebhookChannel),
    Email(email::EmailChannel),
    Alertmanager(alertmanager::AlertmanagerChannel),
}
