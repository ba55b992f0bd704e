//! A field of a monitor, of one kind of check or of all: everything about it that is no rule.

use serde_json::Value;

use crate::assert::Subject;

/// A field of a kind, or one that all kinds share.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// `method`; within `expect`, with a dot: `expect.status`.
    pub name: &'static str,
    pub manner: Manner,
    pub bearing: Bearing,
    pub texts: FieldTexts,
    /// Below the field, where references to secrets are filled in: `""` everywhere, `.ca` in a key, `[].send` in a key of
    /// each element.
    pub references: &'static [&'static str],
    /// The one spelling of a valid value.
    pub canonical: fn(Value) -> Value,
    /// What its assertions speak of, if it holds any.
    pub subject: Option<Subject>,
    /// How a list in it is written back.
    pub list: ListOrder,
}

/// What another value means for what is counted of a monitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// Counting begins again: a verdict may depend on it.
    Material,
    /// The count goes on.
    Cosmetic,
}

/// How its texts are read by the search for literal credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldTexts {
    /// Its keys name what is sent, such as `password`.
    Named,
    /// Only what is a credential by its form is one here, because the texts are for people or known to clients.
    Plain,
    Url,
}

/// Whether the order of a list means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOrder {
    Meant,
    /// It is a set: an element keeps its line when others come and go.
    Free,
}

/// How the value of a `defaults.yaml` and that of a monitor become one, and how it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Key by key where both are maps; otherwise the monitor's.
    Fields,
    /// Key by key, where the case of a key means nothing.
    Headers,
    /// The monitor's alone: half of another value in it makes no sense, and its nulls are meant.
    Whole,
    /// The monitor's alone: a list of steps, each judged as a whole.
    Steps,
}

/// The field of a kind in which what is expected is only worth a warning.
pub const WARN: Field = Field::new("warn").texts(FieldTexts::Plain);

impl Field {
    /// One without references, whose values have one spelling as they are written. With another value, counting begins
    /// again.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            manner: Manner::Fields,
            bearing: Bearing::Material,
            texts: FieldTexts::Named,
            references: &[],
            canonical: |value| value,
            subject: None,
            list: ListOrder::Meant,
        }
    }

    /// One that holds assertions on `subject`.
    pub const fn subject(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// One whose lists are sets.
    pub const fn set(mut self) -> Self {
        self.list = ListOrder::Free;
        self
    }

    pub const fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    pub const fn cosmetic(mut self) -> Self {
        self.bearing = Bearing::Cosmetic;
        self
    }

    pub const fn texts(mut self, texts: FieldTexts) -> Self {
        self.texts = texts;
        self
    }

    /// `below` as in [`Field::references`].
    pub const fn references(mut self, below: &'static [&'static str]) -> Self {
        self.references = below;
        self
    }

    pub const fn canonical(mut self, canonical: fn(Value) -> Value) -> Self {
        self.canonical = canonical;
        self
    }

    /// Whether references are filled in at `path`, such as `headers` or `dialog[0].send`.
    pub fn fills_in(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.name) else { return false };
        self.references.iter().any(|below| match below.strip_prefix("[]") {
            Some(key) => rest.starts_with('[') && rest.ends_with(&format!("]{key}")),
            None => rest == *below,
        })
    }

    /// Where references are filled in, for people: `dialog[].send`.
    pub fn reference_places(&self) -> impl Iterator<Item = String> {
        self.references.iter().map(|below| format!("{}{below}", self.name))
    }
}
