//! What a probe is made to have seen.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::assert::Subject;
use crate::kinds::{Evidence, subjects};
use crate::monitor::{Expectations, Monitor, format_duration, parse_duration};
use crate::observation::{Fault, FaultKind, Observation, Peer, Phases, Transport};
use crate::verdict::{Judgement, Verdict, judge};

/// One word of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Pass,
    Degraded,
    Fail,
    Unknown,
    Skipped,
    Fault(FaultKind),
    /// An answer with this status; whether it is a good one is for the monitor to say.
    Status(u16),
    /// A good answer that took so long.
    Latency(Duration),
}

/// The words of outcomes, as they are listed.
const WORDS: [&str; 5] = ["up", "degraded", "fail", "unknown", "skip"];

/// Every fault that has a word of its own, in the order in which they are listed.
fn faults() -> impl Iterator<Item = FaultKind> {
    // A code is written as such. A transport fault of the same word is the graver one.
    let is_its_own = |subject: &Subject| {
        !subject.is_code() && Transport::ALL.iter().all(|fault| fault.as_str() != subject.word())
    };
    let of_subjects = subjects().filter(is_its_own).map(FaultKind::Unmet);
    Transport::ALL.into_iter().map(FaultKind::Transport).chain(of_subjects)
}

impl Outcome {
    /// Every word that a script may use, `status=503` and `latency=2s` as examples.
    pub fn words() -> Vec<&'static str> {
        let examples = ["status=503", "latency=2s"];
        WORDS.into_iter().chain(examples).chain(faults().map(FaultKind::as_str)).collect()
    }

    /// The outcome of this word in lower case.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some((name, value)) = word.split_once('=') {
            return match name {
                "status" => status(value),
                "latency" => parse_duration(value).ok().map(Self::Latency),
                _ => None,
            };
        }
        match word {
            "up" | "pass" | "ok" => Some(Self::Pass),
            "degraded" => Some(Self::Degraded),
            "fail" | "down" => Some(Self::Fail),
            "unknown" => Some(Self::Unknown),
            "skip" | "skipped" => Some(Self::Skipped),
            _ => faults().find(|kind| kind.as_str() == word).map(Self::Fault),
        }
    }

    /// What a probe at `at` that saw this is judged to be.
    pub fn judgement(self, monitor: &Monitor, at: Timestamp) -> Judgement {
        let of = |verdict| Judgement::without_evidence(verdict, at);
        let simulated = |verdict, subject| {
            let fault = Fault::new(subject, "a simulated failure", "a good answer");
            Judgement { faults: vec![fault], attempts: 1, ..of(verdict) }
        };
        match self {
            Self::Pass => Judgement { attempts: 1, ..of(Verdict::Pass) },
            Self::Degraded => simulated(Verdict::Degraded, Subject::LATENCY),
            Self::Fail => {
                let of_kind = monitor.ask.kind().subjects().next();
                simulated(Verdict::Fail, of_kind.unwrap_or(Subject::LATENCY))
            }
            Self::Unknown => of(Verdict::Unknown),
            Self::Skipped => of(Verdict::Skipped),
            Self::Fault(kind) => seen(monitor, at, Duration::ZERO, Err(fault(kind, monitor))),
            Self::Status(status) => {
                let of_code = monitor.expect.assertions.iter().filter(|one| one.subject.is_code());
                let expect = Expectations::of(of_code.cloned().collect());
                let evidence = monitor.ask.example(status);
                seen(&Monitor { expect, ..monitor.clone() }, at, Duration::ZERO, Ok(evidence))
            }
            Self::Latency(latency) => {
                let expect =
                    Expectations { latency: monitor.expect.latency.clone(), ..Expectations::of(Vec::new()) };
                seen(&Monitor { expect, ..monitor.clone() }, at, latency, Ok(monitor.ask.example(200)))
            }
        }
    }
}

fn status(text: &str) -> Option<Outcome> {
    text.parse().ok().filter(|status| (100..600).contains(status)).map(Outcome::Status)
}

