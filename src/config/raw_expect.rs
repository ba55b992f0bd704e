//! `expect:` as it is written, without rules.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use super::raw_comparisons::{RawBodyComparisons, RawJsonAssertion};
use super::text_forms::{DurationText, HeaderForm, StatusForm};
use crate::kinds::tls::RawSession;

/// Expectations on the answer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExpect {
    /// Accepted status codes: a code, a class such as 2xx, or a list of both.
    #[schemars(extend("default" = "2xx"))]
    pub status: Option<StatusForm>,

    /// Limits on the time from the start of the probe to the last byte.
    pub latency: Option<RawLatency>,

    /// Expected headers: a string to equal, or comparisons. A missing header fails.
    #[schemars(
        extend("propertyNames" = {
            "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "patternErrorMessage": "a header name is made of letters, digits and !#$%&'*+.^_`|~-"
        }),
        example = serde_json::json!({"content-type": {"contains": "json"}})
    )]
    pub headers: Option<BTreeMap<String, Option<HeaderForm>>>,

    /// Expected body as text.
    #[schemars(extend("minProperties" = 1), example = serde_json::json!({"contains": "ok", "not_contains": "error"}))]
    pub body: Option<RawBodyComparisons>,

    /// Expected JSON values. A path without a match fails.
    #[schemars(length(min = 1), example = serde_json::json!([{"path": "$.status", "equals": "up"}]))]
    pub json: Option<Vec<RawJsonAssertion>>,

    /// Required remaining validity of the certificate.
    pub certificate: Option<RawCertificate>,

    /// Requirements for the session of a tls:// check.
    pub tls: Option<RawSession>,
}

/// Required remaining validity of the certificate: the first to expire in the chain to a trusted authority.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCertificate {
    /// With less than this left the monitor is DEGRADED.
    #[schemars(example = &"21d")]
    pub degraded: Option<DurationText>,

    /// With less than this left the monitor is DOWN.
    #[schemars(example = &"3d")]
    pub down: Option<DurationText>,
}

/// Limits on the time from the start of the probe to the last byte.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLatency {
    /// From this latency on the monitor is DEGRADED.
    #[schemars(example = &"800ms")]
    pub degraded: Option<DurationText>,

    /// From this latency on the monitor is DOWN.
    #[schemars(example = &"5s")]
    pub down: Option<DurationText>,
}

/// Conditions that make a good answer degraded.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct RawWarn(pub RawExpect);

impl JsonSchema for RawWarn {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Warn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = RawExpect::json_schema(generator);
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            // Their `degraded` bounds say the same.
            for key in ["latency", "certificate", "tls"] {
                properties.shift_remove(key);
            }
            // It has no default here.
            if let Some(Value::Object(status)) = properties.get_mut("status") {
                status.shift_remove("default");
            }
        }
        schema
    }
}
