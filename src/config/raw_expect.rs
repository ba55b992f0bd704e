//! `expect:` as it is written, without rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::raw::present;
use super::text_forms::{DurationText, HeaderForm, StatusForm};
use crate::monitor::Decimal;

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

/// Comparisons with one header of the answer; all must pass.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct RawHeaderComparisons {
    /// The value equals this.
    pub equals: Option<String>,
    /// The value differs from this.
    pub not_equals: Option<String>,
    /// The value contains this.
    #[schemars(length(min = 1))]
    pub contains: Option<String>,
    /// The value does not contain this.
    #[schemars(length(min = 1))]
    pub not_contains: Option<String>,
    /// The value matches this regular expression.
    #[schemars(length(min = 1), example = &"^text/")]
    pub matches: Option<String>,
    /// The value is a number below this.
    #[schemars(with = "Option<f64>")]
    pub less_than: Option<Decimal>,
    /// The value is a number above this.
    #[schemars(with = "Option<f64>")]
    pub greater_than: Option<Decimal>,
    /// true: the header must exist. false: it must not.
    pub exists: Option<bool>,
}

/// Comparisons with the body as text; all must pass.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBodyComparisons {
    /// The body equals this.
    pub equals: Option<String>,
    /// The body differs from this.
    pub not_equals: Option<String>,
    /// The body contains this.
    #[schemars(length(min = 1), example = &"ok")]
    pub contains: Option<String>,
    /// The body does not contain this.
    #[schemars(length(min = 1), example = &"error")]
    pub not_contains: Option<String>,
    /// The body matches this regular expression.
    #[schemars(length(min = 1), example = &r"^\{")]
    pub matches: Option<String>,
    /// The body is a number below this.
    #[schemars(with = "Option<f64>")]
    pub less_than: Option<Decimal>,
    /// The body is a number above this.
    #[schemars(with = "Option<f64>")]
    pub greater_than: Option<Decimal>,
}

/// One value of a JSON answer and its comparisons; all must pass.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 2))]
pub struct RawJsonAssertion {
    /// RFC 9535 path of the value.
    #[schemars(
        required,
        regex(pattern = r"^\$"),
        extend("patternErrorMessage" = "a path begins with $, like $.status or $.items[0].name"),
        example = &"$.status"
    )]
    pub path: Option<String>,
    /// The value equals this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"up")]
    pub equals: Option<Value>,
    /// The value differs from this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"error")]
    pub not_equals: Option<Value>,
    /// The value, a string, contains this.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub contains: Option<String>,
    /// The value, a string, does not contain this.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub not_contains: Option<String>,
    /// The value, a string, matches this regular expression.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub matches: Option<String>,
    /// The value is a number below this.
    #[serde(default)]
    #[schemars(with = "f64")]
    pub less_than: Option<Decimal>,
    /// The value is a number above this.
    #[serde(default)]
    #[schemars(with = "f64")]
    pub greater_than: Option<Decimal>,
    /// The value has this length: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576), example = &3)]
    pub length: Option<u32>,
    /// The value is shorter than this: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 1_048_576))]
    pub shorter_than: Option<u32>,
    /// The value is longer than this: characters of a string, elements of a list, keys of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576))]
    pub longer_than: Option<u32>,
    /// The value equals the one at this path of the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub equals_path: Option<String>,
    /// The value differs from the one at this path of the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub not_equals_path: Option<String>,
    /// The value is less than the one at this path of the same body: two numbers or two strings.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub less_than_path: Option<String>,
    /// The value is more than the one at this path of the same body: two numbers or two strings.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub greater_than_path: Option<String>,
    /// true: the path must match something. false: it must match nothing.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub exists: Option<bool>,
}
