//! The step READ: what is watched, what is stored of it, and what of it is due.

use std::collections::HashSet;

use super::moves::{Moves, moves};
use super::outcome::RunError;
use super::select::select;
use super::state::RunState;
use super::tables::read_inventory;
use crate::store::Raised;

impl RunState<'_> {
    /// Reads both tables. If that fails, nothing is touched, and the slot stays open for another try.
    pub async fn read(mut self: Box<Self>) -> Result<Box<Self>, RunError> {
        match self.take_stock().await {
            Ok(()) => Ok(self),
            Err(error) => Err(self.give_up(error).await),
        }
    }

    async fn take_stock(&mut self) -> Result<(), RunError> {
        (self.inventory, _) =
            read_inventory(&self.deps.store, &self.options.shard, self.deps.watchlist.take()).await?;
        let watchlist = &self.inventory.watchlist;
        let chosen = self.options.environment.as_deref();
        if let (Some(stored), Some(chosen)) = (watchlist.foreign_environment(chosen), chosen) {
            let (stored, chosen) = (stored.to_owned(), chosen.to_owned());
            return Err(RunError::OtherEnvironment { stored, chosen });
        }
        // What would notify no one must not look as if it did.
        if self.deps.machine.definition().is_none() && watchlist.has_no_channel() {
            return Err(RunError::NoChannel);
        }
        self.problems.extend(watchlist.problems.iter().cloned());
        self.problems.extend(watchlist.lost(&self.deps.machine));
        self.problems.extend(watchlist.without_channel(&self.deps.machine));
        self.problems.extend(self.inventory.unreadable.values().cloned());
        self.stay_ahead().await?;
        let Moves { ready, stuck } = moves(&self.options, &self.inventory);
        self.problems.extend(
            stuck.iter().map(|(to, at)| {
                format!("{to} is not checked: cannot read its state under the former id {at}")
            }),
        );
        let unreadable = self.inventory.unreadable.keys().map(String::as_str);
        let alone: HashSet<_> = unreadable.chain(stuck.iter().map(|(to, _)| to.as_str())).collect();
        // Before the rows follow, so that a renamed monitor is due now: its new id has slots of its own.
        self.due = select(&self.options, &self.inventory, &alone, self.slot, &self.backlog)?;
        self.moves = ready;
        Ok(())
    }

    /// Raises the fence above that of every row.
    async fn stay_ahead(&mut self) -> Result<(), RunError> {
        let newest = self.inventory.rows.values().map(|row| row.epoch).max().unwrap_or_default();
        if newest >= self.lease.epoch() {
            if self.lease.raise(newest).await? == Raised::LeaseLost {
                return Err(RunError::LeaseLost);
            }
            self.deps.log.granted(self.lease.epoch());
        }
        Ok(())
    }
}
