//! What is offered to a server, and what is worth offering instead once it refused. Pure.
//!
//! As curl and browsers do: a server that speaks HTTP/2 may want HTTP/1.1 for a page of it, as IIS does where it asks for
//! a certificate or signs in with Windows, and one that turns a stream away unread says that it may come again.

use crate::observation::Fault;

/// What a connection offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionOffer {
    /// All that a probe speaks.
    Everything,
    /// No HTTP/2.
    Http1,
    /// No protocol to choose from: what is spoken over the session is known, and is not HTTP.
    SessionAlone,
    /// No TLS 1.3, where a short RSA key cannot sign: for those who take any certificate.
    Tls12,
}

/// Why there was no answer.
pub struct Refused {
    pub fault: Fault,
    /// What the server may take instead; it has not looked at the request.
    pub instead: Option<ConnectionOffer>,
}

impl Refused {
    /// What to offer next. Each request has one more try, so that no server keeps a probe busy.
    pub fn next(self, offered: ConnectionOffer) -> Result<ConnectionOffer, Fault> {
        match (self.instead, offered) {
            (Some(instead), ConnectionOffer::Everything) => Ok(instead),
            (Some(_), ConnectionOffer::Http1 | ConnectionOffer::SessionAlone | ConnectionOffer::Tls12)
            | (None, _) => Err(self.fault),
        }
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, instead: None }
    }
}
