//! What a status page costs late in the day: 90 days of 1,000 monitors, with the hours of the last day and the samples of this
//! hour.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::clock::manual::Hand;
use crate::history::{
    ChangedIncident, DAY, Directory, HealthChange, InMaintenance, Latencies, LedgerEntry, LedgerPage,
    RollupPage, RollupUnit, Sample, Totals, moment, start_of,
};
use crate::inventory::{Inventory, WatchedMonitor, Watchlist};
use crate::monitor::{Monitor, MonitorId, Selector};
use crate::page::{Combine, ComponentId, Indexing, MaintenanceTime, PageComponent, StatusPage};
use crate::state::{IncidentKey, Lease, Row, Shard};
use crate::store::testing::Shared;
use crate::store::{Acquired, RunWriter};
use crate::transition::{Confirmed, Health};
use crate::verdict::Verdict;
use crate::view::{ClosedDays, ProberCondition};

/// 25 February 2027, 22:00 UTC; the samples reach half an hour further.
const END: i64 = 1_803_592_800;

/// 50 components of 20 monitors each.
fn page() -> StatusPage {
    let component = |n: usize| PageComponent {
        id: ComponentId::parse(&format!("part-{n}")).expect("an id"),
        name: format!("Part {n}"),
        group: None,
        monitors: Selector::parse(&format!("part-{n}-*")).expect("a selector"),
        combine: Combine::Worst,
    };
    StatusPage {
        id: "public".to_owned(),
        title: "Acme".to_owned(),
        url: "https://status.acme.example".to_owned(),
        components: (0..50).map(component).collect(),
        days: 90,
        slo: None,
        stale_after: Duration::from_mins(10),
        maintenance: MaintenanceTime::Excluded,
        indexing: Indexing::Refused,
    }
}

fn ids() -> Vec<MonitorId> {
    (0..1_000).map(|n| MonitorId::parse(&format!("part-{}-{n}", n % 50)).expect("an id")).collect()
}

fn inventory() -> Inventory {
    let watched = |id: MonitorId| WatchedMonitor {
        monitor: Monitor::sample(id.as_str(), "https://a.example"),
        judged: String::new(),
        owner: None,
        formerly: Vec::new(),
    };
    let rows = ids().into_iter().map(|id| (id.clone(), row(id))).collect();
    let all = ids().into_iter().map(watched).collect();
    Inventory { watchlist: Watchlist::new(all, BTreeMap::new(), Vec::new()), rows, ..Inventory::default() }
}

/// It is UP since before the quarter.
fn row(monitor: MonitorId) -> Row {
    let confirmed = Confirmed { health: Health::Up, ..Confirmed::new(moment(END - 200 * DAY)) };
    Row {
        incident_key: IncidentKey::next(None, &monitor, "1f", None),
        monitor,
        incarnation: "1f".to_owned(),
        revision: 0,
        confirmed,
        delivered: BTreeMap::new(),
        first_pending: Vec::new(),
        epoch: 0,
        why: String::new(),
        judged: String::new(),
        run: String::new(),
    }
}

/// Days, the last 24 hours, and samples of this hour.
async fn fill(writer: &RunWriter) {
    let mut latencies = Latencies::default();
    (1..=30).for_each(|n| latencies.add(Some(Duration::from_millis(20 * n))));
    let rollup = |page, unit: RollupUnit, start| {
        let seconds = u64::try_from(unit.seconds()).expect("a day");
        let well = Totals { passed: seconds / 120, observed: seconds - 300, ..Totals::default() };
        let totals = (0..200).map(|position| (position, (well, latencies.clone()))).collect();
        RollupPage { page, unit, start, totals }
    };
    let today = start_of(END, DAY);
    for page in 0..5 {
        let days = (1..90).map(|day| rollup(page, RollupUnit::Day, today - day * DAY));
        let hours = (END - DAY..END).step_by(3_600).map(|start| rollup(page, RollupUnit::Hour, start));
        writer.write_rollups(&days.chain(hours).collect::<Vec<_>>()).await.expect("it writes");
        let run = |n: i64| {
            let sample = Sample {
                verdict: Verdict::Pass,
                reason: None,
                maintenance: InMaintenance::No,
                code: Some(200),
                latency: Some(Duration::from_millis(80)),
            };
            let entry = |position| LedgerEntry { position, sample };
            LedgerPage::pack(page, moment(END + n * 120), (0..200).map(entry))
        };
        let runs: Vec<_> = (0..15).map(run).collect();
        writer.write_ledger(&runs, Duration::from_hours(24)).await.expect("it writes");
    }
}

