//! What the operating system says about a connection, in words for people. Pure.

use std::borrow::Cow;
use std::io::{Error, ErrorKind};

/// Fits before "by" or "while": `connection refused`.
pub fn words(error: &Error) -> Cow<'static, str> {
    Cow::Borrowed(match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused",
        ErrorKind::ConnectionReset => "connection reset",
        ErrorKind::ConnectionAborted => "connection aborted",
        ErrorKind::BrokenPipe | ErrorKind::NotConnected | ErrorKind::UnexpectedEof => "connection closed",
        ErrorKind::HostUnreachable => "host unreachable",
        ErrorKind::NetworkUnreachable | ErrorKind::AddrNotAvailable => "network unreachable",
        ErrorKind::NetworkDown => "network down",
        ErrorKind::TimedOut => "connection timed out",
        ErrorKind::PermissionDenied => "connection not permitted",
        _ => return Cow::Owned(error.to_string()),
    })
}
