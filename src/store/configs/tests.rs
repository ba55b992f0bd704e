//! Monitors and heads written and read, against tables in memory.

mod runs;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::head_item::AppliedCommit;
use super::super::testing::{Failure, Shared};
use super::super::unreadable::UnreadableReason;
use super::*;
use crate::clock::manual::Hand;
use crate::monitor::{Canary, Fingerprint, Spec};
use crate::plan::{
    Before, CatalogSettings, ItemLeft, ItemWrite, Journal, PageTexts, RunExtent, SettingsWritten, Stamp,
    SyncRun, WRITES_PER_PART, WrittenItem,
};
use crate::state::Shard;

const TABLE: &str = "api_health_configs";

fn shared() -> Shared {
    Shared::new(Hand::at(now()).clock())
}

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn id(text: &str) -> MonitorId {
    MonitorId::parse(text).expect("an id")
}

fn spec(url: &str) -> Spec {
    let Value::Object(fields) = json!({"url": url, "expect": {"status": 200}}) else { panic!("an object") };
    Spec::new(fields)
}

fn put(name: &str, url: &str, before: Before) -> ItemWrite {
    let source = "monitors/a.yaml:1".to_owned();
    ItemWrite::Put { id: id(name), spec: spec(url), source, formerly: Vec::new(), before }
}

fn was(url: &str) -> Before {
    Before::Fingerprint(spec(url).fingerprint())
}

fn channels(channels: &[(&str, &str)]) -> CatalogSettings {
    let fields = |name| {
        let topic = format!("arn:aws:sns:eu-west-1:123456789012:{name}");
        json!({"kind": "sns", "topic": topic}).as_object().cloned().unwrap_or_default()
    };
    let channels = channels.iter().map(|(name, topic)| ((*name).to_owned(), fields(*topic))).collect();
    let canaries =
        ["https://a.example/", "https://b.example/"].map(|url| Canary::parse(url).expect("a canary"));
    let texts = |file: &str| [(file.to_owned(), format!("id: {file}\n"))].into();
    let pages = PageTexts { pages: texts("status.yaml"), notices: texts("2026-11-28-payments.md") };
    CatalogSettings { channels, canaries: canaries.into(), pages }
}

fn stamp(generation: u64) -> Stamp {
    Stamp {
        owner: "shop".to_owned(),
        commit: Some("abc123".to_owned()),
        generation: Generation(generation),
        synced_at: now(),
        synced_by: "ci".to_owned(),
        origin: Some("github.com/acme/shop".to_owned()),
        environment: Some("prod".to_owned()),
    }
}

/// Applies writes to a catalog that was applied `generation - 1` times.
async fn apply(store: &Store, generation: u64, writes: &[ItemWrite]) -> Result<Applied, StoreError> {
    apply_page(store, &page(generation), writes).await
}

async fn apply_page(store: &Store, page: &RunPage, writes: &[ItemWrite]) -> Result<Applied, StoreError> {
    let Generation(generation) = page.stamp.generation;
    let expected = generation.checked_sub(1).filter(|before| *before > 0).map(Generation);
    let settings = channels(&[("oncall", "a"), ("shop", "b.fifo")]);
    let commit = AppliedCommit::Becomes(page.stamp.commit.clone());
    let batch =
        Batch { expected, page, count: 7, settings: &settings, commit: &commit, journal: None, writes };
    store.config_writer(&Shard::sample()).apply(batch).await
}

/// The record of the only batch of a run.
fn page(generation: u64) -> RunPage {
    RunPage::sample(stamp(generation))
}

/// The same, written at another time.
fn later(page: RunPage) -> RunPage {
    let stamp = Stamp { synced_at: now() + std::time::Duration::from_secs(1), ..page.stamp };
    RunPage { stamp, ..page }
}

fn run_id(number: u64) -> RunId {
    RunId::parse(&format!("01JD{number:022}")).expect("a name")
}

async fn done(store: &Store, generation: u64, writes: &[ItemWrite]) {
    let applied = apply(store, generation, writes).await.expect("it applies");
    assert_eq!(applied, Applied::Done { generation: Generation(generation) });
}

