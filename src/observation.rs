//! What one probe saw: an answer or a fault, with the time each phase took. Pure.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::is_hidden;

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
    pub result: Result<Answer, Fault>,
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

/// Time spent in each phase; `None` where a phase was not reached or not needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phases {
    pub dns: Option<Duration>,
    pub connect: Option<Duration>,
    pub tls: Option<Duration>,
    /// From the request's last byte to the answer's first (time to first byte).
    pub wait: Option<Duration>,
    pub read: Option<Duration>,
}

/// A complete HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Lower-case names in the order received; values as bytes because HTTP does not promise UTF-8.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Decoded body, read only if the monitor has a rule for it.
    pub body: Option<Vec<u8>>,
}

/// Why an endpoint is not good: a probe that got no answer, or an expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// What was seen, ready for people; never holds the value of a secret.
    pub actual: String,
    pub expected: String,
}

/// The closed set of faults. The first nine end a probe, the others judge a complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The host's name has no usable address.
    Dns,
    /// No TCP connection.
    Connect,
    /// No TLS session, or a certificate that does not verify.
    Tls,
    /// The attempt's time was up.
    Timeout,
    /// Too many redirects, or one that must not be followed.
    Redirect,
    /// The peer does not speak HTTP as it should.
    Protocol,
    /// An address that monitorctl must not talk to.
    Blocked,
    /// More body than the cap, after decompression.
    BodyTooLarge,
    /// A referenced secret could not be had.
    Secret,
    Status,
    Latency,
    Header,
    Body,
    Json,
    Certificate,
}

impl FaultKind {
    /// Every kind, in the order of the definition.
    #[cfg(test)]
    pub const ALL: [Self; 15] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Redirect,
        Self::Protocol,
        Self::Blocked,
        Self::BodyTooLarge,
        Self::Secret,
        Self::Status,
        Self::Latency,
        Self::Header,
        Self::Body,
        Self::Json,
        Self::Certificate,
    ];

    /// Whether it may be the network of whoever probes as well as the endpoint.
    pub fn is_of_the_network(self) -> bool {
        match self {
            Self::Dns | Self::Connect | Self::Timeout => true,
            Self::Tls
            | Self::Redirect
            | Self::Protocol
            | Self::Blocked
            | Self::BodyTooLarge
            | Self::Secret
            | Self::Status
            | Self::Latency
            | Self::Header
            | Self::Body
            | Self::Json
            | Self::Certificate => false,
        }
    }

    /// The word for it in YAML, JSON, tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Redirect => "redirect",
            Self::Protocol => "protocol",
            Self::Blocked => "blocked",
            Self::BodyTooLarge => "body_too_large",
            Self::Secret => "secret",
            Self::Status => "status",
            Self::Latency => "latency",
            Self::Header => "header",
            Self::Body => "body",
            Self::Json => "json",
            Self::Certificate => "certificate",
        }
    }
}

impl Fault {
    pub fn new(kind: FaultKind, actual: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { kind, actual: actual.into(), expected: expected.into() }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Fault {
    /// `HTTP 503, expected 200`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, expected {}", self.actual, self.expected)
    }
}

/// The first `limit` characters of a text from an endpoint, fit for a terminal, a mail or a page: control
/// and invisible formatting characters become spaces, and a cut is marked by `…`.
pub fn excerpt(text: &str, limit: usize) -> String {
    let visible = |c: char| if is_hidden(c) { ' ' } else { c };
    let mut shown: String = text.chars().take(limit).map(visible).collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown.trim().to_owned()
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

    // Trap 17: control characters of a target in a terminal or a mail.
    #[test]
    fn an_excerpt_is_short_and_shows_no_control_characters() {
        assert_eq!(excerpt("a\u{1b}[2Jb\r\n\u{202e}c", 80), "a [2Jb   c");
        assert_eq!(excerpt("ääää", 3), "äää…");
        assert_eq!(excerpt("  \n", 3), "");
    }

    #[test]
    fn a_span_is_reported_in_its_two_largest_units() {
        for (seconds, words) in
            [(0, "0s"), (59, "59s"), (3_661, "1h 1m"), (3_601, "1h"), (187_200, "2d 4h"), (172_805, "2d")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), words);
        }
    }
}
