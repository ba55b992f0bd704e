//! Which changes are one entry.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{OWNER, planned, stored, wanted};
use crate::monitor::{MonitorId, Place, Spec, ValueSource};
use crate::plan::{Change, Desired, Drift, GroupOrigin, Plan, Stored, causes};

fn spec(value: Value) -> Spec {
    let Value::Object(fields) = value else { unreachable!("the tests give objects") };
    Spec::new(fields)
}

fn live(id: &str, file: &str, value: Value) -> Stored {
    let spec = spec(value);
    let fingerprint = Some(spec.fingerprint());
    Stored { spec, fingerprint, source: Some(format!("{file}:1")), ..stored(id, 1, Some(OWNER)) }
}

fn desired(id: &str, file: &str, value: Value) -> Desired {
    Desired { place: Place { file: file.to_owned(), line: 1 }, ..wanted(id, spec(value)) }
}

/// Takes `interval` from a line of a file of defaults.
fn inheriting(id: &str, file: &str, value: Value, defaults: &str, line: usize) -> Desired {
    let place = Place { file: defaults.to_owned(), line };
    let source = ValueSource { place, variable: None };
    Desired { inherited: BTreeMap::from([("interval".to_owned(), vec![source])]), ..desired(id, file, value) }
}

/// The ids of each entry, its common fields and its origin, as one line each.
fn entries(plan: &Plan) -> Vec<String> {
    let line = |group: crate::plan::ChangeGroup<'_>| {
        let ids: Vec<_> = group.changes.iter().map(|change| change.id.as_str()).collect();
        let fields: Vec<_> = group.fields.iter().map(|field| field.path.as_str()).collect();
        let origin = match &group.origin {
            GroupOrigin::Own => "own".to_owned(),
            GroupOrigin::Line(source) => source.to_string(),
            GroupOrigin::FormerLine(source) => format!("was {source}"),
            GroupOrigin::File(name) | GroupOrigin::Folder(name) => name.clone(),
        };
        format!("{}: {} @ {origin}", ids.join(" "), fields.join(" "))
    };
    causes(&plan.changes).into_iter().map(line).collect()
}

fn check(live: &[Stored], wanted: &[Desired], expected: &[&str]) {
    assert_eq!(entries(&planned(wanted, live)), expected);
}

#[test]
fn a_line_of_the_defaults_is_one_entry_and_another_line_or_value_is_another() {
    let before = json!({"url": "http://m.example/", "interval": 60});
    let slow = json!({"url": "http://m.example/", "interval": 300});
    let slower = json!({"url": "http://m.example/", "interval": 600});
    let ids = ["a", "b", "c", "d", "e"];
    let live: Vec<_> = ids.iter().map(|id| live(id, "m/x.yaml", before.clone())).collect();
    check(
        &live,
        &[
            inheriting("a", "m/a.yaml", slow.clone(), "m/defaults.yaml", 2),
            inheriting("b", "m/b.yaml", slow.clone(), "m/defaults.yaml", 2),
            inheriting("c", "m/c.yaml", slow.clone(), "n/defaults.yaml", 2),
            inheriting("d", "m/d.yaml", slower, "m/defaults.yaml", 2),
            desired("e", "m/e.yaml", slow),
        ],
        &["a b: interval @ m/defaults.yaml:2", "c: interval @ own", "d: interval @ own", "e: interval @ own"],
    );
}

#[test]
fn the_same_change_in_each_own_file_is_one_entry_and_one_field_more_is_another() {
    let before = json!({"url": "http://m.example/", "interval": 60});
    let after = json!({"url": "http://m.example/", "interval": 300});
    let more = json!({"url": "http://m.example/", "interval": 300, "team": "web"});
    let live = ["a", "b", "c"].map(|id| live(id, "m/x.yaml", before.clone()));
    let files = |third: &Value| {
        [("a", &after), ("b", &after), ("c", third)]
            .map(|(id, value)| desired(id, &format!("m/{id}.yaml"), value.clone()))
    };
    check(&live, &files(&more), &["a b: interval @ own", "c: interval team @ own"]);
    check(&live, &files(&after), &["a b c: interval @ own"]);
    let same_file = ["a", "b", "c"].map(|id| desired(id, "m/all.yaml", after.clone()));
    check(&live, &same_file, &["a b c: interval @ m/all.yaml"]);
}

