//! What `validate` accepts survives the table: file → canonical → item → back is equal, for arbitrary values of every
//! field, as the schema lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::clock::manual::Hand;
use crate::commands::catalog::{READING, wanted};
use crate::config::{self, FileKind, LoadedMonitor, SourceFile, schema_text};
use crate::kinds::KindName;
use crate::monitor::{Monitor, Origin};
use crate::plan::{CatalogSettings, Generation, Live, RunPage, Scope, Stamp, plan};
use crate::state::Shard;
use crate::store::testing::Shared;
use crate::store::{Applied, AppliedCommit, Batch, Store};

/// Numbers that parsers and tables see differently. The mutation tests use them, too.
const ODD_NUMBERS: &str = include_str!("../../../../tests/data/numbers.txt");

const OWNER: &str = "acme/monitors";

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

/// Numbers in every shape that a file may have.
fn number() -> BoxedStrategy<String> {
    prop_oneof![
        2 => (0_u32..6).prop_map(|small| small.to_string()),
        2 => proptest::sample::select(ODD_NUMBERS.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
        1 => "-?[0-9]{1,40}",
        1 => "-?[0-9]{1,20}\\.[0-9]{0,20}",
        1 => "-?[0-9](\\.[0-9]{1,12})?[eE][+-]?[0-9]{1,3}",
    ]
    .boxed()
}

/// A text as a quoted scalar, odd ones among them.
fn text() -> BoxedStrategy<String> {
    const ODD: [&str; 18] = [
        "",
        " ",
        "null",
        "true",
        "~",
        "1e5",
        "0x10",
        "\0",
        "\u{7f}",
        "\u{2028}",
        "\u{feff}",
        "\u{1f600}",
        "a\r\nb",
        "#",
        "${env:A}",
        "${",
        "$${",
        "a $${env:A}",
    ];
    let odd = proptest::sample::select(ODD.to_vec()).prop_map(str::to_owned);
    prop_oneof![2 => "[a-z]{1,6}", 1 => odd, 1 => "\\PC{0,12}", 1 => any::<String>()]
        .prop_map(|text| Value::from(text).to_string())
        .boxed()
}

fn scalar() -> BoxedStrategy<String> {
    let word = proptest::sample::select(vec!["null", "true", "no", "2026-12-01"]).prop_map(str::to_owned);
    prop_oneof![3 => number(), 3 => text(), 1 => word].boxed()
}

/// Any value, nested.
fn value() -> BoxedStrategy<String> {
    scalar()
        .prop_recursive(6, 24, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(", "))),
                proptest::collection::btree_map(text(), inner.clone(), 0..4).prop_map(braced),
                // Deep, to both sides of what fits.
                (1_usize..34, inner).prop_map(|(levels, inner)| {
                    format!("{}{inner}{}", "[".repeat(levels), "]".repeat(levels))
                }),
            ]
        })
        .boxed()
}

fn braced(fields: BTreeMap<String, String>) -> String {
    let fields: Vec<_> = fields.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{{}}}", fields.join(", "))
}

/// What a field takes, by its schema, and now and then what it does not.
fn of_schema(schema: &Value) -> BoxedStrategy<String> {
    // What is neither null nor a variable is said under `else`.
    let typed = schema.get("else").unwrap_or(schema);
    let has = |name: &str| match &typed["type"] {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    };
    let mut ways: Vec<(u32, BoxedStrategy<String>)> = Vec::new();
    let good: Vec<String> = [&typed["enum"], &schema["examples"]]
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .chain(schema.get("default"))
        .filter(|value| !value.is_null())
        .map(Value::to_string)
        .collect();
    if !good.is_empty() {
        ways.push((6, proptest::sample::select(good).boxed()));
    }
    if typed.get("type").is_none() && typed.get("enum").is_none() {
        ways.push((8, value()));
    }
    if has("string") {
        let has_pattern = typed.get("pattern").or(schema.get("pattern")).is_some();
        ways.push((if has_pattern { 1 } else { 6 }, text()));
    }
    if has("number") || has("integer") {
        ways.push((4, number()));
    }
    if has("boolean") {
        ways.push((4, any::<bool>().prop_map(|flag| flag.to_string()).boxed()));
    }
    if has("array") {
        let items = proptest::collection::vec(of_schema(&schema["items"]), 1..3);
        ways.push((4, items.prop_map(|items| format!("[{}]", items.join(", "))).boxed()));
    }
    if let Some(properties) = schema["properties"].as_object() {
        ways.push((8, some_of(properties, schema, 3)));
    } else if schema["additionalProperties"].is_object() {
        let entries =
            proptest::collection::btree_map("x-[a-z]{1,5}", of_schema(&schema["additionalProperties"]), 1..3);
        ways.push((6, entries.prop_map(braced).boxed()));
    }
    ways.push((1, scalar()));
    proptest::strategy::Union::new_weighted(ways).boxed()
}

