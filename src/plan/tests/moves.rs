//! Monitors that change their name or their owner, parts of a catalog, and why lines are there.

use super::super::{Catalog, Cause, Past, RenameCandidate, Risk, TakeOver, WRITES_PER_PART, attribute};
use super::*;
use crate::monitor::{MOST_FORMER_IDS, Selector};

// Trap 25: a rename is a removal and a creation elsewhere, and the history is lost.
#[test]
fn a_move_takes_the_history_along_and_is_no_loss() {
    let mut new = desired("new", 2);
    new.moved_from = MonitorId::parse("old").ok();
    let older = MonitorId::parse("older").expect("an id");
    let live = [Stored { formerly: vec![older.clone()], ..stored("old", 1, Some(OWNER)) }];
    let plan = planned(std::slice::from_ref(&new), &live);
    assert_eq!(lines(&plan), ["> new"]);
    assert_eq!(
        (plan.changes[0].risk, plan.active_monitors.before, plan.active_monitors.after),
        (Risk::None, 1, 1)
    );
    let writes = batches(&plan, &live).concat();
    let [ItemWrite::Put { formerly, .. }, ItemWrite::Retire { id, .. }] = writes.as_slice() else {
        panic!("{writes:?}")
    };
    assert_eq!((formerly, id.as_str()), (&vec![live[0].id.clone(), older], "old"));
    // Once it has moved, the line in the file says nothing any more.
    let after = apply(&plan, &live);
    assert!(planned(&[new], &after).is_empty());
}

#[test]
fn a_move_from_what_is_not_ours_begins_anew() {
    let mut new = desired("new", 2);
    new.moved_from = MonitorId::parse("old").ok();
    assert_eq!(lines(&planned(&[new.clone()], &[stored("old", 1, Some("other"))])), ["+ new"]);
    assert_eq!(lines(&planned(&[new], &[])), ["+ new"]);
}

#[test]
fn the_writes_of_a_move_stay_in_one_transaction() {
    let ids: Vec<_> = (0..120).map(|n| format!("m{n:03}")).collect();
    let live: Vec<_> = ids.iter().map(|id| stored(id, 1, Some(OWNER))).collect();
    let wanted: Vec<_> = ids
        .iter()
        .map(|id| Desired { moved_from: MonitorId::parse(id).ok(), ..desired(&format!("x{id}"), 1) })
        .chain([desired("new", 1)])
        .collect();
    for batch in batches(&planned(&wanted, &live), &live) {
        assert!(batch.len() <= WRITES_PER_PART);
        let put: Vec<_> = batch.iter().filter(|write| matches!(write, ItemWrite::Put { .. })).collect();
        for write in &batch {
            let ItemWrite::Retire { id, .. } = write else { continue };
            assert!(put.iter().any(|write| write.id().as_str() == format!("x{id}")));
        }
    }
}

#[test]
fn what_looks_like_a_rename_is_suggested_and_not_assumed() {
    let at = |host: &str, path: &str| {
        let spec = json!({"url": format!("https://{host}/{path}"), "team": "a", "interval": 60});
        let serde_json::Value::Object(fields) = spec else { unreachable!("an object") };
        Spec::new(fields)
    };
    let item = |id, spec: Spec| Stored { spec, ..stored(id, 0, Some(OWNER)) };
    let live = [item("login", at("login.example", "health")), item("shop", at("shop.example", "health"))];
    let wanted =
        [wanted("login-v2", at("login.example", "health")), wanted("other", at("o.example", "health"))];
    let plan = planned(&wanted, &live);
    assert_eq!(lines(&plan), ["- login", "- shop", "+ login-v2", "+ other"]);
    let rename_candidate =
        RenameCandidate { from: live[0].id.clone(), to: wanted[0].id.clone(), percent: 100 };
    assert_eq!(plan.rename_candidates, [rename_candidate]);
}

