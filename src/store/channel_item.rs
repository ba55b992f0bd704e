//! The record of a channel, in the item that its row has too. Times are whole milliseconds.
//!
//! What happened to a channel is true for every holder of the lease, so it is written like an acknowledgement: not fenced,
//! and apart from the row. An older word never replaces a newer one.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::change::ItemChange;
use super::connection::key;
use super::error::StoreError;
use super::fields::Fields;
use super::row_item::RECORDED;
use super::run_writer::RunWriter;
use super::unreadable::Malformed;
use super::values::{moment, number, text};
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{ChannelRecord, ROW_FORMAT};

const DEFINITION: &str = "definition";
const REFUSED: &str = "refused_at";
const UNREACHED: &str = "unreached_since";
const MESSAGES: &str = "refused_messages";
const PROVEN: &str = "proven_at";

impl RunWriter {
    /// Stores what a run found of a channel at `now`.
    pub async fn record_channel(
        &self,
        channel: &ChannelId,
        record: &ChannelRecord,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let table = &self.connection.tables.states;
        let key = key(&self.shard, MonitorId::of_channel(channel).as_str());
        // A refusal says that a later run has recorded what it found.
        self.connection.update(table, key, change(record, now)).await.map(drop)
    }
}

/// What a write of the record sets.
pub fn change(record: &ChannelRecord, now: Timestamp) -> ItemChange {
    let ChannelRecord { definition, refused_at, unreached_since, refused_messages, proven_at } = record;
    let messages = refused_messages.iter().map(|(key, at)| (key.clone(), moment(*at))).collect();
    ItemChange::only_if(format!("attribute_not_exists(#{RECORDED}) OR #{RECORDED} <= :{RECORDED}"))
        .set("format", number(ROW_FORMAT))
        .set(RECORDED, moment(now))
        .set(DEFINITION, text(definition.as_str()))
        .set_or_remove(REFUSED, refused_at.map(moment))
        .set_or_remove(UNREACHED, unreached_since.map(moment))
        .set_or_remove(MESSAGES, (!refused_messages.is_empty()).then_some(AttributeValue::M(messages)))
        .set_or_remove(PROVEN, proven_at.map(moment))
}

/// The way back of [`RunWriter::record_channel`]. A row may be there before its record.
pub fn record(fields: &mut Fields) -> Result<ChannelRecord, Malformed> {
    let messages = |fields: &mut Fields| {
        let keys: Vec<_> = fields.names().collect();
        keys.into_iter().map(|key| Ok((key.clone(), fields.moment(&key)?))).collect()
    };
    Ok(ChannelRecord {
        definition: fields.maybe_text(DEFINITION)?.unwrap_or_default(),
        refused_at: fields.maybe_moment(REFUSED)?,
        unreached_since: fields.maybe_moment(UNREACHED)?,
        refused_messages: fields.maybe_inner(MESSAGES, messages)?.unwrap_or_default(),
        proven_at: fields.maybe_moment(PROVEN)?,
    })
}
