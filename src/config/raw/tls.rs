//! `tls:` as it is written, without rules.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::raw::text_forms::{PemText, ServerNameText};
use crate::kinds::TlsVersion;

/// Trusted certificates and the client certificate.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTls {
    /// Certificates to trust instead of the authorities of the machine: an absolute path to a PEM file on the machine
    /// that runs check, or a reference to a secret. They may include a server's own certificate.
    pub ca: Option<PemText>,

    /// Client certificate: an absolute path to a PEM file on the machine, or a reference. The probe shows it only to the
    /// origin of url.
    pub client_certificate: Option<PemText>,

    /// Key of the client certificate: an absolute path to a PEM file on the machine, or a reference.
    pub client_key: Option<PemText>,

    /// Name that the client asks for and that the certificate must be for, if it is not the host of url. Another origin, to
    /// which a redirect leads, is asked for its own.
    #[schemars(example = &"shop.example.com")]
    pub server_name: Option<ServerNameText>,

    /// Minimum version of TLS. A probe offers no older one. monitorctl never speaks TLS 1.0 or 1.1.
    #[schemars(extend("default" = "1.2"))]
    pub min: Option<TlsVersion>,

    /// With true the probe accepts any certificate, so an impostor could receive secrets in headers.
    #[schemars(extend("default" = false))]
    pub insecure: Option<bool>,
}
