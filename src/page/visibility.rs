//! Who a status page is for. Pure.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Stands in the HTML of every private page, and in that of no public one: text that people wrote is escaped.
pub const PRIVATE_MARK: &str = "data-visibility=\"private\"";

/// Who may see a page. No destination holds pages of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Visibility {
    /// The users of the product: names, states and times.
    Public,
    /// The team alone: also what is asked, and why it fails.
    Private,
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Private => "private",
        })
    }
}
