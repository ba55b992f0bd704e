//! Tries requests that change nothing, and says whether they were allowed.
//!
//! A write has a condition that no item can meet, so that AWS checks the right and then refuses the condition. A
//! batch has no conditions: it deletes an item that does not exist, which needs no other right and leaves nothing.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, DeleteRequest, KeysAndAttributes, Put, TransactWriteItem, Update,
    WriteRequest,
};

use super::connect::Store;
use super::description::{MISSING_KEY, why};
use super::error::StoreError;
use super::item::Item;
use super::values::{item, number, text};
use crate::installation::{Access, Look, RequestKind, RightFacts, RightsTest, Table};

/// A partition that no item is in.
const OTHER_PARTITION: &str = "@doctor-other";

/// What no item is.
const IMPOSSIBLE: &str = "attribute_exists(#format) AND attribute_not_exists(#format)";

impl Store {
    /// Whether a request of this kind is allowed.
    pub async fn try_right(&self, rights_test: RightsTest) -> RightFacts {
        let RightsTest { action, table } = rights_test;
        let name = self.table_name(table);
        let client = &self.connection.client;
        let answer = match action {
            RequestKind::Query => answer(name, self.missing_key(table).send().await),
            RequestKind::GetItem => {
                let request = client.get_item().table_name(name).set_key(Some(missing_key(table)));
                answer(name, request.send().await)
            }
            RequestKind::BatchGetItem => {
                match KeysAndAttributes::builder().keys(missing_key(table)).build() {
                    Ok(wanted) => {
                        answer(name, client.batch_get_item().request_items(name, wanted).send().await)
                    }
                    Err(error) => Access::Unclear(error.to_string()),
                }
            }
            RequestKind::Scan => answer(name, client.scan().table_name(name).limit(1).send().await),
            RequestKind::UpdateItem => {
                let request = client.update_item().table_name(name).set_key(Some(missing_key(table)));
                let request = request
                    .update_expression("SET #format = :format")
                    .condition_expression(IMPOSSIBLE)
                    .expression_attribute_names("#format", "format")
                    .expression_attribute_values(":format", number(1));
                answer(name, request.send().await)
            }
            RequestKind::DeleteItem => {
                let request = client.delete_item().table_name(name).set_key(Some(missing_key(table)));
                let request =
                    request.condition_expression(IMPOSSIBLE).expression_attribute_names("#format", "format");
                answer(name, request.send().await)
            }
            RequestKind::UpdateInTransaction => {
                self.transaction(name, update(name, table).map(|part| vec![part])).await
            }
            RequestKind::PutInTransaction => {
                let parts = fence(name, table).and_then(|fence| Ok(vec![fence, put(name, table)?]));
                self.transaction(name, parts).await
            }
            RequestKind::BatchWriteItem => match delete(table) {
                Ok(delete) => {
                    answer(name, client.batch_write_item().request_items(name, vec![delete]).send().await)
                }
                Err(error) => Access::Unclear(error.to_string()),
            },
        };
        RightFacts { rights_test, name: name.to_owned(), answer }
    }

    /// Whether a write to the states would be done.
    pub async fn try_write(&self) -> Look<()> {
        let rights_test = RightsTest { action: RequestKind::UpdateItem, table: Table::States };
        match self.try_right(rights_test).await.answer {
            Access::Allowed => Look::Seen(()),
            Access::Refused => Look::Hidden,
            Access::Unclear(why) => Look::Failed(why),
        }
    }

    /// A query by both parts of the key, for an item that is not there.
    pub(super) fn missing_key(&self, table: Table) -> QueryFluentBuilder {
        let [(partition, _), (sort, _)] = table.keys();
        let mut values = missing_key(table);
        let query = self.connection.client.query().table_name(self.table_name(table)).limit(1);
        query
            .key_condition_expression("#partition = :partition AND #sort = :sort")
            .expression_attribute_names("#partition", partition)
            .expression_attribute_names("#sort", sort)
            .set_expression_attribute_values(Some(
                [(":partition", partition), (":sort", sort)]
                    .into_iter()
                    .filter_map(|(placeholder, name)| Some((placeholder.to_owned(), values.remove(name)?)))
                    .collect::<HashMap<String, AttributeValue>>(),
            ))
    }

    async fn transaction(&self, name: &str, parts: Result<Vec<TransactWriteItem>, BuildError>) -> Access {
        match parts {
            Ok(parts) => {
                let request = self.connection.client.transact_write_items();
                answer(name, request.set_transact_items(Some(parts)).send().await)
            }
            Err(error) => Access::Unclear(error.to_string()),
        }
    }
}

