//! Servers of the field that are not quite as RFC 9112 has them. What curl 7.88 does with each is the yardstick.

use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::authority::{Authority, authority, good, trusting};
use super::http;
use super::server::{answering, request, serving};
use super::{answer, monitor, observe_with, reading};
use crate::kinds::Evidence;
use crate::monitor::Monitor;
use crate::observation::{Observation, Transport};

const HEAD: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

/// What a server does after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Closes,
    /// And sends nothing more.
    Waits,
}

/// The same server, once in the clear and once in a TLS session that it does not close properly.
async fn both(sent: Vec<u8>, then: Then, root: &Authority) -> [String; 2] {
    let (plain, acceptor) = (sent.clone(), good(root, &[]));
    let clear = serving(move |_, mut stream| {
        let sent = plain.clone();
        async move {
            request(&mut stream).await;
            drop(stream.write_all(&sent).await);
            if then == Then::Waits {
                std::future::pending::<()>().await;
            }
        }
    });
    let secret = serving(move |_, stream| {
        let (acceptor, sent) = (acceptor.clone(), sent.clone());
        async move {
            let mut stream = acceptor.accept(stream).await.expect("a session");
            request(&mut stream).await;
            drop(stream.write_all(&sent).await);
            drop(stream.flush().await);
            if then == Then::Waits {
                std::future::pending::<()>().await;
            }
        }
    });
    [format!("http://{}/", clear.await), format!("https://{}/", secret.await)]
}

async fn observations(sent: Vec<u8>, then: Then, ask: impl Fn(&str) -> Monitor) -> Vec<Observation> {
    let root = authority();
    let prober = trusting(&root);
    let mut seen = Vec::new();
    for url in both(sent, then, &root).await {
        seen.push(observe_with(&prober, &ask(&url)).await);
    }
    seen
}