#[test]
fn unmanaged_items_and_those_of_others_are_taken_only_by_name() {
    let live = [stored("a", 1, Some("other")), stored("b", 1, None), stored("c", 1, None)];
    let scope = Scope {
        adopt: Selector::parse("b").ok(),
        take_over: vec![TakeOver { owner: "other".into(), monitors: Selector::parse("a*").expect("valid") }],
        rename_owner: None,
        only: None,
        approved: Vec::new(),
    };
    // What a file says word for word is its own; what it says otherwise is not.
    let wanted = [desired("a", 1), desired("b", 1), desired("c", 2)];
    let plan = planned_in(&scope, &wanted, &live);
    assert_eq!(lines(&plan), ["= a", "= b"]);
    assert_eq!((plan.claims.len(), plan.unmanaged, plan.foreign.len()), (1, 1, 0));
    let wrong = TakeOver { owner: "x".into(), monitors: Selector::parse("a").expect("valid") };
    let wrong = Scope { take_over: vec![wrong], ..Scope::default() };
    assert_eq!(lines(&planned_in(&wrong, &wanted[..1], &live)), [""; 0]);
}

#[test]
fn an_owner_that_is_renamed_loses_only_what_is_in_no_file() {
    let live: Vec<_> = ["a", "b", "c", "d", "e"].map(|id| stored(id, 1, Some("old"))).into();
    let scope = Scope { rename_owner: Some("old".into()), ..Scope::default() };
    let files = |ids: &[&str]| ids.iter().map(|id| desired(id, 1)).collect::<Vec<_>>();
    let whole = planned_in(&scope, &files(&["a", "b", "c", "d", "e"]), &live);
    assert_eq!(lines(&whole), ["= a", "= b", "= c", "= d", "= e"]);
    assert_eq!((whole.handed_over().count(), whole.owned, whole.owned_after()), (5, 5, 5));
    assert_eq!((whole.active_monitors.before, whole.active_monitors.after), (5, 5));
    assert_eq!(refused(&whole), []);
    let mut moved = desired("new", 1);
    moved.moved_from = Some(live[1].id.clone());
    let part = planned_in(&scope, &[desired("a", 2), moved], &live);
    assert_eq!(lines(&part), ["- c", "- d", "- e", "> new", "= a"]);
    assert_eq!((part.owned_after(), part.active_monitors.after), (2, 2));
    assert_eq!(refused(&part), [Refusal::Losses { lost: 3, limit: 2 }]);
    // The others stay theirs.
    let others = [&live[..], &[stored("z", 1, Some("other"))]].concat();
    assert_eq!(
        planned_in(&scope, &files(&["a"]), &others).foreign,
        BTreeMap::from([("other".to_owned(), 1)])
    );
}

#[test]
fn targeting_removes_and_changes_nothing_outside() {
    let live = ["a", "b", "c"].map(|id| stored(id, 1, Some(OWNER)));
    let scope = Scope { only: Selector::parse("a,n*").ok(), ..Scope::default() };
    let plan = planned_in(&scope, &[desired("a", 2), desired("b", 2), desired("new", 1)], &live);
    assert_eq!(lines(&plan), ["~ a", "+ new"]);
    assert_eq!(plan.outside, 2);
}

// `--only` and `--undo` retire what the applied commit has.
#[test]
fn what_sync_itself_retired_is_not_called_deleted_by_hand() {
    let retired =
        Stored { retired_at: Some(jiff::Timestamp::UNIX_EPOCH), ..stored("retired", 1, Some(OWNER)) };
    let wanted = [desired("retired", 1), desired("deleted", 1)];
    let catalog: Catalog = wanted.iter().map(|desired| (desired.id.clone(), desired.spec.clone())).collect();
    let mut plan = planned(&wanted, &[retired]);
    attribute(&mut plan, Past { base: Some(&catalog), applied: Some(("c1", &catalog)), ..Past::default() });
    let causes: BTreeMap<_, _> = plan.changes.iter().map(|c| (c.id.as_str(), c.cause)).collect();
    let expected = [("deleted", Some(Cause::LiveDrift)), ("retired", Some(Cause::NotApplied))];
    assert_eq!(causes, expected.into());
}

