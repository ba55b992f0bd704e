//! Servers of WebSocket that answer as a test tells them to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::authority::{authority, good, trusting};
use super::server::{answering, redirecting, request, serving};
use super::{observe, observe_with, secrets_of};
use crate::assert::Unmet;
use crate::kinds::websocket::{SocketCall, SocketReply};
use crate::kinds::{Ask, Dialog, Evidence};
use crate::monitor::{Expectations, Monitor};
use crate::observation::{Fault, Observation, Transport};

/// `pong`, in one frame.
const PONG: &[u8] = b"\x81\x04pong";
/// A close with the code 1000.
const CLOSE: &[u8] = b"\x88\x02\x03\xe8";

fn calling(url: &str, dialog: Value) -> Monitor {
    let dialog = if dialog.is_null() { Dialog::default() } else { Dialog::written(dialog) };
    Monitor {
        ask: Ask::WebSocket(SocketCall { headers: Vec::new(), dialog }),
        expect: Expectations::of(Vec::new()),
        timeout: Duration::from_secs(1),
        ..super::monitor(url)
    }
}

fn pong() -> Value {
    json!([{"send": "ping"}, {"expect": "^pong$"}])
}

fn reply(observation: Observation) -> SocketReply {
    let Evidence::WebSocket(reply) = observation.result.expect("an answer") else {
        panic!("of another kind")
    };
    reply
}

fn unmet(observation: Observation) -> Option<Unmet> {
    reply(observation).talk.unmet(&str::to_owned)
}

fn fault(observation: Observation) -> Fault {
    observation.result.expect_err("a fault")
}

/// Answers `pong` to each message, and closes when it is asked to.
async fn echo<S: AsyncRead + AsyncWrite + Unpin>(stream: S) {
    let Ok(mut socket) = accept_async(stream).await else { return };
    while let Some(Ok(message)) = socket.next().await {
        let answer = match message {
            Message::Text(text) if text.as_str() == "ping" => Message::text("pong"),
            Message::Text(text) => Message::text(format!("not understood: {text}")),
            Message::Binary(bytes) => Message::binary(bytes),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => continue,
        };
        drop(socket.send(answer).await);
    }
}

/// Takes a connection with these more header lines, and says these frames; nothing is done about what comes in.
async fn saying(lines: &'static str, frames: impl Into<Vec<u8>>) -> SocketAddr {
    let frames = Arc::new(frames.into());
    serving(move |_, mut stream: TcpStream| {
        let frames = Arc::clone(&frames);
        async move {
            let key = key_in(&request(&mut stream).await);
            let head = format!(
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: keep-alive, Upgrade\r\n\
                 sec-websocket-accept: {}\r\n{lines}\r\n",
                derive_accept_key(key.as_bytes())
            );
            drop(stream.write_all(head.as_bytes()).await);
            drop(stream.write_all(&frames).await);
            let mut asked = [0; 4096];
            while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
        }
    })
    .await
}

fn key_in(request: &str) -> String {
    let key = request.lines().find_map(|line| line.strip_prefix("sec-websocket-key: "));
    key.expect("a key").to_owned()
}

async fn heard(frames: impl Into<Vec<u8>>, dialog: Value) -> Observation {
    observe(&calling(&format!("ws://{}/", saying("", frames).await), dialog)).await
}

#[tokio::test]
async fn a_socket_is_opened_spoken_over_and_closed() {
    let address = serving(|_, stream| echo(stream)).await;
    let url = format!("ws://{address}/live?x=1");
    let observation = observe(&calling(&url, Value::Null)).await;
    assert!(
        ["connect", "wait", "dialog", "close"].iter().all(|phase| observation.phases.get(phase).is_some())
    );
    let answer = reply(observation);
    assert_eq!((answer.status, answer.talk.unmet), (101, None));
    assert_eq!(unmet(observe(&calling(&url, pong())).await), None);
    let bytes = json!([{"send_bytes": "00ff01"}, {"expect_bytes": "00ff"}]);
    assert_eq!(unmet(observe(&calling(&url, bytes)).await), None);
    let wrong = json!([{"send_bytes": "00ff01"}, {"expect_bytes": "01"}]);
    let Unmet { actual, expected } = unmet(observe(&calling(&url, wrong)).await).expect("it is not met");
    assert_eq!(actual, "step 2 of the dialog got \"00ff01\" and these bytes are others");
    assert_eq!(expected, "the bytes 01");
}

