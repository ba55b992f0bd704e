//! Attempts beyond the first.

use std::time::Duration;

use jiff::Timestamp;

use super::server::{answering_in_turn, ok};
use super::{monitor, observe};
use crate::kinds::Ask;
use crate::kinds::Dialog;
use crate::monitor::{Backoff, Expectations, Monitor, Retry, RetryClass};

/// At once, for failures of these classes.
fn five_times<const N: usize>(on: [RetryClass; N]) -> Retry {
    Retry { attempts: 5, wait: Duration::ZERO, on: on.into(), ..Retry::default() }
}

fn failing() -> Vec<u8> {
    b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n".to_vec()
}

#[tokio::test]
async fn the_first_good_attempt_ends_the_retries() {
    let (address, log) = answering_in_turn(vec![failing(), failing(), ok("", b"")]).await;
    let retry = five_times([RetryClass::Status]);
    let observation = observe(&Monitor { retry, ..monitor(&format!("http://{address}/")) }).await;
    assert_eq!((observation.attempts, observation.result.map(|answer| answer.code())), (3, Ok(200)));
    assert_eq!(log.lock().expect("the log").len(), 3);
    assert!(observation.at < Timestamp::UNIX_EPOCH + Duration::from_secs(1));
}

#[tokio::test]
async fn a_fault_that_no_retry_is_for_is_seen_once() {
    let (address, log) = answering_in_turn(vec![failing()]).await;
    let retry = five_times([RetryClass::Connect]);
    let observation = observe(&Monitor { retry, ..monitor(&format!("http://{address}/")) }).await;
    assert_eq!((observation.attempts, observation.result.map(|answer| answer.code())), (1, Ok(503)));
    assert_eq!(log.lock().expect("the log").len(), 1);
}

#[tokio::test]
async fn the_last_attempt_is_the_evidence() {
    let retry = Retry {
        attempts: 2,
        wait: Duration::from_millis(1),
        on: [RetryClass::Connect].into(),
        ..Retry::default()
    };
    let observation = observe(&Monitor { retry, ..monitor("http://127.0.0.1:1/") }).await;
    assert_eq!(observation.attempts, 3);
    assert!(observation.result.is_err());
}

#[tokio::test]
async fn the_pauses_between_attempts_grow_with_the_backoff() {
    let (address, log) = answering_in_turn(vec![failing()]).await;
    let retry = Retry {
        attempts: 3,
        wait: Duration::from_millis(2),
        backoff: Backoff::Exponential,
        on: [RetryClass::Status].into(),
    };
    let retried = Monitor { retry, ..monitor(&format!("http://{address}/")) };
    let started = std::time::Instant::now();
    assert_eq!(observe(&retried).await.attempts, 4);
    assert!(started.elapsed() >= Duration::from_millis(2 + 4 + 8));
    assert_eq!(log.lock().expect("the log").len(), 4);
}

#[tokio::test]
async fn a_dialog_that_is_not_met_is_an_answer_and_is_not_repeated() {
    let (address, log) = answering_in_turn(vec![b"554 no\r\n".to_vec()]).await;
    let dialog = Dialog::written(serde_json::json!([{"send_bytes": "0d0a0d0a"}, {"expect": "^220 "}]));
    let retry = five_times([RetryClass::Status, RetryClass::Protocol, RetryClass::Timeout]);
    let ask = Ask::Tcp(dialog);
    let expect = Expectations::of(Vec::new());
    let observation = observe(&Monitor { ask, retry, expect, ..monitor(&format!("tcp://{address}")) }).await;
    assert_eq!(observation.attempts, 1, "{observation:?}");
    assert_eq!(log.lock().expect("the log").len(), 1);
}
