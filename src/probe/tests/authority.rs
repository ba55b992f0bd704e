//! Authorities, the certificates that they sign, and servers that show these.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SigningKey, date_time_ymd,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::server::{ok, request, serving};
use super::{observe_with, prober, reading};
use crate::net::SystemTls;
use crate::observation::Observation;
use crate::probe::Prober;

pub type Authority = CertifiedIssuer<'static, KeyPair>;

/// The certificates that a server shows, its own first, and its key.
pub struct Shown {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: KeyPair,
}

pub fn authority() -> Authority {
    authority_called("authority")
}

pub fn authority_called(name: &str) -> Authority {
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(for_authority(name, (2020, 2090)), key).expect("a certificate")
}

/// What the certificate of an authority says, which is valid from the first year to the second.
pub fn for_authority(name: &str, years: (i32, i32)) -> CertificateParams {
    let mut params = for_hosts(&[], years);
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub fn for_hosts(names: &[&str], years: (i32, i32)) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    params
}

/// A certificate for `names` that `authority` signed.
pub fn signed<S: SigningKey>(authority: &rcgen::Issuer<'_, S>, names: &[&str], years: (i32, i32)) -> Shown {
    let key = KeyPair::generate().expect("a key");
    let certificate = for_hosts(names, years).signed_by(&key, authority).expect("a certificate");
    Shown { chain: vec![certificate.der().clone()], key }
}

/// A certificate that a server signed for itself.
pub fn self_signed(params: &CertificateParams) -> Shown {
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    Shown { chain: vec![certificate.der().clone()], key }
}

pub fn good(authority: &Authority, alpn: &[&str]) -> TlsAcceptor {
    acceptor(signed(authority, &["127.0.0.1"], (2020, 2090)), alpn)
}

pub fn acceptor(shown: Shown, alpn: &[&str]) -> TlsAcceptor {
    made(shown, alpn, rustls::ALL_VERSIONS, None)
}

/// A server that talks only to who shows a certificate of `authority`.
pub fn asking(
    shown: Shown,
    version: &'static SupportedProtocolVersion,
    authority: &Authority,
) -> TlsAcceptor {
    made(shown, &[], &[version], Some(authority))
}

/// A server that speaks no other version of TLS.
pub fn of_version(shown: Shown, version: &'static SupportedProtocolVersion) -> TlsAcceptor {
    made(shown, &[], &[version], None)
}

fn made(
    shown: Shown,
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
    clients: Option<&Authority>,
) -> TlsAcceptor {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .expect("versions");
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.der().clone()).expect("a root certificate");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let key = PrivateKeyDer::try_from(shown.key.serialize_der()).expect("a key");
    let mut config = builder.with_single_cert(shown.chain, key).expect("a certificate");
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A server that speaks HTTP/1.1 over TLS.
pub async fn secure(acceptor: TlsAcceptor) -> SocketAddr {
    serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            request(&mut stream).await;
            drop(stream.write_all(&ok("", b"ok")).await);
            drop(stream.shutdown().await);
        }
    })
    .await
}

/// A prober on a machine that trusts `root`.
pub fn trusting(root: &Authority) -> Prober {
    let mut prober = prober();
    prober.net.tls = SystemTls::trusting(&[root.der().clone()]);
    prober
}

pub async fn observe(authority: &Authority, address: SocketAddr) -> Observation {
    observe_with(&trusting(authority), &reading(&format!("https://{address}/"))).await
}
