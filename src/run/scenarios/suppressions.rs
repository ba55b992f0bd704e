//! Maintenance and silences: alerts are suppressed, and nothing is lost.
//!
//! The world begins at 10:00, and each run is two minutes later: the first one, at 10:02, sees everything up.

use std::time::Duration;

use super::process::Process;
use super::watched::{Watched, monitor};
use super::world::{World, heard};
use crate::deliver::recording::Mode;
use crate::suppress::DiscardReason;
use crate::transition::Health;

const HOUR: Duration = Duration::from_hours(1);

/// Payments, suppressed from 10:03 to 10:09: in the runs of 10:04, 10:06 and 10:08.
fn maintained() -> Watched {
    monitor("payments").maintained("2026-11-20T10:03", "6m")
}

async fn runs(world: &mut World, number: usize) {
    for _ in 0..number {
        world.run().await;
    }
}

#[tokio::test]
async fn in_a_window_a_monitor_is_probed_and_its_health_is_kept_and_no_notification_is_sent() {
    let mut world = World::where_broke(&[maintained(), monitor("search")], &["payments", "search"]).await;
    let completed = world.run().await;
    let mut probed = world.probed();
    probed.sort();
    assert_eq!(probed, ["payments", "search"]);
    assert_eq!(world.notified(), ["DOWN search"]);
    let row = world.row("payments").await;
    assert_eq!((row.confirmed.health, heard(&row).seq, row.confirmed.seq), (Health::Down, 0, 1));
    assert!(!completed.is_partial(), "what is suppressed is no failure: {completed:?}");
    let suppressed: Vec<_> = completed
        .notified
        .suppressed
        .iter()
        .map(|(id, why)| format!("{id} {}", why.text(world.now())))
        .collect();
    assert_eq!(suppressed, ["payments suppressed until 10:09 UTC: maintenance: patching"]);
}

// Trap 7: a bogus DOWN, or a missing one, at the end of a window.
#[tokio::test]
async fn an_outage_that_lasts_beyond_its_window_is_notified_once_when_the_window_ends() {
    let mut world = World::where_broke(&[maintained()], &["payments"]).await;
    runs(&mut world, 3).await;
    assert_eq!(world.notified(), [""; 0]);
    runs(&mut world, 2).await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    let incident = world.accepted().remove(0).incident.expect("it shows the incident");
    assert_eq!(incident.opened_at, world.row("payments").await.confirmed.since, "from its first failure on");
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn an_outage_wholly_inside_a_window_is_discarded_without_a_message() {
    let mut world = World::where_broke(&[maintained()], &["payments"]).await;
    world.run().await;
    world.repair("payments");
    let completed = world.run().await;
    let discarded: Vec<_> =
        completed.notified.discarded.iter().map(|one| (one.accepted.monitor.as_str(), &one.why)).collect();
    assert_eq!(discarded, [("payments", &DiscardReason::Recovered)]);
    let row = world.row("payments").await;
    assert_eq!((heard(&row).seq, heard(&row).health, row.confirmed.seq), (2, Health::Up, 2));
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
    assert_eq!(world.incidents("payments").await.len(), 1, "the history keeps it");
    world.break_("payments");
    runs(&mut world, 2).await;
    assert_eq!(world.notified(), ["DOWN payments"], "the next outage is notified as ever");
}

#[tokio::test]
async fn several_outages_inside_a_window_are_all_discarded() {
    let mut world =
        World::where_broke(&[monitor("payments").maintained("2026-11-20T10:03", "1h")], &[]).await;
    for _ in 0..2 {
        world.break_("payments");
        world.run().await;
        world.repair("payments");
        world.run().await;
    }
    world.discard().await;
    assert_eq!((world.notified(), heard(&world.row("payments").await).seq), (vec![], 4));
}

// Good again at 10:08, confirmed at 10:10.
#[tokio::test]
async fn an_outage_that_is_over_in_a_window_and_confirmed_after_it_is_discarded_too() {
    let mut world = World::where_broke(&[maintained().successes(2)], &["payments"]).await;
    runs(&mut world, 2).await;
    world.repair("payments");
    world.run().await;
    assert_eq!(world.row("payments").await.confirmed.health, Health::Down);
    // The first message after the window waits for the first probe after it.
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

// Trap 7: what was seen in the window is no reason for a DOWN after it.
#[tokio::test]
async fn what_is_good_again_at_the_first_probe_after_a_window_is_no_down() {
    let mut world = World::where_broke(&[maintained()], &["payments"]).await;
    runs(&mut world, 3).await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), [""; 0], "it was never seen to be down outside of it");
}

// Trap 7: the machine that checks is rebooted in its own window, and comes back long after it.
#[tokio::test]
async fn however_late_the_first_probe_after_a_window_is_it_decides() {
    for (is_good, delivered) in [(true, ["WAS DOWN payments"]), (false, ["DOWN payments"])] {
        let mut world = World::where_broke(&[maintained()], &["payments"]).await;
        runs(&mut world, 2).await;
        world.pass(HOUR);
        if is_good {
            world.repair("payments");
        }
        world.run().await;
        assert_eq!(world.notified(), delivered);
    }
}

#[tokio::test]
async fn an_outage_that_began_before_a_window_and_is_over_in_it_is_notified_late() {
    let monitors = [monitor("payments").failures(2).maintained("2026-11-20T10:05", "6m")];
    let mut world = World::where_broke(&monitors, &["payments"]).await;
    runs(&mut world, 2).await;
    world.repair("payments");
    runs(&mut world, 2).await;
    assert_eq!(world.notified(), [""; 0], "held until the window ends");
    world.discard().await;
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
}

