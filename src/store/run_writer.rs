//! One run's right to write: it exists only while its lease was granted, and ends with its release.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use super::change::Change;
use super::connect::Store;
use super::connection::{Connection, Updated, key};
use super::error::StoreError;
use super::row_item;
use super::run_item::{self, RUN};
use super::transaction::{Transacted, token};
use super::values::number;
use crate::alert::Told;
use crate::monitor::MonitorId;
use crate::state::{Held, LastOk, Lease, RunRecord};

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

/// Writes what a run decided, told and saw.
#[derive(Debug)]
pub struct RunWriter {
    pub(super) connection: Arc<Connection>,
    holder: String,
    epoch: u64,
    expires: Timestamp,
    /// Whether the slot was done before, and is repeated.
    again: bool,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let answer =
            connection.update(&connection.tables.states, key(RUN), run_item::acquire(lease, now)).await?;
        let (granted, before) = match answer {
            // On first use there is no epoch, whatever an empty item looks like.
            Updated::Done(before) => (true, before.filter(|before| before.contains_key("epoch"))),
            Updated::Refused(found) => (false, found),
        };
        let before = before.map(run_item::decode).transpose().map_err(StoreError::Unreadable)?;
        if granted {
            let epoch = before.as_ref().map_or(0, |before| before.epoch) + 1;
            let (holder, expires) = (lease.holder.clone(), lease.expires(now));
            let again = before.as_ref().is_some_and(|before| before.done && before.slot == lease.slot);
            let run = RunWriter { connection, holder, epoch, expires, again };
            return Ok(Acquired::Granted { run, before });
        }
        // A refusal without an item cannot be: without one, the lease is free.
        let found = before.ok_or_else(|| {
            StoreError::unexpected(&connection.tables.states, "the lease was refused, but nobody has it")
        })?;
        Ok(Acquired::Refused(match found {
            RunRecord { holder: Some(holder), expires, .. } if expires >= now => Held::By { holder, expires },
            RunRecord { slot, .. } => Held::Done { slot },
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
            .update(table, key(RUN), run_item::raise(&self.holder, self.epoch, newest + 1))
            .await?
        {
            Updated::Done(_) => {
                self.epoch = newest + 1;
                Ok(Raised::Done)
            }
            Updated::Refused(_) => Ok(Raised::LeaseLost),
        }
    }

    /// What is left of the lease by the servers' time. Without it a run has nothing to say that may not be
    /// stale by now; the fence keeps its writes out, and this everything else.
    pub fn left(&self) -> Duration {
        Duration::try_from(self.expires.duration_since(self.connection.time.now())).unwrap_or_default()
    }

    /// Stores what people were told. What was told later, or by another run too, stays.
    ///
    /// What one message told is stored as a whole: were half of a digest lost in a crash, the next run would send
    /// the other half under another id. A part that fails does not stop the others; the first failure is returned.
    pub async fn acknowledge(&self, told: &[(MonitorId, Told)]) -> Result<(), StoreError> {
        let mut first = Ok(());
        for batch in told.chunks(PARTS_PER_TRANSACTION) {
            let stored = match batch {
                [(monitor, told)] => self.acknowledge_one(monitor, told).await,
                many => self.acknowledge_together(many.iter().collect()).await,
            };
            first = first.and(stored);
            if batch.len() > 1 {
                sleep(self.time_for(batch.len())).await;
            }
        }
        first
    }

    async fn acknowledge_one(&self, monitor: &MonitorId, told: &Told) -> Result<(), StoreError> {
        let table = &self.connection.tables.states;
        // A refusal says that it is stored already, or that the monitor has no row any more.
        match self.connection.update(table, key(monitor.as_str()), acknowledgement(told)).await? {
            Updated::Done(_) | Updated::Refused(_) => Ok(()),
        }
    }

    async fn acknowledge_together(&self, mut batch: Vec<&(MonitorId, Told)>) -> Result<(), StoreError> {
        let table = self.connection.tables.states.as_str();
        while !batch.is_empty() {
            let part = |(monitor, told): &&(MonitorId, Told)| {
                acknowledgement(told).in_transaction(table, key(monitor.as_str()))
            };
            let parts = batch.iter().map(part).collect::<Result<Vec<_>, _>>();
            let parts = parts.map_err(|error| StoreError::unexpected(table, error))?;
            let token = token(&format!("{} {} told {batch:?}", self.holder, self.epoch));
            match self.connection.transact(table, &token, &parts).await? {
                Transacted::Done => break,
                // Those that are stored already, or have no row any more, stand in the way of the rest.
                Transacted::Refused(refused) => {
                    let rest = (0..).zip(batch).filter(|(position, _)| !refused.contains_key(position));
                    batch = rest.map(|(_, told)| told).collect();
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
        match self.connection.update(&self.connection.tables.states, key(RUN), change).await? {
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

/// Not fenced, and `v` stays: that the topic accepted it is true whoever holds the lease.
fn acknowledgement(told: &Told) -> Change {
    Change::only_if("#told.#k < :k OR (#told.#k = :k AND #told.#reminders < :reminders)")
        .value("k", number(told.k))
        .value("reminders", number(told.reminders))
        .set("told", row_item::told(told))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{Shared, rows};
    use super::super::unreadable::Reason;
    use super::*;
    use crate::clock::manual::Hand;
    use crate::state::Write;
    use crate::transition::Health;

    const TABLE: &str = "api_health_states";

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().expect("a time")
    }

    fn lease(holder: &str, slot: u64) -> Lease {
        Lease {
            holder: holder.to_owned(),
            slot,
            period: Duration::from_mins(2),
            ttl: Duration::from_secs(110),
            again: false,
        }
    }

    async fn granted(store: &Store, lease: Lease) -> RunWriter {
        match store.acquire(&lease).await.expect("it answers") {
            Acquired::Granted { run, .. } => run,
            Acquired::Refused(held) => panic!("refused: {held:?}"),
        }
    }

    async fn refused(store: &Store, lease: Lease) -> Held {
        match store.acquire(&lease).await.expect("it answers") {
            Acquired::Granted { run, .. } => panic!("granted: {run:?}"),
            Acquired::Refused(held) => held,
        }
    }

    fn ended(slot: u64, run: &str) -> LastOk {
        LastOk {
            period: Duration::from_mins(2),
            slot,
            at: now(),
            run: run.to_owned(),
            probed: 9,
            up: 4,
            degraded: 3,
            down: 2,
            unknown: 1,
            skipped: 5,
            behind: vec![7],
            host: "prober-1".to_owned(),
            took: Duration::from_millis(1234),
        }
    }

    #[tokio::test]
    async fn a_lease_has_one_holder_until_it_is_released() {
        let shared = Shared::new(Hand::at(now()).clock());
        let (one, two) = (shared.open(), shared.open());
        let run = granted(&one, lease("one", 7)).await;
        assert_eq!((run.epoch(), run.holder()), (1, "one"));
        let expires = now() + Duration::from_secs(110);
        assert_eq!(refused(&two, lease("two", 7)).await, Held::By { holder: "one".to_owned(), expires });
        assert_eq!(refused(&two, lease("two", 8)).await, Held::By { holder: "one".to_owned(), expires });
        assert_eq!(run.release(Ending::Done(ended(7, "one"))).await.expect("it answers"), Released::Done);
        assert_eq!(refused(&two, lease("two", 7)).await, Held::Done { slot: 7 });
        assert_eq!(refused(&two, lease("two", 6)).await, Held::Done { slot: 7 });
        assert_eq!(refused(&two, Lease { again: true, ..lease("two", 6) }).await, Held::Done { slot: 7 });
        let Acquired::Granted { run, before } = two.acquire(&lease("two", 8)).await.expect("it answers")
        else {
            panic!("slot 8 is free")
        };
        assert_eq!(run.epoch(), 2);
        let record = RunRecord {
            holder: None,
            epoch: 1,
            expires,
            slot: 7,
            done: true,
            last_ok: Some(ended(7, "one")),
        };
        assert_eq!(before, Some(record));
    }

    #[tokio::test]
    async fn a_manual_run_repeats_a_slot_that_is_done() {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        let run = granted(&store, lease("one", 7)).await;
        run.release(Ending::Done(ended(7, "one"))).await.expect("it answers");
        let run = granted(&store, Lease { again: true, ..lease("two", 7) }).await;
        assert_eq!(run.epoch(), 2);
        let record = store.state_reader().run().await.expect("it reads").expect("it is there");
        assert_eq!((record.done, record.last_ok), (false, Some(ended(7, "one"))));
    }

    #[tokio::test]
    async fn a_slot_that_was_given_up_is_open() {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        let run = granted(&store, lease("one", 7)).await;
        assert_eq!(run.release(Ending::GivenUp).await.expect("it answers"), Released::Done);
        assert_eq!(granted(&store, lease("two", 7)).await.epoch(), 2);
    }

    #[tokio::test]
    async fn a_lease_that_ran_out_is_taken_over_and_its_holder_is_told() {
        let hand = Hand::at(now());
        let shared = Shared::new(hand.clock());
        let (one, two) = (shared.open(), shared.open());
        let first = granted(&one, lease("one", 7)).await;
        // The second process has seen a response, so it lives by the servers' time.
        two.state_reader().run().await.expect("it reads");
        hand.advance(Duration::from_secs(110));
        assert!(matches!(refused(&two, lease("two", 8)).await, Held::By { .. }));
        hand.advance(Duration::from_millis(1));
        assert_eq!(granted(&two, lease("two", 8)).await.epoch(), 2);
        let released = first.release(Ending::Done(ended(7, "one"))).await.expect("it answers");
        assert_eq!(released, Released::Overtaken);
    }

    #[tokio::test]
    async fn a_lease_tells_what_is_left_of_it_by_the_clock_of_the_servers() {
        let hand = Hand::at(now());
        let store = Shared::new(hand.clock()).open();
        let run = granted(&store, lease("one", 7)).await;
        assert_eq!(run.left(), Duration::from_secs(110));
        hand.advance(Duration::from_secs(109));
        assert_eq!(run.left(), Duration::from_secs(1));
        hand.advance(Duration::from_secs(9));
        assert_eq!(run.left(), Duration::ZERO);
    }

    #[tokio::test]
    async fn lost_answers_change_nothing() {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        shared.plug().lose_answer(1);
        let run = granted(&store, lease("one", 7)).await;
        assert_eq!(run.epoch(), 2);
        shared.plug().lose_answer(1);
        assert_eq!(run.release(Ending::Done(ended(7, "one"))).await.expect("it answers"), Released::Done);
        assert_eq!(shared.plug().operations(), ["UpdateItem"; 4]);
    }

    #[tokio::test]
    async fn a_run_record_of_a_newer_version_is_left_alone() {
        let shared = Shared::new(Hand::at(now()).clock());
        let item =
            json!({"shard": {"S": "0"}, "monitor": {"S": "@run"}, "epoch": {"N": "3"}, "format": {"N": "2"}});
        shared.put(TABLE, &item);
        let error = shared.open().acquire(&lease("one", 7)).await.expect_err("it is not ours");
        let StoreError::Unreadable(unreadable) = error else { panic!("{error:?}") };
        assert_eq!(unreadable.reason, Reason::Newer { format: 2 });
        assert_eq!(shared.get(TABLE, "@run"), Some(item));
    }

    #[tokio::test]
    async fn what_was_told_only_moves_on() {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        let run = granted(&store, lease("one", 7)).await;
        let row = rows(1, run.holder(), run.epoch()).remove(0);
        let monitor = row.monitor.clone();
        run.commit(&[Write::Create(row.clone())]).await;
        let told = |k, reminders| Told { k, health: Health::Down, at: now(), reminders };
        for (k, reminders, stored) in
            [(2, 0, (2, 0)), (1, 0, (2, 0)), (2, 0, (2, 0)), (2, 1, (2, 1)), (2, 0, (2, 1)), (3, 0, (3, 0))]
        {
            run.acknowledge(&[(monitor.clone(), told(k, reminders))]).await.expect("it answers");
            let states = store.state_reader().read().await.expect("it reads");
            assert_eq!((states.rows[0].told.k, states.rows[0].told.reminders), stored, "{k} {reminders}");
            assert_eq!(states.rows[0].v, row.v);
        }
        // A monitor that is gone stays gone.
        let gone = MonitorId::parse("gone").expect("an id");
        run.acknowledge(&[(gone, told(1, 0))]).await.expect("it answers");
        assert_eq!(store.state_reader().read().await.expect("it reads").rows.len(), 1);
    }

    #[tokio::test]
    async fn a_digest_is_acknowledged_as_a_whole_around_what_stands_in_the_way() {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        let run = granted(&store, lease("one", 7)).await;
        let rows = rows(150, run.holder(), run.epoch());
        run.commit(&rows.iter().cloned().map(Write::Create).collect::<Vec<_>>()).await;
        let told = |k| Told { k, health: Health::Down, at: now(), reminders: 0 };
        // One was told of more already, and one has no row.
        run.acknowledge(&[(rows[7].monitor.clone(), told(5))]).await.expect("it answers");
        let gone = MonitorId::parse("gone").expect("an id");
        let digest = rows.iter().map(|row| (row.monitor.clone(), told(3))).chain([(gone.clone(), told(3))]);
        let before = shared.plug().operations().len();
        run.acknowledge(&digest.collect::<Vec<_>>()).await.expect("it answers");
        assert_eq!(shared.plug().operations()[before..], ["TransactWriteItems"; 4]);
        let stored = store.state_reader().read().await.expect("it reads").rows;
        for (row, before) in stored.iter().zip(&rows) {
            let expected = if row.monitor == rows[7].monitor { 5 } else { 3 };
            assert_eq!((row.told.k, row.v), (expected, before.v), "{}", row.monitor);
        }
        assert_eq!(stored.len(), 150);
    }
}