#[tokio::test]
async fn what_is_applied_reads_back_in_the_order_of_the_ids() {
    let shared = shared();
    let store = shared.open();
    let writes = [put("b", "http://b", Before::Absent), put("0", "http://0", Before::Absent)];
    done(&store, 1, &writes).await;
    let configs = store.config_reader(&Shard::sample()).read().await.expect("it reads");
    let ids: Vec<_> = configs.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["0", "b"]);
    let expected = Stored {
        id: id("b"),
        spec: spec("http://b"),
        fingerprint: Some(spec("http://b").fingerprint()),
        owner: Some("shop".to_owned()),
        source: Some("monitors/a.yaml:1".to_owned()),
        commit: Some("abc123".to_owned()),
        generation: Some(1),
        synced_at: Some(now()),
        formerly: Vec::new(),
        retired_at: None,
        damage: None,
    };
    assert_eq!(configs.items[1], expected);
    let head = StoredHead {
        owner: "shop".to_owned(),
        generation: Generation(1),
        commit: Some("abc123".to_owned()),
        plan_digest: Some("digest".to_owned()),
        origin: Some("github.com/acme/shop".to_owned()),
        environment: Some("prod".to_owned()),
        count: 7,
        settings: channels(&[("oncall", "a"), ("shop", "b.fifo")]),
        run: Some(run_id(1)),
        overrides: None,
        approved_by: None,
        synced_at: Some(now()),
        synced_by: Some("ci".to_owned()),
        journal: None,
    };
    assert_eq!(configs.heads, std::slice::from_ref(&head));
    assert_eq!(store.config_reader(&Shard::sample()).read_now().await.expect("it reads").heads, [head]);
}

#[tokio::test]
async fn an_item_put_in_by_hand_is_valid_and_bad_ones_stand_beside_it() {
    let shared = shared();
    let item = |key: &str, rest: Value| {
        let mut item = json!({"shard": {"S": "0"}, "monitor": {"S": key}});
        item.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        shared.put(TABLE, &item);
    };
    let url = json!({"M": {"url": {"S": "http://x"}}});
    item("by-hand", json!({"spec": url.clone()}));
    item("newer", json!({"spec": url.clone(), "format": {"N": "99"}}));
    item("no-spec", json!({"owner": {"S": "shop"}}));
    item("set", json!({"spec": {"M": {"tags": {"SS": ["a"]}}}}));
    item("Upper", json!({"spec": url}));
    item("@meta", json!({"shards": {"N": "1"}}));
    let configs = shared.open().config_reader(&Shard::sample()).read().await.expect("it reads");
    assert_eq!(configs.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["by-hand"]);
    assert_eq!((&configs.items[0].owner, &configs.items[0].fingerprint), (&None, &None));
    let mut delivered: Vec<_> = configs.unreadable.iter().map(ToString::to_string).collect();
    delivered.sort();
    assert_eq!(
        delivered,
        [
            "item `Upper` is malformed: an id begins with a letter a-z or a digit, not with 'U'",
            "item `newer` has the newer format 99",
            "item `no-spec` is malformed: `spec` is missing",
            "item `set` is malformed: a set or binary value has no counterpart in JSON",
        ]
    );
    assert!(configs.unreadable.iter().any(|item| item.reason == UnreadableReason::Newer { format: 99 }));
}

#[tokio::test]
async fn settings_that_are_gone_leave_no_attribute_and_bad_ones_are_reported() {
    let shared = shared();
    let store = shared.open();
    done(&store, 1, &[]).await;
    let none = CatalogSettings::default();
    let (page, commit) = (page(2), AppliedCommit::Stays);
    let expected = Some(Generation(1));
    let batch = Batch {
        expected,
        page: &page,
        count: 7,
        settings: &none,
        commit: &commit,
        journal: None,
        writes: &[],
    };
    store.config_writer(&Shard::sample()).apply(batch).await.expect("it applies");
    let mut head = shared.get(TABLE, "@catalog#shop").expect("it is there");
    for name in ["channels", "canaries", "pages", "notices"] {
        assert_eq!(head.get(name), None, "{name}");
    }
    head["channels"] = json!({"M": {"oncall": {"S": "oncall"}}});
    shared.put(TABLE, &head);
    let configs = store.config_reader(&Shard::sample()).read().await.expect("it reads");
    let delivered: Vec<_> = configs.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(delivered, ["item `@catalog#shop` is malformed: `channels.oncall` is not a map"]);
    head["channels"] = json!({"M": {}});
    head["canaries"] = json!({"L": [{"S": "ftp://a.example/"}]});
    shared.put(TABLE, &head);
    let configs = store.config_reader(&Shard::sample()).read().await.expect("it reads");
    let delivered: Vec<_> = configs.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(
        delivered,
        [
            "item `@catalog#shop` is malformed: the canary \"ftp://a.example/\" must be an absolute http or https URL"
        ]
    );
}

