//! The last beats of a heartbeat monitor, in an item of their own. Times are whole milliseconds.
//!
//! The item has a partition of its own, so that a role can be limited to it: who beats can neither read nor change
//! anything else. A beat is one conditional update, and an older one never replaces a newer one.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use jiff::Timestamp;

use super::change::ItemChange;
use super::connect::Store;
use super::connection::{Connection, TRIES, Updated};
use super::error::{StoreError, is_conflict};
use super::fields::{Fields, read};
use super::item::{Item, key_of};
use super::run_writer::RunWriter;
use super::states::StateReader;
use super::unreadable::{Malformed, Unreadable};
use super::values::{item, moment, number, text};
use crate::kinds::{AHEAD, BeatEnd, BeatResult, Beats};
use crate::monitor::MonitorId;

/// The version of the shape of the item.
const FORMAT: u32 = 1;

/// The partition of a monitor's beats is this and its id.
const BEATS_OF: &str = "beat#";

/// The sort key of the item.
const BEAT: &str = "@beat";

const FIRST_SEEN: &str = "first_seen";
const LAST_START: &str = "last_start";
const LAST_END: &str = "last_end";

/// DynamoDB's limit on one `BatchGetItem`.
const GETS_AT_ONCE: usize = 100;

/// Stores the beats of programs.
#[derive(Debug, Clone)]
pub struct BeatWriter {
    connection: Arc<Connection>,
}

/// What became of a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredBeat {
    /// A run watches for it.
    Watched,
    /// No run has seen a heartbeat monitor of this id yet.
    Unwatched,
    /// A newer one was there already.
    Overtaken,
}

impl Store {
    pub fn beat_writer(&self) -> BeatWriter {
        BeatWriter { connection: Arc::clone(&self.connection) }
    }
}

impl BeatWriter {
    /// The program begins at `at`.
    pub async fn start(&self, monitor: &MonitorId, at: Timestamp) -> Result<StoredBeat, StoreError> {
        let newer = format!(
            "attribute_not_exists(#{LAST_START}) OR #{LAST_START} <= :{LAST_START} OR #{LAST_START} > :ahead"
        );
        self.store(monitor, ItemChange::only_if(newer).set(LAST_START, moment(at)), at).await
    }

    /// The program ended.
    pub async fn end(&self, monitor: &MonitorId, end: &BeatEnd) -> Result<StoredBeat, StoreError> {
        let BeatEnd { at, result, message } = end;
        let newer = format!(
            "attribute_not_exists(#{LAST_END}) OR #{LAST_END}.#at <= :at OR #{LAST_END}.#at > :ahead"
        );
        let mut value = item([("at", moment(*at)), ("result", text(result.as_str()))]);
        value.extend(message.as_ref().map(|message| ("message".to_owned(), text(message.as_str()))));
        let change =
            ItemChange::only_if(newer).value("at", moment(*at)).set(LAST_END, AttributeValue::M(value));
        self.store(monitor, change, *at).await
    }

    async fn store(
        &self,
        monitor: &MonitorId,
        change: ItemChange,
        at: Timestamp,
    ) -> Result<StoredBeat, StoreError> {
        let ahead = at.saturating_add(AHEAD).unwrap_or(at);
        let change = change.value("ahead", moment(ahead)).set("format", number(FORMAT));
        Ok(match self.connection.update(&self.connection.tables.states, key(monitor), change).await? {
            Updated::Done(before) if before.as_ref().is_some_and(|item| item.contains_key(FIRST_SEEN)) => {
                StoredBeat::Watched
            }
            Updated::Done(_) => StoredBeat::Unwatched,
            Updated::Refused(_) => StoredBeat::Overtaken,
        })
    }
}

impl RunWriter {
    /// Stores that a run sees this monitor for the first time, or again: from now on its beats are awaited. It is not
    /// fenced, because it is true for every run; one that is late changes nothing.
    pub async fn await_beats(&self, monitor: &MonitorId, now: Timestamp) -> Result<(), StoreError> {
        let older = format!("attribute_not_exists(#{FIRST_SEEN}) OR #{FIRST_SEEN} < :{FIRST_SEEN}");
        let change = ItemChange::only_if(older).set(FIRST_SEEN, moment(now)).set("format", number(FORMAT));
        self.connection.update(&self.connection.tables.states, key(monitor), change).await.map(drop)
    }
}

impl StateReader {
    /// The beats of these monitors as they are now; one that has no item yet has none.
    pub async fn beats(
        &self,
        monitors: &[&MonitorId],
    ) -> Result<BTreeMap<MonitorId, Result<Beats, Unreadable>>, StoreError> {
        let mut found: BTreeMap<_, _> =
            monitors.iter().map(|id| ((*id).clone(), Ok(Beats::default()))).collect();
        for batch in monitors.chunks(GETS_AT_ONCE) {
            for item in self.connection.get_states(batch.iter().map(|id| key(id)).collect()).await? {
                found.extend(decode(item));
            }
        }
        Ok(found)
    }
}

impl Connection {
    /// These items of the states table as they are now, those that are there.
    async fn get_states(&self, keys: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let table = self.tables.states.as_str();
        let (mut left, mut items, mut tries) = (keys, Vec::new(), 1);
        while !left.is_empty() {
            let wanted = KeysAndAttributes::builder().set_keys(Some(left.clone())).consistent_read(true);
            let wanted = wanted.build().map_err(|error| StoreError::unexpected(table, error))?;
            let request = self.client.batch_get_item().request_items(table, wanted);
            match request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await {
                Ok(answer) => {
                    for consumed in answer.consumed_capacity.iter().flatten() {
                        self.meter.read(Some(consumed));
                    }
                    items.extend(
                        answer.responses.and_then(|mut found| found.remove(table)).into_iter().flatten(),
                    );
                    let unprocessed = answer.unprocessed_keys.and_then(|mut keys| keys.remove(table));
                    left = unprocessed.map(|wanted| wanted.keys).unwrap_or_default();
                }
                Err(error) if !is_conflict(&error) => return Err(StoreError::from_sdk(table, error)),
                Err(error) if tries == TRIES => return Err(StoreError::contended(table, error)),
                // All of them are left over.
                Err(_) => {}
            }
            if !left.is_empty() {
                if tries == TRIES {
                    return Err(StoreError::throttled(table, "items were left over after all attempts"));
                }
                self.wait(tries).await;
                tries += 1;
            }
        }
        Ok(items)
    }
}

fn key(monitor: &MonitorId) -> Item {
    item([("shard", text(format!("{BEATS_OF}{monitor}"))), ("monitor", text(BEAT))])
}

/// `None` for an item that was not asked for.
fn decode(mut item: Item) -> Option<(MonitorId, Result<Beats, Unreadable>)> {
    let partition = key_of(&mut item, "shard");
    let id = MonitorId::parse(partition.strip_prefix(BEATS_OF)?).ok()?;
    Some((id, read(&partition, FORMAT, item, beats)))
}

fn beats(fields: &mut Fields) -> Result<Beats, Malformed> {
    Ok(Beats {
        first_seen: fields.maybe_moment(FIRST_SEEN)?,
        last_start: fields.maybe_moment(LAST_START)?,
        last_end: fields.maybe_inner(LAST_END, |end| {
            Ok(BeatEnd {
                at: end.moment("at")?,
                result: end.word("result", BeatResult::parse)?,
                message: end.maybe_words("message")?,
            })
        })?,
    })
}

#[cfg(test)]
mod tests;
