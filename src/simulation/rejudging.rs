//! What a definition makes of a stored result: the verdict as it was, unless codes or bounds on the latency changed.

use std::time::Duration;

use jiff::Timestamp;

use super::Outcome;
use crate::assert::{Assertion, Consequence, Subject};
use crate::history::{Sample, StoredReason};
use crate::monitor::{Expectations, LatencyBounds, Monitor};
use crate::observation::{Fault, FaultKind};
use crate::verdict::{Judgement, Verdict};

/// Judges stored results as a definition would have judged them.
#[derive(Debug, Clone, Copy)]
pub struct Rejudging<'a> {
    monitor: &'a Monitor,
    codes: JudgedPart,
    latency: JudgedPart,
    /// The strictest bound that a result met that passed.
    passed_within: Option<Duration>,
}

/// A stored result under that definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejudged {
    pub outcome: Outcome,
    pub judgement: Judgement,
    pub other_faults: OtherFaults,
}

/// Whether the history may lack a fault of the result: it keeps only the gravest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFaults {
    None,
    /// The kept fault is none any more, and the answer was held against more than that.
    Possible,
}

/// Whether a part of the verdict is the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JudgedPart {
    Stored,
    Anew,
}

impl JudgedPart {
    fn of<T: PartialEq>(before: Option<&T>, after: &T) -> Self {
        if before == Some(after) { Self::Stored } else { Self::Anew }
    }
}

impl<'a> Rejudging<'a> {
    /// By `monitor`; the results were judged by `before`, or by a definition that is not known.
    pub fn new(before: Option<&Monitor>, monitor: &'a Monitor) -> Self {
        let before = before.map(|before| &before.expect);
        let (codes, latency) = (before.map(codes), before.map(|expect| &expect.latency));
        Self {
            monitor,
            codes: JudgedPart::of(codes.as_ref(), &self::codes(&monitor.expect)),
            latency: JudgedPart::of(latency, &monitor.expect.latency),
            passed_within: latency
                .and_then(|LatencyBounds { degraded, down }| degraded.iter().chain(down).min().copied()),
        }
    }

    pub fn judge(&self, at: Timestamp, sample: &Sample) -> Rejudged {
        let kind = sample.reason.and_then(StoredReason::kind);
        let of = |outcome: Outcome| Rejudged {
            outcome,
            judgement: outcome.judgement(self.monitor, at),
            other_faults: OtherFaults::None,
        };
        match (sample.verdict, kind) {
            (Verdict::Unknown, _) => of(Outcome::Unknown),
            (Verdict::Skipped, _) => of(Outcome::Skipped),
            (Verdict::Fail, Some(kind @ FaultKind::Transport(_))) => of(Outcome::Fault(kind)),
            (Verdict::Pass | Verdict::Degraded | Verdict::Fail, kind) => self.answered(at, sample, kind),
        }
    }

    fn answered(&self, at: Timestamp, sample: &Sample, kind: Option<FaultKind>) -> Rejudged {
        let is_of_code = matches!(kind, Some(FaultKind::Unmet(subject)) if subject.is_code());
        let is_of_latency = kind == Some(FaultKind::Unmet(Subject::LATENCY));
        let is_anew =
            is_of_code && self.codes == JudgedPart::Anew || is_of_latency && self.latency == JudgedPart::Anew;
        let stored = if is_anew { Verdict::Pass } else { sample.verdict };
        let mut worst = (stored, self.stored_outcome(sample, stored, kind));
        let mut weigh = |verdict, outcome| {
            if verdict > worst.0 {
                worst = (verdict, outcome);
            }
        };
        // Behind a fault that is none any more, there may be one of the other part.
        let is_weighed = |part| is_anew || part == JudgedPart::Anew;
        if let Some(code) = sample.code.filter(|_| is_weighed(self.codes)) {
            weigh(of_code(&self.monitor.expect, code), Outcome::Status(code));
        }
        if let Some(latency) = self.latency(sample).filter(|_| is_weighed(self.latency)) {
            weigh(of_latency(&self.monitor.expect.latency, latency), Outcome::Latency(latency));
        }
        let (verdict, outcome) = worst;
        // A fault of a code hides all others; one of the latency is the last.
        let may_have_more = is_anew && is_of_code && verdict != Verdict::Fail && self.expects_more();
        let faults = match (verdict, outcome) {
            (Verdict::Pass, _) => Vec::new(),
            (_, Outcome::Status(_) | Outcome::Latency(_)) => outcome.judgement(self.monitor, at).faults,
            (_, _) => kind.map(stored_fault).into_iter().collect(),
        };
        Rejudged {
            outcome,
            judgement: Judgement {
                faults,
                attempts: 1,
                code: sample.code,
                latency: sample.latency,
                ..Judgement::without_evidence(verdict, at)
            },
            other_faults: if may_have_more { OtherFaults::Possible } else { OtherFaults::None },
        }
    }

