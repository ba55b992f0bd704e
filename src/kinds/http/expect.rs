//! What is expected of an answer: the fields within `expect` and `warn`, and the assertions that they are.
//!
//! `check` comes through here for every item of the table, so nothing here compiles a pattern.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::canonical;
use super::forms::{HeaderForm, HttpVersionForm, StatusForm};
use crate::assert::{Assertion, CodeClass, CodeSet, Comparison, Consequence, Subject, SubjectShape};
use crate::kinds::status::{STATUS, status_in};
use crate::kinds::{Field, Manner};
use crate::written::{
    ASSERTIONS, Code, JsonComparisons, Path, RawComparisons, TextComparisons, Violation,
    canonical_comparisons, check_text,
};

pub const HEADER: Subject = Subject::new("header", "headers", SubjectShape::Keyed).numbered(11);
pub const BODY: Subject = Subject::one("body", "body").in_body().numbered(12);
pub const HTTP_VERSION: Subject = Subject::one("http_version", "http").numbered(26);
pub const JSON: Subject = Subject::new("json", "json", SubjectShape::Paths).in_body().numbered(13);

pub const FIELDS: &[Field] = &[
    Field::new("expect.status").subject(STATUS).canonical(canonical::status).set(),
    Field::new("expect.http").subject(HTTP_VERSION),
    Field::new("expect.headers")
        .subject(HEADER)
        .manner(Manner::Headers)
        .canonical(canonical::expected_headers),
    Field::new("expect.body").subject(BODY).canonical(canonical_comparisons),
    Field::new("expect.json").subject(JSON).canonical(canonical::json_assertions).set(),
];

/// What a status is where a monitor expects none.
pub fn implied_status() -> CodeSet {
    CodeSet(vec![CodeClass::Hundred(2)])
}

/// What is expected of the answer.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct AnswerFields {
    /// Accepted status codes: a code, a class such as 2xx, or a list of both.
    #[schemars(extend("default" = "2xx"))]
    pub status: Option<StatusForm>,

    /// Expected version of HTTP, 1.1 or 2. A probe offers both in TLS, and speaks 1.1 where there is no TLS.
    #[schemars(example = &"2")]
    pub http: Option<HttpVersionForm>,

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
    pub body: Option<TextComparisons>,

    /// Expected JSON values. A path without a match fails.
    #[schemars(length(min = 1), example = serde_json::json!([{"path": "$.status", "equals": "up"}]))]
    pub json: Option<Vec<JsonComparisons>>,
}

impl AnswerFields {
    /// The assertions, the JSON ones in the order of the file. A status of 2xx is implied.
    pub fn build(&self, consequence: Consequence, violations: &mut Vec<Violation>) -> Vec<Assertion> {
        let Self { status, http, headers, body, json } = self;
        let top = Path::from(consequence.key());
        self.check_bounds(&top, violations);
        let status = status.as_ref().map(|form| CodeSet(form.0.clone()));
        let implied = (consequence == Consequence::Down).then(implied_status);
        let of_status = status.or(implied).map(|set| Assertion { consequence, ..status_in(set) });
        let mut assertions = Vec::from_iter(of_status);
        let mut add = |subject, part: String, must: Vec<Comparison>| {
            // An assertion about a path keeps its place in the list.
            if !must.is_empty() || subject == JSON {
                assertions.push(Assertion { consequence, ..Assertion::new(subject, part, must) });
            }
        };
        if let Some(form) = http {
            add(HTTP_VERSION, String::new(), vec![Comparison::Equals(form.version().as_str().into())]);
        }
        if let Some(TextComparisons(body)) = body {
            add(BODY, String::new(), body.comparisons());
        }
        for JsonComparisons(raw) in json.iter().flatten() {
            if let Some(path) = &raw.path {
                add(JSON, path.clone(), raw.comparisons());
            } else {
                let path = top.key("json");
                let message = format!("missing key `path` in {path}");
                violations.push(Violation::new(Code::MissingKey, path, message));
                // Without its place, every finding about a later assertion would name the one before it.
                add(JSON, String::new(), Vec::new());
            }
        }
        let mut headers: Vec<_> = headers
            .iter()
            .flatten()
            .filter_map(|(name, form)| Some((name.to_ascii_lowercase(), form.as_ref()?)))
            .collect();
        headers.sort_by(|one, two| one.0.cmp(&two.0));
        for (name, form) in headers {
            let must = match form {
                HeaderForm::Equals(text) => vec![Comparison::Equals(Value::String(text.clone()))],
                HeaderForm::Comparisons(raw) => raw.0.comparisons(),
            };
            add(HEADER, name, must);
        }
        assertions
    }

    /// The comparisons of each part, with their place below `top`, which is `expect` or `warn`.
    pub fn comparisons(&self, top: &Path) -> Vec<(Path, &RawComparisons)> {
        let Self { status: _, http: _, headers, body, json } = self;
        let body = body.iter().map(|TextComparisons(raw)| (top.key("body"), raw));
        let json = json.iter().flatten().enumerate();
        let json = json.map(|(index, JsonComparisons(raw))| (top.key("json").index(index), raw));
        let mut all: Vec<_> = body.collect();
        for (name, form) in headers.iter().flatten() {
            if let Some(HeaderForm::Comparisons(raw)) = form {
                all.push((top.key("headers").key(name), &raw.0));
            }
        }
        all.extend(json);
        all
    }

    fn check_bounds(&self, top: &Path, violations: &mut Vec<Violation>) {
        let Self { status: _, http: _, headers, body: _, json } = self;
        for (key, number) in [
            ("headers", headers.as_ref().map_or(0, BTreeMap::len)),
            ("json", json.as_ref().map_or(0, Vec::len)),
        ] {
            if number > ASSERTIONS {
                let path = top.key(key);
                let message = format!("`{path}` has at most {ASSERTIONS} assertions, found {number}");
                violations.push(Violation::new(Code::OutOfBounds, path, message).on_key().label("too many"));
            }
        }
        for (name, form) in headers.iter().flatten() {
            if let Some(HeaderForm::Equals(value)) = form {
                violations.extend(check_text(top.key("headers").key(name), value));
            }
        }
        for (path, raw) in self.comparisons(top) {
            raw.check_bounds(&path, violations);
        }
    }

    /// Reports assertions that compare with nothing, which every answer would meet.
    pub fn check_stored(&self, top: &Path, violations: &mut Vec<Violation>) {
        let no_json = self.json.as_ref().is_some_and(Vec::is_empty).then(|| top.key("json"));
        let all = self.comparisons(top).into_iter();
        let silent = all.filter(|(_, raw)| raw.is_empty()).map(|(path, _)| path);
        for path in silent.chain(no_json) {
            let message = format!("`{path}` has no comparison");
            violations.push(Violation::new(Code::Empty, path, message));
        }
    }
}
