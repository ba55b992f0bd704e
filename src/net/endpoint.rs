//! The place that a URL names. Pure.

use url::{Host, Url};

/// A URL that names a host and a port.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
}

impl Endpoint {
    /// `None` for a URL that names no host.
    pub fn new(url: Url) -> Option<Self> {
        url.host().is_some().then_some(Self { url })
    }

    /// Takes `scheme://host:port` and nothing else; the host is understood as in the URL of a page.
    pub fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        let url = Url::parse(&format!("http://{rest}")).ok()?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if is_bare && url.username().is_empty() { Self::new(url) } else { None }
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host as the URL names it, an IPv6 address in brackets.
    pub fn host_name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub fn host(&self) -> Host<&str> {
        self.url.host().unwrap_or(Host::Domain(""))
    }

    /// Whether the host is a name, and no address.
    pub fn is_named(&self) -> bool {
        matches!(self.host(), Host::Domain(_))
    }

    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }
}
