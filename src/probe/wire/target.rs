//! Where a request goes, in the parts that HTTP sends. Pure.

use http::HeaderValue;
use http::uri::{Authority, PathAndQuery};
use url::{Position, Url};

use crate::net::Endpoint;

/// A URL that a request can be sent to.
#[derive(Clone)]
pub struct RequestTarget {
    endpoint: Endpoint,
    pub authority: Authority,
    /// The value of `host`: without the port that the scheme implies.
    host_header: HeaderValue,
    pub path: PathAndQuery,
}

impl RequestTarget {
    /// Takes an absolute `http` or `https` URL. Names and passwords in it are left out: they would go to the server
    /// a redirect names, and be shown in what is said about it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::new(Url::parse(text).ok()?)
    }

    /// Where a `location` leads from here; a relative one too.
    pub fn join(&self, location: &str) -> Option<Url> {
        self.url().join(location).ok().map(without_credentials)
    }

    pub fn new(url: Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let url = without_credentials(url);
        let authority = Authority::try_from(&url[Position::BeforeHost..Position::AfterPort]).ok()?;
        let path = PathAndQuery::try_from(&url[Position::BeforePath..Position::AfterQuery]).ok()?;
        let host_header = HeaderValue::from_str(authority.as_str()).ok()?;
        Some(Self { endpoint: Endpoint::new(url)?, authority, host_header, path })
    }

    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub fn url(&self) -> &Url {
        self.endpoint.url()
    }

    pub fn is_https(&self) -> bool {
        self.url().scheme() == "https"
    }

    pub fn host_header(&self) -> &HeaderValue {
        &self.host_header
    }
}

fn without_credentials(mut url: Url) -> Url {
    if !url.username().is_empty() || url.password().is_some() {
        // Only a URL without a host refuses this, and such a URL is no target.
        let _refused = url.set_username("").and_then(|()| url.set_password(None));
    }
    url
}
