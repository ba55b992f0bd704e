//! Why a probe was not good, as the history keeps it: a number of five bits. Pure.

use crate::assert::Subject;
use crate::kinds;
use crate::observation::{FaultKind, Transport};

/// A [`FaultKind`] by its number: one for each [`Transport`], and for an expectation that was not met the
/// number of its subject. The last one before [`OTHER`] is what this machine could not probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredReason(u8);

/// What a reason is about, in the few words that are fit for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonClass {
    /// There was no answer that could be judged.
    Transport,
    Certificate,
    Latency,
    /// The answer was not what is expected.
    Answer,
}

/// What this machine could not probe.
const PROBER: u8 = 30;

/// The highest number that five bits hold: a subject without a number.
const OTHER: u8 = 31;

/// The numbers are for good.
fn number_of(transport: Transport) -> u8 {
    match transport {
        Transport::Dns => 1,
        Transport::Connect => 2,
        Transport::Tls => 3,
        Transport::Timeout => 4,
        Transport::Redirect => 5,
        Transport::Protocol => 6,
        Transport::Blocked => 7,
        Transport::BodyTooLarge => 8,
        Transport::Secret => 9,
        // Those between are taken by subjects.
        Transport::Auth => 28,
    }
}

/// Those of every kind, and those that all kinds share.
fn subjects() -> impl Iterator<Item = Subject> {
    kinds::subjects().chain([Subject::LATENCY, Subject::CERTIFICATE])
}

impl StoredReason {
    pub fn of(kind: FaultKind) -> Self {
        let number = match kind {
            FaultKind::Transport(transport) => Some(number_of(transport)),
            FaultKind::Unmet(subject) => subject.number(),
            FaultKind::Prober => Some(PROBER),
        };
        Self(number.unwrap_or(OTHER))
    }

    /// What it is the number of; `None` for what a newer version has written, and for a subject without a number.
    pub fn kind(self) -> Option<FaultKind> {
        let transport = Transport::ALL.into_iter().find(|known| number_of(*known) == self.0);
        let subject = || subjects().find(|subject| subject.number() == Some(self.0));
        transport
            .map(FaultKind::Transport)
            .or_else(|| subject().map(FaultKind::Unmet))
            .or((self.0 == PROBER).then_some(FaultKind::Prober))
    }

    /// The word for it in JSON and in texts; `other` for what a newer version has written.
    pub fn word(self) -> &'static str {
        self.kind().map_or("other", FaultKind::as_str)
    }

    pub fn class(self) -> ReasonClass {
        let is = |subject: Subject| subject.number() == Some(self.0);
        if self.0 == PROBER || Transport::ALL.into_iter().any(|known| number_of(known) == self.0) {
            ReasonClass::Transport
        } else if is(Subject::CERTIFICATE) {
            ReasonClass::Certificate
        } else if is(Subject::LATENCY) {
            ReasonClass::Latency
        } else {
            ReasonClass::Answer
        }
    }

    /// `None` for 0, which stands for no reason, and for a number that five bits do not hold.
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=OTHER).contains(&number).then_some(Self(number))
    }

    pub fn number(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_fault_and_every_subject_of_every_kind_has_a_number_of_its_own() {
        let transport = Transport::ALL.into_iter().map(FaultKind::Transport);
        let subjects: HashSet<_> = subjects().map(FaultKind::Unmet).collect();
        let kinds: Vec<_> = transport.chain(subjects).chain([FaultKind::Prober]).collect();
        for kind in &kinds {
            let reason = StoredReason::of(*kind);
            assert_ne!(reason.number(), OTHER, "{kind:?}");
            assert_eq!((reason.kind(), reason.word()), (Some(*kind), kind.as_str()));
            assert_eq!(StoredReason::from_number(reason.number()), Some(reason));
        }
        let numbers: HashSet<_> = kinds.iter().map(|kind| StoredReason::of(*kind)).collect();
        assert_eq!(numbers.len(), kinds.len());
    }

    // What is stored keeps its meaning in every later version.
    #[test]
    fn the_numbers_are_for_good() {
        let words: Vec<_> = (1..=18).filter_map(StoredReason::from_number).map(StoredReason::word).collect();
        let transport = Transport::ALL.map(Transport::as_str);
        assert_eq!(words[..9], transport[..9]);
        assert_eq!(StoredReason::from_number(28).map(StoredReason::word), Some("auth"));
        assert_eq!(
            (words[9], words[13], words[14], words[17]),
            ("status", "latency", "certificate", "other")
        );
        assert_eq!(StoredReason::from_number(0), None);
        assert_eq!(StoredReason::from_number(32), None);
    }
}
