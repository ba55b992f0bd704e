//! The prober's self-check: whether what a run saw is trouble of its own network (promise P5).

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use super::assumed::assumed_up;
use super::decide::{Decider, OwnedMonitor, decide};
use super::evidence::{FailureRatio, RunEvidence};
use super::{Row, Write};
use crate::monitor::{Canary, ChannelId, Monitor};
use crate::observation::{Fault, Transport};
use crate::transition::Health;
use crate::verdict::{Judgement, Verdict};

/// What a run can say of the network of the machine that it ran on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProberHealth {
    /// It works: endpoints answer.
    Clear,
    /// Nothing speaks for it or against it.
    Unproven,
    /// Many fail alike, but a canary answers, or another monitor of the same kind of address: what is seen is true.
    Vouched,
    /// Many fail alike, and there is no canary to ask. What is seen is taken for true: a page too many is better than
    /// an unnoticed outage.
    Unvouched,
    /// No canary answers either: what got no answer says nothing about its endpoint.
    Blind,
}

/// A run that has looked at itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfCheck {
    pub prober_health: ProberHealth,
    pub evidence: RunEvidence,
    /// Empty where there was nothing to ask for.
    pub canaries: Vec<CanaryResult>,
}

/// A canary that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryResult {
    pub canary: Canary,
    pub outcome: CanaryOutcome,
}

/// What a canary said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CanaryOutcome {
    /// It spoke HTTP, whatever it said.
    Answer,
    /// Nothing, for this reason.
    Silence(String),
    /// A server was reached that broke the TLS session or the connection. That is silence if every https endpoint fails
    /// like this, and else says nothing.
    Broken(String),
    /// This says nothing: the machine may not reach its address, had no time to ask, or met another server.
    Barred(String),
}

impl CanaryResult {
    /// Whether it proves that the network works. The page of a captive network answers to http, whatever became of TLS.
    pub fn vouches(&self, evidence: &RunEvidence) -> bool {
        self.outcome == CanaryOutcome::Answer && (!evidence.is_intercepted() || self.canary.is_https())
    }
}

impl ProberHealth {
    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Unproven => "unproven",
            Self::Vouched => "vouched",
            Self::Unvouched => "unvouched",
            Self::Blind => "blind",
        }
    }
}

/// Whether the canaries are to be asked: many fail alike, or the last that was known is that the machine is cut off.
pub fn needs_canaries(evidence: &RunEvidence, prober: Option<&Row>) -> bool {
    evidence.is_mass() || is_blind(prober)
}

/// Whether the machine was cut off when the row of the prober was written.
pub fn is_blind(prober: Option<&Row>) -> bool {
    prober.is_some_and(|row| row.confirmed.health == Health::Down)
}

impl SelfCheck {
    /// Decides what a run can say of its own network. `prober` is the row that there was before.
    pub fn new(evidence: RunEvidence, prober: Option<&Row>, canaries: Vec<CanaryResult>) -> Self {
        let by_itself = if evidence.answered { ProberHealth::Clear } else { ProberHealth::Unproven };
        let any = |wanted: &dyn Fn(&CanaryResult) -> bool| canaries.iter().any(wanted);
        let vouches = |canaries: &CanaryResult| canaries.vouches(&evidence);
        let is_silent = |canaries: &CanaryResult| match canaries.outcome {
            CanaryOutcome::Silence(_) => true,
            CanaryOutcome::Broken(_) => evidence.is_intercepted(),
            CanaryOutcome::Answer | CanaryOutcome::Barred(_) => false,
        };
        let prober_health = if !needs_canaries(&evidence, prober) {
            by_itself
        } else if any(&vouches) {
            ProberHealth::Vouched
        } else if any(&is_silent) {
            if evidence.is_doubtful_mass() || (is_blind(prober) && evidence.is_as_before()) {
                ProberHealth::Blind
            } else if evidence.is_mass() {
                ProberHealth::Vouched
            } else {
                by_itself
            }
        } else if evidence.is_mass() {
            ProberHealth::Unvouched
        } else {
            by_itself
        };
        Self { prober_health, evidence, canaries }
    }

    /// Whether what got no answer says nothing.
    pub fn is_blind(&self) -> bool {
        match self.prober_health {
            ProberHealth::Blind => true,
            ProberHealth::Clear
            | ProberHealth::Unproven
            | ProberHealth::Vouched
            | ProberHealth::Unvouched => false,
        }
    }

    /// Whether it needs an alert.
    pub fn is_worth_a_word(&self) -> bool {
        match self.prober_health {
            ProberHealth::Vouched | ProberHealth::Unvouched | ProberHealth::Blind => true,
            ProberHealth::Clear | ProberHealth::Unproven => !self.canaries.is_empty(),
        }
    }

