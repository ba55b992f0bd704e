//! How much a monitor may ask of an answer. The same bounds hold for files and for what is stored, where a hand may
//! have put it by hand: beyond them a stored monitor is reported and not probed, and stops no other one.
//!
//! The bounds of a path stand in `json`, those of a pattern in `monitor`; what judging may cost in all is
//! the `Budget` of `monitor`.

use super::diagnostic::Code;
use super::path::Path;
use super::raw::RawMonitor;
use super::raw_expect::{RawBodyComparisons, RawExpect, RawHeaderComparisons, RawJsonAssertion};
use super::text_forms::HeaderForm;
use super::timing::Timing;
use super::violation::Violation;
use crate::json::JsonPath;
use crate::monitor::{PATTERN_LENGTH, Pattern};

/// Assertions on headers, or on JSON values, that a monitor may have.
pub const ASSERTIONS: usize = 100;

/// Bytes of a text that an answer is compared with.
pub const TEXT: usize = 64 << 10;

/// Complains of what the schema refuses in files, and a hand may have put into a table: numbers and texts beyond their
/// bounds, and assertions that compare with nothing, which every answer would meet.
pub fn stored(raw: &RawMonitor, violations: &mut Vec<Violation>) {
    let attempts = raw.retry.as_ref().and_then(|retry| retry.attempts);
    let alert = raw.alert.as_ref();
    for (path, number, most) in [
        ("redirects", raw.redirects.map(u32::from), 20),
        ("retry.attempts", attempts.map(u32::from), 5),
        ("alert.failures", alert.and_then(|alert| alert.failures), 10),
        ("alert.successes", alert.and_then(|alert| alert.successes), 10),
    ] {
        if number.is_some_and(|number| number > most) {
            violations.push(Violation::new(
                Code::OutOfBounds,
                path,
                format!("`{path}` must be at most {most}"),
            ));
        }
    }
    let labels = raw.tags.iter().flatten().map(|tag| ("tags", &tag.0, 64));
    let team = raw.team.iter().map(|team| ("team", &team.0, 64));
    for (path, text, most) in raw.name.iter().map(|name| ("name", name, 100)).chain(team).chain(labels) {
        if text.chars().nth(most).is_some() {
            let message = format!("`{path}` has at most {most} characters");
            violations.push(Violation::new(Code::OutOfBounds, path, message));
        }
    }
    super::maintenance::too_many("tags", raw.tags.as_ref().map_or(0, Vec::len), 20, violations);
    if let Some(expect) = &raw.expect {
        for path in without_comparison(expect) {
            let message = format!("`{path}` has no comparison");
            violations.push(Violation::new(Code::Empty, path, message));
        }
    }
}

fn without_comparison(expect: &RawExpect) -> Vec<Path> {
    let expected = super::build::expect(Some(expect), &Timing::implied(), &mut Vec::new());
    let mut empty = Vec::new();
    if expect.body.is_some() && expected.body.is_empty() {
        empty.push(Path::from("expect.body"));
    }
    for (name, form) in expect.headers.iter().flatten() {
        let is_compared = |name: &str| expected.headers.iter().any(|one| one.name == name);
        if form.is_some() && !is_compared(&name.to_ascii_lowercase()) {
            empty.push(Path::from("expect.headers").key(name));
        }
    }
    if expect.json.as_ref().is_some_and(Vec::is_empty) {
        empty.push(Path::from("expect.json"));
    }
    let silent = expected.json.iter().enumerate().filter(|(_, assertion)| assertion.comparisons.is_empty());
    empty.extend(silent.map(|(index, _)| Path::from("expect.json").index(index)));
    empty
}

/// Complains of what goes beyond the bounds.
pub fn check(expect: &RawExpect, violations: &mut Vec<Violation>) {
    let RawExpect { status: _, latency: _, headers, body, json, certificate: _ } = expect;
    for (key, number) in
        [("headers", headers.iter().flatten().count()), ("json", json.as_ref().map_or(0, Vec::len))]
    {
        if number > ASSERTIONS {
            let message = format!("`expect.{key}` has at most {ASSERTIONS} assertions, found {number}");
            let path = Path::from("expect").key(key);
            violations.push(Violation::new(Code::OutOfBounds, path, message).on_key().label("too many"));
        }
    }
    for (name, form) in headers.iter().flatten() {
        let path = Path::from("expect.headers").key(name);
        match form {
            Some(HeaderForm::Equals(value)) => text(path, value, violations),
            Some(HeaderForm::Comparisons(raw)) => header(&path, raw, violations),
            None => {}
        }
    }
    if let Some(raw) = body {
        let RawBodyComparisons {
            equals,
            not_equals,
            contains,
            not_contains,
            matches,
            less_than: _,
            greater_than: _,
        } = raw;
        let path = Path::from("expect.body");
        texts(&path, [("equals", equals), ("not_equals", not_equals)], violations);
        parts(&path, [("contains", contains), ("not_contains", not_contains)], violations);
        pattern(&path, matches.as_deref(), violations);
    }
    for (index, raw) in json.iter().flatten().enumerate() {
        assertion(&Path::from("expect.json").index(index), raw, violations);
    }
}