#[test]
fn what_comes_or_goes_is_gathered_by_its_file_and_else_by_its_folder() {
    let value = |n: usize| json!({"url": format!("http://m.example/{n}"), "team": "web"});
    let live = [
        live("gone-a", "m/two.yaml", value(1)),
        live("gone-b", "m/two.yaml", value(2)),
        live("gone-c", "m/c.yaml", value(3)),
        live("gone-d", "m/d.yaml", value(4)),
        live("gone-e", "n/e.yaml", value(5)),
    ];
    let wanted = [
        desired("new-a", "p/a.yaml", value(6)),
        desired("new-b", "p/b.yaml", value(7)),
        desired("new-c", "top.yaml", value(8)),
        desired("new-d", "top.yaml", value(9)),
    ];
    check(
        &live,
        &wanted,
        &[
            "gone-a gone-b:  @ m/two.yaml",
            "gone-c gone-d:  @ m/",
            "gone-e:  @ own",
            "new-a new-b: team @ p/",
            "new-c new-d: team @ top.yaml",
        ],
    );
}

#[test]
fn monitors_that_are_disabled_alike_or_moved_alike_are_one_entry() {
    let on = json!({"url": "http://m.example/"});
    let off = json!({"url": "http://m.example/", "enabled": false});
    let before = ["a", "b", "c", "d"].map(|id| live(id, "m/x.yaml", on.clone()));
    let moved = |id: &str, from: &str| Desired {
        moved_from: Some(MonitorId::parse(from).expect("an id")),
        ..desired(id, &format!("m/{id}.yaml"), on.clone())
    };
    let wanted = [
        desired("a", "m/a.yaml", off.clone()),
        desired("b", "m/b.yaml", off),
        moved("new-c", "c"),
        moved("new-d", "d"),
    ];
    check(&before, &wanted, &["a b: enabled @ own", "new-c new-d:  @ own"]);
}

#[test]
fn an_edit_in_the_table_is_a_mark_in_the_entry_of_the_change_of_the_files() {
    let before = json!({"url": "http://m.example/", "interval": 60});
    let after = json!({"url": "http://m.example/", "interval": 300});
    let live = ["a", "b", "c"].map(|id| live(id, "m/x.yaml", before.clone()));
    let wanted = ["a", "b", "c"].map(|id| desired(id, &format!("m/{id}.yaml"), after.clone()));
    let mut plan = planned(&wanted, &live);
    plan.changes[1].drift = Some(Drift { since: None });
    assert_eq!(entries(&plan), ["a b c: interval @ own"]);
}

#[test]
fn every_change_is_in_one_entry_whatever_the_plan() {
    let value =
        |n: usize| json!({"url": format!("http://m.example/{}", n % 3), "interval": 60 * (1 + n % 2)});
    let live: Vec<_> =
        (0..40).map(|n| live(&format!("m{n}"), &format!("m/{}.yaml", n % 7), value(n))).collect();
    let wanted: Vec<_> =
        (20..60).map(|n| desired(&format!("m{n}"), &format!("n/{}.yaml", n % 5), value(n + n / 4))).collect();
    let plan = planned(&wanted, &live);
    let groups = causes(&plan.changes);
    let mut found: Vec<&Change> = groups.iter().flat_map(|group| group.changes.iter().copied()).collect();
    assert!(groups.iter().all(|group| !group.changes.is_empty()));
    assert!(groups.len() < plan.changes.len());
    found.sort_by_cached_key(|change| change.order());
    assert_eq!(found, plan.changes.iter().collect::<Vec<_>>());
}

#[test]
fn the_larger_entry_comes_first_and_a_graver_one_before_it() {
    let before = json!({"url": "http://m.example/", "interval": 60});
    let (slow, off) = (
        json!({"url": "http://m.example/", "interval": 300}),
        json!({"url": "http://m.example/", "interval": 60, "enabled": false}),
    );
    let slower = json!({"url": "http://m.example/", "interval": 600});
    let ids = ["a", "b", "c", "z"];
    let live = ids.map(|id| live(id, "m/x.yaml", before.clone()));
    let wanted = [("a", slower), ("b", slow.clone()), ("c", slow), ("z", off)]
        .map(|(id, value)| desired(id, &format!("m/{id}.yaml"), value));
    check(&live, &wanted, &["z: enabled @ own", "b c: interval @ own", "a: interval @ own"]);
}
