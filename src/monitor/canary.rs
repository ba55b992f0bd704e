//! What answers as long as the network of the machine that probes works.

use std::fmt;

use url::{Host, Url};

/// What the schema knows of the form of a canary; the rest is said by [`Canary::parse`].
pub const CANARY_PATTERN: &str = "^https?://";

/// So many distinguish an outage from a cut cable; more would only be asked in vain.
pub const MOST_CANARIES: usize = 5;

/// `https://www.example.com/`: an address that anybody may ask. It stands in plans and messages, so it holds nothing
/// that is not for everybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Canary(String);

/// Why a text is no canary; reads on after its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanaryError {
    #[error("is not a URL: {0}")]
    NotAUrl(url::ParseError),
    #[error("must be an absolute http or https URL")]
    NotHttp,
    #[error("must not refer to a secret")]
    Secret,
    #[error("must not hold a user or password")]
    User,
    #[error("must not hold a query or a fragment")]
    Tail,
}

impl Canary {
    /// Whether no one else on the way can answer in its place.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Equal ones have one spelling.
    pub fn parse(text: &str) -> Result<Self, CanaryError> {
        if text.contains("${") {
            return Err(CanaryError::Secret);
        }
        let url = Url::parse(text).map_err(CanaryError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(CanaryError::NotHttp);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(CanaryError::User);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(CanaryError::Tail);
        }
        Ok(Self(url.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names an address by its number that no probe may reach, such as that of the metadata. It would never
    /// answer, so the prober would count as cut off.
    pub fn is_never_asked(&self) -> bool {
        let url = Url::parse(&self.0);
        match url.as_ref().ok().and_then(Url::host) {
            Some(Host::Ipv4(ip)) => {
                ip.is_link_local() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast()
            }
            Some(Host::Ipv6(ip)) => ip.is_unicast_link_local() || ip.is_unspecified() || ip.is_multicast(),
            Some(Host::Domain(_)) | None => false,
        }
    }
}

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_an_address_that_anybody_may_ask_in_one_spelling() {
        let found = |text| Canary::parse(text).map(|canary| canary.to_string());
        for text in ["https://Example.com", "https://example.com:443/", "https://example.com/"] {
            assert_eq!(found(text), Ok("https://example.com/".to_owned()), "{text}");
        }
        assert_eq!(found("http://10.0.0.1/health"), Ok("http://10.0.0.1/health".to_owned()));
        for (text, error) in [
            ("", CanaryError::NotAUrl(url::ParseError::RelativeUrlWithoutBase)),
            ("example.com", CanaryError::NotAUrl(url::ParseError::RelativeUrlWithoutBase)),
            ("ftp://example.com/", CanaryError::NotHttp),
            ("https://example.com/${env:PATH}", CanaryError::Secret),
            ("https://me:secret@example.com/", CanaryError::User),
            ("https://example.com/?token=x", CanaryError::Tail),
            ("https://example.com/#top", CanaryError::Tail),
        ] {
            assert_eq!(found(text), Err(error), "{text}");
        }
    }
}