fn header(path: &Path, raw: &RawHeaderComparisons, violations: &mut Vec<Violation>) {
    let RawHeaderComparisons {
        equals,
        not_equals,
        contains,
        not_contains,
        matches,
        less_than: _,
        greater_than: _,
        exists: _,
    } = raw;
    texts(path, [("equals", equals), ("not_equals", not_equals)], violations);
    parts(path, [("contains", contains), ("not_contains", not_contains)], violations);
    pattern(path, matches.as_deref(), violations);
}

fn assertion(path: &Path, raw: &RawJsonAssertion, violations: &mut Vec<Violation>) {
    json_path(path, "path", raw.path.as_deref(), violations);
    for (key, other) in others(raw) {
        let Some(other) = json_path(path, key, other, violations) else { continue };
        if !other.is_single() {
            let message = format!("`{path}.{key}` may match several values, but compares one");
            violations.push(
                Violation::new(Code::InvalidPath, path.key(key), message)
                    .label("not only names and indexes")
                    .help("write it like $.total or $.items[0].total"),
            );
        }
    }
    parts(path, [("contains", &raw.contains), ("not_contains", &raw.not_contains)], violations);
    pattern(path, raw.matches.as_deref(), violations);
    for (key, value) in [("equals", &raw.equals), ("not_equals", &raw.not_equals)] {
        if value.as_ref().is_some_and(|value| value.to_string().len() > TEXT) {
            violations.push(too_long(path.key(key)));
        }
    }
}

