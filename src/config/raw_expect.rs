//! `expect:` as it is written, without rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::raw::present;
use super::text_forms::{DurationText, HeaderForm, StatusForm};
use crate::monitor::Decimal;

/// What makes an answer a good one.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExpect {
    /// Accepted status codes: one code, a hundred such as 2xx, or a list of both.
    #[schemars(extend("default" = "2xx"))]
    pub status: Option<StatusForm>,

    /// Bounds on the time from the start of the probe to the last byte read.
    pub latency: Option<RawLatency>,

    /// What headers of the answer must be: a text that the header equals, or comparisons. A header that is
    /// missing fails.
    #[schemars(
        extend("propertyNames" = {
            "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "patternErrorMessage": "a header name is made of letters, digits and !#$%&'*+.^_`|~-"
        }),
        example = serde_json::json!({"content-type": {"contains": "json"}})
    )]
    pub headers: Option<BTreeMap<String, Option<HeaderForm>>>,

    /// What the body must be, taken as text.
    #[schemars(extend("minProperties" = 1), example = serde_json::json!({"contains": "ok", "not_contains": "error"}))]
    pub body: Option<RawBodyComparisons>,

    /// What the body must be, taken as JSON. A path that finds nothing fails.
    #[schemars(length(min = 1), example = serde_json::json!([{"path": "$.status", "equals": "up"}]))]
    pub json: Option<Vec<RawJsonAssertion>>,

    /// How long the certificate of the endpoint must be valid yet.
    pub certificate: Option<RawCertificate>,
}

/// How long the certificate of the endpoint must be valid yet: the first to expire on the way to a trusted
/// authority.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCertificate {
    /// With less than this left the endpoint is degraded.
    #[schemars(example = &"21d")]
    pub degraded: Option<DurationText>,

    /// With less than this left it is down.
    #[schemars(example = &"3d")]
    pub down: Option<DurationText>,
}

/// Bounds on the time from the start of the probe to the last byte read.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLatency {
    /// From here on the endpoint is degraded.
    #[schemars(example = &"800ms")]
    pub degraded: Option<DurationText>,

    /// From here on it is down.
    #[schemars(example = &"5s")]
    pub down: Option<DurationText>,
}

/// Comparisons with one header of the answer; all must hold.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct RawHeaderComparisons {
    /// The value is exactly this.
    pub equals: Option<String>,
    /// The value is not this.
    pub not_equals: Option<String>,
    /// This is part of the value.
    #[schemars(length(min = 1))]
    pub contains: Option<String>,
    /// This is not part of the value.
    #[schemars(length(min = 1))]
    pub not_contains: Option<String>,
    /// The regular expression is found in the value.
    #[schemars(length(min = 1), example = &"^text/")]
    pub matches: Option<String>,
    /// The value is a number below this.
    #[schemars(with = "Option<f64>")]
    pub less_than: Option<Decimal>,
    /// The value is a number above this.
    #[schemars(with = "Option<f64>")]
    pub greater_than: Option<Decimal>,
    /// true: the header is there. false: it is not.
    pub exists: Option<bool>,
}

/// Comparisons with the body as text; all must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBodyComparisons {
    /// The body is exactly this.
    pub equals: Option<String>,
    /// The body is not this.
    pub not_equals: Option<String>,
    /// This is part of the body.
    #[schemars(length(min = 1), example = &"ok")]
    pub contains: Option<String>,
    /// This is not part of the body.
    #[schemars(length(min = 1), example = &"error")]
    pub not_contains: Option<String>,
    /// The regular expression is found in the body.
    #[schemars(length(min = 1), example = &r"^\{")]
    pub matches: Option<String>,
    /// The body is a number below this.
    #[schemars(with = "Option<f64>")]
    pub less_than: Option<Decimal>,
    /// The body is a number above this.
    #[schemars(with = "Option<f64>")]
    pub greater_than: Option<Decimal>,
}

/// One value of a JSON answer and what it must be; all comparisons must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 2))]
pub struct RawJsonAssertion {
    /// Where the value is: an RFC 9535 path.
    #[schemars(
        required,
        regex(pattern = r"^\$"),
        extend("patternErrorMessage" = "a path begins with $, like $.status or $.items[0].name"),
        example = &"$.status"
    )]
    pub path: Option<String>,
    /// The value is exactly this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"up")]
    pub equals: Option<Value>,
    /// The value is not this.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value", example = &"error")]
    pub not_equals: Option<Value>,
    /// This is part of the value, a text.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub contains: Option<String>,
    /// This is not part of the value, a text.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub not_contains: Option<String>,
    /// The regular expression is found in the value, a text.
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
    /// The value has this length: characters of a text, elements of a list, names of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576), example = &3)]
    pub length: Option<u32>,
    /// The value is shorter than this: characters of a text, elements of a list, names of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 1, max = 1_048_576))]
    pub shorter_than: Option<u32>,
    /// The value is longer than this: characters of a text, elements of a list, names of a map.
    #[serde(default)]
    #[schemars(with = "u32", range(min = 0, max = 1_048_576))]
    pub longer_than: Option<u32>,
    /// The value is the one that this path finds in the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub equals_path: Option<String>,
    /// This path finds another value in the same body.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub not_equals_path: Option<String>,
    /// The value is less than the one that this path finds in the same body: two numbers, or two texts.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub less_than_path: Option<String>,
    /// The value is more than the one that this path finds in the same body: two numbers, or two texts.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^\$"), extend("patternErrorMessage" = "a path begins with $, like $.total"), example = &"$.total")]
    pub greater_than_path: Option<String>,
    /// true: the path finds something. false: it finds nothing.
    #[serde(default)]
    #[schemars(with = "bool")]
    pub exists: Option<bool>,
}