/// A map with what it must have and up to so many other fields.
fn some_of(
    properties: &serde_json::Map<String, Value>,
    schema: &Value,
    most: usize,
) -> BoxedStrategy<String> {
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let entry = |key: &String| (Just(key.clone()), of_schema(&properties[key])).boxed();
    let fixed: Vec<_> = properties.keys().filter(|key| required.contains(key.as_str())).map(entry).collect();
    let others: Vec<_> =
        properties.keys().filter(|key| !required.contains(key.as_str())).map(entry).collect();
    if others.is_empty() {
        return fixed.prop_map(|fixed| braced(fixed.into_iter().collect())).boxed();
    }
    let least = usize::from(fixed.is_empty());
    (fixed, proptest::sample::subsequence(others.clone(), least..=most.min(others.len())))
        .prop_flat_map(|(fixed, others)| (Just(fixed), others))
        .prop_map(|(fixed, others)| braced(fixed.into_iter().chain(others).collect()))
        .boxed()
}

/// Documents of monitors, as lines of top-level fields.
fn document() -> BoxedStrategy<BTreeMap<String, String>> {
    let schema: Value = serde_json::from_str(&schema_text(FileKind::Monitor)).expect("JSON");
    let mut properties = schema["properties"].as_object().expect("fields").clone();
    for fixed in ["id", "moved_from", "depends_on"] {
        properties.shift_remove(fixed); // about other monitors
    }
    let url = of_schema(&properties.shift_remove("url").expect("a field"));
    let entries: Vec<_> =
        properties.iter().map(|(key, schema)| (Just(key.clone()), of_schema(schema)).boxed()).collect();
    (url, proptest::sample::subsequence(entries, 0..=3))
        .prop_flat_map(|(url, entries)| (Just(url), entries))
        .prop_map(|(url, entries)| {
            let mut fields: BTreeMap<_, _> = entries.into_iter().collect();
            if fields.contains_key("json") || fields.contains_key("body") {
                fields.insert("method".to_owned(), "POST".to_owned());
            }
            // A field of one kind needs a URL of that kind, and no field of another one.
            let is_own = |kind: &KindName| kind.fields().any(|own| fields.contains_key(own.name));
            let others = KindName::ALL.iter().filter(|kind| **kind != KindName::HIDDEN);
            let other = others.copied().find(is_own);
            for top in other.iter().flat_map(|kind| kind.foreign_fields()) {
                fields.remove(top.split('.').next().unwrap_or_default());
            }
            let own = |kind: KindName| match kind.schemes() {
                [] => None,
                ["dns", ..] => Some("'dns:///a.example?type=MX'".to_owned()),
                ["icmp", ..] => Some("'icmp://a.example'".to_owned()),
                [first, ..] => Some(format!("'{first}://a.example:25'")),
            };
            if let Some(url) = other.map_or(Some(url), own) {
                fields.insert("url".to_owned(), url);
            }
            fields
        })
        .boxed()
}

