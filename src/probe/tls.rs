//! Phase three: a TLS session with a certificate that verifies.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::failure;
use crate::observation::{Fault, FaultKind};

/// The protocol that an `https` endpoint chose to speak.
pub const HTTP_2: &[u8] = b"h2";

/// The trust of this box (`SSL_CERT_FILE` and `SSL_CERT_DIR`, else the system's list), read when it is first
/// needed: it takes some milliseconds.
#[derive(Default)]
pub struct Tls {
    made: OnceLock<Result<TlsConnector, Error>>,
}

impl Tls {
    /// Reads the trust of this box if that was not done yet, so that no probe's latency holds it.
    pub fn prepare(&self) -> Result<&TlsConnector, Fault> {
        let made = self.made.get_or_init(|| connector(roots()));
        made.as_ref().map_err(|error| fault(format!("no TLS on this box: {error}")))
    }

    pub async fn handshake(&self, tcp: TcpStream, host: &Host<&str>) -> Result<TlsStream<TcpStream>, Fault> {
        let name = match *host {
            // The dot that ends an absolute name is no part of the name in a certificate.
            Host::Domain(name) => ServerName::try_from(name.trim_end_matches('.').to_owned())
                .map_err(|_| fault(format!("a host that no certificate can name: {name}")))?,
            Host::Ipv4(address) => ServerName::from(IpAddr::from(address)),
            Host::Ipv6(address) => ServerName::from(IpAddr::from(address)),
        };
        let session = self.prepare()?.connect(name, tcp).await;
        session.map_err(|error| {
            fault_of(&error)
                .unwrap_or_else(|| fault(format!("{} during the TLS handshake", failure::words(&error))))
        })
    }
}

/// The fault behind `error`, if it is TLS that failed and not the connection below.
///
/// A server may also refuse a client after the handshake, when it misses the client's certificate.
pub fn fault_of(error: &io::Error) -> Option<Fault> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(match error {
        Error::InvalidCertificate(reason) => {
            Fault::new(FaultKind::Tls, unverified(reason), "a certificate that verifies")
        }
        Error::AlertReceived(alert) => fault(format!("the TLS alert {alert:?} from the server")),
        Error::InvalidMessage(_) => fault("an answer that is not TLS"),
        Error::PeerIncompatible(_) => fault("a server without a TLS version or cipher of today"),
        other => fault(format!("a broken TLS handshake: {other}")),
    })
}

fn fault(actual: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Tls, actual, "a TLS session")
}

fn unverified(reason: &CertificateError) -> String {
    match reason {
        CertificateError::Expired => "an expired certificate".to_owned(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("a certificate that expired on {}", day(*not_after))
        }
        CertificateError::NotValidYet => "a certificate that is not valid yet".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("a certificate that is not valid before {}", day(*not_before))
        }
        CertificateError::NotValidForName => "a certificate for another host".to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "a certificate without a host".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            // rustls writes each as `DnsName("a.example")`.
            let names: Vec<_> = presented.iter().map(|name| name.split('"').nth(1).unwrap_or(name)).collect();
            format!("a certificate for {}", names.join(", "))
        }
        CertificateError::UnknownIssuer => "a certificate from an unknown issuer".to_owned(),
        CertificateError::Revoked => "a revoked certificate".to_owned(),
        CertificateError::BadSignature => "a certificate with a wrong signature".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "a certificate that is not for servers".to_owned()
        }
        other => format!("an unusable certificate: {other}"),
    }
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let date = Timestamp::from_second(seconds).map(|time| time.to_zoned(TimeZone::UTC).date());
    date.map_or_else(|_| "a day out of range".to_owned(), |date| date.to_string())
}

/// The authorities that this box trusts; the public ones where it has no list, as in a bare container.
fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // A certificate that does not parse costs only itself.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

/// TLS 1.2 and 1.3, HTTP/2 preferred as by any browser, and a full handshake each time.
fn connector(roots: RootCertStore) -> Result<TlsConnector, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
impl Tls {
    /// Trusts only what `root` signed.
    pub fn trusting(root: rustls::pki_types::CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(root).expect("a root certificate");
        Self { made: OnceLock::from(connector(roots)) }
    }
}
