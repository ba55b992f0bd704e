//! What can be wrong with a service.

use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{post, try_post};
use crate::receivers::{Failure, Receiver, Slack};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(10);

fn hello() -> Value {
    json!({"text": "hello"})
}

#[test]
fn a_service_that_refuses_connections_is_there_again_at_the_same_address() {
    let slack = Receiver::start(Slack::default());
    slack.fail(Failure::Refuse);
    let error = try_post(&slack.url(), &hello(), LONG).expect_err("no connection");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    slack.recover();
    assert_eq!(post(&slack.url(), &hello()).status, 200);
    slack.recover();
    assert_eq!(post(&slack.url(), &hello()).status, 200, "it was well already");
}

#[test]
fn a_silent_service_accepts_nothing_and_never_answers() {
    let slack = Receiver::start(Slack::default());
    slack.fail(Failure::Silent);
    let error = try_post(&slack.url(), &hello(), SHORT).expect_err("no answer");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error:?}");
    assert!(slack.accepted().is_empty());
    assert_eq!(slack.requests().len(), 1);
    slack.recover();
    assert_eq!(post(&slack.url(), &hello()).status, 200);
}

#[test]
fn an_answer_that_is_lost_leaves_the_message_accepted() {
    let slack = Receiver::start(Slack::default());
    slack.fail_times(1, Failure::LoseAnswer);
    try_post(&slack.url(), &hello(), LONG).expect_err("no answer");
    assert_eq!(slack.accepted().len(), 1);
    assert_eq!(post(&slack.url(), &hello()).status, 200);
    assert_eq!(slack.duplicates()["hello"], 2);
}

#[test]
fn a_connection_that_is_dropped_accepts_nothing() {
    let slack = Receiver::start(Slack::default());
    slack.fail_times(1, Failure::Drop);
    try_post(&slack.url(), &hello(), LONG).expect_err("no answer");
    assert!(slack.accepted().is_empty());
    assert_eq!(post(&slack.url(), &hello()).status, 200);
}

#[test]
fn a_slow_service_accepts_at_once_and_answers_late() {
    let slack = Receiver::start(Slack::default());
    slack.fail(Failure::Slow(2 * SHORT));
    try_post(&slack.url(), &hello(), SHORT).expect_err("no answer yet");
    assert_eq!(slack.accepted().len(), 1);
    let begun = Instant::now();
    assert_eq!(post(&slack.url(), &hello()).status, 200);
    assert!(begun.elapsed() >= 2 * SHORT);
}

#[test]
fn failures_are_counted() {
    let slack = Receiver::start(Slack::default());
    slack.fail_times(2, Failure::Status(500));
    let statuses: Vec<_> = (0..4).map(|_| post(&slack.url(), &hello()).status).collect();
    assert_eq!(statuses, [500, 500, 200, 200]);
    slack.fail(Failure::Status(503));
    let statuses: Vec<_> = (0..3).map(|_| post(&slack.url(), &hello()).status).collect();
    assert_eq!(statuses, [503, 503, 503]);
    assert_eq!(slack.accepted().len(), 2);
    assert!(slack.refused().is_empty(), "its rules refused nothing");
}

#[test]
fn a_test_can_wait_for_what_comes_by_itself() {
    let slack = Receiver::start(Slack::default());
    let url = slack.url();
    let sender = thread::spawn(move || post(&url, &hello()).status);
    assert!(slack.wait_for(LONG, |accepted| accepted.len() == 1));
    assert_eq!(sender.join().expect("it ends"), 200);
    assert!(!slack.wait_for(Duration::ZERO, |accepted| accepted.len() == 2));
}

#[test]
fn a_service_ends_although_someone_waits_for_its_answer() {
    let slack = Receiver::start(Slack::default());
    slack.fail(Failure::Silent);
    let url = slack.url();
    let sender = thread::spawn(move || try_post(&url, &hello(), LONG).is_err());
    while slack.requests().is_empty() {
        thread::yield_now();
    }
    drop(slack);
    assert!(sender.join().expect("it ends"));
}
