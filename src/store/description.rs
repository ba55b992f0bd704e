//! What the tables are like, for `doctor`: nothing here writes, and a failure is a fact.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, KeySchemaElement, PointInTimeRecoveryStatus, TimeToLiveStatus,
};

use serde_json::{Map, Value};

use super::connect::Store;
use super::error::StoreError;
use super::unreadable::Unreadable;
use crate::aws::root;
use crate::installation::{
    Expiry, Items, ItemsFacts, KeyAttribute, Look, Recovery, Table, TableFacts, TableShape,
};
use crate::state::Shard;

/// A key that no item has: ids do not begin with `@`, and none of our own items is called so.
pub const MISSING_KEY: &str = "@doctor";

/// What the items of the tables say.
pub struct Contents {
    pub items: [ItemsFacts; 2],
    /// The channels of owners by name, as they are stored.
    pub channels: Vec<(String, Map<String, Value>)>,
}

impl Store {
    /// The shape of a table.
    pub async fn table_facts(&self, table: Table) -> TableFacts {
        TableFacts {
            table,
            name: self.table_name(table).to_owned(),
            shape: look(self.shape(table).await),
            answers: look(self.query_missing(table).await),
            expiry: look(self.expiry(table).await),
            recovery: None,
        }
    }

    /// Whether the table of half an hour ago can be had back.
    pub async fn recovery(&self, table: Table) -> Look<Recovery> {
        let name = self.table_name(table);
        let answer = self.connection.client.describe_continuous_backups().table_name(name).send().await;
        look(answer.map_err(|error| StoreError::from_sdk(name, error)).map(|answer| {
            let description = answer.continuous_backups_description;
            let recovery = description.and_then(|backups| backups.point_in_time_recovery_description);
            match recovery.and_then(|recovery| recovery.point_in_time_recovery_status) {
                Some(PointInTimeRecoveryStatus::Enabled) => Recovery::On,
                _ => Recovery::Off,
            }
        }))
    }

    /// How this version reads the configs and the states, and what the configs say beyond monitors.
    pub async fn contents(&self, shard: &Shard) -> Contents {
        let mut channels = Vec::new();
        let configs = self.config_reader(shard).read().await.map(|read| {
            channels.extend(read.heads.into_iter().flat_map(|head| head.settings.channels));
            items(read.items.len(), &read.unreadable)
        });
        let states = self.state_reader(shard).read().await;
        let states = states.map(|read| items(read.rows.len(), &read.unreadable));
        let items = [(Table::Configs, configs), (Table::States, states)].map(|(table, read)| ItemsFacts {
            table,
            name: self.table_name(table).to_owned(),
            items: look(read),
        });
        Contents { items, channels }
    }

    pub(super) fn table_name(&self, table: Table) -> &str {
        self.connection.tables.of(table)
    }

    async fn shape(&self, table: Table) -> Result<TableShape, StoreError> {
        let name = self.table_name(table);
        let answer = self.connection.client.describe_table().table_name(name).send().await;
        let described = answer.map_err(|error| StoreError::from_sdk(name, error))?.table;
        let described = described.ok_or_else(|| StoreError::unexpected(name, "the answer has no table"))?;
        Ok(TableShape { keys: keys(described.key_schema(), described.attribute_definitions()) })
    }

    async fn query_missing(&self, table: Table) -> Result<(), StoreError> {
        let name = self.table_name(table);
        self.missing_key(table).send().await.map(|_| ()).map_err(|error| StoreError::from_sdk(name, error))
    }

    async fn expiry(&self, table: Table) -> Result<Expiry, StoreError> {
        let name = self.table_name(table);
        let answer = self.connection.client.describe_time_to_live().table_name(name).send().await;
        let described = answer.map_err(|error| StoreError::from_sdk(name, error))?.time_to_live_description;
        Ok(match described {
            Some(ttl) if is_on(ttl.time_to_live_status()) => {
                Expiry::By(ttl.attribute_name.unwrap_or_default())
            }
            _ => Expiry::Off,
        })
    }
}

/// Switching takes up to an hour; what it will be counts.
fn is_on(status: Option<&TimeToLiveStatus>) -> bool {
    matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
}

fn keys(schema: &[KeySchemaElement], attributes: &[AttributeDefinition]) -> Vec<KeyAttribute> {
    let kind = |name: &str| {
        let defined = attributes.iter().find(|attribute| attribute.attribute_name() == name);
        defined.map_or_else(String::new, |attribute| attribute.attribute_type().as_str().to_owned())
    };
    schema
        .iter()
        .map(|key| KeyAttribute { name: key.attribute_name().to_owned(), kind: kind(key.attribute_name()) })
        .collect()
}

fn items(readable: usize, unreadable: &[Unreadable]) -> Items {
    Items { readable, unreadable: unreadable.iter().map(Unreadable::to_string).collect() }
}

fn look<T>(answer: Result<T, StoreError>) -> Look<T> {
    match answer {
        Ok(seen) => Look::Seen(seen),
        Err(StoreError::NoTable { .. }) => Look::Missing,
        Err(StoreError::Denied { .. }) => Look::Hidden,
        Err(error @ (StoreError::Credentials(_) | StoreError::NoRegion | StoreError::OddRegion { .. })) => {
            Look::Stranger(why(&error))
        }
        Err(
            error @ (StoreError::Throttled { .. }
            | StoreError::Contended { .. }
            | StoreError::Unavailable { .. }
            | StoreError::File { .. }
            | StoreError::Locked { .. }
            | StoreError::NotAStore { .. }
            | StoreError::Unreadable(_)
            | StoreError::Rejected { .. }
            | StoreError::Unexpected { .. }),
        ) => Look::Failed(why(&error)),
    }
}

pub fn why(error: &StoreError) -> String {
    root(error).to_string()
}
