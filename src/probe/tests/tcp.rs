//! Dialogs over TCP and TLS with servers that say what a test tells them to.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::authority::{authority, good, trusting};
use super::server::serving;
use super::{observe, observe_with};
use crate::assert::Unmet;
use crate::kinds::Dialog;
use crate::kinds::tls::{SessionRule, TlsVersion};
use crate::kinds::{Ask, Evidence};
use crate::monitor::{Expectations, Monitor};
use crate::observation::{Observation, Transport};

fn dialog(raw: Value) -> Dialog {
    Dialog::written(raw)
}

fn calling(address: impl std::fmt::Display, dialog: Dialog) -> Monitor {
    Monitor {
        ask: Ask::Tcp(dialog),
        expect: Expectations::of(Vec::new()),
        ..super::monitor(&format!("tcp://{address}"))
    }
}

/// What the dialog did not get; `None` if all of it went through.
fn unmet(observation: &Observation) -> Option<Unmet> {
    let evidence = observation.result.as_ref().expect("an answer");
    assert!(matches!(evidence, Evidence::Tcp(_)), "{evidence:?}");
    Ask::Tcp(Dialog::default()).unmet(evidence, &str::to_owned).map(|(_, unmet)| unmet)
}

/// A server that says each of `lines` and waits for a line of the client after it.
async fn saying(lines: &'static [&'static str]) -> std::net::SocketAddr {
    serving(move |_, mut stream| async move {
        for line in lines {
            drop(stream.write_all(line.as_bytes()).await);
            let mut byte = [0];
            while matches!(stream.read(&mut byte).await, Ok(1)) && byte != *b"\n" {}
        }
    })
    .await
}

#[tokio::test]
async fn a_connection_is_enough_where_nothing_is_said() {
    let address = serving(|_, stream| async move { drop(stream) }).await;
    let observation = observe(&calling(address, Dialog::default())).await;
    assert_eq!(unmet(&observation), None);
    assert!(observation.phases.get("connect").is_some());
    let refused = observe(&calling("127.0.0.1:1", Dialog::default())).await;
    assert_eq!(refused.result.expect_err("a fault").kind, Transport::Connect.into());
}

#[tokio::test]
async fn a_mail_server_goes_through_the_dialog_that_has_its_name() {
    let address = saying(&["220-hello\r\n220 ready\r\n", "250-a\r\n250 b\r\n", "221 bye\r\n"]).await;
    let observation = observe(&calling(address, dialog(json!("smtp")))).await;
    assert_eq!(unmet(&observation), None);
    assert!(observation.phases.get("dialog").is_some());
}

