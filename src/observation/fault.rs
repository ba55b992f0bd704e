//! Why an endpoint is not good.

use std::fmt;

use crate::assert::Subject;

/// Why an endpoint is not good: a probe that got no answer, or an expectation that was not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// What was seen, ready for people; never holds the value of a secret.
    pub actual: String,
    pub expected: String,
}

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// It ended the probe before there was a complete answer.
    Transport(Transport),
    /// An answer came, and an expectation on this part of it was not met.
    Unmet(Subject),
    /// This machine cannot make the probe, so nothing is known of the endpoint.
    Prober,
}

/// What can keep a probe from an answer, whatever it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
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
    /// The peer does not speak its protocol as it should.
    Protocol,
    /// An address that monitorctl must not talk to.
    Blocked,
    /// More body than the cap, after decompression.
    BodyTooLarge,
    /// A referenced secret could not be had.
    Secret,
    /// No token, or no credentials, from who issues them.
    Auth,
}

impl FaultKind {
    /// Whether the network of the prober may be the cause as well as the endpoint.
    pub fn is_of_the_network(self) -> bool {
        match self {
            Self::Transport(transport) => transport.is_of_the_network(),
            Self::Unmet(_) | Self::Prober => false,
        }
    }

    /// Whether it says something about the endpoint.
    pub fn is_evidence(self) -> bool {
        match self {
            Self::Transport(_) | Self::Unmet(_) => true,
            Self::Prober => false,
        }
    }

    /// The word for it in YAML, JSON, tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transport(transport) => transport.as_str(),
            Self::Unmet(subject) => subject.word(),
            Self::Prober => "prober",
        }
    }
}

impl Transport {
    /// Every kind, in the order of the definition.
    pub const ALL: [Self; 10] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Timeout,
        Self::Redirect,
        Self::Protocol,
        Self::Blocked,
        Self::BodyTooLarge,
        Self::Secret,
        Self::Auth,
    ];

    /// Whether the network of the prober may be the cause as well as the endpoint.
    pub fn is_of_the_network(self) -> bool {
        match self {
            // Who issues tokens is reached over the same network.
            Self::Dns | Self::Connect | Self::Timeout | Self::Auth => true,
            Self::Tls
            | Self::Redirect
            | Self::Protocol
            | Self::Blocked
            | Self::BodyTooLarge
            | Self::Secret => false,
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
            Self::Auth => "auth",
        }
    }
}

impl Fault {
    pub fn new(kind: impl Into<FaultKind>, actual: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { kind: kind.into(), actual: actual.into(), expected: expected.into() }
    }

    /// What kept the probe from an answer; `None` where an answer came.
    pub fn transport(&self) -> Option<Transport> {
        match self.kind {
            FaultKind::Transport(transport) => Some(transport),
            FaultKind::Unmet(_) | FaultKind::Prober => None,
        }
    }
}

impl From<Transport> for FaultKind {
    fn from(transport: Transport) -> Self {
        Self::Transport(transport)
    }
}

impl From<Subject> for FaultKind {
    fn from(subject: Subject) -> Self {
        Self::Unmet(subject)
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
