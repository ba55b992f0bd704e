//! What a kind of check says of itself. A new one is a file that implements [`Kind`], and a line in the list of `mod.rs`.

use std::fmt::Debug;

use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Field;
use super::urls::UrlForm;
use crate::assert::{Assertion, Consequence, Measured, Redact, Subject, Unmet};
use crate::value::Template;
use crate::written::Violation;

/// A kind of check. What has a default here means nothing to most kinds.
pub trait Kind: Sized + 'static {
    /// The word for it in messages: `tcp`.
    const NAME: &'static str;
    /// The schemes of its URLs, in lower case. With two, the second is the first over TLS.
    const SCHEMES: &'static [&'static str];
    const URL: UrlForm;
    /// The field that stands in place of `url`, where there is nothing to reach.
    const IN_PLACE_OF_URL: Option<&'static str> = None;
    /// Fields of all kinds that mean nothing here.
    const LACKS: &'static [&'static str] = &[];
    /// Failures in a row that count, where nothing is said.
    const FAILURES: u32 = 2;
    const PROVES: Proof;
    /// What people call the codes of its protocol, such as HTTP; `None` where it has none.
    const CODES: Option<&'static str> = None;
    /// The fields that it has of its own, beside those of all kinds.
    const FIELDS: &'static [Field] = &[];
    /// Those within `expect`: `expect.status`.
    const EXPECT_FIELDS: &'static [Field] = &[];
    /// What always must hold of its answers, so that no field says it.
    const SUBJECTS: &'static [Subject] = &[];

    /// Those beside the fields that all kinds share, as they are written.
    type Fields: DeserializeOwned + JsonSchema + Default + Debug;
    /// Those within `expect`, and within `warn` if that is one of its fields.
    type Expect: DeserializeOwned + JsonSchema + Default + Debug;
    /// What it asks of an endpoint.
    type Ask: Debug + Clone + PartialEq;
    /// A complete answer, good or bad.
    type Evidence: Debug + Clone + PartialEq + Eq;
    /// Evidence as assertions look at it: what takes time to read is read once.
    type Reader<'a>;

    /// What is asked, and a violation for everything that cannot be.
    fn build(own: &Own<Self>, violations: &mut Vec<Violation>) -> Self::Ask;

    /// What must hold of the answer, with what is implied if it makes a monitor DOWN.
    fn assertions(
        _expect: &Self::Expect,
        _consequence: Consequence,
        _violations: &mut Vec<Violation>,
    ) -> Vec<Assertion> {
        Vec::new()
    }

    /// Reports what the schema refuses in files, and a hand may have put into a table.
    fn check_stored(_own: &Own<Self>, _violations: &mut Vec<Violation>) {}

    /// Reports what no schema can say. It may take time, so it is for files.
    fn check_written(
        _own: &Own<Self>,
        _ask: &Self::Ask,
        _assertions: &[Assertion],
        _violations: &mut Vec<Violation>,
    ) {
    }

    /// Reports what is valid and rarely meant.
    fn lint(_ask: &Self::Ask, _assertions: &[Assertion], _violations: &mut Vec<Violation>) {}

    /// What is asked, in a line: `GET https://a.example/health`.
    fn describe(ask: &Self::Ask, url: &str) -> String;

    /// What the protocol does to the URL, such as POST; `None` where there is one thing to do.
    fn method(_ask: &Self::Ask) -> Option<&str> {
        None
    }

    /// The texts that are sent beside the URL, in the order in which they are written.
    fn sent(_ask: &Self::Ask) -> Vec<Sent<'_>> {
        Vec::new()
    }

    /// Those that go over the network as they are, the URL among them if it does; none where all is encrypted.
    fn sent_in_clear<'a>(_ask: &'a Self::Ask, _url: &'a Template) -> Vec<Sent<'a>> {
        Vec::new()
    }

    /// The host that gets what is sent, where it is another one than the URL's.
    fn named_host(_ask: &Self::Ask) -> Option<String> {
        None
    }

    /// Why there will be no TLS, and so no certificate; `None` where there may be one.
    fn without_tls(_ask: &Self::Ask, _url: &str) -> Option<WithoutTls> {
        None
    }

    /// The field in which less is asked than before.
    fn weaker(_before: &Self::Ask, _after: &Self::Ask) -> Option<&'static str> {
        None
    }

    fn reader(evidence: &Self::Evidence) -> Self::Reader<'_>;

    /// What there is where `assertion` looks.
    fn measure<'r>(
        _reader: &'r Self::Reader<'_>,
        _assertion: &Assertion,
        _redact: Redact<'_>,
    ) -> Measured<'r> {
        Measured::Missing
    }

    /// What must hold beside what is written as assertions, in words that follow "expected".
    fn expected(_ask: &Self::Ask) -> Vec<(Subject, String)> {
        Vec::new()
    }

    /// What the evidence is not, of what is asked for. What is written as assertions is judged apart.
    fn unmet(_ask: &Self::Ask, _evidence: &Self::Evidence, _redact: Redact<'_>) -> Option<(Subject, Unmet)> {
        None
    }

    /// The same for what is only worth a warning. It counts where [`Kind::unmet`] gives nothing.
    fn shortfall(
        _ask: &Self::Ask,
        _evidence: &Self::Evidence,
        _redact: Redact<'_>,
    ) -> Option<(Subject, Unmet)> {
        None
    }

    /// What the ledger keeps of the evidence; 0 where the protocol has no codes.
    fn code(_evidence: &Self::Evidence) -> u16 {
        0
    }

    /// The beginning of an answer that people may want to see. It is not redacted.
    fn excerpt(_evidence: &Self::Evidence) -> Option<String> {
        None
    }

    /// Made-up evidence for `simulate`: a good answer, with this code where the protocol has codes.
    fn example(code: u16) -> Self::Evidence;
}