/// An outage of ten minutes of each monitor, one after the other. A change of health costs about 0.02 read units.
fn outages(ids: &[MonitorId]) -> Vec<HealthChange> {
    let outage = |(n, id): (i64, &MonitorId)| {
        let opened = END - 89 * DAY + n * 7_000;
        let change = |seq, at: i64, from, to, closed: Option<i64>| HealthChange {
            monitor: id.clone(),
            seq,
            at: moment(at),
            from,
            to,
            incident: Some(ChangedIncident {
                n: 1,
                opened: moment(opened),
                closed: closed.map(moment),
                cause: "HTTP 503, expected 200".to_owned(),
            }),
            why: String::new(),
            reason: None,
            unwatched: None,
        };
        let closed = opened + 600;
        [
            change(1, opened, Health::Up, Health::Down, None),
            change(2, closed, Health::Down, Health::Up, Some(closed)),
        ]
    };
    (0..).zip(ids).flat_map(outage).collect()
}

fn ask(page: &StatusPage, now: Timestamp) -> PageAsk<'_> {
    PageAsk {
        page,
        notices: &[],
        now,
        last_run: Some(now),
        rolled_up: Some(moment(END)),
        period: Duration::from_mins(2),
        prober: ProberCondition::Connected,
    }
}

/// A store with a quarter of all monitors, half an hour after its end.
async fn filled() -> (Shared, Timestamp) {
    let now = moment(END + 1_800);
    let shared = Shared::new(Hand::at(now).clock());
    let store = shared.open();
    let Acquired::Granted { run: writer, .. } =
        store.acquire(&Lease::sample("run", 1)).await.expect("it answers")
    else {
        panic!("the tables are new")
    };
    let directory = writer.extend_directory(Directory::default(), &ids()).await.expect("it extends");
    fill(&writer).await;
    writer.write_journal(&outages(&ids()), &directory).await.expect("it writes");
    (shared, now)
}

/// The page, and the read units that it took beyond those of the inventory.
async fn built(shared: &Shared, now: Timestamp, before: Option<ClosedDays>) -> (StoredPage, f64) {
    let (page, store) = (page(), shared.open());
    let ask = ask(&page, now);
    let reader = store.state_reader(&Shard::sample());
    let stored = read_page(&reader, &inventory(), ask, before).await.expect("it reads");
    (stored, store.consumed().read_units)
}

#[tokio::test]
async fn a_page_of_90_days_of_1000_monitors_costs_less_than_400_read_units_and_later_less_than_230() {
    let (shared, now) = filled().await;
    let (first, full) = built(&shared, now, None).await;
    assert_eq!(first.view.components.iter().map(|component| component.days.len()).sum::<usize>(), 50 * 90);
    assert!(first.view.components.iter().flat_map(|one| &one.days).all(|day| day.observed > 0));
    assert!(first.view.incidents.len() > 900);
    assert!(full < 400.0, "{full} read units");
    let closed = first.closed.clone().expect("days are closed");
    let (later, short) = built(&shared, now, Some(closed)).await;
    assert_eq!(later, first);
    assert!(short < 230.0, "{short} read units, and {full} in full");
}

#[tokio::test]
async fn a_private_page_of_1000_monitors_costs_less_than_500_read_units_and_shows_the_public_one_too() {
    let (shared, now) = filled().await;
    let (public, _) = built(&shared, now, None).await;
    let (page, store) = (page(), shared.open());
    let reader = store.state_reader(&Shard::sample());
    let private = read_private_page(&reader, &inventory(), ask(&page, now)).await.expect("it reads");
    let cost = store.consumed().read_units;
    assert_eq!(private.page, public.view);
    assert_eq!(private.monitors.len(), 1_000);
    for one in &private.monitors {
        assert_eq!((one.hours.len(), one.month.len()), (25, 30), "{}", one.monitor.id);
        let parts = || one.hours.iter().chain(&one.month);
        assert!(parts().all(|part| part.figures.observed() > 0 && part.figures.percentiles.p50.is_some()));
    }
    let incidents: usize = private.monitors.iter().map(|one| one.incidents.len()).sum();
    assert_eq!(incidents, 1_000);
    assert!(cost < 500.0, "{cost} read units");
}
