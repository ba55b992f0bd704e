//! Which plans need a review, and what the approval of a plan allows.

use super::super::{Rollback, UnknownOrder, review_needs};
use super::*;

fn needs(plan: &Plan, succession: &Succession) -> Vec<String> {
    review_needs(plan, succession).iter().map(ToString::to_string).collect()
}

fn disabled(id: &str) -> Desired {
    let mut fields = spec(1).fields().clone();
    fields.insert("enabled".to_owned(), json!(false));
    wanted(id, Spec::new(fields))
}

fn slow(id: &str) -> Desired {
    let mut fields = spec(1).fields().clone();
    fields.insert("interval".to_owned(), json!(86_400));
    wanted(id, Spec::new(fields))
}

#[test]
fn a_plan_with_a_risk_needs_a_review_and_any_other_does_not() {
    let live = ["a", "b", "c"].map(|id| stored(id, 1, Some(OWNER)));
    let of = |files: &[Desired]| needs(&planned(files, &live), &Succession::Onwards);
    let same = ["a", "b", "c"].map(|id| desired(id, 1));
    assert_eq!(of(&same), [""; 0]);
    assert_eq!(of(&[&same[..], &[desired("new", 1)]].concat()), [""; 0]);
    assert_eq!(of(&["a", "b", "c"].map(|id| desired(id, 2))), [""; 0]);
    assert_eq!(of(&same[1..]), ["removes or disables 1 monitor"]);
    assert_eq!(of(&["a", "b"].map(disabled)), ["removes or disables 3 monitors"]);
    assert_eq!(
        of(&[slow("a"), slow("b"), disabled("c")]),
        ["removes or disables 1 monitor", "weakens 2 monitors"]
    );
}

#[test]
fn a_monitor_of_another_owner_and_an_older_commit_need_a_review() {
    let live = [stored("a", 1, Some("other")), stored("b", 1, None)];
    let files = [desired("a", 1), desired("b", 1)];
    let plan = planned(&files, &live);
    assert_eq!(needs(&plan, &Succession::Onwards), [""; 0], "what belongs to others is not taken yet");
    let scope = Scope { approved: plan.claims.clone(), ..Scope::default() };
    let taking = planned_in(&scope, &files, &live);
    assert_eq!(needs(&taking, &Succession::Onwards), ["takes 1 monitor from another owner"]);
    let backwards = Succession::Backwards { applied: "b".into(), incoming: "a".into() };
    let unknown = Succession::Unknown { applied: "b".into(), reason: UnknownOrder::Shallow };
    for succession in [backwards, unknown] {
        assert_eq!(needs(&plan, &succession), ["may undo a newer commit"]);
    }
    assert_eq!(needs(&plan, &Succession::Unrelated { origin: None }), [""; 0], "it removes nothing");
}

#[test]
fn an_approval_allows_what_the_refusals_name_and_no_more() {
    let live: Vec<_> = (0..9).map(|n| stored(&format!("m{n}"), 1, Some(OWNER))).collect();
    let others = [stored("x", 1, Some("other"))];
    let files = [desired("m0", 1), desired("x", 2)];
    let plan = planned(&files, &[&live[..], &others].concat());
    let found = refused(&plan);
    let raised = Overrides::default().raised(&found);
    assert_eq!(raised, Overrides { allow_loss: Some(8), ..Overrides::default() });
    let claims: Vec<_> = found.iter().flat_map(Refusal::claims).cloned().collect();
    let scope = Scope { approved: claims, ..Scope::default() };
    let approved = planned_in(&scope, &files, &[&live[..], &others].concat());
    assert_eq!(refusals(&approved, &raised, &Succession::Onwards), []);
    // One more is another plan.
    let more = planned_in(&scope, &files[1..], &[&live[..], &others].concat());
    assert_eq!(refusals(&more, &raised, &Succession::Onwards), [Refusal::Losses { lost: 9, limit: 2 }]);
    let protected = Refusal::NothingDesired { owned: 1 };
    assert_eq!(Overrides::default().raised(&[protected]), Overrides::default());
    let backwards = Refusal::Rollback { applied: "b".into(), incoming: "a".into() };
    assert_eq!(Overrides::default().raised(&[backwards]).rollback, Rollback::Allowed);
}

#[test]
fn the_digest_names_what_would_be_taken_from_others() {
    let digest =
        |version, live: &Stored| planned(&[desired("a", version)], std::slice::from_ref(live)).digest();
    let theirs = stored("a", 1, Some("other"));
    let digests = [
        digest(1, &theirs),
        digest(2, &theirs),
        digest(1, &stored("a", 3, Some("other"))),
        digest(1, &stored("a", 1, Some("another"))),
        planned(&[], &[]).digest(),
    ];
    assert_eq!(digests.iter().collect::<BTreeSet<_>>().len(), digests.len());
}
