//! Commits the decided rows of a run, under its fence.

use super::connection::key;
use super::error::StoreError;
use super::item::{Item, RUN};
use super::row_item;
use super::run_item;
use super::run_writer::RunWriter;
use super::transaction::{Transacted, token};
use super::values::{number, text};
use crate::monitor::MonitorId;
use crate::state::Write;

/// What became of the decided rows. A row in neither list was not reached, or its answer is lost for good:
/// the next run reads the truth.
#[derive(Debug)]
pub struct Committed {
    pub written: Vec<MonitorId>,
    /// Another run changed these since they were read.
    pub overtaken: Vec<MonitorId>,
    pub end: CommitEnd,
}

/// Why a commit came to its end.
#[derive(Debug)]
pub enum CommitEnd {
    Complete,
    /// Another run holds the lease: nothing more may be written or announced.
    LeaseLost,
    Failed(StoreError),
}

pub(super) enum Fence {
    Held,
    Lost,
}

impl Committed {
    pub(super) fn none() -> Self {
        Self { written: Vec::new(), overtaken: Vec::new(), end: CommitEnd::Complete }
    }

    /// Whether nothing may be written after a batch that ended so.
    pub(super) fn ends(&mut self, batch: Result<Fence, StoreError>) -> bool {
        self.end = match batch {
            Ok(Fence::Held) => return false,
            Ok(Fence::Lost) => CommitEnd::LeaseLost,
            Err(error) => CommitEnd::Failed(error),
        };
        true
    }
}

impl RunWriter {
    /// Writes the rows in batches, in their order, each as a whole while the lease is still ours, until one cannot be
    /// written. `each` receives what a batch has written, as soon as it has.
    pub async fn commit_each(&self, writes: &[Write], mut each: impl FnMut(&[MonitorId])) -> Committed {
        let mut committed = Committed::none();
        for batch in writes.chunks(self.connection.pace.rows_per_batch.max(1)) {
            self.connection.room_for(batch.len()).await;
            let before = committed.written.len();
            let ended = self.commit_batch(batch.iter().collect(), &mut committed).await;
            each(committed.written.get(before..).unwrap_or_default());
            if committed.ends(ended) {
                break;
            }
        }
        committed
    }

    #[cfg(test)]
    pub async fn commit(&self, writes: &[Write]) -> Committed {
        self.commit_each(writes, |_| {}).await
    }

    async fn commit_batch<'a>(
        &self,
        mut batch: Vec<&'a Write>,
        committed: &mut Committed,
    ) -> Result<Fence, StoreError> {
        let table = self.connection.tables.states.as_str();
        let id = |write: &Write| write.row().monitor.clone();
        while !batch.is_empty() {
            let fence = run_item::fence(self.epoch()).check_in_transaction(table, key(&self.shard, RUN));
            let rows = batch.iter().map(|write| {
                row_item::change(write).in_transaction(table, key(&self.shard, write.row().monitor.as_str()))
            });
            let parts = std::iter::once(fence).chain(rows).collect::<Result<Vec<_>, _>>();
            let parts = parts.map_err(|error| StoreError::unexpected(table, error))?;
            let token = self.token(&batch);
            let mut refused = match self.connection.transact(table, &token, &parts).await? {
                Transacted::Done => {
                    committed.written.extend(batch.into_iter().map(id));
                    return Ok(Fence::Held);
                }
                Transacted::Refused(refused) if refused.contains_key(&0) => return Ok(Fence::Lost),
                Transacted::Refused(refused) => refused,
            };
            // Drop the rows that stand in the way, and send the rest again.
            let mut rest: Vec<&'a Write> = Vec::with_capacity(batch.len());
            for (position, write) in (1..).zip(batch) {
                match refused.remove(&position) {
                    None => rest.push(write),
                    Some(found) => match found {
                        Some(found) if is_that_write(write, &found) => committed.written.push(id(write)),
                        Some(_) | None => committed.overtaken.push(id(write)),
                    },
                }
            }
            batch = rest;
        }
        Ok(Fence::Held)
    }

    /// The same for the same rows of the same run, and for no others.
    fn token(&self, batch: &[&Write]) -> String {
        let rows = batch.iter().map(|write| format!("\n{} {}", write.row().monitor, write.row().revision));
        token(&format!("{} {} {}{}", self.shard, self.holder(), self.epoch(), rows.collect::<String>()))
    }
}

