//! A machine that is cut off from the network, and a network that is fine while everything on it is down.

use std::collections::BTreeMap;

use serde_json::json;

use super::process::{End, Process};
use super::watched::{Watched, monitor};
use super::world::{CONFIGS, STATES, World, heard};
use crate::deliver::recording::Mode;
use crate::monitor::MonitorId;
use crate::run::outcome::CompletedRun;
use crate::state::{ProberHealth, Row};
use crate::transition::Health;
use crate::verdict::Verdict;

/// What ends the names of the endpoints, and of everything.
const ENDPOINTS: &str = ".shop.test";
const EVERYTHING: &str = ".test";

const CANARIES: [&str; 2] = ["one.canary.test", "two.canary.test"];

/// `m0000` and on, each UP and DOWN at once.
fn monitors(number: usize) -> Vec<Watched> {
    (0..number).map(|n| monitor(format!("m{n:04}").leak()).without_retry()).collect()
}

/// A world in which so many monitors are known to be up.
async fn up(number: usize, canaries: &[&str]) -> World {
    let mut world = World::on_a_network(&monitors(number), canaries).await;
    let completed = world.run().await;
    assert_eq!(count(&completed, Verdict::Pass), number);
    world
}

fn cut(world: &World, end: &'static str) {
    world.network.as_ref().expect("a network").cut(end);
}

fn mend(world: &World) {
    world.network.as_ref().expect("a network").mend();
}

fn count(completed: &CompletedRun, verdict: Verdict) -> usize {
    completed.judged.iter().filter(|judged| judged.judgement.verdict == verdict).count()
}

/// The rows of the monitors.
fn rows(completed: &CompletedRun) -> impl Iterator<Item = &Row> {
    completed.inventory.rows.values().filter(|row| !row.monitor.is_prober())
}

/// How often the row of each monitor was written, and how many failures it counts.
fn written(completed: &CompletedRun) -> BTreeMap<MonitorId, (u64, u32)> {
    let counted = |row: &Row| row.confirmed.streak.as_ref().map_or(0, |streak| streak.count);
    rows(completed).map(|row| (row.monitor.clone(), (row.revision, counted(row)))).collect()
}

// Trap 9: the prober's own network dies and everything is DOWN. P5, I8.
#[tokio::test]
async fn a_thousand_monitors_behind_a_cut_network_are_one_alert_and_none_of_them_changes() {
    let patient: Vec<_> = monitors(1000).into_iter().map(|monitor| monitor.failures(2)).collect();
    let mut world = World::on_a_network(&patient, &CANARIES).await;
    world.run().await;
    // One of them really fails, once.
    cut(&world, "m0007.shop.test");
    let before = written(&world.run().await);
    let failing: Vec<_> = before.values().filter(|(_, failures)| *failures > 0).collect();
    assert_eq!(failing, [&(2, 1)]);
    cut(&world, EVERYTHING);
    for _ in 0..3 {
        let completed = world.run().await;
        assert_eq!(completed.self_check.prober_health, ProberHealth::Blind);
        assert_eq!(count(&completed, Verdict::Unknown), 1000);
        assert!(written(&completed) == before, "a row was written, and a counter moved");
        assert!(completed.is_partial(), "a run that saw nothing is not done");
    }
    assert_eq!(world.notified(), ["BLIND @prober"]);
    mend(&world);
    cut(&world, "m0007.shop.test");
    let completed = world.run().await;
    assert_eq!((count(&completed, Verdict::Pass), count(&completed, Verdict::Fail)), (999, 1));
    // The second failure in a row, as far as anybody could see.
    assert_eq!(world.notified(), ["BLIND @prober", "DOWN m0007", "SEES AGAIN @prober"]);
    mend(&world);
    world.discard().await;
    assert_eq!(world.notified().len(), 4, "and m0007 is UP again");
}

