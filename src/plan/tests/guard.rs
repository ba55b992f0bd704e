//! What the guard refuses, and what it lets through.

use super::super::guard::Exposure;
use super::super::{Risk, Rollback, UnknownOrder, loss_limit};
use super::*;
use crate::monitor::Fingerprint;

fn with(version: u8, key: &str, value: serde_json::Value) -> Spec {
    let mut fields = spec(version).fields().clone();
    fields.insert(key.to_owned(), value);
    Spec::new(fields)
}

#[test]
fn the_stored_word_protects_whatever_the_files_say() {
    let protected = with(1, "protect", json!(true));
    let live = [Stored {
        fingerprint: Some(protected.fingerprint()),
        spec: protected,
        ..stored("a", 1, Some(OWNER))
    }];
    let refusal = Refusal::Protected { id: live[0].id.clone(), exposure: Exposure::Lost };
    for plan in
        [planned(&[desired("b", 1)], &live), planned(&[wanted("a", with(1, "enabled", json!(false)))], &live)]
    {
        assert_eq!(refused(&plan), std::slice::from_ref(&refusal));
        let all = Overrides {
            allow_loss: Some(9),
            allow_weaker: Some(9),
            allow_secret_host: Some(9),
            rollback: Rollback::Allowed,
            claim_table: Some("prod".to_owned()),
            rename_environment: Some("prod".to_owned()),
        };
        assert_eq!(refusals(&plan, &all, &Succession::Onwards), std::slice::from_ref(&refusal));
    }
    // The step between: it is watched on, and may go next time.
    assert_eq!(refused(&planned(&[desired("a", 1)], &live)), []);
}

#[test]
fn a_protected_monitor_that_goes_on_unprotected_is_named_and_so_is_what_becomes_of_it() {
    let protected = with(1, "protect", json!(true));
    let item = |owner: Option<&str>| Stored {
        fingerprint: Some(protected.fingerprint()),
        spec: protected.clone(),
        ..stored("pay", 1, owner)
    };
    let messages = |plan: &Plan| refused(plan).iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut moved = desired("pay-2", 1);
    moved.moved_from = MonitorId::parse("pay").ok();
    assert_eq!(
        messages(&planned(std::slice::from_ref(&moved), &[item(Some(OWNER))])),
        ["pay is protected, but would move to pay-2 without its protection"]
    );
    moved.monitor.enabled = false;
    assert_eq!(
        messages(&planned(&[moved, desired("other", 1)], &[item(Some(OWNER))])),
        ["pay is protected, but would no longer be watched"]
    );
    let scope = Scope { adopt: crate::monitor::Selector::parse("pay").ok(), ..Scope::default() };
    assert_eq!(
        messages(&planned_in(&scope, &[desired("pay", 1)], &[item(None)])),
        ["pay is protected, but would be taken over without its protection"]
    );
}

// Trap 24: an older commit applied after a newer one.
#[test]
fn an_older_commit_does_not_follow_a_newer_one_unasked() {
    let plan = planned(&[desired("a", 2)], &[stored("a", 1, Some(OWNER))]);
    let backwards = Succession::Backwards { applied: "new".into(), incoming: "old".into() };
    let refusal = Refusal::Rollback { applied: "new".into(), incoming: "old".into() };
    assert_eq!(refusals(&plan, &Overrides::default(), &backwards), [refusal]);
    let allowed = Overrides { rollback: Rollback::Allowed, ..Overrides::default() };
    assert_eq!(refusals(&plan, &allowed, &backwards), []);
}

#[test]
fn a_commit_that_may_be_older_does_not_follow_unasked() {
    let plan = planned(&[desired("a", 2)], &[stored("a", 1, Some(OWNER))]);
    let unanswered = "git merge-base failed: could not parse commit";
    for (reason, messages, help) in [
        (UnknownOrder::Shallow, "is not in this clone", "--unshallow"),
        (UnknownOrder::Absent, "is not in this clone", "after a force-push"),
        (UnknownOrder::NoCommit, "no commit is checked out", "check out the synced branch"),
        (UnknownOrder::Unanswered(unanswered.into()), unanswered, "--add safe.directory"),
    ] {
        let unknown_order = Succession::Unknown { applied: "new".into(), reason: reason.clone() };
        let refusal = Refusal::OrderUnknown { applied: "new".into(), reason };
        assert!(refusal.to_string().contains(messages) && refusal.help().contains(help), "{refusal}");
        assert_eq!(refusals(&plan, &Overrides::default(), &unknown_order), [refusal]);
        let allowed = Overrides { rollback: Rollback::Allowed, ..Overrides::default() };
        assert_eq!(refusals(&plan, &allowed, &unknown_order), []);
    }
}

