//! A service behind TLS.

use std::io::Result;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::client::{Reply, converse, head};
use crate::receivers::{Authority, Receiver, Slack};

/// A client that trusts this authority, and no other.
fn post(url: &str, authority: &str, body: &str) -> Result<Reply> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).expect("PEM")).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a TLS client");
    let (host, head) = head("POST", url, &[("content-type", "application/json")], body.len());
    // The stub listens on IPv4 alone.
    let stream = TcpStream::connect(host.replace("localhost", "127.0.0.1"))?;
    converse(StreamOwned::new(connection, stream), &head, body.as_bytes())
}

#[test]
fn who_trusts_its_authority_gets_an_answer() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let slack = Receiver::start_tls(Slack::default(), &authority);
    let reply = post(&slack.url(), &authority.pem(), r#"{"text": "secret"}"#).expect("an answer");
    assert_eq!((reply.status, reply.body.as_str()), (200, "ok"));
    post(&slack.url(), &stranger.pem(), r#"{"text": "secret"}"#).expect_err("no trust");
    assert_eq!(slack.texts(), ["secret"]);
}
