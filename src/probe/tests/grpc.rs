//! Calls of the health service with servers that answer as a test tells them to.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::authority::{authority, good, trusting};
use super::server::serving;
use super::{observe, observe_with, secrets_of};
use crate::assert::Unmet;
use crate::kinds::grpc::{HealthCall, HealthReply, ServingStatus};
use crate::kinds::{Ask, Evidence};
use crate::monitor::{Expectations, Monitor};
use crate::observation::{Observation, Transport};
use crate::probe::grpc::{BadMessage, message_in, status_in};

type Frames = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, Infallible>> + Send>>;
type Answer = http::Response<StreamBody<Frames>>;

const TYPE: (&str, &str) = ("content-type", "application/grpc");

/// The message SERVING, in its frame.
const SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 1];

fn calling(url: &str) -> Monitor {
    Monitor {
        ask: Ask::Grpc(HealthCall::default()),
        expect: Expectations::of(Vec::new()),
        ..super::monitor(url)
    }
}

/// An answer of this status of HTTP with these headers, this data and these trailers.
fn answer(status: u16, headers: &[(&str, &str)], data: &[u8], trailers: &[(&str, &str)]) -> Answer {
    let frames = [
        (!data.is_empty()).then(|| Frame::data(Bytes::copy_from_slice(data))),
        (!trailers.is_empty()).then(|| Frame::trailers(map(trailers))),
    ];
    streaming(status, headers, Box::pin(stream::iter(frames.into_iter().flatten().map(Ok))))
}

fn streaming(status: u16, headers: &[(&str, &str)], frames: Frames) -> Answer {
    let mut answer = http::Response::new(StreamBody::new(frames));
    *answer.status_mut() = http::StatusCode::from_u16(status).expect("a status");
    *answer.headers_mut() = map(headers);
    answer
}

fn map(lines: &[(&str, &str)]) -> http::HeaderMap {
    let line = |(name, value): &(&str, &str)| {
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, http::HeaderValue::from_bytes(value.as_bytes()).expect("a value"))
    };
    lines.iter().map(line).collect()
}

/// What a server answers to a call, which it gets in a line.
type Answering = Arc<dyn Fn(String) -> Answer + Send + Sync>;

/// Answers the calls of a connection.
async fn speak<S>(stream: S, answering: Answering)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let answering = Arc::clone(&answering);
        async move {
            let (head, body) = request.into_parts();
            let header =
                |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-");
            let headers = ["te", "content-type", "grpc-timeout", "authorization"].map(header).join(" ");
            let body = body.collect().await.expect("a body").to_bytes();
            Ok::<_, Infallible>(answering(format!("{} {} {headers} {body:?}", head.method, head.uri)))
        }
    });
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    drop(server.serve_connection(TokioIo::new(stream), service).await);
}

/// A server without TLS.
async fn health_server(answering: impl Fn(String) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let answering: Answering = Arc::new(answering);
    serving(move |_, stream| speak(stream, Arc::clone(&answering))).await
}

/// A server that says these bytes, and then nothing more.
async fn raw_server(bytes: &'static [u8]) -> SocketAddr {
    serving(move |_, mut stream| async move {
        drop(stream.write_all(bytes).await);
        let mut asked = [0; 4096];
        while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
    })
    .await
}

async fn observed(make: impl Fn() -> Answer + Send + Sync + 'static) -> Observation {
    called(health_server(move |_| make()).await).await
}

/// What a monitor sees that waits for no more than a second.
async fn called(address: SocketAddr) -> Observation {
    let monitor = calling(&format!("grpc://{address}/shop.v1.Orders"));
    observe(&Monitor { timeout: Duration::from_secs(1), ..monitor }).await
}

fn reply(observation: Observation) -> HealthReply {
    let Evidence::Grpc(reply) = observation.result.expect("an answer") else { panic!("of another kind") };
    reply
}

fn unmet(observation: Observation) -> (&'static str, Unmet) {
    let evidence = observation.result.expect("an answer");
    let ask = Ask::Grpc(HealthCall::default());
    let (subject, unmet) = ask.unmet(&evidence, &str::to_owned).expect("it fails");
    (subject.word(), unmet)
}

fn failed(code: u16, message: &str) -> HealthReply {
    HealthReply::Failed { code, message: message.to_owned() }
}

