//! What a table can hold, as a rule for files: what `validate` takes, DynamoDB takes and gives back. Pure.
//!
//! The same rules hold for what is read from a table, where a hand may have written anything.

use serde_json::{Map, Value};

use crate::config::diagnostic::Code;
use crate::config::sizes::grouped;
use crate::config::violation::PlacedViolation;
use crate::config::yaml::tree::Node;
use crate::monitor::{MOST_BYTES, MOST_NESTED, levels, stored_bytes};
use crate::written::{Path, Violation};

/// Bytes that the settings of a catalog may take in its head item, and twice in the record of a sync.
pub const MOST_SETTINGS_BYTES: usize = 40_000;

/// By this key `serde_json` distinguishes a number with all its digits from a map. A foreign map that has it would be
/// taken for a number on its way, or for a broken one.
const NUMBER: &str = "$serde_json::private::Number";

/// Complains of everything that a table would refuse, or keep from being written again later.
pub fn check(id: &str, fields: &Map<String, Value>, violations: &mut Vec<Violation>) {
    for (key, value) in fields {
        let path = Path::default().key(key);
        if levels(value) > MOST_NESTED {
            violations.push(too_deep(&path, value));
        }
        nameless(&path, value, violations);
    }
    too_large(id, fields, violations);
}

fn too_deep(path: &Path, value: &Value) -> Violation {
    let deepest = deep(path.clone(), value, MOST_NESTED);
    let found = levels(value);
    Violation::new(
        Code::TooLarge,
        deepest,
        format!("`{path}` has {found} levels; a table stores at most {MOST_NESTED}"),
    )
    .label(format!("level {}", MOST_NESTED + 1))
    .help("write the inner part as a string")
}

