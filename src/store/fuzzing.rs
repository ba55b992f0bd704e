//! What the fuzzer needs of the store: items from JSON, and specs through an item and back.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value};

use super::config_item::{self, ConfigItem};
use super::item::Item;
use super::unreadable::Unreadable;
use super::values::{from_json, to_json};
use crate::monitor::Spec;

pub use super::transaction::fuzzing::cancellation;

/// The item that is written as DynamoDB's JSON, `{"N": "1"}`, or plainly.
pub fn decode(fields: &Map<String, Value>) -> Result<ConfigItem, Unreadable> {
    config_item::decode(item(fields))
}

/// A spec as it is stored, and read again; `Err` with the words if it does not read.
pub fn there_and_back(spec: &Spec) -> Result<Spec, String> {
    let AttributeValue::M(stored) = from_json(spec.fields()) else { return Err("no map".to_owned()) };
    to_json(stored).map(Spec::new).map_err(|malformed| malformed.0)
}

/// An item of JSON.
pub fn item(fields: &Map<String, Value>) -> Item {
    fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn attribute(value: &Value) -> AttributeValue {
    let plain = || match value {
        Value::Object(fields) => AttributeValue::M(item(fields)),
        Value::Array(values) => AttributeValue::L(values.iter().map(attribute).collect()),
        Value::Null => AttributeValue::Null(true),
        Value::Bool(flag) => AttributeValue::Bool(*flag),
        Value::Number(digits) => AttributeValue::N(digits.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
    };
    let Some((kind, value)) =
        value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.iter().next())
    else {
        return plain();
    };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text.clone()),
        ("N", Value::String(digits)) => AttributeValue::N(digits.clone()),
        ("BOOL", Value::Bool(flag)) => AttributeValue::Bool(*flag),
        ("NULL", Value::Bool(flag)) => AttributeValue::Null(*flag),
        ("SS", Value::Array(texts)) => {
            AttributeValue::Ss(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        ("NS", Value::Array(texts)) => {
            AttributeValue::Ns(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        ("B", Value::String(text)) => AttributeValue::B(text.clone().into_bytes().into()),
        ("L", Value::Array(values)) => AttributeValue::L(values.iter().map(attribute).collect()),
        ("M", Value::Object(fields)) => AttributeValue::M(item(fields)),
        (_, _) => plain(),
    }
}
