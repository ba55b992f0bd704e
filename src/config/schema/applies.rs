//! Which fields mean something to a kind of check. Pure.
//!
//! One that means nothing is an error where it is written, in `validate` and in the schema. What a `defaults.yaml` hands
//! down for all monitors of a folder is left out where it does not apply.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::config::yaml::tree::{Entry, Node, YamlTree};
use crate::kinds::{KindName, Manner, Scrutiny, manner};
use crate::written::{Code, Path, Step, Violation};

/// `base` without the fields that a check of this kind does not have.
pub fn without_foreign(base: &Node, kind: KindName) -> Cow<'_, Node> {
    // `expect.status` is `status` in `expect`, and in `warn`.
    let split = |field: &str| field.split('.').map(str::to_owned).collect();
    let mut places: Vec<Vec<String>> = kind.foreign_fields().map(split).collect();
    places.extend(
        kind.foreign_fields()
            .filter_map(|field| Some(vec!["warn".to_owned(), field.strip_prefix("expect.")?.to_owned()])),
    );
    places.extend(base.entries().iter().flat_map(|entry| unsuitable(entry, kind)));
    let mut base = Cow::Borrowed(base);
    for place in places {
        if base.find(&place.iter().fold(Path::default(), |path, key| path.key(key))).is_some() {
            remove(base.to_mut(), &place);
        }
    }
    base
}

/// The places in a value of a field of several kinds that suit another one of them, and not `kind`.
fn unsuitable(Entry { key, value, .. }: &Entry, kind: KindName) -> Vec<Vec<String>> {
    let others: Vec<_> =
        KindName::ALL.iter().filter(|other| **other != kind && other.field(key).is_some()).collect();
    if others.is_empty() || kind.field(key).is_none() || value.has_faults() {
        return Vec::new();
    }
    let fields = Map::from_iter([(key.clone(), value.to_sound_json())]);
    let violations = |kind: KindName| {
        let mut violations = Vec::new();
        if let Ok(own) = kind.read(&fields) {
            own.build(Scrutiny::Written, &mut violations);
        }
        violations.retain(|one: &Violation| one.path.steps().first() == Some(&Step::Key(key.clone())));
        violations
    };
    let own = violations(kind);
    if own.is_empty() {
        return Vec::new();
    }
    let of_others: Vec<_> = others.into_iter().map(|other| violations(*other)).collect();
    let is_same = |one: &Violation, other: &Violation| one.path == other.path && one.message == other.message;
    let suits_another =
        |one: &&Violation| of_others.iter().any(|all| !all.iter().any(|other| is_same(one, other)));
    own.iter().filter(suits_another).map(|violation| dropped(key, violation)).collect()
}

/// A header by itself; of any other field no part means something without the rest.
fn dropped(field: &str, violation: &Violation) -> Vec<String> {
    let name = match violation.path.steps() {
        [_, Step::Key(name), ..] if manner(&[], field) == Manner::Headers => Some(name.clone()),
        _ => None,
    };
    std::iter::once(field.to_owned()).chain(name).collect()
}

fn remove(node: &mut Node, place: &[String]) {
    let YamlTree::Map(entries) = &mut node.tree else { return };
    match place {
        [] => {}
        [field] => *entries = entries.iter().filter(|entry| entry.key != *field).cloned().collect(),
        [key, inner @ ..] => {
            if let Some(entry) = entries.find_mut(key) {
                remove(&mut entry.value, inner);
            }
        }
    }
}

/// The kind of check of a document.
pub fn kind_of(fields: &Map<String, Value>) -> KindName {
    let url = fields.get("url").and_then(Value::as_str).unwrap_or_default();
    KindName::of_fields(url, |field| fields.contains_key(field))
}

/// The same of a document as it is written; `None` where it says nothing of it, as defaults do.
pub fn kind_of_node(document: &Node) -> Option<KindName> {
    let url = document.entry("url").and_then(|entry| entry.value.text());
    let is_said = url.is_some() || KindName::in_places_of_url().any(|field| document.entry(field).is_some());
    is_said.then(|| KindName::of_fields(url.unwrap_or_default(), |field| document.entry(field).is_some()))
}

