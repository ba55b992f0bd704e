//! What is wrong with an installation, and the command that puts it right. Pure: facts in, findings out.
//!
//! The edges look ([`Look`]) and give plain facts; what a fact means is decided here. A look that is not allowed
//! is a fact too: the role that runs `check` may not describe a table, and that is as it should be.
//!
//! | file | decides about |
//! |---|---|
//! | `account` | identity, region, clock |
//! | `tables` | keys, time to live, recovery, items |
//! | `rights` | what a role must be allowed, and what it must be refused |
//! | `topics` | where alerts go |
//! | `secrets` | what monitors refer to |
//! | `local` | the files of a machine without AWS |
//! | `repository` | settings, schemas, the first line of monitor files |

mod account;
mod canaries;
mod examine;
mod finding;
mod local;
mod look;
mod repository;
mod rights;
mod secrets;
mod tables;
mod topics;

pub use account::{Identity, is_region};
pub use canaries::CanaryFacts;
pub use examine::{AwsFacts, Facts, Place, examine};
#[cfg(test)]
pub use finding::About;
pub use finding::{Finding, Outcome};
pub use local::LocalFacts;
pub use look::Look;
pub use repository::{FileFacts, Modeline, RepositoryFacts, SchemaState, SettingsFacts, modeline};
pub use rights::{Action, Answer, RightFacts, RightsTest, Role, guess, rights_tests};
pub use secrets::{ReachFacts, SecretFacts};
pub use tables::{Expiry, Items, ItemsFacts, Key, Recovery, Shape, Table, TableFacts};
pub use topics::{Subscriptions, TopicFacts};