fn yaml(id: usize, fields: &BTreeMap<String, String>) -> SourceFile {
    let lines = fields.iter().map(|(key, value)| format!("{key}: {value}"));
    let lines: Vec<_> = std::iter::once(format!("id: m{id:04}")).chain(lines).collect();
    let bytes = format!("{}\n", lines.join("\n")).into_bytes();
    SourceFile { path: format!("monitors/m{id:04}.yaml"), group: String::new(), bytes }
}

/// The monitors of those files that are accepted; each file is read alone, so that none is refused for another.
fn accepted(files: &[SourceFile]) -> Vec<LoadedMonitor> {
    let load = |file: &SourceFile| config::load(std::slice::from_ref(file), Some(&BTreeMap::new()));
    files.iter().map(load).filter(|loaded| !loaded.is_invalid()).flat_map(|loaded| loaded.monitors).collect()
}

/// Makes the table equal to the monitors, part by part as sync does.
async fn sync(store: &Store, monitors: &[LoadedMonitor]) {
    let read = store.config_reader(&Shard::sample()).read_now().await.expect("it reads");
    let desired: Vec<_> = monitors.iter().cloned().map(wanted).map(Arc::new).collect();
    let head = read.heads.iter().find(|head| head.owner == OWNER);
    let live = Live { items: &read.items, head, unread: &[], reading: READING };
    let settings = CatalogSettings::default();
    let plan = plan(OWNER, &settings, &desired, live, &Scope::default());
    let mut expected = plan.base;
    for part in plan.parts(&read.items, &BTreeSet::new()) {
        let generation = Generation(expected.unwrap_or_default().0 + 1);
        let stamp = Stamp {
            owner: OWNER.to_owned(),
            commit: None,
            generation,
            synced_at: now(),
            synced_by: "ci".to_owned(),
            origin: None,
            environment: None,
        };
        let page = RunPage { items: part.items, ..RunPage::sample(stamp) };
        let batch = Batch {
            expected,
            page: &page,
            count: 0,
            settings: &settings,
            commit: &AppliedCommit::Stays,
            journal: None,
            writes: &part.writes,
        };
        let applied = store.config_writer(&Shard::sample()).apply(batch).await;
        let ids: Vec<_> = part.writes.iter().map(|write| write.id().as_str()).collect();
        let applied = applied.unwrap_or_else(|error| panic!("{ids:?}: {}", crate::report::chain(&error)));
        assert_eq!(applied, Applied::Done { generation }, "{ids:?}");
        expected = Some(generation);
    }
}

/// Without where it came from, which is written beside it.
fn meaning(monitor: &Monitor) -> Monitor {
    Monitor { origin: Origin::default(), ..monitor.clone() }
}

async fn equal(store: &Store, monitors: &[LoadedMonitor], files: &[SourceFile]) {
    let configs = store.config_reader(&Shard::sample()).read_now().await.expect("it reads");
    assert_eq!(configs.unreadable, [], "an accepted monitor does not read");
    for LoadedMonitor { monitor, spec, .. } in monitors {
        let stored = configs.items.iter().find(|item| item.id == monitor.id);
        let stored = stored.unwrap_or_else(|| panic!("{} is not there", monitor.id));
        let written = files.iter().find(|file| file.path.ends_with(&format!("{}.yaml", monitor.id)));
        let written = written.map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
        assert_eq!(&stored.spec, spec, "{written}");
        assert!(!stored.is_edited(), "{written}");
        let back =
            (READING.meaning)(&stored.id, &stored.spec).unwrap_or_else(|| panic!("no monitor: {written}"));
        assert_eq!(meaning(&back), meaning(monitor), "{written}");
        assert_eq!((READING.spelling)(&stored.spec), *spec, "{written}");
    }
}

