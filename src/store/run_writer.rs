//! One run's right to write: it exists only while its lease was granted, and ends with its release.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::change::ItemChange;
use super::connect::Store;
use super::connection::{Connection, Updated, key};
use super::error::StoreError;
use super::item::RUN;
use super::row_item;
use super::run_item;
use super::transaction::{Transacted, token};
use super::values::number;
use crate::state::{Acknowledgement, Heard, Held, LastOk, Lease, RunRecord, Shard};

/// DynamoDB's limit on one transaction.
const PARTS_PER_TRANSACTION: usize = 100;

/// The answer to a run that asks for the lease.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a process")]
pub enum Acquired {
    /// `before` is the record as it was, if there was one.
    Granted {
        run: RunWriter,
        before: Option<RunRecord>,
    },
    Refused(Held),
}

/// Writes what a run decided, sent and saw.
#[derive(Debug)]
pub struct RunWriter {
    pub(super) connection: Arc<Connection>,
    pub(super) shard: Shard,
    holder: String,
    epoch: u64,
    expires: Timestamp,
    /// Whether the slot was done before, and is repeated.
    again: bool,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
pub enum Ending {
    /// The slot is done.
    Done(LastOk),
    /// The slot is as open for another run as it was before this one.
    GivenUp,
}

/// The answer to a fence that was to be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    Done,
    /// Another run took the lease.
    LeaseLost,
}

/// The answer to a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    Done,
    /// The lease had run out, and another run took it.
    Overtaken,
}

impl Store {
    /// Asks for the lease of a run.
    pub async fn acquire(&self, lease: &Lease) -> Result<Acquired, StoreError> {
        let connection = Arc::clone(&self.connection);
        let now = connection.time.now();
        let table = &connection.tables.states;
        let (granted, before) =
            match connection.update(table, key(&lease.shard, RUN), run_item::acquire(lease, now)).await {
                // The other run has the lease, or is about to take it.
                Err(StoreError::Contended { .. }) => {
                    (false, connection.get(table, key(&lease.shard, RUN)).await?)
                }
                Err(error) => return Err(error),
                // On first use there is no epoch, whatever an empty item looks like.
                Ok(Updated::Done(before)) => (true, before.filter(|before| before.contains_key("epoch"))),
                Ok(Updated::Refused(found)) => (false, found),
            };
        let before = before.map(run_item::decode).transpose().map_err(StoreError::Unreadable)?;
        if granted {
            let epoch = before.as_ref().map_or(0, |before| before.epoch) + 1;
            let (holder, expires) = (lease.holder.clone(), lease.expires(now));
            let again = before.as_ref().is_some_and(|before| before.done && before.slot == lease.slot);
            let run = RunWriter { connection, shard: lease.shard.clone(), holder, epoch, expires, again };
            return Ok(Acquired::Granted { run, before });
        }
        Ok(Acquired::Refused(match before {
            Some(RunRecord { holder: Some(holder), epoch, expires, host, process, .. }) if expires >= now => {
                Held::By { holder, epoch, expires, host, process }
            }
            Some(RunRecord { slot, done, last_ok, .. })
                if slot > lease.slot || (done && slot == lease.slot) =>
            {
                let at = last_ok.filter(|last| last.slot == slot).map(|last| last.at);
                Held::Done { slot, at }
            }
            Some(_) | None => Held::Contended,
        }))
    }
}

impl RunWriter {
    pub fn holder(&self) -> &str {
        &self.holder
    }

    /// The fence: every evidence and every write of this run carries it.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Raises the fence above `newest`, an epoch that a row of the table has.
    ///
    /// That a row is ahead of its run can only be if the run item was deleted by hand. Nothing that this run sees
    /// would count then, nor of the next thousand runs.
    pub async fn raise(&mut self, newest: u64) -> Result<Raised, StoreError> {
        let table = &self.connection.tables.states;
        match self
            .connection
            .update(table, key(&self.shard, RUN), run_item::raise(&self.holder, self.epoch, newest + 1))
            .await?
        {
            Updated::Done(_) => {
                self.epoch = newest + 1;
                Ok(Raised::Done)
            }
            Updated::Refused(found) => {
                let found = found.map(run_item::decode).transpose().map_err(StoreError::Unreadable)?;
                // The answer to our own request may have got lost, and the SDK has asked again.
                let ours = |record: &RunRecord| {
                    record.holder.as_ref() == Some(&self.holder) && record.epoch == newest + 1
                };
                if !found.as_ref().is_some_and(ours) {
                    return Ok(Raised::LeaseLost);
                }
                self.epoch = newest + 1;
                Ok(Raised::Done)
            }
        }
    }

