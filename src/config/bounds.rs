//! How much a monitor may ask of an answer. The same bounds hold for files and for what is stored, where a hand may
//! have put it by hand: beyond them a stored monitor is reported and not probed, and stops no other one.
//!
//! The bounds of a path stand in `json`, those of a pattern in `monitor`; what judging may cost in all is
//! the `Budget` of `monitor`.

use super::diagnostic::Code;
use super::path::Path;
use super::raw::RawMonitor;
use super::raw_comparisons::{MOST_TEXTS, RawBodyComparisons, RawComparisons, RawJsonAssertion};
use super::raw_expect::{RawExpect, RawWarn};
use super::text_forms::HeaderForm;
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
    let warn = raw.warn.as_ref().map(|RawWarn(warn)| warn);
    for (top, expect) in [("expect", raw.expect.as_ref()), ("warn", warn)] {
        for path in expect.into_iter().flat_map(|expect| without_comparison(&Path::from(top), expect)) {
            let message = format!("`{path}` has no comparison");
            violations.push(Violation::new(Code::Empty, path, message));
        }
    }
}

fn without_comparison(top: &Path, expect: &RawExpect) -> Vec<Path> {
    let RawExpect { status: _, latency: _, headers, body, json, certificate: _, tls: _ } = expect;
    let is_silent = |raw: &RawComparisons| raw.comparisons().is_empty();
    let mut empty = Vec::new();
    if body.as_ref().is_some_and(|RawBodyComparisons(raw)| is_silent(raw)) {
        empty.push(top.key("body"));
    }
    for (name, form) in headers.iter().flatten() {
        if let Some(HeaderForm::Comparisons(raw)) = form
            && is_silent(&raw.0)
        {
            empty.push(top.key("headers").key(name));
        }
    }
    if json.as_ref().is_some_and(Vec::is_empty) {
        empty.push(top.key("json"));
    }
    let assertions = json.iter().flatten().enumerate();
    let silent = assertions.filter(|(_, RawJsonAssertion(raw))| is_silent(raw));
    empty.extend(silent.map(|(index, _)| top.key("json").index(index)));
    empty
}

/// Complains of what goes beyond the bounds below `top`, which is `expect` or `warn`.
pub fn check(top: &str, expect: &RawExpect, violations: &mut Vec<Violation>) {
    let RawExpect { status: _, latency: _, headers, body, json, certificate: _, tls: _ } = expect;
    let top = Path::from(top);
    for (key, number) in
        [("headers", headers.iter().flatten().count()), ("json", json.as_ref().map_or(0, Vec::len))]
    {
        if number > ASSERTIONS {
            let path = top.key(key);
            let message = format!("`{path}` has at most {ASSERTIONS} assertions, found {number}");
            violations.push(Violation::new(Code::OutOfBounds, path, message).on_key().label("too many"));
        }
    }
    for (name, form) in headers.iter().flatten() {
        let path = top.key("headers").key(name);
        match form {
            Some(HeaderForm::Equals(value)) => text(path, value, violations),
            Some(HeaderForm::Comparisons(raw)) => comparisons(&path, &raw.0, violations),
            None => {}
        }
    }
    if let Some(RawBodyComparisons(raw)) = body {
        comparisons(&top.key("body"), raw, violations);
    }
    for (index, RawJsonAssertion(raw)) in json.iter().flatten().enumerate() {
        let path = top.key("json").index(index);
        json_path(&path, "path", raw.path.as_deref(), violations);
        comparisons(&path, raw, violations);
    }
}

fn comparisons(path: &Path, raw: &RawComparisons, violations: &mut Vec<Violation>) {
    for (key, other) in raw.paths() {
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
    for (key, texts) in raw.texts() {
        let Some(texts) = texts else { continue };
        let number = texts.iter().count();
        super::maintenance::too_many(&path.key(key).to_string(), number, MOST_TEXTS, violations);
        for (place, text) in texts.placed(&path.key(key)) {
            match key {
                "matches" | "not_matches" => pattern(place, text, violations),
                _ => part(place, text, violations),
            }
        }
    }
    for (key, value) in [("equals", &raw.equals), ("not_equals", &raw.not_equals)] {
        let length = value.as_ref().map_or(0, |value| match value.as_str() {
            Some(text) => text.len(),
            None => value.to_string().len(),
        });
        if length > TEXT {
            violations.push(too_long(path.key(key)));
        }
    }
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

/// Every text has the empty one in it, so a comparison with that one would say nothing.
fn part(path: Path, value: &str, violations: &mut Vec<Violation>) {
    if value.is_empty() {
        let message = format!("`{path}` must not be empty");
        violations.push(Violation::new(Code::Empty, path, message).label("empty"));
    } else {
        text(path, value, violations);
    }
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

fn pattern(path: Path, value: &str, violations: &mut Vec<Violation>) {
    if Pattern::stored(value).is_err() {
        let message = format!("`{path}` has at most {PATTERN_LENGTH} characters");
        violations.push(Violation::new(Code::OutOfBounds, path, message).label("too long"));
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
            (json!({"json": [{"path": "$.a", "not_equals": "a".repeat(TEXT)}]}), None),
            (json!({"json": [{"path": "$.a", "not_equals": "a".repeat(TEXT + 1)}]}), Some(Code::OutOfBounds)),
            (json!({"body": {"contains": ["a", "a".repeat(TEXT + 1)]}}), Some(Code::OutOfBounds)),
            (json!({"body": {"not_matches": ["a".repeat(2_001), "b"]}}), Some(Code::OutOfBounds)),
            (json!({"body": {"contains": ["a", ""]}}), Some(Code::Empty)),
            (json!({"body": {"contains": (0..20).map(|i| i.to_string()).collect::<Vec<_>>()}}), None),
            (
                json!({"body": {"contains": (0..21).map(|i| i.to_string()).collect::<Vec<_>>()}}),
                Some(Code::OutOfBounds),
            ),
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
