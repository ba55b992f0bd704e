//! What can be wrong with a service.

use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection is accepted: its process is gone. Lasts until [`super::Server::recover`].
    Refuse,
    /// The request is read, and that is all until [`super::Server::recover`]. It is not accepted.
    Silent,
    /// The connection ends when the request is read. It is not accepted.
    Drop,
    /// The request is accepted as ever, but the connection ends before the answer.
    LoseAnswer,
    /// The request is accepted as ever; the answer takes this long.
    Slow(Duration),
    /// This status, such as 500, whatever is asked. Nothing is accepted.
    Status(u16),
    /// Too many requests, in the service's own words: come again after so many seconds.
    Busy(u32),
}
