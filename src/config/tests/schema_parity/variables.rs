//! Promise 7 for variables: an editor takes one in every scalar, and `validate` judges what it holds.

use serde_json::{Value, json};

use super::Said::{Invalid, OnlyValidate, Valid};
use super::comparisons::COMPARISONS;
use super::{MONITORS, agree, editor, file};
use crate::config::schema::FileKind;
use crate::config::{Code, Definitions, load_catalog, settings};

/// Every scalar below a value, replaced by a variable that holds it, in turn.
fn with_a_variable(value: &Value) -> Vec<(Value, Value)> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => vec![(json!("${var:x}"), value.clone())],
        Value::Array(items) => {
            let one = |(index, item): (usize, &Value)| {
                let whole = move |(item, held)| {
                    let mut items = items.clone();
                    items[index] = item;
                    (Value::Array(items), held)
                };
                with_a_variable(item).into_iter().map(whole)
            };
            items.iter().enumerate().flat_map(one).collect()
        }
        Value::Object(fields) => {
            let one = |(key, value): (&String, &Value)| {
                let key = key.clone();
                let whole = move |(value, held)| {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), value);
                    (Value::Object(fields), held)
                };
                with_a_variable(value).into_iter().map(whole)
            };
            fields.iter().flat_map(one).collect()
        }
    }
}

/// Whatever a file says, it may say with a variable: an editor takes it, and validate judges what the variable holds.
#[test]
fn editor_and_validate_agree_on_variables_in_every_scalar() {
    let editor = editor(FileKind::Monitor);
    let mut tried = 0;
    for (text, said) in MONITORS.iter().chain(COMPARISONS) {
        let value = crate::config::yaml::parse(text, 0).documents.first().expect(text).root.to_json();
        for (written, held) in with_a_variable(&value) {
            let is_long = held.as_str().is_some_and(|held| held.len() > 8_192);
            if !written.is_object() || is_long {
                continue;
            }
            let (settings, mut found) =
                settings(&file("monitorctl.yaml", &json!({"vars": {"x": held}}).to_string()));
            let definitions = Definitions { channels: None, variables: Some(&settings.vars) };
            let document = written.to_string();
            found.extend(load_catalog(&[file("a.yaml", &document)], definitions).diagnostics);
            let errors: Vec<Code> = found.iter().filter(|one| one.is_error()).map(|one| one.code).collect();
            let expected: &[Code] = match said {
                Valid => &[],
                Invalid(code) | OnlyValidate(code) => &[*code],
            };
            assert_eq!(errors, expected, "validate on {document} with {held}: {found:#?}");
            if *said == Valid {
                assert!(editor.is_valid(&written), "the schema on {document}");
            }
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

/// What only looks like a reference to a variable is no excuse for a value.
#[test]
fn editor_and_validate_agree_on_what_is_no_variable() {
    agree(
        FileKind::Monitor,
        "a.yaml",
        &[
            ("{id: a, url: 'https://a', interval: '$${var:x}'}", Invalid(Code::BadFormat)),
            ("{id: a, url: 'https://a', interval: '${var}'}", Invalid(Code::BadFormat)),
            ("{id: a, url: 'https://a', redirects: '${vars:x}'}", Invalid(Code::WrongType)),
            ("{id: a, url: 'https://a', name: '$${var:x}'}", Valid),
            ("{id: a, url: 'https://a', name: '${var:x}'}", OnlyValidate(Code::UndefinedVariable)),
            ("{id: a, url: '${var:x}://a:1', dialog: smtp}", OnlyValidate(Code::UndefinedVariable)),
            ("{id: a, url: '${env:X}', dialog: smtp}", Invalid(Code::UnknownKey)),
        ],
    );
}
