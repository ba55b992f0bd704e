//! The history table: the ledger of all probes, its directory, and the incidents.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;

use super::change::ItemChange;
use super::connection::{Connection, Updated};
use super::error::StoreError;
use super::fields::{Fields, read};
use super::item::Item;
use super::row_item;
use super::run_writer::RunWriter;
use super::unreadable::{Malformed, Unreadable};
use super::values::{expiry, item, moment, number, text, texts};
use crate::history::{Directory, Stretch};
use crate::monitor::MonitorId;
use crate::state::Shard;
use crate::transition::Incident;

const FORMAT: u32 = 1;

/// Tries to extend the directory while others extend it too.
const TRIES: u32 = 5;

pub async fn directory(connection: &Connection, shard: &Shard) -> Result<Directory, StoreError> {
    let table = &connection.tables.history;
    let series = directory_series(shard);
    let query = connection.partition(table, "series", series.as_str()).consistent_read(true);
    let mut items = Vec::new();
    connection.read_all(table, query, |item| items.push(item)).await?;
    // A page that does not read, or is missing, would shift every one after it.
    let pages = items
        .into_iter()
        .enumerate()
        .map(|(page, item)| read(&series, FORMAT, item, |fields| directory_page(page, fields)));
    let pages: Result<Vec<_>, Unreadable> = pages.collect();
    Ok(Directory::new(pages.map_err(StoreError::Unreadable)?))
}

fn directory_page(page: usize, fields: &mut Fields) -> Result<Vec<MonitorId>, Malformed> {
    if fields.number::<usize>("at")? != page {
        return Err(Malformed(format!("page {page} is missing")));
    }
    let ids = fields.texts("ids")?;
    let ids = ids.iter().map(|id| MonitorId::parse(id));
    ids.collect::<Result<_, _>>().map_err(|error| Malformed(error.to_string()))
}

/// The keys of a series by milliseconds.
pub fn millis(within: Stretch) -> RangeInclusive<i64> {
    within.from.saturating_mul(1_000)..=within.to.saturating_mul(1_000).saturating_sub(1)
}

/// Whether an item is to be read: what has expired may lie in the table for two more days.
pub fn is_kept(item: &Item, now: Timestamp) -> bool {
    let expires = item.get("expires").and_then(|value| value.as_n().ok()?.parse::<i64>().ok());
    expires.is_none_or(|expires| expires > now.as_second())
}

/// The incidents that read.
pub async fn incidents(
    connection: &Connection,
    monitor: &MonitorId,
    limit: usize,
) -> Result<Vec<Incident>, StoreError> {
    let series = incident_series(monitor);
    let mut incidents = Vec::new();
    let take = |item| {
        incidents.extend(read(&series, FORMAT, item, row_item::to_incident));
        std::ops::ControlFlow::Continue(())
    };
    connection.newest(&series, limit, take).await?;
    Ok(incidents)
}

