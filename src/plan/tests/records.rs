//! Parts within DynamoDB's limits, what was reviewed, and what changed since.

use super::super::{ItemEvent, Promise, Since, WRITES_PER_PART, since};
use super::*;

#[test]
fn parts_are_cut_by_number_and_by_bytes() {
    let many: Vec<_> = (0..1_000).map(|n| desired(&format!("m{n}"), 1)).collect();
    let sizes: Vec<_> = batches(&planned(&many, &[]), &[]).iter().map(Vec::len).collect();
    assert_eq!((sizes.len(), sizes[0], sizes.iter().sum::<usize>()), (11, WRITES_PER_PART, 1_000));
    let large = |letter: &str| {
        let body = letter.repeat(50_000);
        Spec::new(
            [("url".to_owned(), json!("http://m")), ("body".to_owned(), json!(body))].into_iter().collect(),
        )
    };
    let live: Vec<_> = (0..50)
        .map(|n| Stored {
            spec: large("a"),
            fingerprint: Some(large("a").fingerprint()),
            ..stored(&format!("m{n}"), 1, Some(OWNER))
        })
        .collect();
    let changed: Vec<_> = (0..50).map(|n| wanted(&format!("m{n}"), large("b"))).collect();
    let parts = planned(&changed, &live).parts(&live, &BTreeSet::new());
    for part in &parts {
        // What is written down of a part is one item, which has at most 400 KB.
        let bytes = |item: &Stored| serde_json::to_string(item.spec.fields()).map_or(0, |text| text.len());
        let page: usize = part.items.iter().filter_map(|item| item.before.as_ref()).map(bytes).sum();
        assert!(page <= 300_000, "{page}");
    }
    assert_eq!(parts.iter().map(|part| part.writes.len()).sum::<usize>(), 50);
}

#[test]
fn a_promise_is_kept_by_the_same_plan_and_says_how_another_one_differs() {
    let live = ["a", "b"].map(|id| stored(id, 1, Some(OWNER)));
    let reviewed = planned(&[desired("a", 2), desired("b", 2)], &live);
    let change = |id: &str, to: u8| json!({"id": id, "fields": [{"path": "url", "before": "http://m.example/1", "after": format!("http://m.example/{to}")}]});
    let json = json!({"digest": format!("sha256:{}", reviewed.digest()), "changes": [change("a", 2), change("b", 2)]});
    let promise = Promise::of_json(&json).expect("a plan");
    assert!(promise.is_kept_by(&reviewed.digest()));
    assert_eq!(promise.deviations(&reviewed), []);
    let other = planned(&[desired("a", 3), desired("b", 1), desired("c", 1)], &live);
    assert!(!promise.is_kept_by(&other.digest()));
    let found_texts: Vec<_> = promise.deviations(&other).iter().map(ToString::to_string).collect();
    assert_eq!(
        found_texts,
        [
            "b: reviewed, but no longer changes",
            "c: not reviewed",
            r#"a: url was reviewed as "http://m.example/1" → "http://m.example/2", but is now "http://m.example/1" → "http://m.example/3""#,
        ]
    );
}

#[test]
fn a_promise_is_a_whole_digest() {
    let digest = "5d1c".repeat(16);
    assert!(Promise::of_digest(&format!("sha256:{digest}")).is_some());
    for other in
        [digest.clone(), format!("sha256:{}", &digest[1..]), format!("sha256:{}", digest.to_uppercase())]
    {
        assert_eq!(Promise::of_digest(&other), None, "{other}");
    }
    for other in [
        json!({}),
        json!({"digest": "sha256:x", "changes": []}),
        json!({"digest": format!("sha256:{digest}")}),
    ] {
        assert_eq!(Promise::of_json(&other), None, "{other}");
    }
}

#[test]
fn what_happened_since_is_reported_item_by_item() {
    let ours = |id: &str, version| stored(id, version, Some(OWNER));
    let retired = |id| Stored { retired_at: Some(jiff::Timestamp::UNIX_EPOCH), ..ours(id, 1) };
    let seen = [
        ours("changed", 1),
        ours("deleted", 1),
        ours("marked", 1),
        ours("retired", 1),
        ours("same", 1),
        ours("taken", 1),
        retired("tomb"),
        stored("theirs", 1, Some("other")),
    ];
    let now = [
        ours("appeared", 1),
        ours("changed", 2),
        Stored { fingerprint: None, ..ours("marked", 1) },
        retired("retired"),
        ours("same", 1),
        stored("taken", 1, Some("other")),
        retired("tomb"),
        stored("theirs", 2, Some("other")),
    ];
    let found = since(&seen, &now, |_| Vec::new(), |item| item.owner.as_deref() == Some(OWNER));
    let found_texts: Vec<_> =
        found.iter().map(|Since { id, what, .. }| (id.as_str(), what.clone())).collect();
    let fields = super::super::differences(&spec(1), &spec(2));
    let owner = |owner: &str| Some(owner.to_owned());
    assert_eq!(
        found_texts,
        [
            ("appeared", ItemEvent::Appeared { owner: owner(OWNER) }),
            ("changed", ItemEvent::Changed { fields }),
            ("deleted", ItemEvent::Deleted),
            ("marked", ItemEvent::Marked),
            ("retired", ItemEvent::Retired),
            ("taken", ItemEvent::Taken { owner: owner("other") }),
        ]
    );
}
