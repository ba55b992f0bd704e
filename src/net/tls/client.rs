//! How a session is made: whom it trusts, and as whom the client shows itself.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::{Resumption, WantsClientCert};
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{AlertDescription, ClientConfig, ConfigBuilder, Error, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::fault::{fault, fault_of, too_old};
use super::hello::{ClientHello, Identity, TlsVersions};
use super::material::{self, ClientCredentials, Fill};
use super::verifier::{Trusted, provider};
use crate::monitor::{TlsPolicy, TlsVersion, Trust};
use crate::net::failure;
use crate::net::foreign;
use crate::net::refused::Refused;
use crate::observation::{Certificate, Fault, Transport};

/// The trust of this machine (`SSL_CERT_FILE` and `SSL_CERT_DIR`, else the system's list), read when it is first
/// needed: it takes some milliseconds.
#[derive(Default)]
pub struct SystemTls {
    system: OnceLock<Result<TlsClient, Error>>,
}

/// How the sessions of a monitor are made.
#[derive(Clone)]
pub struct TlsClient {
    trusted: Trusted,
    min: TlsVersion,
    /// Whom the server at the origin of the URL must be; `None` for the host that is connected to.
    server_name: Option<Host<String>>,
    /// With the certificate of the client, if there is one.
    shown: Arc<ClientConfig>,
    redacted: Arc<ClientConfig>,
}

impl SystemTls {
    /// Reads the trust of this machine if that was not done yet, so that no probe's latency holds it.
    pub fn prepare(&self) -> Result<&TlsClient, Fault> {
        let made = self
            .system
            .get_or_init(|| TlsClient::new(Trusted::roots(roots(), Vec::new())?, None, TlsVersion::V12));
        made.as_ref().map_err(unmade)
    }

    /// The same for a client that makes its sessions itself.
    pub fn config(&self) -> Result<ClientConfig, Fault> {
        Ok(self.prepare()?.redacted.as_ref().clone())
    }

    /// The sessions of a monitor that wants others than those of the machine; files are waited for with `patience`.
    pub async fn client_of(
        &self,
        policy: &TlsPolicy,
        fill: Fill<'_>,
        patience: Duration,
    ) -> Result<Option<TlsClient>, Fault> {
        if *policy == TlsPolicy::default() {
            return Ok(None);
        }
        let TlsPolicy { trust, client, server_name, min } = policy;
        let trusted = match trust {
            Trust::System => self.prepare()?.trusted.clone(),
            Trust::Only(pem) => material::authorities(pem, fill, patience).await?,
            Trust::Anyone => Trusted::Anyone,
        };
        let client = match client {
            Some(client) => Some(ClientCredentials::read(client, fill, patience).await?),
            None => None,
        };
        let made = TlsClient::new(trusted, client, *min).map_err(|error| unmade(&error))?;
        let server_name = server_name.as_ref().map(|name| match name.parse() {
            Ok(IpAddr::V4(address)) => Host::Ipv4(address),
            Ok(IpAddr::V6(address)) => Host::Ipv6(address),
            Err(_) => Host::Domain(name.clone()),
        });
        Ok(Some(TlsClient { server_name, ..made }))
    }
}

impl TlsClient {
    fn new(trusted: Trusted, client: Option<ClientCredentials>, min: TlsVersion) -> Result<Self, Error> {
        let redacted = config(&trusted, None, min)?;
        let shown = match client {
            Some(client) => config(&trusted, Some(client), min)?,
            None => redacted.clone(),
        };
        Ok(Self { trusted, min, server_name: None, shown, redacted })
    }

    /// Agrees on a session with `host`; with it comes the certificate that will end it first.
    pub async fn handshake(
        &self,
        tcp: TcpStream,
        host: &Host<&str>,
        hello: ClientHello,
    ) -> Result<(TlsStream<TcpStream>, Option<Certificate>), Refused<TlsVersions>> {
        let own = match hello.identity {
            Identity::Shown => self.server_name.as_ref(),
            // Of another origin: it has a name of its own.
            Identity::Redacted => None,
        };
        let own = own.map(|name| match name {
            Host::Domain(name) => Host::Domain(name.as_str()),
            Host::Ipv4(address) => Host::Ipv4(*address),
            Host::Ipv6(address) => Host::Ipv6(*address),
        });
        let name = match own.unwrap_or_else(|| host.clone()) {
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
                        fault(format!("a host that no certificate can name: {}", foreign(name))).into()
                    );
                }
            },
            Host::Ipv4(address) => ServerName::from(IpAddr::from(address)),
            Host::Ipv6(address) => ServerName::from(IpAddr::from(address)),
        };
        let connector = TlsConnector::from(self.offering(hello)?);
        let stream = connector.connect(name, tcp).await.map_err(|error| {
            let too_old = (self.min > TlsVersion::V12).then(|| too_old(&error, self.min)).flatten();
            let fault = too_old
                .or_else(|| fault_of(&error))
                .unwrap_or_else(|| fault(format!("{} during the TLS handshake", failure::words(&error))));
            let takes_any = matches!(self.trusted, Trusted::Anyone) && self.min == TlsVersion::V12;
            let instead = (takes_any && is_refusal(&error)).then_some(TlsVersions::Tls12);
            Refused { fault, instead }
        })?;
        let presented = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let certificate = self.trusted.first_to_expire(presented);
        Ok((stream, certificate))
    }

    fn offering(&self, hello: ClientHello) -> Result<Arc<ClientConfig>, Fault> {
        let ClientHello { protocols, versions, identity } = hello;
        let config = match identity {
            Identity::Shown => &self.shown,
            Identity::Redacted => &self.redacted,
        };
        let mut config = match versions {
            TlsVersions::All => ClientConfig::clone(config),
            TlsVersions::Tls12 => {
                let client = Arc::clone(&config.client_auth_cert_resolver);
                let builder = builder(&self.trusted, &[&TLS12]).map_err(|error| unmade(&error))?;
                finished(builder.with_client_cert_resolver(client))
            }
        };
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Arc::new(config))
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

