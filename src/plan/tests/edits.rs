//! Edits in the table that the files have by now, or that they touch: what sync would keep of them is a change.

use super::super::{Catalog, Cause, EditFate, Past, Risk, attribute, review_needs, weigh_edits};
use super::*;

fn fields(fields: serde_json::Value) -> Spec {
    let serde_json::Value::Object(fields) = fields else { unreachable!("an object") };
    Spec::new(fields)
}

/// An item that sync wrote as `before`, and that says `now`.
fn edited(id: &str, before: &Spec, now: &Spec) -> Stored {
    Stored { spec: now.clone(), fingerprint: Some(before.fingerprint()), ..stored(id, 1, Some(OWNER)) }
}

/// The plan of a pull request whose base has `before`; without it, git does not know the commit.
fn reviewed(before: Option<&Spec>, now: &Spec, files: Desired) -> Plan {
    let written = before.cloned().unwrap_or_else(|| spec(7));
    let live = [edited("a", &written, now)];
    let catalog: Option<Catalog> = before.map(|before| [(live[0].id.clone(), before.clone())].into());
    let past = Past {
        base: catalog.as_ref(),
        applied: catalog.as_ref().map(|catalog| ("c1", catalog)),
        reading: Some(READING),
        ..Past::default()
    };
    let mut plan = planned(&[files], &live);
    weigh_edits(&mut plan, past, table(&live));
    attribute(&mut plan, past);
    plan
}

fn paths(plan: &Plan) -> Vec<&str> {
    plan.changes.iter().flat_map(|change| &change.fields).map(|field| field.path.as_str()).collect()
}

#[test]
fn an_edit_that_the_files_have_is_a_change_with_its_risk() {
    let before = fields(json!({"url": "u", "protect": true}));
    let now = fields(json!({"url": "u", "enabled": false}));
    let plan = reviewed(Some(&before), &now, wanted("a", now.clone()));
    let [change] = plan.changes.as_slice() else { panic!("{:?}", plan.changes) };
    assert_eq!((change.risk, change.cause), (Risk::Loss, Some(Cause::ThisChange)));
    assert_eq!(paths(&plan), ["enabled", "protect"]);
    assert_eq!((plan.counts().kept_edits, plan.counts().updates, plan.count_lost()), (1, 0, 1));
    // The edit took the protection away, too; it counts as it was synced.
    let refused: Vec<_> = refused(&plan).iter().map(ToString::to_string).collect();
    assert_eq!(refused, ["a is protected, but would no longer be watched"]);
    assert!(!review_needs(&plan, &Succession::Onwards).is_empty());

    let slower = fields(json!({"url": "u", "interval": 600}));
    let plan =
        reviewed(Some(&fields(json!({"url": "u", "interval": 60}))), &slower, wanted("a", slower.clone()));
    assert_eq!((plan.count_weaker(), paths(&plan)), (1, vec!["interval"]));
}

#[test]
fn an_edit_is_kept_by_a_new_fingerprint_and_is_then_no_change() {
    let now = spec(2);
    let live = [edited("a", &spec(1), &now)];
    let wanted = [wanted("a", now)];
    let plan = planned(&wanted, &live);
    assert_eq!(plan.size(), 1);
    let after = apply(&plan, &live);
    assert!(!after[0].is_edited());
    assert!(planned(&wanted, &after).is_empty());
}

#[test]
fn without_the_earlier_values_a_disabled_monitor_counts_as_lost_and_any_other_needs_a_review() {
    let disabled = fields(json!({"url": "u", "enabled": false}));
    let plan = reviewed(None, &disabled, wanted("a", disabled.clone()));
    assert_eq!((plan.count_lost(), plan.count_unknown_edits()), (1, 1));
    let plan = reviewed(None, &spec(2), wanted("a", spec(2)));
    assert_eq!((plan.count_lost(), plan.changes[0].risk), (0, Risk::None));
    let needs = review_needs(&plan, &Succession::Onwards);
    let needs: Vec<_> = needs.iter().map(ToString::to_string).collect();
    assert_eq!(needs, ["has edits in the table of 1 monitor, whose earlier values are not known"]);
}

#[test]
fn another_change_of_the_monitor_does_not_hide_an_edit_that_is_kept() {
    let before = fields(json!({"url": "u"}));
    let now = fields(json!({"url": "u", "enabled": false}));
    let files = wanted("a", fields(json!({"url": "u", "enabled": false, "team": "x"})));
    let plan = reviewed(Some(&before), &now, files.clone());
    assert_eq!((plan.count_lost(), paths(&plan)), (1, vec!["enabled", "team"]));
    let fate = plan.changes[0].edit.as_ref().map(|edit| edit.fate);
    assert_eq!(fate, Some(EditFate::KeptInPart));
    // Neither does a removal or a new id.
    let moved = Desired { moved_from: MonitorId::parse("a").ok(), ..wanted("b", files.spec) };
    assert_eq!(reviewed(Some(&before), &now, moved).count_lost(), 1);
    assert_eq!(reviewed(Some(&before), &now, desired("other", 1)).count_lost(), 1);
}

#[test]
fn an_edit_that_is_taken_back_is_drift_and_no_risk() {
    let before = fields(json!({"url": "u"}));
    let now = fields(json!({"url": "u", "enabled": false}));
    let plan = reviewed(Some(&before), &now, wanted("a", before.clone()));
    assert_eq!((plan.count_lost(), plan.changes[0].edit.clone()), (0, None));
    assert_eq!(plan.changes[0].cause, Some(Cause::LiveDrift));
}
