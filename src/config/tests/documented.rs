//! Holds docs/monitors.md to what is true: its fields, defaults and bounds are those of the schemas and rules, and its
//! examples are valid, or wrong in the way that they say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::config::Circumstances;
use crate::config::Code;
use crate::config::Definitions;
use crate::config::Extent;
use crate::config::Settings;
use crate::config::SourceFile;
use crate::config::load;
use crate::config::load::Loaded;
use crate::config::load_with_lints;
use crate::config::schema::{FileKind, compiled};
use crate::config::settings;
use crate::config::unused_variables;
use crate::monitor::{ChannelName, format_duration, parse_duration};

const PAGE: &str = include_str!("../../../docs/monitors.md");

/// A row of a table of fields, without its last cell.
struct DocumentedField<'a> {
    path: &'a str,
    takes: &'a str,
    default: &'a str,
}

/// The cells of the table rows whose first cell is a name, below `head`.
fn rows(head: &str) -> Vec<Vec<&'static str>> {
    let tables = PAGE.split(head).skip(1).map(|rest| rest.lines().skip(2));
    let rows = tables.flat_map(|lines| lines.take_while(|line| line.starts_with('|')));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

fn fields() -> Vec<DocumentedField<'static>> {
    let row = |cells: Vec<&'static str>| match cells.as_slice() {
        [path, takes, default, _] => DocumentedField { path: unquoted(path), takes, default },
        other => panic!("not a row of fields: {other:?}"),
    };
    let rows: Vec<_> = rows("| field | takes | default | |").into_iter().map(row).collect();
    assert!(rows.len() > 50, "{} rows", rows.len());
    rows
}

fn unquoted(cell: &str) -> &str {
    let inner = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
    inner.unwrap_or_else(|| panic!("not a name in quotes: {cell}"))
}

/// Everything between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Every property of a schema by its full name.
fn properties(schema: &Value, found: &mut BTreeMap<String, Value>) {
    for (_, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = property["title"].as_str().expect("the full name of a field is its title");
        found.insert(name.to_owned(), property.clone());
        // The fields of a channel are a matter of its kind, which has a page of its own.
        if name.ends_with("channels") {
            continue;
        }
        for inner in [property, &property["items"], &property["additionalProperties"]] {
            properties(inner, found);
        }
    }
}

fn all() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    properties(&compiled(FileKind::Monitor).schema, &mut found);
    properties(&compiled(FileKind::Settings).schema, &mut found);
    found
}

