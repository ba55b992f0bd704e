//! The edge to DynamoDB: the three tables, read and written through the official SDK.
//!
//! There is one implementation. On AWS the SDK talks to DynamoDB; on a laptop and in tests the same client is
//! served from inside this process ([`StoreTarget::Embedded`]), so local and real cannot drift apart.
//!
//! The right to write is a type: a [`ConfigReader`] and a [`StateReader`] cannot, a [`ConfigWriter`] applies a
//! plan, and a [`RunWriter`] exists only where a lease was granted. A refused condition is an answer
//! ([`Applied::Overtaken`], [`Acquired::Refused`]), an item that does not read is a value beside the good ones
//! ([`Unreadable`]), and [`StoreError`] means that the store could not do its work.
//!
//! | file | |
//! |---|---|
//! | `connect`, `embedded`, `foreign_file`, `file_lock` | the SDK's client, who serves it on a laptop, and from which file |
//! | `connection`, `transaction` | the requests made with it |
//! | `server_time`, `meter` | what the responses say beside their answer |
//! | `fields`, `values`, `change` | attributes read, attributes made, conditional changes |
//! | `configs`, `states`, `run_writer`, `commit`, `moves`, `history` | the steps of the protocol |
//! | `silences`, `channel_proof` | what people say, and what a test of a channel found |
//! | `beats` | what programs say of themselves |
//! | `item`, `config_item`, `head_item`, `run_page`, `row_item`, `channel_item`, `run_item`, `silence_item`, `unreadable` | the shapes of the items |
//! | `ledger`, `rollups`, `journal`, `months` | the series of the history table |
//! | `description`, `rights` | what `doctor` looks at |

mod beats;
mod change;
mod channel_item;
mod channel_proof;
mod commit;
mod config_item;
mod configs;
mod connect;
mod connection;
mod description;
mod embedded;
mod error;
mod fields;
mod file_lock;
mod foreign_file;
mod head_item;
mod history;
mod item;
mod journal;
mod ledger;
mod meter;
mod months;
mod moves;
mod rights;
mod rollups;
mod row_item;
mod run_item;
mod run_page;
mod run_writer;
mod server_time;
mod silence_item;
mod silences;
mod states;
mod transaction;
mod unreadable;
mod values;

#[cfg(test)]
mod backing;
#[cfg(test)]
mod costs;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
#[cfg(test)]
pub mod testing;

pub use beats::StoredBeat;
pub use commit::{CommitEnd, Committed};
pub use config_item::ConfigItem;
pub use configs::{Applied, ConfigReader, ConfigWriter, Configs};
pub use connect::{Store, StoreTarget};
pub use connection::{Consistency, TableNames};
pub use error::StoreError;
pub use file_lock::lockable;
pub use head_item::{AppliedCommit, Batch};
pub use meter::Consumed;
pub use months::MonthKept;
pub use rollups::StoredRollup;
pub use run_writer::{Acquired, Ending, Raised, Released, RunWriter};
pub use silences::Ended;
pub use states::{ChannelItem, StateReader, States};
pub use unreadable::Unreadable;
