//! Fingerprints of items that were edited by hand, and that the files agree with by now.

use super::change::ItemChange;
use super::configs::ConfigWriter;
use super::connection::key;
use super::error::StoreError;
use super::transaction::{Transacted, token};
use super::values::text;
use crate::monitor::Fingerprint;
use crate::plan::Stored;

/// DynamoDB's limit on one transaction.
const AT_ONCE: usize = 100;

impl ConfigWriter {
    /// Renews the fingerprint of items that are as the files have them; gives how many were. One that was written
    /// meanwhile keeps what it has.
    pub async fn renew(&self, items: &[&Stored]) -> Result<usize, StoreError> {
        let table = self.connection.tables.configs.as_str();
        let mut renewed = 0;
        for batch in items.chunks(AT_ONCE) {
            let mut left: Vec<_> = batch.to_vec();
            while !left.is_empty() {
                let part =
                    |item: &&Stored| change(item).in_transaction(table, key(&self.shard, item.id.as_str()));
                let parts = left.iter().map(part).collect::<Result<Vec<_>, _>>();
                let parts = parts.map_err(|error| StoreError::unexpected(table, error))?;
                let token = token(&format!("renew {left:?}"));
                match self.connection.transact(table, &token, &parts).await? {
                    Transacted::Done => {
                        renewed += left.len();
                        break;
                    }
                    Transacted::Refused(refused) => {
                        let rest = (0..).zip(left).filter(|(position, _)| !refused.contains_key(position));
                        left = rest.map(|(_, item)| item).collect();
                    }
                }
            }
        }
        Ok(renewed)
    }
}

fn change(item: &Stored) -> ItemChange {
    let condition = match &item.fingerprint {
        Some(Fingerprint(before)) => {
            ItemChange::only_if("#fingerprint = :before").value("before", text(before.as_str()))
        }
        None => ItemChange::only_if("attribute_exists(#owner) AND attribute_not_exists(#fingerprint)"),
    };
    let Fingerprint(after) = item.spec.fingerprint();
    condition.set("fingerprint", text(after))
}