// Trap 7: Alertmanager swallows the end of what it has sent.
#[tokio::test]
async fn the_end_of_an_outage_that_people_know_of_is_notified_at_once_also_in_a_window() {
    let monitors = [monitor("payments").maintained("2026-11-20T10:05", "1h")];
    let mut world = World::where_broke(&monitors, &["payments"]).await;
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.repair("payments");
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
    // And from then on nothing more is notified in it, with other ids than before (trap 6).
    world.break_("payments");
    world.run().await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
    let ids: Vec<_> = world.accepted().into_iter().map(|alert| alert.id).collect();
    assert_ne!(ids[0], ids[1]);
}

// It is pending since before the window, which is not why no alert was sent.
#[tokio::test]
async fn what_the_topic_did_not_take_before_a_window_is_notified_after_it() {
    let monitors = [monitor("payments").maintained("2026-11-20T10:07", "6m")];
    let mut world = World::where_broke(&monitors, &["payments"]).await;
    world.topic(Mode::Down);
    world.run().await;
    world.repair("payments");
    world.run().await;
    world.topic(Mode::Accept);
    runs(&mut world, 3).await;
    assert_eq!(world.notified(), [""; 0]);
    world.discard().await;
    assert_eq!(world.notified(), ["WAS DOWN payments"]);
}

// Trap 8: what is suppressed hides nothing of what is not.
#[tokio::test]
async fn a_silence_suppresses_what_it_selects_and_nothing_else() {
    let monitors = [monitor("payments-api"), monitor("payments-db"), monitor("search")];
    let mut world = World::where_broke(&monitors, &["payments-api", "payments-db", "search"]).await;
    world.silence("payments-*,!payments-db", HOUR).await;
    let completed = world.run().await;
    assert_eq!(world.notified(), ["DOWN payments-db", "DOWN search"]);
    assert_eq!(
        completed.notified.suppressed[0].1.text(world.now()),
        "suppressed until 11:02 UTC: silence by x@host: deploying"
    );
}

#[tokio::test]
async fn a_silence_that_ends_early_notifies_what_it_suppressed() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    let id = world.silence("payments", HOUR).await;
    runs(&mut world, 2).await;
    assert_eq!(world.notified(), [""; 0]);
    world.end_silence(&id).await;
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn a_silence_ends_by_its_time_and_what_was_inside_is_discarded() {
    let mut world =
        World::where_broke(&[monitor("payments"), monitor("search")], &["payments", "search"]).await;
    world.silence("*", Duration::from_mins(5)).await;
    world.run().await;
    world.repair("search");
    world.run().await;
    assert_eq!(world.notified(), [""; 0]);
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn an_outage_over_two_silences_that_follow_each_other_is_discarded() {
    let mut world = World::where_broke(&[monitor("payments")], &[]).await;
    world.silence("*", Duration::from_mins(3)).await;
    world.break_("payments");
    world.run().await;
    world.silence("team:missing|payments", Duration::from_mins(10)).await;
    world.run().await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

#[tokio::test]
async fn a_monitor_that_never_came_up_is_notified_after_its_window() {
    let mut world = World::watching(&[]).await;
    world.sync(&[monitor("payments").maintained("2026-11-20T10:00", "5m")]).await;
    world.break_("payments");
    runs(&mut world, 2).await;
    assert_eq!(world.notified(), [""; 0]);
    world.run().await;
    assert_eq!(world.notified(), ["DOWN payments"]);
}

#[tokio::test]
async fn an_outage_that_is_seen_once_after_its_window_is_notified() {
    let mut world = World::where_broke(&[maintained().failures(2)], &["payments"]).await;
    runs(&mut world, 4).await;
    world.repair("payments");
    world.discard().await;
    assert_eq!(world.notified(), ["DOWN payments", "UP payments"]);
}

#[tokio::test]
async fn in_a_silence_no_one_is_reminded_and_after_it_people_are() {
    let mut world = World::where_broke(&[monitor("payments").remind("15m")], &["payments"]).await;
    world.run().await;
    let id = world.silence("*", HOUR).await;
    runs(&mut world, 9).await;
    assert_eq!(world.notified(), ["DOWN payments"]);
    world.end_silence(&id).await;
    world.run().await;
    assert_eq!(world.notified().len(), 2, "{:?}", world.notified());
}

// No alert said that it was down, so none has to say that it is over.
#[tokio::test]
async fn a_monitor_that_is_switched_off_while_it_is_silently_down_is_discarded() {
    let mut world = World::where_broke(&[monitor("payments")], &["payments"]).await;
    world.silence("*", HOUR).await;
    world.run().await;
    world.sync(&[monitor("payments").off()]).await;
    world.discard().await;
    assert_eq!(world.notified(), [""; 0]);
}

// A crash at every request of the run that discards leaves it discarded once, or to the next run.
#[tokio::test]
async fn a_crash_while_discarding_sends_nothing_and_leaves_nothing_pending() {
    let dying: [fn(Process, usize) -> Process; 2] = [Process::dying_before, Process::dying_after];
    for die in dying {
        for request in 1..14 {
            let mut world = World::where_broke(&[monitor("payments")], &[]).await;
            world.silence("*", HOUR).await;
            world.break_("payments");
            world.run().await;
            world.repair("payments");
            world.next_slot();
            let process = world.process();
            world.finish(die(process, request)).await;
            world.discard().await;
            assert_eq!((world.notified(), heard(&world.row("payments").await).seq), (vec![], 2), "{request}");
        }
    }
}
