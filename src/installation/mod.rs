//! Facts about an installation, as the edges report them. Pure; `doctor` judges them.
//!
//! An edge asks and gives what it saw ([`Look`]). A look that is not allowed is a fact too: the role that runs `check`
//! may not describe a table, and needs not to.

mod account;
mod look;
mod rights;
mod tables;
mod topics;

pub use account::{AwsIdentity, is_region};
pub use look::Look;
pub use rights::{Access, RequestKind, RightFacts, RightsTest};
pub use tables::{Expiry, Items, ItemsFacts, KeyAttribute, Recovery, Table, TableFacts, TableShape};
pub use topics::Subscriptions;
