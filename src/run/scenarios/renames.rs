//! A monitor that gets another id keeps its state: what was delivered stays delivered, what is pending stays pending.

use serde_json::json;

use super::process::{End, Process};
use super::watched::monitor;
use super::world::{STATES, World};
use crate::deliver::recording::Mode;
use crate::store::testing::Failure;
use crate::transition::Health;

/// Payments is down and everybody knows; then it is called `checkout`.
async fn renamed_while_down() -> World {
    let mut world = World::where_broke(&[monitor("payments"), monitor("search")], &["payments"]).await;
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.sync(&[monitor("payments").renamed("checkout"), monitor("search")]).await;
    world
}

// Trap 25
#[tokio::test]
async fn a_monitor_that_is_renamed_while_it_is_down_is_not_notified_again_until_it_is_up() {
    let mut world = renamed_while_down().await;
    let before = world.row("payments").await;
    world.run().await;
    let after = world.row("checkout").await;
    assert_eq!(
        (&after.incarnation, &after.confirmed, &after.delivered),
        (&before.incarnation, &before.confirmed, &before.delivered)
    );
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP checkout"]);
    let up = world.accepted().remove(1);
    assert_eq!(up.id, format!("checkout.{}.2", before.incarnation));
    assert_eq!(up.incident_key.as_str(), format!("shop/payments/{}/1", before.incarnation));
    let incident = up.incident.expect("it shows the incident");
    let opened = before.confirmed.incident.expect("it is down");
    assert_eq!((incident.opened_at, incident.n), (opened.opened_at, 1), "the whole time that it was down");
    let kept = world.incidents("checkout").await.remove(0);
    assert_eq!((kept.opened_at, kept.closed_at.is_some()), (incident.opened_at, true));
}

#[tokio::test]
async fn what_was_pending_under_the_former_id_is_notified_once_under_the_new_one() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.topic(Mode::Down);
    world.run().await;
    world.sync(&[monitor("payments").renamed("checkout")]).await;
    world.run().await;
    assert_eq!(world.notified(), [""; 0]);
    world.topic(Mode::Accept);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN checkout"]);
}

#[tokio::test]
async fn a_rename_keeps_the_counters_and_an_edit_with_it_resets_them() {
    for (failures, delivered) in [(3, &["DOWN checkout"] as &[&str]), (2, &[])] {
        let mut world = World::where_broke(&[monitor("payments").failures(3)], &["payments"]).await;
        world.run().await;
        world.run().await;
        world.sync(&[monitor("payments").failures(failures).renamed("checkout")]).await;
        world.run().await;
        assert_eq!(world.notified(), delivered, "{failures}");
    }
}

#[tokio::test]
async fn a_monitor_that_was_renamed_twice_between_two_runs_has_its_state() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.run().await;
    let renamed = monitor("payments").renamed("checkout");
    world.sync(std::slice::from_ref(&renamed)).await;
    world.sync(&[renamed.renamed("till")]).await;
    world.run().await;
    assert_eq!(world.row("till").await.confirmed.health, Health::Down);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn a_monitor_that_gets_its_former_id_back_has_its_state() {
    let mut world = renamed_while_down().await;
    world.run().await;
    let there = monitor("payments").renamed("checkout");
    world.sync(&[there.renamed("payments"), monitor("search")]).await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn a_new_monitor_under_a_former_id_begins_at_its_beginning() {
    let mut world = renamed_while_down().await;
    world.run().await;
    let moved = world.row("checkout").await;
    world
        .sync(&[monitor("payments").renamed("checkout"), monitor("search"), monitor("payments").at("other")])
        .await;
    world.run().await;
    let row = world.row("payments").await;
    assert_eq!((row.revision, row.confirmed.seq, row.confirmed.health), (1, 0, Health::Up));
    assert_ne!(row.incarnation, moved.incarnation);
    assert_eq!(world.row("checkout").await, moved);
    world.break_("other");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "DOWN payments"]);
}

// I10: the slots of the new id are others than those of the old one.
#[tokio::test]
async fn a_renamed_monitor_is_probed_in_the_run_that_finds_it_and_then_once_in_each_interval() {
    let hourly = monitor("payments").interval("1h");
    let mut world = World::watching(std::slice::from_ref(&hourly)).await;
    world.run().await;
    for _ in 0..7 {
        world.run().await;
    }
    world.sync(&[hourly.renamed("checkout")]).await;
    world.run().await;
    assert_eq!(world.probed(), ["payments"], "the endpoint is still called so");
    for _ in 0..2 {
        let mut probed = Vec::new();
        for _ in 0..30 {
            world.run().await;
            probed.extend(world.probed());
        }
        assert_eq!(probed, ["payments"]);
    }
}

