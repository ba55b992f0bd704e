//! A made-up quarter in an embedded store: days, hours of today, and outages of all monitors.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use monitorctl::stored_history::{
    Acquired, ChangedIncident, Clock, DAY, HOUR, Health, HealthChange, Latencies, Lease, MonitorId,
    RollupPage, RollupUnit, RunWriter, Shard, Store, StoreTarget, TableNames, Totals, moment, start_of,
};

/// Outages of each monitor in the quarter.
const OUTAGES: i64 = 3;

/// Adds the quarter to a store in which a run was.
pub fn store(path: &Path) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(fill(path))
}

async fn fill(path: &Path) -> Result<(), Box<dyn Error>> {
    let [configs, states, history] =
        ["configs", "states", "history"].map(|name| format!("api_health_{name}"));
    let tables = TableNames { configs, states, history };
    let store = Store::open(StoreTarget::Embedded(path.to_owned()), tables, Clock::system()).await?;
    let shard = Shard::new("0");
    let directory = store.state_reader(&shard).directory().await?;
    let lease = Lease {
        shard,
        holder: "bench".to_owned(),
        host: "bench".to_owned(),
        process: None,
        instead_of: None,
        slot: store.now().as_second().unsigned_abs() / 120 + 1,
        period: Duration::from_mins(2),
        ttl: Duration::from_secs(1),
        again: false,
    };
    let Acquired::Granted { run, .. } = store.acquire(&lease).await? else {
        return Err("the run before is not over".into());
    };
    let now = store.now().as_second();
    for page in 0..directory.pages().len() {
        rollups(&run, page, now).await?;
    }
    let ids: Vec<_> = directory.pages().iter().flatten().collect();
    for ids in ids.chunks(100) {
        let changes: Vec<_> = ids.iter().flat_map(|id| outages(id, now)).collect();
        run.write_journal(&changes, &directory).await?;
    }
    Ok(())
}

async fn rollups(run: &RunWriter, page: usize, now: i64) -> Result<(), Box<dyn Error>> {
    let mut latencies = Latencies::default();
    (1..=30).for_each(|n| latencies.add(Some(Duration::from_millis(20 * n))));
    let rollup = |unit: RollupUnit, start: i64| {
        let seconds = unit.seconds().unsigned_abs();
        let well = Totals { passed: seconds / 120, observed: seconds - 300, ..Totals::default() };
        let totals = (0..200).map(|position| (position, (well, latencies.clone()))).collect();
        RollupPage { page, unit, start, totals }
    };
    let (today, hour) = (start_of(now, DAY), start_of(now, HOUR));
    for day in 1..90 {
        run.write_rollups(&[rollup(RollupUnit::Day, today - day * DAY)]).await?;
    }
    for start in (today..hour).step_by(3_600) {
        run.write_rollups(&[rollup(RollupUnit::Hour, start)]).await?;
    }
    Ok(())
}

/// Ten minutes each, spread over the quarter by the id.
fn outages(id: &MonitorId, now: i64) -> Vec<HealthChange> {
    let shift = id.as_str().bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % (25 * DAY));
    let outage = |n: i64| {
        let opened = now - 88 * DAY + n * 29 * DAY + shift;
        let closed = opened + 600;
        let change = |seq: i64, at, from, to, closed: Option<i64>| HealthChange {
            monitor: id.clone(),
            seq: seq.unsigned_abs(),
            at: moment(at),
            from,
            to,
            incident: Some(ChangedIncident {
                n: (n + 1).unsigned_abs(),
                opened: moment(opened),
                closed: closed.map(moment),
                cause: "HTTP 503, expected 200".to_owned(),
            }),
            why: String::new(),
            reason: None,
            unwatched: None,
        };
        [
            change(2 * n + 1, opened, Health::Up, Health::Down, None),
            change(2 * n + 2, closed, Health::Down, Health::Up, Some(closed)),
        ]
    };
    (0..OUTAGES).flat_map(outage).collect()
}
