//! Transactions: all of their parts are written, or none.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem};
use sha2::{Digest, Sha256};

use super::connection::{Connection, TRIES};
use super::error::StoreError;
use super::fields::Item;

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
                None => return Err(StoreError::from_sdk(table, error)),
            }
            tries += 1;
        }
    }
}

/// Whether a transaction of somebody else touched the same item at the same moment. Nothing was written, and the SDK
/// does not ask again.
pub fn is_conflict<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("TransactionConflictException")
}

/// What a failed transaction means for us.
enum Cancelled {
    /// A condition does not hold: an answer.
    Refused,
    /// Another writer or a throttle was in the way: the same transaction may succeed a moment later.
    Collided,
}

impl Cancelled {
    fn of<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<Self> {
        const IN_THE_WAY: [&str; 4] = [
            "TransactionConflict",
            "ProvisionedThroughputExceeded",
            "ThrottlingError",
            "RequestLimitExceeded",
        ];
        if is_conflict(error) {
            return Some(Self::Collided);
        }
        let reasons = match error.as_service_error()? {
            TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                cancelled.cancellation_reasons()
            }
            TransactWriteItemsError::TransactionInProgressException(_) => return Some(Self::Collided),
            _ => return None,
        };
        let codes = || reasons.iter().filter_map(|reason| reason.code()).filter(|code| *code != "None");
        if codes().any(|code| code == "ConditionalCheckFailed") {
            return Some(Self::Refused);
        }
        let collided = codes().next().is_some() && codes().all(|code| IN_THE_WAY.contains(&code));
        collided.then_some(Self::Collided)
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