#[test]
fn watching_a_third_less_closely_is_refused_in_one_step() {
    let live: Vec<_> = (0..10).map(|n| stored(&format!("m{n}"), 1, Some(OWNER))).collect();
    let slower = |number: usize| -> Vec<_> {
        let spec = |n| if n < number { with(1, "interval", json!(900)) } else { spec(1) };
        (0..10).map(|n| wanted(&format!("m{n}"), spec(n))).collect()
    };
    assert_eq!(refused(&planned(&slower(3), &live)), []);
    let plan = planned(&slower(4), &live);
    assert_eq!(refused(&plan), [Refusal::Weakenings { weaker: 4, limit: 3 }]);
    let exact = Overrides { allow_weaker: Some(4), ..Overrides::default() };
    assert_eq!(refusals(&plan, &exact, &Succession::Onwards), []);
}

// A changed destination can lose every alert.
#[test]
fn alerts_that_the_settings_send_elsewhere_count_like_monitors_that_change() {
    let by = |n: usize, topic: &str| wanted(&format!("m{n}"), with(1, "to", json!(topic)));
    let mut all: Vec<_> = (0..10).map(|n| by(n, if n < 6 { "oncall" } else { "default" })).collect();
    let mut disabled = with(1, "to", json!("oncall")).fields().clone();
    disabled.insert("enabled".to_owned(), json!(false));
    all[0] = wanted("m0", Spec::new(disabled));
    let live = apply(&planned(&all, &[]), &[]);
    let head = head(channels(&[("oncall", "people"), ("shop", "shop")]));
    let check = |after: &CatalogSettings, wanted: &[Desired], scope: &Scope| {
        let live = Live { head: Some(&head), ..table(&live) };
        plan(OWNER, after, &shared(wanted), live, scope)
    };
    let weaker = |plan: &Plan| {
        let risks = plan.settings.fields.iter().map(|field| (field.path.clone(), field.risk)).collect();
        (plan.rerouted.len(), plan.count_weaker(), BTreeMap::from_iter::<Vec<_>>(risks))
    };
    let of = |risks: &[(&str, Risk)]| risks.iter().map(|(path, risk)| ((*path).to_owned(), *risk)).collect();
    let elsewhere = channels(&[("oncall", "others"), ("shop", "shop")]);
    let plan = check(&elsewhere, &all, &Scope::default());
    assert_eq!(weaker(&plan), (5, 5, of(&[("channels.oncall.topic", Risk::Weaker)])));
    assert!(refused(&plan).contains(&Refusal::Weakenings { weaker: 5, limit: 2 }), "{:?}", refused(&plan));
    let exact = Overrides { allow_weaker: Some(5), ..Overrides::default() };
    assert_eq!(refusals(&plan, &exact, &Succession::Onwards), []);
    // One that changes its topic as well is one, and one that goes is none.
    let mut some = all[..9].to_vec();
    some[1] = by(1, "shop");
    let plan = check(&elsewhere, &some, &Scope::default());
    assert_eq!(weaker(&plan), (5, 5, of(&[("channels.oncall.topic", Risk::Weaker)])));
    let plan = check(&elsewhere, &all[2..], &Scope::default());
    assert_eq!((plan.rerouted.len(), plan.count_weaker()), (4, 4));
    // A name that goes sends its alerts to the default topic; one without monitors sends none, and a new one neither.
    let plan = check(&channels(&[("shop", "shop")]), &all, &Scope::default());
    let gone = [("channels.oncall.kind", Risk::Weaker), ("channels.oncall.topic", Risk::Weaker)];
    assert_eq!(weaker(&plan), (5, 5, of(&gone)));
    let more = channels(&[("oncall", "people"), ("shop", "other"), ("new", "new")]);
    let plan = check(&more, &all, &Scope::default());
    assert_eq!(
        weaker(&plan),
        (
            0,
            0,
            of(&[
                ("channels.new.kind", Risk::None),
                ("channels.new.topic", Risk::None),
                ("channels.shop.topic", Risk::Weaker)
            ])
        )
    );
    // A part of the catalog leaves its settings alone.
    let only = Scope { only: crate::monitor::Selector::parse("m1").ok(), ..Scope::default() };
    assert_eq!(weaker(&check(&elsewhere, &all, &only)), (0, 0, of(&[])));
}