// The other side of trap 9: what a canary vouches for is notified, all of it.
#[tokio::test]
async fn a_thousand_monitors_that_are_really_down_are_notified_while_a_canary_answers() {
    let mut world = up(1000, &["silent.shop.test", "one.canary.test"]).await;
    cut(&world, ENDPOINTS);
    let completed = world.run().await;
    assert_eq!(completed.self_check.prober_health, ProberHealth::Vouched);
    assert!(rows(&completed).all(|row| row.confirmed.health == Health::Down));
    assert!(!completed.is_partial());
    assert!(completed.notified.messages.len() < 10, "in a digest: {}", completed.notified.messages.len());
    let mut delivered = world.notified();
    delivered.sort();
    delivered.dedup();
    assert_eq!(delivered.len(), 1000);
    assert!(delivered.iter().all(|delivered| delivered.starts_with("DOWN m")));
    assert_eq!(world.accepted().len(), 1000, "and each of them once");
    mend(&world);
    world.run().await;
    assert_eq!(world.accepted().len(), 2000);
}

#[tokio::test]
async fn a_machine_that_could_send_nothing_notifies_once_when_it_was_blind() {
    let mut world = up(4, &CANARIES).await;
    cut(&world, EVERYTHING);
    world.topic(Mode::Down);
    for _ in 0..2 {
        assert_eq!(world.run().await.notified.pending(), 1);
    }
    mend(&world);
    world.topic(Mode::Accept);
    world.discard().await;
    assert_eq!(world.notified(), ["WAS BLIND @prober"]);
    let incident = world.accepted().remove(0).incident.expect("the message shows it");
    let minutes = |at: jiff::Timestamp| at.strftime("%H:%M").to_string();
    assert_eq!(
        (minutes(incident.opened_at), incident.closed_at.map(minutes)),
        ("10:04".into(), Some("10:08".into()))
    );
    assert_eq!(world.incidents("@prober").await, [incident], "and the history knows it");
}

// P2
#[tokio::test]
async fn a_blind_process_that_dies_between_accept_and_acknowledge_notifies_again_with_the_same_id() {
    let mut world = up(4, &CANARIES).await;
    cut(&world, EVERYTHING);
    world.topic(Mode::DieAfterAccepting);
    world.next_slot();
    let process = world.process();
    let end = world.finish(process).await;
    assert!(matches!(end, End::Died), "{end:?}");
    assert_eq!(heard(&world.row("@prober").await).seq, 0);
    world.topic(Mode::Accept);
    world.run().await;
    let ids: Vec<_> = world.accepted().into_iter().map(|alert| alert.id).collect();
    let incarnation = world.row("@prober").await.incarnation;
    assert_eq!(ids, [format!("@prober.{incarnation}.1"), format!("@prober.{incarnation}.1")]);
    mend(&world);
    world.discard().await;
    assert_eq!(world.notified(), ["BLIND @prober", "BLIND @prober", "SEES AGAIN @prober"]);
}

// P1, P3, and I1 to I7 by the chronicle.
#[tokio::test]
async fn a_process_that_is_cut_off_may_die_at_any_of_its_requests() {
    let requests = {
        let mut world = up(4, &CANARIES).await;
        cut(&world, EVERYTHING);
        world.next_slot();
        let process = world.process();
        let plug = process.plug.clone();
        world.finish(process).await.completed();
        plug.requests()
    };
    let deaths: [fn(Process, usize) -> Process; 2] = [Process::dying_before, Process::dying_after];
    for (request, dies) in (1..=requests).flat_map(|request| deaths.map(|dies| (request, dies))) {
        let mut world = up(4, &CANARIES).await;
        cut(&world, EVERYTHING);
        world.next_slot();
        let process = dies(world.process(), request);
        let end = world.finish(process).await;
        assert!(matches!(end, End::Died), "{end:?}");
        world.run().await;
        mend(&world);
        world.discard().await;
        let mut delivered = world.notified();
        let last = delivered.pop();
        assert_eq!(last.as_deref(), Some("SEES AGAIN @prober"), "{request}");
        delivered.dedup();
        assert_eq!(delivered, ["BLIND @prober"], "{request}");
    }
}

