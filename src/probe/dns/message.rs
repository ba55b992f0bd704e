//! Messages of DNS: a question as bytes, whether bytes are its answer, and the records of that. Pure.

use std::collections::{BTreeMap, BTreeSet};

use hickory_resolver::proto::op::{Edns, Message, Query};
use hickory_resolver::proto::rr::{DNSClass, Name, RData, RecordType};

use crate::kinds::dns::{DnsQuestion, MOST_RECORDS, Rcode, RecordKind, RecordSet, domain};
use crate::observation::{Fault, Transport};

/// Bytes of an answer that a server may send over UDP: what passes every network in one piece (DNS Flag Day 2020).
const PAYLOAD: u16 = 1232;

/// Bytes of the header of a message.
const HEADER: usize = 12;

/// A question as it is sent.
pub struct QueryMessage {
    pub bytes: Vec<u8>,
    /// Where the question ends and the rest begins.
    end: usize,
    kind: RecordKind,
    name: String,
}

/// Whether a question offers more room than 512 bytes. Some old servers take that for an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    Edns,
    Plain,
}

/// What bytes are to a question.
#[derive(Debug)]
pub enum Received {
    /// The answer to another question, or none at all.
    Foreign,
    /// An answer that did not fit.
    Truncated,
    /// Ours, and no one can read it.
    Broken,
    Answer(Box<Message>),
}

impl QueryMessage {
    /// With an id of its own; `None` for a name that no message can carry.
    pub fn new(question: &DnsQuestion, extension: Extension) -> Option<Self> {
        let name = question.name();
        let labels = if name == "." {
            Name::root()
        } else {
            Name::from_labels(name.split('.').map(str::as_bytes)).ok()?
        };
        let mut asked = labels;
        asked.set_fqdn(true);
        // The id is drawn at random.
        let mut message = Message::query();
        message.metadata.recursion_desired = true;
        message.add_query(Query::query(asked, RecordType::from(question.kind.number())));
        let end = message.to_vec().ok()?.len();
        if extension == Extension::Edns {
            let mut edns = Edns::new();
            edns.set_max_payload(PAYLOAD);
            message.set_edns(edns);
        }
        Some(Self { bytes: message.to_vec().ok()?, end, kind: question.kind, name })
    }

    /// What `bytes` are to this question. The id and the question must be its own, so that no other answer passes for it.
    pub fn sort(&self, bytes: &[u8]) -> Received {
        let [id1, id2, flags1, flags2, questions1, questions2, ..] = *bytes else { return Received::Foreign };
        let is_response = flags1 & 0x80 != 0;
        if !is_response || bytes.len() < HEADER || !self.bytes.starts_with(&[id1, id2]) {
            return Received::Foreign;
        }
        let is_same = match u16::from_be_bytes([questions1, questions2]) {
            1 => self.has_same_question(bytes),
            // A server that could not read a question does not repeat it.
            0 => flags2 & 0x0f != 0,
            _ => false,
        };
        if !is_same {
            return Received::Foreign;
        }
        if flags1 & 0x02 != 0 {
            return Received::Truncated;
        }
        match Message::from_vec(bytes) {
            Ok(message) => Received::Answer(Box::new(message)),
            Err(_) => Received::Broken,
        }
    }

    fn has_same_question(&self, bytes: &[u8]) -> bool {
        let question = |bytes: &[u8]| {
            let (name, rest) = bytes.get(HEADER..self.end)?.split_at_checked(self.end - HEADER - 4)?;
            Some((name.to_ascii_lowercase(), rest.to_vec()))
        };
        question(bytes).is_some_and(|asked| Some(asked) == question(&self.bytes))
    }

    /// The records of an answer. Aliases are followed within it.
    pub fn records(&self, message: &Message) -> Result<RecordSet, Fault> {
        let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut aliases: BTreeMap<String, String> = BTreeMap::new();
        let wanted = RecordType::from(self.kind.number());
        for record in message.answers.iter().filter(|record| record.dns_class == DNSClass::IN) {
            let owner = text_of(&record.name);
            if let RData::CNAME(target) = &record.data {
                aliases.insert(owner.clone(), text_of(target));
            }
            if record.record_type() == wanted {
                owners.entry(owner).or_default().insert(text(&record.data, self.kind));
            }
        }
        let mut name = self.name.clone();
        let mut alias = None;
        // Aliases that lead in a circle end with the last of them.
        for _ in 0..=aliases.len() {
            if owners.contains_key(&name) {
                break;
            }
            let Some(target) = aliases.remove(&name) else { break };
            alias = Some(target.clone());
            name = target;
        }
        let records = owners.remove(&name).unwrap_or_default();
        if records.len() > MOST_RECORDS as usize {
            let actual = format!("an answer with {} records", records.len());
            return Err(Fault::new(Transport::Protocol, actual, format!("at most {MOST_RECORDS}")));
        }
        Ok(RecordSet { rcode: rcode(message), records, alias })
    }
}

