//! Items that do not read: a reported value, which never stops the items beside it.

use std::fmt;

use super::config_item::HEAD;

/// An item of a table that this version cannot use. It is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its sort key as stored: a monitor's id, or one of our own items that begin with `@`.
    pub key: String,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Written by a newer version; not to be written by this one.
    Newer {
        format: u32,
    },
    Malformed(String),
}

impl Unreadable {
    /// The owner whose head item it is, if it is one.
    pub fn head_of(&self) -> Option<&str> {
        self.key.strip_prefix(HEAD)
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.reason {
            Reason::Newer { .. } => "a newer monitorctl works on this table; bring this one up to date",
            Reason::Malformed(_) => {
                "it was edited by hand or damaged: put it right in the table, or delete it: the next sync or run makes it anew"
            }
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item `{}` ", self.key)?;
        match &self.reason {
            Reason::Newer { format } => write!(f, "has the newer format {format}"),
            Reason::Malformed(why) => write!(f, "is malformed: {why}"),
        }
    }
}

impl std::error::Error for Unreadable {}
