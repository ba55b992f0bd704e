//! What a client offers in a handshake. Pure.

/// What a client offers.
#[derive(Debug, Clone, Copy)]
pub struct ClientHello {
    /// Protocols to choose from, the preferred one first; none where it is known what is spoken over the session.
    pub protocols: &'static [&'static [u8]],
    pub versions: TlsVersions,
    pub identity: Identity,
}

/// Which versions of TLS are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersions {
    All,
    /// No TLS 1.3, where a short RSA key cannot sign: for those who take any certificate.
    Tls12,
}

/// Whether a server is at the origin that the monitor names. It gets the client's certificate if it asks, and is called by
/// the name that the monitor gives it: like a credential, both are for one origin only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    Shown,
    Redacted,
}

impl ClientHello {
    /// Everything that a client can show, and no protocol to choose from.
    pub const PLAIN: Self = Self { protocols: &[], versions: TlsVersions::All, identity: Identity::Shown };
}
