//! Tables and laws of planning.

mod approval;
mod causes;
mod edits;
mod guard;
mod moves;
mod records;
mod secret_hosts;
mod settings;
mod undo;
mod unnotified;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::{
    Action, Before, CatalogSettings, Desired, Generation, Holder, ItemWrite, Live, Overrides, Plan, Refusal,
    Scope, SpecReading, Stored, StoredHead, Succession, Unread, plan, refusals,
};
use crate::monitor::{ChannelName, Monitor, MonitorId, Place, Spec};
use settings::{canaries, channels, pages};

const OWNER: &str = "acme/monitors";

fn spec(version: u8) -> Spec {
    let serde_json::Value::Object(fields) = json!({"url": format!("http://m.example/{version}")}) else {
        unreachable!("an object")
    };
    Spec::new(fields)
}

fn desired(id: &str, version: u8) -> Desired {
    wanted(id, spec(version))
}

fn wanted(id: &str, spec: Spec) -> Desired {
    let place = Place { file: "monitors/a.yaml".into(), line: 3 };
    let id = MonitorId::parse(id).expect("a valid id");
    let monitor = meaning(&id, &spec).expect("it has one");
    Desired { id, spec, monitor, place, moved_from: None, inherited: BTreeMap::new() }
}

/// Enough of a meaning for these tests: whether it is enabled, how often it is asked, and where its alerts go.
#[expect(clippy::unnecessary_wraps, reason = "it is what a plan asks for")]
fn meaning(id: &MonitorId, spec: &Spec) -> Option<Monitor> {
    let mut monitor = Monitor::sample(id.as_str(), "http://m.example");
    monitor.enabled = spec.fields().get("enabled") != Some(&json!(false));
    if let Some(seconds) = spec.fields().get("interval").and_then(serde_json::Value::as_u64) {
        monitor.interval = std::time::Duration::from_secs(seconds);
    }
    if let Some(to) = spec.fields().get("to").and_then(serde_json::Value::as_str) {
        monitor.alert.to = [ChannelName::parse(to).expect("a name")].into();
    }
    Some(monitor)
}

const READING: SpecReading =
    SpecReading { meaning, spelling: Spec::clone, secrets: |_| Vec::new(), implied: |_| None };

fn stored(id: &str, version: u8, owner: Option<&str>) -> Stored {
    Stored {
        id: MonitorId::parse(id).expect("a valid id"),
        spec: spec(version),
        fingerprint: owner.map(|_| spec(version).fingerprint()),
        owner: owner.map(str::to_owned),
        source: None,
        commit: None,
        generation: None,
        synced_at: None,
        formerly: Vec::new(),
        retired_at: None,
        damage: None,
    }
}

fn planned(wanted: &[Desired], live: &[Stored]) -> Plan {
    planned_in(&Scope::default(), wanted, live)
}

fn planned_in(scope: &Scope, wanted: &[Desired], live: &[Stored]) -> Plan {
    plan(OWNER, &CatalogSettings::default(), &shared(wanted), table(live), scope)
}

fn shared(wanted: &[Desired]) -> Vec<Arc<Desired>> {
    wanted.iter().cloned().map(Arc::new).collect()
}

fn table(items: &[Stored]) -> Live<'_> {
    Live { items, head: None, unread: &[], reading: READING }
}

fn refused(plan: &Plan) -> Vec<Refusal> {
    refusals(plan, &Overrides::default(), &Succession::Onwards)
}

fn head(settings: CatalogSettings) -> StoredHead {
    StoredHead {
        owner: OWNER.to_owned(),
        generation: Generation(3),
        commit: None,
        plan_digest: None,
        count: 1,
        settings,
        ..StoredHead::default()
    }
}

