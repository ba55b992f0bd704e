//! What is wrong with an installation, and the command that puts it right. Pure: facts in, findings out.
//!
//! The edges report plain facts (`installation`); this module judges them.
//!
//! | file | decides about |
//! |---|---|
//! | `account` | identity, region, clock |
//! | `tables` | keys, time to live, recovery, items |
//! | `rights` | what a role must be allowed, and what it must be refused |
//! | `topics`, `channels` | where alerts go |
//! | `secrets` | what monitors refer to |
//! | `local` | the files of a machine without AWS |
//! | `repository` | settings and schemas |
//! | `modelines` | the comment of each file that names its schema |

mod account;
mod canaries;
mod channels;
mod examine;
mod finding;
mod local;
mod modelines;
mod repository;
mod rights;
mod secrets;
mod tables;
mod topics;

pub use canaries::CanaryFacts;
pub use channels::{ChannelFacts, ChannelHistory};
pub use examine::{AwsFacts, Facts, StoreFacts, examine};
#[cfg(test)]
pub use finding::Area;
pub use finding::{Finding, FindingOutcome};
pub use local::LocalFacts;
pub use modelines::{FileFacts, Modeline, modeline};
pub use repository::{RepositoryFacts, SchemaState, SettingsFacts};
pub use rights::{Role, guess, rights_tests};
pub use secrets::{ReachFacts, SecretFacts};
pub use topics::{TopicFacts, TopicUse};
