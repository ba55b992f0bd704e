//! Why there is no complete answer, in words for people. Pure.

use std::io;

use super::http2;
use crate::observation::{Fault, Transport};

const COMPLETE: &str = "a complete HTTP answer";

/// Of an answer that is none, or not a whole one.
pub fn incomplete(actual: impl Into<String>) -> Fault {
    Fault::new(Transport::Protocol, actual, COMPLETE)
}

pub fn too_large() -> Fault {
    Fault::new(Transport::BodyTooLarge, "a body of more than 1 MiB", "at most 1 MiB")
}

/// The fault behind an error of a connection that came `when`.
pub fn broken(error: &io::Error, when: &str) -> Fault {
    http2::broken(error, when, COMPLETE)
}

/// The fault behind an error of hyper that came `when`.
pub fn of_hyper(error: &hyper::Error, when: &str) -> Fault {
    http2::broken_by(error, when, COMPLETE)
}