#[test]
fn an_id_of_someone_else_is_in_scope_by_what_either_side_says() {
    let tagged = |tag: &str| Spec::new([("tags".to_owned(), json!([tag]))].into_iter().collect());
    let live = [Stored { spec: tagged("theirs"), ..stored("a", 1, Some("other")) }];
    for (only, claims) in [("tag:mine", 1), ("tag:theirs", 1), ("a", 1), ("tag:none", 0)] {
        let scope = Scope { only: Selector::parse(only).ok(), ..Scope::default() };
        let plan = planned_in(&scope, &[wanted("a", tagged("mine"))], &live);
        assert_eq!((plan.claims.len(), plan.outside), (claims, 1 - claims), "{only}");
    }
}

// A plan says why each line is there.
#[test]
fn every_line_has_its_cause() {
    let edited = Stored { spec: spec(9), ..stored("edited", 1, Some(OWNER)) };
    let rewritten = Stored { commit: Some("c1".into()), ..stored("rewritten", 7, Some(OWNER)) };
    let live = [
        edited,
        rewritten,
        stored("changed", 1, Some(OWNER)),
        stored("gone", 1, Some(OWNER)),
        stored("late", 1, Some(OWNER)),
    ];
    let wanted = [
        desired("edited", 1),
        desired("rewritten", 1),
        desired("changed", 2),
        desired("late", 2),
        desired("deleted", 1),
        desired("fresh", 1),
    ];
    let catalog = |ids: &[(&str, u8)]| -> Catalog {
        ids.iter().map(|(id, version)| (MonitorId::parse(id).expect("an id"), spec(*version))).collect()
    };
    let base =
        catalog(&[("edited", 1), ("rewritten", 1), ("changed", 1), ("gone", 1), ("late", 2), ("deleted", 1)]);
    let applied =
        catalog(&[("edited", 1), ("rewritten", 1), ("changed", 1), ("gone", 1), ("late", 1), ("deleted", 1)]);
    let mut plan = planned(&wanted, &live);
    attribute(&mut plan, Past { base: Some(&base), applied: Some(("c1", &applied)), ..Past::default() });
    let causes: BTreeMap<_, _> = plan.changes.iter().map(|c| (c.id.as_str(), c.cause)).collect();
    let expected = [
        ("changed", Cause::ThisChange),
        ("deleted", Cause::LiveDrift),
        ("edited", Cause::LiveDrift),
        ("fresh", Cause::ThisChange),
        ("gone", Cause::ThisChange),
        ("late", Cause::NotApplied),
        ("rewritten", Cause::LiveDrift),
    ];
    assert_eq!(causes, expected.map(|(id, cause)| (id, Some(cause))).into());
    // Without git a hand in the table is still seen, and the rest is not guessed.
    attribute(&mut plan, Past::default());
    let cause = |id: &str| plan.changes.iter().find(|c| c.id.as_str() == id).and_then(|c| c.cause);
    assert_eq!((cause("edited"), cause("changed")), (Some(Cause::LiveDrift), None));
}

// A monitor that is renamed in each release would else outgrow its item.
#[test]
fn of_very_many_former_ids_the_latest_are_kept() {
    let id = |text: String| MonitorId::parse(&text).expect("an id");
    let older: Vec<_> = (0..MOST_FORMER_IDS + 5).map(|number| id(format!("older-{number}"))).collect();
    let live = [Stored { formerly: older.clone(), ..stored("old", 1, Some(OWNER)) }];
    let wanted = Desired { moved_from: Some(id("old".to_owned())), ..desired("new", 1) };
    let writes = batches(&planned(&[wanted], &live), &live).concat();
    let Some(ItemWrite::Put { formerly, .. }) = writes.first() else { panic!("{writes:?}") };
    assert_eq!(formerly.len(), MOST_FORMER_IDS);
    assert_eq!((formerly[0].as_str(), &formerly[1]), ("old", &older[0]));
}
