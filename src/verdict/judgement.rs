//! What one run says about one monitor, with its reasons.

use std::time::Duration;

use jiff::Timestamp;

use crate::observation::{Certificate, Fault, Peer, Phases};

/// What one run says about one monitor, in order of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Pass,
    /// Works, but not as well as it should.
    Degraded,
    Fail,
    /// The probe says nothing about the endpoint: the prober itself was in trouble.
    Unknown,
    /// Not reached before the run's deadline.
    Skipped,
}

/// A verdict with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// When the evidence was taken.
    pub at: Timestamp,
    /// Empty for a pass; the gravest first.
    pub faults: Vec<Fault>,
    /// What the protocol of the endpoint calls its answer, if one came: the HTTP status; 0 where it has no codes.
    pub code: Option<u16>,
    pub latency: Option<Duration>,
    pub phases: Phases,
    /// The certificate that expires first, where TLS was spoken.
    pub certificate: Option<Certificate>,
    pub attempts: u32,
    /// Whom the probe spoke to, or tried to.
    pub peer: Peer,
    /// The beginning of an answer that did not pass, in one line and without secrets.
    pub excerpt: Option<String>,
}

impl Verdict {
    /// The word for it in JSON, tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Degraded => "degraded",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }

    /// Whether it says anything about the endpoint.
    pub fn is_evidence(self) -> bool {
        match self {
            Self::Pass | Self::Degraded | Self::Fail => true,
            Self::Unknown | Self::Skipped => false,
        }
    }

    /// The verdict whose word is `text`.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pass, Self::Degraded, Self::Fail, Self::Unknown, Self::Skipped]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
    }
}

impl Judgement {
    /// No evidence: the monitor was not reached, or its probe broke.
    pub fn without_evidence(verdict: Verdict, at: Timestamp) -> Self {
        Self {
            verdict,
            at,
            faults: Vec::new(),
            code: None,
            latency: None,
            phases: Phases::default(),
            certificate: None,
            attempts: 0,
            peer: Peer::default(),
            excerpt: None,
        }
    }

    /// Whether an answer came, good or bad.
    pub fn is_answered(&self) -> bool {
        self.code.is_some()
    }

    /// Whether nothing came back because of DNS, the connection or the time: the network may be the prober's own.
    pub fn is_cut_off(&self) -> bool {
        self.verdict == Verdict::Fail && self.faults.iter().any(|fault| fault.kind.is_of_the_network())
    }

    /// The reason in one line; empty for a pass.
    pub fn why(&self) -> String {
        match self.faults.as_slice() {
            [] => String::new(),
            [only] => only.to_string(),
            [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
        }
    }
}