#[tokio::test]
async fn without_canaries_and_with_none_in_reach_failures_are_notified() {
    // Of a range that is no part of the internet.
    for (canaries, problems) in [(&[] as &[&str], 0), (&["http://192.0.2.1/"], 1)] {
        let mut world = up(4, canaries).await;
        cut(&world, EVERYTHING);
        let completed = world.run().await;
        assert_eq!(completed.self_check.prober_health, ProberHealth::Unvouched);
        assert_eq!(completed.problems.len(), problems, "{:?}", completed.problems);
        assert_eq!(world.notified(), ["DOWN m0000", "DOWN m0001", "DOWN m0002", "DOWN m0003"]);
    }
}

#[tokio::test]
async fn a_new_machine_without_a_network_says_so_and_not_that_nothing_ever_came_up() {
    let mut world = World::on_a_network(&monitors(4), &CANARIES).await;
    cut(&world, EVERYTHING);
    world.run().await;
    world.run().await;
    assert_eq!(world.notified(), ["BLIND @prober"]);
    mend(&world);
    world.discard().await;
    assert_eq!(world.notified(), ["BLIND @prober", "SEES AGAIN @prober"]);
}

// A run may have few monitors to probe: what was cut off is cut off until something answers.
#[tokio::test]
async fn a_blind_machine_believes_no_single_failure_either() {
    let mut world = up(4, &CANARIES).await;
    cut(&world, EVERYTHING);
    world.run().await;
    let process = world.process().only("m0000");
    let completed = world.finish(process).await.completed();
    assert_eq!(
        (count(&completed, Verdict::Unknown), completed.self_check.prober_health),
        (1, ProberHealth::Blind)
    );
    assert_eq!(world.row("m0000").await.confirmed.streak, None);
    mend(&world);
    let process = world.process().only("m0001");
    world.finish(process).await.completed();
    assert_eq!(world.notified(), ["BLIND @prober", "SEES AGAIN @prober"]);
}

#[tokio::test]
async fn an_answer_that_is_not_as_expected_is_believed_while_the_rest_is_unknown() {
    let mut world = up(5, &CANARIES).await;
    world.break_("m0004");
    world.network.as_ref().expect("a network").cut_all_but("m0004.shop.test");
    let completed = world.run().await;
    assert_eq!((count(&completed, Verdict::Unknown), count(&completed, Verdict::Fail)), (4, 1));
    assert_eq!(world.notified(), ["BLIND @prober", "DOWN m0004"]);
}

#[tokio::test]
async fn the_canaries_of_every_owner_are_asked() {
    let mut world = up(4, &["one.canary.test"]).await;
    let mut head = world.shared.get(CONFIGS, "@catalog#shop").expect("it is there");
    head["monitor"] = json!({"S": "@catalog#other"});
    // By its address, which is reached whatever becomes of the names.
    head["canaries"] = json!({"L": [{"S": world.endpoints.named("127.0.0.1", "other")}]});
    world.shared.put(CONFIGS, &head);
    cut(&world, EVERYTHING);
    assert_eq!(world.run().await.self_check.prober_health, ProberHealth::Vouched);
    assert_eq!(world.notified().len(), 4);
}

// P11: what another version wrote is left alone, and stops nothing.
#[tokio::test]
async fn a_row_of_the_prober_that_does_not_read_is_left_alone_and_nothing_is_down_for_it() {
    let mut world = up(4, &CANARIES).await;
    let newer = json!({"shard": {"S": "0"}, "monitor": {"S": "@prober"}, "format": {"N": "99"}});
    world.shared.put(STATES, &newer);
    cut(&world, EVERYTHING);
    let completed = world.run().await;
    assert_eq!(
        (count(&completed, Verdict::Unknown), completed.problems.len()),
        (4, 1),
        "{:?}",
        completed.problems
    );
    assert_eq!(world.notified(), [""; 0]);
    assert_eq!(world.shared.get(STATES, "@prober"), Some(newer));
}
