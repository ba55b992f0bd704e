//! Reads the availability of the monitors that a run watches.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use crate::archive::{Ask, Detail, load};
use crate::history::{DAY, HOUR, RollupUnit, Stretch, second, start_of};
use crate::inventory::{Inventory, WatchedMonitor};
use crate::monitor::{MonitorId, rough_duration};
use crate::page::MaintenanceTime;
use crate::report::{AvailabilityMetrics, AvailabilityWindow, chain};
use crate::run::{CompletedRun, RunOptions};
use crate::store::{StateReader, Store, StoreError};
use crate::view::Figures;

/// For how long a run waits for the history.
const BOUND: Duration = Duration::from_secs(5);

/// The figures of one monitor.
type ByWindow = BTreeMap<AvailabilityWindow, Figures>;

/// Reads it up to now within `left`, from the rows as they are after the run. An error is a sentence.
pub async fn read_availability(
    store: &Store,
    completed: &CompletedRun,
    options: &RunOptions,
    left: Duration,
) -> Result<AvailabilityMetrics, String> {
    let reader = store.state_reader(&options.shard);
    let reading = figures(&reader, &completed.inventory, completed.period, store.now());
    let bound = left.min(BOUND);
    let figures = match timeout(bound, Box::pin(reading)).await {
        Ok(read) => read.map_err(|error| chain(&error))?,
        Err(_) => return Err(format!("no answer within {}", rough_duration(bound))),
    };
    let ratios = figures.into_iter().map(|(id, windows)| {
        let ratio = |(window, figures): (_, Figures)| Some((window, figures.availability_ratio()?));
        (id, windows.into_iter().filter_map(ratio).collect())
    });
    Ok(AvailabilityMetrics::Measured(ratios.collect()))
}

/// Each window contains the one before, so only what it adds is read.
async fn figures(
    reader: &StateReader,
    inventory: &Inventory,
    period: Duration,
    now: Timestamp,
) -> Result<BTreeMap<MonitorId, ByWindow>, StoreError> {
    let monitors: Vec<&WatchedMonitor> = inventory.watchlist.enabled().map(AsRef::as_ref).collect();
    let rule = MaintenanceTime::Excluded;
    let mut all: BTreeMap<MonitorId, ByWindow> = BTreeMap::new();
    for (window, stretch, each) in stretches(now) {
        let ask = Ask { window: stretch, each, detail: Detail::Totals, period, now };
        for past in Box::pin(load(reader, inventory, &monitors, ask)).await? {
            let added = past.figures(rule);
            let windows = all.entry(past.monitor).or_default();
            let before = windows.last_key_value().map(|(_, figures)| figures);
            let whole = Figures::sum(before.into_iter().chain([&added]), rule);
            windows.insert(window, whole);
        }
    }
    Ok(all)
}

