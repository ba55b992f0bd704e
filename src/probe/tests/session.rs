//! TLS sessions, and the two versions of HTTP inside them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use http_body_util::{Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::authority::{authority, good, observe, secure, trusting};
use super::http;
use super::server::{answering, ok, redirecting, request, serving};
use super::{monitor, observe_with};
use crate::kinds::Evidence;
use crate::monitor::Monitor;
use crate::observation::Transport;

#[tokio::test]
async fn an_endpoint_with_a_certificate_that_verifies_answers() {
    let authority = authority();
    let address = secure(good(&authority, &[])).await;
    let observation = observe(&authority, address).await;
    assert!(observation.phases.get("tls").is_some());
    assert_eq!(http(observation.result.expect("an answer")).body.as_deref(), Some(&b"ok"[..]));
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
    let answer = http(observe(&authority, address).await.result.expect("an answer"));
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
    let observation = observe_with(&trusting(&authority), &hasty).await;
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
                let answer = http::Response::builder().header("x-long", "y".repeat(70_000));
                answer.body(Full::new(Bytes::new()))
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        }
    })
    .await;
    let fault = observe(&authority, address).await.result.expect_err("a fault");
    assert_eq!(
        (fault.kind, fault.actual.as_str()),
        (Transport::Protocol.into(), "an answer with a head of more than 64 KiB")
    );
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
        assert_eq!((fault.kind, fault.actual.as_str()), (Transport::Tls.into(), actual));
    }
}

#[tokio::test]
async fn a_redirect_may_lead_to_https_but_not_back() {
    let authority = authority();
    let secure_address = secure(good(&authority, &[])).await;
    let (plain, _) = redirecting(&format!("https://{secure_address}/")).await;
    let prober = trusting(&authority);
    let observation = observe_with(&prober, &monitor(&format!("http://{plain}/"))).await;
    assert!(observation.result.is_ok(), "{observation:?}");
    assert!(observation.phases.get("tls").is_some());

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
    assert_eq!(fault.kind, Transport::Redirect.into());
    assert_eq!(
        fault.to_string(),
        format!("a redirect to http://{target}/, expected a redirect that keeps https")
    );
    assert!(log.lock().expect("the log").is_empty());
}

/// A server in HTTP/2 that answers with `lines` and a body that never ends, but for its first bytes.
async fn speaking_http2(authority: &super::authority::Authority, lines: usize, quiet: bool) -> String {
    let acceptor = good(authority, &["h2"]);
    let address = serving(move |_, stream| {
        let acceptor = acceptor.clone();
        async move {
            let stream = acceptor.accept(stream).await.expect("a session");
            let service = service_fn(move |request: http::Request<Incoming>| async move {
                let length = request.headers().get("content-length").cloned();
                let mut answer = http::Response::builder();
                if let Some(length) = length {
                    answer = answer.header("x-length", length);
                }
                for line in 0..lines {
                    answer = answer.header(format!("x-{line}"), "y");
                }
                let first = futures_util::stream::once(async {
                    Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from_static(b"ok")))
                });
                let rest = futures_util::stream::pending();
                let body = if quiet { first.chain(rest).left_stream() } else { first.right_stream() };
                answer.header("content-encoding", "UTF-8").body(StreamBody::new(body))
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            drop(server.serve_connection(TokioIo::new(stream), service).await);
        }
    })
    .await;
    format!("https://{address}/")
}

// Trap 30
#[tokio::test]
async fn an_endless_body_in_http_2_is_not_awaited_where_nothing_asks_for_it() {
    let authority = authority();
    let url = speaking_http2(&authority, 0, true).await;
    let observation = observe_with(&trusting(&authority), &monitor(&url)).await;
    assert_eq!(observation.result.as_ref().map(Evidence::code), Ok(200), "{observation:?}");
    assert!(observation.latency < Duration::from_secs(5), "{observation:?}");
}

// Trap 29, and trap 31: an empty POST.
#[tokio::test]
async fn http_2_takes_many_header_lines_odd_encodings_and_says_the_length_of_an_empty_post() {
    let authority = authority();
    let url = speaking_http2(&authority, 250, false).await;
    let post = super::reading(&url).with_method("POST");
    let answer = http(observe_with(&trusting(&authority), &post).await.result.expect("an answer"));
    assert_eq!(answer.body.as_deref(), Some(&b"ok"[..]));
    assert!(answer.headers.contains(&("x-249".to_owned(), b"y".to_vec())));
    assert!(answer.headers.contains(&("x-length".to_owned(), b"0".to_vec())), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_session_in_which_http_2_is_not_agreed_on_speaks_http_1() {
    let authority = authority();
    for alpn in [&["http/1.1"][..], &[]] {
        let address = secure(good(&authority, alpn)).await;
        assert!(observe(&authority, address).await.result.is_ok(), "{alpn:?}");
    }
}

/// Old servers that have no site of the name that was greeted say so, and go on with another one.
#[tokio::test]
async fn a_mere_warning_that_the_name_is_unknown_is_passed_over() {
    let authority = authority();
    let acceptor = good(&authority, &[]);
    let address = serving(move |_, mut stream| {
        let acceptor = acceptor.clone();
        async move {
            // A warning (1) of the kind unrecognized_name (112), before the greeting is answered.
            drop(stream.write_all(&[21, 3, 3, 0, 2, 1, 112]).await);
            let mut stream = acceptor.accept(stream).await.expect("a session");
            request(&mut stream).await;
            drop(stream.write_all(&ok("", b"ok")).await);
        }
    })
    .await;
    assert!(observe(&authority, address).await.result.is_ok());
}