    /// The judgement of a monitor, as far as it can be believed (I8).
    pub fn believed(&self, judgement: Judgement) -> Judgement {
        if self.is_blind() && self.evidence.is_doubted(&judgement) {
            Judgement { verdict: Verdict::Unknown, ..judgement }
        } else {
            judgement
        }
    }

    /// What the run says about the prober, as about any monitor.
    fn judgement(&self, now: Timestamp) -> Judgement {
        let verdict = match self.prober_health {
            ProberHealth::Clear | ProberHealth::Vouched => Verdict::Pass,
            ProberHealth::Unproven | ProberHealth::Unvouched => Verdict::Unknown,
            ProberHealth::Blind => Verdict::Fail,
        };
        let at = self.evidence.since.filter(|_| self.is_blind()).unwrap_or(now);
        let fault =
            || Fault::new(Transport::Connect, format!("cannot reach the network: {self}"), "an answer");
        let faults = if self.is_blind() { vec![fault()] } else { Vec::new() };
        Judgement { faults, ..Judgement::without_evidence(verdict, at) }
    }

    /// What to write about the prober, if anything. It has no row until it is blind for the first time: a run that sees
    /// well costs nothing.
    ///
    /// One blind run is enough for an alert. What stands behind it is not one probe but all of them and every canary,
    /// it takes the place of alerts that are not sent, and as a rule it is sent over the very network that is cut: so a
    /// blip comes as one late message.
    pub fn decide(
        &self,
        by: Decider<'_>,
        row: Option<&Row>,
        prober: &Monitor,
        routed: impl FnOnce() -> BTreeSet<ChannelId>,
    ) -> Option<Write> {
        let judgement = self.judgement(by.now);
        let owned = OwnedMonitor { monitor: prober, owner: None };
        if let Some(row) = row {
            return decide(by, Some(row), owned, &judgement, || row.judged.clone(), routed);
        }
        if !self.is_blind() {
            return None;
        }
        let before = assumed_up(by, prober, judgement.at);
        match decide(by, Some(&before), owned, &judgement, String::new, routed)? {
            Write::Create(row) | Write::Update { row, deliveries: _ } => Some(Write::Create(row)),
        }
    }
}

#[cfg(test)]
impl SelfCheck {
    /// Of a run in which three of four monitors got no answer, and neither did a canary; or of one without any doubt.
    pub fn sample(prober_health: ProberHealth) -> Self {
        let clear = Self {
            prober_health,
            evidence: RunEvidence { answered: true, ..RunEvidence::default() },
            canaries: Vec::new(),
        };
        if prober_health == ProberHealth::Clear {
            return clear;
        }
        let outcome = match prober_health {
            ProberHealth::Vouched => Some(CanaryOutcome::Answer),
            ProberHealth::Blind => {
                Some(CanaryOutcome::Silence("no such name: www.example.com, expected an address".to_owned()))
            }
            ProberHealth::Clear | ProberHealth::Unproven | ProberHealth::Unvouched => None,
        };
        let canary = Canary::parse("https://www.example.com/").expect("a canary");
        let groups = super::evidence::Groups {
            good: FailureRatio { cut_off: 3, of: 4 },
            ..super::evidence::Groups::default()
        };
        let (cut_off, doubted) = (groups.clone(), groups);
        let canaries =
            outcome.into_iter().map(|outcome| CanaryResult { canary: canary.clone(), outcome }).collect();
        Self { evidence: RunEvidence { cut_off, doubted, ..clear.evidence }, canaries, ..clear }
    }
}

/// `none of 2 canaries answers, nor do 1000 of 1000 monitors`
impl fmt::Display for SelfCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answers = |canaries: &&CanaryResult| canaries.outcome == CanaryOutcome::Answer;
        let is_silent = |canaries: &&CanaryResult| {
            matches!(canaries.outcome, CanaryOutcome::Silence(_) | CanaryOutcome::Broken(_))
        };
        let silent = self.canaries.iter().filter(is_silent).count();
        let link = match (self.canaries.iter().find(answers), silent) {
            (Some(CanaryResult { canary, .. }), _) => {
                write!(f, "the canary {canary} answers")?;
                "but no answer comes from"
            }
            (None, _) if self.prober_health == ProberHealth::Vouched => {
                f.write_str("no canary answers, but other monitors do")?;
                "and no answer comes from"
            }
            (None, 0) => {
                f.write_str("no canaries are configured")?;
                "and no answer comes from"
            }
            (None, 1) => {
                f.write_str("the canary does not answer")?;
                "nor do"
            }
            (None, number) => {
                write!(f, "none of {number} canaries answers")?;
                "nor do"
            }
        };
        match self.evidence.cut_off.all() {
            FailureRatio { cut_off: 0, .. } => Ok(()),
            FailureRatio { cut_off, of: 1 } => write!(f, ", {link} {cut_off} of 1 monitor"),
            FailureRatio { cut_off, of } => write!(f, ", {link} {cut_off} of {of} monitors"),
        }
    }
}

#[cfg(test)]
mod tests;
