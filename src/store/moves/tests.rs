//! Moves of rows, against tables in memory.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::super::commit::CommitEnd;
use super::super::connect::Store;
use super::super::run_writer::Acquired;
use super::super::testing::{Failure, Shared, rows};
use super::*;
use crate::clock::manual::Hand;
use crate::monitor::{ChannelId, MonitorId};
use crate::state::{Acknowledgement, Delivered, Heard, Lease, Row, Shard, Write};
use crate::transition::Health;

const TABLE: &str = "api_health_states";

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

async fn start(store: &Store, holder: &str, slot: u64) -> RunWriter {
    let lease = Lease { ttl: Duration::from_secs(1), ..Lease::sample(holder, slot) };
    match store.acquire(&lease).await.expect("it answers") {
        Acquired::Granted { run, .. } => run,
        Acquired::Refused(held) => panic!("refused: {held:?}"),
    }
}

/// Tables, a store on them, and a run of it that made `n` rows.
async fn started(n: usize) -> (Shared, Store, RunWriter, Vec<Row>) {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let run = start(&store, "one", 7).await;
    let rows = rows(n, run.holder(), run.epoch());
    let committed = run.commit(&rows.iter().cloned().map(Write::Create).collect::<Vec<_>>()).await;
    assert_eq!(committed.written.len(), n);
    (shared, store, run, rows)
}

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

/// `m000` goes on as `new-m000`.
fn moves(rows: &[Row]) -> Vec<Move> {
    let to = |row: &Row| id(&format!("new-{}", row.monitor));
    rows.iter().map(|row| Move { row: row.clone(), to: to(row) }).collect()
}

fn moved(moves: &[Move]) -> Vec<Row> {
    moves.iter().map(Move::moved).collect()
}

fn ids(moves: &[Move]) -> Vec<MonitorId> {
    moves.iter().map(|step| step.to.clone()).collect()
}

async fn stored(store: &Store) -> Vec<Row> {
    store.state_reader(&Shard::sample()).read().await.expect("it reads").rows
}

#[tokio::test]
async fn rows_go_on_under_their_new_ids_batch_by_batch() {
    let (shared, store, run, rows) = started(120).await;
    let before = shared.plug().operations().len();
    let moves = moves(&rows);
    let committed = run.move_rows(&moves).await;
    assert!(matches!(committed.end, CommitEnd::Complete), "{committed:?}");
    assert_eq!(committed.written, ids(&moves));
    assert_eq!(stored(&store).await, moved(&moves));
    let operations = shared.plug().operations().split_off(before);
    let transactions = operations.iter().filter(|name| *name == "TransactWriteItems").count();
    assert_eq!(transactions, 3, "49 and 49 and 22");
}

#[tokio::test]
async fn what_a_newer_version_wrote_beside_moves_along() {
    let (shared, _store, run, rows) = started(1).await;
    let mut item = shared.get(TABLE, "m000").expect("it is there");
    item["mystery"] = json!({"S": "kept"});
    shared.put(TABLE, &item);
    run.move_rows(&moves(&rows)).await;
    item["monitor"] = json!({"S": "new-m000"});
    assert_eq!(shared.get(TABLE, "new-m000"), Some(item));
}

#[tokio::test]
async fn what_changed_since_it_was_read_stays_and_the_rest_moves() {
    let (shared, store, run, rows) = started(5).await;
    let moves = moves(&rows);
    let mut item = shared.get(TABLE, "m000").expect("it is there");
    item["revision"] = json!({"N": "9"});
    shared.put(TABLE, &item);
    shared.delete(TABLE, "m001");
    item["monitor"] = json!({"S": "new-m002"});
    item["incarnation"] = json!({"S": "of another life"});
    shared.put(TABLE, &item);
    let channel = ChannelId::of_machine();
    let heard = Heard::Delivered(Delivered::new(1, Health::Down, now()));
    let accepted = Acknowledgement { monitor: rows[3].monitor.clone(), channel, heard };
    run.acknowledge(&[accepted]).await.expect("it answers");
    let committed = run.move_rows(&moves).await;
    assert!(matches!(committed.end, CommitEnd::Complete), "{committed:?}");
    assert_eq!(committed.written, [moves[4].to.clone()]);
    let mut overtaken = committed.overtaken;
    overtaken.sort();
    assert_eq!(overtaken, ids(&moves[..4]));
    let left: Vec<_> = stored(&store).await.iter().map(|row| row.monitor.to_string()).collect();
    assert_eq!(left, ["m000", "m002", "m003", "new-m002", "new-m004"]);
}

#[tokio::test]
async fn a_run_that_lost_its_lease_moves_nothing() {
    let hand = Hand::at(now());
    let shared = Shared::new(hand.clock());
    let (one, two) = (shared.open(), shared.open());
    let run = start(&one, "one", 7).await;
    let rows = rows(2, "one", 1);
    run.commit(&rows.iter().cloned().map(Write::Create).collect::<Vec<_>>()).await;
    hand.advance(Duration::from_secs(2));
    start(&two, "two", 8).await;
    let committed = run.move_rows(&moves(&rows)).await;
    assert!(matches!(committed.end, CommitEnd::LeaseLost), "{committed:?}");
    assert_eq!((committed.written, committed.overtaken), (vec![], vec![]));
    assert_eq!(stored(&two).await, rows);
}

#[tokio::test]
async fn a_lost_answer_is_made_good() {
    let (shared, store, run, rows) = started(2).await;
    let moves = moves(&rows);
    // The answer to the transaction, after two reads.
    shared.plug().lose_answer(3);
    assert_eq!(run.move_rows(&moves).await.written, ids(&moves));
    assert_eq!(stored(&store).await, moved(&moves));
}

#[tokio::test]
async fn trouble_is_reported_and_leaves_the_rows_where_they_were() {
    let (shared, store, run, rows) = started(2).await;
    shared.plug().fail(3, Failure::Denied, 1);
    let committed = run.move_rows(&moves(&rows)).await;
    assert!(matches!(committed.end, CommitEnd::Failed(StoreError::Denied { .. })), "{committed:?}");
    assert_eq!(stored(&store).await, rows);
}

#[tokio::test]
async fn an_id_that_was_left_is_free_for_another_monitor_and_for_the_way_back() {
    let (_shared, store, run, rows) = started(2).await;
    let there = moves(&rows);
    run.move_rows(&there).await;
    let back: Vec<_> =
        there.iter().map(|step| Move { row: step.moved(), to: step.row.monitor.clone() }).collect();
    assert_eq!(run.move_rows(&back[..1]).await.written, [rows[0].monitor.clone()]);
    let other = Row { incarnation: "of another life".to_owned(), revision: 1, ..rows[1].clone() };
    assert_eq!(run.commit(&[Write::Create(other.clone())]).await.written, [rows[1].monitor.clone()]);
    assert_eq!(stored(&store).await, [rows[0].clone(), other, there[1].moved()]);
}
