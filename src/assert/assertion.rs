//! An assertion: a part of the evidence, what it must meet, and what follows if it does not.

use super::{CodeSet, Comparison};

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
    shape: SubjectShape,
    reads_body: bool,
    number: Option<u8>,
}

/// What is compared, and how a file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectShape {
    /// The code of an answer. It is one of a set, and has no other comparison.
    Code,
    /// One value, which every answer has.
    One,
    /// Texts, each a key of the field.
    Keyed,
    /// Values in a document of JSON, by a list of paths.
    Paths,
}

impl Subject {
    // What a probe of any kind may measure. The rest is declared in the file of its kind.
    pub const LATENCY: Self = Self::one("latency", "latency").numbered(14);
    pub const CERTIFICATE: Self = Self::one("certificate", "certificate").numbered(15);

    /// A subject of which there is one. Both words are in lower case, without blanks.
    pub const fn one(word: &'static str, field: &'static str) -> Self {
        Self::new(word, field, SubjectShape::One)
    }

    pub const fn new(word: &'static str, field: &'static str, shape: SubjectShape) -> Self {
        Self { word, field, shape, reads_body: false, number: None }
    }

    /// It is measured in the body of an answer, and a probe reads that only for such a subject.
    pub const fn in_body(mut self) -> Self {
        self.reads_body = true;
        self
    }

    /// The number by which the history keeps it, from 10 to 29. It is for good, and no other subject has it.
    pub const fn numbered(mut self, number: u8) -> Self {
        self.number = Some(number);
        self
    }

    pub fn number(self) -> Option<u8> {
        self.number
    }

    pub fn reads_body(self) -> bool {
        self.reads_body
    }

    /// The word for it in JSON, tables and messages.
    pub fn word(self) -> &'static str {
        self.word
    }

    /// Its key within `expect` and `warn`.
    pub fn field(self) -> &'static str {
        self.field
    }

    pub fn shape(self) -> SubjectShape {
        self.shape
    }

    pub fn is_code(self) -> bool {
        self.shape == SubjectShape::Code
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

    /// The sets of codes, of which each must hold the code of an answer.
    pub fn codes(&self) -> impl Iterator<Item = &CodeSet> {
        self.must.iter().filter_map(|comparison| {
            let Comparison::OneOf(set) = comparison else { return None };
            Some(set)
        })
    }

    /// The field of a file that it stands in: `expect.headers.server`, `warn.body`. A list is one field.
    pub fn field(&self) -> String {
        let Self { subject: Subject { field, shape, .. }, part, .. } = self;
        let top = self.consequence.key();
        match shape {
            SubjectShape::Code | SubjectShape::One | SubjectShape::Paths => format!("{top}.{field}"),
            SubjectShape::Keyed => format!("{top}.{field}.{part}"),
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
