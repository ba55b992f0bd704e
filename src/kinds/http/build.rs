//! From what is written to the request.
//!
//! `check` comes through here for every item of the table, so nothing here compiles a pattern.

use super::fields::{HostText, Method, RequestFields};
use super::request::{DEFAULT_REDIRECTS, Payload, Request};
use crate::value::Template;
use crate::written::{Code, Path, Violation, host_header, template};

/// Most redirects that are followed.
const MOST_REDIRECTS: u8 = 20;

impl RequestFields {
    /// The request, with what is implied filled in.
    pub fn build(&self, violations: &mut Vec<Violation>) -> Request {
        Request {
            method: method(self.method).to_owned(),
            host: self.sent_host(violations),
            auth: self.auth.as_ref().and_then(|auth| auth.build(violations)),
            headers: self.sent_headers(violations),
            body: self.sent_body(violations),
            proxy: self.sent_proxy(violations),
            redirects: self.redirects.unwrap_or(DEFAULT_REDIRECTS),
        }
    }

    fn sent_host(&self, violations: &mut Vec<Violation>) -> Option<String> {
        let HostText(text) = self.host.as_ref()?;
        let host = host_header(text);
        if host.is_none() {
            let message = format!("`host` is no name of a host: `{text}`");
            violations.push(
                Violation::new(Code::BadFormat, "host", message)
                    .label("here")
                    .help("write a name such as shop.example.com, or name:port"),
            );
        }
        host
    }

    fn sent_headers(&self, violations: &mut Vec<Violation>) -> Vec<(String, Template)> {
        let mut headers: Vec<_> = self.headers.iter().flat_map(|own| own.build(violations)).collect();
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

    fn sent_proxy(&self, violations: &mut Vec<Violation>) -> Option<Template> {
        let path = Path::from("proxy");
        let proxy = template(&path, self.proxy.as_ref()?, violations)?;
        let is_hidden = proxy.secrets().next().is_some();
        if !is_hidden && !proxy.to_string().starts_with("http://") {
            let message = "`proxy` must be http://host:port, or a reference";
            violations.push(
                Violation::new(Code::InvalidUrl, path, message)
                    .label("in this URL")
                    .help("monitorctl speaks HTTP to proxies, and no SOCKS"),
            );
        }
        Some(proxy)
    }

    /// Reports numbers that the schema refuses.
    pub fn check_stored(&self, violations: &mut Vec<Violation>) {
        if self.redirects.is_some_and(|redirects| redirects > MOST_REDIRECTS) {
            let message = format!("`redirects` must be at most {MOST_REDIRECTS}");
            violations.push(Violation::new(Code::OutOfBounds, "redirects", message));
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
