//! Attribute values, made from our own values, and JSON to and fro.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::{Map, Number, Value};

use super::item::Item;
use super::unreadable::Malformed;
use crate::monitor::Decimal;

pub fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

#[expect(clippy::needless_pass_by_value, reason = "a caller gives a plain number, not a reference to one")]
pub fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Moments as a list.
pub fn moments(all: &[Timestamp]) -> AttributeValue {
    AttributeValue::L(all.iter().copied().map(moment).collect())
}

/// A moment as milliseconds since 1970, which conditions compare.
pub fn moment(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// A moment as people read it, RFC 3339.
pub fn date(at: Timestamp) -> AttributeValue {
    text(at.to_string())
}

/// A moment as DynamoDB's time to live wants it: whole seconds.
pub fn expiry(at: Timestamp) -> AttributeValue {
    number(at.as_second())
}

pub fn bytes(bytes: Vec<u8>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> AttributeValue {
    AttributeValue::L(values.into_iter().map(text).collect())
}

pub fn map<const N: usize>(fields: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(item(fields))
}

pub fn item<const N: usize>(fields: [(&str, AttributeValue); N]) -> Item {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A JSON object as a map attribute.
pub fn from_json(fields: &Map<String, Value>) -> AttributeValue {
    AttributeValue::M(fields.iter().map(|(name, value)| (name.clone(), from_value(value))).collect())
}

fn from_value(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(flag) => AttributeValue::Bool(*flag),
        Value::Number(digits) => number(digits),
        Value::String(string) => text(string),
        Value::Array(values) => AttributeValue::L(values.iter().map(from_value).collect()),
        Value::Object(fields) => from_json(fields),
    }
}

/// A map attribute as a JSON object. The order of the keys is that of the hash map.
pub fn to_json(fields: Item) -> Result<Map<String, Value>, Malformed> {
    fields.into_iter().map(|(name, value)| Ok((name, to_value(value)?))).collect()
}

fn to_value(value: AttributeValue) -> Result<Value, Malformed> {
    match value {
        AttributeValue::Null(_) => Ok(Value::Null),
        AttributeValue::Bool(flag) => Ok(Value::Bool(flag)),
        AttributeValue::N(digits) => to_number(&digits).map(Value::Number),
        AttributeValue::S(string) => Ok(Value::String(string)),
        AttributeValue::L(values) => {
            values.into_iter().map(to_value).collect::<Result<_, _>>().map(Value::Array)
        }
        AttributeValue::M(fields) => to_json(fields).map(Value::Object),
        _ => Err(Malformed("a set or binary value has no counterpart in JSON".to_owned())),
    }
}

/// A table spells numbers its own way: 1e16 comes back as 10000000000000000. All digits are kept, in one spelling.
fn to_number(digits: &str) -> Result<Number, Malformed> {
    let number = Decimal::parse(digits).filter(Decimal::is_storable);
    number
        .map(|number| number.to_number())
        .ok_or_else(|| Malformed(format!("a table cannot store the number {digits:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(fields) = value else { panic!("the tests give objects") };
        fields
    }

    fn back(fields: &Map<String, Value>) -> Result<Map<String, Value>, Malformed> {
        let AttributeValue::M(map) = from_json(fields) else { panic!("an object is a map") };
        to_json(map)
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "-?[0-9]{1,38}(e-?[0-9]{1,2})?".prop_filter_map("what a table keeps", |text| {
                Decimal::parse(&text).filter(Decimal::is_storable).map(|number| number.to_number().into())
            }),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(".{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_comes_back_as_it_was(fields in prop::collection::hash_map(".{0,4}", json_value(), 0..4)) {
            let fields: Map<String, Value> = fields.into_iter().collect();
            prop_assert_eq!(back(&fields), Ok(fields));
        }
    }

    #[test]
    fn whole_numbers_keep_every_digit() {
        let fields = object(json!({"a": u64::MAX, "b": i64::MIN, "c": 9_007_199_254_740_993_u64}));
        assert_eq!(back(&fields), Ok(fields));
        for (stored, read) in
            [("10000000000000000000000", "1e+22"), ("1E+22", "1e+22"), ("1.50", "1.5"), ("-0", "0")]
        {
            let value = to_value(AttributeValue::N(stored.to_owned()));
            assert_eq!(value.map(|value| value.to_string()).as_deref(), Ok(read), "{stored}");
        }
    }

    #[test]
    fn what_json_cannot_keep_is_refused() {
        for value in [
            AttributeValue::N("1234567890".repeat(4)),
            AttributeValue::N("1e126".to_owned()),
            AttributeValue::N("abc".to_owned()),
            AttributeValue::N("inf".to_owned()),
            AttributeValue::Ss(vec!["a".to_owned()]),
            bytes(vec![1]),
        ] {
            assert!(to_value(value.clone()).is_err(), "{value:?}");
        }
    }
}
