//! `heartbeat: …`: beats of a program, in place of something that is asked. Pure.

mod beats;
mod cron;
mod finding;
mod raw;
mod rule;

pub use beats::{AHEAD, BeatEnd, BeatEvidence, BeatResult, Beats, beat_message};
pub use finding::{BeatFinding, find};
pub use rule::BeatRule;

use jiff::Timestamp;

use super::urls::NO_URL;
use super::{Field, Kind, Manner, NoFields, Own, Proof, UrlForm};
use crate::assert::{Assertion, Redact, Subject, Unmet};
use crate::written::Violation;

#[cfg(test)]
use beats::MESSAGE_CHARS;

/// What is not met where no beat came in time.
const BEAT: Subject = Subject::one("beat", "heartbeat").numbered(29);

#[derive(Debug)]
pub struct HeartbeatCheck;

impl Kind for HeartbeatCheck {
    const NAME: &'static str = "heartbeat";
    const SCHEMES: &'static [&'static str] = &[];
    const IN_PLACE_OF_URL: Option<&'static str> = Some("heartbeat");
    const URL: UrlForm = NO_URL;
    const PROVES: Proof = Proof::Answer;
    const LACKS: &'static [&'static str] =
        &["url", "interval", "timeout", "retry", "ip", "resolver", "tls", "expect"];
    const FAILURES: u32 = 1;
    const FIELDS: &'static [Field] =
        &[Field::new("heartbeat").manner(Manner::Whole).canonical(raw::canonical).subject(BEAT)];

    type Fields = raw::HeartbeatField;
    type Expect = NoFields;
    type Ask = BeatRule;
    type Evidence = BeatEvidence;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> BeatRule {
        own.fields.build(violations)
    }

    fn check_written(
        _own: &Own<Self>,
        ask: &BeatRule,
        _assertions: &[Assertion],
        violations: &mut Vec<Violation>,
    ) {
        violations.extend(raw::never_comes(ask));
    }

    fn describe(ask: &BeatRule, _url: &str) -> String {
        ask.to_string()
    }

    fn weaker(before: &BeatRule, after: &BeatRule) -> Option<&'static str> {
        after.weaker_than(before)
    }

    fn reader(_evidence: &BeatEvidence) {}

    fn unmet(ask: &BeatRule, evidence: &BeatEvidence, _: Redact<'_>) -> Option<(Subject, Unmet)> {
        let BeatEvidence { beats, asked } = evidence;
        Some((BEAT, find(ask, beats, *asked).unmet()?))
    }

    /// What the program said of its failure.
    fn excerpt(evidence: &BeatEvidence) -> Option<String> {
        evidence.beats.last_end.as_ref()?.message.clone()
    }

    /// A beat that came just now.
    fn example(_code: u16) -> BeatEvidence {
        let now = Timestamp::UNIX_EPOCH;
        let end = BeatEnd { at: now, result: BeatResult::Ok, message: None };
        let beats = Beats { first_seen: Some(now), last_start: None, last_end: Some(end) };
        BeatEvidence { beats: Box::new(beats), asked: now }
    }
}

#[cfg(test)]
mod tests;
