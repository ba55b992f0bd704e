//! Who applies what and when.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::environment::variable;
use crate::commands::git_past::is_dirty;
use crate::commands::origin::DIRTY;
use crate::commands::origin::origin;
use crate::commands::succession::{checked_out, short};
use crate::machine;
use crate::plan::{Generation, Stamp};
use crate::source::{MonitorFolders, Outside, Repository};

/// The stamp of this process; its generation is set by each transaction.
///
/// `folders` are where the files are, if they are what is applied.
pub fn stamp(
    owner: &str,
    environment: Option<String>,
    folders: Option<&MonitorFolders>,
    now: Timestamp,
) -> Stamp {
    let around = Repository::around(Path::new("."));
    Stamp {
        owner: owner.to_owned(),
        commit: commit(&around, folders),
        generation: Generation::default(),
        synced_at: now,
        synced_by: caller(),
        origin: origin(&around),
        environment,
    }
}

/// The commit that is applied, as the guard judged it; with a mark if the files are not as committed.
fn commit(around: &Result<Repository, Outside>, folders: Option<&MonitorFolders>) -> Option<String> {
    let hash = checked_out(around)?;
    let is_dirty = match (around, folders) {
        (Ok(repository), Some(folders)) => is_dirty(repository, folders),
        (Err(_), _) | (_, None) => false,
    };
    let mark = if is_dirty { DIRTY } else { "" };
    Some(format!("{}{mark}", short(&hash)))
}

/// The CI run, or the person at the machine.
pub fn caller() -> String {
    let run = variable("GITHUB_RUN_ID").map(|run| {
        let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
        format!("github:{repository}/runs/{run}")
    });
    run.unwrap_or_else(|| format!("{}@{}", user(), machine::host()))
}

/// Who starts this: the actor of a workflow on GitHub, or the person at the machine.
pub fn actor() -> String {
    variable("GITHUB_ACTOR").unwrap_or_else(user)
}

fn user() -> String {
    variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned())
}
