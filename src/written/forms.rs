//! Texts with a form of their own: how an editor reads them, and how they are read.

use super::{Code, Path, Violation};
use crate::value::{DURATION_PATTERN, Template};

/// Texts that one pattern describes: a newtype each, with its schema.
macro_rules! text_form {
    ($(#[$doc:meta])* $name:ident, $schema:tt) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
        pub struct $name(pub String);

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

pub(crate) use text_form;

text_form!(
    /// `2m`, `800ms`, `1h30m`.
    DurationText,
    {
        "type": "string",
        "pattern": DURATION_PATTERN,
        "patternErrorMessage": "write a duration like 800ms, 30s, 2m, 1h30m or 21d"
    }
);

/// Takes a text apart at its references to secrets.
pub fn template(path: &Path, text: &str, violations: &mut Vec<Violation>) -> Option<Template> {
    match Template::parse(text) {
        Ok(template) => Some(template),
        Err(error) => {
            violations.push(
                Violation::new(Code::InvalidSecret, path.clone(), format!("`{path}`: {error}"))
                    .label("in this text"),
            );
            None
        }
    }
}
