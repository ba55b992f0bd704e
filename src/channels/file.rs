//! A file with a JSON line for each message: the channel of a machine without any other. Pure.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::sheet::{Sheet, fitting};
use super::{Channel, ChannelLimits, ChannelRequest, SecretText};
use crate::message::{Grouping, Message, record};

#[derive(Debug)]
pub struct FileChannel;

/// What it has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSettings {}

impl Channel for FileChannel {
    const KIND: &'static str = "file";
    /// The file is read back by its last line, which is looked for within 4 MiB.
    const LIMITS: ChannelLimits = ChannelLimits {
        grouping: Grouping::Together,
        bytes: 1 << 20,
        pace: Duration::ZERO,
        texts: &[],
        counts: &[],
    };

    const HAS_TLS: bool = false;

    type Settings = FileSettings;

    fn secrets(_settings: &mut FileSettings) -> Vec<(&'static str, &mut SecretText)> {
        Vec::new()
    }

    fn render(_settings: &FileSettings, message: &Message) -> Vec<ChannelRequest> {
        let layout =
            |sheet: &Sheet<'_>| vec![ChannelRequest::Line(record(message, sheet.size.record).to_string())];
        fitting(message, layout, |requests| Self::LIMITS.allow(requests))
    }
}
