//! Probes through a proxy that the machine offers, and those that it does not.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use super::authority::{authority, good, secure, trusting};
use super::server::{Log, answering, ok, redirecting, request, serving};
use super::{http, monitor, observe_with, prober, reading, template};
use crate::monitor::{Monitor, Offer, Permits};
use crate::net::AddressPolicy;
use crate::observation::{FaultKind, Transport};
use crate::probe::{Limits, Prober, Secrets};

/// A proxy that makes every tunnel to `target`, with what it was asked.
async fn tunnelling(target: SocketAddr) -> (SocketAddr, Log) {
    let log = Log::default();
    let kept = Log::clone(&log);
    let address = serving(move |_, mut stream| {
        let log = Log::clone(&kept);
        async move {
            let asked = request(&mut stream).await;
            log.lock().expect("the log").push(asked);
            drop(stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await);
            let mut there = TcpStream::connect(target).await.expect("the target");
            drop(copy_bidirectional(&mut stream, &mut there).await);
        }
    });
    (address.await, log)
}

fn through(mut monitor: Monitor, proxy: &str) -> Monitor {
    monitor.request().proxy = Some(template(proxy));
    monitor
}

fn offering(prober: Prober, proxy: SocketAddr) -> Prober {
    prober.permitting(Permits::parse(None, None, Some(&format!("http://{proxy}")), None).expect("a proxy"))
}

#[tokio::test]
async fn an_https_url_is_asked_through_a_tunnel_and_its_certificate_is_verified() {
    let root = authority();
    let server = secure(good(&root, &[])).await;
    let (proxy, log) = tunnelling(server).await;
    // `me:p-s3cr/t value`, once it is no part of a URL any more.
    let secrets = |name: &str| Some(format!("http://me:pw%2F{}@{proxy}", name.to_lowercase()));
    let asked = through(reading(&format!("https://127.0.0.1:{}/", server.port())), "${env:PROXY}");
    let secrets = Secrets::resolve([&asked], &Offer::everything(), secrets, |_| None);
    let prober = offering(trusting(&root), proxy);
    let observation = super::observe_knowing(&prober, &asked, &secrets).await;
    assert!(observation.phases.get("proxy").is_some(), "{observation:?}");
    assert_eq!(http(observation.result.expect("an answer")).body.as_deref(), Some(&b"ok"[..]));
    let asked = log.lock().expect("the log")[0].clone();
    let place = format!("127.0.0.1:{}", server.port());
    // `me:pw/proxy`
    let credential = "proxy-authorization: Basic bWU6cHcvcHJveHk=";
    assert_eq!(asked, format!("CONNECT {place} HTTP/1.1\r\nhost: {place}\r\n{credential}\r\n\r\n"));
    // The proxy cannot take the place of the server.
    let other = secure(good(&authority(), &[])).await;
    let (proxy, _) = tunnelling(other).await;
    let asked = through(monitor("https://127.0.0.1:1/"), &format!("http://{proxy}"));
    let fault = observe_with(&offering(trusting(&root), proxy), &asked).await.result.expect_err("another");
    assert_eq!(fault.kind, Transport::Tls.into());
}

#[tokio::test]
async fn a_proxy_resolves_an_http_url_and_gets_it_whole() {
    let (proxy, log) = answering(ok("", b"ok")).await;
    let asked = through(reading("http://nowhere.invalid:81/x?y"), &format!("http://{proxy}"));
    let observation = observe_with(&offering(prober(), proxy), &asked).await;
    assert_eq!(http(observation.result.expect("an answer")).status, 200);
    let asked = log.lock().expect("the log")[0].clone();
    assert!(
        asked.starts_with("GET http://nowhere.invalid:81/x?y HTTP/1.1\r\nhost: nowhere.invalid:81\r\n"),
        "{asked}"
    );
}

// P12: the author of a file chooses neither a route out of the network nor what a proxy reaches for him.
#[tokio::test]
async fn a_proxy_that_the_machine_does_not_offer_and_a_forbidden_target_are_not_asked() {
    let (proxy, log) = redirecting("http://169.254.169.254/latest").await;
    let url = format!("http://{proxy}");
    let fault = observe_with(&prober(), &through(monitor("http://a.example/"), &url)).await;
    let fault = fault.result.expect_err("not offered");
    let words = format!("the proxy {proxy} is not offered by this machine: add it to MONITORCTL_PROXIES");
    assert_eq!((fault.kind, fault.actual), (FaultKind::Prober, words));
    assert_eq!(log.lock().expect("the log").len(), 0);
    let many = std::num::NonZeroUsize::new(8).expect("more than none");
    let strict = || Prober::new(AddressPolicy::new(Vec::new()), Limits { total: many, per_host: many });
    for target in [
        "http://169.254.169.254/",
        "https://[::ffff:169.254.169.254]/",
        "http://10.0.0.1/",
        "http://localhost:1/",
    ] {
        let fault = observe_with(&offering(strict(), proxy), &through(monitor(target), &url)).await;
        assert_eq!(fault.result.expect_err("forbidden").kind, Transport::Blocked.into(), "{target}");
    }
    assert_eq!(log.lock().expect("the log").len(), 0);
    // Where a redirect leads is looked at in the same way.
    let asked = through(monitor("http://a.example/"), &url);
    let fault = observe_with(&offering(strict(), proxy), &asked).await.result.expect_err("forbidden");
    assert_eq!(fault.kind, Transport::Blocked.into());
    assert_eq!(log.lock().expect("the log").len(), 1);
}

