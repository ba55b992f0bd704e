//! Where a reference to a secret has a meaning, and that there is none anywhere else. Pure.
//!
//! A reference that is taken as text is worse than an error: `not_contains: ${env:X}` holds for every answer.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::kinds::{Field, reference_fields};
use crate::monitor::ESCAPE;
use crate::written::{Code, Path, Violation};

/// How the three forms of a reference begin; also where one is never closed, it was meant as one.
const BEGINNINGS: [&str; 3] = ["${env:", "${ssm:", "${secretsmanager:"];

/// Complains of every reference in a text, or in a key, that is not filled in.
pub fn misplaced(fields: &Map<String, Value>, violations: &mut Vec<Violation>) {
    let root = Path::default();
    let mut found = Vec::new();
    for (key, value) in fields {
        entry(&root, key, value, &mut found);
    }
    // That it is no pattern either says less.
    let is_delivered = |path: &Path| found.iter().any(|violation: &Violation| violation.path == *path);
    violations.retain(|violation| violation.code != Code::InvalidPattern || !is_delivered(&violation.path));
    violations.extend(found);
}

fn entry(parent: &Path, key: &str, value: &Value, violations: &mut Vec<Violation>) {
    // Most monitors have none, and their paths are never made.
    if !has_reference(key, value) {
        return;
    }
    let path = parent.key(key);
    if is_filled_in(&path.to_string()) {
        return;
    }
    if is_reference(key) {
        violations.push(violation(&path).on_key());
    }
    walk(&path, value, violations);
}

fn is_filled_in(path: &str) -> bool {
    reference_fields().any(|field| field.fills_in(path))
}