#[test]
fn the_limit_of_losses_is_what_the_table_says() {
    for (enabled, limit) in
        [(0, 1), (1, 1), (4, 1), (5, 2), (20, 2), (29, 2), (30, 3), (120, 12), (250, 25), (9000, 25)]
    {
        assert_eq!(loss_limit(enabled), limit, "{enabled}");
    }
}

/// A fingerprint is sixty-four digits; these tests want many items quickly.
fn quick(n: usize, enabled: bool) -> Stored {
    let spec = if enabled { spec(1) } else { with(1, "enabled", json!(false)) };
    let fingerprint = Some(Fingerprint(String::new()));
    Stored { spec, fingerprint, ..stored(&format!("m{n:03}"), 1, Some(OWNER)) }
}

// P9: for every size of catalog, and every number of removals.
#[test]
fn no_plan_without_an_override_loses_more_than_the_limit() {
    for size in (1..=60).chain([99, 100, 101, 250, 251, 499, 500]) {
        let live: Vec<_> = (0..size).map(|n| quick(n, true)).collect();
        let all: Vec<_> = (0..size).map(|n| desired(&format!("m{n:03}"), 1)).collect();
        let step = if size > 60 { 7 } else { 1 };
        for removed in (0..=size).step_by(step).chain([size]) {
            let plan = planned(&all[removed..], &live);
            assert_eq!(plan.count_risk(Risk::Loss), removed);
            let is_refused = !refused(&plan).is_empty();
            assert_eq!(is_refused, removed > loss_limit(size) || removed == size, "{removed} of {size}");
        }
    }
}

proptest! {
    // P9: whatever the sequence of changes, each applied only if it is not refused.
    #[test]
    fn no_sequence_of_plans_loses_more_than_the_limit_per_sync(
        size in 1usize..500,
        steps in proptest::collection::vec((any::<u64>(), 0u8..=100, 0u8..=100), 1..6),
    ) {
        let mut live: Vec<_> = (0..size).map(|n| quick(n, true)).collect();
        for (seed, kept, switched_off) in steps {
            let mut random = seed;
            let mut percent = || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                u8::try_from((random >> 33) % 101).unwrap_or_default()
            };
            let mut next = Vec::new();
            for n in 0..size {
                if percent() <= kept {
                    let spec = if percent() < switched_off { with(1, "enabled", json!(false)) } else { spec(1) };
                    next.push(wanted(&format!("m{n:03}"), spec));
                }
            }
            let before = live.iter().filter(|item| item.is_enabled()).count();
            let plan = planned(&next, &live);
            if refused(&plan).is_empty() {
                live = apply(&plan, &live);
                let watched: BTreeSet<_> =
                    live.iter().filter(|item| item.is_enabled()).map(|item| &item.id).collect();
                prop_assert_eq!(watched.len(), plan.active_monitors.after);
                prop_assert!(plan.count_risk(Risk::Loss) <= loss_limit(before));
                prop_assert!(watched.len() + loss_limit(before) >= before);
            }
        }
    }
}

// Trap 35: an example owner left in place gives one team the right over another's monitors.
#[test]
fn a_repository_that_was_never_synced_removes_nothing_unasked() {
    let unrelated = Succession::Unrelated { origin: Some("github.com/acme/shop".into()) };
    let stored = [stored("a", 1, Some(OWNER)), stored("b", 1, Some(OWNER))];
    let harmless = planned(&[desired("a", 2), desired("b", 1), desired("c", 1)], &stored);
    assert_eq!(refusals(&harmless, &Overrides::default(), &unrelated), []);
    let plan = planned(&[desired("a", 1), desired("c", 1)], &stored);
    let refusal = Refusal::FirstSync { removed: 1, origin: Some("github.com/acme/shop".into()) };
    assert!(refusal.to_string().contains("the stored ones are from github.com/acme/shop"), "{refusal}");
    assert_eq!(refusals(&plan, &Overrides::default(), &unrelated), [refusal]);
    assert_eq!(refusals(&plan, &Overrides::default(), &Succession::Onwards), []);
    let allowed = Overrides { rollback: Rollback::Allowed, ..Overrides::default() };
    assert_eq!(refusals(&plan, &allowed, &unrelated), []);
}

