//! The canonical form of a monitor as written: what is stored, compared and fingerprinted.

use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::respell;
use crate::kinds::{Bearing, KindName, field};

/// The version of the shape of a stored monitor. A reader skips items of a higher format.
pub const FORMAT: u32 = 1;

/// A monitor as written once defaults are merged: canonical values, sorted keys, no implied defaults,
/// without `id` (it is the key of the item).
///
/// Leaving implied defaults out means that a new version of monitorctl with a new default does not
/// change a single stored item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec(Map<String, Value>);

/// sha-256 of a canonical spec, in hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub String);

impl Spec {
    /// Sorts the keys of `fields` and spells numbers one way at every depth; the other values are taken to be
    /// canonical already.
    pub fn new(mut fields: Map<String, Value>) -> Self {
        fields.sort_keys();
        fields.values_mut().for_each(|value| {
            value.sort_all_objects();
            respell(value);
        });
        Self(fields)
    }

    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Whether it is of a program that beats, and of nothing that is probed.
    pub fn is_beating(&self) -> bool {
        KindName::in_places_of_url().any(|field| self.0.contains_key(field))
    }

    /// The same for equal specs on every machine and version.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// Fingerprint of the fields that a verdict or a threshold depends on. When it changes, counters
    /// start again; an edited runbook must not reset them.
    pub fn into_material_fingerprint(self) -> Fingerprint {
        let Self(mut fields) = self;
        fields.retain(|key, _| field(key).is_none_or(|field| field.bearing == Bearing::Material));
        if let Some(Value::Object(alert)) = fields.get_mut("alert") {
            alert.retain(|key, _| key == "failures" || key == "successes");
        }
        Fingerprint::of(&fields)
    }
}

impl Fingerprint {
    fn of(fields: &Map<String, Value>) -> Self {
        // A map with string keys and JSON values always serialises.
        Self(digest(&serde_json::to_string(fields).unwrap_or_default()))
    }

    /// The first 12 digits: enough to distinguish two versions of one monitor.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

/// sha-256 of a text in 64 hex digits.
pub fn digest(text: &str) -> String {
    let digits =
        |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default());
    Sha256::digest(text.as_bytes()).into_iter().flat_map(digits).collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(value: Value) -> Spec {
        let Value::Object(fields) = value else { unreachable!("the tests give objects") };
        Spec::new(fields)
    }

    #[test]
    fn the_order_of_keys_does_not_matter() {
        let one = spec(json!({"url": "http://a", "expect": {"status": 200, "body": {"contains": "x"}}}));
        let two = spec(json!({"expect": {"body": {"contains": "x"}, "status": 200}, "url": "http://a"}));
        assert_eq!(one.fingerprint(), two.fingerprint());
    }

    #[test]
    fn only_what_a_verdict_depends_on_is_material() {
        let base = json!({"url": "http://a", "alert": {"failures": 2}});
        let cosmetic = json!({"url": "http://a", "alert": {"failures": 2, "topic": "x"}, "team": "t", "interval": "4m", "depends_on": ["b"]});
        let material = json!({"url": "http://a", "alert": {"failures": 3}});
        assert_eq!(
            spec(base.clone()).into_material_fingerprint(),
            spec(cosmetic).into_material_fingerprint()
        );
        assert_ne!(spec(base).into_material_fingerprint(), spec(material).into_material_fingerprint());
    }
}
