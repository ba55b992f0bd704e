//! The place that a URL without a path names: `tcp://host:port`. Pure.

use url::{Host, Url};

/// A host and a port.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
}

impl Endpoint {
    /// Takes `scheme://host:port`; the host is understood as in the URL of a page.
    pub fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        let url = Url::parse(&format!("http://{rest}")).ok()?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        (url.host().is_some() && is_bare && url.username().is_empty()).then_some(Self { url })
    }

    /// The host as the URL names it, an IPv6 address in brackets.
    pub fn host_name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub fn host(&self) -> Host<&str> {
        self.url.host().unwrap_or(Host::Domain(""))
    }

    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }
}
