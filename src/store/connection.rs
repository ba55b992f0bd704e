//! The requests that the store makes. Each one asks what it cost, is metered, and has its failure translated.
//!
//! Two kinds of retry meet here and do not multiply. The SDK repeats an attempt that met a throttle, a timeout
//! or a 5xx, always with the same body and so with the same token. What the SDK takes for an answer but is none
//! (a cancelled transaction that met another one, items that a batch left over) is repeated here.

use std::collections::HashMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, PutRequest, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    WriteRequest,
};
use tokio::time::{Instant, sleep_until};

use super::change::{Expressions, ItemChange};
use super::error::{StoreError, is_conflict};
use super::item::Item;
use super::meter::Meter;
use super::server_time::ServerTime;
use super::values::{item, number, text};
use crate::installation::Table;
use crate::state::Shard;

/// Tries of what the SDK does not repeat.
pub const TRIES: u32 = 5;
/// DynamoDB's limit on one `BatchWriteItem`.
const PUTS_AT_ONCE: usize = 25;

/// Items of a series read in one request: enough for most, and not much too many for a caller that needs a few.
const NEWEST_AT_ONCE: usize = 250;

/// The names of the three tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    pub configs: String,
    pub states: String,
    pub history: String,
}

impl TableNames {
    pub fn of(&self, table: Table) -> &str {
        match table {
            Table::Configs => &self.configs,
            Table::States => &self.states,
            Table::History => &self.history,
        }
    }
}

impl Default for TableNames {
    fn default() -> Self {
        Self {
            configs: "api_health_configs".to_owned(),
            states: "api_health_states".to_owned(),
            history: "api_health_history".to_owned(),
        }
    }
}

/// How fast the store may go.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The longest wait before the second try; doubled for each further one.
    pub wait: Duration,
    /// Rows of one shard that may be written in a second, if there is a limit: a row of a transaction costs
    /// two write units, and a partition gives 1,000 a second.
    pub rows_per_second: Option<u32>,
    /// Rows that are decided in one transaction, at most.
    pub rows_per_batch: usize,
}

/// DynamoDB takes 100 parts in a transaction; one is the fence.
pub const ROWS_PER_BATCH: usize = 99;

/// A client, the tables it works on, and what is learned from its responses.
#[derive(Debug)]
pub struct Connection {
    pub client: Client,
    pub tables: TableNames,
    pub pace: Pace,
    /// When there is room for more rows, at that pace.
    pub room: Mutex<Instant>,
    pub time: Arc<ServerTime>,
    pub meter: Arc<Meter>,
}

/// The answer to a conditional change of one item, with the item as it was before.
#[derive(Debug)]
pub enum Updated {
    Done(Option<Item>),
    Refused(Option<Item>),
}

/// Whether a reading has to see what was written just now. It costs twice as much then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    Strong,
    Eventual,
}

/// A page of a query, and where the next one begins.
struct QueryPage {
    items: Vec<Item>,
    next: Option<Item>,
}

/// The key of an item of the configs or the states table.
pub fn key(shard: &Shard, monitor: &str) -> Item {
    item([("shard", text(shard.as_str())), ("monitor", text(monitor))])
}

