//! A month, from its samples to the bytes that stay.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clock::manual::Hand;
use crate::history::{
    Directory, HOUR, HealthChange, InMaintenance, LedgerEntry, LedgerPage, Sample, moment, second,
};
use crate::monitor::MonitorId;
use crate::report::Surface;
use crate::state::Lease;
use crate::store::Acquired;
use crate::store::testing::{Failure as StoreFailure, Shared};
use crate::transition::Health;
use crate::verdict::Verdict;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn item(id: &str, group: &str) -> Value {
    let spec =
        json!({"url": {"S": format!("http://{id}.example/")}, "group": {"S": group}, "name": {"S": id}});
    json!({"shard": {"S": "0"}, "monitor": {"S": id}, "spec": {"M": spec}})
}

/// Monitors `shop` and `blog` with a sample every hour of the last day of October, and an outage of `shop`.
async fn october(hand: &Hand) -> Shared {
    let shared = Shared::new(hand.clock());
    for id in ["blog", "shop"] {
        shared.put("api_health_configs", &item(id, "web"));
    }
    let store = shared.open();
    let Acquired::Granted { run, .. } = store.acquire(&Lease::sample("run", 1)).await.expect("it answers")
    else {
        panic!("the tables are new")
    };
    let ids = ["blog", "shop"].map(|id| MonitorId::parse(id).expect("an id"));
    let directory = run.extend_directory(Directory::default(), &ids).await.expect("it extends");
    let sample = Sample {
        verdict: Verdict::Pass,
        reason: None,
        maintenance: InMaintenance::No,
        code: Some(200),
        latency: Some(Duration::from_millis(80)),
    };
    let begin = second(at("2026-10-31T00:00:00Z"));
    let page = |run: i64| {
        let entries = (0..2).map(|position| LedgerEntry { position, sample });
        LedgerPage::pack(0, moment(begin + run * 120), entries)
    };
    let pages: Vec<_> = (0..24 * HOUR / 120).map(page).collect();
    run.write_ledger(&pages, Duration::from_hours(90 * 24)).await.expect("it writes");
    let change = |seq, begun: &str, from, to| HealthChange {
        monitor: ids[1].clone(),
        seq,
        at: at(begun),
        from,
        to,
        incident: Some(crate::history::ChangedIncident {
            n: 1,
            opened: at("2026-10-31T12:00:00Z"),
            closed: (seq == 2).then(|| at(begun)),
            cause: "HTTP 503".to_owned(),
        }),
        why: String::new(),
        reason: None,
        unwatched: None,
    };
    let changes = [
        change(1, "2026-10-31T12:00:00Z", Health::Up, Health::Down),
        change(2, "2026-10-31T12:10:00Z", Health::Down, Health::Up),
    ];
    run.write_journal(&changes, &directory).await.expect("it writes");
    shared
}

/// Every format of a report, and what is said beside it.
async fn shown(shared: &Shared, period: &str, only: &[&str]) -> (Vec<String>, Vec<String>) {
    let period = ReportPeriod::parse(period).expect("a period");
    let ReportLook { found, notes, .. } = Box::pin(look(&shared.open(), period)).await.expect("it reads");
    let only: Vec<_> = only.iter().map(|term| (*term).to_owned()).collect();
    let lines = selected(found.lines, &only).expect("it selects");
    let slo = SloPercent::parse("99.9");
    let view = ReportView::new(period, found.window, found.stored_at, slo, lines);
    let report = AvailabilityReport { view };
    let formats = [
        ReportFormat::Text,
        ReportFormat::Markdown,
        ReportFormat::Json,
        ReportFormat::Csv,
        ReportFormat::Html,
    ];
    let one = |format| rendered(&report, format).expect("it renders");
    let texts = formats.map(one).into_iter().chain([report.text(Surface::Terminal(80))]).collect();
    (texts, notes)
}

#[tokio::test]
async fn a_stored_month_keeps_every_byte_when_the_catalog_changes_and_results_expire() {
    let hand = Hand::at(at("2026-11-02T09:00:00Z"));
    let shared = october(&hand).await;
    let (first, notes) = shown(&shared, "2026-10", &[]).await;
    assert!(
        notes.is_empty() && first[0].contains("shop") && first[0].contains("HTTP 503"),
        "{notes:?} {first:?}"
    );
    let json: Value = serde_json::from_str(&first[2]).expect("JSON");
    assert_eq!(json["totals"]["figures"]["down_s"], 600);
    assert_eq!(json["stored_at"], "2026-11-02T09:00:00Z");
    let (blog, _) = shown(&shared, "2026-10", &["blog"]).await;

    // One is renamed and moved to another group, the other one is removed, and a third one is new.
    shared.put("api_health_configs", &item("new", "elsewhere"));
    let mut renamed = item("shop", "elsewhere");
    renamed["spec"]["M"]["name"] = json!({"S": "Another name"});
    shared.put("api_health_configs", &renamed);
    let mut retired = item("blog", "web");
    retired["retired_at"] = json!({"S": "2026-11-02T10:00:00Z"});
    shared.put("api_health_configs", &retired);
    // After 91 days, no result of October is left.
    hand.advance(Duration::from_hours(91 * 24));
    let (second, notes) = shown(&shared, "2026-10", &[]).await;
    assert_eq!((first, notes), (second, Vec::new()));
    assert_eq!(blog, shown(&shared, "2026-10", &["blog"]).await.0);
}

#[tokio::test]
async fn a_month_that_lasts_is_not_stored() {
    let hand = Hand::at(at("2026-10-31T18:00:00Z"));
    let shared = october(&hand).await;
    let stored_at = |texts: &[String]| {
        let json: Value = serde_json::from_str(&texts[2]).expect("JSON");
        json["stored_at"].clone()
    };
    let (lasting, _) = shown(&shared, "2026-10", &[]).await;
    assert_eq!(stored_at(&lasting), Value::Null);
    hand.advance(Duration::from_hours(7));
    assert_eq!(stored_at(&shown(&shared, "2026-10", &[]).await.0), "2026-11-01T01:00:00Z");
    let (last, _) = shown(&shared, "7d", &[]).await;
    assert_eq!(stored_at(&last), Value::Null);
}

#[tokio::test]
async fn a_reader_that_may_not_write_gets_the_figures_and_a_note() {
    let hand = Hand::at(at("2026-11-02T09:00:00Z"));
    let shared = october(&hand).await;
    let period = ReportPeriod::parse("2026-10").expect("a period");
    let ReportLook { found, .. } = Box::pin(look(&shared.open(), period)).await.expect("it reads");
    assert!(found.stored_at.is_some());
    let operations = shared.plug().operations();
    let write = operations.iter().position(|operation| operation == "BatchWriteItem");
    let other = october(&hand).await;
    let store = other.open();
    other.plug().fail(write.expect("it stores") + 1, StoreFailure::Denied, 1);
    let ReportLook { found: denied, notes, .. } = Box::pin(look(&store, period)).await.expect("it reads");
    assert_eq!((denied.stored_at, notes.len()), (None, 1), "{notes:?}");
    let csv = |found: FoundLines| {
        let view = ReportView::new(period, found.window, None, None, found.lines);
        AvailabilityReport { view }.csv()
    };
    assert_eq!(csv(denied), csv(found));
}
