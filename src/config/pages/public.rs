//! What must not stand in a text that everybody may read. Pure.

use serde_json::Value;

use crate::config::credentials::references;
use crate::written::{Code, Path, Violation};

/// Complains of every reference: pages and notices are public, and nothing is filled in.
pub fn misplaced_references(path: &Path, value: &Value, violations: &mut Vec<Violation>) {
    match value {
        Value::String(text) if references::is_reference(text) => violations.push(
            Violation::new(
                Code::MisplacedReference,
                path.clone(),
                format!("a reference in `{path}` has no effect"),
            )
            .label("used literally")
            .help("write the text itself; pages and notices take no references"),
        ),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                misplaced_references(&path.index(index), item, violations);
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                misplaced_references(&path.key(key), value, violations);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
