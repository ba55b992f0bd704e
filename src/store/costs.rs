//! What a quiet run asks for, held to its promise.

use std::time::Duration;

use jiff::Timestamp;

use super::testing::{Shared, rows};
use super::{Acquired, Applied, AppliedCommit, Batch, Ending, Released};
use crate::clock::manual::Hand;
use crate::history::{Directory, InMaintenance, LedgerEntry, LedgerPage, Sample};
use crate::monitor::Spec;
use crate::plan::{Before, CatalogSettings, Generation, ItemWrite, RunPage, Stamp, WRITES_PER_PART};
use crate::state::{LastOk, Lease, Shard, Write};
use crate::verdict::Verdict;

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn lease(slot: u64) -> Lease {
    Lease::sample(&format!("run{slot}"), slot)
}

/// Tables with `n` monitors, all of them known, up and quiet.
pub async fn quiet_tables(n: usize) -> Shared {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let rows = rows(n, "run1", 1);
    let spec = serde_json::json!({
        "url": "https://payments.example.com/health",
        "headers": {"accept": "application/json"},
        "expect": {"status": [200, 204], "latency": {"degraded": "800ms", "down": "5s"}},
        "alert": {"failures": 2, "severity": "critical"},
        "team": "payments",
        "tags": ["checkout", "eu"],
        "runbook": "https://wiki.example.com/payments",
    });
    let spec = Spec::new(spec.as_object().expect("an object").clone());
    for (generation, rows) in (1..).zip(rows.chunks(WRITES_PER_PART)) {
        let stamp = Stamp {
            owner: "shop".to_owned(),
            commit: Some("54b8fa9c0ffee54b8fa9c0ffee54b8fa9c0ffee0".to_owned()),
            generation: Generation(generation),
            synced_at: now(),
            synced_by: "ci".to_owned(),
            origin: None,
            environment: None,
        };
        let write = |monitor: &crate::monitor::MonitorId| ItemWrite::Put {
            id: monitor.clone(),
            spec: spec.clone(),
            source: "monitors/payments.yaml:14".to_owned(),
            formerly: Vec::new(),
            before: Before::Absent,
        };
        let writes: Vec<_> = rows.iter().map(|row| write(&row.monitor)).collect();
        let expected = (generation > 1).then(|| Generation(generation - 1));
        let settings = CatalogSettings::default();
        let batch = Batch {
            expected,
            page: &RunPage::sample(stamp),
            count: 1,
            settings: &settings,
            commit: &AppliedCommit::Stays,
            journal: None,
            writes: &writes,
        };
        let applied = store.config_writer(&Shard::sample()).apply(batch).await.expect("it applies");
        assert_eq!(applied, Applied::Done { generation: Generation(generation) });
    }
    let Acquired::Granted { run, .. } = store.acquire(&lease(1)).await.expect("it answers") else {
        panic!("the tables are new")
    };
    run.extend_directory(Directory::default(), rows.iter().map(|row| &row.monitor))
        .await
        .expect("it extends");
    let committed = run.commit(&rows.into_iter().map(Write::Create).collect::<Vec<_>>()).await;
    assert_eq!(committed.written.len(), n);
    run.release(Ending::GivenUp).await.expect("it answers");
    shared
}

#[tokio::test]
async fn a_quiet_run_of_1000_monitors_is_8_requests_and_7_write_units() {
    let shared = quiet_tables(1000).await;
    let store = shared.open();
    let (configs, reader) = (store.config_reader(&Shard::sample()), store.state_reader(&Shard::sample()));
    reader.run().await.expect("it reads");
    let Acquired::Granted { run, .. } = store.acquire(&lease(2)).await.expect("it answers") else {
        panic!("slot 2 is free")
    };
    let (configs, states, directory) = tokio::join!(configs.read(), reader.read(), reader.directory());
    assert_eq!(configs.expect("it reads").items.len(), 1000);
    assert_eq!(states.expect("it reads").rows.len(), 1000);
    let directory = directory.expect("it reads");
    let sample = Sample {
        verdict: Verdict::Pass,
        reason: None,
        maintenance: InMaintenance::No,
        code: Some(200),
        latency: Some(Duration::from_millis(80)),
    };
    let pages: Vec<_> = directory
        .pages()
        .iter()
        .enumerate()
        .map(|(page, ids)| {
            let entries = (0..ids.len()).map(|position| LedgerEntry { position, sample });
            LedgerPage::pack(page, now(), entries)
        })
        .collect();
    run.write_ledger(&pages, Duration::from_hours(30 * 24)).await.expect("it writes");
    let last_ok = LastOk {
        period: Duration::from_mins(2),
        in_a_row: 1,
        slot: 2,
        at: now(),
        run: run.holder().to_owned(),
        probed: 1000,
        up: 1000,
        degraded: 0,
        down: 0,
        unknown: 0,
        skipped: 0,
        range: None,
        host: "prober-1".to_owned(),
        took: Duration::from_secs(3),
        recorded: None,
        rolled_up: None,
    };
    assert_eq!(run.release(Ending::Done(last_ok)).await.expect("it answers"), Released::Done);
    let consumed = store.consumed();
    assert!(consumed.requests <= 8, "{consumed:?}");
    assert!(consumed.write_units <= 7.0, "{consumed:?}");
}
