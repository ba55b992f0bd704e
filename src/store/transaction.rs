//! Transactions: all of their parts are written, or none.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Put, ReturnConsumedCapacity, TransactWriteItem,
    Update,
};
use sha2::{Digest, Sha256};

use super::connection::{Connection, TRIES};
use super::error::{Rejected, StoreError, is_conflict};
use super::item::Item;
use crate::monitor::marked;

/// The answer to a transaction: all of it, or nothing.
#[derive(Debug)]
pub enum Transacted {
    Done,
    /// Nothing was written. The parts whose condition failed, by position, with the item they found.
    Refused(HashMap<usize, Option<Item>>),
}

/// A client request token: the same for the same `content`, and for no other. It has 32 of the 36 characters
/// that DynamoDB takes.
pub fn token(content: &str) -> String {
    let digest = Sha256::digest(content);
    let half = digest.first_chunk().copied().unwrap_or_default();
    format!("{:032x}", u128::from_be_bytes(half))
}

impl Connection {
    /// Writes all of `parts`, or none. `token` makes a repetition after a lost answer harmless.
    pub async fn transact(
        &self,
        table: &str,
        token: &str,
        parts: &[TransactWriteItem],
    ) -> Result<Transacted, StoreError> {
        let mut tries = 1;
        loop {
            let request = self.client.transact_write_items().client_request_token(token);
            let request = request.set_transact_items(Some(parts.to_vec()));
            let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
            let error = match answer {
                Ok(answer) => {
                    self.meter.write(answer.consumed_capacity());
                    return Ok(Transacted::Done);
                }
                Err(error) => error,
            };
            match Cancelled::of(&error) {
                Some(Cancelled::Refused) => return Ok(Transacted::Refused(refused_parts(error))),
                Some(Cancelled::Collided) if tries < TRIES => self.wait(tries).await,
                Some(Cancelled::Collided) => return Err(StoreError::contended(table, error)),
                Some(Cancelled::Rejected) => {
                    let rejected = rejected(&error, parts);
                    return Err(StoreError::Rejected {
                        table: table.to_owned(),
                        rejected,
                        source: error.into(),
                    });
                }
                None => return Err(StoreError::from_sdk(table, error)),
            }
            tries += 1;
        }
    }
}

/// Reasons that pass.
const IN_THE_WAY: [&str; 4] =
    ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError", "RequestLimitExceeded"];

/// What a failed transaction means for us.
enum Cancelled {
    /// A condition does not hold: an answer.
    Refused,
    /// Another writer or a throttle was in the way: the same transaction may succeed a moment later.
    Collided,
    /// A part is not what a table takes: too large, too deep, malformed. It never will be.
    Rejected,
}

impl Cancelled {
    fn of<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Self> {
        if is_conflict(error) {
            return Some(Self::Collided);
        }
        let reasons = match error.as_service_error()? {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                cancelled.cancellation_reasons()
            }
            TransactWriteItemsError::TransactionInProgressException(_) => return Some(Self::Collided),
            // Some faults of a part are reported for the whole request, which names none.
            other => return (other.code() == Some("ValidationException")).then_some(Self::Rejected),
        };
        let codes = || reasons.iter().filter_map(|reason| reason.code()).filter(|code| *code != "None");
        if codes().any(|code| code == "ConditionalCheckFailed") {
            return Some(Self::Refused);
        }
        codes().next()?;
        let is_collided = codes().all(|code| IN_THE_WAY.contains(&code));
        Some(if is_collided { Self::Collided } else { Self::Rejected })
    }
}

/// The parts that a table does not take, each with its reason; none where the reason is of the whole request.
fn rejected<R>(error: &SdkError<TransactWriteItemsError, R>, parts: &[TransactWriteItem]) -> Vec<Rejected> {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
    else {
        return Vec::new();
    };
    let reasons = cancelled.cancellation_reasons().iter().zip(parts).enumerate();
    let rejected = |(position, (reason, part)): (usize, (&CancellationReason, &TransactWriteItem))| {
        let code = reason.code().filter(|code| *code != "None" && !IN_THE_WAY.contains(code))?;
        let why = reason.message().map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"));
        Some(Rejected { position, key: marked(sort_key(part)), why: marked(why) })
    };
    reasons.filter_map(rejected).collect()
}

/// The sort key of the item that a part is about: a monitor's id, or one of our own items.
fn sort_key(part: &TransactWriteItem) -> String {
    let update = part.update().map(Update::key);
    let item = update.or(part.put().map(Put::item)).or(part.condition_check().map(ConditionCheck::key));
    match item.and_then(|item| item.get("monitor")) {
        Some(AttributeValue::S(key)) => key.clone(),
        Some(_) | None => String::new(),
    }
}

fn refused_parts<R>(error: SdkError<TransactWriteItemsError, R>) -> HashMap<usize, Option<Item>> {
    let SdkError::ServiceError(error) = error else { return HashMap::new() };
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_err() else {
        return HashMap::new();
    };
    let reasons = cancelled.cancellation_reasons.unwrap_or_default().into_iter().enumerate();
    reasons
        .filter(|(_, reason)| reason.code.as_deref() == Some("ConditionalCheckFailed"))
        .map(|(position, reason)| (position, reason.item))
        .collect()
}
