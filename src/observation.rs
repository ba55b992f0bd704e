//! What one probe saw: an answer or a fault, with the time each phase took. Pure.

mod fault;
mod phases;

use std::time::Duration;

use jiff::Timestamp;

// A fault says what it is about.
pub use crate::assert::Subject;
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
    /// From the start of the last attempt to its end, redirects included.
    pub latency: Duration,
    /// Redirects followed in the last attempt.
    pub redirects: u8,
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
    pub is_https: bool,
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

/// A time span for people: its two largest units, no smaller than a second.
pub fn span(span: Duration) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let mut seconds = span.as_secs();
    let mut parts = Vec::new();
    for (unit, size) in UNITS {
        let count = seconds / size;
        seconds %= size;
        // Nothing is left out in the middle: what follows days are hours.
        if parts.len() == 2 || (parts.len() == 1 && count == 0) {
            break;
        }
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_reported_in_its_two_largest_units() {
        for (seconds, words) in
            [(0, "0s"), (59, "59s"), (3_661, "1h 1m"), (3_601, "1h"), (187_200, "2d 4h"), (172_805, "2d")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), words);
        }
    }
}
