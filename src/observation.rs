//! What one probe saw: an answer or a fault, with the time each phase took. Pure.

mod fault;
mod phases;

use std::time::Duration;

use jiff::Timestamp;

pub use fault::{Fault, FaultKind, Transport};
pub use phases::Phases;

use crate::kinds::Evidence;

/// The evidence of one monitor in one run: its last attempt, and how many it took.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When the first attempt began.
    pub at: Timestamp,
    /// Attempts made, at least 1.
    pub attempts: u32,
    /// Phases of the last attempt's last hop.
    pub phases: Phases,
    /// From the start of the last attempt to its end, every hop included.
    pub latency: Duration,
    /// The certificate that expires first among those that the last attempt relied on, if it spoke TLS.
    pub certificate: Option<Certificate>,
    /// Whom the last hop of the last attempt spoke to.
    pub peer: Peer,
    pub result: Result<Evidence, Fault>,
}

/// Whom a probe spoke to, or tried to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Peer {
    /// `None` if its name led to no address.
    pub reach: Option<Reach>,
    /// Whether TLS begins with the connection, as in https.
    pub uses_tls: bool,
}

/// What kind of address that is: the way there may be cut for the one and not for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    Public,
    /// Of a network that the internet does not reach.
    Private,
}

/// A certificate that an endpoint is reached by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pub expires: Timestamp,
    /// What it is, in the words of the endpoint: `certificate of a.example`.
    pub subject: String,
}
