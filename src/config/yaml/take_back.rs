//! `null`, and a key without a value, take back what a `defaults.yaml` or the alias of a `<<` says. Where nothing is said
//! there, they were most likely meant as something else: behind `contains: #ok` there is only a comment. Pure.

use crate::config::diagnostic::Code;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::{Entry, Node, YamlTree};
use crate::kinds::{Manner, manner};

/// Every empty value of `document` that takes back nothing of `base`, the defaults above it. An expectation that is empty
/// expects nothing, so it is an error.
pub fn find(document: &Node, base: Option<&Node>) -> Vec<PlacedViolation> {
    let mut faults = Vec::new();
    for entry in document.entries() {
        let above = base.and_then(|base| base.entry(&entry.key));
        // In a value that is taken whole, a null is meant.
        if is_empty(entry) || manner(&[], &entry.key) != Manner::Whole {
            look(&[], entry, above, &mut faults);
        }
    }
    faults
}

/// `keys` lead to the map of `entry`.
fn look(keys: &[&str], entry: &Entry, above: Option<&Entry>, faults: &mut Vec<PlacedViolation>) {
    let path: Vec<&str> = keys.iter().copied().chain([entry.key.as_str()]).collect();
    if is_empty(entry) {
        if above.is_none() && !entry.overrides_alias {
            faults.push(fault(&path.join("."), entry));
        }
        return;
    }
    let manner = manner(keys, &entry.key);
    for inner in entry.value.entries() {
        let known = |known: &&Entry| match manner {
            Manner::Headers => known.key.eq_ignore_ascii_case(&inner.key),
            Manner::Fields | Manner::Whole | Manner::Steps => known.key == inner.key,
        };
        let above = above.and_then(|above| above.value.entries().iter().find(known));
        look(&path, inner, above, faults);
    }
}

fn is_empty(entry: &Entry) -> bool {
    entry.value.tree == YamlTree::Null && !entry.value.faulty
}

fn fault(path: &str, entry: &Entry) -> PlacedViolation {
    let code = if path.starts_with("expect.") || path.starts_with("warn.") {
        Code::Empty
    } else {
        Code::TakesNothingBack
    };
    PlacedViolation::new(code, entry.key_place, format!("`{path}` has no value and overrides nothing"))
        .label("empty")
        .help("write its value, quoted if it begins with `#` or `&`, or remove the key")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::{Circumstances, Code, Definitions, Extent, SourceFile, load, load_with_lints};

    fn files(defaults: &str, fields: &str) -> [SourceFile; 2] {
        let file = |path: &str, text: String| SourceFile {
            path: path.to_owned(),
            group: String::new(),
            bytes: text.into_bytes(),
        };
        let monitor = format!("id: a\nurl: https://a.example\n{fields}\n");
        [file("a.yaml", monitor), file("defaults.yaml", defaults.to_owned())]
    }

    fn found(defaults: &str, fields: &str) -> Vec<(Code, String, usize)> {
        let circumstances =
            Circumstances { period: Duration::from_mins(1), extent: Extent::Whole, offer: None };
        let found =
            load_with_lints(&files(defaults, fields), Definitions::default(), circumstances).diagnostics;
        found.into_iter().map(|found| (found.code, found.file, found.span.line)).collect()
    }

    // Trap 13: what is passed over silently was meant.
    #[test]
    fn an_expectation_without_a_value_is_an_error_at_its_key() {
        for (fields, line) in [
            ("expect:\n  body:\n    contains: #ok", 5),
            ("expect:\n  body:\n    not_contains:", 5),
            ("expect: { body: { contains: null, matches: ok } }", 3),
            ("expect: { headers: { x-a: } }", 3),
            ("expect: { headers: { x-a: { equals: ~ } } }", 3),
            ("expect: { latency: { down: } }", 3),
            ("expect: { status: }", 3),
            ("expect:\n  json:", 4),
            ("expect: { certificate: { down: &soon } }", 3),
        ] {
            assert_eq!(found("", fields), [(Code::Empty, "a.yaml".to_owned(), line)], "{fields}");
            assert!(load(&files("", fields), None).is_invalid(), "{fields}");
        }
    }

    #[test]
    fn a_field_of_an_alias_is_taken_back_without_a_word() {
        let shared = "headers: &all { x-a: a }\nexpect: { headers: { <<: *all, x-b: b, x-a: } }";
        assert_eq!(found("", shared), []);
        let elsewhere = "headers: &all { x-a: a }\nexpect: { headers: { <<: *all, x-b: b, x-c: } }";
        assert_eq!(found("", elsewhere), [(Code::Empty, "a.yaml".to_owned(), 4)]);
    }

    #[test]
    fn any_other_field_without_a_value_is_warned_of() {
        for fields in
            ["team: #payments", "alert: { remind: }", "name: &n", "headers: { x-a: }", "json:", "expect:"]
        {
            assert_eq!(found("", fields), [(Code::TakesNothingBack, "a.yaml".to_owned(), 3)], "{fields}");
            assert_eq!(load(&files("", fields), None).diagnostics, [], "{fields}");
        }
    }

    #[test]
    fn what_takes_back_an_inherited_value_is_meant() {
        for (defaults, fields) in [
            ("team: t", "team: null"),
            ("expect: { body: { contains: ok } }", "expect: { body: { contains: null } }"),
            ("expect: { body: { contains: ok } }", "expect: { body: }"),
            ("expect: { headers: { X-A: b } }", "expect: { headers: { x-a: } }"),
            ("headers: { X-A: b }", "headers: { x-a: null }"),
            ("alert: { remind: 4h }", "alert: { remind: null }"),
            ("", "method: POST\njson: { a: null, b: [null] }"),
            ("", "expect: { json: [{ path: $.a, equals: null }] }"),
        ] {
            assert_eq!(found(defaults, fields), [], "{defaults} / {fields}");
        }
        let one = |defaults, code| assert_eq!(found(defaults, ""), [(code, "defaults.yaml".to_owned(), 1)]);
        one("expect: { body: { contains: } }", Code::Empty);
        one("team:", Code::TakesNothingBack);
    }
}
