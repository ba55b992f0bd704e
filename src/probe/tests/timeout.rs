//! Peers that take their time, and the two clocks that cut them off.

use std::time::Duration;

use jiff::Timestamp;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::server::{answering, answering_in_turn, ok, redirect, request, serving};
use super::{Probed, monitor, observe, prober, reading, secrets_of};
use crate::monitor::{Monitor, Retry, RetryClass};
use crate::observation::Transport;

const SHORT: Duration = Duration::from_millis(100);

fn hasty(monitor: Monitor) -> Monitor {
    Monitor { timeout: SHORT, ..monitor }
}

/// A server that sends `head` and then a byte every ten milliseconds, for ever.
async fn dripping(head: &'static str) -> String {
    let address = serving(move |_, mut stream| async move {
        request(&mut stream).await;
        drop(stream.write_all(head.as_bytes()).await);
        while stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    });
    format!("http://{}/", address.await)
}

/// A server that accepts and says nothing.
async fn silent() -> String {
    let address = serving(|_, stream| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    });
    format!("http://{}/", address.await)
}

// Trap 11
#[tokio::test]
async fn a_byte_drip_is_cut_in_the_phase_where_it_drips() {
    for (head, phase) in [("HTTP/1.1 200 OK\r\nx-", "wait"), ("HTTP/1.1 200 OK\r\n\r\n", "read")] {
        let observation = observe(&hasty(reading(&dripping(head).await))).await;
        let fault = observation.result.expect_err("a fault");
        assert_eq!(fault.kind, Transport::Timeout.into());
        assert_eq!(
            fault.to_string(),
            format!("no answer after 100ms, in the phase {phase}, expected an answer within 100ms")
        );
        assert!(observation.latency >= SHORT && observation.latency < 5 * SHORT);
        assert!(observation.phases.get("connect").is_some() && observation.phases.get("wait").is_some());
    }
}

#[tokio::test]
async fn redirects_share_the_time_of_their_attempt() {
    let last = silent().await;
    let (address, log) = answering(redirect(302, &last)).await;
    let observation = observe(&hasty(monitor(&format!("http://{address}/")))).await;
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Timeout.into());
    assert_eq!(log.lock().expect("the log").len(), 1);
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_is_named() {
    let url = silent().await.replace("http:", "https:");
    let fault = observe(&hasty(monitor(&url))).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "no answer after 100ms, in the phase tls");
}

#[tokio::test]
async fn an_attempt_that_would_not_have_its_timeout_is_not_begun() {
    let slow = hasty(monitor(&silent().await));
    for left in [Duration::ZERO, SHORT / 2] {
        let deadline = Some(Instant::now() + left);
        let started = Instant::now();
        let probed = prober().observe(&slow, &secrets_of(&slow), Timestamp::UNIX_EPOCH, deadline).await;
        assert_eq!(probed, Probed::Skipped);
        assert!(started.elapsed() < SHORT, "what is not begun is not waited for");
    }
}

// An endpoint that hangs must go DOWN, whatever the deadline: what began is never cut.
#[tokio::test]
async fn an_attempt_that_has_its_timeout_before_the_deadline_fails_by_it() {
    let slow = hasty(monitor(&silent().await));
    let deadline = Some(Instant::now() + 2 * SHORT);
    let probed = prober().observe(&slow, &secrets_of(&slow), Timestamp::UNIX_EPOCH, deadline).await;
    let Probed::Observed(observation) = probed else { panic!("skipped") };
    assert_eq!(observation.attempts, 1);
    assert_eq!(observation.result.expect_err("a fault").kind, Transport::Timeout.into());
}

#[tokio::test]
async fn a_fault_seen_before_the_deadline_stays_when_the_retry_has_no_time() {
    let retry = Retry {
        attempts: 3,
        wait: Duration::from_mins(1),
        on: [RetryClass::Status].into(),
        ..Retry::default()
    };
    let (address, _) = answering("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").await;
    let failing = Monitor { retry, ..monitor(&format!("http://{address}/")) };
    let started = Instant::now();
    let deadline = Some(started + Duration::from_secs(30));
    let probed = prober().observe(&failing, &secrets_of(&failing), Timestamp::UNIX_EPOCH, deadline).await;
    let Probed::Observed(observation) = probed else { panic!("skipped") };
    assert_eq!((observation.attempts, observation.result.map(|answer| answer.code())), (1, Ok(503)));
    assert!(started.elapsed() < Duration::from_secs(5), "the rest of the run is not slept away");
}

#[tokio::test]
async fn a_retry_that_would_not_have_its_timeout_leaves_the_attempt_before_it() {
    let address = serving(move |_, mut stream| async move {
        request(&mut stream).await;
        sleep(2 * SHORT).await;
        drop(stream.write_all(b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").await);
    });
    let retry =
        Retry { attempts: 3, wait: Duration::ZERO, on: [RetryClass::Status].into(), ..Retry::default() };
    let failing = Monitor { retry, timeout: 4 * SHORT, ..monitor(&format!("http://{}/", address.await)) };
    let deadline = Some(Instant::now() + 5 * SHORT);
    let probed = prober().observe(&failing, &secrets_of(&failing), Timestamp::UNIX_EPOCH, deadline).await;
    let Probed::Observed(observation) = probed else { panic!("skipped") };
    assert_eq!((observation.attempts, observation.result.map(|answer| answer.code())), (1, Ok(503)));
}

// Trap 10
#[tokio::test]
async fn each_probe_opens_a_connection_of_its_own() {
    let (address, log) = answering_in_turn(vec![ok("", b""), ok("", b"")]).await;
    let prober = prober();
    for _ in 0..2 {
        let seen = super::observe_with(&prober, &monitor(&format!("http://{address}/"))).await;
        assert!(seen.phases.get("connect").is_some());
    }
    assert_eq!(log.lock().expect("the log").len(), 2);
}

#[tokio::test]
async fn a_backlog_that_no_one_accepts_still_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let fault = observe(&hasty(monitor(&url))).await.result.expect_err("a fault");
    assert_eq!(fault.actual, "no answer after 100ms, in the phase wait");
}