#[tokio::test]
async fn a_run_of_some_monitors_leaves_the_others_where_they_are() {
    let mut world = renamed_while_down().await;
    world.next_slot();
    let process = world.process().only("search");
    world.finish(process).await.completed();
    assert_eq!(world.row("payments").await.confirmed.health, Health::Down);
    let process = world.process().only("checkout");
    world.finish(process).await.completed();
    assert_eq!(world.row("checkout").await.confirmed.health, Health::Down);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn a_row_of_a_newer_format_stays_and_its_monitor_waits_for_it() {
    let mut world = World::watching(&[monitor("payments"), monitor("search")]).await;
    world.run().await;
    world.sync(&[monitor("payments").renamed("checkout"), monitor("search")]).await;
    let mut item = world.shared.get(STATES, "payments").expect("it has a row");
    let known = item.clone();
    item["format"] = json!({"N": "9"});
    world.shared.put(STATES, &item);
    world.forget("payments");
    let completed = world.run().await;
    let problem = "checkout is not checked: cannot read its state under the former id payments";
    assert!(completed.problems.iter().any(|said| said == problem), "{:?}", completed.problems);
    assert_eq!(world.shared.get(STATES, "payments"), Some(item));
    assert_eq!((world.shared.get(STATES, "checkout"), world.probed()), (None, vec!["search".to_owned()]));
    // Once the older version is gone, all is as if nothing had been.
    world.shared.put(STATES, &known);
    let process = world.process().all();
    world.finish(process).await.completed();
    assert_eq!(json!({"S": world.row("checkout").await.incarnation}), known["incarnation"]);
}

#[tokio::test]
async fn what_could_not_move_moves_with_the_next_run() {
    let requests = requests().await;
    for request in 1..=requests {
        let mut world = renamed_while_down().await;
        world.next_slot();
        let process = world.process().failing(request, Failure::Denied, 1);
        world.finish(process).await;
        world.repair("payments");
        world.discard().await;
        assert_eq!(world.notified(), ["DOWN payments", "UP checkout"], "{request}");
    }
}

/// How many requests the store gets from the run that finds the rename.
async fn requests() -> usize {
    let mut world = renamed_while_down().await;
    world.next_slot();
    let process = world.process();
    let plug = process.plug.clone();
    world.finish(process).await.completed();
    plug.requests()
}

/// Lets the run that finds the rename end in the middle, and the next ones go on.
async fn dies(death: impl Fn(Process) -> Process) {
    for topic in [Mode::Accept, Mode::Down] {
        let mut world = renamed_while_down().await;
        world.topic(topic);
        world.repair("payments");
        world.next_slot();
        let process = death(world.process());
        let end = world.finish(process).await;
        assert!(matches!(end, End::Died), "{end:?}");
        world.discard().await;
        let mut delivered = world.notified();
        delivered.dedup();
        assert_eq!(delivered, ["DOWN payments", "UP checkout"]);
    }
}

#[tokio::test]
async fn a_process_may_die_before_or_after_any_request_of_the_move() {
    for request in 1..=requests().await {
        dies(|process| process.dying_before(request)).await;
        dies(|process| process.dying_after(request)).await;
    }
}

#[tokio::test]
async fn a_run_that_was_frozen_over_a_rename_changes_nothing_and_notifies_nothing_new() {
    let requests = {
        let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
        world.next_slot();
        let process = world.process();
        let plug = process.plug.clone();
        world.finish(process).await.completed();
        plug.requests()
    };
    for request in 1..=requests {
        let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
        world.next_slot();
        let process = world.process();
        process.plug.hold_before(request);
        let late = world.freeze(process).await;
        world.sync(&[monitor("payments").renamed("checkout")]).await;
        world.run().await;
        let (row, delivered) = (world.row("checkout").await, world.notified());
        world.wake(late).await;
        assert_eq!(world.notified(), delivered, "{request}");
        assert_eq!(world.row("checkout").await, row, "{request}");
        world.discard().await;
    }
}
