//! What one run says about one monitor, with its reasons.

use std::time::Duration;

use jiff::Timestamp;

use crate::monitor::IpVersion;
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

    /// What the judgement of a monitor comes to: its only one, or of those over IPv6 and over IPv4 the worse, with the faults
    /// of both. `None` without any.
    pub fn of_ip_versions(judgements: Vec<Self>) -> Option<Self> {
        let mut judgements = judgements.into_iter();
        let first = judgements.next()?;
        let Some(second) = judgements.next() else { return Some(first) };
        let (over_v6, over_v4) = (first.over(IpVersion::V6), second.over(IpVersion::V4));
        // What failed is a failure, whether or not the other one could be probed.
        let gravity = |judgement: &Self| match judgement.verdict {
            Verdict::Pass => 0,
            Verdict::Degraded => 1,
            Verdict::Skipped => 2,
            Verdict::Unknown => 3,
            Verdict::Fail => 4,
        };
        let (worse, other) =
            if gravity(&over_v4) > gravity(&over_v6) { (over_v4, over_v6) } else { (over_v6, over_v4) };
        Some(Self {
            faults: worse.faults.into_iter().chain(other.faults).collect(),
            code: worse.code.or(other.code),
            latency: worse.latency.max(other.latency),
            attempts: worse.attempts.max(other.attempts),
            excerpt: worse.excerpt.or(other.excerpt),
            ..worse
        })
    }

    /// The same with faults that name the version of IP.
    fn over(mut self, version: IpVersion) -> Self {
        for fault in &mut self.faults {
            fault.actual = format!("over {}: {}", version.as_str(), fault.actual);
        }
        self
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Transport;

    fn judged(verdict: Verdict, code: Option<u16>, actual: &str) -> Judgement {
        let fault = || Fault::new(Transport::Connect, actual, "a TCP connection");
        let faults = if actual.is_empty() { Vec::new() } else { vec![fault()] };
        Judgement { faults, code, ..Judgement::without_evidence(verdict, Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn both_versions_of_ip_have_to_pass_and_the_one_that_does_not_is_named() {
        use Verdict::{Degraded, Fail, Pass, Unknown};
        for (over_v6, over_v4, verdict) in [
            (Pass, Pass, Pass),
            (Pass, Degraded, Degraded),
            (Fail, Pass, Fail),
            (Pass, Fail, Fail),
            (Unknown, Pass, Unknown),
            (Unknown, Degraded, Unknown),
            // It fails all the same.
            (Unknown, Fail, Fail),
        ] {
            let of = |verdict| judged(verdict, None, "");
            let both = Judgement::of_ip_versions(vec![of(over_v6), of(over_v4)]);
            assert_eq!(both.map(|both| both.verdict), Some(verdict), "{over_v6:?} {over_v4:?}");
        }
        let refused = judged(Fail, None, "connection refused");
        let both = Judgement::of_ip_versions(vec![refused.clone(), judged(Pass, Some(200), "")]);
        let both = both.expect("one comes of two");
        assert_eq!(both.why(), "over IPv6: connection refused, expected a TCP connection");
        assert!(both.is_answered(), "the network of the prober is there");
        assert_eq!(Judgement::of_ip_versions(vec![refused.clone()]), Some(refused), "one alone is itself");
        assert_eq!(Judgement::of_ip_versions(Vec::new()), None);
    }
}
