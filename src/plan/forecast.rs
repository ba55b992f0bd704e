//! What a catalog costs, and how soon it alerts, before and after a plan. Arithmetic on what the files say;
//! nothing is measured. What the options of a machine cost (`--metrics`) is no part of it: no file names them.

use std::time::Duration;

use serde_json::Value;

use super::{Change, Live, Plan};
use crate::monitor::{DEFAULT_INTERVAL, Monitor, MonitorId, Spec, parse_duration, probes_apart};

/// Days that a month is counted as.
const MONTH: Duration = Duration::from_hours(30 * 24);

/// Write units of every run: the lease taken and given back.
const WRITES_A_RUN: f64 = 2.0;

/// Results that fit into one write unit of the ledger.
const RESULTS_A_WRITE: usize = 200;

/// Hours and days that are rolled up in a month.
const ROLLUPS: f64 = 750.0;

/// Write units of an hour or a day of 200 monitors, about: figures, and latencies of eight steps each.
const WRITES_A_ROLLUP: f64 = 14.0;

/// Bytes of a read unit that is consistent; of one that is not, twice as many.
const READ_UNIT: f64 = 4096.0;

/// Bytes of a state row, and of a config item beside its spec, about. Counted with `store` of `check --format json`.
const ROW: usize = 280;
const ITEM: usize = 400;

/// Before and after a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    pub before: MonthlyLoad,
    pub after: MonthlyLoad,
    /// Monitors for which it changes, slowest first.
    pub times_to_alert: Vec<TimeToAlert>,
}

/// What the monitors of one owner ask for in a month of 30 days.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MonthlyLoad {
    pub monitors: usize,
    pub probes: f64,
    pub read_units: f64,
    pub write_units: f64,
}

/// Dollars for a million units of DynamoDB on demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Prices {
    pub reads: f64,
    pub writes: f64,
    /// Where and when they were so.
    pub source: String,
}

/// The longest time from the begin of an outage to the message about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeToAlert {
    pub id: MonitorId,
    /// `None` if it was not watched.
    pub before: Option<Duration>,
    /// `None` if it is not watched any more.
    pub after: Option<Duration>,
}

impl Default for Prices {
    /// us-east-1 in November 2026, from the price list of DynamoDB on demand.
    fn default() -> Self {
        Self { reads: 0.125, writes: 0.625, source: "us-east-1, 2026-11".to_owned() }
    }
}

/// What `plan` changes in cost and in the worst-case time to alert. `period` is the time from one cron entry to the next.
pub fn forecast(plan: &Plan, live: Live<'_>, period: Duration) -> Forecast {
    let is_ours = |owner: Option<&str>| owner == Some(plan.owner.as_str());
    let mut before = LoadSums::of(period);
    for item in live.items.iter().filter(|item| is_ours(item.owner.as_deref()) && item.is_enabled()) {
        before.add(&item.spec, 1.0);
    }
    let mut after = before;
    let mut times_to_alert = Vec::new();
    for change in &plan.changes {
        let stored = change.stored().filter(|item| is_ours(item.owner.as_deref()) && item.is_enabled());
        let desired = change.desired().filter(|desired| desired.monitor.enabled);
        if let Some(stored) = stored {
            after.add(&stored.spec, -1.0);
        }
        if let Some(desired) = desired {
            after.add(&desired.spec, 1.0);
        }
        let meant = stored.and_then(|stored| (live.reading.meaning)(&stored.id, &stored.spec));
        times_to_alert.extend(time_to_alert(
            change,
            meant.map(|monitor| worst_time_to_alert(&monitor, period)),
            desired.map(|desired| worst_time_to_alert(&desired.monitor, period)),
        ));
    }
    times_to_alert.sort_by(|one, two| (two.after, &one.id).cmp(&(one.after, &two.id)));
    Forecast { before: before.load(), after: after.load(), times_to_alert }
}

fn time_to_alert(change: &Change, before: Option<Duration>, after: Option<Duration>) -> Option<TimeToAlert> {
    (before != after).then(|| TimeToAlert { id: change.id.clone(), before, after })
}

/// The longest time from the begin of an outage to the message about it: the outage begins right after a probe,
/// `failures` probes in a row see it, and the last of them uses up all its attempts. The publishing itself is not in
/// it.
pub fn worst_time_to_alert(monitor: &Monitor, period: Duration) -> Duration {
    let waits = monitor.apart(period).saturating_mul(monitor.alert.failures);
    // A program that beats breaks right after its last beat.
    let unseen = match monitor.ask.beat_rule() {
        Some(rule) => rule.patience(),
        None => monitor.retry.worst(monitor.timeout),
    };
    waits.saturating_add(unseen)
}

/// The shortest such time: the outage begins right before a probe.
pub fn best_time_to_alert(monitor: &Monitor, period: Duration) -> Duration {
    // A program that beats may say itself that it failed.
    monitor.apart(period).saturating_mul(monitor.alert.failures.saturating_sub(1))
}

/// Sums from which the load follows.
#[derive(Debug, Clone, Copy)]
struct LoadSums {
    /// Time from one run to the next.
    period: Duration,
    monitors: f64,
    /// Probes a month.
    probes: f64,
    /// Monitors whose beats every run reads, instead of probing them.
    beating: f64,
    /// Bytes that every run reads of the config table.
    bytes: f64,
}

impl LoadSums {
    fn of(period: Duration) -> Self {
        Self { period, monitors: 0.0, probes: 0.0, beating: 0.0, bytes: 0.0 }
    }

