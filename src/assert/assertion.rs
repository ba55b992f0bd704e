//! An assertion: a part of the evidence, what it must meet, and what follows if it does not.

use super::Comparison;

/// One part of the evidence, and everything that it must meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    pub subject: Subject,
    /// Which of several: the name of a header in lower case, a path into JSON. Empty where there is only one.
    pub part: String,
    /// All of these must hold.
    pub must: Vec<Comparison>,
    pub consequence: Consequence,
}

/// What a monitor is if an assertion does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consequence {
    /// Written below `warn:`.
    Degraded,
    /// Written below `expect:`.
    Down,
}

/// What an assertion speaks of: a part of the evidence, by its word and by the field that holds its assertions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    word: &'static str,
    field: &'static str,
    parts: Parts,
}

/// How many there are of a subject, and how a file names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Parts {
    /// There is one, such as the body.
    One,
    /// Each is a key of its field, as a header is.
    Keyed,
    /// They are a list, as paths into JSON are.
    Listed,
}

impl Subject {
    pub const STATUS: Self = Self::one("status", "status");
    pub const LATENCY: Self = Self::one("latency", "latency");
    pub const HEADER: Self = Self { word: "header", field: "headers", parts: Parts::Keyed };
    pub const BODY: Self = Self::one("body", "body");
    pub const JSON: Self = Self { word: "json", field: "json", parts: Parts::Listed };
    pub const CERTIFICATE: Self = Self::one("certificate", "certificate");

    /// A subject of which there is one. Both words are in lower case, without blanks.
    pub const fn one(word: &'static str, field: &'static str) -> Self {
        Self { word, field, parts: Parts::One }
    }

    /// The word for it in JSON, tables and messages.
    pub fn word(self) -> &'static str {
        self.word
    }
}

impl Assertion {
    /// One that makes a monitor DOWN.
    pub fn new(subject: Subject, part: impl Into<String>, must: Vec<Comparison>) -> Self {
        Self { subject, part: part.into(), must, consequence: Consequence::Down }
    }

    /// What a message calls the thing: `body`, `content-type`, `$.status`.
    pub fn label(&self) -> &str {
        if self.part.is_empty() { self.subject.word } else { &self.part }
    }

    /// The field of a file that it stands in: `expect.headers.server`, `warn.body`. A list is one field.
    pub fn field(&self) -> String {
        let Self { subject: Subject { field, parts, .. }, part, .. } = self;
        let top = self.consequence.key();
        match parts {
            Parts::One | Parts::Listed => format!("{top}.{field}"),
            Parts::Keyed => format!("{top}.{field}.{part}"),
        }
    }
}

impl Consequence {
    /// The key below which such assertions are written.
    pub fn key(self) -> &'static str {
        match self {
            Self::Degraded => "warn",
            Self::Down => "expect",
        }
    }
}
