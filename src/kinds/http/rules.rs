//! Rules on a request and its expectations that a schema cannot say. They cost time, so they are for files.

use super::auth::Auth;
use super::expect::{AnswerFields, HTTP_VERSION};
use super::fields::{Method, RequestFields};
use super::{proof, status_facts};
use crate::assert::{Assertion, Comparison, Consequence};
use crate::kinds::urls::scheme;
use crate::kinds::{HttpVersion, headers};
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
        names.check(violations);
        let second = names.names().find(|name| name.eq_ignore_ascii_case("authorization"));
        if let Some(name) = second.filter(|_| fields.auth.is_some()) {
            violations.push(
                Violation::new(
                    Code::Contradiction,
                    Path::from("headers").key(name),
                    "`auth` sets the header `authorization`",
                )
                .on_key()
                .label("the second credential")
                .also("auth", "the first one")
                .help("remove one of them"),
            );
        }
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
    }
    if fields.method == Some(Method::Head) {
        no_body(assertions, violations);
    }
    proof::check(assertions, violations);
    status_facts::check(assertions, redirects, violations);
}

/// A signature names the host that it is for, and holds for minutes: no one else may get it.
pub fn signature(fields: &RequestFields, url: &str, auth: Option<&Auth>, violations: &mut Vec<Violation>) {
    match auth {
        Some(Auth::Aws(_)) => {}
        Some(Auth::Basic { .. } | Auth::Bearer(_) | Auth::OAuth2(_)) | None => return,
    }
    if fields.host.is_some() {
        let message = "a request that `auth.aws` signs is for the host of the URL alone";
        violations.push(
            Violation::new(Code::Contradiction, "host", message)
                .on_key()
                .also("auth", "the signature")
                .help("remove `host`, and write that host in the url"),
        );
    }
    if scheme(url) == "http" {
        let message = "a signature of `auth.aws` is sent over https alone: others could repeat the request";
        violations.push(
            Violation::new(Code::Contradiction, "url", message)
                .also("auth", "the signature")
                .help("write https:// in the url"),
        );
    }
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

/// HTTP/2 begins with an offer in TLS.
pub fn without_http2(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    let http2 = Comparison::Equals(HttpVersion::V2.as_str().into());
    for one in assertions.iter().filter(|one| one.subject == HTTP_VERSION && one.must.contains(&http2)) {
        let field = Path::from(one.consequence.key()).key(one.subject.field());
        let violation =
            Violation::never_passes(field, "HTTP/2 is spoken over TLS alone, and an http URL has none");
        violations.push(violation.on_key().also("url", "because of this").help("write https:// in the url"));
    }
}

/// The answer to a HEAD has no body that could be held against anything.
fn no_body(assertions: &[Assertion], violations: &mut Vec<Violation>) {
    let of_body = assertions.iter().filter(|one| one.subject.reads_body());
    let mut fields: Vec<_> =
        of_body.map(|one| Path::from(one.consequence.key()).key(one.subject.field())).collect();
    fields.dedup();
    for field in fields {
        let violation = Violation::never_passes(field, "the answer to a HEAD has no body");
        violations.push(violation.on_key().also("method", "because of this").help("write `method: GET`"));
    }
}
