//! A text that may be a credential, or refer to one.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::value::{SecretRef, Template};

/// As it is written, with references such as `${env:NAME}`; or with their values filled in. It never prints.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the wire alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// With each reference replaced by what `value` gives for it; its error ends the work. A text that is no template has
    /// been refused before.
    pub fn fill<E>(&self, value: &mut dyn FnMut(&SecretRef) -> Result<String, E>) -> Result<Self, E> {
        match Template::parse(&self.0) {
            Ok(template) => template.fill(value).map(Self),
            Err(_) => Ok(self.clone()),
        }
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl JsonSchema for SecretText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SecretText".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "minLength": 1, "maxLength": 2_000})
    }
}
