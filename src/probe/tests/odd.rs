//! Certificates as the field has them: old, short, or with unknown words in them.

use std::sync::Arc;

use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio_rustls::TlsAcceptor;

use super::authority::{for_hosts, secure, self_signed};
use super::http;
use super::{observe_with, prober, reading};
use crate::monitor::{Monitor, Pem, TlsPolicy, Trust};
use crate::net::SystemTls;
use crate::observation::{Observation, Transport};

macro_rules! certificate {
    ($name:literal) => {
        read(include_bytes!(concat!("../../../tests/data/certificates/", $name, ".pem")))
    };
}

fn read(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).expect("a certificate")
}

/// Shows certificates without a look at them, which rustls does not do by itself.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A server that shows `chain`, and signs with a key of its own.
fn showing(
    chain: Vec<CertificateDer<'static>>,
    version: &'static rustls::SupportedProtocolVersion,
) -> TlsAcceptor {
    let provider = aws_lc_rs::default_provider();
    let key = KeyPair::generate().expect("a key").serialize_der();
    let key = provider.key_provider.load_private_key(PrivateKeyDer::try_from(key).expect("a key"));
    let shows = Shows(Arc::new(CertifiedKey::new(chain, key.expect("a key"))));
    let builder = ServerConfig::builder_with_provider(Arc::new(provider));
    let builder = builder.with_protocol_versions(&[version]).expect("versions");
    TlsAcceptor::from(Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(shows))))
}

async fn observe(acceptor: TlsAcceptor, trust: Trust) -> Observation {
    let mut prober = prober();
    prober.net.tls = SystemTls::trusting(&[certificate!("root")]);
    let address = secure(acceptor).await;
    let tls = TlsPolicy { trust, ..TlsPolicy::default() };
    observe_with(&prober, &Monitor { tls, ..reading(&format!("https://{address}/")) }).await
}

// A certificate that is trusted itself is the server's own, not an issuing one.
#[tokio::test]
async fn a_certificate_of_version_1_that_is_trusted_itself_names_the_true_reason() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/certificates/version_1.pem");
    let trust = Trust::Only(Pem::File(file.to_owned()));
    let fault =
        observe(showing(vec![certificate!("version_1")], &TLS12), trust).await.result.expect_err("a fault");
    assert_eq!(
        fault.actual,
        "the certificate is an X.509 v1 certificate, which names no hosts; v3 is required"
    );
}

fn odd() -> Vec<(&'static str, Vec<CertificateDer<'static>>, &'static str)> {
    vec![
        (
            "version 1",
            vec![certificate!("version_1")],
            "the certificate is an X.509 v1 certificate, which names no hosts; v3 is required",
        ),
        (
            "RSA 1024",
            vec![certificate!("rsa_1024")],
            "the certificate has an RSA key of 1024 bits; at least 2048 are required",
        ),
        ("SHA-1", vec![certificate!("sha_1")], "the certificate is signed with SHA-1, which can be forged"),
        ("critical", vec![certificate!("critical")], "the certificate has an unknown critical extension"),
        (
            "authority",
            vec![certificate!("authority")],
            "the certificate belongs to an authority, not to a server",
        ),
        ("usage", vec![certificate!("usage")], "the certificate is not for servers"),
        (
            "below weak",
            vec![certificate!("below_weak"), certificate!("weak_issuer")],
            "the issuing certificate Weak CA has an RSA key of 1024 bits; at least 2048 are required",
        ),
    ]
}

// Trap 29: X.509 v1 with verification off.
#[tokio::test]
async fn with_insecure_any_certificate_is_taken_however_odd() {
    let expired = self_signed(&for_hosts(&["a.example"], (2020, 2021))).chain;
    let garbage = vec![CertificateDer::from(b"no certificate at all".to_vec())];
    let more = [("expired", expired, ""), ("garbage", garbage, "")];
    for (name, chain, _) in odd().into_iter().chain(more) {
        for version in [&TLS12, &TLS13] {
            let observation = observe(showing(chain.clone(), version), Trust::Anyone).await;
            let answer =
                http(observation.result.unwrap_or_else(|fault| panic!("{name} {version:?}: {fault}")));
            assert_eq!(answer.body.as_deref(), Some(&b"ok"[..]), "{name}");
        }
    }
}

#[tokio::test]
async fn a_certificate_that_is_unfit_says_what_is_wrong_with_it() {
    for (name, chain, words) in odd() {
        for version in [&TLS12, &TLS13] {
            let observation = observe(showing(chain.clone(), version), Trust::System).await;
            let fault = observation.result.expect_err(name);
            assert_eq!(
                (fault.kind, fault.actual.as_str()),
                (Transport::Tls.into(), words),
                "{name} {version:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_without_the_key_of_its_certificate_is_said_to_be_one() {
    let authority = super::authority::authority();
    let shown = super::authority::signed(&authority, &["127.0.0.1"], (2020, 2090));
    let address = secure(showing(shown.chain, &TLS13)).await;
    let fault = super::authority::observe(&authority, address).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "the server did not prove that the certificate is its own");
}

/// Each part of a name: the greeting leaves out what TLS cannot carry.
#[tokio::test]
async fn with_insecure_a_host_that_no_certificate_can_name_is_talked_to() {
    let address = secure(showing(vec![certificate!("rsa_1024")], &TLS13)).await;
    let hosts = "127.0.0.1 my_service -begins.example ends-.example";
    let mut prober = prober();
    prober.net.resolver = crate::net::Resolver::default().with_hosts(hosts);
    for host in ["my_service", "my_service.", "-begins.example", "ends-.example"] {
        let tls = TlsPolicy { trust: Trust::Anyone, ..TlsPolicy::default() };
        let url = format!("https://{host}:{}/", address.port());
        let observation = observe_with(&prober, &Monitor { tls, ..reading(&url) }).await;
        assert!(observation.result.is_ok(), "{host}: {observation:?}");
    }
}
