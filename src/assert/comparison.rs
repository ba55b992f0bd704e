//! One comparison with an expected value.

use std::fmt;

use serde_json::Value;

use super::CodeSet;
use crate::value::{Decimal, Pattern};

/// One comparison with an expected value.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// The code of an answer is one of these.
    OneOf(CodeSet),
    Equals(Value),
    NotEquals(Value),
    Contains(String),
    NotContains(String),
    Matches(Pattern),
    NotMatches(Pattern),
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

impl Comparison {
    /// The key of a comparison in a file.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Equals(_) => "equals",
            Self::NotEquals(_) => "not_equals",
            Self::Contains(_) => "contains",
            Self::NotContains(_) => "not_contains",
            Self::Matches(_) => "matches",
            Self::NotMatches(_) => "not_matches",
            Self::LessThan(_) => "less_than",
            Self::GreaterThan(_) => "greater_than",
            Self::Length(_) => "length",
            Self::ShorterThan(_) => "shorter_than",
            Self::LongerThan(_) => "longer_than",
            Self::EqualsPath(_) => "equals_path",
            Self::NotEqualsPath(_) => "not_equals_path",
            Self::LessThanPath(_) => "less_than_path",
            Self::GreaterThanPath(_) => "greater_than_path",
            Self::Exists(_) => "exists",
            Self::OneOf(_) => "one_of",
        }
    }

    /// The path to another value that a comparison takes.
    pub fn other_path(&self) -> Option<&str> {
        match self {
            Self::EqualsPath(path)
            | Self::NotEqualsPath(path)
            | Self::LessThanPath(path)
            | Self::GreaterThanPath(path) => Some(path),
            Self::Equals(_)
            | Self::NotEquals(_)
            | Self::Contains(_)
            | Self::NotContains(_)
            | Self::Matches(_)
            | Self::NotMatches(_)
            | Self::OneOf(_)
            | Self::LessThan(_)
            | Self::GreaterThan(_)
            | Self::Length(_)
            | Self::ShorterThan(_)
            | Self::LongerThan(_)
            | Self::Exists(_) => None,
        }
    }

    /// The comparison in words that follow "expected".
    pub fn expectation(&self) -> String {
        match self {
            Self::OneOf(codes) => codes.to_string(),
            Self::Equals(value) => value.to_string(),
            Self::NotEquals(value) => format!("anything but {value}"),
            Self::Contains(part) => format!("to contain {part:?}"),
            Self::NotContains(part) => format!("not to contain {part:?}"),
            Self::Matches(pattern) => format!("to match {pattern:?}"),
            Self::NotMatches(pattern) => format!("not to match {pattern:?}"),
            Self::LessThan(bound) => format!("less than {bound}"),
            Self::GreaterThan(bound) => format!("greater than {bound}"),
            Self::Length(length) => format!("a length of {length}"),
            Self::ShorterThan(length) => format!("to be shorter than {length}"),
            Self::LongerThan(length) => format!("to be longer than {length}"),
            Self::EqualsPath(path) => format!("the value of {path}"),
            Self::NotEqualsPath(path) => format!("anything but the value of {path}"),
            Self::LessThanPath(path) => format!("less than the value of {path}"),
            Self::GreaterThanPath(path) => format!("more than the value of {path}"),
            Self::Exists(true) => "to exist".to_owned(),
            Self::Exists(false) => "not to exist".to_owned(),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(codes) => codes.fmt(f),
            Self::Equals(value) => write!(f, "{value}"),
            Self::NotEquals(value) => write!(f, "not {value}"),
            Self::Contains(text) => write!(f, "contains {text:?}"),
            Self::NotContains(text) => write!(f, "does not contain {text:?}"),
            Self::Matches(pattern) => write!(f, "matches {pattern:?}"),
            Self::NotMatches(pattern) => write!(f, "does not match {pattern:?}"),
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