fn walk(path: &Path, value: &Value, violations: &mut Vec<Violation>) {
    match value {
        Value::String(text) if is_reference(text) => violations.push(violation(path)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&path.index(index), item, violations);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                entry(path, key, value, violations);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn has_reference(key: &str, value: &Value) -> bool {
    is_reference(key)
        || match value {
            Value::String(text) => is_reference(text),
            Value::Array(items) => items.iter().any(|item| has_reference("", item)),
            Value::Object(fields) => fields.iter().any(|(key, value)| has_reference(key, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
}

/// The fields with [`ESCAPE`] as what it stands for, where no reference is filled in; there, a template reads it.
pub fn unescaped(fields: &Map<String, Value>) -> Cow<'_, Map<String, Value>> {
    if !fields.iter().any(|(key, value)| has_escape(key, value) && !is_filled_in(key)) {
        return Cow::Borrowed(fields);
    }
    let root = Path::default();
    Cow::Owned(fields.iter().map(|(key, value)| (key.clone(), unescape(&root.key(key), value))).collect())
}

fn has_escape(key: &str, value: &Value) -> bool {
    key.contains(ESCAPE)
        || match value {
            Value::String(text) => text.contains(ESCAPE),
            Value::Array(items) => items.iter().any(|item| has_escape("", item)),
            Value::Object(fields) => fields.iter().any(|(key, value)| has_escape(key, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
}

fn unescape(path: &Path, value: &Value) -> Value {
    if is_filled_in(&path.to_string()) {
        return value.clone();
    }
    match value {
        Value::String(text) => text.replace(ESCAPE, "${").into(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| unescape(&path.index(index), item)).collect()
        }
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                (key.replace(ESCAPE, "${"), unescape(&path.key(key), value))
            };
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Whether a text has `${…}` in it. A lone `${` is what a broken page may show, and may be looked for.
pub fn is_reference(text: &str) -> bool {
    if text.contains(ESCAPE) {
        return is_reference(&text.replace(ESCAPE, ""));
    }
    let Some(start) = text.find("${") else { return false };
    let rest = text.get(start..).unwrap_or_default();
    rest.contains('}') || BEGINNINGS.iter().any(|beginning| rest.contains(beginning))
}

fn violation(path: &Path) -> Violation {
    let top = match path.steps() {
        [crate::written::Step::Key(key), ..] => key.as_str(),
        _ => "",
    };
    let help = match top {
        "expect" | "warn" => "write the expected text; for the characters `${` themselves, write `$${`",
        _ => "write the text itself",
    };
    Violation::new(Code::MisplacedReference, path.clone(), format!("a reference in `{path}` has no effect"))
        .label("used literally")
        .help(format!("{help}; references work only in {}", places()))
}

/// Where references are filled in, for people.
fn places() -> String {
    let mut all: Vec<String> = Vec::new();
    for place in reference_fields().flat_map(Field::reference_places) {
        if !all.contains(&place) {
            all.push(place);
        }
    }
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::Code;
    use super::*;
    use crate::config::SourceFile;
    use crate::config::load;
    use crate::config::schema::{FileKind, compiled};
    use crate::config::settings;
    use crate::config::{load_notices, load_pages};

    fn codes(path: &str, text: &str) -> Vec<(Code, usize, usize)> {
        let file =
            SourceFile { path: path.to_owned(), group: String::new(), bytes: text.as_bytes().to_vec() };
        let diagnostics = match path {
            "monitorctl.yaml" => settings(&file).1,
            "status.yaml" => load_pages(&[file], None).diagnostics,
            "notices/a.md" => load_notices(&[file], None).diagnostics,
            _ => load(&[file], None).diagnostics,
        };
        let errors = diagnostics.into_iter().filter(crate::config::Diagnostic::is_error);
        errors.map(|found| (found.code, found.span.line, found.span.column)).collect()
    }

    fn monitor(fields: &str) -> String {
        format!("id: a\nurl: https://a\n{fields}\n")
    }

    // Trap 28: taken as text, this one would hold for every answer.
    #[test]
    fn a_reference_where_none_is_filled_in_is_an_error_with_its_place() {
        for (fields, column) in [
            ("expect: {body: {not_contains: '${env:BAD_MODE}'}}", 31),
            ("expect: {body: {equals: 'a ${ssm:/x} b'}}", 25),
            ("expect: {body: {matches: '^${secretsmanager:a#b}$'}}", 26),
            ("expect: {headers: {x-a: '${env:A}'}}", 25),
            ("expect: {headers: {x-a: {contains: '${env:A}'}}}", 36),
            ("expect: {json: [{path: $.a, equals: '${env:A}'}]}", 37),
            ("expect: {json: [{path: $.a, equals: [1, {b: '${env:A}'}]}]}", 45),
            ("expect: {json: [{path: $.a, equals: {'${env:A}': 1}}]}", 38),
            ("name: '${env:A}'", 7),
            ("team: '${anything}'", 7),
            ("tags: [a, '${env:A}']", 11),
            ("runbook: 'https://wiki/${env:A}'", 10),
            ("maintenance: [{starts: 2026-12-01T02:00, for: 2h, reason: '${env:A}'}]", 59),
            // Meant as one, and never closed.
            ("name: 'a ${env:A'", 7),
            ("expect: {body: {contains: '${secretsmanager:a'}}", 27),
        ] {
            let found = codes("a.yaml", &monitor(fields));
            assert_eq!(found, [(Code::MisplacedReference, 3, column)], "{fields}");
        }
        let text = "expect: {body: {not_contains: '${env:A}'}}";
        assert_eq!(codes("defaults.yaml", text), [(Code::MisplacedReference, 1, 31)]);
    }

    #[test]
    fn a_reference_where_one_is_filled_in_has_one_of_the_known_forms() {
        for fields in [
            "headers: {authorization: 'Bearer ${env:A}'}",
            "method: POST\nbody: 'a=${ssm:/a}'",
            "method: POST\njson: {a: [{b: '${secretsmanager:a#b}'}]}",
            "tls: {ca: '${ssm:/ca}', client_certificate: '${ssm:/c}', client_key: '${ssm:/k}'}",
            // What a page shows that was not filled in: this may be looked for.
            "expect: {body: {not_contains: '${', matches: '\\$\\{[a-z]+\\}'}}",
            "expect: {json: [{path: $.price, equals: '$5 {off}'}]}",
        ] {
            assert_eq!(codes("a.yaml", &monitor(fields)), [], "{fields}");
        }
        for text in ["${env:}", "${foo:x}", "${env:A", "${}", "${env:A} ${", "${ssm:a}", "${secretsmanager:}"]
        {
            for fields in [
                format!("headers: {{x-a: 'a {text}'}}"),
                format!("method: POST\nbody: 'a {text}'"),
                format!("method: POST\njson: {{a: 'b {text}'}}"),
            ] {
                let found: Vec<_> =
                    codes("a.yaml", &monitor(&fields)).into_iter().map(|(code, ..)| code).collect();
                assert_eq!(found, [Code::InvalidSecret], "{fields}");
            }
        }
    }

    /// Every field of every file that takes a text, as the schemas list them, refuses a reference or fills it in.
    #[test]
    fn no_field_of_any_file_takes_a_reference_as_text() {
        fn texts(schema: &Value, path: &str, found: &mut Vec<(String, Value)>) {
            // What is not null is said under `else`.
            let typed = schema.get("else").unwrap_or(schema);
            let kinds = typed.get("type").map(Value::to_string).unwrap_or_default();
            let is_open = typed.get("type").is_none() && typed.get("enum").is_none();
            if kinds.contains("\"string\"") || is_open {
                found.push((path.to_owned(), schema.clone()));
            }
            for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                texts(inner, &path, found);
            }
            schema.get("items").inspect(|inner| texts(inner, &format!("{path}.[]"), found));
            let inner = schema.get("additionalProperties").filter(|inner| inner.is_object());
            inner.inspect(|inner| texts(inner, &format!("{path}.x-a"), found));
        }
        let mut planted = 0;
        for kind in FileKind::ALL {
            let mut found = Vec::new();
            texts(&compiled(kind).schema, "", &mut found);
            for (path, schema) in found {
                let place = path.replace(".[]", "[0]");
                // A variable may hold a reference: where it is used, it has a meaning or none.
                if path.is_empty()
                    || path.ends_with("vars.x-a")
                    || is_filled_in(&place)
                    || is_filled_in(place.trim_end_matches(".x-a"))
                {
                    continue;
                }
                let link = schema
                    .get("pattern")
                    .and_then(Value::as_str)
                    .is_some_and(|p| p.starts_with("^https?://"));
                let text = if link { "https://a/${env:A}" } else { "${env:A}" };
                let value = path.rsplit('.').fold(format!("'{text}'"), |inner, key| match key {
                    "[]" => format!("[{inner}]"),
                    key => format!("{{{key}: {inner}}}"),
                });
                let (file, text) = match kind {
                    FileKind::Monitor if path == "id" => {
                        ("a.yaml", "id: '${env:A}'\nurl: https://a\n".to_owned())
                    }
                    FileKind::Monitor => {
                        ("a.yaml", format!("id: a\nurl: https://a\n{}\n", &value[1..value.len() - 1]))
                    }
                    FileKind::Defaults => ("defaults.yaml", value),
                    FileKind::Settings => ("monitorctl.yaml", value),
                    FileKind::Page => ("status.yaml", value),
                    FileKind::Notice => ("notices/a.md", format!("---\n{value}\n---\ntext\n")),
                };
                let mut codes = codes(file, &text);
                // A page or a notice of one field alone is refused anyway.
                let is_alone = matches!(kind, FileKind::Page | FileKind::Notice);
                codes.retain(|(code, ..)| !is_alone || *code != Code::MissingKey);
                assert!(!codes.is_empty(), "{kind:?} takes {path}: {text}");
                planted += 1;
            }
        }
        assert!(planted > 60, "{planted}");
    }
}