#[tokio::test]
async fn the_handshake_is_the_one_of_the_standard() {
    let (address, log) = answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
    let mut monitor = calling(&format!("ws://{address}/live?x=1"), Value::Null);
    let headers = vec![("origin".to_owned(), super::template("https://a.example"))];
    monitor.ask = Ask::WebSocket(SocketCall { headers, dialog: Dialog::default() });
    observe(&monitor).await.result.expect("an answer");
    let asked = log.lock().expect("the log").concat();
    assert!(asked.starts_with("GET /live?x=1 HTTP/1.1\r\n"), "{asked}");
    for line in [
        &format!("host: {address}"),
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "origin: https://a.example",
    ] {
        assert!(asked.lines().any(|one| one == line), "{line} in {asked}");
    }
    assert_eq!(key_in(&asked).len(), 24);
}

#[tokio::test]
async fn a_server_that_does_not_take_the_connection_is_quoted_with_its_status() {
    let page =
        "HTTP/1.1 503 Busy\r\ncontent-type: text/html\r\ncontent-length: 21\r\n\r\n<h1>Back at nine</h1>";
    let (address, _) = answering(page).await;
    let evidence = observe(&calling(&format!("ws://{address}/"), pong())).await.result.expect("an answer");
    assert_eq!((evidence.code(), evidence.excerpt().as_deref()), (503, Some("Back at nine")));
    // No browser follows a redirect here.
    let (target, log) = answering("").await;
    let (address, _) = redirecting(&format!("http://{target}/")).await;
    let evidence =
        observe(&calling(&format!("ws://{address}/"), Value::Null)).await.result.expect("an answer");
    assert_eq!(evidence.code(), 302);
    assert!(log.lock().expect("the log").is_empty());
    let (address, _) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let evidence =
        observe(&calling(&format!("ws://{address}/"), Value::Null)).await.result.expect("an answer");
    assert_eq!(evidence.code(), 200);
}

#[tokio::test]
async fn a_handshake_that_was_not_agreed_on_is_a_fault() {
    for (lines, asked, expected) in [
        (
            "sec-websocket-extensions: permessage-deflate\r\n",
            None,
            Some("the extension permessage-deflate, which was not asked for"),
        ),
        ("sec-websocket-protocol: chat\r\n", None, Some("the subprotocol chat, which was not asked for")),
        (
            "sec-websocket-protocol: chat\r\n",
            Some("mqtt, soap"),
            Some("the subprotocol chat, which was not asked for"),
        ),
        ("", Some("mqtt"), Some("none of the subprotocols that were asked for")),
        ("sec-websocket-protocol: mqtt\r\n", Some("chat, mqtt"), None),
    ] {
        let address = saying(lines, [PONG, CLOSE].concat()).await;
        let headers = asked.map(|asked| ("sec-websocket-protocol".to_owned(), super::template(asked)));
        let headers = headers.into_iter().collect();
        let ask = Ask::WebSocket(SocketCall { headers, dialog: Dialog::written(pong()) });
        let monitor = Monitor { ask, ..calling(&format!("ws://{address}/"), Value::Null) };
        let found = observe(&monitor).await.result.err().map(|fault| crate::net::unmarked(&fault.actual));
        assert_eq!(found.as_deref(), expected, "{lines}{asked:?}");
    }
    for (head, expected) in [
        (
            "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n",
            "a sec-websocket-accept that does not fit the key",
        ),
        ("upgrade: websocket\r\nconnection: upgrade\r\n", "a sec-websocket-accept that does not fit the key"),
        ("upgrade: h2c\r\nconnection: upgrade\r\n", "an answer 101 that does not upgrade to websocket"),
        ("upgrade: websocket\r\n", "an answer 101 that does not upgrade to websocket"),
    ] {
        let (address, _) = answering(format!("HTTP/1.1 101 Switching\r\n{head}\r\n")).await;
        let fault = fault(observe(&calling(&format!("ws://{address}/"), Value::Null)).await);
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Protocol.into(), expected));
    }
}

#[tokio::test]
async fn what_was_heard_instead_is_said_whether_the_server_closes_or_goes_quiet() {
    let closing = [b"\x88\x0c\x03\xf0over quota", PONG].concat();
    let Unmet { actual, expected } = unmet(heard(closing, pong()).await).expect("it is not met");
    assert_eq!(actual, "step 2 of the dialog got \"over quota\" and a close of the server with code 1008");
    assert_eq!(expected, "a line that matches /^pong$/");
    let other = [&b"\x81\x03no\n"[..], CLOSE].concat();
    let Unmet { actual, .. } = unmet(heard(other, pong()).await).expect("it is not met");
    assert_eq!(actual, "step 2 of the dialog got \"no\" and a close of the server with code 1000");
    let Unmet { actual, .. } = unmet(heard(*b"\x81\x02no", pong()).await).expect("it is not met");
    assert_eq!(actual, "step 2 of the dialog got \"no\" and nothing more within 1s");
    assert_eq!(fault(heard(*b"", pong()).await).kind, Transport::Timeout.into());
}

