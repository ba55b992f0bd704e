//! What runs leave in the history: every change of health in the journal, and hours that add up to what the samples say.

use std::time::Duration;

use super::watched::monitor;
use super::world::World;
use crate::archive::{Ask, Detail, load};
use crate::history::{HOUR, RollupUnit, Stretch, second, start_of};
use crate::page::MaintenanceTime;
use crate::run::read_inventory;
use crate::state::Shard;
use crate::store::Consistency;
use crate::transition::Health;
use crate::view::MonitorPast;

const PERIOD: Duration = Duration::from_mins(2);

/// Whatever went wrong, the journal knows the last change of each of these.
pub async fn has_its_last_change_in_the_journal(world: &World, ids: &[&str]) {
    let now = world.now();
    let ever = Stretch { from: second(now) - 400 * HOUR, to: second(now) + HOUR };
    let journal = world.history().journal(ever, (now, Consistency::Strong)).await.expect("it reads");
    for id in ids {
        let confirmed = world.row(id).await.confirmed;
        let last = journal.iter().rfind(|change| change.monitor.as_str() == *id).expect("it changed");
        assert_eq!((last.seq, last.at, last.to), (confirmed.seq, confirmed.since, confirmed.health), "{id}");
    }
}

/// What is kept of the hours that begin in the last ten.
async fn kept_hours(world: &World) -> Vec<i64> {
    let now = world.now();
    let place = (RollupUnit::Hour, 0);
    let within = Stretch { from: second(now) - 10 * HOUR, to: second(now) + HOUR };
    let hours = world.history().rollups(place, within, (now, Consistency::Strong)).await.expect("they read");
    hours.into_keys().collect()
}

async fn past(world: &World, id: &str, window: Stretch) -> MonitorPast {
    let store = world.shared.open();
    let (inventory, _) = read_inventory(&store, &Shard::sample(), None).await.expect("the tables read");
    let watched = inventory.watchlist.enabled().find(|watched| watched.monitor.id.as_str() == id);
    let ask =
        Ask { window, each: RollupUnit::Hour, detail: Detail::Latencies, period: PERIOD, now: world.now() };
    let reader = store.state_reader(&Shard::sample());
    let mut pasts =
        load(&reader, &inventory, &[watched.expect("it is watched")], ask).await.expect("it reads");
    pasts.remove(0)
}

// A run for some monitors keeps its changes, and leaves the slot open; the next run writes what was left again.
#[tokio::test]
async fn a_change_that_a_run_for_one_monitor_saw_stays_as_that_run_wrote_it() {
    let mut world = World::where_broke(&[monitor("login"), monitor("payments")], &["payments"]).await;
    world.next_slot();
    let process = world.process().only("payments");
    world.finish(process).await.completed();
    let ever = |world: &World| Stretch { from: 0, to: second(world.now()) + HOUR };
    let kept =
        world.history().journal(ever(&world), (world.now(), Consistency::Strong)).await.expect("it reads");
    assert!(kept.iter().any(|change| change.to == Health::Down && change.reason.is_some()), "{kept:?}");
    world.run().await;
    let later =
        world.history().journal(ever(&world), (world.now(), Consistency::Strong)).await.expect("it reads");
    assert_eq!(later, kept);
}

/// It fails three times from six minutes before the hour on, so that the outage is confirmed in the next hour.
#[tokio::test]
async fn an_hour_is_rolled_up_again_when_an_outage_is_confirmed_that_began_in_it() {
    let mut world = World::watching(&[monitor("payments").failures(3), monitor("login")]).await;
    let in_hour = |world: &World| second(world.now()).rem_euclid(HOUR);
    while in_hour(&world) != HOUR - 480 {
        world.run().await;
    }
    world.break_("payments");
    for _ in 0..3 {
        world.run().await;
    }
    let boundary = start_of(second(world.now()), HOUR) + HOUR;
    assert_eq!(
        world.row("payments").await.confirmed.health,
        Health::Down,
        "confirmed before the hour is over"
    );
    world.repair("payments");
    world.run().await;
    assert_eq!(second(world.now()), boundary);
    world.run().await;
    let hour = Stretch { from: boundary - HOUR, to: boundary };
    assert_eq!(kept_hours(&world).await.last(), Some(&hour.from));
    let down = |past: &MonitorPast| past.figures_of(hour, MaintenanceTime::Excluded).down();
    let rolled = past(&world, "payments", hour).await;
    // It came back with the first run of the next hour.
    assert_eq!(down(&rolled), 360);
    assert_eq!(rolled.incidents.len(), 1);
    has_its_last_change_in_the_journal(&world, &["payments"]).await;
    // The streak begins in the hour, and is confirmed after it was rolled up.
    while in_hour(&world) != HOUR - 240 {
        world.run().await;
    }
    world.break_("payments");
    for _ in 0..2 {
        world.run().await;
    }
    let later = Stretch { from: boundary, to: boundary + HOUR };
    assert_eq!(second(world.now()), later.to);
    assert_eq!(kept_hours(&world).await.last(), Some(&later.from));
    let down = |past: &MonitorPast| past.figures_of(later, MaintenanceTime::Excluded).down();
    // The first outage ended at the beginning of the hour, or some milliseconds later, which count as a second.
    let before = down(&past(&world, "payments", later).await);
    assert!(before <= 1, "{before} s");
    world.run().await;
    let confirmed = past(&world, "payments", later).await;
    assert_eq!(down(&confirmed) - before, 120);
    assert_eq!(confirmed.health.map(|(health, _)| health), Some(Health::Down));
}

#[tokio::test]
async fn a_run_after_a_pause_catches_up_with_the_hours_in_which_others_ran() {
    let mut world = World::watching(&[monitor("payments")]).await;
    world.run().await;
    world.run().await;
    let began = start_of(second(world.now()), HOUR);
    world.pass(Duration::from_hours(60));
    world.run().await;
    // Hours without a run are written too, so that no reader looks for them in vain; 48 at once.
    let now = world.now();
    let within = Stretch { from: began, to: second(now) };
    let hours = world.history().rollups((RollupUnit::Hour, 0), within, (now, Consistency::Strong)).await;
    assert_eq!(hours.expect("they read").len(), 48);
    world.run().await;
    let hours = world.history().rollups((RollupUnit::Hour, 0), within, (now, Consistency::Strong)).await;
    assert_eq!(hours.expect("they read").len(), 60);
    // It is the third day, and the first one began before the first run.
    let within = Stretch { from: began - 24 * HOUR, ..within };
    let days = world.history().rollups((RollupUnit::Day, 0), within, (now, Consistency::Strong)).await;
    assert_eq!(days.expect("they read").len(), 2);
}
