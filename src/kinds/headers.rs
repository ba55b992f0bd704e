//! Headers that are sent, of every kind that sends some: how they are written, and the rules on their names. Pure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Field, Manner, Recipient, Sent};
use crate::value::Template;
use crate::written::{Code, Path, Violation, lower_case_keys, template, text_form};

/// The field of a kind that sends headers.
pub const FIELD: Field = Field::new("headers").manner(Manner::Headers).references(&[""]).canonical(canonical);

text_form!(
    /// The value of a request header.
    HeaderText,
    {
        "type": "string",
        "pattern": r"^[^\x00-\x08\x0a-\x1f\x7f]*$",
        "patternErrorMessage": "a header value has no line breaks or control characters"
    }
);

/// Headers of the request, which are the metadata of gRPC. Secrets are references to the environment, SSM or Secrets
/// Manager, such as ${env:NAME}.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(
    inline,
    extend("propertyNames" = {
        "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        "patternErrorMessage": "a header name is made of letters, digits and !#$%&'*+.^_`|~-"
    }),
    example = serde_json::json!({"accept": "application/json", "authorization": "Bearer ${env:API_TOKEN}"})
)]
pub struct SentHeaders(BTreeMap<String, Option<HeaderText>>);

impl SentHeaders {
    /// Lower-case names and values, in the order of the names.
    pub fn build(&self, violations: &mut Vec<Violation>) -> Vec<(String, Template)> {
        let mut headers: Vec<(String, Template)> = Vec::new();
        for (name, value) in &self.0 {
            let Some(value) = value else { continue };
            if let Some(value) = template(&Path::from("headers").key(name), &value.0, violations) {
                headers.push((name.to_ascii_lowercase(), value));
            }
        }
        headers.sort_by(|one, two| one.0.cmp(&two.0));
        headers
    }

    /// Reports names that may not be set, and those that are the same header.
    pub fn check(&self, violations: &mut Vec<Violation>) {
        forbidden(self.0.keys(), violations);
        twice(&Path::from("headers"), self.0.keys(), violations);
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

/// What is sent, with its place in a file.
pub fn sent(headers: &[(String, Template)]) -> impl Iterator<Item = Sent<'_>> {
    headers.iter().map(|(name, text)| Sent { field: "headers", key: name, text, to: Recipient::Endpoint })
}

/// A header that may not be set.
pub fn refused(name: &str, message: String, help: &'static str) -> Violation {
    Violation::new(Code::InvalidHeader, Path::from("headers").key(name), message)
        .on_key()
        .label("cannot be set")
        .help(help)
}

fn canonical(value: Value) -> Value {
    match value {
        Value::Object(headers) => lower_case_keys(headers),
        value => value,
    }
}

/// Headers that the connection itself decides; one written by hand breaks the request.
const OWNED_BY_THE_CONNECTION: [&str; 9] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Request headers that may not be set.
fn forbidden<'a>(names: impl Iterator<Item = &'a String>, violations: &mut Vec<Violation>) {
    for name in names {
        if OWNED_BY_THE_CONNECTION.contains(&name.to_ascii_lowercase().as_str()) {
            let message = format!("the connection sets the header `{name}`");
            let help = if name.eq_ignore_ascii_case("host") {
                "remove it: the URL determines it; an http check has the field `host`"
            } else {
                "remove it: the URL and the body determine it"
            };
            violations.push(refused(name, message, help));
        }
    }
}

/// Names that differ only in case are one header.
pub fn twice<'a>(path: &Path, names: impl Iterator<Item = &'a String>, violations: &mut Vec<Violation>) {
    let mut names_so_far: BTreeMap<String, &String> = BTreeMap::new();
    for name in names {
        if let Some(first) = names_so_far.insert(name.to_ascii_lowercase(), name) {
            violations.push(
                Violation::new(
                    Code::DuplicateKey,
                    path.key(name),
                    format!("`{first}` and `{name}` are the same header"),
                )
                .on_key()
                .label("the same header")
                .also(path.key(first), "as this one")
                .help("keep one of them"),
            );
        }
    }
}