#[tokio::test]
async fn a_tombstone_keeps_the_way_back() {
    let shared = shared();
    let store = shared.open();
    done(&store, 1, &[put("a", "http://a", Before::Absent)]).await;
    done(&store, 2, &[ItemWrite::Retire { id: id("a"), before: was("http://a") }]).await;
    let retired = store.config_reader(&Shard::sample()).read().await.expect("it reads").items.remove(0);
    assert_eq!((retired.retired_at, retired.spec), (Some(now()), spec("http://a")));
    let item = shared.get(TABLE, "a").expect("it is there");
    assert_eq!(item["expires"]["N"], json!((now().as_second() + 30 * 24 * 3600).to_string()));
    let tombstone = Before::Tombstone(Some(spec("http://a").fingerprint()));
    done(&store, 3, &[put("a", "http://a", tombstone)]).await;
    let item = shared.get(TABLE, "a").expect("it is there");
    assert_eq!((item.get("retired_at"), item.get("expires")), (None, None));
}

// P9: an id that one owner gave up may be taken again.
#[tokio::test]
async fn a_tombstone_is_written_over_only_while_it_is_that_one() {
    let shared = shared();
    let store = shared.open();
    let over = |url: &str| [put("a", "http://mine", Before::Tombstone(Some(spec(url).fingerprint())))];
    let refused = Applied::Overtaken { head: HeadSeen::AsExpected, items: vec![id("a")] };
    done(&store, 1, &[]).await;
    // Gone, and there again with the same words.
    assert_eq!(apply(&store, 2, &over("http://a")).await.expect("it answers"), refused);
    done(&store, 2, &[put("a", "http://a", Before::Absent)]).await;
    assert_eq!(apply(&store, 3, &over("http://a")).await.expect("it answers"), refused);
    done(&store, 3, &[ItemWrite::Retire { id: id("a"), before: was("http://a") }]).await;
    // With other words, or with a fingerprint where there was none.
    assert_eq!(apply(&store, 4, &over("http://b")).await.expect("it answers"), refused);
    let bare = [put("a", "http://mine", Before::Tombstone(None))];
    assert_eq!(apply(&store, 4, &bare).await.expect("it answers"), refused);
    let mut item = shared.get(TABLE, "a").expect("it is there");
    item["owner"] = json!({"S": "other"});
    shared.put(TABLE, &item);
    done(&store, 4, &over("http://a")).await;
    let item = shared.get(TABLE, "a").expect("it is there");
    assert_eq!((item["owner"]["S"].as_str(), item.get("retired_at")), (Some("shop"), None));
}

#[tokio::test]
async fn attributes_of_a_newer_version_survive() {
    let shared = shared();
    let store = shared.open();
    done(&store, 1, &[put("a", "http://a", Before::Absent)]).await;
    let mut item = shared.get(TABLE, "a").expect("it is there");
    item["mystery"] = json!({"S": "kept"});
    shared.put(TABLE, &item);
    done(&store, 2, &[put("a", "http://b", was("http://a"))]).await;
    assert_eq!(shared.get(TABLE, "a").expect("it is there")["mystery"]["S"], "kept");
}

