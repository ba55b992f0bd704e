//! How the commit that comes follows the applied one, as far as git knows. Pure.

use std::collections::BTreeSet;

use crate::monitor::MonitorId;

/// How the commit that comes follows the one that is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Succession {
    /// It contains it, or there is none.
    #[default]
    Onwards,
    /// Neither contains the other. `unseen` are monitors that a commit which this one lacks wrote last.
    Diverged { applied: String, incoming: String, unseen: BTreeSet<MonitorId> },
    /// It is an ancestor of the applied one.
    Backwards { applied: String, incoming: String },
    /// Nothing of this repository was ever applied; `origin` is where the applied files are at home.
    Unrelated { origin: Option<String> },
    /// It may be one.
    Unknown { applied: String, reason: UnknownOrder },
}

/// Why the order of a commit and the applied one is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownOrder {
    /// This clone has the newest commits only.
    Shallow,
    /// This clone has whole histories, and the applied commit is in none of them.
    Absent,
    /// Nothing is committed on what is checked out.
    NoCommit,
    /// git did not answer, and says this.
    Unanswered(String),
}

impl UnknownOrder {
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Shallow => {
                "fetch the whole history (`fetch-depth: 0` of actions/checkout, or `git fetch --unshallow`); after a force-push, review the plan and sync once with `--allow-rollback`"
            }
            Self::Absent => {
                "run `git fetch --all`, in case another branch has it; after a force-push, review the plan and sync once with `--allow-rollback`"
            }
            Self::NoCommit => "check out the synced branch, or commit the files",
            Self::Unanswered(_) => {
                "fix git first; for a folder of another user: `git config --global --add safe.directory FOLDER`; for broken objects: `git fsck`, or a fresh clone"
            }
        }
    }
}
