//! The fields in which two specs differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Risk, WeakenedField};
use crate::monitor::{HIDDEN, MonitorId, Spec, ValueSource, is_credential_header, shown_credential};

/// One field that differs, down to the smallest one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldChange {
    /// `expect.status`; a list is one field.
    pub path: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub risk: Risk,
    pub effect: FieldEffect,
    /// Where the new value is set, if the monitor's own document does not hold it.
    pub inherited: Option<ValueSource>,
    /// Of a value that goes: where it was set, if the monitor's own document did not hold it and that is known.
    pub was: Option<ValueSource>,
    /// The variable that alone makes the difference, as a field of the settings: `vars.domain`. Monitors that have it in
    /// different values have one cause all the same.
    pub variable: Option<Arc<FieldChange>>,
}

impl FieldChange {
    /// What to decide about: the variable that makes the difference, or else the field itself.
    pub fn reason(&self) -> &Self {
        self.variable.as_deref().unwrap_or(self)
    }
}

/// What a field that differs does to its monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldEffect {
    Changes,
    /// The monitor is watched as before: a default that was written out, or is not any more.
    Same,
}

/// A variable of the settings that has another value than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedVariable {
    /// As [`ValueSource`] names it: `vars.domain`.
    pub path: String,
    /// As it stood inside a text; `None` if it is new.
    pub before: Option<String>,
    pub after: String,
}

impl ChangedVariable {
    /// Whether a field differs by the value of this variable and by nothing else. A value that is not shown is not
    /// explained either.
    pub(super) fn explains(&self, field: &FieldChange) -> bool {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (Some(was), Some(before), Some(after)) = (&self.before, &field.before, &field.after) else {
            return false;
        };
        let (before, after) = (text(before), text(after));
        !self.after.is_empty() && before != after && after.replace(&self.after, was) == before
    }
}

/// Where the values of the monitors of a commit are set that their own documents do not hold, by path.
pub type FormerPlaces = BTreeMap<MonitorId, BTreeMap<String, ValueSource>>;

/// The fields that differ, sorted by path; literal credentials in headers are masked on both sides.
pub fn differences(before: &Spec, after: &Spec) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for key in keys(before.fields(), after.fields()) {
        compare(key, before.fields().get(key), after.fields().get(key), &mut changes);
    }
    // A plan may hold ten thousand of these lists.
    changes.shrink_to_fit();
    changes
}

/// How many fields of `after`, counted in the same way, are not among the `differences` to it.
pub fn unchanged(differences: &[FieldChange], after: &Spec) -> usize {
    let changed = differences.iter().filter(|change| change.after.is_some()).count();
    leaves(after).saturating_sub(changed)
}

/// How many fields a spec has, counted in the same way.
pub fn leaves(spec: &Spec) -> usize {
    fn count(value: &Value) -> usize {
        match value {
            Value::Object(fields) => fields.values().map(count).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => 1,
        }
    }
    spec.fields().values().map(count).sum()
}

/// Hides the values of fields that hold a secret, or are part of one: `before` and `after` are the paths of the secrets
/// on each side. That they differ stays to be seen.
pub fn hide(fields: &mut [FieldChange], before: &[String], after: &[String]) {
    let inside = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let hidden = |path: &str, secrets: &[String], value: Option<Value>| {
        let is_secret = secrets.iter().any(|secret| inside(secret, path) || inside(path, secret));
        value.map(|value| if is_secret { HIDDEN.into() } else { value })
    };
    for FieldChange {
        path,
        before: then,
        after: now,
        risk: _,
        effect: _,
        inherited: _,
        was: _,
        variable: _,
    } in fields
    {
        *then = hidden(path, before, then.take());
        *now = hidden(path, after, now.take());
    }
}

/// Says of each field whether it changes anything: one side may be what the other one implies.
pub fn mark_effects(fields: &mut [FieldChange], implied: fn(&str) -> Option<&'static Value>) {
    for field in fields {
        let implied = implied(&field.path);
        let is_implied = field.before.as_ref().or(implied) == field.after.as_ref().or(implied);
        field.effect = if is_implied { FieldEffect::Same } else { FieldEffect::Changes };
    }
}

