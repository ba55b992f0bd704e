//! What is written down of runs, and what a run that is taken back restores.

use super::*;
use crate::state::Shard;

/// The second page of a run that says all that a page can say.
fn full_page() -> RunPage {
    let before = Stored {
        id: id("a"),
        spec: spec("http://a"),
        fingerprint: Some(Fingerprint("other".to_owned())),
        owner: Some("other".to_owned()),
        source: Some("monitors/a.yaml:1".to_owned()),
        commit: Some("abc".to_owned()),
        generation: Some(3),
        synced_at: Some(now()),
        formerly: vec![id("z")],
        retired_at: Some(now()),
        damage: None,
    };
    let bare = Stored {
        fingerprint: None,
        owner: None,
        source: None,
        commit: None,
        generation: None,
        ..before.clone()
    };
    let bare = Stored { id: id("b"), synced_at: None, formerly: Vec::new(), retired_at: None, ..bare };
    let live = ItemLeft::Live {
        spec: spec("http://b").fingerprint(),
        fingerprint: None,
        owner: Some("shop".to_owned()),
    };
    let written = |name: &str, before, left, from: Option<&str>| WrittenItem {
        id: id(name),
        before,
        left,
        moved_from: from.map(id),
    };
    let page = page(2);
    let settings = SettingsWritten { before: channels(&[]), after: channels(&[("oncall", "a")]) };
    let run = SyncRun {
        undoes: Some(run_id(1)),
        extent: RunExtent::Part,
        overrides: Some("--allow-loss 3".to_owned()),
        approved_by: Some("octocat".to_owned()),
        commit_before: Some("def".to_owned()),
        environment_before: Some("old".to_owned()),
        settings: Some(settings),
        ..page.run
    };
    let items = vec![
        written("a", Some(before), ItemLeft::Retired, None),
        written("b", Some(bare), live, Some("a")),
        written("c", None, ItemLeft::Retired, None),
    ];
    RunPage { run, number: 2, items, ..page }
}

#[tokio::test]
async fn the_record_of_a_run_reads_back_and_is_no_part_of_the_catalog() {
    let shared = shared();
    let store = shared.open();
    let (full, settings) = (full_page(), channels(&[]));
    let first = RunPage { number: 1, stamp: stamp(1), ..full.clone() };
    let journal = Journal {
        run: full.run.id.clone(),
        undoes: full.run.undoes.clone(),
        commit: Some("abc".to_owned()),
        plan_digest: "digest".to_owned(),
        approved_by: full.run.approved_by.clone(),
        done: 1,
        parts: 2,
        generation: Generation(1),
    };
    let commit = AppliedCommit::Stays;
    for (expected, page, journal) in [(None, &first, Some(&journal)), (Some(Generation(1)), &full, None)] {
        let batch =
            Batch { expected, page, count: 7, settings: &settings, commit: &commit, journal, writes: &[] };
        store.config_writer(&Shard::sample()).apply(batch).await.expect("it applies");
        let head = store.config_reader(&Shard::sample()).read_now().await.expect("it reads").heads.remove(0);
        // A commit is applied once all of it is.
        assert_eq!((head.journal.as_ref(), head.commit), (journal, None));
        assert_eq!(head.overrides.as_deref(), Some("--allow-loss 3"));
    }
    done(&store, 3, &[]).await;
    let reader = store.config_reader(&Shard::sample());
    let pages: Vec<_> = reader
        .run("shop", &full.run.id)
        .await
        .expect("it reads")
        .into_iter()
        .map(|page| page.expect("a page"))
        .collect();
    assert_eq!(pages, [first, full]);
    let last: Vec<_> = reader.last_runs("shop", 2).await.expect("it reads");
    assert_eq!(
        last.iter().map(|page| (&page.run.id, page.number)).collect::<Vec<_>>(),
        [(&run_id(3), 1), (&run_id(2), 2)]
    );
    assert_eq!(reader.run("shop", &run_id(9)).await.expect("it reads"), []);
    let configs = reader.read().await.expect("it reads");
    assert_eq!((configs.items.len(), configs.heads.len(), configs.unreadable.len()), (0, 1, 0));
}

#[tokio::test]
async fn a_page_is_written_once_and_goes_by_itself() {
    let shared = shared();
    let store = shared.open();
    done(&store, 1, &[]).await;
    let (same, settings, commit) = (later(page(1)), channels(&[]), AppliedCommit::Stays);
    let expected = Some(Generation(1));
    let batch = Batch {
        expected,
        page: &same,
        count: 7,
        settings: &settings,
        commit: &commit,
        journal: None,
        writes: &[],
    };
    let refused = Applied::Overtaken { head: HeadSeen::Moved, items: Vec::new() };
    assert_eq!(store.config_writer(&Shard::sample()).apply(batch).await.expect("it answers"), refused);
    let item = shared.get_in(TABLE, "@runs#shop", &format!("{}#0001", run_id(1))).expect("it is there");
    assert_eq!(item["expires"]["N"], json!((now().as_second() + 30 * 24 * 3600).to_string()));
}

#[tokio::test]
async fn what_a_hand_had_made_is_restored_exactly() {
    let shared = shared();
    let store = shared.open();
    let by_hand =
        json!({"shard": {"S": "0"}, "monitor": {"S": "a"}, "spec": {"M": {"url": {"S": "http://x"}}}});
    shared.put(TABLE, &by_hand);
    let before = store.config_reader(&Shard::sample()).read().await.expect("it reads").items.remove(0);
    done(&store, 1, &[put("a", "http://a", Before::NoFingerprint)]).await;
    done(&store, 2, &[ItemWrite::Restore { item: Box::new(before.clone()), before: was("http://a") }]).await;
    let after = store.config_reader(&Shard::sample()).read().await.expect("it reads").items.remove(0);
    assert_eq!(Stored { generation: None, synced_at: None, ..after }, before);
}
