//! A request and its expectations as they are written, without rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::forms::{HeaderForm, HeaderText, StatusForm};
use crate::written::{RawBodyComparisons, RawJsonAssertion};

/// What is asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct RequestFields {
    /// HTTP method of the request.
    #[schemars(extend("default" = "GET"))]
    pub method: Option<Method>,

    /// Headers of the request. Secrets are references to the environment, SSM or Secrets Manager, such as
    /// ${env:NAME}.
    #[schemars(
        extend("propertyNames" = {
            "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
            "patternErrorMessage": "a header name is made of letters, digits and !#$%&'*+.^_`|~-"
        }),
        example = serde_json::json!({"accept": "application/json", "authorization": "Bearer ${env:API_TOKEN}"})
    )]
    pub headers: Option<BTreeMap<String, Option<HeaderText>>>,

    /// Request body as text. Excludes json.
    #[schemars(example = &"{\"ping\": true}")]
    pub body: Option<String>,

    /// Request body as JSON, with content-type application/json. Excludes body.
    #[schemars(example = serde_json::json!({"ping": true}))]
    pub json: Option<Value>,

    /// Number of redirects to follow. With 0 the redirect itself is the answer.
    #[schemars(range(min = 0, max = 20), extend("default" = 5))]
    pub redirects: Option<u8>,
}

/// What is expected of the answer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct AnswerFields {
    /// Accepted status codes: a code, a class such as 2xx, or a list of both.
    #[schemars(extend("default" = "2xx"))]
    pub status: Option<StatusForm>,

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
}

/// Methods of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum Method {
    #[serde(alias = "get")]
    Get,
    #[serde(alias = "head")]
    Head,
    #[serde(alias = "post")]
    Post,
    #[serde(alias = "put")]
    Put,
    #[serde(alias = "patch")]
    Patch,
    #[serde(alias = "delete")]
    Delete,
    #[serde(alias = "options")]
    Options,
}
