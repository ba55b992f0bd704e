//! A request as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::auth::{self, RawAuth};
use super::canonical;
use crate::kinds::headers::{self, SentHeaders};
use crate::kinds::{Field, FieldTexts, Manner, WARN};
use crate::written::{canonical_host_header, text_form};

pub const FIELDS: &[Field] = &[
    Field::new("method").canonical(canonical::upper_case),
    Field::new("host").texts(FieldTexts::Plain).canonical(canonical_host_header),
    auth::FIELD,
    headers::FIELD,
    Field::new("body").references(&[""]),
    Field::new("json").manner(Manner::Whole).references(&[""]),
    Field::new("proxy").texts(FieldTexts::Url).references(&[""]),
    Field::new("redirects"),
    WARN,
];

text_form!(
    /// A host that a header names.
    HostText,
    {
        "type": "string",
        "pattern": r"^[A-Za-z0-9._:\[\]-]+$",
        "patternErrorMessage": "a host is a name such as shop.example.com, with a port if need be"
    }
);

/// What is asked.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct RequestFields {
    /// HTTP method of the request.
    #[schemars(extend("default" = "GET"))]
    pub method: Option<Method>,

    /// Host header, if it is not the host of url: a name, with a port if need be. The probe still connects to the host of
    /// url. Another origin, to which a redirect leads, gets its own.
    #[schemars(example = &"shop.example.com")]
    pub host: Option<HostText>,

    pub auth: Option<RawAuth>,

    pub headers: Option<SentHeaders>,

    /// Request body as text. Excludes json.
    #[schemars(example = &"{\"ping\": true}")]
    pub body: Option<String>,

    /// Request body as JSON, with content-type application/json. Excludes body.
    #[schemars(example = serde_json::json!({"ping": true}))]
    pub json: Option<Value>,

    /// Proxy that the request goes through, one that the machine lists: http://host:port, or a reference. It resolves the
    /// host of url.
    #[schemars(regex(pattern = r"^(http://[^\s/?#]+/?|\$\{\S+)$"),
        extend("patternErrorMessage" = "a proxy is http://host:port, or a reference to such a URL"),
        example = &"http://proxy.internal:3128")]
    pub proxy: Option<String>,

    /// Number of redirects to follow. With 0 the redirect itself is the answer.
    #[schemars(range(min = 0, max = 20), extend("default" = 5))]
    pub redirects: Option<u8>,
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