fn seen(monitor: &Monitor, at: Timestamp, latency: Duration, result: Result<Evidence, Fault>) -> Judgement {
    let observation = Observation {
        peer: Peer::default(),
        at,
        attempts: 1,
        phases: Phases::default(),
        latency,
        certificate: None,
        result,
    };
    judge(monitor, &observation, &str::to_owned)
}

/// In the words of a probe that really met it.
fn fault(kind: FaultKind, monitor: &Monitor) -> Fault {
    let transport = match kind {
        FaultKind::Transport(transport) => transport,
        FaultKind::Unmet(subject) => {
            let actual = format!("a simulated failure of `{kind}`");
            return Fault::new(subject, actual, "a value that passes");
        }
        FaultKind::Prober => return Fault::new(kind, "a probe that could not be made", "a probe"),
    };
    let (actual, expected) = match transport {
        Transport::Timeout => {
            let expected = format!("an answer within {}", format_duration(monitor.timeout));
            return Fault::new(kind, "no answer", expected);
        }
        Transport::Dns => ("no such name", "an address"),
        Transport::Connect => ("connection refused", "a TCP connection"),
        Transport::Tls => ("a failed handshake", "a TLS session"),
        Transport::Redirect => ("too many redirects", "an answer"),
        Transport::Protocol => ("a connection that broke", "a complete HTTP answer"),
        Transport::Blocked => ("a blocked address", "one that may be probed"),
        Transport::Auth => ("no token from https://id.example: HTTP 401", "an access token"),
        Transport::BodyTooLarge => ("a body of more than 1 MiB", "at most 1 MiB"),
        Transport::Secret => ("a secret that is not set", "its value"),
    };
    Fault::new(kind, actual, expected)
}

impl fmt::Display for Outcome {
    /// As a script has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("up"),
            Self::Degraded => f.write_str("degraded"),
            Self::Fail => f.write_str("fail"),
            Self::Unknown => f.write_str("unknown"),
            Self::Skipped => f.write_str("skip"),
            Self::Fault(kind) => kind.fmt(f),
            Self::Status(status) => write!(f, "status={status}"),
            Self::Latency(latency) => write!(f, "latency={}", format_duration(*latency)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assert::{CodeClass, CodeSet};
    use crate::kinds::http::status_in;

    #[test]
    fn every_word_that_is_listed_is_known_and_shown_as_it_is_written() {
        for word in Outcome::words() {
            assert_eq!(Outcome::parse(word).map(|outcome| outcome.to_string()).as_deref(), Some(word));
        }
        for word in
            ["status=99", "status=600", "status=", "latency=x", "size=3", "latency", "certificate", ""]
        {
            assert_eq!(Outcome::parse(word), None, "{word}");
        }
    }

    #[test]
    fn what_an_answer_is_worth_is_for_the_monitor_to_say() {
        let mut monitor = Monitor::sample("a", "https://a.example");
        monitor.expect.assertions = vec![status_in(CodeSet(vec![CodeClass::Code(404)]))];
        monitor.expect.latency.degraded = Some(Duration::from_millis(800));
        monitor.expect.latency.down = Some(Duration::from_secs(5));
        let verdict = |word| {
            let outcome = Outcome::parse(word).expect("a word");
            outcome.judgement(&monitor, Timestamp::UNIX_EPOCH).verdict
        };
        for (word, expected) in [
            ("status=404", Verdict::Pass),
            ("status=200", Verdict::Fail),
            ("latency=800ms", Verdict::Pass),
            ("latency=801ms", Verdict::Degraded),
            ("latency=6s", Verdict::Fail),
            ("up", Verdict::Pass),
            ("degraded", Verdict::Degraded),
            ("unknown", Verdict::Unknown),
            ("skip", Verdict::Skipped),
        ] {
            assert_eq!(verdict(word), expected, "{word}");
        }
        for kind in faults() {
            assert_eq!(verdict(kind.as_str()), Verdict::Fail, "{kind}");
        }
    }
}