#[test]
fn settings_are_planned_field_by_field_and_written_with_the_head_alone() {
    let (wanted, live) = ([desired("a", 1)], [stored("a", 1, Some(OWNER))]);
    let check = |before: Option<StoredHead>, after: &CatalogSettings, expected: &[&str]| {
        let plan = plan(
            OWNER,
            after,
            &shared(&wanted),
            Live { head: before.as_ref(), ..table(&live) },
            &Scope::default(),
        );
        let paths: Vec<_> = plan.settings.fields.iter().map(|field| field.path.as_str()).collect();
        assert_eq!(paths, expected);
        assert_eq!((plan.is_empty(), plan.size()), (expected.is_empty(), expected.len()));
        assert_eq!(batches(&plan, &live), if expected.is_empty() { vec![] } else { vec![vec![]] });
        plan.digest()
    };
    let one = channels(&[("oncall", "oncall"), ("shop", "shop")]);
    check(None, &channels(&[]), &[]);
    check(
        None,
        &one,
        &["channels.oncall.kind", "channels.oncall.topic", "channels.shop.kind", "channels.shop.topic"],
    );
    check(Some(head(one.clone())), &one, &[]);
    let edited = check(
        Some(head(one.clone())),
        &channels(&[("oncall", "other"), ("shop", "shop")]),
        &["channels.oncall.topic"],
    );
    let removed = check(
        Some(head(one)),
        &channels(&[("shop", "shop")]),
        &["channels.oncall.kind", "channels.oncall.topic"],
    );
    assert_ne!(edited, removed);
    let two = canaries(&["https://b.example/", "https://a.example"]);
    let added = check(None, &two, &["canaries"]);
    check(Some(head(two.clone())), &canaries(&["https://a.example/", "https://b.example"]), &[]);
    let fewer = check(Some(head(two.clone())), &canaries(&["https://a.example/"]), &["canaries"]);
    let gone = check(Some(head(two)), &canaries(&[]), &["canaries"]);
    assert_ne!(added, fewer);
    assert_ne!(fewer, gone);
    let page = pages("id: public", "odd fonts");
    check(None, &page, &["notices.fonts.md", "pages.status.yaml"]);
    check(Some(head(page.clone())), &page, &[]);
    check(Some(head(page)), &pages("id: public", "fonts are well"), &["notices.fonts.md"]);
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.changes
        .iter()
        .map(|change| {
            let sign = match &change.action {
                Action::Remove { .. } => "-",
                Action::Update { .. } => "~",
                Action::Move { .. } => ">",
                Action::Adopt { .. } => "=",
                Action::Create { .. } => "+",
            };
            format!("{sign} {}", change.id)
        })
        .collect()
}

#[test]
fn a_plan_lists_what_is_lost_first() {
    let wanted = [desired("new", 1), desired("same", 1), desired("edited", 2)];
    let live =
        [stored("gone", 1, Some(OWNER)), stored("same", 1, Some(OWNER)), stored("edited", 1, Some(OWNER))];
    let plan = planned(&wanted, &live);
    assert_eq!(lines(&plan), ["- gone", "~ edited", "+ new"]);
    assert_eq!((plan.unchanged, plan.owned), (1, 3));
}

// P9: sync removes nothing that it does not own.
#[test]
fn items_of_others_and_unmanaged_ones_are_counted_and_left_alone() {
    let live = [stored("theirs", 1, Some("other")), stored("manual", 1, None)];
    let plan = planned(&[desired("mine", 1)], &live);
    assert_eq!(lines(&plan), ["+ mine"]);
    assert_eq!((plan.foreign.get("other"), plan.unmanaged), (Some(&1), 1));
}

#[test]
fn an_id_that_someone_else_has_is_refused_not_taken() {
    let live = [stored("a", 1, Some("other")), stored("b", 1, None)];
    let plan = planned(&[desired("a", 2), desired("b", 2)], &live);
    assert!(plan.is_empty());
    assert_eq!(refused(&plan).len(), 2);
}

// Trap 12: an empty tree is an error, never "delete all".
#[test]
fn an_empty_catalog_is_refused() {
    let live: Vec<_> = ["a", "b"].iter().map(|id| stored(id, 1, Some(OWNER))).collect();
    assert!(refused(&planned(&[], &live)).contains(&Refusal::NothingDesired { owned: 2 }));
    assert_eq!(refused(&planned(&[], &[])), [Refusal::NothingDesired { owned: 0 }]);
}

fn unread(key: &str, head_of: Option<&str>) -> Unread {
    let why = format!("item `{key}` is malformed: `spec` is missing");
    Unread {
        key: key.to_owned(),
        head_of: head_of.map(str::to_owned),
        why,
        help: "fix it",
        holder: Holder::Unknown,
    }
}

#[test]
fn a_head_that_does_not_read_is_refused_and_an_item_stops_no_other() {
    let ours = unread("@catalog#acme/monitors", Some(OWNER));
    let theirs = unread("@catalog#other", Some("other"));
    let (wanted, stray) = (unread("wanted", None), unread("stray", None));
    let all = [theirs.clone(), wanted.clone(), stray.clone(), ours.clone()];
    let live = Live { unread: &all, ..table(&[]) };
    let both = [desired("wanted", 1), desired("new", 1)];
    let plan = plan(OWNER, &CatalogSettings::default(), &shared(&both), live, &Scope::default());
    assert_eq!(lines(&plan), ["+ new"]);
    assert_eq!(refused(&plan), [Refusal::Blocked(ours)]);
    assert_eq!(plan.unread, [theirs, stray, wanted]);
    assert_eq!(left_out(&plan), ["wanted"]);
}