/// Reports what means nothing in a stored monitor: fields of other kinds, and those that no kind has.
pub fn check(fields: &Map<String, Value>, violations: &mut Vec<Violation>) {
    let kind = kind_of(fields);
    for (key, value) in fields {
        match (key.as_str(), value) {
            (key, _) if kind.known_field(key).is_none() => {
                violations.push(foreign(kind, key, Path::default().key(key)));
            }
            ("expect", Value::Object(expect)) => {
                let is_known = |key: &str| kind.known_field(&format!("expect.{key}")).is_some();
                unknown(kind, "expect", expect, is_known, violations);
            }
            ("warn", Value::Object(warn)) => {
                unknown(kind, "warn", warn, |key| is_within(kind, key), violations);
            }
            _ => {}
        }
    }
}

fn is_within(kind: KindName, key: &str) -> bool {
    kind.fields().any(|field| field.name.strip_prefix("expect.") == Some(key))
}

fn unknown(
    kind: KindName,
    top: &str,
    fields: &Map<String, Value>,
    is_known: impl Fn(&str) -> bool,
    violations: &mut Vec<Violation>,
) {
    let unknown = fields.keys().filter(|key| !is_known(key));
    violations.extend(unknown.map(|key| foreign(kind, &format!("{top}.{key}"), Path::from(top).key(key))));
}

fn foreign(kind: KindName, name: &str, path: Path) -> Violation {
    let is_of_another = kind.foreign_fields().any(|field| field == name);
    let message = if is_of_another { message(name, kind) } else { format!("unknown key `{name}`") };
    Violation::new(Code::UnknownKey, path, message)
}

/// `` `method` does not apply to tcp checks ``
pub fn message(field: &str, kind: KindName) -> String {
    format!("`{field}` does not apply to {} checks", kind.as_str())
}

/// Why a check is of this kind.
pub fn label(kind: KindName) -> String {
    match kind.in_place_of_url() {
        None => format!("the scheme of `url` selects the {} check", kind.as_str()),
        Some(field) => format!("`{field}` selects the {} check", kind.as_str()),
    }
}

/// Adds to a help about `url` what else may stand there.
pub fn or_another(help: String) -> String {
    KindName::in_places_of_url()
        .fold(help, |help, field| format!("{help}, or `{field}:` for a program that beats"))
}

/// Inserts the rules into the schema of a monitor.
pub fn insert_rules(root: &mut Map<String, Value>) {
    // A rule says when it is required.
    if let Some(Value::Array(required)) = root.get_mut("required") {
        required.retain(|key| key != "url");
    }
    root.insert("allOf".to_owned(), schema_rules());
}

/// The same as rules of a schema, so that an editor says it too. A document has `url`, or one of the fields that stand in
/// its place.
fn schema_rules() -> Value {
    let of_url = |kind: KindName| {
        // What a reference hides is taken for the first kind.
        let scheme = match kind.scheme_pattern() {
            // A variable may be a URL of any kind.
            scheme if kind == KindName::HIDDEN => format!(r"^({scheme}:|\$(\{{[^v]|[^{{]))"),
            scheme => format!("^{scheme}:"),
        };
        json!({
            "if": {"properties": {"url": {"type": "string", "pattern": scheme}}, "required": ["url"]},
            "then": {"properties": absent(kind)}
        })
    };
    let in_place_of_url = |(kind, field): (KindName, &str)| {
        let both = format!("a monitor has `url` or `{field}`, not both");
        json!({
            "if": {"required": [field]},
            "then": {
                "if": {"required": ["url"]},
                "then": {"properties": {"url": {"not": {}, "errorMessage": both}}},
                "else": {"properties": absent(kind)}
            },
            "else": {"required": ["url"]}
        })
    };
    let others = KindName::ALL.iter().filter_map(|kind| Some((*kind, kind.in_place_of_url()?)));
    KindName::of_urls().map(of_url).chain(others.map(in_place_of_url)).collect()
}

