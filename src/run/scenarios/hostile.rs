//! A monitor that was written to be as dear as can be costs the others nothing.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::endpoints::Manner;
use super::watched::{Watched, monitor};
use super::world::{CONFIGS, World};
use crate::transition::Health;
use crate::verdict::Verdict;

/// Paths that ask a body for more than judging may cost.
const DEAR: [(&str, &str); 3] = [
    ("dear-filter", "$[?$[?@==2]]"),
    ("dear-search", "$[?@ == $[-1]]"),
    ("dear-count", "$[?count($..*) > 1]"),
];

/// A pattern that asks for as much of a body that is one long list.
const DEAR_PATTERN: &str = "1[1,]{8000}c";

/// Two hundred of them, of which some are dear.
fn two_hundred() -> Vec<Watched> {
    let dear = DEAR.map(|(id, path)| monitor(id).expect(json!({"json": [{"path": path, "exists": true}]})));
    let name = |i: usize| &*Box::leak(format!("m{i:03}").into_boxed_str());
    let pattern = monitor("dear-pattern").expect(json!({"body": {"matches": DEAR_PATTERN}}));
    let windows = monitor("long-maintained")
        .maintained_as_often_as_may_be()
        .expect(json!({"json": [{"path": "$.status", "equals": "up"}]}))
        .without_retry();
    let dear = dear.into_iter().chain([pattern, windows]);
    let ordinary = (DEAR.len() + 2..200).map(|i| {
        monitor(name(i)).expect(json!({"json": [{"path": "$.status", "equals": "up"}]})).without_retry()
    });
    dear.chain(ordinary).collect()
}

#[tokio::test]
async fn a_monitor_whose_judging_outlasts_the_deadline_is_skipped_and_the_others_are_stored() {
    let dear = monitor("dear").expect(json!({"headers": {"connection": "close"}}));
    let mut world = World::where_broke(&[dear, monitor("search")], &["dear", "search"]).await;
    world.next_slot();
    let process = world.process().deadline(Duration::from_millis(500)).without_a_place_to_judge();
    let completed = world.finish(process).await.completed();
    let verdict = |id: &str| {
        let judged = completed.judged.iter().find(|judged| judged.watched.monitor.id.as_str() == id);
        judged.map(|judged| judged.judgement.verdict)
    };
    assert_eq!((verdict("dear"), verdict("search")), (Some(Verdict::Skipped), Some(Verdict::Fail)));
    assert_eq!(world.notified(), ["DOWN search"]);
    assert_eq!(world.row("dear").await.confirmed.health, Health::Up);
    assert_eq!(world.row("search").await.confirmed.health, Health::Down);
}

#[tokio::test]
async fn one_hostile_monitor_of_two_hundred_costs_the_others_nothing() {
    let monitors = two_hundred();
    let mut world = World::watching(&monitors).await;
    let long: Arc<str> = format!("[{}1]", "1,".repeat((1 << 19) - 2)).into();
    for watched in &monitors {
        world.endpoints.set(watched.place().0, Manner::Saying(Arc::from(r#"{"status": "up"}"#)));
    }
    for id in DEAR.map(|(id, _)| id).into_iter().chain(["dear-pattern"]) {
        world.endpoints.set(id, Manner::Saying(Arc::clone(&long)));
    }
    world.endpoints.set("long-maintained", Manner::Saying(Arc::from(r#"{"status": "down"}"#)));
    world.endpoints.set("m100", Manner::Saying(Arc::from(r#"{"status": "down"}"#)));
    // What `validate` refuses may still be in the table, put there by hand.
    let mut item = world.shared.get(CONFIGS, "m150").expect("it is there");
    let nested = format!("$[?{}@.a{}]", "(".repeat(1_000), ")".repeat(1_000));
    item["spec"]["M"]["expect"]["M"]["json"]["L"][0]["M"]["path"] = json!({"S": nested});
    world.shared.put(CONFIGS, &item);

    let completed = world.run().await;
    assert_eq!(completed.problems.len(), 1, "{:?}", completed.problems);
    assert!(completed.problems[0].contains("m150"), "{:?}", completed.problems);
    let verdicts =
        |verdict| completed.judged.iter().filter(|judged| judged.judgement.verdict == verdict).count();
    assert_eq!((verdicts(Verdict::Pass), verdicts(Verdict::Fail)), (193, 6));
    for judged in
        completed.judged.iter().filter(|judged| judged.watched.monitor.id.as_str().starts_with("dear"))
    {
        let why = judged.judgement.why();
        assert!(why.contains("needs more than 4000000 steps"), "{why}");
    }
    let mut delivered = world.notified();
    delivered.sort();
    assert_eq!(
        delivered,
        [
            "DOWN dear-count",
            "DOWN dear-filter",
            "DOWN dear-pattern",
            "DOWN dear-search",
            "DOWN long-maintained",
            "DOWN m100"
        ]
    );
    assert_eq!(world.row("m199").await.confirmed.health, Health::Up);
}