fn left_out(plan: &Plan) -> Vec<String> {
    plan.left_out.iter().map(ToString::to_string).collect()
}

#[test]
fn what_an_unreadable_item_keeps_from_being_moved_or_removed_is_left_out_by_name() {
    let new = Desired { moved_from: MonitorId::parse("old").ok(), ..desired("new", 1) };
    let check = |wanted: &[Desired], items: &[Stored], holder: Holder, expected: (&[&str], &[&str])| {
        let all = [Unread { holder: holder.clone(), ..unread("old", None) }];
        let live = Live { unread: &all, ..table(items) };
        let plan = plan(OWNER, &CatalogSettings::default(), &shared(wanted), live, &Scope::default());
        assert_eq!(
            (left_out(&plan), lines(&plan)),
            (expected.0.iter().map(|&s| s.into()).collect(), expected.1.iter().map(|&s| s.into()).collect()),
            "{holder:?}"
        );
    };
    let of = |owner: &str| Holder::Owner(owner.to_owned());
    // Made without its history, it would never get it.
    for holder in [of(OWNER), Holder::Unknown] {
        check(std::slice::from_ref(&new), &[], holder, (&["new (moved from old)"], &[]));
    }
    // Once it is there, or where there is no history of ours, the old item is not in the way.
    let there = stored("new", 1, Some(OWNER));
    check(std::slice::from_ref(&new), &[there], of("other"), (&[], &[]));
    for holder in [of("other"), Holder::Unmanaged] {
        check(std::slice::from_ref(&new), &[], holder, (&[], &["+ new"]));
    }
    check(&[desired("a", 1)], &[], of(OWNER), (&["old (to be removed)"], &["+ a"]));
    for holder in [of("other"), Holder::Unmanaged, Holder::Unknown] {
        check(&[desired("a", 1)], &[], holder, (&[], &["+ a"]));
    }
}

#[test]
fn what_is_left_out_is_in_scope_by_its_id_or_by_the_one_before() {
    let new = Desired { moved_from: MonitorId::parse("old").ok(), ..desired("new", 1) };
    let ours = |key| Unread { holder: Holder::Owner(OWNER.to_owned()), ..unread(key, None) };
    let all = [ours("old"), ours("gone")];
    for (only, expected) in [
        ("old", ["new (moved from old)"]),
        ("new", ["new (moved from old)"]),
        ("gone", ["gone (to be removed)"]),
    ] {
        let scope = Scope { only: crate::monitor::Selector::parse(only).ok(), ..Scope::default() };
        let live = Live { unread: &all, ..table(&[]) };
        let plan =
            plan(OWNER, &CatalogSettings::default(), &shared(std::slice::from_ref(&new)), live, &scope);
        assert_eq!(left_out(&plan), expected, "{only}");
    }
}

#[test]
fn an_item_of_ours_that_lost_its_fingerprint_is_brought_back() {
    let item = Stored { fingerprint: None, ..stored("a", 9, Some(OWNER)) };
    let plan = planned(&[desired("a", 1)], std::slice::from_ref(&item));
    let writes = batches(&plan, &[item]).concat();
    let [ItemWrite::Put { before, .. }] = writes.as_slice() else { panic!("{writes:?}") };
    assert_eq!(*before, Before::NoFingerprint);
}

#[test]
fn an_item_edited_by_hand_is_brought_back() {
    let mut item = stored("a", 1, Some(OWNER));
    item.spec = spec(9);
    assert_eq!(lines(&planned(&[desired("a", 1)], &[item])), ["~ a"]);
}

#[test]
fn a_tombstone_is_neither_removed_again_nor_in_the_way() {
    let tomb = Stored { retired_at: Some(jiff::Timestamp::UNIX_EPOCH), ..stored("a", 1, Some(OWNER)) };
    assert!(planned(&[], std::slice::from_ref(&tomb)).is_empty());
    assert_eq!(lines(&planned(&[desired("a", 1)], &[tomb])), ["+ a"]);
}

