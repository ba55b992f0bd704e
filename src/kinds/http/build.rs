//! From what is written to the request and its assertions.
//!
//! `check` comes through here for every item of the table, so nothing here compiles a pattern.

use serde_json::Value;

use super::fields::{AnswerFields, Method, RequestFields};
use super::forms::HeaderForm;
use super::{DEFAULT_REDIRECTS, Payload, Request};
use crate::assert::{Assertion, Comparison, Consequence, StatusSet, Subject};
use crate::value::Template;
use crate::written::{
    ASSERTIONS, Code, Path, RawBodyComparisons, RawComparisons, RawJsonAssertion, Violation, check_text,
    template,
};

/// Most redirects that are followed.
const MOST_REDIRECTS: u8 = 20;

impl RequestFields {
    /// The request, with what is implied filled in.
    pub fn build(&self, violations: &mut Vec<Violation>) -> Request {
        Request {
            method: method(self.method).to_owned(),
            headers: self.sent_headers(violations),
            body: self.sent_body(violations),
            redirects: self.redirects.unwrap_or(DEFAULT_REDIRECTS),
        }
    }

    fn sent_headers(&self, violations: &mut Vec<Violation>) -> Vec<(String, Template)> {
        let mut headers: Vec<(String, Template)> = Vec::new();
        for (name, value) in self.headers.iter().flatten() {
            let Some(value) = value else { continue };
            if let Some(value) = template(&Path::from("headers").key(name), &value.0, violations) {
                headers.push((name.to_ascii_lowercase(), value));
            }
        }
        if self.json.is_some()
            && headers.iter().all(|(name, _)| name != "content-type")
            && let Ok(value) = Template::parse("application/json")
        {
            headers.push(("content-type".to_owned(), value));
        }
        headers.sort_by(|one, two| one.0.cmp(&two.0));
        headers
    }

    fn sent_body(&self, violations: &mut Vec<Violation>) -> Option<Payload> {
        match (&self.body, &self.json) {
            (Some(text), None) => template(&Path::from("body"), text, violations).map(Payload::Text),
            (None, Some(value)) => {
                template(&Path::from("json"), &value.to_string(), violations).map(Payload::Json)
            }
            (None, None) => None,
            (Some(_), Some(_)) => {
                violations.push(
                    Violation::new(
                        Code::Contradiction,
                        "json",
                        "a request has either `body` or `json`, not both",
                    )
                    .on_key()
                    .label("the second body")
                    .also("body", "the first body")
                    .help("remove one of them; `body: null` removes an inherited one"),
                );
                None
            }
        }
    }

    /// Reports numbers that the schema refuses.
    pub fn check_stored(&self, violations: &mut Vec<Violation>) {
        if self.redirects.is_some_and(|redirects| redirects > MOST_REDIRECTS) {
            let message = format!("`redirects` must be at most {MOST_REDIRECTS}");
            violations.push(Violation::new(Code::OutOfBounds, "redirects", message));
        }
    }
}

impl AnswerFields {
    /// The assertions, the JSON ones in the order of the file. A status of 2xx is implied.
    pub fn build(&self, consequence: Consequence, violations: &mut Vec<Violation>) -> Vec<Assertion> {
        let Self { status, headers, body, json } = self;
        let top = Path::from(consequence.key());
        self.check_bounds(&top, violations);
        let mut assertions = Vec::new();
        let mut add = |subject, part: String, must: Vec<Comparison>| {
            // An assertion about a path keeps its place in the list.
            if !must.is_empty() || subject == Subject::JSON {
                assertions.push(Assertion { consequence, ..Assertion::new(subject, part, must) });
            }
        };
        let status = status.as_ref().map(|form| StatusSet(form.0.clone()));
        let implied = (consequence == Consequence::Down).then(StatusSet::default);
        if let Some(set) = status.or(implied) {
            add(Subject::STATUS, String::new(), vec![Comparison::OneOf(set)]);
        }
        if let Some(RawBodyComparisons(body)) = body {
            add(Subject::BODY, String::new(), body.comparisons());
        }
        for RawJsonAssertion(raw) in json.iter().flatten() {
            if let Some(path) = &raw.path {
                add(Subject::JSON, path.clone(), raw.comparisons());
            } else {
                let path = top.key("json");
                let message = format!("missing key `path` in {path}");
                violations.push(Violation::new(Code::MissingKey, path, message));
                // Without its place, every finding about a later assertion would name the one before it.
                add(Subject::JSON, String::new(), Vec::new());
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
            add(Subject::HEADER, name, must);
        }
        assertions
    }

    /// The comparisons of each part, with their place below `top`, which is `expect` or `warn`.
    pub fn comparisons(&self, top: &Path) -> Vec<(Path, &RawComparisons)> {
        let Self { status: _, headers, body, json } = self;
        let body = body.iter().map(|RawBodyComparisons(raw)| (top.key("body"), raw));
        let json = json.iter().flatten().enumerate();
        let json = json.map(|(index, RawJsonAssertion(raw))| (top.key("json").index(index), raw));
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
        let Self { status: _, headers, body: _, json } = self;
        for (key, number) in [
            ("headers", headers.as_ref().map_or(0, |all| all.len())),
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

fn method(method: Option<Method>) -> &'static str {
    match method {
        Some(Method::Get) | None => "GET",
        Some(Method::Head) => "HEAD",
        Some(Method::Post) => "POST",
        Some(Method::Put) => "PUT",
        Some(Method::Patch) => "PATCH",
        Some(Method::Delete) => "DELETE",
        Some(Method::Options) => "OPTIONS",
    }
}