impl RunWriter {
    /// Gives every one of `monitors` a position, and returns the directory that has them.
    pub async fn extend_directory<'a>(
        &self,
        known: Directory,
        monitors: impl IntoIterator<Item = &'a MonitorId> + Clone,
    ) -> Result<Directory, StoreError> {
        let table = self.connection.tables.history.as_str();
        let mut known = known;
        for _ in 0..TRIES {
            let mut extended = known.clone();
            let changed = extended.extend(monitors.clone());
            if self.append(&known, &extended, &changed).await? == Appended::Done {
                return Ok(extended);
            }
            known = directory(&self.connection, &self.shard).await?;
        }
        Err(StoreError::throttled(table, "others extended the ledger's directory each time"))
    }

    /// Writes the changed pages in their order, so that a crash leaves no gap.
    async fn append(
        &self,
        known: &Directory,
        extended: &Directory,
        changed: &[usize],
    ) -> Result<Appended, StoreError> {
        for &page in changed {
            // A page only grows, so its length is its version.
            let change = match known.pages().get(page) {
                None => ItemChange::only_if("attribute_not_exists(#ids)"),
                Some(ids) => ItemChange::only_if("size(#ids) = :length").value("length", number(ids.len())),
            };
            let ids = extended.pages().get(page).into_iter().flatten().map(MonitorId::as_str);
            let change = change.set("format", number(FORMAT)).set("ids", texts(ids));
            let key = item([("series", text(directory_series(&self.shard))), ("at", number(page))]);
            match self.connection.update(&self.connection.tables.history, key, change).await? {
                Updated::Done(_) => {}
                Updated::Refused(_) => return Ok(Appended::Overtaken),
            }
        }
        Ok(Appended::Done)
    }

    /// Says that this run came to its end although it has nothing to keep. The alarm that watches whether runs do their
    /// work counts the writes of this table, and only a run that is done makes one.
    pub async fn write_heartbeat(&self, at: Timestamp) -> Result<(), StoreError> {
        let beat = item([
            ("series", text(format!("heartbeat#{}", self.shard))),
            // One item, again and again.
            ("at", number(0)),
            ("format", number(FORMAT)),
            ("run", text(self.holder())),
            ("ended", moment(at)),
        ]);
        self.connection.put_history(vec![beat]).await
    }

    /// Keeps incidents for `keep`, each as it stands now: one that closes is written again.
    pub async fn write_incidents(
        &self,
        incidents: &[(MonitorId, Incident)],
        keep: Duration,
    ) -> Result<(), StoreError> {
        let items = incidents.iter().map(|(monitor, incident)| incident_item(monitor, incident, keep));
        self.connection.put_history(items.collect()).await
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Appended {
    Done,
    Overtaken,
}

fn incident_item(monitor: &MonitorId, incident: &Incident, keep: Duration) -> Item {
    let mut fields = row_item::from_incident(incident);
    fields.extend(item([
        ("series", text(incident_series(monitor))),
        ("at", moment(incident.opened_at)),
        ("format", number(FORMAT)),
        ("expires", expiry(after(incident.closed_at.unwrap_or(incident.opened_at), keep))),
    ]));
    fields
}

pub fn after(at: Timestamp, keep: Duration) -> Timestamp {
    at.checked_add(keep).unwrap_or(Timestamp::MAX)
}

fn directory_series(shard: &Shard) -> String {
    format!("directory#{shard}")
}

fn incident_series(monitor: &MonitorId) -> String {
    format!("incident#{monitor}")
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use std::ops::ControlFlow;

    use super::super::connect::Store;
    use super::super::ledger::ledger_item;
    use super::super::run_writer::Acquired;
    use super::super::testing::{Failure, Shared};
    use super::*;
    use crate::clock::manual::Hand;
    use crate::history::{InMaintenance, LedgerEntry, LedgerPage, POSITIONS_PER_PAGE, Sample};
    use crate::state::Lease;
    use crate::verdict::Verdict;

    const DAY: Duration = Duration::from_hours(24);

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().expect("a time")
    }

    fn shared() -> Shared {
        Shared::new(Hand::at(now()).clock())
    }

    async fn start(store: &Store, slot: u64) -> RunWriter {
        let lease = Lease { ttl: Duration::ZERO, ..Lease::sample(&format!("run{slot}"), slot) };
        match store.acquire(&lease).await.expect("it answers") {
            Acquired::Granted { run, .. } => run,
            Acquired::Refused(held) => panic!("refused: {held:?}"),
        }
    }

    fn ids(range: std::ops::Range<usize>) -> Vec<MonitorId> {
        range.map(|n| MonitorId::parse(&format!("m{n}")).expect("an id")).collect()
    }

    fn full_page(page: usize, at: Timestamp) -> LedgerPage {
        let sample = Sample {
            verdict: Verdict::Pass,
            reason: None,
            maintenance: InMaintenance::No,
            code: Some(200),
            latency: Some(Duration::from_millis(12)),
        };
        LedgerPage::pack(page, at, (0..POSITIONS_PER_PAGE).map(|position| LedgerEntry { position, sample }))
    }

    /// Reads a page until `enough` runs have come.
    async fn ledger(store: &Store, page: usize, enough: usize) -> Vec<LedgerPage> {
        let mut runs = Vec::new();
        let take = |run| {
            runs.push(run);
            if runs.len() < enough { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        store.state_reader(&Shard::sample()).ledger(page, usize::MAX, take).await.expect("it reads");
        runs
    }

    /// DynamoDB's rule: the names and values of all attributes, a number by its digits.
    fn size(item: &Item) -> usize {
        let value = |value: &AttributeValue| match value {
            AttributeValue::S(text) => text.len(),
            AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
            AttributeValue::B(bytes) => bytes.as_ref().len(),
            other => panic!("no ledger item has {other:?}"),
        };
        item.iter().map(|(name, v)| name.len() + value(v)).sum()
    }

    #[test]
    fn a_full_page_costs_one_write_unit() {
        let item = ledger_item(&Shard::sample(), &full_page(9999, now()), 30 * DAY);
        assert!(size(&item) <= 1024, "{} bytes", size(&item));
    }

    #[tokio::test]
    async fn the_ledger_reads_back_newest_first() {
        let shared = shared();
        let store = shared.open();
        let run = start(&store, 1).await;
        for minutes in 0..5 {
            let at = now() + Duration::from_secs(60 * minutes);
            run.write_ledger(&[full_page(0, at), full_page(1, at)], DAY).await.expect("it writes");
        }
        let pages = ledger(&store, 1, 2).await;
        let at = |minutes: u64| now() + Duration::from_secs(60 * minutes);
        assert_eq!(pages, [full_page(1, at(4)), full_page(1, at(3))]);
        assert_eq!(ledger(&store, 2, 2).await, []);
    }

    #[tokio::test]
    async fn a_long_ledger_is_read_back_request_by_request_until_there_is_enough() {
        let shared = shared();
        let store = shared.open();
        let run = start(&store, 1).await;
        let at = |n: u64| now() + Duration::from_secs(n);
        let runs: Vec<_> = (0..600).map(|n| full_page(0, at(n))).collect();
        run.write_ledger(&runs, DAY).await.expect("it writes");
        for (enough, found, requests) in [(250, 250, 1), (251, 251, 2), (9_999, 600, 3)] {
            let before = shared.plug().requests();
            let runs = ledger(&store, 0, enough).await;
            assert_eq!((runs.len(), shared.plug().requests() - before), (found, requests));
            assert_eq!(runs.last().map(|run| run.at), Some(at(600 - found as u64)));
        }
    }

    #[tokio::test]
    async fn many_pages_are_written_25_at_a_time() {
        let shared = shared();
        let store = shared.open();
        let run = start(&store, 1).await;
        let pages: Vec<_> = (0..60).map(|page| full_page(page, now())).collect();
        run.write_ledger(&pages, DAY).await.expect("it writes");
        assert_eq!(shared.plug().operations()[1..], ["BatchWriteItem"; 3]);
        assert_eq!(ledger(&store, 59, 9).await.len(), 1);
    }

    #[tokio::test]
    async fn what_a_batch_left_over_is_written_again() {
        let shared = shared();
        let store = shared.open();
        let run = start(&store, 1).await;
        shared.plug().fail(1, Failure::LeftOver, 4);
        run.write_ledger(&[full_page(0, now())], DAY).await.expect("it writes");
        assert_eq!(ledger(&store, 0, 9).await.len(), 1);
        shared.plug().fail(1, Failure::LeftOver, 5);
        let error = run.write_ledger(&[full_page(0, now())], DAY).await.expect_err("it gives up");
        assert!(matches!(error, StoreError::Throttled { .. }), "{error:?}");
    }

    #[tokio::test]
    async fn an_incident_that_closes_is_written_again() {
        let shared = shared();
        let store = shared.open();
        let run = start(&store, 1).await;
        let monitor = ids(0..1).remove(0);
        let opened = |n| Incident {
            n,
            opened_at: now() + Duration::from_secs(n * 3600),
            closed_at: None,
            cause: "HTTP 503".to_owned(),
            unwatched: None,
        };
        let closed = Incident { closed_at: Some(now() + 9 * DAY), ..opened(2) };
        for incident in [opened(1), opened(2), closed.clone()] {
            run.write_incidents(&[(monitor.clone(), incident)], 365 * DAY).await.expect("it writes");
        }
        let incidents = store.state_reader(&Shard::sample()).incidents(&monitor, 9).await.expect("it reads");
        assert_eq!(incidents, [closed, opened(1)]);
    }

    #[tokio::test]
    async fn two_runs_that_extend_the_directory_agree() {
        let shared = shared();
        let store = shared.open();
        let one = start(&store, 1).await;
        let known = one.extend_directory(Directory::default(), &ids(0..250)).await.expect("it extends");
        assert_eq!(store.state_reader(&Shard::sample()).directory().await.expect("it reads"), known);
        // Both begin with what they know; the second finds that it moved, and reads it again.
        let stale = known.clone();
        let first = one.extend_directory(known, &ids(240..460)).await.expect("it extends");
        let second = one.extend_directory(stale, &ids(450..455)).await.expect("it extends");
        assert_eq!(second, first);
        let third = one.extend_directory(Directory::default(), &ids(455..470)).await.expect("it extends");
        assert_eq!(third.pages().iter().map(Vec::len).collect::<Vec<_>>(), [200, 200, 70]);
        assert_eq!(third.position_of(&ids(0..1)[0]), first.position_of(&ids(0..1)[0]));
        assert_eq!(store.state_reader(&Shard::sample()).directory().await.expect("it reads"), third);
    }

    #[tokio::test]
    async fn a_directory_with_a_gap_is_not_guessed_at() {
        let shared = shared();
        let ids = serde_json::json!({"L": [{"S": "a"}]});
        let page = serde_json::json!({"series": {"S": "directory#0"}, "at": {"N": "1"}, "ids": ids});
        shared.put("api_health_history", &page);
        let error =
            shared.open().state_reader(&Shard::sample()).directory().await.expect_err("page 0 is missing");
        assert_eq!(error.to_string(), "item `directory#0` is malformed: page 0 is missing");
    }
}