#[test]
fn an_id_that_its_owner_gave_up_is_free_and_taken_only_as_a_tombstone() {
    for owner in [Some("other"), None] {
        let tomb = Stored { retired_at: Some(jiff::Timestamp::UNIX_EPOCH), ..stored("a", 1, owner) };
        let plan = planned(&[desired("a", 1)], std::slice::from_ref(&tomb));
        assert_eq!((lines(&plan), refused(&plan)), (vec!["+ a".to_owned()], vec![]));
        let writes = batches(&plan, std::slice::from_ref(&tomb)).concat();
        let [ItemWrite::Put { before, .. }] = writes.as_slice() else { panic!("{writes:?}") };
        assert_eq!(*before, Before::Tombstone(tomb.fingerprint.clone()));
    }
}

fn batches(plan: &Plan, live: &[Stored]) -> Vec<Vec<ItemWrite>> {
    plan.parts(live, &BTreeSet::new()).into_iter().map(|part| part.writes).collect()
}

/// What the store would hold after the writes of a plan.
fn apply(plan: &Plan, live: &[Stored]) -> Vec<Stored> {
    let mut items: BTreeMap<_, _> = live.iter().map(|item| (item.id.clone(), item.clone())).collect();
    for write in batches(plan, live).into_iter().flatten() {
        match write {
            ItemWrite::Put { id, spec, formerly, before, source: _ } => {
                assert_eq!(before, items.get(&id).map_or(Before::Absent, Before::of));
                let item = Stored {
                    fingerprint: Some(spec.fingerprint()),
                    spec,
                    formerly,
                    ..stored(id.as_str(), 0, Some(OWNER))
                };
                items.insert(id, item);
            }
            ItemWrite::Restore { item, .. } => {
                items.insert(item.id.clone(), *item);
            }
            ItemWrite::Retire { id, .. } => {
                if let Some(item) = items.get_mut(&id) {
                    item.retired_at = Some(jiff::Timestamp::UNIX_EPOCH);
                }
            }
        }
    }
    items.into_values().collect()
}

fn catalogs() -> impl Strategy<Value = Vec<Desired>> {
    let ids = proptest::collection::btree_map("[a-e]{1,2}", 0u8..3, 1..12);
    ids.prop_map(|ids| ids.iter().map(|(id, version)| desired(id, *version)).collect())
}

fn tables() -> impl Strategy<Value = Vec<Stored>> {
    let owner = prop_oneof![4 => Just(Some(OWNER)), 1 => Just(Some("other")), 1 => Just(None)];
    let retired_at = prop_oneof![4 => Just(None), 1 => Just(Some(jiff::Timestamp::UNIX_EPOCH))];
    let items = proptest::collection::btree_map("[a-e]{1,2}", (0u8..3, owner, retired_at), 0..12);
    let item = |(id, (version, owner, retired_at)): (&String, &(u8, Option<&str>, _))| Stored {
        retired_at: *retired_at,
        damage: None,
        ..stored(id, *version, *owner)
    };
    items.prop_map(move |items| items.iter().map(item).collect())
}

proptest! {
    // P8: a second sync writes nothing.
    // Trap 23: a plan that is never empty is never read.
    #[test]
    fn a_plan_that_was_applied_leaves_nothing_to_do(wanted in catalogs(), live in tables()) {
        let first = planned(&wanted, &live);
        let after = apply(&first, &live);
        prop_assert!(planned(&wanted, &after).is_empty());
        // P9: what is not ours is as it was, unless it has no owner and a file says the same of it word for word.
        let is_pulled = |item: &Stored| item.owner.is_none() && wanted.iter().any(|desired| desired.id == item.id && desired.spec == item.spec);
        let live: Vec<_> = live.iter().filter(|item| item.retired_at.is_some() || !is_pulled(item)).cloned().collect();
        let foreign = |items: &[Stored]| items.iter().filter(|i| i.owner.as_deref() != Some(OWNER) && i.retired_at.is_none()).cloned().collect::<Vec<_>>();
        let mut before = foreign(&live);
        before.sort_by(|a, b| a.id.cmp(&b.id));
        prop_assert_eq!(foreign(&after), before);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(wanted in catalogs(), live in tables()) {
        let (mut other_wanted, mut other_live) = (wanted.clone(), live.clone());
        other_wanted.reverse();
        other_live.reverse();
        let (one, two) = (planned(&wanted, &live), planned(&other_wanted, &other_live));
        prop_assert_eq!(one.digest(), two.digest());
        prop_assert_eq!(one, two);
    }
}
