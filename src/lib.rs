//! monitorctl: monitors in git, reconciled into DynamoDB, probed by cron or in a loop, alerted by SNS.
//!
//! ```text
//! monitors/*.yaml ─▶ source ─▶ config ─▶ monitor ─▶ plan ─▶ store                    validate · diff · sync
//! store ─▶ probe ─▶ observation ─▶ verdict ─▶ transition ─▶ state ─▶ store ─▶ alert ─▶ notify        check
//! ```

// Words: what everything is about.
mod archive;
mod assert;
mod channels;
mod installation;
mod json;
mod kinds;
mod message;
mod monitor;
mod observation;
mod page;
mod value;
mod written;

// Decisions: pure, no I/O, no clock.
mod alert;
mod config;
mod doctor;
mod explanation;
mod history;
mod inventory;
mod plan;
mod simulation;
mod state;
mod suppress;
mod transition;
mod verdict;
mod view;

// Edges: thin, each to one thing outside.
mod aws;
mod clock;
mod deliver;
mod machine;
mod net;
mod probe;
mod publish;
mod report;
mod secrets;
mod source;
mod store;

// The shell: where the pieces meet.
mod cli;
mod commands;
mod exit;
mod run;

/// The status page as a value and as files, for `examples/page`, and what publishes it, for the tests of the browser and of
/// S3.
#[doc(hidden)]
pub mod status_page {
    pub use crate::aws::{Aws, S3Signer};
    pub use crate::clock::Clock;
    pub use crate::config::{SourceFile, load_pages, monitor_from_spec};
    pub use crate::history::{
        ChangedIncident, DAY, HOUR, HealthChange, HealthTimeline, Latencies, StoredReason, Stretch, Sum,
        Totals, cut, moment, second, start_of,
    };
    pub use crate::monitor::{MonitorId, Origin, Spec};
    pub use crate::page::*;
    pub use crate::publish::{Bucket, BucketPlace, MANIFEST, PageIdentity, PublishError, Published, publish};
    pub use crate::report::{AvailabilityReport, PageError, page_files, private_page_files};
    pub use crate::transition::{Confirmed, Health};
    pub use crate::view::*;
}

/// The history as runs store it, for the benchmark that makes up a quarter of it.
#[doc(hidden)]
pub mod stored_history {
    pub use crate::clock::Clock;
    pub use crate::history::{
        ChangedIncident, DAY, Directory, HOUR, HealthChange, Latencies, RollupPage, RollupUnit, Totals,
        moment, start_of,
    };
    pub use crate::monitor::MonitorId;
    pub use crate::state::{Lease, Shard};
    pub use crate::store::{Acquired, RunWriter, Store, StoreError, StoreTarget, TableNames};
    pub use crate::transition::Health;
}

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(test)]
mod testing;

/// The whole program, from the command line to the exit code.
pub fn main() -> std::process::ExitCode {
    commands::main()
}