#[tokio::test]
async fn a_service_that_serves_passes_and_is_asked_as_the_protocol_says() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&log);
    let address = health_server(move |call| {
        kept.lock().expect("the log").push(call);
        answer(200, &[TYPE], SERVING, &[("grpc-status", "0")])
    })
    .await;
    let observation = observe(&calling(&format!("grpc://{address}/shop.v1.Orders"))).await;
    assert!(["connect", "wait", "read"].iter().all(|phase| observation.phases.get(phase).is_some()));
    assert_eq!(reply(observation), HealthReply::Health(ServingStatus::Serving));
    // Without a name it is the whole server.
    for url in [format!("grpc://{address}"), format!("grpc://{address}/")] {
        assert_eq!(reply(observe(&calling(&url)).await).clone(), HealthReply::Health(ServingStatus::Serving));
    }
    let called = |body: &str| {
        let url = format!("http://{address}/grpc.health.v1.Health/Check");
        format!("POST {url} trailers application/grpc 10000m - {body}")
    };
    let whole = called(r#"b"\0\0\0\0\0""#);
    let service = called(r#"b"\0\0\0\0\x10\n\x0eshop.v1.Orders""#);
    assert_eq!(*log.lock().expect("the log"), [service, whole.clone(), whole]);
}

#[tokio::test]
async fn every_other_status_of_a_service_fails_in_its_own_words() {
    for (number, words) in [(0, "UNKNOWN"), (2, "NOT_SERVING"), (3, "SERVICE_UNKNOWN")] {
        let message = [0, 0, 0, 0, 2, 8, number];
        let (subject, Unmet { actual, expected }) =
            unmet(observed(move || answer(200, &[TYPE], &message, &[("grpc-status", "0")])).await);
        assert_eq!((subject, actual.as_str(), expected.as_str()), ("serving", words, "SERVING"));
    }
    // A field that is left out is 0.
    let empty = observed(|| answer(200, &[TYPE], &[0; 5], &[("grpc-status", "0")])).await;
    assert_eq!(reply(empty), HealthReply::Health(ServingStatus::Unknown));
}

#[tokio::test]
async fn a_call_that_failed_is_known_by_its_code_wherever_that_comes() {
    let early =
        || answer(200, &[TYPE, ("grpc-status", "12"), ("grpc-message", "no%20%C3%BC 100%")], b"", &[]);
    let late = || answer(200, &[TYPE], b"", &[("grpc-status", "14"), ("grpc-message", "no upstream")]);
    let beside_data = || answer(200, &[TYPE], SERVING, &[("grpc-status", "13")]);
    let of_a_proxy = || answer(503, &[("grpc-status", "14")], b"", &[]);
    assert_eq!(reply(observed(early).await), failed(12, "no \u{fc} 100%"));
    assert_eq!(reply(observed(late).await), failed(14, "no upstream"));
    assert_eq!(reply(observed(beside_data).await), failed(13, ""));
    assert_eq!(reply(observed(of_a_proxy).await), failed(14, ""));
    let (subject, Unmet { actual, expected }) = unmet(observed(early).await);
    assert_eq!((subject, expected.as_str()), ("health_service", "the service grpc.health.v1.Health"));
    assert_eq!(actual, "gRPC 12 UNIMPLEMENTED, the server has no health service: \"no \u{fc} 100%\"");
}

#[tokio::test]
async fn an_answer_in_http_alone_stands_for_the_code_of_the_specification() {
    for (status, code, subject) in [(404, 12, "health_service"), (401, 16, "serving"), (502, 14, "serving")] {
        let page = move || answer(status, &[("content-type", "text/html")], b"<h1>Sorry</h1>", &[]);
        let observation = observed(page).await;
        let evidence = observation.result.clone().expect("an answer");
        assert_eq!((evidence.code(), evidence.excerpt().as_deref()), (code, Some("Sorry")));
        let (word, Unmet { actual, .. }) = unmet(observation);
        assert_eq!(word, subject);
        assert!(actual.starts_with(&format!("HTTP {status} without a gRPC status")), "{actual}");
    }
}

#[tokio::test]
async fn what_is_no_answer_of_grpc_is_a_fault() {
    let ok = &[("grpc-status", "0")][..];
    let html = &[("content-type", "text/html; charset=utf-8")][..];
    let json = &[("content-type", "application/grpc+json")][..];
    for (headers, data, trailers, actual) in [
        (&[TYPE][..], SERVING, &[][..], "an answer without grpc-status"),
        (&[TYPE], SERVING, &[("x-other", "0")], "an answer without grpc-status"),
        (html, b"<h1>Hello</h1>", ok, "an answer with content-type text/html"),
        (json, SERVING, ok, "an answer with content-type application/grpc+json"),
        (&[], SERVING, ok, "an answer without content-type"),
        (&[TYPE], SERVING, &[("grpc-status", "fine")], "the grpc-status fine, which is no code"),
        (&[TYPE], SERVING, &[("grpc-status", "-1")], "the grpc-status -1, which is no code"),
        (&[TYPE], b"", ok, "the status OK without a message"),
        (&[TYPE], b"\x01\0\0\0\x02\x08\x01", ok, "a compressed message, although none was asked for"),
        (&[TYPE], b"\0\xff\xff\xff\xff\x08\x01", ok, "a message that ends before its length"),
        (&[TYPE], b"\0\0\0", ok, "a message that ends before its length"),
        (&[TYPE], b"\0\0\0\0\x02\x08\x01\0\0\0\0\0", ok, "more than one message"),
        (&[TYPE], b"\0\0\0\0\x02\x0a\x01", ok, "a message that is not of grpc.health.v1"),
    ] {
        let fault = observed(move || answer(200, headers, data, trailers)).await.result.expect_err("a fault");
        assert_eq!(
            (fault.kind, crate::net::unmarked(&fault.actual).as_str()),
            (Transport::Protocol.into(), actual)
        );
    }
}

// Trap 11: nothing that is read is without bounds.
#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let endless = |size: usize| {
        let data = Bytes::from(vec![0; size]);
        move || {
            let data = data.clone();
            let frames = stream::repeat_with(move || Ok(Frame::data(data.clone())));
            streaming(
                200,
                &[TYPE],
                Box::pin(frames.then(|frame| async {
                    tokio::task::yield_now().await;
                    frame
                })),
            )
        }
    };
    let fault = observed(endless(1 << 10)).await.result.expect_err("a fault");
    assert_eq!(
        (fault.kind, fault.actual.as_str()),
        (Transport::BodyTooLarge.into(), "an answer of more than 64 KiB")
    );
    let fault = observed(endless(0)).await.result.expect_err("a fault");
    assert!(fault.kind == Transport::Protocol.into() && fault.actual.contains("excessive load"), "{fault}");

    let long: &'static str = Box::leak("y".repeat(70_000).into_boxed_str());
    let fault =
        observed(move || answer(200, &[TYPE, ("x-long", long)], b"", &[])).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "an answer with a head of more than 64 KiB");
    let late = move || answer(200, &[TYPE], b"", &[("grpc-status", "2"), ("grpc-message", long)]);
    let HealthReply::Failed { code: 2, message } = reply(observed(late).await) else {
        panic!("another answer")
    };
    assert_eq!(message.len(), 4 << 10);
}