/// The paths to other values.
pub fn others(raw: &RawJsonAssertion) -> [(&'static str, Option<&str>); 4] {
    [
        ("equals_path", raw.equals_path.as_deref()),
        ("not_equals_path", raw.not_equals_path.as_deref()),
        ("less_than_path", raw.less_than_path.as_deref()),
        ("greater_than_path", raw.greater_than_path.as_deref()),
    ]
}

fn json_path(
    path: &Path,
    key: &str,
    text: Option<&str>,
    violations: &mut Vec<Violation>,
) -> Option<JsonPath> {
    match JsonPath::parse(text?) {
        Ok(parsed) => Some(parsed),
        Err(error) => {
            let message = format!("`{path}.{key}` is not a JSON path: {error}");
            violations.push(
                Violation::new(Code::InvalidPath, path.key(key), message)
                    .label("not an RFC 9535 path")
                    .help("write it like $.status or $.items[0].name"),
            );
            None
        }
    }
}

fn texts<const N: usize>(path: &Path, all: [(&str, &Option<String>); N], violations: &mut Vec<Violation>) {
    for (key, value) in all {
        if let Some(value) = value {
            text(path.key(key), value, violations);
        }
    }
}

/// Every text has the empty one in it, so a comparison with that one would say nothing.
fn parts<const N: usize>(path: &Path, all: [(&str, &Option<String>); N], violations: &mut Vec<Violation>) {
    for (key, value) in all {
        if value.as_deref() == Some("") {
            let message = format!("`{path}.{key}` must not be empty");
            violations.push(Violation::new(Code::Empty, path.key(key), message).label("empty"));
        }
    }
    texts(path, all, violations);
}

fn text(path: Path, value: &str, violations: &mut Vec<Violation>) {
    if value.len() > TEXT {
        violations.push(too_long(path));
    }
}

fn too_long(path: Path) -> Violation {
    let message = format!("`{path}` has more than {TEXT} bytes");
    Violation::new(Code::OutOfBounds, path, message).label("too long")
}

fn pattern(path: &Path, value: Option<&str>, violations: &mut Vec<Violation>) {
    if value.is_some_and(|value| Pattern::stored(value).is_err()) {
        let message = format!("`{path}.matches` has at most {PATTERN_LENGTH} characters");
        violations.push(Violation::new(Code::OutOfBounds, path.key("matches"), message).label("too long"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{SourceFile, load, monitor_from_spec};
    use crate::monitor::{MonitorId, Origin, Spec};

    /// The faults of `expect` in a file, and whether the same is taken from a table.
    fn check(expect: &serde_json::Value) -> (Vec<Code>, bool) {
        let document = json!({"id": "a", "url": "https://a.example", "expect": expect});
        let bytes = document.to_string().into_bytes();
        let file = SourceFile { path: "a.yaml".to_owned(), folder: String::new(), bytes };
        let faults = load(&[file], None).diagnostics;
        let fields = json!({"url": "https://a.example", "expect": expect});
        let spec = Spec::new(fields.as_object().expect("a map").clone());
        let id = MonitorId::parse("a").expect("an id");
        let stored = monitor_from_spec(id, &spec, Origin::default());
        (faults.into_iter().map(|fault| fault.code).collect(), stored.is_ok())
    }

    fn path(path: &str) -> serde_json::Value {
        json!({"json": [{"path": path, "exists": true}]})
    }

    // One merged monitor ended every run of the table with a stack that overflowed.
    #[test]
    fn what_is_too_much_is_a_fault_of_its_file_and_of_its_item() {
        let nested = |depth: usize| format!("$.a[?{}@.a{}]", "(".repeat(depth), ")".repeat(depth));
        let stars = |number: usize| format!("$[{}]", vec!["*"; number].join(","));
        let filters = |depth: usize| format!("$.a{}@.a{}", "[?@".repeat(depth), "]".repeat(depth));
        let many = |number: usize| vec![json!({"path": "$.a", "equals": 1}); number];
        let headers = |number: usize| -> serde_json::Value {
            (0..number).map(|i| (format!("x-{i}"), json!("a"))).collect::<serde_json::Map<_, _>>().into()
        };
        for (expect, code) in [
            (path(&nested(15)), None),
            (path(&nested(16)), Some(Code::InvalidPath)),
            (path(&nested(1_000)), Some(Code::InvalidPath)),
            (path(&stars(100)), None),
            (path(&stars(300)), Some(Code::InvalidPath)),
            (path(&filters(24)), Some(Code::InvalidPath)),
            (path(&format!("$.{}", "a".repeat(998))), None),
            (path(&format!("$.{}", "a".repeat(999))), Some(Code::InvalidPath)),
            (json!({"json": many(100)}), None),
            (json!({"json": many(101)}), Some(Code::OutOfBounds)),
            (json!({"headers": headers(100)}), None),
            (json!({"headers": headers(101)}), Some(Code::OutOfBounds)),
            (json!({"body": {"contains": "a".repeat(TEXT)}}), None),
            (json!({"body": {"contains": "a".repeat(TEXT + 1)}}), Some(Code::OutOfBounds)),
            (json!({"body": {"matches": "a".repeat(2_000)}}), None),
            (json!({"body": {"matches": "a".repeat(2_001)}}), Some(Code::OutOfBounds)),
            (json!({"headers": {"x-a": "a".repeat(TEXT + 1)}}), Some(Code::OutOfBounds)),
            (json!({"headers": {"x-a": {"not_contains": ""}}}), Some(Code::Empty)),
            (json!({"json": [{"path": "$.a", "not_equals": "a".repeat(TEXT)}]}), Some(Code::OutOfBounds)),
            (json!({"json": [{"path": "$.a", "contains": ""}]}), Some(Code::Empty)),
            (json!({"json": [{"path": "$.a", "equals_path": "$.b[0]['c']"}]}), None),
            (json!({"json": [{"path": "$.a", "equals_path": "$.b[*]"}]}), Some(Code::InvalidPath)),
            (json!({"json": [{"path": "$.a", "less_than_path": "$..b"}]}), Some(Code::InvalidPath)),
            (json!({"json": [{"path": "$.a", "greater_than_path": "$["}]}), Some(Code::InvalidPath)),
        ] {
            let text = expect.to_string();
            let (faults, is_taken) = check(&expect);
            assert_eq!(faults, code.into_iter().collect::<Vec<_>>(), "{text:.120}");
            assert_eq!(is_taken, code.is_none(), "{text:.120}");
        }
    }

    // Compiling takes time, so it is left to `validate`; what is stored nevertheless fails when it is judged.
    #[test]
    fn a_pattern_that_does_not_compile_is_a_fault_of_its_file() {
        for expect in [
            json!({"body": {"matches": r"\p{L}{1,80}"}}),
            path(r"$[?match(@, '\\p{L}{1,80}')]"),
            path("$[?search(@, '(')]"),
        ] {
            assert_eq!(check(&expect), (vec![Code::InvalidPattern], true), "{expect}");
        }
    }
}