impl Connection {
    /// A query for the items of `table` whose partition key `name` is `value`.
    pub fn partition(&self, table: &str, name: &str, value: impl Into<String>) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(table)
            .key_condition_expression("#partition = :value")
            .expression_attribute_names("#partition", name)
            .expression_attribute_values(":value", text(value))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    /// Gives every item that a query of `table` finds to `take`, page after page.
    pub async fn read_all(
        &self,
        table: &str,
        query: QueryFluentBuilder,
        mut take: impl FnMut(Item),
    ) -> Result<(), StoreError> {
        let mut from = None;
        loop {
            let page = self.read_page(table, query.clone().set_exclusive_start_key(from)).await?;
            page.items.into_iter().for_each(&mut take);
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
    }

    /// The items of the first page of a query of `table`.
    pub async fn first_page(&self, table: &str, query: QueryFluentBuilder) -> Result<Vec<Item>, StoreError> {
        Ok(self.read_page(table, query).await?.items)
    }

    /// Gives items of a series of the history table to `take`, the newest first, until it has enough of them or
    /// has got `limit`.
    pub async fn newest(
        &self,
        series: &str,
        limit: usize,
        mut take: impl FnMut(Item) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let table = &self.tables.history;
        let query = self.partition(table, "series", series).scan_index_forward(false);
        let mut left = limit;
        let mut from = None;
        while left > 0 {
            let at_once = i32::try_from(left.min(NEWEST_AT_ONCE)).unwrap_or(i32::MAX);
            let page = query.clone().limit(at_once).set_exclusive_start_key(from);
            let page = self.read_page(table, page).await?;
            left = left.saturating_sub(page.items.len());
            from = page.next;
            if page.items.into_iter().try_for_each(&mut take).is_break() || from.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Gives the items of a series of the history table whose `at` is in `keys` to `take`, in the order of `at`.
    pub async fn range(
        &self,
        series: &str,
        keys: RangeInclusive<i64>,
        consistency: Consistency,
        take: impl FnMut(Item),
    ) -> Result<(), StoreError> {
        let table = &self.tables.history;
        let query = self
            .partition(table, "series", series)
            .key_condition_expression("#partition = :value AND #at BETWEEN :first AND :last")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":first", number(keys.start()))
            .expression_attribute_values(":last", number(keys.end()))
            .consistent_read(consistency == Consistency::Strong);
        self.read_all(table, query, take).await
    }

    async fn read_page(&self, table: &str, query: QueryFluentBuilder) -> Result<QueryPage, StoreError> {
        let answer = query.send().await.map_err(|error| StoreError::from_sdk(table, error))?;
        self.meter.read(answer.consumed_capacity());
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(QueryPage { items: answer.items.unwrap_or_default(), next })
    }

    /// One item as it is now.
    pub async fn get(&self, table: &str, key: Item) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(table).set_key(Some(key)).consistent_read(true);
        let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
        let answer = answer.map_err(|error| StoreError::from_sdk(table, error))?;
        self.meter.read(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// Changes one item if its condition holds.
    pub async fn update(&self, table: &str, key: Item, change: ItemChange) -> Result<Updated, StoreError> {
        let Expressions { update, condition, names, values } = change.expressions();
        let request = self
            .client
            .update_item()
            .table_name(table)
            .set_key(Some(key))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let mut tries = 1;
        loop {
            match request.clone().send().await {
                Ok(answer) => {
                    self.meter.write(answer.consumed_capacity());
                    return Ok(Updated::Done(answer.attributes));
                }
                Err(SdkError::ServiceError(refused))
                    if refused.err().is_conditional_check_failed_exception() =>
                {
                    return match refused.into_err() {
                        UpdateItemError::ConditionalCheckFailedException(refused) => {
                            Ok(Updated::Refused(refused.item))
                        }
                        _ => Ok(Updated::Refused(None)),
                    };
                }
                Err(error) if !is_conflict(&error) => return Err(StoreError::from_sdk(table, error)),
                Err(error) if tries == TRIES => return Err(StoreError::contended(table, error)),
                Err(_) => self.wait(tries).await,
            }
            tries += 1;
        }
    }

    /// Puts items into the history table, whatever was there.
    pub async fn put_history(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let table = self.tables.history.as_str();
        let puts = items.into_iter().map(put).collect::<Result<Vec<_>, _>>();
        let mut left = puts.map_err(|error| StoreError::unexpected(table, error))?;
        let mut tries = 1;
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(PUTS_AT_ONCE));
            let request = self.client.batch_write_item().request_items(table, left.clone());
            let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
            match answer {
                Ok(mut answer) => {
                    self.meter.write(answer.consumed_capacity());
                    let unprocessed = answer.unprocessed_items.as_mut();
                    left = unprocessed.and_then(|items| items.remove(table)).unwrap_or_default();
                }
                Err(error) if !is_conflict(&error) => return Err(StoreError::from_sdk(table, error)),
                Err(error) if tries == TRIES => return Err(StoreError::contended(table, error)),
                // All of them are left over.
                Err(_) => {}
            }
            if left.is_empty() {
                tries = 1;
            } else if tries == TRIES {
                return Err(StoreError::throttled(table, "items were left over after all attempts"));
            } else {
                self.wait(tries).await;
                tries += 1;
            }
            left.extend(rest);
        }
        Ok(())
    }

    /// Waits until there is room for `rows` rows. All that writes rows of a run shares it: a partition gives no more for
    /// being asked by two.
    pub async fn room_for(&self, rows: usize) {
        let Some(rate) = self.pace.rows_per_second else { return };
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let at = {
            let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
            let at = (*room).max(Instant::now());
            *room = at + Duration::from_secs(1) * rows / rate;
            at
        };
        sleep_until(at).await;
    }

    /// Waits before another try: up to twice as long each time, at random so that two do not keep step.
    pub async fn wait(&self, tries: u32) {
        let longest = self.pace.wait * 2_u32.pow(tries - 1);
        tokio::time::sleep(longest.mul_f64(fastrand::f64())).await;
    }
}

fn put(item: HashMap<String, AttributeValue>) -> Result<WriteRequest, aws_sdk_dynamodb::error::BuildError> {
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}
