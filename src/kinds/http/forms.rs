//! Values with a form of their own, and the shorthands: how an editor reads them, and how they are read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use crate::assert::CodeClass;
use crate::kinds::HttpVersion;
use crate::written::OptionalTextComparisons;

/// `200`, `2xx` or `[200, 204, 3xx]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusForm(pub Vec<CodeClass>);

/// `text/html` or `{contains: html}`.
#[derive(Debug, Clone)]
pub enum HeaderForm {
    Equals(String),
    Comparisons(Box<OptionalTextComparisons>),
}

/// `"1.1"` or `"2"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum HttpVersionForm {
    #[serde(rename = "1.1")]
    V11,
    #[serde(rename = "2")]
    V2,
}

impl HttpVersionForm {
    pub fn version(self) -> HttpVersion {
        match self {
            Self::V11 => HttpVersion::V11,
            Self::V2 => HttpVersion::V2,
        }
    }
}

impl JsonSchema for StatusForm {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        const WORDS: &str = "a status is a code from 100 to 599, or one of 1xx to 5xx";
        /// A code between quotes is the code.
        const STATUS: &str = "^[1-5]([0-9][0-9]|[xX][xX])$";
        json_schema!({
            "type": ["integer", "string", "array"],
            "minimum": 100,
            "maximum": 599,
            "pattern": STATUS,
            "patternErrorMessage": WORDS,
            "items": {
                "type": ["integer", "string"],
                "minimum": 100,
                "maximum": 599,
                "pattern": STATUS,
                "patternErrorMessage": WORDS
            },
            "minItems": 1,
            "uniqueItems": true,
            "examples": [200, "2xx", [200, 204, "3xx"]]
        })
    }
}

impl JsonSchema for HeaderForm {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "HeaderAssertion".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<OptionalTextComparisons>();
        schema.insert("type".to_owned(), json!(["string", "object"]));
        schema.insert("examples".to_owned(), json!(["nosniff", {"contains": "json"}]));
        schema
    }
}

impl<'de> Deserialize<'de> for StatusForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Status;

        impl<'de> Visitor<'de> for Status {
            type Value = StatusForm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status code, one of 1xx to 5xx, or a list of both")
            }
            fn visit_u64<E: de::Error>(self, code: u64) -> Result<StatusForm, E> {
                status_class(&Value::from(code)).map(|class| StatusForm(vec![class])).map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, code: i64) -> Result<StatusForm, E> {
                status_class(&Value::from(code)).map(|class| StatusForm(vec![class])).map_err(E::custom)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<StatusForm, E> {
                status_class(&Value::from(text)).map(|class| StatusForm(vec![class])).map_err(E::custom)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<StatusForm, A::Error> {
                let mut classes = Vec::new();
                while let Some(item) = items.next_element::<Value>()? {
                    classes.push(status_class(&item).map_err(de::Error::custom)?);
                }
                if classes.is_empty() {
                    return Err(de::Error::custom("an empty list accepts no status"));
                }
                Ok(StatusForm(classes))
            }
        }

        deserializer.deserialize_any(Status)
    }
}

/// One element of a status: 100 to 599, or `1xx` to `5xx`.
pub fn status_class(value: &Value) -> Result<CodeClass, String> {
    let class = match value {
        Value::Number(number) => number
            .as_u64()
            .and_then(|code| u16::try_from(code).ok())
            .filter(|code| (100..=599).contains(code))
            .map(CodeClass::Code),
        Value::String(text) => match text.as_bytes() {
            [digit @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => Some(CodeClass::Hundred(digit - b'0')),
            [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] => text.parse().ok().map(CodeClass::Code),
            _ => None,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    class.ok_or_else(|| "a status is a code from 100 to 599, or 1xx to 5xx".to_owned())
}

impl<'de> Deserialize<'de> for HeaderForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Header;

        impl<'de> Visitor<'de> for Header {
            type Value = HeaderForm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, or a map of comparisons")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<HeaderForm, E> {
                Ok(HeaderForm::Equals(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<HeaderForm, A::Error> {
                let comparisons =
                    OptionalTextComparisons::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(HeaderForm::Comparisons(Box::new(comparisons)))
            }
        }

        deserializer.deserialize_any(Header)
    }
}
