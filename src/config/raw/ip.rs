//! `ip` as it is written: a word, or a version as a number.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;

/// Versions of IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawIp {
    Any,
    Four,
    Six,
    Both,
}

impl JsonSchema for RawIp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "IpVersions".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "integer"], "enum": ["any", 4, 6, "both"] })
    }
}

impl<'de> Deserialize<'de> for RawIp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        match (value.as_str(), value.as_u64()) {
            (Some("any"), _) => Ok(Self::Any),
            (_, Some(4)) => Ok(Self::Four),
            (_, Some(6)) => Ok(Self::Six),
            (Some("both"), _) => Ok(Self::Both),
            _ => Err(de::Error::custom("`ip` is any, 4, 6 or both")),
        }
    }
}