/// What each window adds to the one before, up to the second that is going on.
///
/// Windows begin at a full hour: the results of a part of an hour cost more to read than all other hours of its day. The
/// day is read by hours, and what is further back by days.
fn stretches(now: Timestamp) -> Vec<(AvailabilityWindow, Stretch, RollupUnit)> {
    let hour = start_of(second(now), HOUR);
    let mut to = second(now) + 1;
    let stretch = |window: AvailabilityWindow| {
        let stretch = Stretch { from: hour - window.days() * DAY, to };
        to = stretch.from;
        let each = match window {
            AvailabilityWindow::Day => RollupUnit::Hour,
            AvailabilityWindow::Week | AvailabilityWindow::Month => RollupUnit::Day,
        };
        (window, stretch, each)
    };
    AvailabilityWindow::ALL.into_iter().map(stretch).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::manual::Hand;
    use crate::history::{
        Directory, InMaintenance, Latencies, LedgerEntry, LedgerPage, RollupPage, Sample, Totals, moment,
    };
    use crate::inventory::Watchlist;
    use crate::monitor::{Monitor, Spec};
    use crate::state::{Lease, Shard};
    use crate::store::Acquired;
    use crate::store::testing::Shared;
    use crate::verdict::Verdict;

    /// 27 November 2026, 22:00 UTC.
    const END: i64 = 1_795_816_800;

    #[test]
    fn windows_add_up_without_a_gap_and_end_with_the_second_that_is_going_on() {
        let found = stretches(moment(END + 125));
        let expected = [
            (AvailabilityWindow::Day, END - DAY, END + 126, RollupUnit::Hour),
            (AvailabilityWindow::Week, END - 7 * DAY, END - DAY, RollupUnit::Day),
            (AvailabilityWindow::Month, END - 30 * DAY, END - 7 * DAY, RollupUnit::Day),
        ];
        assert_eq!(found, expected.map(|(window, from, to, each)| (window, Stretch { from, to }, each)));
    }

    /// 31 days of 1,000 monitors, of which each had a bad second a day, and the first run after a full hour.
    #[tokio::test]
    async fn all_windows_of_1000_monitors_cost_less_than_200_read_units() {
        let now = moment(END + 3);
        let shared = Shared::new(Hand::at(now).clock());
        let store = shared.open();
        let Acquired::Granted { run: writer, .. } =
            store.acquire(&Lease::sample("run", 1)).await.expect("it answers")
        else {
            panic!("the tables are new")
        };
        let monitor = |n: usize| Monitor::sample(&format!("m{n:04}"), "https://a.example");
        let watched = |n| WatchedMonitor::new(monitor(n), Spec::default(), None);
        let watchlist = Watchlist::new((0..1_000).map(watched).collect(), BTreeMap::new(), Vec::new());
        let ids: Vec<_> = watchlist.all.iter().map(|watched| watched.monitor.id.clone()).collect();
        let directory = writer.extend_directory(Directory::default(), &ids).await.expect("it extends");
        assert_eq!(directory.pages().len(), 5);
        let mut latencies = Latencies::default();
        (1..=30).for_each(|n| latencies.add(Some(Duration::from_millis(20 * n))));
        let rollup = |page, unit: RollupUnit, start| {
            let seconds = u64::try_from(unit.seconds()).expect("a day");
            let sum = Totals { passed: seconds / 120, observed: seconds, down: 1, ..Totals::default() };
            let totals = (0..200).map(|position| (position, (sum, latencies.clone()))).collect();
            RollupPage { page, unit, start, totals }
        };
        let today = start_of(END, DAY);
        for page in 0..5 {
            let days = (1..32).map(|day| rollup(page, RollupUnit::Day, today - day * DAY));
            let hours = (1..=31 * 24).map(|hour| rollup(page, RollupUnit::Hour, END - hour * HOUR));
            writer.write_rollups(&days.chain(hours).collect::<Vec<_>>()).await.expect("it writes");
            let sample = Sample {
                verdict: Verdict::Pass,
                reason: None,
                maintenance: InMaintenance::No,
                code: Some(200),
                latency: Some(Duration::from_millis(80)),
            };
            let entry = |position| LedgerEntry { position, sample };
            let run = LedgerPage::pack(page, moment(END), (0..200).map(entry));
            writer.write_ledger(&[run], Duration::from_hours(24)).await.expect("it writes");
        }
        let reading = shared.open();
        let inventory = Inventory { watchlist, ..Inventory::default() };
        let reader = reading.state_reader(&Shard::sample());
        let all = figures(&reader, &inventory, Duration::from_mins(2), now).await.expect("it reads");
        assert_eq!(all.len(), 1_000);
        // A bad second in each rollup: 24 hours; then 3 and 21 hours around 5 days; then 3 and 21 around 22.
        for windows in all.values() {
            let down: Vec<_> = windows.values().map(|one| (one.window, one.observed(), one.down())).collect();
            let (day, now) = (u64::try_from(DAY).expect("a day"), 4);
            let observed = |days: u64| (days * day + now, days * day + now);
            let expected = [(observed(1), 24), (observed(7), 24 + 29), (observed(30), 24 + 29 + 46)];
            assert_eq!(down, expected.map(|((window, observed), down)| (window, observed, down)));
        }
        let consumed = reading.consumed();
        assert!(consumed.read_units < 200.0 && consumed.write_units == 0.0, "{consumed:?}");
    }
}