/// Fields that mean nothing to a kind, as properties that no value meets. What stands in place of `url` is looked at by a
/// rule of its own.
fn absent(kind: KindName) -> Map<String, Value> {
    let mut properties = Map::new();
    for field in kind.foreign_fields().filter(|field| !KindName::in_places_of_url().any(|one| one == *field))
    {
        match field.split_once('.') {
            None => drop(properties.insert(field.to_owned(), false.into())),
            Some((key, inner)) => {
                let warn = kind.field("warn").map(|warn| warn.name);
                for top in [Some(key), warn].into_iter().flatten() {
                    let of_key = properties.entry(top).or_insert_with(|| json!({"properties": {}}));
                    if let Some(Value::Object(within)) = of_key.get_mut("properties") {
                        within.insert(inner.to_owned(), false.into());
                    }
                }
            }
        }
    }
    properties
}

#[cfg(test)]
mod tests {
    use crate::config::raw::RawMonitor;
    use crate::config::raw::expect::RawExpect;
    use crate::config::{Code, SourceFile, load, monitor_from_spec};
    use crate::kinds::SHARED;
    use crate::monitor::{MonitorId, Origin, Spec};
    use serde_json::json;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() }
    }

    #[test]
    fn a_field_of_another_kind_is_an_error_that_names_the_kind() {
        for (text, message) in [
            ("url: tcp://a.example:25\nmethod: GET", "`method` does not apply to tcp checks"),
            (
                "url: tcp://a.example:25\nexpect: {status: 200}",
                "`expect.status` does not apply to tcp checks",
            ),
            (
                "heartbeat: {every: 24h, grace: 2h}\ninterval: 5m",
                "`interval` does not apply to heartbeat checks",
            ),
            (
                "heartbeat: {every: 24h, grace: 2h}\nexpect: {latency: {down: 3s}}",
                "`expect` does not apply to heartbeat checks",
            ),
            ("url: tls://a.example:443\ndialog: smtp", "`dialog` does not apply to tls checks"),
            ("url: https://a.example\ndialog: smtp", "`dialog` does not apply to http checks"),
            (
                "url: https://a.example\nexpect: {tls: {min: '1.2'}}",
                "`expect.tls` does not apply to http checks",
            ),
            ("url: https://a.example\nwarn: {tls: {min: '1.3'}}", "`warn.tls` does not apply to http checks"),
            ("url: dns:///a.example\nwarn: {status: 200}", "`warn.status` does not apply to dns checks"),
            ("url: grpc://a.example:1\nwarn: {status: 200}", "`warn` does not apply to grpc checks"),
        ] {
            let found = load(&[file("a.yaml", &format!("id: a\n{text}\n"))], None).diagnostics;
            let said: Vec<_> = found.iter().map(|one| (one.code, one.message.as_str())).collect();
            assert_eq!(said, [(Code::UnknownKey, message)], "{text}");
        }
    }

    #[test]
    fn what_a_folder_hands_down_and_does_not_apply_is_left_out() {
        let defaults = "headers: {user-agent: x}\nexpect: {status: 200, latency: {down: 3s}}\ndialog: smtp\n";
        let files = [
            file("defaults.yaml", defaults),
            file("a.yaml", "id: a\nurl: tcp://a.example:25\n"),
            file("b.yaml", "id: b\nurl: https://b.example\n"),
            file("c.yaml", "id: c\nheartbeat: {every: 60m, grace: 2h}\n"),
        ];
        let loaded = load(&files, None);
        assert_eq!(loaded.diagnostics, []);
        let specs: Vec<_> =
            loaded.monitors.iter().map(|one| serde_json::Value::Object(one.spec.fields().clone())).collect();
        assert_eq!(
            specs,
            [
                json!({"url": "tcp://a.example:25", "dialog": "smtp", "expect": {"latency": {"down": "3s"}}}),
                json!({
                    "url": "https://b.example/",
                    "headers": {"user-agent": "x"},
                    "expect": {"status": 200, "latency": {"down": "3s"}}
                }),
                json!({"heartbeat": {"every": "1h", "grace": "2h"}}),
            ]
        );
    }

    #[test]
    fn what_a_folder_hands_down_is_wrong_only_if_it_suits_no_kind() {
        let said = |defaults: &str| {
            let files = [file("defaults.yaml", defaults), file("a.yaml", "id: a\nurl: tcp://a.example:25\n")];
            load(&files, None).diagnostics.into_iter().map(|one| one.message).collect::<Vec<_>>()
        };
        assert_eq!(said("dialog: smtp\n"), [""; 0]);
        assert_eq!(said("headers: {content-type: text/plain, x-trace-bin: a}\n"), [""; 0]);
        assert_eq!(said("headers: {upgrade: x}\n"), ["the connection sets the header `upgrade`"]);
        assert_eq!(said("dialog: [{send: a, expect: b}]\n").len(), 1);
    }

    #[test]
    fn what_a_folder_hands_down_for_another_kind_with_this_field_is_left_out() {
        let defaults = "dialog: smtp\nheaders: {content-type: text/plain, x-a: b}\n";
        let spec = |text: &str| {
            let loaded = load(&[file("defaults.yaml", defaults), file("a.yaml", text)], None);
            assert_eq!(loaded.diagnostics, [], "{text}");
            serde_json::Value::Object(loaded.monitors[0].spec.fields().clone())
        };
        assert_eq!(
            spec("id: a\nurl: wss://a.example/\n"),
            json!({"url": "wss://a.example/", "headers": {"content-type": "text/plain", "x-a": "b"}})
        );
        assert_eq!(
            spec("id: a\nurl: grpc://a.example:1\n"),
            json!({"url": "grpc://a.example:1", "headers": {"x-a": "b"}})
        );
        assert_eq!(
            spec("id: a\nurl: tcp://a.example:1\n"),
            json!({"url": "tcp://a.example:1", "dialog": "smtp"})
        );
        // Written in the document itself, it is a fault as before.
        let own = "id: a\nurl: grpc://a.example:1\nheaders: {content-type: text/plain}\n";
        assert_eq!(load(&[file("a.yaml", own)], None).diagnostics.len(), 1);
    }

    #[test]
    fn of_a_warning_that_a_folder_hands_down_what_applies_is_kept() {
        let defaults = "warn: {status: 200, tls: {min: '1.3'}, answers: {count: 2}}\n";
        let warn = |url: &str| {
            let text = format!("id: a\nurl: {url}\n");
            let loaded = load(&[file("defaults.yaml", defaults), file("a.yaml", &text)], None);
            assert_eq!(loaded.diagnostics, [], "{url}");
            loaded.monitors[0].spec.fields().get("warn").cloned()
        };
        assert_eq!(warn("https://a.example/"), Some(json!({"status": 200})));
        assert_eq!(warn("tls://a.example:1"), Some(json!({"tls": {"min": "1.3"}})));
        assert_eq!(warn("dns:///a.example"), Some(json!({"answers": {"count": 2}})));
        assert_eq!(warn("icmp://a.example"), None);
    }

    #[test]
    fn the_fields_that_all_kinds_share_are_those_of_the_raw_type() {
        let keys = |schema: schemars::Schema| {
            let properties = schema.get("properties").and_then(serde_json::Value::as_object).cloned();
            properties.unwrap_or_default().keys().cloned().collect::<Vec<_>>()
        };
        let expect = keys(schemars::schema_for!(RawExpect)).into_iter().map(|key| format!("expect.{key}"));
        let mut raw: Vec<_> = keys(schemars::schema_for!(RawMonitor)).into_iter().chain(expect).collect();
        // A kind has it or not.
        raw.retain(|name| name != "warn");
        // Only in tables.
        raw.push("group".to_owned());
        let mut shared: Vec<_> = SHARED.iter().map(|field| field.name.to_owned()).collect();
        raw.sort();
        shared.sort();
        assert_eq!(shared, raw);
    }

    #[test]
    fn a_stored_monitor_with_a_field_of_another_kind_is_not_probed() {
        let spec = json!({"url": "tcp://a.example:25", "expect": {"body": {"contains": "ok"}}});
        let id = MonitorId::parse("a").expect("an id");
        let read =
            monitor_from_spec(id, &Spec::new(spec.as_object().expect("a map").clone()), Origin::default());
        assert_eq!(read.expect_err("refused"), ["`expect.body` does not apply to tcp checks"]);
    }
}