// Trap 29
#[tokio::test]
async fn what_curl_accepts_is_an_answer() {
    use Then::{Closes, Waits};
    let body = "content-length: 2\r\n\r\nok";
    let lines = "x: aaaaaaaaaaaaaaaaaaaaaaaa\r\n";
    for (name, sent, then) in [
        ("lines that end in LF", "HTTP/1.1 200 OK\ncontent-length: 2\n\nok".to_owned(), Waits),
        ("empty lines before the head", format!("\r\n\r\n{HEAD}{body}"), Waits),
        ("no reason", format!("HTTP/1.1 200\r\n{body}"), Waits),
        ("lower case", format!("http/1.1 200 OK\r\n{body}"), Waits),
        ("HTTP/1.0", format!("HTTP/1.0 200 OK\r\n{body}"), Waits),
        ("HTTP/2 in the clear", format!("HTTP/2 200 OK\r\n{body}"), Waits),
        ("control characters in the reason", format!("HTTP/1.1 200 O\u{1}K\r\n{body}"), Waits),
        ("100 Continue", format!("HTTP/1.1 100 Continue\r\n\r\n{HEAD}{body}"), Waits),
        ("103 Early Hints", format!("HTTP/1.1 103 Early\r\nlink: </x>\r\n\r\n{HEAD}{body}"), Waits),
        ("many interim answers", format!("{}{HEAD}{body}", "HTTP/1.1 102 P\r\n\r\n".repeat(9)), Waits),
        ("256 lines", format!("{HEAD}{}{body}", lines.repeat(255)), Waits),
        ("a long line", format!("{HEAD}x: {}\r\n{body}", "y".repeat(60_000)), Waits),
        ("folded lines", format!("{HEAD}x: a\r\n b\r\n\tc\r\n{body}"), Waits),
        ("spaces before the colon", format!("{HEAD}x : a\r\ncontent-length : 2\r\n\r\nok"), Waits),
        ("control characters", format!("{HEAD}set-cookie: a=\u{1}\u{7f}b\r\n{body}"), Waits),
        ("a name that is no token", format!("{HEAD}my name: a\r\nx(y): b\r\n: c\r\n{body}"), Waits),
        ("the same length twice", format!("{HEAD}content-length: 2\r\n{body}"), Waits),
        ("two lengths", format!("{HEAD}content-length: 1\r\n{body}"), Waits),
        ("a list of lengths", format!("{HEAD}content-length: 2, 2\r\n\r\nok"), Waits),
        ("the coding identity", format!("{HEAD}transfer-encoding: identity\r\n{body}"), Waits),
        ("no length", format!("{HEAD}\r\nok"), Closes),
        ("connection: close", format!("{HEAD}connection: close\r\n\r\nok"), Closes),
        (
            "a length too long to be one",
            format!("{HEAD}content-length: {}\r\n\r\nok", "9".repeat(20)),
            Closes,
        ),
        ("more than announced", format!("{HEAD}{body} and more"), Waits),
        ("chunks", format!("{CHUNKED}2\r\nok\r\n0\r\n\r\n"), Waits),
        ("chunks in HTTP/1.0", format!("{CHUNKED}2\r\nok\r\n0\r\n\r\n").replace("1.1", "1.0"), Waits),
        (
            "chunks and a length",
            CHUNKED.replace("\r\n\r\n", "\r\ncontent-length: 9\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
            Waits,
        ),
        ("chunks with LF", format!("{CHUNKED}2\nok\n0\n\n"), Waits),
        ("chunks with extensions", format!("{CHUNKED}2;a=\"b\"\r\nok\r\n0;c\r\n\r\n"), Waits),
        ("chunks with spaces", format!("{CHUNKED}2  \r\nok\r\n0 \r\n\r\n"), Waits),
        ("chunks with trailers", format!("{CHUNKED}2\r\nok\r\n0\r\nx: y\r\nz : a\r\n\r\n"), Waits),
        ("a length beyond all files", format!("{HEAD}content-length: {}\r\n\r\nok", u64::MAX), Closes),
        ("a head that breaks off before its empty line", format!("{HEAD}x: y\r\n"), Closes),
        ("chunks without a last line end", format!("{CHUNKED}2\r\nok\r\n0\r\n"), Waits),
    ] {
        for observation in observations(sent.into_bytes(), then, reading).await {
            let answer = http(observation.result.unwrap_or_else(|fault| panic!("{name}: {fault}")));
            let body = if name.starts_with("a head that") { &b""[..] } else { b"ok" };
            assert_eq!((answer.status, answer.body.as_deref()), (200, Some(body)), "{name}");
        }
    }
}

#[tokio::test]
async fn what_curl_refuses_is_a_fault_that_says_why() {
    let line = "x: y\r\n".repeat(257);
    for (sent, actual) in [
        (format!("{HEAD}x: a\0b\r\n\r\n"), "a NUL byte in the head of the answer"),
        (format!("{HEAD}what\r\n\r\n"), "a header line without a colon"),
        (format!("{HEAD}{line}\r\n"), "an answer with more than 256 header lines"),
        (format!("{HEAD}x: {}\r\n\r\n", "y".repeat(65_600)), "an answer with a head of more than 64 KiB"),
        ("ICY 200 OK\r\n\r\n".to_owned(), "an answer that is not HTTP"),
        ("HTTP/1.1 200 OK".to_owned(), "connection closed before an answer"),
        ("HTTP/1.1 100 Continue\r\n\r\n".to_owned(), "connection closed before an answer"),
        ("HTTP/1.1 042 OK\r\n\r\n".to_owned(), "a status that is not a number from 100 to 999"),
        (format!("{HEAD}content-length: x\r\n\r\nok"), "an invalid content-length"),
        (format!("{HEAD}content-length: 9\r\n\r\nok"), "connection closed before the body's end"),
        (format!("{CHUNKED}2\r\nok\r\n"), "connection closed before the body's end"),
        (format!("{CHUNKED}x\r\nok\r\n"), "a chunk without a size"),
        (format!("{CHUNKED}1\r\nok\r\n0\r\n\r\n"), "a chunk that does not end where its size says"),
    ] {
        for observation in observations(sent.into_bytes(), Then::Closes, reading).await {
            let fault = observation.result.expect_err(actual);
            assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Protocol.into(), actual));
        }
    }
}

#[tokio::test]
async fn another_protocol_is_known_at_once_although_the_server_waits() {
    for observation in observations(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), Then::Waits, monitor).await {
        assert!(observation.latency < Duration::from_secs(5), "{observation:?}");
        assert_eq!(observation.result.expect_err("a fault").actual, "an answer that is not HTTP");
    }
}

// Trap 29
#[tokio::test]
async fn odd_header_lines_reach_the_judge_as_they_came() {
    let sent = b"HTTP/1.1 200 OK\r\nX-A : b\r\n c\r\nset-cookie: a=\x01\xe9\r\ncontent-length: 0\r\n\r\n";
    for observation in observations(sent.to_vec(), Then::Waits, monitor).await {
        let headers = http(observation.result.expect("an answer")).headers;
        assert!(headers.contains(&("x-a".to_owned(), b"b c".to_vec())), "{headers:?}");
        assert!(headers.contains(&("set-cookie".to_owned(), b"a=\x01\xe9".to_vec())), "{headers:?}");
    }
}