    /// Adds a monitor, or with −1 takes one away.
    fn add(&mut self, spec: &Spec, sign: f64) {
        self.monitors += sign;
        self.bytes += sign * length(spec);
        if spec.is_beating() {
            self.beating += sign;
            return;
        }
        let interval = spec.fields().get("interval").and_then(Value::as_str);
        let interval = interval.and_then(|text| parse_duration(text).ok()).unwrap_or(DEFAULT_INTERVAL);
        let apart = probes_apart(interval, self.period);
        self.probes += sign * MONTH.as_secs_f64() / apart.as_secs_f64().max(1.0);
    }

    fn load(self) -> MonthlyLoad {
        let runs = MONTH.as_secs_f64() / self.period.as_secs_f64().max(1.0);
        let monitors = round(self.monitors);
        let results = round(self.probes / runs + self.beating);
        let ledger = f64::from(u32::try_from(results.div_ceil(RESULTS_A_WRITE)).unwrap_or(u32::MAX));
        let pages = self.monitors / bytes(RESULTS_A_WRITE);
        let rows = self.monitors * bytes(ROW);
        // Configs may be read a moment late, which halves them.
        // The beats of a program are an item of their own.
        let reads = self.bytes / READ_UNIT / 2.0 + rows / READ_UNIT + self.beating;
        let is_used = if monitors == 0 { 0.0 } else { 1.0 };
        MonthlyLoad {
            monitors,
            probes: self.probes,
            read_units: runs * reads,
            write_units: (runs * (WRITES_A_RUN + ledger) + ROLLUPS * WRITES_A_ROLLUP * pages) * is_used,
        }
    }
}

impl MonthlyLoad {
    /// Dollars a month.
    pub fn cost(&self, prices: &Prices) -> f64 {
        const MILLION: f64 = 1e6;
        (self.read_units * prices.reads + self.write_units * prices.writes) / MILLION
    }
}

fn length(spec: &Spec) -> f64 {
    bytes(serde_json::to_string(spec.fields()).map_or(0, |text| text.len()) + ITEM)
}

fn bytes(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts of monitors are small")]
fn round(number: f64) -> usize {
    number.round().max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Backoff;
    use serde_json::json;

    const PERIOD: Duration = Duration::from_mins(2);

    fn load(monitors: usize, interval: &str) -> MonthlyLoad {
        let spec = json!({
            "url": "https://payments.example.com/health",
            "headers": {"accept": "application/json"},
            "expect": {"status": [200, 204], "latency": {"degraded": "800ms", "down": "5s"}},
            "alert": {"failures": 2, "severity": "critical"},
            "team": "payments", "tags": ["checkout", "eu"], "interval": interval,
        });
        let Value::Object(fields) = spec else { unreachable!("an object") };
        let spec = Spec::new(fields);
        let mut weight = LoadSums::of(PERIOD);
        (0..monitors).for_each(|_| weight.add(&spec, 1.0));
        weight.load()
    }

    /// The counted runs of docs/aws.md, within a fifth.
    #[test]
    fn the_load_is_near_to_what_was_counted() {
        const RUNS: f64 = 21_600.0;
        for (monitors, writes, reads) in [(100, 3.0, 15.0), (1000, 7.0, 128.5), (10_000, 52.0, 1277.0)] {
            let load = load(monitors, "2m");
            let rollups = 52.5 * f64::from(u32::try_from(monitors).expect("a few"));
            assert!(((load.write_units - rollups) / RUNS - writes).abs() < 0.5, "{load:?}");
            assert!(
                (load.read_units / RUNS / reads - 1.0).abs() < 0.2,
                "{} {load:?}",
                load.read_units / RUNS
            );
        }
        assert_eq!(load(0, "2m"), MonthlyLoad::default());
    }

    #[test]
    fn the_interval_sets_the_number_of_probes() {
        assert!((load(10, "2m").probes - 216_000.0).abs() < 1.0);
        assert!((load(10, "10m").probes - 43_200.0).abs() < 1.0);
        // Runs come every two minutes: an interval below that, or no multiple of it, is rounded.
        assert!((load(10, "1m").probes - 216_000.0).abs() < 1.0);
        assert!((load(10, "5m").probes - 108_000.0).abs() < 1.0);
    }

    #[test]
    fn an_outage_is_notified_after_all_the_probes_that_confirm_it() {
        let check = |interval: u64, failures: u32, retries: u8, expected: u64| {
            let mut monitor = Monitor::sample("a", "https://a.example");
            monitor.interval = Duration::from_secs(interval);
            monitor.alert.failures = failures;
            monitor.retry.attempts = retries;
            assert_eq!(worst_time_to_alert(&monitor, PERIOD), Duration::from_secs(expected));
        };
        check(120, 1, 0, 120 + 10);
        check(120, 2, 1, 240 + 22);
        // A monitor is never probed less often than it asks: of two minutes and three, it is two.
        check(180, 2, 0, 240 + 10);
        check(600, 2, 0, 1200 + 10);
        check(60, 1, 0, 120 + 10);
    }

    #[test]
    fn pauses_that_grow_are_waited_for_as_long_as_they_are() {
        let mut monitor = Monitor::sample("a", "https://a.example");
        monitor.retry.attempts = 3;
        monitor.retry.backoff = Backoff::Exponential;
        let probe = 4 * 10 + 2 + 4 + 8;
        assert_eq!(worst_time_to_alert(&monitor, PERIOD), Duration::from_secs(240 + probe));
    }
}
