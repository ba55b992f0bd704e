//! TLS sessions, and the two versions of HTTP inside them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::server::{answering, ok, redirecting, request, serving};
use super::{monitor, observe_with, prober, reading};
use crate::monitor::Monitor;
use crate::observation::{FaultKind, Observation};
use crate::probe::Prober;
use crate::probe::tls::Tls;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    authority_called("authority")
}

fn authority_called(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

/// A certificate for `names` that `authority` signed, until the end of the year `expires`.
fn acceptor(authority: &Authority, names: &[&str], years: (i32, i32), alpn: &[&str]) -> TlsAcceptor {
    let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.not_before = date_time_ymd(years.0, 1, 1);
    params.not_after = date_time_ymd(years.1, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate");
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

fn good(authority: &Authority, alpn: &[&str]) -> TlsAcceptor {
    acceptor(authority, &["127.0.0.1"], (2020, 2090), alpn)
}

/// A server that speaks HTTP/1.1 over TLS.
async fn secure(acceptor: TlsAcceptor) -> SocketAddr {
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

fn trusting(root: &CertificateDer<'static>) -> Prober {
    let mut prober = prober();
    prober.means.tls = Tls::trusting(root.clone());
    prober
}

async fn observe(authority: &Authority, address: SocketAddr) -> Observation {
    observe_with(&trusting(authority.der()), &reading(&format!("https://{address}/"))).await
}

#[tokio::test]
async fn an_endpoint_with_a_certificate_that_verifies_answers() {
    let authority = authority();
    let address = secure(good(&authority, &[])).await;
    let observation = observe(&authority, address).await;
    assert!(observation.phases.tls.is_some());
    assert_eq!(observation.result.expect("an answer").body.as_deref(), Some(&b"ok"[..]));
}

#[tokio::test]
async fn http_2_is_spoken_where_the_endpoint_prefers_it() {
    let authority = authority();
    let acceptor = good(&authority, &["h2", "http/1.1"]);
    let address = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.expect("a session");
            let service = service_fn(|request: http::Request<Incoming>| async move {
                let said = format!(
                    "ok {:?} {} {:?}",
                    request.version(),
                    request.uri(),
                    request.headers().get("host")
                );
                Ok::<_, std::convert::Infallible>(http::Response::new(Full::new(Bytes::from(said))))
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        }
    })
    .await;
    let answer = observe(&authority, address).await.result.expect("an answer");
    let said = format!("ok HTTP/2.0 https://{address}/ None");
    assert_eq!(answer.body.as_deref(), Some(said.as_bytes()));
}

#[tokio::test]
async fn a_probe_that_was_cut_leaves_no_connection_behind() {
    let authority = authority();
    let acceptor = good(&authority, &["h2"]);
    let ended = Arc::new(Notify::new());
    let notified = Arc::clone(&ended);
    let address = serving(move |_, stream| {
        let (acceptor, ended) = (acceptor.clone(), Arc::clone(&notified));
        async move {
            let stream = acceptor.accept(stream).await.expect("a session");
            let service = service_fn(|_: http::Request<Incoming>| {
                std::future::pending::<Result<http::Response<Full<Bytes>>, std::convert::Infallible>>()
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
            ended.notify_one();
        }
    })
    .await;
    let hasty = Monitor { timeout: Duration::from_millis(100), ..monitor(&format!("https://{address}/")) };
    let observation = observe_with(&trusting(authority.der()), &hasty).await;
    assert_eq!(observation.result.expect_err("a fault").actual, "no answer after 100ms, in the phase wait");
    timeout(Duration::from_secs(5), ended.notified()).await.expect("the connection to end");
}

#[tokio::test]
async fn http_2_heads_are_bounded_too() {
    let authority = authority();
    let acceptor = good(&authority, &["h2"]);
    let address = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.expect("a session");
            let service = service_fn(|_: http::Request<Incoming>| async {
                let answer = http::Response::builder().header("x-long", "y".repeat(40_000));
                answer.body(Full::new(Bytes::new()))
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        }
    })
    .await;
    let fault = observe(&authority, address).await.result.expect_err("a fault");
    assert_eq!(fault.kind, FaultKind::Protocol, "{fault}");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_says_why() {
    let (trusted, stranger) = (authority(), authority_called("stranger"));
    for (acceptor, actual) in [
        (acceptor(&trusted, &["127.0.0.1"], (2020, 2021), &[]), "a certificate that expired on 2021-01-01"),
        (
            acceptor(&trusted, &["127.0.0.1"], (2090, 2091), &[]),
            "a certificate that is not valid before 2090-01-01",
        ),
        (
            acceptor(&trusted, &["a.example", "b.example"], (2020, 2090), &[]),
            "a certificate for a.example, b.example",
        ),
        (good(&stranger, &[]), "a certificate from an unknown issuer"),
    ] {
        let address = secure(acceptor).await;
        let observation = observe(&trusted, address).await;
        let fault = observation.result.expect_err("a fault");
        assert_eq!((fault.kind, fault.actual.as_str()), (FaultKind::Tls, actual));
        assert_eq!(fault.expected, "a certificate that verifies");
        assert!(observation.phases.tls.is_some() && observation.phases.wait.is_none());
    }
}

#[tokio::test]
async fn what_is_not_tls_is_a_tls_fault() {
    let authority = authority();
    for (sent, actual) in [
        (ok("", b"plain"), "an answer that is not TLS"),
        (Vec::new(), "connection closed during the TLS handshake"),
    ] {
        let address = serving(move |_, mut stream| {
            let sent = sent.clone();
            async move {
                let mut hello = [0; 4096];
                drop(tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await);
                drop(stream.write_all(&sent).await);
            }
        })
        .await;
        let fault = observe(&authority, address).await.result.expect_err("a fault");
        assert_eq!((fault.kind, fault.actual.as_str()), (FaultKind::Tls, actual));
    }
}

#[tokio::test]
async fn a_redirect_may_lead_to_https_but_not_back() {
    let authority = authority();
    let secure_address = secure(good(&authority, &[])).await;
    let (plain, _) = redirecting(&format!("https://{secure_address}/")).await;
    let prober = trusting(authority.der());
    let observation = observe_with(&prober, &monitor(&format!("http://{plain}/"))).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    assert!(observation.phases.tls.is_some());

    let (target, log) = answering(ok("", b"")).await;
    let acceptor = good(&authority, &[]);
    let leaking = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a session");
            request(&mut stream).await;
            let away = super::server::redirect(302, &format!("http://{target}/"));
            drop(stream.write_all(&away).await);
        }
    })
    .await;
    let observation = observe_with(&prober, &monitor(&format!("https://{leaking}/"))).await;
    let fault = observation.result.expect_err("a fault");
    assert_eq!(fault.kind, FaultKind::Redirect);
    assert_eq!(
        fault.to_string(),
        format!("a redirect to http://{target}/, expected one that stays with https")
    );
    assert!(log.lock().expect("the log").is_empty());
}