#[tokio::test]
async fn an_answer_that_has_no_body_is_complete_with_its_head() {
    for (method, head) in [
        ("HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        ("HEAD", CHUNKED),
        ("GET", "HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n"),
        ("GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        ("GET", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
    ] {
        let asked = |url: &str| reading(url).with_method(method);
        for observation in observations(head.into(), Then::Waits, asked).await {
            let answer = http(observation.result.unwrap_or_else(|fault| panic!("{method} {head}: {fault}")));
            assert_eq!(answer.body.as_deref(), Some(&b""[..]), "{method} {head}");
        }
    }
}

// Trap 30
#[tokio::test]
async fn an_endless_body_that_goes_quiet_is_not_awaited_where_nothing_asks_for_it() {
    for sent in [
        format!("{HEAD}content-type: text/event-stream\r\n\r\ndata: hello\n\n"),
        format!("{HEAD}content-type: text/event-stream\r\n\r\n"),
        format!("{CHUNKED}d\r\ndata: hello\n\n\r\n"),
        format!("{HEAD}content-type: audio/mpeg\r\ncontent-length: 999999999\r\n\r\nID3"),
    ] {
        for observation in observations(sent.into_bytes(), Then::Waits, monitor).await {
            assert_eq!(observation.result.as_ref().map(Evidence::code), Ok(200));
            assert!(observation.latency < Duration::from_secs(5), "{observation:?}");
            assert!(observation.phases.get("read").is_some());
        }
    }
}

// Trap 31
#[tokio::test]
async fn an_empty_post_says_that_its_length_is_0() {
    for (method, status) in [("POST", 200), ("PUT", 200), ("PATCH", 200), ("GET", 411), ("DELETE", 411)] {
        let address = serving(|_, mut stream| async move {
            let asked = request(&mut stream).await;
            let knows = asked.contains("\r\ncontent-length: 0\r\n");
            let status = if knows { "200 OK" } else { "411 Length Required" };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            drop(stream.write_all(answer.as_bytes()).await);
        })
        .await;
        let asked = monitor(&format!("http://{address}/")).with_method(method);
        assert_eq!(answer(&asked).await.status, status, "{method}");
    }
}

#[tokio::test]
async fn an_answer_may_come_before_the_request() {
    let address = serving(|_, mut stream| async move {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await);
        request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(answer(&reading(&format!("http://{address}/"))).await.body.as_deref(), Some(&b"ok"[..]));
}

#[tokio::test]
async fn a_server_that_refuses_a_long_body_without_reading_it_is_read() {
    let address = serving(|_, mut stream| async move {
        drop(stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nok").await);
        std::future::pending::<()>().await;
    })
    .await;
    let long = reading(&format!("http://{address}/")).with_method("POST").with_body(&"x".repeat(8 << 20));
    assert_eq!(answer(&long).await.status, 413);
}

#[tokio::test]
async fn a_redirect_to_a_page_in_latin_1_asks_for_the_bytes_that_were_named() {
    let moved = b"HTTP/1.1 302 Found\r\nlocation: /caf\xe9\r\ncontent-length: 0\r\n\r\n".to_vec();
    let good = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec();
    let (address, log) = super::server::answering_in_turn(vec![moved, good]).await;
    assert_eq!(answer(&monitor(&format!("http://{address}/"))).await.status, 200);
    let asked = log.lock().expect("the log")[1].clone();
    assert!(asked.starts_with("GET /caf%e9 HTTP/1.1\r\n"), "{asked}");
}

#[tokio::test]
async fn a_body_whose_encoding_is_no_compression_is_plain() {
    for encoding in
        ["UTF-8", "none", "binary", "identity", "", "8bit", "iso-8859-1", "identity, utf-8", "xxx"]
    {
        let head = format!("{HEAD}content-encoding: {encoding}\r\ncontent-length: 2\r\n\r\nok");
        let (address, _) = answering(head).await;
        let answer = answer(&reading(&format!("http://{address}/"))).await;
        assert_eq!(answer.body.as_deref(), Some(&b"ok"[..]), "{encoding}");
    }
}