pub fn rcode(message: &Message) -> Rcode {
    Rcode(message.metadata.response_code.into())
}

fn text_of(name: &Name) -> String {
    domain(&name.to_ascii())
}

/// A record in its canonical text.
fn text(data: &RData, kind: RecordKind) -> String {
    let text = match data {
        RData::A(address) => address.0.to_string(),
        RData::AAAA(address) => address.0.to_string(),
        RData::CNAME(name) => return text_of(name),
        RData::NS(name) => return text_of(name),
        RData::PTR(name) => return text_of(name),
        RData::MX(mx) => format!("{} {}", mx.preference, text_of(&mx.exchange)),
        RData::SRV(srv) => {
            format!("{} {} {} {}", srv.priority, srv.weight, srv.port, text_of(&srv.target))
        }
        RData::SOA(soa) => {
            // The library has the times as signed numbers.
            let time = |time: i32| u32::from_ne_bytes(time.to_ne_bytes());
            format!(
                "{} {} {} {} {} {} {}",
                text_of(&soa.mname),
                text_of(&soa.rname),
                soa.serial,
                time(soa.refresh),
                time(soa.retry),
                time(soa.expire),
                soa.minimum
            )
        }
        // The pieces are one text, as for SPF (RFC 7208, section 3.3). What looks like quotes is part of it.
        RData::TXT(txt) => return String::from_utf8_lossy(&txt.txt_data.concat()).into_owned(),
        RData::CAA(caa) => {
            let flags = u8::from(caa.issuer_critical) << 7 | caa.reserved_flags;
            format!("{flags} {} {}", caa.tag, String::from_utf8_lossy(&caa.value))
        }
        RData::TLSA(tlsa) => {
            let (usage, selector, matching) =
                (u8::from(tlsa.cert_usage), u8::from(tlsa.selector), u8::from(tlsa.matching));
            format!("{usage} {selector} {matching} {}", hex(&tlsa.cert_data))
        }
        RData::SSHFP(sshfp) => {
            let (algorithm, form) = (u8::from(sshfp.algorithm), u8::from(sshfp.fingerprint_type));
            format!("{algorithm} {form} {}", hex(&sshfp.fingerprint))
        }
        RData::Unknown { rdata, .. } => match rdata.anything.as_slice() {
            [tag1, tag2, algorithm, digest, rest @ ..] if kind == RecordKind::Ds => {
                format!("{} {algorithm} {digest} {}", u16::from_be_bytes([*tag1, *tag2]), hex(rest))
            }
            bytes => hex(bytes),
        },
        other => other.to_string(),
    };
    kind.canonical(&text).unwrap_or(text)
}

fn hex(bytes: &[u8]) -> String {
    let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(url: &str) -> QueryMessage {
        QueryMessage::new(&DnsQuestion::parse(url).expect(url), Extension::Edns).expect(url)
    }

    /// The answer to a question, as a server without a record sends it.
    fn answer(query: &QueryMessage) -> Vec<u8> {
        let mut bytes = query.bytes.clone();
        bytes[2] |= 0x80;
        bytes
    }

    #[test]
    fn only_the_answer_to_the_same_question_with_the_same_id_is_ours() {
        let query = asked("dns:///www.a.example?type=MX");
        let changed = |change: fn(&mut Vec<u8>)| {
            let mut bytes = answer(&query);
            change(&mut bytes);
            bytes
        };
        let unchanged = changed(|_| {});
        assert!(matches!(query.sort(&unchanged), Received::Answer(_)));
        let in_capitals = changed(|bytes| bytes[HEADER + 1] = b'W');
        assert!(matches!(query.sort(&in_capitals), Received::Answer(_)), "case means nothing in a name");
        for (why, bytes) in [
            ("another id", changed(|bytes| bytes[0] ^= 1)),
            ("a question", changed(|bytes| bytes[2] &= 0x7f)),
            ("another name", changed(|bytes| bytes[HEADER + 1] = b'x')),
            ("another type", changed(|bytes| bytes[HEADER + 16] = 1)),
            ("no question", changed(|bytes| bytes[5] = 0)),
            ("two questions", changed(|bytes| bytes[5] = 2)),
            ("a piece", changed(|bytes| bytes.truncate(20))),
            ("a header", changed(|bytes| bytes.truncate(11))),
            ("nothing", Vec::new()),
        ] {
            assert!(matches!(query.sort(&bytes), Received::Foreign), "{why}");
        }
        let cut = changed(|bytes| bytes[2] |= 0x02);
        assert!(matches!(query.sort(&cut), Received::Truncated));
        let broken = changed(|bytes| bytes[7] = 9);
        assert!(matches!(query.sort(&broken), Received::Broken));
    }

    #[test]
    fn two_questions_have_two_ids() {
        let ids: BTreeSet<_> = (0..8).map(|_| asked("dns:///a.example").bytes[..2].to_vec()).collect();
        assert!(ids.len() > 4, "{ids:?}");
    }
}
