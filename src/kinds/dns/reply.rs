//! What name servers said.

use std::collections::BTreeSet;

use super::rcode::Rcode;
use super::record::RecordKind;

/// What came of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookupOutcome {
    Replied(Box<DnsReply>),
    /// Made up for `simulate`: it meets whatever is expected.
    Assumed,
}

/// The answer of a server, and what others say to the same question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsReply {
    pub kind: RecordKind,
    /// The server, for people.
    pub server: String,
    pub said: RecordSet,
    pub others: Vec<OtherReply>,
}

/// Records of one type of one name, each in its canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordSet {
    pub rcode: Rcode,
    pub records: BTreeSet<String>,
    /// The name at the end of the aliases, if the name that was asked for is one.
    pub alias: Option<String>,
}

/// What another server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherReply {
    pub server: String,
    /// Or why there is no answer.
    pub said: Result<RecordSet, String>,
}

impl LookupOutcome {
    pub fn rcode(&self) -> Rcode {
        match self {
            Self::Replied(reply) => reply.said.rcode,
            Self::Assumed => Rcode::NOERROR,
        }
    }
}
