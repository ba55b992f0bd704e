//! Phase three: a TLS session with a certificate that verifies.

mod expiry;
mod fault;
mod material;
mod names;
mod verifier;
mod weakness;

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::{Resumption, WantsClientCert};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::version::TLS12;
use rustls::{AlertDescription, ClientConfig, ConfigBuilder, Error, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

pub use fault::fault_of;

use self::fault::fault;
use self::material::Client;
use self::verifier::Trusted;
use super::failure;
use super::http::offer::{ConnectionOffer, Refused};
use super::http::request::Identity;
use super::said::theirs;
use super::secrets::Secrets;
use crate::monitor::{TlsPolicy, Trust};
use crate::observation::{Certificate, Fault};

/// The protocol that an `https` endpoint chose to speak.
pub const HTTP_2: &[u8] = b"h2";

const HTTP_1: &[u8] = b"http/1.1";

/// The trust of this machine (`SSL_CERT_FILE` and `SSL_CERT_DIR`, else the system's list), read when it is first
/// needed: it takes some milliseconds.
#[derive(Default)]
pub struct Tls {
    system: OnceLock<Result<Session, Error>>,
}

/// How the sessions of a monitor are made.
#[derive(Clone)]
pub struct Session {
    trusted: Trusted,
    /// With the certificate of the client, if there is one.
    shown: Arc<ClientConfig>,
    redacted: Arc<ClientConfig>,
}

impl Tls {
    /// Reads the trust of this machine if that was not done yet, so that no probe's latency holds it.
    pub fn prepare(&self) -> Result<&Session, Fault> {
        let made = self.system.get_or_init(|| Session::new(Trusted::roots(roots(), Vec::new())?, None));
        made.as_ref().map_err(unmade)
    }

    /// The sessions of a monitor that wants others than those of the machine; files are waited for with `patience`.
    pub async fn session_of(
        &self,
        policy: &TlsPolicy,
        secrets: &Secrets,
        patience: Duration,
    ) -> Result<Option<Session>, Fault> {
        if *policy == TlsPolicy::default() {
            return Ok(None);
        }
        let TlsPolicy { trust, client } = policy;
        let trusted = match trust {
            Trust::System => self.prepare()?.trusted.clone(),
            Trust::Only(pem) => material::authorities(pem, secrets, patience).await?,
            Trust::Anyone => Trusted::Anyone,
        };
        let client = client.as_ref().map(|client| Client::read(client, secrets)).transpose()?;
        Session::new(trusted, client).map(Some).map_err(|error| unmade(&error))
    }
}

impl Session {
    fn new(trusted: Trusted, client: Option<Client>) -> Result<Self, Error> {
        let redacted = config(&trusted, None)?;
        let shown = match client {
            Some(client) => config(&trusted, Some(client))?,
            None => redacted.clone(),
        };
        Ok(Self { trusted, shown, redacted })
    }

    /// Agrees on a session with `host`; with it comes the certificate that will end it first.
    pub async fn handshake(
        &self,
        tcp: TcpStream,
        host: &Host<&str>,
        identity: Identity,
        offer: ConnectionOffer,
    ) -> Result<(TlsStream<TcpStream>, Option<Certificate>), Refused> {
        let name = match *host {
            // The dot that ends an absolute name is no part of the name in a certificate.
            Host::Domain(name) => match ServerName::try_from(name.trim_end_matches('.').to_owned()) {
                Ok(name) => name,
                // Where no certificate is looked at, the name only goes into the greeting: an address leaves it out.
                Err(_) if matches!(self.trusted, Trusted::Anyone) => {
                    let peer = tcp.peer_addr().map(|address| address.ip());
                    ServerName::from(peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
                }
                Err(_) => {
                    return Err(
                        fault(format!("a host that no certificate can name: {}", theirs(name))).into()
                    );
                }
            },
            Host::Ipv4(address) => ServerName::from(IpAddr::from(address)),
            Host::Ipv6(address) => ServerName::from(IpAddr::from(address)),
        };
        let config = match identity {
            Identity::Shown => &self.shown,
            Identity::Redacted => &self.redacted,
        };
        let connector = TlsConnector::from(self.offering(config, offer)?);
        let stream = connector.connect(name, tcp).await.map_err(|error| {
            let fault = fault_of(&error)
                .unwrap_or_else(|| fault(format!("{} during the TLS handshake", failure::words(&error))));
            let takes_any = matches!(self.trusted, Trusted::Anyone);
            let instead = (takes_any && is_refusal(&error)).then_some(ConnectionOffer::Tls12);
            Refused { fault, instead }
        })?;
        let presented = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let certificate = self.trusted.first_to_expire(presented);
        Ok((stream, certificate))
    }
}

impl Session {
    /// The same, but for what is offered.
    fn offering(
        &self,
        config: &Arc<ClientConfig>,
        offer: ConnectionOffer,
    ) -> Result<Arc<ClientConfig>, Fault> {
        match offer {
            ConnectionOffer::Everything => Ok(Arc::clone(config)),
            ConnectionOffer::Http1 => {
                let mut less = ClientConfig::clone(config);
                less.alpn_protocols = vec![HTTP_1.to_vec()];
                Ok(Arc::new(less))
            }
            ConnectionOffer::SessionAlone => {
                let mut less = ClientConfig::clone(config);
                less.alpn_protocols = Vec::new();
                Ok(Arc::new(less))
            }
            ConnectionOffer::Tls12 => {
                let client = Arc::clone(&config.client_auth_cert_resolver);
                let builder = builder(&self.trusted, &[&TLS12]).map_err(|error| unmade(&error))?;
                Ok(finished(builder.with_client_cert_resolver(client)))
            }
        }
    }
}

/// Whether a server found nothing in what it was offered that it can work with.
fn is_refusal(error: &io::Error) -> bool {
    let error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    matches!(
        error,
        Some(Error::AlertReceived(
            AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity
                | AlertDescription::InternalError
        ))
    )
}

fn unmade(error: &Error) -> Fault {
    fault(format!("no TLS on this machine: {error}"))
}

/// The authorities that this machine trusts; the public ones where it has no list, as in a bare container.
fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // A certificate that does not parse costs only itself.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// TLS 1.2 and 1.3, HTTP/2 preferred as by any browser, and a full handshake each time.
fn config(trusted: &Trusted, client: Option<Client>) -> Result<Arc<ClientConfig>, Error> {
    let builder = builder(trusted, rustls::DEFAULT_VERSIONS)?;
    Ok(finished(match client {
        Some(Client { chain, key }) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    }))
}

fn builder(
    trusted: &Trusted,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(versions)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(trusted.verifier()))
}

fn finished(mut config: ClientConfig) -> Arc<ClientConfig> {
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    // A server that names a protocol which was not offered speaks HTTP/1.1 most often. OpenSSL takes it too.
    config.check_selected_alpn = false;
    config.resumption = Resumption::disabled();
    Arc::new(config)
}

#[cfg(test)]
impl Tls {
    /// Trusts only what one of `anchors` signed.
    pub fn trusting(anchors: &[rustls::pki_types::CertificateDer<'static>]) -> Self {
        let mut roots = RootCertStore::empty();
        for anchor in anchors {
            roots.add(anchor.clone()).expect("a root certificate");
        }
        let session = Trusted::roots(roots, Vec::new()).and_then(|trusted| Session::new(trusted, None));
        Self { system: OnceLock::from(session) }
    }
}