    /// The word of a script for a result that is as it was.
    fn stored_outcome(&self, sample: &Sample, verdict: Verdict, kind: Option<FaultKind>) -> Outcome {
        let own = match (kind, sample.code, sample.latency) {
            (Some(FaultKind::Unmet(subject)), Some(code), _) if subject.is_code() => Outcome::Status(code),
            (Some(FaultKind::Unmet(Subject::LATENCY)), _, Some(latency)) => Outcome::Latency(latency),
            (_, _, _) => Outcome::Fail,
        };
        // What an older definition refused, this one may take.
        let is_refused = || own.judgement(self.monitor, Timestamp::UNIX_EPOCH).verdict == verdict;
        match (verdict, own, kind) {
            (Verdict::Pass, _, _) => Outcome::Pass,
            (_, Outcome::Status(_) | Outcome::Latency(_), _) if is_refused() => own,
            (Verdict::Degraded, _, _) => Outcome::Degraded,
            (_, Outcome::Fail, Some(kind)) => Outcome::Fault(kind),
            (_, _, _) => Outcome::Fail,
        }
    }

    /// At least as long as it was, but not longer than what it passed within.
    fn latency(&self, sample: &Sample) -> Option<Duration> {
        let latency = sample.latency?;
        let met = self.passed_within.filter(|_| sample.verdict == Verdict::Pass);
        Some(met.map_or(latency, |met| met.min(latency)))
    }

    /// Whether an answer has more to meet than a code and a latency.
    fn expects_more(&self) -> bool {
        self.monitor.expect.assertions.iter().any(|assertion| !assertion.subject.is_code())
    }
}

/// The assertions on codes, with their consequences.
fn codes(expect: &Expectations) -> Vec<Assertion> {
    expect.assertions.iter().filter(|assertion| assertion.subject.is_code()).cloned().collect()
}

fn of_code(expect: &Expectations, code: u16) -> Verdict {
    let refused = expect.assertions.iter().filter(|one| one.codes().any(|set| !set.contains(code)));
    let verdict = |consequence| match consequence {
        Consequence::Degraded => Verdict::Degraded,
        Consequence::Down => Verdict::Fail,
    };
    refused.map(|assertion| verdict(assertion.consequence)).max().unwrap_or(Verdict::Pass)
}

fn of_latency(LatencyBounds { degraded, down }: &LatencyBounds, latency: Duration) -> Verdict {
    let beyond = |bound: &Option<Duration>| bound.is_some_and(|bound| latency > bound);
    match (beyond(down), beyond(degraded)) {
        (true, _) => Verdict::Fail,
        (false, true) => Verdict::Degraded,
        (false, false) => Verdict::Pass,
    }
}

/// Of a fault the history keeps the kind alone.
fn stored_fault(kind: FaultKind) -> Fault {
    Fault::new(kind, format!("a recorded failure of `{kind}`"), "a value that passes")
}
