//! One spelling for each monitor, so that equal monitors have equal specs.
//!
//! A field that was never written is not added, and one that was written with its default stays.

use serde_json::{Map, Value};

use crate::config::schema::applies::kind_of;
use crate::kinds::{KindName, Manner, manner};
use crate::monitor::Spec;
use crate::written::rewritten;

/// The spec of a valid document whose defaults are merged.
pub fn spec(mut fields: Map<String, Value>, group: &str) -> Spec {
    fields.shift_remove("id");
    // What it was called is no part of what it is.
    fields.shift_remove("moved_from");
    if !group.is_empty() {
        fields.insert("group".to_owned(), group.into());
    }
    Spec::new(canonical_fields(fields))
}

/// A stored spec in the spelling of this version.
pub fn respelled(spec: &Spec) -> Spec {
    Spec::new(canonical_fields(spec.fields().clone()))
}

/// Maps that are empty say nothing and go; a value that is taken whole may be an empty map and mean it.
fn canonical_fields(fields: Map<String, Value>) -> Map<String, Value> {
    let kind = kind_of(&fields);
    let canonical = fields.into_iter().map(|(key, value)| {
        let value = canonical_field(kind, &key, value);
        (key, value)
    });
    canonical
        .filter(|(key, value)| {
            manner(&[], key) == Manner::Whole || !value.as_object().is_some_and(Map::is_empty)
        })
        .collect()
}

fn canonical_field(kind: KindName, key: &str, value: Value) -> Value {
    match (key, value) {
        ("expect" | "warn", Value::Object(expect)) => {
            Value::Object(rewritten(expect, |key, value| spelled(kind, &format!("expect.{key}"), value)))
        }
        (_, value) => spelled(kind, key, value),
    }
}

fn spelled(kind: KindName, name: &str, value: Value) -> Value {
    match kind.known_field(name) {
        Some(field) => (field.canonical)(value),
        None => value,
    }
}