#[tokio::test]
async fn a_message_may_come_in_pieces_with_pings_between_them() {
    let pieces = [&b"\x01\x02po\x89\x01x\x80\x02ng"[..], CLOSE].concat();
    assert_eq!(unmet(heard(pieces, pong()).await), None);
}

// Trap 11: nothing that is read is without bounds.
#[tokio::test]
async fn frames_without_end_and_frames_that_break_the_protocol_are_cut_off() {
    for (frames, kind, words) in [
        (&b"\x82\x7f\0\0\0\x01\0\0\0\0"[..], Transport::BodyTooLarge, "a message of more than 64 KiB"),
        (b"\x81\x84abcdpong", Transport::Protocol, "a masked frame"),
        (b"\x81\x01\xff", Transport::Protocol, "a text that is not UTF-8"),
        (b"\xc1\x04pong", Transport::Protocol, "Reserved bits are non-zero"),
        (b"\x80\x04pong", Transport::Protocol, "Continue frame but nothing to continue"),
        (b"\x83\0", Transport::Protocol, "a frame that breaks the protocol"),
        (b"\x09\0", Transport::Protocol, "Fragmented control frame"),
    ] {
        let fault = fault(heard(frames, pong()).await);
        assert!(fault.kind == kind.into() && fault.actual.contains(words), "{fault}");
    }
    // A flood of pings, of pieces without content, and of a message that grows.
    for (first, more) in [(&b""[..], &b"\x89\0"[..]), (b"\x01\0", b"\0\0"), (b"\x02\0", b"\0\x04more")] {
        let flood = [first.to_vec(), more.repeat(100_000)].concat();
        let Unmet { actual, .. } = unmet(heard(flood, pong()).await).expect("it is not met");
        assert_eq!(actual, "step 2 of the dialog got 64 KiB of other things");
    }
}

#[tokio::test]
async fn a_socket_that_does_not_close_cleanly_is_a_fault() {
    let fault_of = async |frames: &[u8]| fault(heard(frames, pong()).await);
    let quiet = fault_of(PONG).await;
    assert_eq!(quiet.actual, "no answer after 1s, in the phase close");
    let patient = calling(&format!("ws://{}/", saying("", PONG).await), pong());
    let patient = observe(&Monitor { timeout: Duration::from_secs(5), ..patient }).await;
    assert_eq!(fault(patient).actual, "no close of the server within 2s");
    let cut = serving(|_, mut stream: TcpStream| async move {
        let key = key_in(&request(&mut stream).await);
        let head = format!(
            "HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {}\r\n\r\n",
            derive_accept_key(key.as_bytes())
        );
        drop(stream.write_all(head.as_bytes()).await);
        drop(stream.shutdown().await);
        let mut asked = [0; 4096];
        while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {}
    });
    let observation = observe(&calling(&format!("ws://{}/", cut.await), Value::Null)).await;
    assert_eq!(fault(observation).actual, "the end of the connection instead of a close");
    // One that goes on talking is alive.
    let talking = [PONG, &b"\x81\x04more".repeat(100_000)].concat();
    assert_eq!(unmet(heard(talking, pong()).await), None);
}

#[tokio::test]
async fn over_tls_the_certificate_is_looked_at() {
    let authority = authority();
    let acceptor = good(&authority, &["h2", "http/1.1"]);
    let address = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            echo(stream).await;
        }
    });
    let monitor = calling(&format!("wss://{}/", address.await), pong());
    let observation = observe_with(&trusting(&authority), &monitor).await;
    assert!(observation.certificate.is_some() && observation.peer.uses_tls);
    assert_eq!(unmet(observation), None);
    assert_eq!(fault(observe(&monitor).await).kind, Transport::Tls.into());
    let metadata = observe(&calling("ws://169.254.169.254/", Value::Null)).await;
    assert_eq!(fault(metadata).kind, Transport::Blocked.into());
}

// P10: a secret that is echoed.
#[tokio::test]
async fn a_secret_is_sent_and_shown_nowhere() {
    let address = serving(|_, stream| echo(stream)).await;
    let dialog = json!([{"send": "AUTH ${env:TOKEN}"}, {"expect": "^welcome"}]);
    let monitor = calling(&format!("ws://{address}/"), dialog);
    let evidence = observe(&monitor).await.result.expect("an answer");
    let secrets = secrets_of(&monitor);
    let quoter = secrets.quoter(&monitor);
    let (_, unmet) = monitor.ask.unmet(&evidence, &|text| quoter.quote(text, 10_000)).expect("it is not met");
    assert!(!unmet.actual.contains("s3cr") && unmet.actual.contains("${env:TOKEN}"), "{}", unmet.actual);
}
