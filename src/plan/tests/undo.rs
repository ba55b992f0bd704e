//! Laws of the run record: what an undo gives, and what a run looks like before its first write.

use super::super::guard::Exposure;
use super::super::{
    Generation, ItemLeft, PlanPart, RunPage, SettingsWritten, Stamp, SyncRun, TakeOver, before_run, undo,
};
use super::*;
use crate::monitor::Selector;

/// The record of writes that were made as one part.
fn page(plan: &Plan, part: &PlanPart) -> RunPage {
    let stamp = Stamp {
        owner: OWNER.to_owned(),
        commit: None,
        generation: Generation(1),
        synced_at: jiff::Timestamp::UNIX_EPOCH,
        synced_by: "ci".to_owned(),
        origin: None,
        environment: None,
    };
    let page = RunPage::sample(stamp);
    let run = SyncRun { plan_digest: plan.digest(), ..page.run };
    RunPage { run, items: part.items.clone(), ..page }
}

/// The table after a plan, and the record of it.
fn run(plan: &Plan, live: &[Stored]) -> (Vec<Stored>, Vec<RunPage>) {
    let parts = plan.parts(live, &BTreeSet::new());
    (apply(plan, live), parts.iter().map(|part| page(plan, part)).collect())
}

fn back(pages: &[RunPage], live: &[Stored]) -> Plan {
    undo(OWNER, pages, table(live), None).expect("it is untouched")
}

/// What is watched and how; tombstones and former names aside.
fn watched(items: &[Stored]) -> Vec<(MonitorId, Spec, Option<String>, bool)> {
    let mut watched: Vec<_> = items
        .iter()
        .filter(|item| item.retired_at.is_none())
        .map(|item| (item.id.clone(), item.spec.clone(), item.owner.clone(), item.fingerprint.is_some()))
        .collect();
    watched.sort_by(|one, other| one.0.cmp(&other.0));
    watched
}

/// Catalogs in which monitors may have moved, each from an id that is free.
fn moved_catalogs() -> impl Strategy<Value = Vec<Desired>> {
    let moves = proptest::collection::vec(proptest::option::of("[a-e]{1,2}"), 12);
    (catalogs(), moves).prop_map(|(mut wanted, moves)| {
        let mut taken: BTreeSet<_> = wanted.iter().map(|desired| desired.id.clone()).collect();
        for (desired, from) in wanted.iter_mut().zip(moves) {
            let from = from.and_then(|from| MonitorId::parse(&from).ok());
            desired.moved_from = from.filter(|from| taken.insert(from.clone()));
        }
        wanted
    })
}

/// Takes over what is in the way.
fn greedy() -> Scope {
    let letters = ["a", "b", "c", "d", "e"];
    let ids = ["", "a", "b", "c", "d", "e"].into_iter().flat_map(|a| letters.map(|b| format!("{a}{b}")));
    let taken =
        |id: String| TakeOver { owner: "other".into(), monitors: Selector::parse(&id).expect("an id") };
    Scope {
        only: None,
        adopt: Selector::parse("*").ok(),
        take_over: ids.map(taken).collect(),
        rename_owner: None,
        approved: Vec::new(),
    }
}

proptest! {
    #[test]
    fn an_undo_gives_the_table_before_and_its_undo_the_one_after(wanted in moved_catalogs(), live in tables()) {
        let plan = planned_in(&greedy(), &wanted, &live);
        let (after, record) = run(&plan, &live);
        let undone = back(&record, &after);
        let (before, record_of_undo) = run(&undone, &after);
        prop_assert_eq!(watched(&before), watched(&live));
        prop_assert_eq!(undone.owned_after(), before.iter().filter(|item| item.retired_at.is_none() && item.owner.as_deref() == Some(OWNER)).count());
        prop_assert!(back(&record, &before).is_empty());
        let (again, _) = run(&back(&record_of_undo, &before), &before);
        prop_assert_eq!(watched(&again), watched(&after));
    }

    #[test]
    fn a_run_that_was_interrupted_anywhere_is_the_same_plan_again(wanted in moved_catalogs(), live in tables(), cut in 0usize..12) {
        let whole = planned_in(&greedy(), &wanted, &live);
        let mut begun = whole.clone();
        begun.changes.truncate(cut);
        let (there, mut pages) = run(&begun, &live);
        pages.retain(|page| !page.items.is_empty());
        let head = head(CatalogSettings::default());
        let before = before_run(table(&there), &head, &pages);
        let mut expected = live.clone();
        expected.sort_by(|one, other| one.id.cmp(&other.id));
        prop_assert_eq!(&before.items, &expected);
        let again = planned_in(&greedy(), &wanted, &before.items);
        prop_assert_eq!(again.digest(), whole.digest());
        let missing: usize = again.parts(&before.items, &before.written).iter().map(|part| part.writes.len()).sum();
        let all: usize = batches(&whole, &live).iter().map(Vec::len).sum();
        let done: usize = batches(&begun, &live).iter().map(Vec::len).sum();
        prop_assert_eq!(missing, all - done);
    }
}

