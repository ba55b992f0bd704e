//! Servers that refuse what they are offered, and take less.

use std::sync::{Arc, Mutex};

use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::authority::{Authority, authority, good, of_version, secure, signed, trusting};
use super::http;
use super::server::{answering, ok, request, serving};
use super::{monitor, observe, observe_with, reading};
use crate::kinds::Dialog;
use crate::kinds::http::Request;
use crate::kinds::tls::SessionRule;
use crate::kinds::{Ask, Evidence, HttpVersion, KindName, Scrutiny, TlsVersion};
use crate::monitor::{Monitor, TlsPolicy, Trust};
use crate::observation::{Observation, Transport};

/// The settings of a server of HTTP/2, and its yes to those of the client.
const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0";
/// `:status: 200`, and the body `ok`.
const ANSWER: &[u8] = b"\0\0\x01\x01\x04\0\0\0\x01\x88\0\0\x02\0\x01\0\0\0\x01ok";

/// A frame that ends the stream with a code of RFC 9113.
fn reset(code: u8) -> Vec<u8> {
    vec![0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, code]
}

/// A frame that says goodbye; no stream was looked at.
fn goodbye(code: u8) -> Vec<u8> {
    vec![0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, code]
}

#[tokio::test]
async fn the_version_of_an_answer_is_the_one_that_the_server_spoke() {
    let root = authority();
    let (url, _) = of_both_versions(&root, vec![ANSWER.to_vec()]).await;
    let version = |observation: Observation| http(observation.result.expect("an answer")).version;
    assert_eq!(version(observe_with(&trusting(&root), &reading(&url)).await), HttpVersion::V2);
    for (line, expected) in [("HTTP/1.1", HttpVersion::V11), ("http/1.0", HttpVersion::V10)] {
        let (address, _) = answering(format!("{line} 200 OK\r\ncontent-length: 2\r\n\r\nok")).await;
        let observation = observe(&monitor(&format!("http://{address}/"))).await;
        assert_eq!(version(observation), expected);
    }
}

#[tokio::test]
async fn a_server_without_the_minimum_version_of_tls_is_never_asked_in_an_older_one() {
    let root = authority();
    let strict = |trust| TlsPolicy { trust, min: TlsVersion::V13, ..TlsPolicy::default() };
    let shown = || signed(&root, &["127.0.0.1"], (2020, 2090));
    for trust in [Trust::System, Trust::Anyone] {
        for scheme in ["https", "tls", "wss", "grpcs"] {
            let address = secure(of_version(shown(), &TLS12)).await;
            let url = format!("{scheme}://{address}");
            let ask = KindName::of_url(&url).nothing().build(Scrutiny::Stored, &mut Vec::new()).ask;
            let monitor = Monitor { tls: strict(trust.clone()), ask, ..monitor(&url) };
            let fault = observe_with(&trusting(&root), &monitor).await.result.expect_err("too old");
            assert_eq!(fault.kind, Transport::Tls.into());
            let words = "the server does not speak TLS 1.3, expected at least TLS 1.3 (`tls.min`)";
            assert_eq!(fault.to_string(), words, "{scheme}");
        }
        let address = secure(of_version(shown(), &TLS13)).await;
        let monitor = Monitor { tls: strict(trust.clone()), ..monitor(&format!("https://{address}/")) };
        assert!(observe_with(&trusting(&root), &monitor).await.result.is_ok());
        // One that gives up without a word about versions is not asked again, as it is where any version will do.
        let check = ("https", "", Ask::Http(Request::get()));
        let (observation, connections) = of_tls_12_at_second_sight(&root, strict(trust), check).await;
        assert!(observation.result.is_err() && connections == 1, "{observation:?}");
    }
}

/// A server of both versions of HTTP. Its nth connection of HTTP/2 gets the nth of `frames`, HTTP/1.1 gets an answer. With
/// it come the protocols of its connections.
async fn of_both_versions(root: &Authority, frames: Vec<Vec<u8>>) -> (String, Arc<Mutex<Vec<String>>>) {
    let (acceptor, log) = (good(root, &["h2", "http/1.1"]), Arc::<Mutex<Vec<String>>>::default());
    let spoken = Arc::clone(&log);
    let address = serving(move |number, stream| {
        let (acceptor, log) = (acceptor.clone(), Arc::clone(&spoken));
        let frames = frames.get(number).cloned().unwrap_or_default();
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a session");
            let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec();
            log.lock().expect("the log").push(String::from_utf8_lossy(&protocol).into_owned());
            if protocol == b"h2" {
                let mut asked = [0; 4096];
                drop(stream.read(&mut asked).await);
                drop(stream.write_all(&[SETTINGS, &frames].concat()).await);
                drop(stream.flush().await);
                // Until the client has seen enough.
                while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
            } else {
                request(&mut stream).await;
                drop(stream.write_all(&ok("", b"ok")).await);
                drop(stream.shutdown().await);
            }
        }
    });
    (format!("https://{}/", address.await), log)
}