#[tokio::test]
async fn the_presets_go_through_with_what_their_servers_say() {
    for (name, said) in [
        ("imap", &["* OK ready\r\n", "* BYE\r\na1 OK done\r\n"][..]),
        ("pop3", &["+OK ready\r\n", "+OK bye\r\n"]),
        ("ftp", &["220 ready\r\n", "221 bye\r\n"]),
        ("ssh", &["SSH-2.0-OpenSSH_9.6\r\n"]),
    ] {
        let observation = observe(&calling(saying(said).await, dialog(json!(name)))).await;
        assert_eq!(unmet(&observation), None, "{name}");
    }
    for (answer, name) in
        [("+PONG\r\n", "redis"), ("-NOAUTH Authentication required.\r\n", "redis"), ("N", "postgres")]
    {
        let address = serving(move |_, mut stream: TcpStream| async move {
            let mut asked = [0; 64];
            if stream.read(&mut asked).await.is_ok() {
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        let observation = observe(&calling(address.await, dialog(json!(name)))).await;
        assert_eq!(unmet(&observation), None, "{name} {answer}");
    }
}

#[tokio::test]
async fn what_was_heard_instead_is_said_whether_the_server_hangs_up_or_goes_quiet() {
    let address = serving(|_, mut stream| async move {
        drop(stream.write_all(b"554 no service\x1b[2J\r\n").await);
    });
    let observation = observe(&calling(address.await, dialog(json!([{"expect": "^220 "}])))).await;
    let Unmet { actual, expected } = unmet(&observation).expect("it is not met");
    assert_eq!(actual, r#"step 1 of the dialog got "554 no service [2J" and the end of the connection"#);
    assert_eq!(expected, "a line that matches /^220 /");

    let monitor = calling(saying(&["554 no"]).await, dialog(json!([{"expect": "^220 "}])));
    let quiet = observe(&Monitor { timeout: Duration::from_millis(300), ..monitor }).await;
    assert_eq!(quiet.result.expect_err("no whole line came").kind, Transport::Timeout.into());

    let monitor = calling(saying(&["554 no\r\n"]).await, dialog(json!([{"expect": "^220 "}])));
    let quiet = observe(&Monitor { timeout: Duration::from_millis(300), ..monitor }).await;
    let Unmet { actual, .. } = unmet(&quiet).expect("it is not met");
    assert_eq!(actual, r#"step 1 of the dialog got "554 no" and nothing more within 300ms"#);
}

#[tokio::test]
async fn the_last_line_of_a_connection_needs_no_end() {
    for (said, is_met) in [("SSH-2.0-OpenSSH_9.6", true), ("HTTP/1.1 400 Bad Request", false)] {
        let address = serving(move |_, mut stream: TcpStream| async move {
            drop(stream.write_all(said.as_bytes()).await);
        });
        let unmet = unmet(&observe(&calling(address.await, dialog(json!("ssh")))).await);
        assert_eq!(unmet.is_none(), is_met, "{said}");
        let heard = format!("step 1 of the dialog got \"{said}\" and the end of the connection");
        assert!(unmet.is_none_or(|unmet| unmet.actual == heard), "{said}");
    }
}

#[tokio::test]
async fn lines_before_the_expected_one_are_passed_over() {
    let steps = json!([
        {"send": "NICK prober"}, {"send": "USER prober prober prober :prober"}, {"expect": "^:[^ ]+ 001"}
    ]);
    for (said, is_met) in [
        (":irc.example 001 prober :Welcome\n", true),
        ("ERROR: Your IP address has been blacklisted.\n", false),
    ] {
        let address = serving(move |_, mut stream: TcpStream| async move {
            drop(stream.write_all(b":irc.example NOTICE AUTH :*** Looking up your hostname...\n").await);
            // It hears both lines before it answers.
            let (mut heard, mut byte) = (0, [0]);
            while heard < 2 && matches!(stream.read(&mut byte).await, Ok(1)) {
                heard += usize::from(byte == *b"\n");
            }
            drop(stream.write_all(said.as_bytes()).await);
        });
        let observation = observe(&calling(address.await, dialog(steps.clone()))).await;
        assert_eq!(unmet(&observation).is_none(), is_met, "{said}");
    }
}

// Trap 1: no answer is never a good one.
#[tokio::test]
async fn a_server_that_says_nothing_is_a_fault() {
    let address = serving(|_, stream| async move { drop(stream) }).await;
    let closed = observe(&calling(address, dialog(json!("ssh")))).await;
    let fault = closed.result.expect_err("a fault");
    assert!(fault.kind == Transport::Protocol.into(), "{fault}");
    let silent =
        Monitor { timeout: Duration::from_millis(300), ..calling(saying(&[""]).await, dialog(json!("ssh"))) };
    assert_eq!(observe(&silent).await.result.expect_err("a fault").kind, Transport::Timeout.into());
}

// Trap 11: nothing that is read is without bounds.
#[tokio::test]
async fn a_server_that_never_stops_talking_is_cut_off() {
    for part in ["x".repeat(1 << 10), format!("{}\r\n", "y".repeat(98))] {
        let address = serving(move |_, mut stream| {
            let part = part.clone();
            async move { while stream.write_all(part.as_bytes()).await.is_ok() {} }
        });
        let observation = observe(&calling(address.await, dialog(json!([{"expect": "^220 "}])))).await;
        let Unmet { actual, .. } = unmet(&observation).expect("it is not met");
        assert!(actual.ends_with("and 64 KiB of other things") && actual.len() < 300, "{actual}");
    }
}

#[tokio::test]
async fn bytes_are_compared_as_they_are_written() {
    for (said, is_met) in [(&b"\x00\xffS"[..], true), (b"\x00\xfe", false), (b"\x00", false)] {
        let address = serving(move |_, mut stream: TcpStream| async move {
            let mut asked = [0; 2];
            let got = stream.read_exact(&mut asked).await.map(|_| asked);
            if matches!(got, Ok([0x0d, 0xff])) {
                drop(stream.write_all(said).await);
            }
        });
        let steps = dialog(json!([{"send_bytes": "0dFF"}, {"expect_bytes": "00ff"}]));
        let observation = observe(&calling(address.await, steps)).await;
        assert_eq!(unmet(&observation).is_none(), is_met, "{said:?}");
    }
}

// P10: a secret that is echoed.
#[tokio::test]
async fn a_secret_is_sent_and_shown_nowhere() {
    let address = serving(|_, mut stream: TcpStream| async move {
        let mut asked = [0; 256];
        let read = stream.read(&mut asked).await.unwrap_or_default();
        drop(stream.write_all(&[b"-ERR ", &asked[..read]].concat()).await);
    });
    let steps = dialog(json!([{"send": "AUTH ${env:REDIS}"}, {"expect": "^\\+OK"}]));
    let monitor = calling(address.await, steps);
    let secrets = super::secrets_of(&monitor);
    let observation = observe(&monitor).await;
    let evidence = observation.result.expect("an answer");
    let quoter = secrets.quoter(&monitor);
    let (_, unmet) = monitor.ask.unmet(&evidence, &|text| quoter.quote(text, 10_000)).expect("it is not met");
    assert!(!unmet.actual.contains("s3cr") && unmet.actual.contains("${env:REDIS}"), "{}", unmet.actual);
}

#[tokio::test]
async fn tls_begins_where_the_dialog_says_and_its_certificate_is_looked_at() {
    let authority = authority();
    let acceptor = good(&authority, &[]);
    let address = serving(move |_, mut stream: TcpStream| {
        let acceptor = acceptor.clone();
        async move {
            let mut asked = [0; 64];
            drop(stream.write_all(b"220 ready\r\n").await);
            drop(stream.read(&mut asked).await);
            drop(stream.write_all(b"220 go ahead\r\n").await);
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            drop(stream.read(&mut asked).await);
            drop(stream.write_all(b"250 inside\r\n").await);
            drop(stream.read(&mut asked).await);
        }
    })
    .await;
    let steps = dialog(json!([
        {"expect": "^220 "}, {"send": "STARTTLS"}, {"expect": "^220 go"}, {"starttls": true},
        {"send": "EHLO monitorctl"}, {"expect": "^250 inside"}
    ]));
    let monitor = calling(address, steps);
    let observation = observe_with(&trusting(&authority), &monitor).await;
    assert_eq!(unmet(&observation), None);
    assert!(observation.certificate.is_some() && observation.phases.get("tls").is_some());
    let stranger = observe(&monitor).await.result.expect_err("a fault");
    assert_eq!(stranger.kind, Transport::Tls.into(), "{stranger}");
}

#[tokio::test]
async fn what_is_said_before_tls_is_no_part_of_what_is_said_over_it() {
    let address = saying(&["220 ready\r\n250 smuggled\r\n"]).await;
    let steps = dialog(json!([{"expect": "^220 "}, {"starttls": true}, {"expect": "^250 "}]));
    let fault = observe(&calling(address, steps)).await.result.expect_err("a fault");
    assert!(fault.actual.contains("before TLS"), "{fault}");
}

#[tokio::test]
async fn a_session_is_agreed_on_with_its_version_and_certificate() {
    let authority = authority();
    // A server that takes no protocol of HTTP is one of something else.
    let acceptor = good(&authority, &["imap"]);
    let address = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(stream).await) }
    })
    .await;
    let monitor = Monitor {
        ask: Ask::Tls(SessionRule { min: Some(TlsVersion::V13), warn: None }),
        expect: Expectations::of(Vec::new()),
        ..super::monitor(&format!("tls://{address}"))
    };
    let observation = observe_with(&trusting(&authority), &monitor).await;
    let evidence = observation.result.expect("a session");
    assert_eq!(monitor.ask.unmet(&evidence, &str::to_owned), None);
    assert!(observation.certificate.is_some() && observation.peer.uses_tls);
    let stranger = observe(&monitor).await.result.expect_err("a fault");
    assert_eq!(stranger.kind, Transport::Tls.into(), "{stranger}");
}

#[tokio::test]
async fn a_metadata_address_is_not_called() {
    let observation = observe(&calling("169.254.169.254:80", Dialog::default())).await;
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Blocked.into());
}