/// The comparisons, by the subject that they are made with.
fn comparisons() -> BTreeSet<String> {
    let subjects = ["headers", "body", "json[]"];
    let rows = rows("| comparison | header | body | JSON | holds if |");
    let of_row = |cells: &Vec<&str>| {
        let name = unquoted(cells[0]).to_owned();
        let answers = subjects.into_iter().zip(cells[1..4].to_vec());
        answers
            .filter(|(_, yes)| *yes == "yes")
            .flat_map(move |(subject, _)| {
                let name = name.clone();
                ["expect", "warn"].into_iter().map(move |top| format!("{top}.{subject}.{name}"))
            })
            .collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

#[test]
fn every_field_stands_there_and_no_other() {
    let comparisons = comparisons();
    let all = all();
    // Of a subject that is none of the table's, the table says the comparisons all the same.
    let keys: BTreeSet<_> = comparisons.iter().filter_map(|name| name.rsplit('.').next()).collect();
    let is_of_another = |name: &String| {
        let (above, key) = name.rsplit_once('.').unwrap_or_default();
        keys.contains(key) && (above.starts_with("expect.") || above.starts_with("warn."))
    };
    let others: BTreeSet<_> = all.keys().filter(|name| is_of_another(name)).cloned().collect();
    let comparisons: BTreeSet<_> = comparisons.union(&others).cloned().collect();
    // A map of fields is said by its fields.
    let is_said_by_others = |name: &str| {
        let inside = |other: &String| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        all.keys().any(|other| inside(other) && !comparisons.contains(other))
    };
    let expected: Vec<_> =
        all.keys().filter(|name| !comparisons.contains(*name) && !is_said_by_others(name)).collect();
    let mut shown: Vec<_> = fields().into_iter().map(|row| row.path.to_owned()).collect();
    shown.sort();
    assert_eq!(shown.iter().collect::<Vec<_>>(), expected);
    let unknown: Vec<_> = comparisons.iter().filter(|name| !all.contains_key(*name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn defaults_values_and_sizes_are_those_of_the_schema() {
    let all = all();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    for DocumentedField { path, takes, default } in fields() {
        let schema = &all[path];
        let implied: Vec<String> = match &schema["default"] {
            Value::Null => Vec::new(),
            Value::Array(values) => values.iter().map(text).collect(),
            value => vec![text(value)],
        };
        if implied.is_empty() {
            assert!(!default.starts_with('`'), "{path} has no default");
        } else {
            assert_eq!(quoted(default), implied, "the default of {path}");
        }
        let values =
            [&schema["else"]["enum"], &schema["items"]["enum"]].into_iter().filter_map(Value::as_array);
        let values: Vec<_> = values.flatten().filter(|value| !value.is_null()).map(text).collect();
        if !values.is_empty() {
            assert_eq!(quoted(takes), values, "the values of {path}");
        }
        for size in [&schema["maxItems"], &schema["maxLength"], &schema["items"]["maxLength"]] {
            let size = size.as_u64().map(|size| size.to_string());
            let is_said = |size: &str| takes.split(' ').any(|word| word == size);
            assert!(size.as_deref().is_none_or(is_said), "{path} has a largest size of {size:?}");
        }
        let has_bounds = !schema["minimum"].is_null() && !schema["maximum"].is_null();
        assert!(!has_bounds || bounds(takes).is_some() || path.ends_with(".status"), "{path} has bounds");
    }
}

/// `1m to 24h`
fn bounds(takes: &str) -> Option<(&str, &str)> {
    let bounds = takes.split_once(" to ")?;
    [bounds.0, bounds.1].iter().all(|bound| bound.starts_with(|c: char| c.is_ascii_digit())).then_some(bounds)
}

/// A monitor whose field `path` is `value`.
fn monitor_with(path: &str, value: &Value) -> Value {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let inner = match rest {
        "" => value.clone(),
        rest => rest.rsplit('.').fold(value.clone(), |value, key| json!({ key: value })),
    };
    let (key, inner) = match first.strip_suffix("[]") {
        None => (first, inner),
        Some(key) => {
            let mut window = json!({"starts": "2026-01-01T00:00", "for": "1h"});
            window.as_object_mut().expect("a map").extend(inner.as_object().cloned().expect("a map"));
            (key, json!([window]))
        }
    };
    let mut monitor = Map::from_iter([("id".to_owned(), json!("a")), ("url".to_owned(), json!("https://a"))]);
    monitor.insert(key.to_owned(), inner);
    Value::Object(monitor)
}

/// The bounds themselves, and what lies next to them on the other side.
fn around(least: &str, most: &str) -> ([Value; 2], Vec<Value>) {
    if let Some((least, most)) = least.parse::<i64>().ok().zip(most.parse::<i64>().ok()) {
        return ([json!(least), json!(most)], vec![json!(least - 1), json!(most + 1)]);
    }
    let [least, most] = [least, most].map(|text| parse_duration(text).expect("a duration"));
    let moment = Duration::from_millis(1);
    let next = [least.checked_sub(moment), most.checked_add(moment)];
    let value = |duration: Duration| json!(format_duration(duration));
    ([least, most].map(value), next.into_iter().flatten().map(value).collect())
}

#[test]
fn what_is_said_of_bounds_is_what_is_taken_and_refused() {
    let refused = |path: &str, value: &Value| {
        let text = monitor_with(path, value).to_string();
        let Loaded { diagnostics, .. } = load(&[file("a.yaml", &text)], None);
        diagnostics.iter().any(|diagnostic| diagnostic.code == Code::OutOfBounds)
    };
    let mut tried = 0;
    for DocumentedField { path, takes, .. } in fields() {
        let Some((least, most)) = bounds(takes) else { continue };
        let (inside, outside) = around(least, most);
        assert!(inside.iter().all(|value| !refused(path, value)), "{path} takes {inside:?}");
        assert!(outside.iter().all(|value| refused(path, value)), "{path} does not take {outside:?}");
        tried += 1;
    }
    assert!(tried > 12, "{tried}");
}

fn file(path: &str, text: &str) -> SourceFile {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = folder.strip_prefix("monitors").unwrap_or(folder).trim_start_matches('/');
    SourceFile { path: path.to_owned(), group: folder.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// The examples as files. One that names its file is whole; of the others, one without an id is a part of a monitor.
fn examples() -> Vec<SourceFile> {
    let blocks = PAGE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let example = |(number, text): (usize, &str)| {
        let named = text.lines().next().and_then(|line| line.strip_prefix("# "));
        if let Some(path) = named.filter(|name| name.strip_suffix(".yaml").is_some()) {
            return file(path, text);
        }
        let path = format!("monitors/example-{number}.yaml");
        if text.starts_with("id: ") {
            return file(&path, text);
        }
        file(&path, &format!("id: example-{number}\nurl: https://example-{number}.example.com/\n{text}"))
    };
    blocks.enumerate().map(example).collect()
}

/// What an example says is wrong with it, as `file:line error[code]: message`.
fn announced(files: &[SourceFile]) -> Vec<String> {
    let mut announced = Vec::new();
    for SourceFile { path, bytes, .. } in files {
        let text = String::from_utf8_lossy(bytes);
        for (line, number) in text.lines().zip(1..) {
            if let Some((_, said)) = line.split_once("# error[") {
                announced.push(format!("{path}:{number} error[{said}"));
            }
        }
    }
    announced
}

#[test]
fn every_example_is_valid_or_wrong_as_it_says() {
    let (own, monitors): (Vec<_>, Vec<_>) =
        examples().into_iter().partition(|file| file.path == "monitorctl.yaml");
    let [own] = own.as_slice() else { panic!("one example of the settings") };
    let (Settings { channels, vars, .. }, faults) = settings(own);
    assert!(faults.is_empty(), "{faults:#?}");

    let circumstances = Circumstances { period: Duration::from_mins(2), extent: Extent::Whole, offer: None };
    let Loaded { monitors: valid, diagnostics } = load_with_lints(
        &monitors,
        Definitions { channels: Some(&channels), variables: Some(&vars) },
        circumstances,
    );
    let announced = announced(&monitors);
    let found: Vec<_> = diagnostics
        .iter()
        .map(|found| {
            format!(
                "{}:{} {}[{}]: {}",
                found.file, found.span.line, found.severity, found.code, found.message
            )
        })
        .collect();
    assert!(!announced.is_empty() && found.len() == announced.len(), "{found:#?}");
    for (found, announced) in found.iter().zip(&announced) {
        assert!(found.starts_with(announced.as_str()), "{found}\n{announced}");
    }

    assert_eq!(unused_variables(own, &monitors), []);
    let cart = valid.iter().find(|one| one.monitor.id.as_str() == "cart").expect("it is valid");
    assert_eq!(cart.spec.fields()["url"], "https://cart.example.com/v1.10/health");
    assert_eq!(cart.spec.fields()["headers"]["authorization"], "Bearer ${ssm:/live/cart/token}");
    assert_eq!(cart.spec.fields()["expect"], json!({"status": 204}));
    assert_eq!(cart.monitor.interval, Duration::from_mins(15));

    // The comment of the example says what comes from above.
    let legacy = valid.iter().find(|one| one.monitor.id.as_str() == "legacy-payments").expect("it is valid");
    let monitor = &legacy.monitor;
    assert_eq!(monitor.interval, Duration::from_mins(5));
    assert_eq!(monitor.ask.sent()[0].key, "user-agent");
    assert_eq!((monitor.alert.failures, monitor.alert.remind), (3, None));
    assert_eq!(
        (monitor.team.as_deref(), monitor.alert.to.iter().map(ChannelName::as_str).collect::<Vec<_>>()),
        (Some("payments"), vec!["oncall"])
    );
}

#[test]
fn defaults_take_every_field_but_three() {
    let keys = |kind| {
        let fields = compiled(kind).schema["properties"].as_object().expect("fields");
        fields.keys().cloned().collect::<BTreeSet<_>>()
    };
    let own: Vec<_> = keys(FileKind::Monitor).difference(&keys(FileKind::Defaults)).cloned().collect();
    assert_eq!(own, ["heartbeat", "id", "moved_from"]);
    assert!(PAGE.contains("it takes every field but `id`, `heartbeat` and `moved_from`"));
}
