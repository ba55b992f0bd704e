//! Moves rows to the ids that their monitors have now, under the fence of a run.
//!
//! Nothing is deleted: the row under the former id stays, with the id under which it goes on. Like the rows of
//! monitors that are gone, it is never read and costs next to nothing, and `check` needs no right to delete.

use futures_util::future::try_join_all;

use super::commit::{Committed, Fence};
use super::connection::key;
use super::error::StoreError;
use super::item::{Item, RUN};
use super::row_item;
use super::run_item;
use super::run_writer::RunWriter;
use super::transaction::{Transacted, token};
use super::values::text;
use crate::state::Move;

/// DynamoDB takes 100 parts in a transaction: the fence, and two for each move.
const MOVES_PER_BATCH: usize = 49;

impl RunWriter {
    /// Moves rows in batches, each as a whole while the lease is still ours, until one cannot be written: there is
    /// never a moment in which a monitor has two rows, or none. What became of a row is notified under its new id.
    pub async fn move_rows(&self, moves: &[Move]) -> Committed {
        let mut committed = Committed::none();
        for batch in moves.chunks(MOVES_PER_BATCH) {
            self.connection.room_for(2 * batch.len()).await;
            let ended = self.move_batch(batch, &mut committed).await;
            if committed.ends(ended) {
                break;
            }
        }
        committed
    }

    async fn move_batch(&self, batch: &[Move], committed: &mut Committed) -> Result<Fence, StoreError> {
        let table = self.connection.tables.states.as_str();
        // The items as they are, with what a newer version may have put into them.
        let items =
            batch.iter().map(|step| self.connection.get(table, key(&self.shard, step.row.monitor.as_str())));
        let items = try_join_all(items).await?;
        let (mut batch, gone): (Vec<_>, Vec<_>) =
            batch.iter().zip(items).partition(|(_, item)| item.is_some());
        committed.overtaken.extend(gone.into_iter().map(|(step, _)| step.to.clone()));
        while !batch.is_empty() {
            let fence = run_item::fence(self.epoch()).check_in_transaction(table, key(&self.shard, RUN));
            let rows = batch.iter().flat_map(|(step, item)| {
                let row = item.iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
                let row: Item = row.chain(key(&self.shard, step.to.as_str())).collect();
                let from = key(&self.shard, step.row.monitor.as_str());
                [
                    row_item::if_free().put_in_transaction(table, row),
                    row_item::leave_behind(step).in_transaction(table, from),
                ]
            });
            let parts = std::iter::once(fence).chain(rows).collect::<Result<Vec<_>, _>>();
            let parts = parts.map_err(|error| StoreError::unexpected(table, error))?;
            let token = self.token_of_moves(batch.iter().map(|(step, _)| *step));
            let mut refused = match self.connection.transact(table, &token, &parts).await? {
                Transacted::Done => {
                    committed.written.extend(batch.into_iter().map(|(step, _)| step.to.clone()));
                    return Ok(Fence::Held);
                }
                Transacted::Refused(refused) if refused.contains_key(&0) => return Ok(Fence::Lost),
                Transacted::Refused(refused) => refused,
            };
            // Drop the rows that stand in the way, and move the rest again.
            let mut rest = Vec::with_capacity(batch.len());
            for (position, (step, item)) in (1..).step_by(2).zip(batch) {
                match (refused.remove(&position), refused.remove(&(position + 1))) {
                    (None, None) => rest.push((step, item)),
                    (Some(Some(found)), _) if is_that_row(step, &found) => {
                        committed.written.push(step.to.clone());
                    }
                    (Some(_), _) | (None, Some(_)) => committed.overtaken.push(step.to.clone()),
                }
            }
            batch = rest;
        }
        Ok(Fence::Held)
    }

    /// The same for the same moves of the same run, and for no others.
    fn token_of_moves<'a>(&self, steps: impl Iterator<Item = &'a Move>) -> String {
        let steps = steps.map(|Move { row, to }| format!("\n{} {} {to}", row.monitor, row.revision));
        token(&format!(
            "{} {} {} moves{}",
            self.shard,
            self.holder(),
            self.epoch(),
            steps.collect::<String>()
        ))
    }
}

/// Whether the row that refused a move is the moved one: its answer got lost. No two rows have the same incarnation.
fn is_that_row(step: &Move, found: &Item) -> bool {
    found.get("incarnation") == Some(&text(step.row.incarnation.as_str()))
}

#[cfg(test)]
mod tests;