/// Whether the row that refused a write is that write: its answer got lost.
fn is_that_write(write: &Write, found: &Item) -> bool {
    let row = write.row();
    found.get("run") == Some(&text(row.run.as_str())) && found.get("revision") == Some(&number(row.revision))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use jiff::Timestamp;
    use serde_json::json;

    use super::super::connect::Store;
    use super::super::connection::ROWS_PER_BATCH;
    use super::super::run_writer::Acquired;
    use super::super::testing::{Failure, Shared, rows};
    use super::*;
    use crate::clock::manual::Hand;
    use crate::monitor::ChannelId;
    use crate::state::{Delivered, DeliveryEdit, Lease, Row, Shard};
    use crate::transition::{Health, Streak};
    use crate::verdict::Verdict;

    const TABLE: &str = "api_health_states";

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().expect("a time")
    }

    async fn start(store: &Store, holder: &str, slot: u64, ttl: Duration) -> RunWriter {
        let lease = Lease { ttl, ..Lease::sample(holder, slot) };
        match store.acquire(&lease).await.expect("it answers") {
            Acquired::Granted { run, .. } => run,
            Acquired::Refused(held) => panic!("refused: {held:?}"),
        }
    }

    /// Tables, a store on them, and a run of it that made `n` rows.
    async fn started(n: usize) -> (Shared, Store, RunWriter, Vec<Row>) {
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        let run = start(&store, "one", 7, Duration::from_secs(110)).await;
        let rows = rows(n, run.holder(), run.epoch());
        let writes: Vec<_> = rows.iter().cloned().map(Write::Create).collect();
        complete(&run.commit(&writes).await, &rows);
        (shared, store, run, rows)
    }

    fn complete(committed: &Committed, rows: &[Row]) {
        assert!(matches!(committed.end, CommitEnd::Complete), "{committed:?}");
        assert_eq!(committed.written, rows.iter().map(|row| row.monitor.clone()).collect::<Vec<_>>());
        assert_eq!(committed.overtaken, []);
    }

    fn next(row: &Row) -> Row {
        Row { revision: row.revision + 1, why: "again".to_owned(), ..row.clone() }
    }

    fn update(row: &Row) -> Write {
        Write::Update { row: next(row), deliveries: BTreeMap::new() }
    }

    async fn stored(store: &Store) -> Vec<Row> {
        store.state_reader(&Shard::sample()).read().await.expect("it reads").rows
    }

    #[tokio::test]
    async fn rows_read_back_as_they_were_written_batch_by_batch() {
        let (shared, store, run, rows) = started(250).await;
        assert_eq!(shared.plug().operations()[1..], ["TransactWriteItems"; 3]);
        assert_eq!(stored(&store).await, rows);
        let changed: Vec<_> = rows.iter().map(next).collect();
        complete(&run.commit(&rows.iter().map(update).collect::<Vec<_>>()).await, &rows);
        assert_eq!(stored(&store).await, changed);
    }

    #[tokio::test]
    async fn a_streak_comes_and_goes_and_delivered_moves_only_when_discarded() {
        let (_shared, store, run, rows) = started(1).await;
        let mut row = next(&rows[0]);
        let (machine, chat) = (ChannelId::of_machine(), ChannelId::parse("on-call").expect("a channel"));
        row.delivered.get_mut(&machine).expect("it was entered").seq = 99;
        row.confirmed.incident = None;
        row.confirmed.streak = Some(Streak {
            verdict: Verdict::Fail,
            count: 1,
            first: now(),
            last: now(),
            departed: 2,
            departed_at: now(),
            epoch: 1,
        });
        let update = |row: &Row, edits: &[(&ChannelId, DeliveryEdit)]| Write::Update {
            row: row.clone(),
            deliveries: edits.iter().map(|(channel, edit)| ((*channel).clone(), *edit)).collect(),
        };
        complete(&run.commit(&[update(&row, &[])]).await, &rows);
        let delivered = rows[0].delivered.clone();
        assert_eq!(stored(&store).await, [Row { delivered, ..row.clone() }]);
        row.revision += 1;
        row.confirmed.streak = None;
        row.delivered.insert(chat.clone(), Delivered::new(98, Health::Up, now()));
        let edits = [(&machine, DeliveryEdit::Discard), (&chat, DeliveryEdit::Enter)];
        complete(&run.commit(&[update(&row, &edits)]).await, &rows);
        assert_eq!(stored(&store).await, [row.clone()]);
        // What was acknowledged meanwhile is not entered over.
        let mut again = row.clone();
        again.revision += 1;
        again.delivered.insert(chat.clone(), Delivered::new(1, Health::Up, now()));
        complete(&run.commit(&[update(&again, &[(&chat, DeliveryEdit::Enter)])]).await, &rows);
        again.delivered = row.delivered;
        assert_eq!(stored(&store).await, [again.clone()]);
        again.revision += 1;
        again.delivered.remove(&chat);
        complete(&run.commit(&[update(&again, &[(&chat, DeliveryEdit::Forget)])]).await, &rows);
        assert_eq!(stored(&store).await, [again]);
    }

    #[tokio::test]
    async fn attributes_of_a_newer_version_survive() {
        let (shared, _store, run, rows) = started(1).await;
        let mut item = shared.get(TABLE, "m000").expect("it is there");
        item["mystery"] = json!({"S": "kept"});
        shared.put(TABLE, &item);
        complete(&run.commit(&[update(&rows[0])]).await, &rows);
        assert_eq!(shared.get(TABLE, "m000").expect("it is there")["mystery"]["S"], "kept");
    }

    #[tokio::test]
    async fn an_overtaken_row_is_dropped_and_the_rest_is_written() {
        let (shared, store, run, rows) = started(3).await;
        let mut item = shared.get(TABLE, "m001").expect("it is there");
        item["revision"] = json!({"N": "9"});
        shared.put(TABLE, &item);
        let mut writes: Vec<_> = rows.iter().map(update).collect();
        writes.push(Write::Create(Row { run: "other".to_owned(), ..rows[0].clone() }));
        let committed = run.commit(&writes[..3]).await;
        assert_eq!(committed.written, [rows[0].monitor.clone(), rows[2].monitor.clone()]);
        assert_eq!(committed.overtaken, [rows[1].monitor.clone()]);
        assert_eq!(stored(&store).await.iter().map(|row| row.revision).collect::<Vec<_>>(), [2, 9, 2]);
        let committed = run.commit(&writes[3..]).await;
        assert_eq!(committed.overtaken, [rows[0].monitor.clone()]);
    }

    #[tokio::test]
    async fn a_run_that_lost_its_lease_writes_nothing_more() {
        let hand = Hand::at(now());
        let shared = Shared::new(hand.clock());
        let (one, two) = (shared.open(), shared.open());
        let run = start(&one, "one", 7, Duration::from_secs(1)).await;
        hand.advance(Duration::from_secs(2));
        start(&two, "two", 8, Duration::from_secs(1)).await;
        let rows = rows(150, "one", 1);
        let committed = run.commit(&rows.into_iter().map(Write::Create).collect::<Vec<_>>()).await;
        assert!(matches!(committed.end, CommitEnd::LeaseLost), "{committed:?}");
        assert_eq!((committed.written, committed.overtaken), (vec![], vec![]));
        assert_eq!(stored(&two).await, []);
    }

    #[tokio::test]
    async fn a_lost_answer_is_made_good_by_the_token() {
        let (shared, store, run, rows) = started(2).await;
        shared.plug().lose_answer(1);
        complete(&run.commit(&rows.iter().map(update).collect::<Vec<_>>()).await, &rows);
        assert_eq!(stored(&store).await.iter().map(|row| row.revision).collect::<Vec<_>>(), [2, 2]);
    }

    #[tokio::test]
    async fn a_write_that_is_found_done_is_ours() {
        let (shared, _store, run, rows) = started(2).await;
        complete(&run.commit(&[update(&rows[0])]).await, &rows[..1]);
        // The same row again, in a batch with another token.
        let committed = run.commit(&rows.iter().map(update).collect::<Vec<_>>()).await;
        assert_eq!(committed.written, [rows[0].monitor.clone(), rows[1].monitor.clone()]);
        assert_eq!(shared.get(TABLE, "m000").expect("it is there")["revision"]["N"], "2");
    }

    #[tokio::test]
    async fn trouble_is_retried() {
        let (shared, store, run, _) = started(2).await;
        for failure in [Failure::Conflict, Failure::Internal, Failure::Throttled, Failure::Unreachable] {
            let rows = stored(&store).await;
            shared.plug().fail(1, failure, 3);
            complete(&run.commit(&rows.iter().map(update).collect::<Vec<_>>()).await, &rows);
        }
    }

    #[tokio::test]
    async fn a_failure_is_reported_with_what_was_written_before_it() {
        let (shared, _store, run, _) = started(0).await;
        shared.plug().fail(2, Failure::Internal, 4);
        let writes: Vec<_> = rows(150, "one", 1).into_iter().map(Write::Create).collect();
        let committed = run.commit(&writes).await;
        assert_eq!(committed.written.len(), ROWS_PER_BATCH);
        let unavailable = matches!(committed.end, CommitEnd::Failed(StoreError::Unavailable { .. }));
        assert!(unavailable, "{:?}", committed.end);
    }

    #[tokio::test]
    async fn a_process_that_dies_in_a_commit_leaves_a_batch_or_nothing() {
        for (after, written) in [(0, 0), (1, 99), (2, 150)] {
            let shared = Shared::new(Hand::at(now()).clock());
            let store = shared.open();
            let run = start(&store, "one", 7, Duration::from_secs(110)).await;
            let writes: Vec<_> = rows(150, "one", 1).into_iter().map(Write::Create).collect();
            let plug = shared.plug();
            match after {
                0 => plug.die_before(1),
                _ => plug.die_after(after),
            }
            tokio::select! {
                _ = run.commit(&writes) => panic!("a dead process gets no answer"),
                () = plug.died() => {}
            }
            assert_eq!(stored(&shared.open()).await.len(), written);
        }
    }
}