#[test]
fn what_was_changed_again_is_refused_by_name_and_may_be_left_out() {
    let live = ["a", "b"].map(|id| stored(id, 1, Some(OWNER)));
    let (mut after, record) = run(&planned(&[desired("a", 2), desired("b", 2)], &live), &live);
    after[0].spec = spec(3);
    let obstacles = undo(OWNER, &record, table(&after), None).expect_err("a was edited");
    let found_texts: Vec<_> = obstacles.iter().map(ToString::to_string).collect();
    assert_eq!(found_texts, ["a was edited by hand since"]);
    let others = Selector::parse("!a").expect("a selector");
    let plan = undo(OWNER, &record, table(&after), Some(&others)).expect("b is as it was left");
    assert_eq!(lines(&plan), ["~ b"]);
}

#[test]
fn a_move_goes_back_with_its_state() {
    let live = [stored("old", 1, Some(OWNER))];
    let mut new = desired("new", 2);
    new.moved_from = MonitorId::parse("old").ok();
    let (after, record) = run(&planned(&[new], &live), &live);
    let plan = back(&record, &after);
    assert_eq!(lines(&plan), ["> old"]);
    let writes = batches(&plan, &after).concat();
    let [ItemWrite::Restore { item, .. }, ItemWrite::Retire { id, .. }] = writes.as_slice() else {
        panic!("{writes:?}")
    };
    // By this `check` finds the state under the id that it had in between.
    assert_eq!((item.id.as_str(), item.formerly.as_slice(), id.as_str()), ("old", &[id.clone()][..], "new"));
    let half = Selector::parse("new").expect("a selector");
    assert_eq!(lines(&undo(OWNER, &record, table(&after), Some(&half)).expect("both halves")), ["> old"]);
}

#[test]
fn an_undo_counts_what_is_lost_and_what_is_protected() {
    let protected = Spec::new(
        [("url".to_owned(), json!("http://m")), ("protect".to_owned(), json!(true))].into_iter().collect(),
    );
    let (after, record) =
        run(&planned(&[wanted("a", protected), desired("b", 1), desired("c", 1)], &[]), &[]);
    let refused = refused(&back(&record, &after));
    let lost = Refusal::Losses { lost: 3, limit: 1 };
    assert_eq!(
        refused[1..],
        [lost, Refusal::Protected { id: after[0].id.clone(), exposure: Exposure::Lost }]
    );
}

#[test]
fn settings_go_back_unless_they_were_changed_again() {
    let with_topic = ["one", "two", "three"].map(|topic| channels(&[("oncall", topic)]));
    let with_canary = ["http://one/", "http://two/", "http://three/"].map(|url| canaries(&[url]));
    for sides in [with_topic, with_canary] {
        settings_go_back(sides);
    }
}

fn settings_go_back([before, after, other]: [CatalogSettings; 3]) {
    let mut record = page(&planned(&[], &[]), &PlanPart::default());
    record.run.settings = Some(SettingsWritten { before: before.clone(), after: after.clone() });
    let undone = |now: &CatalogSettings| {
        let head = head(now.clone());
        undo(OWNER, std::slice::from_ref(&record), Live { head: Some(&head), ..table(&[]) }, None)
    };
    let plan = undone(&after).expect("as left");
    assert_eq!((plan.size(), &plan.settings.after), (1, &before));
    assert!(undone(&before).expect("as before").is_empty());
    assert_eq!(undone(&other).expect_err("changed").len(), 1);
}

#[test]
fn a_tombstone_that_came_to_its_end_is_brought_back_from_the_record() {
    let live = [stored("a", 1, Some(OWNER)), stored("b", 1, Some(OWNER))];
    let (mut after, record) = run(&planned(&[desired("b", 1)], &live), &live);
    after.retain(|item| item.retired_at.is_none());
    let plan = back(&record, &after);
    let (before, _) = run(&plan, &after);
    assert_eq!((lines(&plan), watched(&before)), (vec!["+ a".to_owned()], watched(&live)));
    assert!(ItemLeft::Retired.is(None));
}