    /// What is left of the lease by the servers' time. Without it a run has nothing to say that may not be
    /// stale by now; the fence keeps its writes out, and this everything else.
    pub fn left(&self) -> Duration {
        Duration::try_from(self.expires.duration_since(self.connection.time.now())).unwrap_or_default()
    }

    /// Stores what was delivered. What was delivered later, or by another run too, stays.
    ///
    /// What one message delivered is stored as a whole: were half of a digest lost in a crash, the next run would send
    /// the other half under another id. A part that fails does not stop the others; the first failure is returned.
    pub async fn acknowledge(&self, accepted: &[Acknowledgement]) -> Result<(), StoreError> {
        let mut first = Ok(());
        for batch in accepted.chunks(PARTS_PER_TRANSACTION) {
            if batch.len() > 1 {
                self.connection.room_for(batch.len()).await;
            }
            let stored = match batch {
                [only] => self.acknowledge_one(only).await,
                many => self.acknowledge_together(many.iter().collect()).await,
            };
            first = first.and(stored);
        }
        first
    }

    async fn acknowledge_one(&self, accepted: &Acknowledgement) -> Result<(), StoreError> {
        let table = &self.connection.tables.states;
        // A refusal says that it is stored already, or that the monitor has no row any more.
        match self
            .connection
            .update(table, key(&self.shard, accepted.monitor.as_str()), acknowledgement(accepted))
            .await?
        {
            Updated::Done(_) | Updated::Refused(_) => Ok(()),
        }
    }

    async fn acknowledge_together(&self, mut batch: Vec<&Acknowledgement>) -> Result<(), StoreError> {
        let table = self.connection.tables.states.as_str();
        while !batch.is_empty() {
            let part = |accepted: &&Acknowledgement| {
                let key = key(&self.shard, accepted.monitor.as_str());
                acknowledgement(accepted).in_transaction(table, key)
            };
            let parts = batch.iter().map(part).collect::<Result<Vec<_>, _>>();
            let parts = parts.map_err(|error| StoreError::unexpected(table, error))?;
            let token = token(&format!("{} {} delivered {batch:?}", self.holder, self.epoch));
            match self.connection.transact(table, &token, &parts).await? {
                Transacted::Done => break,
                // Those that are stored already, or have no row any more, stand in the way of the rest.
                Transacted::Refused(refused) => {
                    let rest = (0..).zip(batch).filter(|(position, _)| !refused.contains_key(position));
                    batch = rest.map(|(_, accepted)| accepted).collect();
                }
            }
        }
        Ok(())
    }

    /// Gives the lease back.
    pub async fn release(self, ending: Ending) -> Result<Released, StoreError> {
        let (done, last_ok) = match &ending {
            Ending::Done(last_ok) => (true, Some(last_ok)),
            Ending::GivenUp => (self.again, None),
        };
        let change = run_item::release(&self.holder, self.epoch, done, last_ok);
        match self.connection.update(&self.connection.tables.states, key(&self.shard, RUN), change).await? {
            Updated::Done(_) => Ok(Released::Done),
            Updated::Refused(found) => {
                let found = found.map(run_item::decode).transpose().map_err(StoreError::Unreadable)?;
                // The answer to our own release may have got lost, and the SDK has asked again.
                let ours = |record: &RunRecord| record.holder.is_none() && record.epoch == self.epoch;
                Ok(if found.as_ref().is_some_and(ours) { Released::Done } else { Released::Overtaken })
            }
        }
    }
}

/// Not fenced, and `revision` stays: that the channel accepted it is true for every holder of the lease.
fn acknowledgement(Acknowledgement { monitor: _, channel, heard }: &Acknowledgement) -> ItemChange {
    let entry = "delivered.#channel";
    let change = match heard {
        Heard::Delivered(delivered) => {
            // The end of a flapping belongs to the change that was the last one already at the last delivery.
            let newer = match delivered.flapping {
                None => {
                    format!("#{entry}.#reminders < :reminders OR attribute_exists(#{entry}.#flapping)")
                }
                Some(_) => format!("#{entry}.#reminders < :reminders"),
            };
            let is_older = format!("#{entry}.#seq < :seq OR (#{entry}.#seq = :seq AND ({newer}))");
            // A row that was never made has nothing to be entered into.
            let is_new = format!("attribute_exists(#delivered) AND attribute_not_exists(#{entry})");
            ItemChange::only_if(format!("({is_new}) OR {is_older}"))
                .value("seq", number(delivered.seq))
                .value("reminders", number(delivered.reminders))
                .value("accepted", row_item::delivered(delivered))
                .set_to(entry, ":accepted")
        }
        Heard::Closed { seq } => {
            ItemChange::only_if(format!("#{entry}.#seq <= :seq")).value("seq", number(seq)).remove(entry)
        }
    };
    change.alias("channel", channel.to_string())
}

#[cfg(test)]
mod tests;
