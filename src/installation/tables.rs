//! The three tables: their keys, and what an edge saw of each.

use super::look::Look;

/// The attribute that says when an item may go.
const EXPIRES: &str = "expires";

/// What the program keeps a table for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    Configs,
    States,
    History,
}

/// One part of a primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAttribute {
    pub name: String,
    /// `S` or `N`.
    pub kind: String,
}

/// What the table says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// The partition key, then the sort key if there is one.
    pub keys: Vec<KeyAttribute>,
}

/// The time to live of a table's items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    Off,
    By(String),
}

/// Whether the table of half an hour ago can be had back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    On,
    Off,
}

/// What was seen of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFacts {
    pub table: Table,
    pub name: String,
    pub shape: Look<TableShape>,
    /// Whether a query with our keys is understood: what there is to see for a role that may not describe.
    pub answers: Look<()>,
    pub expiry: Look<Expiry>,
    /// `None`: a local file is backed up with its machine.
    pub recovery: Option<Look<Recovery>>,
}

impl TableFacts {
    pub fn is_missing(&self) -> bool {
        matches!(
            (&self.shape, &self.answers),
            (Look::Missing, _) | (Look::Hidden | Look::Stranger(_) | Look::Failed(_), Look::Missing)
        )
    }
}

/// The items of a table, as this version reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemsFacts {
    pub table: Table,
    pub name: String,
    pub items: Look<Items>,
}

/// How many read, and a sentence for each that does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    pub readable: usize,
    pub unreadable: Vec<String>,
}

impl Table {
    pub const ALL: [Self; 3] = [Self::Configs, Self::States, Self::History];

    /// Names and types of the key's attributes.
    pub fn keys(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Configs | Self::States => [("shard", "S"), ("monitor", "S")],
            Self::History => [("series", "S"), ("at", "N")],
        }
    }

    /// The variable that names it.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Configs => "DDB_CONFIG_TABLE",
            Self::States => "DDB_STATE_TABLE",
            Self::History => "DDB_HISTORY_TABLE",
        }
    }

    /// The attribute by which tombstones and old results leave by themselves. A row of the states never may: `@run` has an attribute
    /// `expires` that is a lease, and a row that vanished is an incident whose end is never notified.
    pub fn expires(self) -> Option<&'static str> {
        match self {
            Self::Configs | Self::History => Some(EXPIRES),
            Self::States => None,
        }
    }
}