fn missing_key(table: Table) -> Item {
    match table {
        Table::Configs | Table::States => {
            item([("shard", text(MISSING_KEY)), ("monitor", text(MISSING_KEY))])
        }
        Table::History => item([("series", text(MISSING_KEY)), ("at", number(0))]),
    }
}

fn update(name: &str, table: Table) -> Result<TransactWriteItem, BuildError> {
    let update = Update::builder().table_name(name).set_key(Some(missing_key(table)));
    let update = update
        .update_expression("SET #format = :format")
        .condition_expression(IMPOSSIBLE)
        .expression_attribute_names("#format", "format")
        .expression_attribute_values(":format", number(1));
    Ok(TransactWriteItem::builder().update(update.build()?).build())
}

fn fence(name: &str, table: Table) -> Result<TransactWriteItem, BuildError> {
    let check = ConditionCheck::builder().table_name(name).set_key(Some(missing_key(table)));
    let check = check.condition_expression(IMPOSSIBLE).expression_attribute_names("#format", "format");
    Ok(TransactWriteItem::builder().condition_check(check.build()?).build())
}

/// Of another item than the fence: no two parts of a transaction may be about the same one.
fn put(name: &str, table: Table) -> Result<TransactWriteItem, BuildError> {
    let mut other = missing_key(table);
    let [(partition, _), _] = table.keys();
    other.insert(partition.to_owned(), text(OTHER_PARTITION));
    let put = Put::builder().table_name(name).set_item(Some(other));
    let put = put.condition_expression(IMPOSSIBLE).expression_attribute_names("#format", "format");
    Ok(TransactWriteItem::builder().put(put.build()?).build())
}

fn delete(table: Table) -> Result<WriteRequest, BuildError> {
    let delete = DeleteRequest::builder().set_key(Some(missing_key(table))).build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}

/// A request that came as far as its condition was allowed.
fn answer<T, E>(table: &str, answer: Result<T, SdkError<E>>) -> Access
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    const CONDITIONS: [&str; 2] = ["ConditionalCheckFailedException", "TransactionCanceledException"];
    let error = match answer {
        Ok(_) => return Access::Allowed,
        Err(error) if error.code().is_some_and(|code| CONDITIONS.contains(&code)) => return Access::Allowed,
        Err(error) => StoreError::from_sdk(table, error),
    };
    match error {
        StoreError::Denied { .. } => Access::Refused,
        error @ (StoreError::NoRegion
        | StoreError::OddRegion { .. }
        | StoreError::Credentials(_)
        | StoreError::NoTable { .. }
        | StoreError::Throttled { .. }
        | StoreError::Contended { .. }
        | StoreError::Unavailable { .. }
        | StoreError::File { .. }
        | StoreError::Locked { .. }
        | StoreError::NotAStore { .. }
        | StoreError::Unreadable(_)
        | StoreError::Rejected { .. }
        | StoreError::Unexpected { .. }) => Access::Unclear(why(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::TableNames;
    use super::super::testing::{Failure, Shared};
    use super::*;
    use crate::clock::Clock;
    use crate::doctor::{Role, rights_tests};

    #[tokio::test]
    async fn probe_previews_are_distinguished_and_leave_nothing() {
        let shared = Shared::new(Clock::system());
        let store = shared.open();
        for rights_test in [Role::Check, Role::Diff, Role::Sync].into_iter().flat_map(rights_tests) {
            let facts = store.try_right(rights_test).await;
            // What the embedded store does not serve is no right that a role could be refused.
            let not_served = matches!(rights_test.action, RequestKind::Scan | RequestKind::DeleteItem)
                && matches!(facts.answer, Access::Unclear(_));
            assert!(not_served || facts.answer == Access::Allowed, "{facts:?}");
            shared.plug().fail(1, Failure::Denied, 1);
            assert_eq!(store.try_right(rights_test).await.answer, Access::Refused, "{rights_test:?}");
        }
        for table in ["api_health_configs", "api_health_states"] {
            assert_eq!(shared.get(table, MISSING_KEY), None);
        }
    }

    #[tokio::test]
    async fn a_table_that_is_not_there_is_no_refusal() {
        let names = TableNames { states: "nowhere".to_owned(), ..TableNames::default() };
        let store = Shared::new(Clock::system()).open_with(names);
        assert!(matches!(store.try_write().await, Look::Failed(_)));
        assert_eq!(store.table_facts(Table::States).await.shape, Look::Missing);
    }
}