/// The path of a value that has so many lists and maps around it.
fn deep(path: Path, value: &Value, around: usize) -> Path {
    let (inner, value) = match value {
        _ if around == 0 => return path,
        Value::Array(items) => {
            let deepest = items.iter().enumerate().max_by_key(|(_, item)| levels(item));
            let Some((index, item)) = deepest else { return path };
            (path.index(index), item)
        }
        Value::Object(fields) => {
            let Some((key, value)) = fields.iter().max_by_key(|(_, value)| levels(value)) else {
                return path;
            };
            (path.key(key), value)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return path,
    };
    deep(inner, value, around - 1)
}

/// DynamoDB takes no key without a name, at any depth. Fields of ours have rules for their keys that say so better.
fn nameless(path: &Path, value: &Value, violations: &mut Vec<Violation>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().filter(|(_, item)| levels(item) > 0) {
                nameless(&path.index(index), item, violations);
            }
        }
        Value::Object(fields) => {
            if fields.contains_key("") {
                violations.push(
                    Violation::new(Code::Empty, path.key(""), format!("a key of `{path}` is empty"))
                        .on_key()
                        .label("a table rejects it")
                        .help("give the key a name, or write the whole as a string"),
                );
            }
            if fields.contains_key(NUMBER) {
                violations.push(
                    Violation::new(
                        Code::BadFormat,
                        path.key(NUMBER),
                        format!("no key of `{path}` may be called `{NUMBER}`"),
                    )
                    .on_key()
                    .label("reserved for numbers")
                    .help("rename the key, or write the whole as a string"),
                );
            }
            for (key, value) in fields.iter().filter(|(_, value)| levels(value) > 0) {
                nameless(&path.key(key), value, violations);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn too_large(id: &str, fields: &Map<String, Value>, violations: &mut Vec<Violation>) {
    let sizes = || fields.iter().map(|(key, value)| (key, 1 + key.len() + stored_bytes(value)));
    let total: usize = sizes().map(|(_, size)| size).sum();
    if total <= MOST_BYTES {
        return;
    }
    let Some((key, size)) = sizes().max_by_key(|(_, size)| *size) else { return };
    let message = format!(
        "the monitor `{id}` takes {} in a table; the limit is {}",
        in_bytes(total),
        in_bytes(MOST_BYTES)
    );
    violations.push(
        Violation::new(Code::TooLarge, Path::default().key(key), message)
            .on_key()
            .label(format!("{} of it", in_bytes(size)))
            .help("shorten it, or split the monitor"),
    );
}

/// Complains of channels and canaries that sync could not bring into a table.
pub fn too_large_settings(document: &Node) -> Option<PlacedViolation> {
    let values = ["channels", "canaries"].into_iter().filter_map(|key| document.entry(key));
    let sizes = || values.clone().map(|entry| (entry.key_place, stored_bytes(&entry.value.to_json())));
    let total: usize = sizes().map(|(_, size)| size).sum();
    let (place, _) = sizes().max_by_key(|(_, size)| *size).filter(|_| total > MOST_SETTINGS_BYTES)?;
    let message = format!(
        "the settings take {} in a table; the limit is {}",
        in_bytes(total),
        in_bytes(MOST_SETTINGS_BYTES)
    );
    Some(
        PlacedViolation::new(Code::TooLarge, place, message)
            .label("most of it")
            .help("define fewer channels, or shorter ones"),
    )
}

/// `512,345 bytes`
fn in_bytes(number: usize) -> String {
    format!("{} bytes", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Diagnostic, SourceFile, load};

    fn found(text: &str) -> Vec<Diagnostic> {
        let file =
            SourceFile { path: "a.yaml".to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() };
        load(&[file], None).diagnostics
    }

    fn nested(levels: usize) -> String {
        format!("{}1{}", "[".repeat(levels), "]".repeat(levels))
    }

    // Trap 33: one of these would fail its whole batch, and the error of DynamoDB names none.
    #[test]
    fn a_monitor_that_is_nested_deeper_than_a_table_takes_is_named_with_its_place() {
        let post = "id: a\nurl: https://a\nmethod: POST\n";
        assert_eq!(found(&format!("{post}json: {}\n", nested(MOST_NESTED))), []);
        let deep = found(&format!("{post}json: {}\n", nested(40)));
        assert_eq!(deep.len(), 1, "{deep:#?}");
        assert_eq!(deep[0].code, Code::TooLarge);
        assert_eq!(deep[0].message, "`json` has 40 levels; a table stores at most 27");
        // The first bracket is at column 7.
        assert_eq!((deep[0].span.line, deep[0].span.column), (4, 7 + 27));
        let expected =
            format!("id: a\nurl: https://a\nexpect: {{json: [{{path: $.a, equals: {}}}]}}\n", nested(26));
        assert_eq!(found(&expected)[0].code, Code::TooLarge);
    }

    // Trap 33: see above.
    #[test]
    fn a_monitor_that_is_larger_than_a_table_takes_is_named_with_what_makes_it_so() {
        let text = |length: usize| {
            format!(
                "id: small\nurl: https://a\n---\nid: big\nurl: https://a\nmethod: POST\nbody: {}\n",
                "x".repeat(length)
            )
        };
        assert_eq!(found(&text(300_000)), []);
        for length in [320_000, 500_000, 1_000_000] {
            let large = found(&text(length));
            assert_eq!(large.len(), 1, "{}", large.len());
            assert_eq!((large[0].code, large[0].span.line, large[0].span.column), (Code::TooLarge, 7, 1));
            assert!(large[0].message.starts_with("the monitor `big` takes "), "{}", large[0].message);
            assert!(
                large[0].message.ends_with(" bytes in a table; the limit is 320,000 bytes"),
                "{}",
                large[0].message
            );
        }
    }

    // Trap 33: the request of the whole batch would not be readable.
    #[test]
    fn a_key_that_stands_for_a_number_inside_is_refused() {
        for value in ["{'$serde_json::private::Number': '12'}", "[{a: {'$serde_json::private::Number': x}}]"]
        {
            let found = found(&format!("id: a\nurl: https://a\nmethod: POST\njson: {value}\n"));
            assert!(
                found.iter().any(|found| found.code == Code::BadFormat && found.span.line == 4),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn settings_that_no_table_takes_are_an_error() {
        let channels = |number: usize| {
            let topic = |n| {
                format!(
                    "  t{n}: {{kind: sns, topic: 'arn:aws:sns:eu-west-1:123456789012:{}'}}\n",
                    "x".repeat(200)
                )
            };
            format!("channels:\n{}", (0..number).map(topic).collect::<String>())
        };
        let found = |text: &str| {
            let bytes = text.as_bytes().to_vec();
            let file = SourceFile { path: "monitorctl.yaml".to_owned(), group: String::new(), bytes };
            crate::config::settings(&file).1
        };
        assert_eq!(found(&channels(100)), []);
        let large = found(&channels(200));
        assert_eq!((large[0].code, large[0].span.line), (Code::TooLarge, 1));
    }

    #[test]
    fn a_key_without_a_name_is_refused_wherever_keys_are_free() {
        for (fields, column) in [
            ("method: POST\njson: {'': 1}", 8),
            ("method: POST\njson: [{a: {'': 1}}]", 13),
            ("method: POST\nexpect: {json: [{path: $.a, equals: {'': 1}}]}", 38),
        ] {
            let found = found(&format!("id: a\nurl: https://a\n{fields}\n"));
            let places: Vec<_> =
                found.iter().map(|found| (found.code, found.span.line, found.span.column)).collect();
            assert_eq!(places, [(Code::Empty, 4, column)], "{fields}");
        }
    }
}
