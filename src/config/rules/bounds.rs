//! Bounds of the fields that all kinds share, for what is stored: a hand may have put it there. Beyond them a stored
//! monitor is reported and not probed, and stops no other one.

use crate::config::raw::RawMonitor;
use crate::written::{Code, Violation};

/// Reports numbers and texts beyond their bounds, which the schema refuses in files.
pub fn stored(raw: &RawMonitor, violations: &mut Vec<Violation>) {
    let attempts = raw.retry.as_ref().and_then(|retry| retry.attempts);
    let alert = raw.alert.as_ref();
    for (path, number, most) in [
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
    let names = raw.name.iter().map(|name| ("name", name, 100));
    let descriptions = raw.description.iter().map(|text| ("description", text, 500));
    for (path, text, most) in names.chain(descriptions).chain(team).chain(labels) {
        if text.chars().nth(most).is_some() {
            let message = format!("`{path}` has at most {most} characters");
            violations.push(Violation::new(Code::OutOfBounds, path, message));
        }
    }
    violations.extend(Violation::of_length("tags", raw.tags.as_ref().map_or(0, Vec::len), 20));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::{SourceFile, load, monitor_from_spec};
    use crate::monitor::{MonitorId, Origin, Spec};

    /// Bytes of a text that an answer may be compared with.
    const TEXT: usize = 64 << 10;

    /// The faults of `expect` in a file, and whether the same is taken from a table.
    fn check(expect: &serde_json::Value) -> (Vec<Code>, bool) {
        let document = json!({"id": "a", "url": "https://a.example", "expect": expect});
        let bytes = document.to_string().into_bytes();
        let file = SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes };
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
