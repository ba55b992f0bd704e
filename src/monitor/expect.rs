//! What counts as a good answer.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::{Decimal, Pattern};

/// Everything that an answer is held against.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectations {
    pub status: StatusSet,
    pub latency: LatencyBounds,
    /// In the order of the header names.
    pub headers: Vec<HeaderAssertion>,
    pub body: Vec<Comparison>,
    pub json: Vec<JsonAssertion>,
    pub certificate: CertificateBounds,
}

/// From which latency on (probe start to last byte read) the endpoint is degraded, or failing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatencyBounds {
    pub degraded: Option<Duration>,
    pub down: Option<Duration>,
}

/// How long before the end of its certificate the endpoint is degraded, or failing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateBounds {
    pub degraded: Option<Duration>,
    pub down: Option<Duration>,
}

/// A set of accepted HTTP status codes, in the order written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSet(pub Vec<StatusClass>);

/// One code, or a hundred of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// `204`
    Code(u16),
    /// `2xx`, held as 2.
    Hundred(u8),
}

/// Comparisons that one response header must meet; a missing header fails. Repeated headers are joined by
/// `, ` first, which is what RFC 9110 (section 5.3) says they mean.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderAssertion {
    /// Lower-case.
    pub name: String,
    pub comparisons: Vec<Comparison>,
}

/// Comparisons on what an RFC 9535 path finds in the JSON body; a path that finds nothing fails.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonAssertion {
    /// The path as written, known to parse.
    pub path: String,
    pub comparisons: Vec<Comparison>,
}

/// One comparison with an expected value.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    Equals(Value),
    NotEquals(Value),
    Contains(String),
    NotContains(String),
    Matches(Pattern),
    LessThan(Decimal),
    GreaterThan(Decimal),
    /// A text has so many characters, a list so many elements, a map so many names; nothing else is long.
    Length(u32),
    ShorterThan(u32),
    LongerThan(u32),
    /// The one value that another path finds in the same body; there must be one.
    EqualsPath(String),
    NotEqualsPath(String),
    /// Both are numbers, or both are texts.
    LessThanPath(String),
    GreaterThanPath(String),
    /// The thing is there (or, with `false`, is not); the only comparison that absence can meet.
    Exists(bool),
}

impl Default for StatusSet {
    fn default() -> Self {
        Self(vec![StatusClass::Hundred(2)])
    }
}

impl StatusSet {
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|class| match *class {
            StatusClass::Code(code) => code == status,
            StatusClass::Hundred(hundred) => u16::from(hundred) == status / 100,
        })
    }
}

impl Expectations {
    /// Whether a verdict needs the answer's body at all.
    pub fn reads_body(&self) -> bool {
        !self.body.is_empty() || !self.json.is_empty()
    }
}

impl fmt::Display for StatusClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Hundred(hundred) => write!(f, "{hundred}xx"),
        }
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, class) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(if i + 1 == self.0.len() { " or " } else { ", " })?;
            }
            class.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(value) => write!(f, "{value}"),
            Self::NotEquals(value) => write!(f, "not {value}"),
            Self::Contains(text) => write!(f, "contains {text:?}"),
            Self::NotContains(text) => write!(f, "does not contain {text:?}"),
            Self::Matches(pattern) => write!(f, "matches {pattern:?}"),
            Self::LessThan(bound) => write!(f, "< {bound}"),
            Self::GreaterThan(bound) => write!(f, "> {bound}"),
            Self::Length(length) => write!(f, "has the length {length}"),
            Self::ShorterThan(length) => write!(f, "is shorter than {length}"),
            Self::LongerThan(length) => write!(f, "is longer than {length}"),
            Self::EqualsPath(path) => write!(f, "the value of {path}"),
            Self::NotEqualsPath(path) => write!(f, "not the value of {path}"),
            Self::LessThanPath(path) => write!(f, "< {path}"),
            Self::GreaterThanPath(path) => write!(f, "> {path}"),
            Self::Exists(true) => f.write_str("exists"),
            Self::Exists(false) => f.write_str("is absent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_set_holds_codes_and_hundreds() {
        let set = StatusSet(vec![StatusClass::Code(200), StatusClass::Hundred(3)]);
        for (status, held) in [(200, true), (201, false), (302, true), (399, true), (400, false)] {
            assert_eq!(set.contains(status), held, "{status}");
        }
        assert_eq!(set.to_string(), "200 or 3xx");
        assert_eq!(StatusSet::default().to_string(), "2xx");
    }
}
