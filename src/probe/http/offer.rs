//! What is offered to a server, and what is worth offering instead once it refused. Pure.
//!
//! As curl and browsers do: a server that speaks HTTP/2 may want HTTP/1.1 for a page of it, as IIS does where it asks for
//! a certificate or signs in with Windows, and one that turns a stream away unread says that it may come again.

use crate::probe::wire::http2::HTTP_2;

const HTTP_1: &[u8] = b"http/1.1";

/// Which versions a connection offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersions {
    /// HTTP/2 preferred, as by any browser.
    All,
    Http1,
}

impl HttpVersions {
    /// Their names in ALPN.
    pub fn protocols(self) -> &'static [&'static [u8]] {
        match self {
            Self::All => &[HTTP_2, HTTP_1],
            Self::Http1 => &[HTTP_1],
        }
    }
}