#[tokio::test]
async fn a_server_that_does_not_speak_http_2_or_says_nothing_is_a_fault() {
    for (said, kind, words) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"[..],
            Transport::Protocol,
            "an answer that is not HTTP/2",
        ),
        (b"220 mail.example ready\r\n", Transport::Protocol, "an answer that is not HTTP/2"),
        (b"", Transport::Timeout, "in the phase wait"),
    ] {
        let fault = called(raw_server(said).await).await.result.expect_err("a fault");
        assert!(fault.kind == kind.into() && fault.actual.contains(words), "{fault}");
    }
    let closing = serving(|_, stream| async move { drop(stream) }).await;
    let fault = called(closing).await.result.expect_err("a fault");
    assert_eq!(fault.kind, Transport::Protocol.into(), "{fault}");
    let fault = observe(&calling("grpc://169.254.169.254:80")).await.result.expect_err("a fault");
    assert_eq!(fault.kind, Transport::Blocked.into());
}

#[tokio::test]
async fn a_call_that_was_turned_away_unread_is_made_once_more() {
    /// The settings of a server, and the reset of the first stream.
    const TURNED_AWAY: &[u8] =
        b"\0\0\0\x04\0\0\0\0\0\0\0\0\x04\x01\0\0\0\0\0\0\x04\x03\0\0\0\0\x01\0\0\0\x07";
    for (turned_away, passes) in [(1, true), (2, false)] {
        let address = serving(move |number, mut stream| async move {
            if number >= turned_away {
                let serves = |_| answer(200, &[TYPE], SERVING, &[("grpc-status", "0")]);
                return speak(stream, Arc::new(serves)).await;
            }
            let mut asked = [0; 4096];
            drop(stream.read(&mut asked).await);
            drop(stream.write_all(TURNED_AWAY).await);
            while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
        });
        let observation = called(address.await).await;
        assert_eq!(observation.result.is_ok(), passes, "{observation:?}");
    }
}

