//! Programs that beat, and are not probed.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::watched::{Watched, monitor};
use super::world::World;
use crate::kinds::{BeatEnd, BeatResult};
use crate::monitor::MonitorId;
use crate::run::outcome::CompletedRun;
use crate::state::ProberHealth;
use crate::store::testing::Failure;
use crate::transition::Health;
use crate::verdict::Verdict;

/// The operation by which beats are read, and no other one.
const READ: &str = "BatchGetItem";

/// A backup that beats every ten minutes, or four minutes later. Runs come every two minutes.
fn backup() -> Watched {
    monitor("backup").beating(json!({"every": "10m", "grace": "4m"}))
}

async fn end(world: &World, result: BeatResult, message: Option<&str>) {
    let end = BeatEnd { at: world.now(), result, message: message.map(str::to_owned) };
    let id = MonitorId::parse("backup").expect("an id");
    world.shared.open().beat_writer().end(&id, &end).await.expect("it is stored");
}

async fn start(world: &World) {
    let id = MonitorId::parse("backup").expect("an id");
    world.shared.open().beat_writer().start(&id, world.now()).await.expect("it is stored");
}

fn verdict(completed: &CompletedRun) -> Verdict {
    let found = completed.judged.iter().find(|judged| judged.watched.monitor.id.as_str() == "backup");
    found.expect("it is looked at in every run").judgement.verdict
}

/// `why` of the row.
async fn why(world: &World) -> String {
    world.row("backup").await.why
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_program_is_new_until_it_is_due_down_without_a_beat_and_up_with_one() {
    let mut world = World::watching(&[backup()]).await;
    // First seen at 10:02.
    while world.now() < at("2026-11-20T10:16:00Z") {
        let completed = world.run().await;
        assert_eq!((verdict(&completed), completed.inventory.rows.len()), (Verdict::Unknown, 0));
        assert_eq!(completed.problems, Vec::<String>::new());
    }
    world.run().await;
    assert_eq!(why(&world).await, "no beat yet, expected one by 2026-11-20 10:16 UTC");
    end(&world, BeatResult::Ok, None).await;
    let completed = world.run().await;
    let judgement = &completed.judged[0].judgement;
    assert_eq!((judgement.verdict, judgement.code, judgement.latency), (Verdict::Pass, Some(0), None));
    // The next is due by 10:32, and comes too late.
    while world.now() < at("2026-11-20T10:32:00Z") {
        assert_eq!(verdict(&world.run().await), Verdict::Pass);
    }
    world.run().await;
    assert_eq!(why(&world).await, "no beat since 2026-11-20 10:18 UTC, expected one by 2026-11-20 10:32 UTC");
    end(&world, BeatResult::Ok, None).await;
    world.run().await;
    assert_eq!(world.row("backup").await.confirmed.health, Health::Up);
    assert_eq!(world.notified(), ["DOWN backup", "UP backup", "DOWN backup", "UP backup"]);
    assert_eq!(world.endpoints.probes().len(), 0, "nothing is probed");
}

#[tokio::test]
async fn a_program_that_fails_or_does_not_end_is_down_in_the_next_run() {
    let mut world = World::watching(&[backup()]).await;
    world.run().await;
    end(&world, BeatResult::Fail, Some("pg_dump: disk full")).await;
    let failed = world.run().await;
    assert_eq!(why(&world).await, "the program failed at 2026-11-20 10:02 UTC, expected a beat `ok`");
    assert_eq!(failed.judged[0].judgement.excerpt.as_deref(), Some("pg_dump: disk full"));
    world.pass(Duration::from_secs(1));
    start(&world).await;
    assert_eq!(verdict(&world.run().await), Verdict::Fail, "a new try is no success yet");
    end(&world, BeatResult::Ok, None).await;
    world.pass(Duration::from_secs(1));
    start(&world).await;
    for expected in [Verdict::Pass, Verdict::Pass, Verdict::Fail] {
        assert_eq!(verdict(&world.run().await), expected);
    }
    assert_eq!(
        why(&world).await,
        "started at 2026-11-20 10:06 UTC, and did not end, expected an end by 10:10 UTC"
    );
    assert_eq!(world.notified(), ["DOWN backup", "UP backup", "DOWN backup"]);
}

// P11: one bad thing never stops the others, and what was not read is not written.
#[tokio::test]
async fn beats_that_cannot_be_read_change_nothing_and_stop_no_probe() {
    let mut world = World::watching(&[backup(), monitor("shop")]).await;
    world.run().await;
    world.next_slot();
    end(&world, BeatResult::Ok, None).await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    let read = plug.operations().iter().position(|operation| operation == READ).expect("it is read") + 1;
    end(&world, BeatResult::Fail, None).await;
    world.break_("shop");
    world.next_slot();
    let process = world.process().failing(read, Failure::Denied, 1);
    let completed = world.finish(process).await.completed();
    assert_eq!(verdict(&completed), Verdict::Unknown);
    assert_eq!(completed.problems.len(), 1, "{:?}", completed.problems);
    assert!(
        completed.problems[0].starts_with("could not read the beats of backup: "),
        "{:?}",
        completed.problems
    );
    assert_eq!(world.notified(), ["DOWN shop"]);
}

#[tokio::test]
async fn a_fleet_without_programs_reads_no_beats_and_one_with_them_reads_a_unit_each() {
    let mut world = World::watching(&[monitor("shop")]).await;
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    assert!(!plug.operations().contains(&READ.to_owned()));
    let mut world = World::watching(&[backup()]).await;
    for (writes, run) in [(2, "first"), (0, "next")] {
        world.next_slot();
        let process = world.process();
        let plug = process.plug.clone();
        world.finish(process).await.completed();
        let operations = plug.operations();
        let number = |name: &str| operations.iter().filter(|operation| *operation == name).count();
        // The lease and the release; once its place in the history, and that its beats are awaited.
        assert_eq!((number(READ), number("UpdateItem")), (1, 2 + writes), "{run}: {operations:?}");
    }
}

#[tokio::test]
async fn beats_say_nothing_of_the_network_of_the_machine_that_reads_them() {
    let shops = ["shop-a", "shop-b", "shop-c"].map(|id| monitor(id).without_retry());
    let jobs = ["job-a", "job-b", "job-c", "job-d"];
    let beating = jobs.map(|id| monitor(id).beating(json!({"every": "1h", "grace": "1h"})));
    let all: Vec<_> = shops.into_iter().chain(beating).collect();
    let mut world = World::on_a_network(&all, &["one.canary.test"]).await;
    for id in jobs {
        let end = BeatEnd { at: world.now(), result: BeatResult::Ok, message: None };
        let id = MonitorId::parse(id).expect("an id");
        world.shared.open().beat_writer().end(&id, &end).await.expect("it is stored");
    }
    world.run().await;
    world.network.as_ref().expect("a network").cut(".test");
    let completed = world.run().await;
    assert_eq!(completed.self_check.prober_health, ProberHealth::Blind);
    assert_eq!(world.notified(), ["BLIND @prober"]);
}