#[tokio::test]
async fn a_proxy_that_refuses_or_babbles_says_nothing_about_the_endpoint() {
    for (answer, kind, words) in [
        (
            &b"HTTP/1.1 407 Who are you\r\n\r\n"[..],
            FaultKind::Prober,
            "answered HTTP 407 to CONNECT 127.0.0.1:1",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\nhello", FaultKind::Prober, "sent bytes into the tunnel"),
        (b"SSH-2.0-x\r\n", FaultKind::Prober, "gave no tunnel: an answer that is not HTTP"),
        // It looked for the endpoint and did not reach it.
        (b"HTTP/1.1 503 No\r\n\r\n", Transport::Connect.into(), "answered HTTP 503 to CONNECT 127.0.0.1:1"),
    ] {
        let (proxy, _) = answering(answer).await;
        let asked = through(monitor("https://127.0.0.1:1/"), &format!("http://{proxy}"));
        let fault = observe_with(&offering(prober(), proxy), &asked).await.result.expect_err("no tunnel");
        assert_eq!((fault.kind, fault.actual), (kind, format!("the proxy {proxy} {words}")));
    }
}

#[tokio::test]
async fn a_407_is_never_an_answer_of_the_endpoint_behind_a_proxy() {
    let refusal = "HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n";
    let (address, _) = answering(refusal).await;
    let asked = monitor(&format!("http://{address}/"));
    assert_eq!(http(observe_with(&prober(), &asked).await.result.expect("an answer")).status, 407);
    let asked = through(monitor("http://nowhere.invalid/"), &format!("http://{address}"));
    let fault = observe_with(&offering(prober(), address), &asked).await.result.expect_err("refused");
    assert_eq!(
        (fault.kind, fault.actual),
        (FaultKind::Prober, format!("the proxy {address} answered HTTP 407"))
    );
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_says_nothing_about_the_endpoint() {
    let closed = SocketAddr::from(([127, 0, 0, 1], 1));
    // Its queue is full, so it answers no one.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
    let full = socket.listen(0).expect("it listens");
    let full = (full.local_addr().expect("bound"), full);
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(100), TcpStream::connect(full.0)).await {
        waiting.push(stream);
    }
    for (proxy, words) in [
        (closed, "the proxy 127.0.0.1:1 cannot be reached: connection refused by 127.0.0.1:1".to_owned()),
        (full.0, format!("no connection to the proxy {} after 200ms, in the phase connect", full.0)),
    ] {
        for target in ["http://nowhere.invalid/", "https://nowhere.invalid/"] {
            let asked = through(monitor(target), &format!("http://{proxy}"));
            let asked = Monitor { timeout: Duration::from_millis(200), ..asked };
            let fault = observe_with(&offering(prober(), proxy), &asked).await.result.expect_err("no proxy");
            assert_eq!((fault.kind, &fault.actual), (FaultKind::Prober, &words));
        }
    }
}

// P10: an origin behind a proxy may repeat what the proxy passed on, decoded.
#[tokio::test]
async fn the_password_of_a_proxy_is_hidden_in_every_form() {
    let (proxy, _) = answering(ok("", b"")).await;
    let asked = through(monitor("http://nowhere.invalid/"), "${env:PROXY}");
    let value = |_: &str| Some(format!("http://me:p%40ss%2Fw0rd@{proxy}\n"));
    let secrets = Secrets::resolve([&asked], &Offer::everything(), value, |_| None);
    let observation = super::observe_knowing(&offering(prober(), proxy), &asked, &secrets).await;
    observation.result.expect("an answer");
    let other = Monitor::sample("other", "http://b.example/");
    // The last one is `me:p@ss/w0rd`.
    for form in ["p@ss/w0rd", "me:p@ss/w0rd", "Basic bWU6cEBzcy93MHJk"] {
        for monitor in [&asked, &other] {
            let said = secrets.quoter(monitor).quote(&format!("you are {form}!"), 200);
            assert!(
                said.contains("${env:PROXY}") && !said.contains("w0rd") && !said.contains("93MHJk"),
                "{said}"
            );
        }
    }
}

// P10: with an unescaped `#`, a part of the password is a port.
#[tokio::test]
async fn a_proxy_is_named_as_it_is_written() {
    let asked = through(monitor("http://nowhere.invalid/"), "${env:PROXY}");
    let value = |_: &str| Some("http://mon:8842#secret@proxy.internal:3128".to_owned());
    let secrets = Secrets::resolve([&asked], &Offer::everything(), value, |_| None);
    let fault = super::observe_knowing(&prober(), &asked, &secrets).await.result.expect_err("not offered");
    let words = "the proxy ${env:PROXY} is not offered by this machine: add it to MONITORCTL_PROXIES";
    assert_eq!((fault.kind, fault.actual.as_str()), (FaultKind::Prober, words));
}