#[tokio::test]
async fn over_tls_the_server_must_offer_http_2_and_its_certificate_is_looked_at() {
    let authority = authority();
    for (protocols, expected) in [(&["h2"][..], None), (&[], Some("a TLS session without HTTP/2"))] {
        let acceptor = good(&authority, protocols);
        let address = serving(move |_, stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                speak(stream, Arc::new(|_| answer(200, &[TYPE], SERVING, &[("grpc-status", "0")]))).await;
            }
        });
        let monitor = calling(&format!("grpcs://{}/x", address.await));
        let observation = observe_with(&trusting(&authority), &monitor).await;
        assert!(observation.certificate.is_some() && observation.phases.get("tls").is_some());
        assert_eq!(observation.result.err().map(|fault| fault.actual).as_deref(), expected);
        let stranger = observe(&monitor).await;
        assert!(stranger.certificate.is_none());
        let stranger = stranger.result.expect_err("a fault");
        assert_eq!(stranger.kind, Transport::Tls.into(), "{stranger}");
    }
}

// P10: a secret that is echoed.
#[tokio::test]
async fn metadata_holds_secrets_that_are_shown_nowhere() {
    let address = health_server(|call| {
        let message = call.replace(' ', "%20");
        answer(200, &[TYPE], b"", &[("grpc-status", "16"), ("grpc-message", &message)])
    })
    .await;
    let metadata = vec![("authorization".to_owned(), super::template("Bearer ${env:TOKEN}"))];
    let monitor =
        Monitor { ask: Ask::Grpc(HealthCall { metadata }), ..calling(&format!("grpc://{address}")) };
    let evidence = observe(&monitor).await.result.expect("an answer");
    let secrets = secrets_of(&monitor);
    let quoter = secrets.quoter(&monitor);
    let (_, unmet) = monitor.ask.unmet(&evidence, &|text| quoter.quote(text, 10_000)).expect("it fails");
    assert!(!unmet.actual.contains("s3cr") && unmet.actual.contains("${env:TOKEN}"), "{}", unmet.actual);
}

#[test]
fn a_message_is_read_like_any_reader_of_protocol_buffers_does() {
    use BadMessage::{Missing, Unreadable};
    assert_eq!(message_in(b""), Err(Missing));
    assert_eq!(message_in(b"\x02\0\0\0\0"), Err(Unreadable));
    for (message, expected) in [
        (&b""[..], Ok(ServingStatus::Unknown)),
        (b"\x08\x01", Ok(ServingStatus::Serving)),
        (b"\x08\x02\x08\x01", Ok(ServingStatus::Serving)),
        (b"\x08\x81\x00", Ok(ServingStatus::Serving)),
        (b"\x12\x03abc\x08\x02\x1d\0\0\0\0\x21\0\0\0\0\0\0\0\0", Ok(ServingStatus::NotServing)),
        (b"\x08\x07", Ok(ServingStatus::Other(7))),
        (b"\x08", Err(Unreadable)),
        (b"\x08\xff", Err(Unreadable)),
        (b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", Err(Unreadable)),
        (b"\x0a\x01\x01", Err(Unreadable)),
        (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", Err(Unreadable)),
        (b"\x13", Err(Unreadable)),
        (b"\0\x01", Err(Unreadable)),
    ] {
        assert_eq!(status_in(message), expected, "{message:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_of_messages_panic(bytes: Vec<u8>) {
        let _ = message_in(&bytes).and_then(status_in);
        let _ = status_in(&bytes);
    }
}
