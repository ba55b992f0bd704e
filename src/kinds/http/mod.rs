//! `http://…` and `https://…`: a request, and the status, the headers and the body of its answer. Pure.

mod answer;
mod auth;
mod build;
mod canonical;
mod expect;
mod fields;
mod forms;
mod proof;
mod request;
mod rules;
mod status_facts;

pub use answer::{Answer, AnswerReader};
pub use auth::{Auth, AwsRole, ClientGrant};
#[cfg(test)]
pub use expect::{BODY, HEADER, HTTP_VERSION, JSON, implied_status};
#[cfg(test)]
pub use request::DEFAULT_REDIRECTS;
pub use request::{Payload, Request};

#[cfg(test)]
pub use super::status::{STATUS, status_in};

use super::urls::{page, page_violation, scheme};
use super::{Field, Kind, Own, Proof, Recipient, Sent, UrlForm, WithoutTls};
use crate::assert::{Assertion, Consequence, Measured, Redact};
use crate::value::Template;
use crate::written::{Path, Violation};

#[derive(Debug)]
pub struct HttpCheck;

impl Kind for HttpCheck {
    const NAME: &'static str = "http";
    const SCHEMES: &'static [&'static str] = &["http", "https"];
    const URL: UrlForm = page(|path, text| page_violation(path, text, ["http", "https"]));
    const PROVES: Proof = Proof::Answer;
    const CODES: Option<&'static str> = Some("HTTP");
    const FIELDS: &'static [Field] = fields::FIELDS;
    const EXPECT_FIELDS: &'static [Field] = expect::FIELDS;

    type Fields = fields::RequestFields;
    type Expect = expect::AnswerFields;
    type Ask = Request;
    type Evidence = Answer;
    type Reader<'a> = AnswerReader<'a>;

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> Request {
        own.fields.build(violations)
    }

    fn assertions(
        expect: &Self::Expect,
        consequence: Consequence,
        violations: &mut Vec<Violation>,
    ) -> Vec<Assertion> {
        expect.build(consequence, violations)
    }

    fn check_stored(own: &Own<Self>, violations: &mut Vec<Violation>) {
        own.fields.check_stored(violations);
        own.expect.check_stored(&Path::from("expect"), violations);
        if let Some(warn) = &own.warn {
            warn.check_stored(&Path::from("warn"), violations);
        }
    }

    fn check_written(
        own: &Own<Self>,
        ask: &Request,
        assertions: &[Assertion],
        violations: &mut Vec<Violation>,
    ) {
        let warn = own.warn.iter().map(|warn| (Consequence::Degraded, warn));
        let expectations: Vec<_> = [(Consequence::Down, &own.expect)].into_iter().chain(warn).collect();
        rules::check(&own.fields, &expectations, ask.redirects, assertions, violations);
        rules::signature(&own.fields, &own.url, ask.auth.as_ref(), violations);
        if Self::without_tls(ask, &own.url).is_some() {
            rules::without_http2(assertions, violations);
        }
    }

    fn lint(_ask: &Request, assertions: &[Assertion], violations: &mut Vec<Violation>) {
        status_facts::server_error(assertions, violations);
    }

    fn describe(ask: &Request, url: &str) -> String {
        match &ask.host {
            None => format!("{} {url}", ask.method),
            Some(host) => format!("{} {url} (host {host})", ask.method),
        }
    }

    fn method(ask: &Request) -> Option<&str> {
        (!ask.method.is_empty()).then_some(&ask.method)
    }

    fn sent(ask: &Request) -> Vec<Sent<'_>> {
        ask.sent().collect()
    }

    fn sent_in_clear<'a>(ask: &'a Request, url: &'a Template) -> Vec<Sent<'a>> {
        if scheme(&url.to_string()) != "http" {
            return Vec::new();
        }
        // A proxy gets its own in its own way.
        let here = ask.sent().filter(|sent| !matches!(sent.to, Recipient::Relay(_)));
        let (headers, body): (Vec<_>, Vec<_>) = here.partition(|sent| !matches!(sent.field, "body" | "json"));
        let url = Sent { field: "url", key: "", text: url, to: Recipient::Endpoint };
        headers.into_iter().chain([url]).chain(body).collect()
    }

    fn named_host(ask: &Request) -> Option<String> {
        ask.named_host()
    }

    fn without_tls(ask: &Request, url: &str) -> Option<WithoutTls> {
        // Only a redirect could lead to a session.
        (ask.redirects == 0 && url.starts_with("http://")).then_some(WithoutTls {
            message: "an http URL has no certificate",
            help: "write https:// in the url",
        })
    }

    fn weaker(before: &Request, after: &Request) -> Option<&'static str> {
        after.weaker_than(before)
    }

    fn reader(evidence: &Answer) -> AnswerReader<'_> {
        AnswerReader::new(evidence)
    }

    fn measure<'r>(reader: &'r AnswerReader<'_>, assertion: &Assertion, redact: Redact<'_>) -> Measured<'r> {
        reader.measure(assertion, redact)
    }

    fn code(evidence: &Answer) -> u16 {
        evidence.status
    }

    fn excerpt(evidence: &Answer) -> Option<String> {
        evidence.excerpt()
    }

    fn example(code: u16) -> Answer {
        Answer { status: code, ..Answer::default() }
    }
}