/// What good evidence of a kind proves, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    Connection,
    Session,
    Answer,
}

/// What a kind has of its own in a document.
#[derive(Debug)]
pub struct Own<K: Kind> {
    /// As it is written; empty where there is none.
    pub url: String,
    pub fields: K::Fields,
    pub expect: K::Expect,
    pub warn: Option<K::Expect>,
}

/// The fields of a kind that has none.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct NoFields {}

/// A text that is sent and may refer to secrets, with its place in a file.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    pub field: &'static str,
    /// The key of an entry of the field; empty where the place is the field.
    pub key: &'a str,
    pub text: &'a Template,
    pub to: Recipient<'a>,
}

/// Who gets what is sent.
#[derive(Debug, Clone, Copy)]
pub enum Recipient<'a> {
    /// The server that the URL of the monitor names.
    Endpoint,
    /// An authorization server. What it issues in return goes to the endpoint.
    Issuer(&'a Template),
    /// A server on the way, which keeps it.
    Relay(&'a Template),
}

impl<'a> Recipient<'a> {
    /// The URL of the server that gets it, where that is not the endpoint.
    pub fn server(self) -> Option<&'a Template> {
        match self {
            Self::Endpoint => None,
            Self::Issuer(url) | Self::Relay(url) => Some(url),
        }
    }

    /// The URL of a server on the way.
    pub fn relay(self) -> Option<&'a Template> {
        match self {
            Self::Endpoint | Self::Issuer(_) => None,
            Self::Relay(url) => Some(url),
        }
    }
}

/// Why there is no TLS, and what would bring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithoutTls {
    pub message: &'static str,
    pub help: &'static str,
}

/// How closely a document is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scrutiny {
    /// A stored item, in each run: its bounds.
    Stored,
    /// A file: every rule. The schema has seen it.
    Written,
}

impl<K: Kind> Default for Own<K> {
    fn default() -> Self {
        Self { url: String::new(), fields: K::Fields::default(), expect: K::Expect::default(), warn: None }
    }
}

impl<K: Kind> Own<K> {
    /// Fields of others are passed over.
    pub fn read(fields: &Map<String, Value>) -> Result<Self, serde_json::Error> {
        // What is no map is an error of the fields that all kinds share.
        let within = |key: &str| fields.get(key).and_then(Value::as_object).map(K::Expect::deserialize);
        let warn = if K::FIELDS.iter().any(|field| field.name == "warn") { within("warn") } else { None };
        Ok(Self {
            url: fields.get("url").and_then(Value::as_str).unwrap_or_default().to_owned(),
            fields: K::Fields::deserialize(fields)?,
            expect: within("expect").transpose()?.unwrap_or_default(),
            warn: warn.transpose()?,
        })
    }

    /// What is asked and what must hold, with a violation for everything that is wrong.
    pub fn build(&self, scrutiny: Scrutiny, violations: &mut Vec<Violation>) -> (K::Ask, Vec<Assertion>) {
        let ask = K::build(self, violations);
        let mut assertions = K::assertions(&self.expect, Consequence::Down, violations);
        if let Some(warn) = &self.warn {
            assertions.extend(K::assertions(warn, Consequence::Degraded, violations));
        }
        match scrutiny {
            Scrutiny::Stored => K::check_stored(self, violations),
            Scrutiny::Written => K::check_written(self, &ask, &assertions, violations),
        }
        (ask, assertions)
    }
}

/// The properties of a schema: beside the shared fields, and within `expect`.
pub fn properties<K: Kind>(generator: &mut SchemaGenerator) -> (Map<String, Value>, Map<String, Value>) {
    let of = |schema: schemars::Schema| match schema.get("properties") {
        Some(Value::Object(properties)) => properties.clone(),
        _ => Map::new(),
    };
    (of(K::Fields::json_schema(generator)), of(K::Expect::json_schema(generator)))
}
