//! `dns://server/name?type=MX`: the records of a name, from one name server or from several that agree. Pure.

mod question;
mod raw;
mod rcode;
mod record;
mod reply;
mod rule;

pub use question::{DnsQuestion, ServerName};
pub use raw::MOST_RECORDS;
pub use rcode::Rcode;
pub use record::{RecordKind, domain};
pub use reply::{DnsReply, LookupOutcome, OtherReply, RecordSet};
pub use rule::LookupRule;
#[cfg(test)]
pub use rule::{AnswerRule, WarningRule};

use super::{Field, Kind, Own, Proof, Recipient, Sent, UrlForm, WARN, WithoutTls};
use crate::assert::{Assertion, Redact, Subject, Unmet};
use crate::value::Template;
use crate::written::Violation;

#[derive(Debug)]
pub struct DnsCheck;

impl Kind for DnsCheck {
    const NAME: &'static str = "dns";
    const SCHEMES: &'static [&'static str] = &["dns"];
    const URL: UrlForm = question::LOOKUP;
    const PROVES: Proof = Proof::Answer;
    const CODES: Option<&'static str> = Some("rcode");
    const FIELDS: &'static [Field] =
        &[Field::new("agree_with").subject(rule::AGREEMENT).canonical(raw::canonical_servers).set(), WARN];
    const EXPECT_FIELDS: &'static [Field] = &[
        Field::new("expect.rcode").subject(rule::RCODE).canonical(raw::canonical_rcode).set(),
        Field::new("expect.answers").subject(rule::ANSWERS).canonical(raw::canonical_answers),
    ];

    type Fields = raw::LookupFields;
    type Expect = raw::ReplyFields;
    type Ask = LookupRule;
    type Evidence = LookupOutcome;
    type Reader<'a> = ();

    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> LookupRule {
        let mut rule = own.expect.build(&own.fields, violations);
        rule.warn =
            own.warn.as_ref().map(|warn| warn.build_warning(&own.fields, violations)).unwrap_or_default();
        rule
    }

    fn check_stored(own: &Own<Self>, violations: &mut Vec<Violation>) {
        own.expect.check_stored("expect", violations);
        if let Some(warn) = &own.warn {
            warn.check_stored("warn", violations);
        }
    }

    fn check_written(own: &Own<Self>, ask: &LookupRule, _: &[Assertion], violations: &mut Vec<Violation>) {
        own.expect.check_sense("expect", &ask.rcodes, ask.answers.as_ref(), violations);
        if let Some(warn) = &own.warn {
            let rcodes = ask.warn.rcodes.as_ref().unwrap_or(&ask.rcodes);
            warn.check_sense("warn", rcodes, ask.warn.answers.as_ref(), violations);
        }
    }

    fn describe(_ask: &LookupRule, url: &str) -> String {
        match DnsQuestion::parse(url) {
            Ok(question) => match &question.server {
                Some(server) => format!("DNS {} at {server}", question.asked()),
                None => format!("DNS {}", question.asked()),
            },
            Err(_) => format!("DNS {}", url.split_once("://").map_or(url, |(_, place)| place)),
        }
    }

    fn sent_in_clear<'a>(_ask: &'a LookupRule, url: &'a Template) -> Vec<Sent<'a>> {
        vec![Sent { field: "url", key: "", text: url, to: Recipient::Endpoint }]
    }

    fn without_tls(_ask: &LookupRule, _url: &str) -> Option<WithoutTls> {
        Some(WithoutTls { message: "a lookup has no certificate", help: "write a tls:// monitor beside it" })
    }

    fn weaker(before: &LookupRule, after: &LookupRule) -> Option<&'static str> {
        after.weaker_than(before)
    }

    fn expected(ask: &LookupRule) -> Vec<(Subject, String)> {
        ask.expected()
    }

    fn reader(_evidence: &LookupOutcome) {}

    fn unmet(ask: &LookupRule, evidence: &LookupOutcome, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        match evidence {
            LookupOutcome::Replied(reply) => ask.unmet(reply, redact),
            LookupOutcome::Assumed => None,
        }
    }

    fn shortfall(ask: &LookupRule, evidence: &LookupOutcome, redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        match evidence {
            LookupOutcome::Replied(reply) => ask.warn.unmet(reply, redact),
            LookupOutcome::Assumed => None,
        }
    }

    fn code(evidence: &LookupOutcome) -> u16 {
        evidence.rcode().0
    }

    fn example(_code: u16) -> LookupOutcome {
        // A script gives codes of HTTP alone.
        LookupOutcome::Assumed
    }
}
