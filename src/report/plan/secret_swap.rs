//! Fields that read another secret than before.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::monitor::Template;
use crate::plan::{Change, FieldChange};

/// The secrets that a field no longer reads, and those that it reads in their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretSwap {
    from: Vec<String>,
    to: Vec<String>,
}

/// Each once, sorted.
pub fn secret_swaps(change: &Change) -> BTreeSet<SecretSwap> {
    change.fields.iter().filter_map(swap).collect()
}

fn swap(field: &FieldChange) -> Option<SecretSwap> {
    let side = |value: &Option<Value>| {
        let mut found = BTreeSet::new();
        if let Some(value) = value {
            read(value, &mut found);
        }
        found
    };
    let (before, after) = (side(&field.before), side(&field.after));
    let from: Vec<_> = before.difference(&after).cloned().collect();
    let to: Vec<_> = after.difference(&before).cloned().collect();
    (!from.is_empty() && !to.is_empty()).then_some(SecretSwap { from, to })
}

fn read(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.contains("${") => {
            // What does not read as a template sends no secret.
            let Ok(template) = Template::parse(text) else { return };
            found.extend(template.secrets().map(ToString::to_string));
        }
        Value::Array(items) => items.iter().for_each(|item| read(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| read(field, found)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `${ssm:/shop/prod-1/token} → ${ssm:/shop/prod-2/token}`
impl fmt::Display for SecretSwap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.from.join(", "), self.to.join(", "))
    }
}