// Trap 26: a number, or any other value, that comes back differently would be drift for ever, or no monitor at all.
#[tokio::test]
async fn every_accepted_value_of_every_field_comes_back_equal_from_the_table() {
    let mut runner = TestRunner::deterministic();
    let strategy = document();
    let (mut taken, mut keys, mut id) = (0, BTreeSet::new(), 0);
    for _ in 0..20 {
        let documents: Vec<_> =
            (0..60).map(|_| strategy.new_tree(&mut runner).expect("a document").current()).collect();
        let files: Vec<_> = documents
            .iter()
            .map(|fields| {
                id += 1;
                yaml(id, fields)
            })
            .collect();
        let monitors = accepted(&files);
        for monitor in &monitors {
            keys.extend(monitor.spec.fields().keys().cloned());
        }
        taken += monitors.len();
        let shared = Shared::new(Hand::at(now()).clock());
        let store = shared.open();
        sync(&store, &monitors).await;
        equal(&store, &monitors, &files).await;
        // What they were is written down with the next change of each, some levels deeper.
        let renamed: Vec<_> = documents
            .iter()
            .zip(&files)
            .map(|(fields, file)| {
                let mut fields = fields.clone();
                fields.insert("name".to_owned(), "another".to_owned());
                let id = file.path.trim_start_matches("monitors/m").trim_end_matches(".yaml");
                yaml(id.parse().expect("a number"), &fields)
            })
            .collect();
        let changed = accepted(&renamed);
        sync(&store, &changed).await;
        equal(&store, &changed, &renamed).await;
    }
    assert!(taken > 250, "only {taken} of {id} documents were accepted");
    let schema: Value = serde_json::from_str(&schema_text(FileKind::Monitor)).expect("JSON");
    let fields = schema["properties"].as_object().expect("fields").keys();
    let never: Vec<_> = fields
        .filter(|key| !keys.contains(*key) && !["id", "moved_from", "depends_on"].contains(&key.as_str()))
        .collect();
    assert_eq!(never, [""; 0], "never accepted with these");
}

/// The inputs that people tried, each with what the table must give back.
#[tokio::test]
async fn numbers_of_every_size_come_back_as_they_were_written() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let files: Vec<_> = [
        ("expect", "{json: [{path: $.n, equals: 1e22}]}"),
        ("expect", "{json: [{path: $.n, less_than: 1e30, greater_than: -1e30}]}"),
        ("json", "{wei: 1000000000000000000000, more: 0.1234567890123456789012345678901234567}"),
        ("expect", "{json: [{path: $.n, equals: 1e16}]}"),
        ("expect", "{json: [{path: $.n, not_equals: [1e125, 1e-130, -0.0, 1.50]}]}"),
    ]
    .iter()
    .enumerate()
    .map(|(id, (key, value))| {
        let method = ("method".to_owned(), "POST".to_owned());
        let url = ("url".to_owned(), "https://a".to_owned());
        yaml(id, &BTreeMap::from([((*key).to_owned(), (*value).to_owned()), method, url]))
    })
    .collect();
    let monitors = accepted(&files);
    assert_eq!(monitors.len(), files.len());
    sync(&store, &monitors).await;
    equal(&store, &monitors, &files).await;
}

/// The largest and the deepest monitor that is accepted is written, changed, and read.
#[tokio::test]
async fn what_is_just_small_enough_fits_also_into_the_record_of_its_change() {
    let shared = Shared::new(Hand::at(now()).clock());
    let store = shared.open();
    let file = |name: &str| {
        let method = ("method".to_owned(), "POST".to_owned());
        let fields = |key: &str, value: String| {
            let url = ("url".to_owned(), "https://a".to_owned());
            BTreeMap::from([
                (key.to_owned(), value),
                method.clone(),
                url,
                ("name".to_owned(), name.to_owned()),
            ])
        };
        let deep = format!("{}1{}", "[".repeat(27), "]".repeat(27));
        // What takes the most beside its texts: empty lists.
        let wide = format!("[{},'{}']", vec!["[]"; 4_000].join(","), "x".repeat(303_900));
        [
            yaml(1, &fields("body", "x".repeat(319_900))),
            yaml(2, &fields("json", deep)),
            yaml(3, &fields("json", wide)),
        ]
    };
    for name in ["one", "two", "three"] {
        let files = file(name);
        let monitors = accepted(&files);
        assert_eq!(monitors.len(), 3, "{name}");
        sync(&store, &monitors).await;
        equal(&store, &monitors, &files).await;
    }
}