/// Of a client that trusts nothing but the authorities in `pem`.
pub fn config_trusting(pem: &str) -> Result<ClientConfig, Fault> {
    let trusted = material::trusted(pem.as_bytes(), "`ca`", Transport::Tls)?;
    config(&trusted, None, TlsVersion::V12)
        .map(|config| config.as_ref().clone())
        .map_err(|error| unmade(&error))
}

/// TLS 1.3 and no older version than `min`, and a full handshake each time.
fn config(
    trusted: &Trusted,
    client: Option<ClientCredentials>,
    min: TlsVersion,
) -> Result<Arc<ClientConfig>, Error> {
    let versions: &[_] = match min {
        TlsVersion::V12 => rustls::DEFAULT_VERSIONS,
        TlsVersion::V13 => &[&TLS13],
    };
    let builder = builder(trusted, versions)?;
    Ok(Arc::new(finished(match client {
        Some(ClientCredentials { chain, key }) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    })))
}

fn builder(
    trusted: &Trusted,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(versions)?;
    Ok(builder.dangerous().with_custom_certificate_verifier(trusted.verifier()))
}

fn finished(mut config: ClientConfig) -> ClientConfig {
    // A server may name a protocol which was not offered. OpenSSL takes it too.
    config.check_selected_alpn = false;
    config.resumption = Resumption::disabled();
    config
}

#[cfg(test)]
impl SystemTls {
    /// Trusts only what one of `anchors` signed.
    pub fn trusting(anchors: &[rustls::pki_types::CertificateDer<'static>]) -> Self {
        let mut roots = RootCertStore::empty();
        for anchor in anchors {
            roots.add(anchor.clone()).expect("a root certificate");
        }
        let session = Trusted::roots(roots, Vec::new())
            .and_then(|trusted| TlsClient::new(trusted, None, TlsVersion::V12));
        Self { system: OnceLock::from(session) }
    }
}