// Trap 29: as IIS does where a page asks for a certificate or for Windows to sign in.
#[tokio::test]
async fn a_server_that_refuses_a_stream_unread_is_asked_once_more_as_it_wants() {
    let root = authority();
    for (frames, protocols, fault) in [
        (vec![reset(13)], vec!["h2", "http/1.1"], None),
        (vec![goodbye(13)], vec!["h2", "http/1.1"], None),
        (vec![reset(7), ANSWER.to_vec()], vec!["h2", "h2"], None),
        (vec![goodbye(0), ANSWER.to_vec()], vec!["h2", "h2"], None),
        (vec![reset(7), reset(7)], vec!["h2", "h2"], Some("refused stream")),
        (vec![reset(2)], vec!["h2"], Some("internal error")),
    ] {
        let (url, log) = of_both_versions(&root, frames).await;
        let observation = observe_with(&trusting(&root), &reading(&url)).await;
        match (&observation.result, fault) {
            (Ok(answer), None) => assert_eq!(http(answer.clone()).body.as_deref(), Some(&b"ok"[..])),
            (Err(fault), Some(words)) => assert!(fault.actual.contains(words), "{fault}"),
            (_, _) => panic!("{observation:?} instead of {fault:?}"),
        }
        assert_eq!(*log.lock().expect("the log"), protocols);
    }
}

/// What `ask` gets from a server that gives up TLS 1.3, as one does whose key is too short to sign in it, and how many
/// connections that took. The server says `greeting` before TLS.
async fn of_tls_12_at_second_sight(
    root: &Authority,
    tls: TlsPolicy,
    (scheme, greeting, ask): (&str, &'static str, Ask),
) -> (Observation, usize) {
    let acceptor = of_version(signed(root, &["127.0.0.1"], (2020, 2090)), &TLS12);
    let connections = Arc::<Mutex<usize>>::default();
    let counted = Arc::clone(&connections);
    let address = serving(move |number, mut stream: TcpStream| {
        let (acceptor, connections) = (acceptor.clone(), Arc::clone(&counted));
        async move {
            *connections.lock().expect("the number") += 1;
            drop(stream.write_all(greeting.as_bytes()).await);
            if number == 0 {
                let mut hello = [0; 4096];
                drop(stream.read(&mut hello).await);
                // The alert handshake_failure.
                drop(stream.write_all(b"\x15\x03\x03\0\x02\x02\x28").await);
                return;
            }
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            request(&mut stream).await;
            drop(stream.write_all(&ok("", b"ok")).await);
            drop(stream.shutdown().await);
        }
    })
    .await;
    let monitor = Monitor { ask, tls, ..monitor(&format!("{scheme}://{address}")) };
    let observation = observe_with(&trusting(root), &monitor).await;
    let connections = *connections.lock().expect("the number");
    (observation, connections)
}

// Trap 29: `openssl s_server` with an RSA key of 512 bits.
#[tokio::test]
async fn with_insecure_a_server_whose_key_is_too_short_for_tls_13_is_asked_in_tls_12() {
    let root = authority();
    let dialog = Dialog::written(serde_json::json!([{"expect": "^220 "}, {"starttls": true}]));
    let trusts = |trust| TlsPolicy { trust, ..TlsPolicy::default() };
    for check in [
        ("https", "", Ask::Http(Request::get())),
        ("tls", "", Ask::Tls(SessionRule::default())),
        ("tcp", "220 ready\r\n", Ask::Tcp(dialog)),
    ] {
        let (observation, connections) =
            of_tls_12_at_second_sight(&root, trusts(Trust::Anyone), check.clone()).await;
        assert!(observation.result.is_ok() && connections == 2, "{connections} {observation:?}");
        if let Ok(evidence @ Evidence::Tcp(_)) = &observation.result {
            assert_eq!(Ask::default().unmet(evidence, &str::to_owned), None);
        }
        let (observation, connections) = of_tls_12_at_second_sight(&root, trusts(Trust::System), check).await;
        assert_eq!(observation.result.map_err(|fault| fault.kind), Err(Transport::Tls.into()));
        assert_eq!(connections, 1);
    }
}
