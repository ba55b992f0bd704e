//! Rules on a request and its expectations that a schema cannot say. They cost time, so they are for files.

use super::expect::AnswerFields;
use super::fields::{Method, RequestFields};
use super::{headers, status_facts};
use crate::assert::{Assertion, Consequence};
use crate::written::{Code, Path, Violation};

/// Reports everything that `build` does not look at.
pub fn check(
    fields: &RequestFields,
    expectations: &[(Consequence, &AnswerFields)],
    redirects: u8,
    assertions: &[Assertion],
    violations: &mut Vec<Violation>,
) {
    if let Some(names) = &fields.headers {
        headers::forbidden(names.keys(), violations);
        headers::twice(&Path::from("headers"), names.keys(), violations);
    }
    ignored_body(fields, violations);
    for (consequence, answer) in expectations {
        let top = Path::from(consequence.key());
        if let Some(names) = &answer.headers {
            headers::twice(&top.key("headers"), names.keys(), violations);
        }
        for (path, raw) in answer.comparisons(&top) {
            raw.check_sense(&path, violations);
        }
        if fields.method == Some(Method::Head) {
            no_body(&top, answer, violations);
        }
    }
    status_facts::check(assertions, redirects, violations);
}

fn ignored_body(raw: &RequestFields, violations: &mut Vec<Violation>) {
    let method = match raw.method {
        None | Some(Method::Get) => "GET",
        Some(Method::Head) => "HEAD",
        Some(Method::Post | Method::Put | Method::Patch | Method::Delete | Method::Options) => return,
    };
    let bodies = [
        ("body", raw.body.is_some() && raw.json.is_none()),
        ("json", raw.json.is_some() && raw.body.is_none()),
    ];
    for (key, given) in bodies {
        if given {
            violations.push(
                Violation::new(Code::IgnoredBody, key, format!("most servers ignore the body of a {method}"))
                    .on_key()
                    .label(format!("sent with {method}"))
                    .help("write `method: POST`"),
            );
        }
    }
}

/// The answer to a HEAD has no body that could be held against anything.
fn no_body(top: &Path, expect: &AnswerFields, violations: &mut Vec<Violation>) {
    for (key, given) in [("body", expect.body.is_some()), ("json", expect.json.is_some())] {
        if given {
            violations.push(
                Violation::new(Code::NeverPasses, top.key(key), "the answer to a HEAD has no body")
                    .on_key()
                    .label("never passes")
                    .also("method", "because of this")
                    .help("write `method: GET`"),
            );
        }
    }
}
