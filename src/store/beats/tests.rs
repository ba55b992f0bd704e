//! Beats in the table, in order and out of order.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::clock::manual::Hand;
use crate::state::{Lease, Shard};
use crate::store::Acquired;
use crate::store::testing::Shared;

fn at(seconds: u64) -> Timestamp {
    "2026-11-20T10:00:00Z".parse::<Timestamp>().expect("a time") + Duration::from_secs(seconds)
}

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

fn end(seconds: u64, result: BeatResult, message: Option<&str>) -> BeatEnd {
    BeatEnd { at: at(seconds), result, message: message.map(str::to_owned) }
}

async fn read(store: &Store, monitor: &str) -> Beats {
    let (id, reader) = (id(monitor), store.state_reader(&Shard::sample()));
    let mut found = reader.beats(&[&id]).await.expect("it reads");
    found.remove(&id).expect("it was asked for").expect("it is sound")
}

#[tokio::test]
async fn a_newer_beat_replaces_an_older_one_and_no_older_one_a_newer_one() {
    let shared = Shared::new(Hand::at(at(0)).clock());
    let store = shared.open();
    let (writer, backup) = (store.beat_writer(), id("backup"));
    assert_eq!(read(&store, "backup").await, Beats::default());
    let start = async |seconds| writer.start(&backup, at(seconds)).await.expect("it is answered");
    let ended = async |beat: &BeatEnd| writer.end(&backup, beat).await.expect("it is answered");
    assert_eq!(start(10).await, StoredBeat::Unwatched);
    assert_eq!(start(5).await, StoredBeat::Overtaken);
    let fail = end(20, BeatResult::Fail, Some("disk full"));
    assert_eq!(ended(&fail).await, StoredBeat::Unwatched);
    assert_eq!(ended(&end(19, BeatResult::Ok, None)).await, StoredBeat::Overtaken);
    assert_eq!(
        read(&store, "backup").await,
        Beats { first_seen: None, last_start: Some(at(10)), last_end: Some(fail) }
    );
    // In the same moment the later word holds, and of the one before nothing is left.
    let ok = end(20, BeatResult::Ok, None);
    ended(&ok).await;
    assert_eq!(read(&store, "backup").await.last_end, Some(ok));
    assert_eq!(read(&store, "other").await, Beats::default());
}

#[tokio::test]
async fn a_beat_from_a_wrong_clock_is_replaced_by_the_next_one() {
    let shared = Shared::new(Hand::at(at(0)).clock());
    let store = shared.open();
    let (writer, backup) = (store.beat_writer(), id("backup"));
    writer.start(&backup, at(9_000_000)).await.expect("it is answered");
    writer.end(&backup, &end(9_000_000, BeatResult::Ok, None)).await.expect("it is answered");
    writer.start(&backup, at(1)).await.expect("it is answered");
    writer.end(&backup, &end(2, BeatResult::Ok, None)).await.expect("it is answered");
    let last_end = Some(end(2, BeatResult::Ok, None));
    assert_eq!(read(&store, "backup").await, Beats { first_seen: None, last_start: Some(at(1)), last_end });
}

#[tokio::test]
async fn a_beat_learns_whether_a_run_awaits_it() {
    let shared = Shared::new(Hand::at(at(0)).clock());
    let store = shared.open();
    let Acquired::Granted { run, .. } = store.acquire(&Lease::sample("run", 1)).await.expect("it answers")
    else {
        panic!("there is no other caller")
    };
    run.await_beats(&id("backup"), at(7)).await.expect("it is written");
    run.await_beats(&id("backup"), at(6)).await.expect("a late one is no fault");
    assert_eq!(read(&store, "backup").await.first_seen, Some(at(7)));
    let stored = store.beat_writer().start(&id("backup"), at(8)).await.expect("it is answered");
    assert_eq!(stored, StoredBeat::Watched);
    assert_eq!(read(&store, "backup").await.first_seen, Some(at(7)));
    // The run reads the states of its monitors as before.
    let states = store.state_reader(&Shard::sample()).read().await.expect("it reads");
    assert_eq!((states.rows.len(), states.unreadable.len()), (0, 0));
}

#[tokio::test]
async fn more_than_a_hundred_are_read_and_cost_a_unit_each() {
    let shared = Shared::new(Hand::at(at(0)).clock());
    let store = shared.open();
    let ids: Vec<_> = (0..230).map(|number| id(&format!("m{number}"))).collect();
    for one in &ids {
        store.beat_writer().start(one, at(1)).await.expect("it is answered");
    }
    let before = store.consumed();
    let found = store.state_reader(&Shard::sample()).beats(&ids.iter().collect::<Vec<_>>()).await;
    let found = found.expect("it reads");
    assert!(
        found.len() == 230
            && found.values().all(|beats| beats.as_ref().is_ok_and(|b| b.last_start.is_some()))
    );
    let used = store.consumed().since(before);
    assert_eq!((used.requests, used.read_units), (3, 230.0));
}

// P11: one bad item never stops the others.
#[tokio::test]
async fn beats_that_make_no_sense_are_reported_and_hide_no_others() {
    let shared = Shared::new(Hand::at(at(0)).clock());
    let store = shared.open();
    let bad = json!({"shard": {"S": "beat#bad"}, "monitor": {"S": "@beat"}, "last_end": {"M": {"at": {"N": "1"}, "result": {"S": "maybe"}}}});
    shared.put("api_health_states", &bad);
    store.beat_writer().start(&id("good"), at(1)).await.expect("it is answered");
    let found =
        store.state_reader(&Shard::sample()).beats(&[&id("bad"), &id("good")]).await.expect("it reads");
    assert!(found[&id("good")].is_ok());
    let error = found[&id("bad")].as_ref().expect_err("it is malformed").to_string();
    assert_eq!(error, "item `beat#bad` is malformed: `last_end.result` has the unknown value \"maybe\"");
}
