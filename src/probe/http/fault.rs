//! Why there is no complete answer, in words for people. Pure.

use std::error::Error;
use std::io;

use crate::net::foreign;
use crate::net::{failure, tls_fault_of};
use crate::observation::{Fault, Transport};

/// Of an answer that is none, or not a whole one.
pub fn incomplete(actual: impl Into<String>) -> Fault {
    Fault::new(Transport::Protocol, actual, "a complete HTTP answer")
}

pub fn too_large() -> Fault {
    Fault::new(Transport::BodyTooLarge, "a body of more than 1 MiB", "at most 1 MiB")
}

/// The fault behind an error of a connection that came `when`.
pub fn broken(error: &io::Error, when: &str) -> Fault {
    tls_fault_of(error).unwrap_or_else(|| incomplete(format!("{} {when}", failure::words(error))))
}

/// The fault behind an error of hyper that came `when`; its own words where its type says no more.
pub fn of_hyper(error: &hyper::Error, when: &str) -> Fault {
    if let Some(cause) = causes(error).find_map(|error| error.downcast_ref()) {
        return broken(cause, when);
    }
    incomplete(match error.source() {
        _ if error.is_incomplete_message() => format!("connection closed {when}"),
        Some(source) => format!("{error} {when}: {}", foreign(source)),
        None => format!("{error} {when}"),
    })
}

/// What is behind an error, the nearest first.
pub fn causes(error: &hyper::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}
