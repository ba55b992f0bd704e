//! Requests and the heads of their answers.

use super::http;
use super::server::{answering, ok, serving};
use super::{answer, fault, monitor, observe, reading};
use crate::observation::Transport;

#[tokio::test]
async fn an_answer_is_kept_with_its_headers_and_phases() {
    let (address, _) = answering(ok("X-Two: a\r\nx-two: \u{fc}\r\n", b"ok")).await;
    let observation = observe(&monitor(&format!("http://{address}/"))).await;
    let phases = observation.phases;
    assert_eq!(observation.attempts, 1);
    assert_eq!((phases.get("dns"), phases.get("tls")), (None, None));
    let spent =
        [phases.get("connect"), phases.get("wait"), phases.get("read")].map(|phase| phase.expect("a phase"));
    assert!(spent.iter().sum::<std::time::Duration>() <= observation.latency);
    let answer = http(observation.result.expect("an answer"));
    assert_eq!((answer.status, answer.body), (200, None));
    let two: Vec<_> =
        answer.headers.iter().filter(|(name, _)| name == "x-two").map(|(_, v)| &v[..]).collect();
    assert_eq!(two, [&b"a"[..], "\u{fc}".as_bytes()]);
}

// Trap 17 begins here: what is no text is neither refused nor changed on its way to the judge.
#[tokio::test]
async fn bytes_of_headers_and_bodies_are_kept_as_they_came() {
    let sent = b"HTTP/1.1 200 OK\r\nx-a: caf\xe9 \x80\xff\r\ncontent-length: 6\r\n\r\ncaf\xe9\x00\xff";
    let (address, _) = answering(sent.to_vec()).await;
    let answer = answer(&reading(&format!("http://{address}/"))).await;
    assert!(answer.headers.contains(&("x-a".to_owned(), b"caf\xe9 \x80\xff".to_vec())), "{answer:?}");
    assert_eq!(answer.body.as_deref(), Some(&b"caf\xe9\x00\xff"[..]));
}

#[tokio::test]
async fn a_request_says_who_asks_and_asks_for_bytes_as_they_are() {
    let (address, log) = answering(ok("", b"")).await;
    answer(&monitor(&format!("http://{address}/a%20b?c=d#e"))).await;
    let expected = format!(
        "GET /a%20b?c=d HTTP/1.1\r\nhost: {address}\r\nuser-agent: monitorctl/{}\r\naccept: */*\r\n\
         accept-encoding: identity\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(log.lock().expect("the log")[..], [expected]);
}

#[tokio::test]
async fn a_monitor_may_say_everything_but_the_length_itself() {
    let (address, log) = answering(ok("", b"")).await;
    let asked = monitor(&format!("http://{address}/"))
        .with_method("PROPFIND")
        .with_body("{\"key\": \"${env:KEY}\"}")
        .with_headers(&[
            ("accept", "text/plain"),
            ("accept-encoding", "gzip"),
            ("authorization", "Bearer ${env:TOKEN}"),
            ("content-length", "7"),
            ("host", "other.example"),
            ("user-agent", "me"),
        ]);
    answer(&asked).await;
    assert_eq!(
        log.lock().expect("the log")[..],
        ["PROPFIND / HTTP/1.1\r\nhost: other.example\r\nuser-agent: me\r\naccept: text/plain\r\n\
          accept-encoding: gzip\r\nauthorization: Bearer token-s3cr/t value\r\ncontent-length: 27\r\n\r\n\
          {\"key\": \"key-s3cr/t value\"}"
            .to_owned()]
    );
}

// Trap 1
#[tokio::test]
async fn a_peer_that_refuses_is_a_fault_that_names_its_address() {
    // Port 1 of loopback is free on any machine that runs tests.
    let fault = fault(&monitor("http://127.0.0.1:1/")).await;
    assert_eq!(fault.kind, Transport::Connect.into());
    assert_eq!(fault.to_string(), "connection refused by 127.0.0.1:1, expected a TCP connection");
}

#[tokio::test]
async fn what_is_not_http_is_a_protocol_fault() {
    for (sent, actual) in [
        (String::new(), "connection closed before an answer"),
        ("HTTP/1.1 200 OK".to_owned(), "connection closed before an answer"),
        ("SSH-2.0-OpenSSH_9.6\r\n".to_owned(), "an answer that is not HTTP"),
        ("HTTP/1.1 2 OK\r\n\r\n".to_owned(), "a status that is not a number from 100 to 999"),
        ("HTTP/3 200 OK\r\n\r\n".to_owned(), "an HTTP version that is neither 1 nor 2"),
    ] {
        let (address, _) = answering(sent).await;
        let fault = fault(&monitor(&format!("http://{address}/"))).await;
        assert_eq!(fault.kind, Transport::Protocol.into());
        assert_eq!(fault.actual, actual);
    }
}

#[tokio::test]
async fn a_reset_connection_is_a_protocol_fault() {
    let address = serving(|_, stream| async move {
        // Closing with unread bytes resets.
        stream.readable().await.expect("a request");
    });
    let fault = fault(&monitor(&format!("http://{}/", address.await))).await;
    assert_eq!(fault.kind, Transport::Protocol.into());
    assert_eq!(fault.actual, "connection reset before an answer");
}
