//! A status page that is made from the days that are kept beside it has the bytes of one that is read in full.

use std::time::Duration;

use super::watched::{Watched, monitor};
use super::world::World;
use crate::archive::{PageAsk, read_page};
use crate::history::{DAY, second};
use crate::monitor::Selector;
use crate::page::{Combine, ComponentId, Indexing, MaintenanceTime, PageComponent, PageFile, StatusPage};
use crate::report::page_files;
use crate::run::read_inventory;
use crate::state::Shard;
use crate::view::{ClosedDays, ProberCondition};

const PERIOD: Duration = Duration::from_mins(2);

fn component(id: &str, selector: &str, combine: Combine) -> PageComponent {
    PageComponent {
        id: ComponentId::parse(id).expect("an id"),
        name: id.to_owned(),
        group: None,
        monitors: Selector::parse(selector).expect("a selector"),
        combine,
    }
}

fn page() -> StatusPage {
    StatusPage {
        id: "public".to_owned(),
        title: "Acme".to_owned(),
        url: "https://status.acme.example".to_owned(),
        components: vec![
            component("any", "*", Combine::Worst),
            component("both", "payments,login", Combine::All),
            component("pay", "payments", Combine::Worst),
        ],
        days: 9,
        slo: None,
        stale_after: Duration::from_mins(10),
        maintenance: MaintenanceTime::Excluded,
        indexing: Indexing::Refused,
    }
}

/// The page of a world, and what is kept beside it.
struct Kept {
    page: StatusPage,
    closed: Option<ClosedDays>,
    /// Builds that read less than all.
    short: usize,
}

impl Kept {
    /// Makes the page from what is kept and in full, and compares all files.
    async fn build(&mut self, world: &World) {
        let (full, _, all) = self.made(world, None).await;
        let before = self.closed.as_ref().map(ClosedDays::text);
        let before = before.map(|text| ClosedDays::parse(text.as_bytes()).expect("it was written"));
        let (kept, closed, cost) = self.made(world, before).await;
        assert_eq!(kept, full, "at {}", world.now());
        self.short += usize::from(cost < all);
        self.closed = closed;
    }

    async fn made(
        &self,
        world: &World,
        before: Option<ClosedDays>,
    ) -> (Vec<PageFile>, Option<ClosedDays>, f64) {
        let store = world.shared.open();
        let shard = Shard::sample();
        let (inventory, run) = read_inventory(&store, &shard, None).await.expect("the tables read");
        let last = run.and_then(|run| run.last_ok).expect("a run");
        let ask = PageAsk {
            page: &self.page,
            notices: &[],
            now: world.now(),
            last_run: Some(last.at),
            rolled_up: last.rolled_up,
            period: PERIOD,
            prober: ProberCondition::Connected,
        };
        let inventory_cost = store.consumed().read_units;
        let stored = read_page(&store.state_reader(&shard), &inventory, ask, before).await.expect("it reads");
        let cost = store.consumed().read_units - inventory_cost;
        (page_files(&stored.view).expect("the templates fit"), stored.closed, cost)
    }
}

/// Runs until the next multiple of six hours and a bit, once an hour, and builds the page.
async fn pass_a_quarter(world: &mut World, kept: &mut Kept) {
    for _ in 0..6 {
        world.pass(Duration::from_mins(58));
        world.run().await;
    }
    kept.build(world).await;
}

/// Goes on until this much of a day has passed.
async fn until(world: &mut World, kept: &mut Kept, hour: i64) {
    while second(world.now()).rem_euclid(DAY) / 3_600 != hour {
        world.pass(Duration::from_mins(58));
        world.run().await;
    }
    kept.build(world).await;
}

fn watched() -> Vec<Watched> {
    vec![monitor("payments").failures(2), monitor("login").failures(2), monitor("search").failures(2)]
}

#[tokio::test]
async fn a_page_from_closed_days_is_byte_for_byte_the_page_that_is_read_in_full() {
    let mut world = World::watching(&watched()).await;
    let mut kept = Kept { page: page(), closed: None, short: 0 };
    world.run().await;
    for day in 0..14 {
        until(&mut world, &mut kept, 22).await;
        // Over midnight, overlapping, and over several days.
        match day {
            1 | 6 => world.break_("payments"),
            2 => world.break_("login"),
            3 => world.break_("search"),
            _ => {}
        }
        pass_a_quarter(&mut world, &mut kept).await;
        match day {
            1 | 11 => world.repair("payments"),
            4 => world.repair("search"),
            5 => world.repair("login"),
            _ => {}
        }
        pass_a_quarter(&mut world, &mut kept).await;
        match day {
            // One is added, one is renamed, one is removed.
            7 => world.sync(&[watched(), vec![monitor("billing")]].concat()).await,
            8 => {
                let renamed = monitor("login").failures(2).renamed("sign-in");
                kept.page.components[1] = component("both", "payments,sign-in", Combine::All);
                world.sync(&[watched().remove(0), renamed, watched().remove(2), monitor("billing")]).await;
            }
            9 => {
                let renamed = monitor("login").failures(2).renamed("sign-in");
                world.sync(&[watched().remove(0), renamed, monitor("billing")]).await;
            }
            12 => kept.page.maintenance = MaintenanceTime::Included,
            _ => {}
        }
        pass_a_quarter(&mut world, &mut kept).await;
    }
    // All but the first days, and the builds after a change of the page or its monitors.
    assert!(kept.short > 25, "{} short builds", kept.short);
}