/// Writes the risk of each weakness to the fields that make it.
pub fn mark(fields: &mut [FieldChange], weaknesses: &[WeakenedField]) {
    for WeakenedField { path, risk } in weaknesses {
        // A whole list or map may have gone, or one comparison of several.
        let belongs = |field: &str| {
            let inside = |long: &str, short: &str| {
                long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            inside(field, path) || inside(path, field)
        };
        for field in fields.iter_mut().filter(|field| belongs(&field.path)) {
            field.risk = field.risk.max(*risk);
        }
    }
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    match (before, after) {
        // A map that comes or goes is shown field by field, like one that changes.
        (Some(Value::Object(_)) | None, Some(Value::Object(_))) | (Some(Value::Object(_)), None) => {
            let none = Map::new();
            let (before, after) = (fields(before, &none), fields(after, &none));
            for key in keys(before, after) {
                compare(&format!("{path}.{key}"), before.get(key), after.get(key), changes);
            }
        }
        _ => {
            let shown = |side: Option<&Value>| side.map(|value| masked(path, value));
            changes.push(FieldChange {
                before: shown(before),
                after: shown(after),
                path: path.to_owned(),
                risk: Risk::None,
                effect: FieldEffect::Changes,
                inherited: None,
                was: None,
                variable: None,
            });
        }
    }
}

type FieldMap = Map<String, Value>;

fn fields<'a>(side: Option<&'a Value>, none: &'a FieldMap) -> &'a FieldMap {
    side.and_then(Value::as_object).unwrap_or(none)
}

fn keys<'a>(a: &'a FieldMap, b: &'a FieldMap) -> Vec<&'a str> {
    let mut keys: Vec<_> = a.keys().chain(b.keys()).map(String::as_str).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Headers that carry credentials show their references, and never what else they are.
fn masked(path: &str, value: &Value) -> Value {
    match path.strip_prefix("headers.") {
        Some(name) if is_credential_header(name) => match value {
            Value::String(text) => shown_credential(name, text).into(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                HIDDEN.into()
            }
        },
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(before: Value, after: Value, expected: &[(&str, Value, Value)]) {
        let spec = |value| match value {
            Value::Object(fields) => Spec::new(fields),
            _ => unreachable!("the tests give objects"),
        };
        let found = differences(&spec(before), &spec(after));
        let found: Vec<_> = found
            .iter()
            .map(|c| {
                (c.path.as_str(), c.before.clone().unwrap_or_default(), c.after.clone().unwrap_or_default())
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn differences_go_down_to_the_smallest_field() {
        check(
            json!({"url": "a", "expect": {"status": 200, "latency": {"down": "5s"}}, "tags": ["a"]}),
            json!({"url": "a", "expect": {"status": "2xx"}, "team": "x", "tags": ["a", "b"]}),
            &[
                ("expect.latency.down", json!("5s"), json!(null)),
                ("expect.status", json!(200), json!("2xx")),
                ("tags", json!(["a"]), json!(["a", "b"])),
                ("team", json!(null), json!("x")),
            ],
        );
    }

    // P10: no secret in a plan.
    #[test]
    fn credentials_are_masked_and_references_are_not() {
        check(
            json!({"headers": {"authorization": "a", "private-token": 1, "cookie": "${env:A}", "accept": "x"}}),
            json!({"headers": {"authorization": "b", "private-token": "${env:B}", "cookie": "a=${env:B}", "accept": "y"}}),
            &[
                ("headers.accept", json!("x"), json!("y")),
                ("headers.authorization", json!("***"), json!("***")),
                ("headers.cookie", json!("${env:A}"), json!("a=${env:B}")),
                ("headers.private-token", json!("***"), json!("${env:B}")),
            ],
        );
    }

    #[test]
    fn a_secret_is_hidden_on_the_side_that_has_it() {
        let spec = |url: &str| Spec::new(Map::from_iter([("url".to_owned(), url.into())]));
        let mut found = differences(&spec("https://a:b@c"), &spec("https://c"));
        hide(&mut found, &["url".to_owned()], &[]);
        assert_eq!(
            (found[0].before.clone(), found[0].after.clone()),
            (Some(HIDDEN.into()), Some("https://c".into()))
        );
    }

    #[test]
    fn a_field_that_turns_from_map_to_scalar_is_one_change() {
        check(json!({"a": {"b": 1}}), json!({"a": 2}), &[("a", json!({"b": 1}), json!(2))]);
    }
}
