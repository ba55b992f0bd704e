//! What is asked: the request of a probe.

use super::auth::Auth;
use crate::kinds::{Recipient, Sent, headers};
use crate::value::Template;

/// How many redirects are followed where nothing is said.
pub const DEFAULT_REDIRECTS: u8 = 5;

/// A request, to the URL of its monitor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Upper-case method; empty where nothing is asked.
    pub method: String,
    /// What the header `host` says in place of the URL's.
    pub host: Option<String>,
    pub auth: Option<Auth>,
    /// Lower-case name and value, in the order of the names.
    pub headers: Vec<(String, Template)>,
    pub body: Option<Payload>,
    /// The URL of the proxy that it goes through.
    pub proxy: Option<Template>,
    /// How many redirects are followed; 0 takes the redirect as the answer.
    pub redirects: u8,
}

/// The body of a request, by the field that it is written in.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    Text(Template),
    Json(Template),
}

impl Payload {
    pub fn text(&self) -> &Template {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Text(_) => "body",
            Self::Json(_) => "json",
        }
    }
}

impl Request {
    /// A GET without a body.
    pub fn get() -> Self {
        Self { method: "GET".to_owned(), redirects: DEFAULT_REDIRECTS, ..Self::default() }
    }

    /// The texts that are sent, each with its place in a file.
    pub fn sent(&self) -> impl Iterator<Item = Sent<'_>> {
        let Self { method: _, host: _, auth, headers, body, proxy, redirects: _ } = self;
        let headers = headers::sent(headers);
        let body = body.iter().map(|body| Sent {
            field: body.field(),
            key: "",
            text: body.text(),
            to: Recipient::Endpoint,
        });
        let proxy =
            proxy.iter().map(|url| Sent { field: "proxy", key: "", text: url, to: Recipient::Relay(url) });
        auth.iter().flat_map(Auth::sent).chain(headers).chain(body).chain(proxy)
    }

    /// The host that a header names in the place of the URL's. A table may have the header itself.
    pub fn named_host(&self) -> Option<String> {
        let header = self.headers.iter().find(|(name, _)| name == "host").map(|(_, value)| value.to_string());
        let named = header.or_else(|| self.host.clone())?;
        Some(named.trim().trim_end_matches('.').to_ascii_lowercase())
    }

    /// The field in which less is asked than `before`. What is asked for may change without anything being watched less.
    /// Without `auth` only what everybody sees is watched. Once a redirect is followed, its target stays unseen, while
    /// `expect.status` judges one that is not followed.
    pub fn weaker_than(&self, before: &Self) -> Option<&'static str> {
        let Self { method: _, host: _, auth, headers: _, body: _, proxy: _, redirects } = before;
        if auth.is_some() && self.auth.is_none() {
            return Some("auth");
        }
        (*redirects == 0 && self.redirects > 0).then_some("redirects")
    }
}