#[tokio::test]
async fn a_batch_is_refused_as_a_whole_where_the_table_moved() {
    let shared = shared();
    let store = shared.open();
    done(&store, 1, &[put("a", "http://a", Before::Absent), put("b", "http://b", Before::Absent)]).await;
    let other = Before::Fingerprint(Fingerprint("other".to_owned()));
    for (generation, writes, head, items) in [
        (1, vec![put("c", "http://c", Before::Absent)], HeadSeen::Moved, vec![]),
        (3, vec![put("c", "http://c", Before::Absent)], HeadSeen::Moved, vec![]),
        (
            2,
            vec![put("c", "http://c", Before::Absent), put("a", "http://x", Before::Absent)],
            HeadSeen::AsExpected,
            vec![id("a")],
        ),
        (
            2,
            vec![put("a", "http://x", other.clone()), put("b", "http://x", was("http://b"))],
            HeadSeen::AsExpected,
            vec![id("a")],
        ),
        (
            2,
            vec![ItemWrite::Retire { id: id("gone"), before: other }],
            HeadSeen::AsExpected,
            vec![id("gone")],
        ),
    ] {
        // By another process, which began at another time.
        let page = later(page(generation));
        let applied = apply_page(&store, &page, &writes).await.expect("it answers");
        assert_eq!(applied, Applied::Overtaken { head, items }, "{writes:?}");
    }
    let configs = store.config_reader(&Shard::sample()).read().await.expect("it reads");
    assert_eq!((configs.items.len(), configs.heads[0].generation), (2, Generation(1)));
}

#[tokio::test]
async fn an_item_without_a_fingerprint_is_written_only_while_it_has_none() {
    let shared = shared();
    let store = shared.open();
    let refused = Applied::Overtaken { head: HeadSeen::AsExpected, items: vec![id("a")] };
    let write = [put("a", "http://b", Before::NoFingerprint)];
    done(&store, 1, &[]).await;
    assert_eq!(apply(&store, 2, &write).await.expect("it answers"), refused);
    done(&store, 2, &[put("a", "http://a", Before::Absent)]).await;
    assert_eq!(apply(&store, 3, &write).await.expect("it answers"), refused);
    let mut item = shared.get(TABLE, "a").expect("it is there");
    item.as_object_mut().expect("an object").remove("fingerprint");
    shared.put(TABLE, &item);
    done(&store, 3, &write).await;
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_is_done_once() {
    let shared = shared();
    let store = shared.open();
    shared.plug().lose_answer(1);
    done(&store, 1, &[put("a", "http://a", Before::Absent)]).await;
    assert_eq!(shared.plug().operations(), ["TransactWriteItems", "TransactWriteItems"]);
}

#[tokio::test]
async fn a_batch_that_is_found_written_is_ours_and_another_ones_is_not() {
    let shared = shared();
    let store = shared.open();
    shared.plug().lose_answer_and_token(1);
    done(&store, 1, &[put("a", "http://a", Before::Absent)]).await;
    // In the middle of a catalog too, where it changes and retires.
    shared.plug().lose_answer_and_token(1);
    let retire = ItemWrite::Retire { id: id("a"), before: was("http://a") };
    done(&store, 2, &[put("b", "http://b", Before::Absent), retire]).await;
    // Another process goes on with the same run, at another time.
    let page = page(3);
    let (commit, settings) = (AppliedCommit::Stays, channels(&[]));
    let batch = Batch {
        expected: Some(Generation(2)),
        page: &page,
        count: 7,
        settings: &settings,
        commit: &commit,
        journal: None,
        writes: &[],
    };
    store.config_writer(&Shard::sample()).apply(batch).await.expect("it applies");
    let other = later(page.clone());
    let applied = store
        .config_writer(&Shard::sample())
        .apply(Batch { page: &other, ..batch })
        .await
        .expect("it answers");
    assert!(matches!(applied, Applied::Overtaken { head: HeadSeen::Moved, .. }), "{applied:?}");
}

#[tokio::test]
async fn a_batch_that_meets_another_is_tried_again_but_not_for_ever() {
    let shared = shared();
    let store = shared.open();
    shared.plug().fail(1, Failure::Conflict, 4);
    done(&store, 1, &[put("a", "http://a", Before::Absent)]).await;
    shared.plug().fail(1, Failure::Conflict, 5);
    let error = apply(&store, 2, &[]).await.expect_err("it gives up");
    assert!(matches!(error, StoreError::Contended { .. }), "{error:?}");
    assert_eq!(shared.plug().requests(), 10);
}

#[tokio::test]
async fn a_full_batch_fits_in_one_transaction() {
    let shared = shared();
    let store = shared.open();
    let writes: Vec<_> =
        (0..WRITES_PER_PART).map(|n| put(&format!("m{n}"), "http://m", Before::Absent)).collect();
    done(&store, 1, &writes).await;
    assert_eq!(
        store.config_reader(&Shard::sample()).read().await.expect("it reads").items.len(),
        WRITES_PER_PART
    );
}
