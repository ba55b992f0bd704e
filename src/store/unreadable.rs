//! Items that do not read: a reported value, which never stops the items beside it.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::{HEAD, Item};
use crate::monitor::marked;
use crate::plan::{Holder, Stored};

/// An item of a table that this version cannot use. It is left as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// Its sort key as stored: a monitor's id, or one of our own items that begin with `@`.
    pub key: String,
    pub reason: UnreadableReason,
    /// Of a monitor's item: its owner, as far as that is readable.
    pub holder: Holder,
    /// What is left of a damaged monitor that says whose it is: its owner writes it anew.
    pub remains: Option<Box<Stored>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnreadableReason {
    /// Written by a newer version; not to be written by this one.
    Newer {
        format: u32,
    },
    Malformed(String),
}

/// Why an attribute does not read, as part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

impl Malformed {
    /// The same of an attribute inside the map `name`: `` `delivered.at` is missing ``.
    pub fn within(self, name: &str) -> Self {
        Self(match self.0.strip_prefix('`') {
            Some(rest) => format!("`{name}.{rest}"),
            None => format!("`{name}`: {}", self.0),
        })
    }
}

/// Whose monitor an item is, whatever the rest of it is like.
pub fn holder(item: &Item) -> Holder {
    if item.contains_key("retired_at") {
        return Holder::Unmanaged;
    }
    match item.get("owner") {
        Some(AttributeValue::S(owner)) => Holder::Owner(marked(owner.clone())),
        Some(_) | None => Holder::Unknown,
    }
}

impl Unreadable {
    /// One of which only its unreadability is known.
    pub fn new(key: &str, reason: UnreadableReason) -> Self {
        Self { key: key.to_owned(), reason, holder: Holder::Unknown, remains: None }
    }

    /// The owner whose head item it is, if it is one.
    pub fn head_of(&self) -> Option<&str> {
        self.key.strip_prefix(HEAD)
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.reason {
            _ if self.remains.is_some() => {
                "it was edited by hand or damaged; the next sync of its owner rewrites it, or removes it if no file has it"
            }
            UnreadableReason::Newer { .. } => "a newer monitorctl uses this table; update this one",
            UnreadableReason::Malformed(_) => {
                "it was edited by hand or damaged; fix or delete it in the table: sync recreates monitors, check recreates states"
            }
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item `{}` ", self.key)?;
        match &self.reason {
            UnreadableReason::Newer { format } => write!(f, "has the newer format {format}"),
            UnreadableReason::Malformed(why) => write!(f, "is malformed: {why}"),
        }
    }
}

impl std::error::Error for Unreadable {}
