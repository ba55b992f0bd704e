//! Whom a monitor trusts in TLS, and as whom it shows itself.

use super::Template;
use crate::kinds::TlsVersion;

/// What a monitor says about TLS; with nothing said, the machine decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsPolicy {
    pub trust: Trust,
    pub client: Option<ClientIdentity>,
    /// Whom the certificate must name at the origin of the URL; `None` for the host of the URL.
    pub server_name: Option<String>,
    /// No older version is spoken.
    pub min: TlsVersion,
}

/// Whose certificates are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// Those that the authorities of the machine signed.
    #[default]
    System,
    /// Only those that these authorities signed, and these certificates themselves.
    Only(Pem),
    /// Any, without a look.
    Anyone,
}

/// Where certificates, or a key, are to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pem {
    /// An absolute path on the machine that runs `check`.
    File(String),
    /// References to what holds them.
    Secret(Template),
}

/// The certificate that is shown to a server which asks for one, with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    pub certificate: Pem,
    pub key: Pem,
}

impl TlsPolicy {
    /// The texts that may refer to secrets.
    pub fn templates(&self) -> impl Iterator<Item = &Template> {
        self.pems().filter_map(|pem| match pem {
            Pem::Secret(template) => Some(template),
            Pem::File(_) => None,
        })
    }

    /// The files of the machine that are read.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.pems().filter_map(|pem| match pem {
            Pem::File(path) => Some(path.as_str()),
            Pem::Secret(_) => None,
        })
    }

    fn pems(&self) -> impl Iterator<Item = &Pem> {
        let Self { trust, client, server_name: _, min: _ } = self;
        let authorities = match trust {
            Trust::Only(pem) => Some(pem),
            Trust::System | Trust::Anyone => None,
        };
        let client = client.iter().flat_map(|ClientIdentity { certificate, key }| [certificate, key]);
        authorities.into_iter().chain(client)
    }
}