// A branch that was cut before others were synced does not know what these brought.
#[test]
fn a_diverged_commit_may_change_what_it_knows_and_undoes_nothing_unasked() {
    let ids = |ids: &[&str]| ids.iter().map(|id| MonitorId::parse(id).expect("valid")).collect::<Vec<_>>();
    let stored_ones = [stored("a", 1, Some(OWNER)), stored("b", 1, Some(OWNER)), stored("c", 1, Some(OWNER))];
    let mut tombstone = stored("gone", 1, Some(OWNER));
    tombstone.retired_at = Some(jiff::Timestamp::UNIX_EPOCH);
    let live = [stored_ones.as_slice(), &[tombstone]].concat();
    let mut moved = desired("moved", 1);
    moved.moved_from = MonitorId::parse("c").ok();
    let files = [desired("a", 2), desired("b", 1), moved.clone(), desired("new", 1)];
    for (files, unseen, undone) in [
        // What it changes itself, and what it adds.
        (files.to_vec(), ids(&["b"]), vec![]),
        (files.to_vec(), ids(&["a"]), ids(&["a"])),
        (files.to_vec(), ids(&["c"]), ids(&["c"])),
        // What it does not have, and what it still has.
        (vec![desired("a", 1), desired("c", 1)], ids(&["b"]), ids(&["b"])),
        ([&stored_desired()[..], &[desired("gone", 1)]].concat(), ids(&["gone"]), ids(&["gone"])),
    ] {
        let plan = planned(&files, &live);
        let diverged = Succession::Diverged {
            applied: "new".into(),
            incoming: "side".into(),
            unseen: unseen.into_iter().collect(),
        };
        let refusal =
            Refusal::Diverged { applied: "new".into(), incoming: "side".into(), undone: undone.clone() };
        let expected = if undone.is_empty() { vec![] } else { vec![refusal] };
        assert_eq!(refusals(&plan, &Overrides::default(), &diverged), expected, "{undone:?}");
        let allowed = Overrides { rollback: Rollback::Allowed, ..Overrides::default() };
        assert_eq!(refusals(&plan, &allowed, &diverged), []);
    }
    let refusal = |undone| Refusal::Diverged { applied: "new".into(), incoming: "side".into(), undone };
    assert_eq!(
        refusal(ids(&["a", "b", "c", "d", "e", "f"])).to_string(),
        "side does not contain the applied commit new, and would undo newer changes of 6 monitors: a, b, c, d, e and 1 more"
    );
    assert!(refusal(vec![]).to_string().ends_with("and would change the settings that it left"));
}

fn stored_desired() -> [Desired; 3] {
    ["a", "b", "c"].map(|id| desired(id, 1))
}

#[test]
fn a_catalog_that_another_owner_has_is_one_refusal_and_a_few_ids_are_one_each() {
    let wanted: Vec<_> = (0..4).map(|n| desired(&format!("m{n}"), 1)).collect();
    let theirs = |number: usize| -> Vec<_> {
        (0..number).map(|n| stored(&format!("m{n}"), 1, Some("acme/old"))).collect()
    };
    let renamed = |live: &[Stored]| match refused(&planned(&wanted, live)).as_slice() {
        [refusal @ Refusal::OwnerRenamed { .. }] => refusal.flag(),
        _ => None,
    };
    assert_eq!(renamed(&theirs(4)).as_deref(), Some("--rename-owner acme/old"));
    assert_eq!(renamed(&theirs(2)).as_deref(), Some("--rename-owner acme/old"));
    // A few ids of many, on either side; two owners; and an owner that is here already.
    let many: Vec<_> = (0..9).map(|n| stored(&format!("other{n}"), 1, Some("acme/old"))).collect();
    for live in [
        theirs(1),
        [theirs(2), many].concat(),
        [theirs(2), vec![stored("m3", 1, Some("acme/third"))]].concat(),
        [theirs(2), vec![stored("m3", 2, None)]].concat(),
        [theirs(3), vec![stored("m3", 1, Some(OWNER))]].concat(),
    ] {
        assert_eq!(renamed(&live), None, "{live:?}");
        assert!(matches!(refused(&planned(&wanted, &live))[0], Refusal::Claimed(_)));
    }
}
